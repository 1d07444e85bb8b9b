"""What the catalogue's list is measured against: the same rows and filter, shown by the simplest Flask pages.

``naive``  SQLAlchemy objects with their providers loaded at once, ``url_for`` in each row
``bare``   Core rows of one prepared SELECT, links put together from a string, a template without inheritance
``hello``  a Flask view that answers a word

They filter by the type alone and take the order of an index, the cheapest there is: no sorting, no counts of
choices, no total, no places, no translation. The portal's page does all that.
Run by gunicorn: ``BENCH_DATABASE=sqlite:///... gunicorn catalog_peers:naive``.
"""

from __future__ import annotations

import os

import sqlalchemy as sa
from flask import Flask, render_template_string, request, url_for
from sqlalchemy.orm import Session, joinedload

from benchmarks.catalog_world import Facility, Provider, Service

PAGE_ROWS = 20
NAIVE_TEMPLATE = """<!doctype html><html lang="cs"><head><meta charset="utf-8"><title>Katalog</title></head><body>
<h1>Katalog</h1><ol>{% for service in services %}<li>
<h3><a href="{{ url_for('service', register_id=service.register_id) }}">{{ service.name }}</a></h3>
<p>{{ service.type_code }}</p>
<p><a href="{{ url_for('provider', ico=service.provider.ico) }}">{{ service.provider.name }}</a></p>
</li>
{% endfor %}</ol></body></html>"""
BARE_TEMPLATE = """<!doctype html><html lang="cs"><head><meta charset="utf-8"><title>Katalog</title></head><body>
<h1>Katalog</h1><ol>{% for id, name, type, ico, provider, town in rows %}<li>
<h3><a href="/sluzba/{{ id }}">{{ name }}</a></h3>
<p>{{ type }}</p><p><a href="/poskytovatel/{{ ico }}">{{ provider }}</a></p>
<p>{{ town }}</p></li>{% endfor %}</ol></body></html>"""


def _engine() -> sa.Engine:
    return sa.create_engine(os.environ.get("BENCH_DATABASE", "sqlite://"))


def _wish() -> tuple[str, int]:
    return request.args["druh"], int(request.args.get("strana", "1"))


def make_naive() -> Flask:
    app, engine = Flask("naive"), _engine()
    app.add_url_rule("/sluzba/<int:register_id>", "service", lambda register_id: "")
    app.add_url_rule("/poskytovatel/<ico>", "provider", lambda ico: "")

    @app.get("/katalog")
    def listing() -> str:
        kind, page = _wish()
        with Session(engine) as session:
            services = session.scalars(
                sa.select(Service)
                .where(Service.type_code == kind, Service.ended_on.is_(None))
                .options(joinedload(Service.provider))
                .order_by(Service.id)
                .limit(PAGE_ROWS)
                .offset((page - 1) * PAGE_ROWS)
            ).all()
            return render_template_string(NAIVE_TEMPLATE, services=services, url_for=url_for)

    return app


def make_bare() -> Flask:
    app, engine = Flask("bare"), _engine()
    template = app.jinja_env.from_string(BARE_TEMPLATE)
    town = sa.select(Facility.municipality_name).where(Facility.service_id == Service.id).limit(1).scalar_subquery()
    statement = (
        sa.select(Service.register_id, Service.name, Service.type_code, Provider.ico, Provider.name, town)
        .join(Provider, Provider.id == Service.provider_id)
        .where(Service.type_code == sa.bindparam("kind"), Service.ended_on.is_(None))
        .order_by(Service.id)
        .limit(PAGE_ROWS)
        .offset(sa.bindparam("skipped"))
    )

    @app.get("/katalog")
    def listing() -> str:
        kind, page = _wish()
        with engine.connect() as connection:
            rows = connection.execute(statement, {"kind": kind, "skipped": (page - 1) * PAGE_ROWS}).all()
        return template.render(rows=rows)

    return app


def make_hello() -> Flask:
    app = Flask("hello")
    app.add_url_rule("/katalog", "hello", lambda: "hello")
    return app


naive, bare, hello = make_naive(), make_bare(), make_hello()
