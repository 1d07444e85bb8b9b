"""The application, put together in small steps."""

from __future__ import annotations

import logging
from collections.abc import Collection
from pathlib import Path

from flask import Blueprint, Flask
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.accounts import models as accounts_models
from portal.accounts.scopes import init_scope_names
from portal.accounts.session import init_login, init_login_limits
from portal.accounts.views.pages import bp as accounts_bp
from portal.benchmarking import models as benchmarking_models
from portal.benchmarking import views as benchmarking_views
from portal.benchmarking.ministry import models as ministry_models
from portal.benchmarking.ministry import service as ministry
from portal.benchmarking.ministry import views as ministry_views
from portal.catalog import models as catalog_models
from portal.catalog.service.names import provider_names
from portal.catalog.views import public as catalog_public
from portal.catalog.views import upkeep as catalog_upkeep
from portal.catalog.views.imports import bp as catalog_imports_bp
from portal.core import audit, jobs
from portal.core.config import Settings, load_settings
from portal.core.db import db
from portal.core.jobs import init_jobs
from portal.core.permissions import Scope
from portal.grants import models as grants_models
from portal.grants import views as grants_views
from portal.map import views as map_views
from portal.map.access import models as access_models
from portal.map.access import views as access_views
from portal.map.layers import views as layers_views
from portal.map.ogc import views as ogc_views
from portal.map.surroundings import views as surroundings_views
from portal.needs import models as needs_models
from portal.needs import views as needs_views
from portal.releases import models as releases_models
from portal.releases import readings as releases_readings
from portal.releases import views as releases_views
from portal.returns import models as returns_models
from portal.returns import views as returns_views
from portal.returns.views import files as return_files
from portal.territory import models as territory_models
from portal.territory import views as territory_views
from portal.territory.addresses import models as address_models
from portal.territory.service import municipality_names
from portal.vault.setup import init_vault
from portal.waitlists import models as waitlists_models
from portal.waitlists import views as waitlists_views
from portal.waitlists.links import models as links_models
from portal.waitlists.links import views as links_views
from portal.waitlists.need import models as need_models
from portal.waitlists.need import views as need_views
from portal.waitlists.vacancies import models as vacancies_models
from portal.waitlists.vacancies import views as vacancies_views
from portal.web import views as web_views
from portal.web.addresses import init_addresses
from portal.web.asides import init_asides
from portal.web.assets import init_assets
from portal.web.errors import init_errors
from portal.web.fast_pages import init_http_cache
from portal.web.formats import init_formats
from portal.web.gate import init_gate
from portal.web.languages import init_languages
from portal.web.look import init_look
from portal.web.navigation import count_at
from portal.web.open_data import offer_at
from portal.web.security import init_security
from portal.web.templating import init_templating

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
MAX_UPLOAD_BYTES = 256 * 1024 * 1024

# Modules whose tables the migrations must know, and the pages of each feature.
MODELS = (
    audit,
    jobs,
    accounts_models,
    territory_models,
    address_models,
    catalog_models,
    returns_models,
    benchmarking_models,
    ministry_models,
    waitlists_models,
    need_models,
    vacancies_models,
    links_models,
    grants_models,
    needs_models,
    access_models,
    releases_models,
)
BLUEPRINTS: tuple[Blueprint, ...] = (
    web_views.bp,
    accounts_bp,
    benchmarking_views.bp,
    ministry_views.bp,
    catalog_public.bp,
    returns_views.bp,
    return_files.bp,
    map_views.bp,
    access_views.bp,
    layers_views.bp,
    ogc_views.bp,
    surroundings_views.bp,
    catalog_imports_bp,
    catalog_upkeep.bp,
    territory_views.bp,
    waitlists_views.bp,
    need_views.bp,
    grants_views.bp,
    needs_views.bp,
    waitlists_views.codes_bp,
    vacancies_views.bp,
    links_views.bp,
    releases_views.bp,
)

csrf = CSRFProtect()


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application from settings (by default read from the environment)."""
    settings = settings or load_settings()
    app = Flask("portal", static_folder=None)
    configure_settings(app, settings)
    configure_logging(app)
    configure_database(app)
    init_jobs(app, settings)
    init_vault(app, settings)
    configure_web(app)
    configure_proxy(app, settings)
    configure_features(app)
    init_gate(app)
    return app


def configure_settings(app: Flask, settings: Settings) -> None:
    app.extensions["portal_settings"] = settings
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        DEBUG=settings.debug,
        TESTING=settings.environment == "test",
        MAX_CONTENT_LENGTH=MAX_UPLOAD_BYTES,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SESSION_COOKIE_NAME="portal_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_production,
        WTF_CSRF_TIME_LIMIT=12 * 3600,
    )
    # Database, uploads and the key of development lie here: nobody else on the machine may look in.
    settings.instance_dir.mkdir(mode=0o700, parents=True, exist_ok=True)


def configure_logging(app: Flask) -> None:
    if not logging.getLogger().handlers:
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    app.logger.setLevel(logging.INFO)
    for talkative in ("alembic.runtime.migration", "alembic.runtime.plugins", "huey.consumer"):
        logging.getLogger(talkative).setLevel(logging.WARNING)


def configure_database(app: Flask) -> None:
    db.init_app(app)
    Migrate(app, db, directory=str(MIGRATIONS))


def configure_web(app: Flask) -> None:
    init_templating(app)
    init_languages(app)
    init_formats(app)
    init_addresses(app)
    init_asides(app)
    init_security(app)
    init_assets(app)
    init_look(app)
    init_http_cache(app)
    csrf.init_app(app)
    csrf.exempt(waitlists_views.codes_bp)  # asked by programs with a key too; the views look at the token themselves
    init_errors(app)


def configure_proxy(app: Flask, settings: Settings) -> None:
    """Outermost: everything inside sees the host and the scheme that the visitor used."""
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask's own way


def configure_features(app: Flask) -> None:
    init_login(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    init_login_limits(app)
    init_scope_names(app, scope_names)
    count_at(app, "ministry.questions", ministry.waiting_for_provider)
    count_at(app, "ministry.index", ministry.waiting_for_region)
    need_views.publish_by(app, releases_readings.published_need)
    offer_at(app, releases_views.offered, releases_views.offered_mark)


def scope_names(scope: Scope, codes: Collection[str]) -> dict[str, str]:
    """What roles are bound to, by name: accounts lie below the features that know the names."""
    if scope is Scope.PROVIDER:
        return provider_names(codes)
    names = municipality_names()
    return {code: names[code] for code in codes if code in names}
