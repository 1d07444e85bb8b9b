"""Languages: Czech first, English second. The reader's choice is a cookie; a page says its language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from gettext import NullTranslations
from pathlib import Path

from babel.numbers import format_decimal
from flask import Flask, current_app, has_request_context, request
from flask_babel import Babel, force_locale, get_translations, ngettext
from flask_babel import gettext as gettext_anywhere
from werkzeug.wrappers import Response

from portal.core.messages import Message

LANGUAGES = {"cs": "Čeština", "en": "English"}
DEFAULT_LANGUAGE = "cs"
LANGUAGE_COOKIE = "lang"
REMEMBERED_S = 365 * 24 * 3600

_CATALOGUES = "portal_catalogues"
_forced: ContextVar[str | None] = ContextVar("forced_language", default=None)
_KNOWN = "portal.language"  # the language of a request, once it was read


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Say everything inside in this language, whoever asks: a letter is in the language of whom it goes to."""
    token = _forced.set(language)
    try:
        with force_locale(language):
            yield
    finally:
        _forced.reset(token)


def current_language() -> str:
    """The language of this answer: what the reader chose, Czech otherwise (also outside a request)."""
    forced = _forced.get()
    if forced is not None:
        return forced
    if not has_request_context():
        return DEFAULT_LANGUAGE
    environ = request.environ
    known: str | None = environ.get(_KNOWN)
    if known is None:  # asked for a hundred times a page
        chosen = request.cookies.get(LANGUAGE_COOKIE, "")
        known = environ[_KNOWN] = chosen if chosen in LANGUAGES else DEFAULT_LANGUAGE
    return known


def remember_language(response: Response, language: str) -> None:
    """Keep the reader's choice in this browser for a year."""
    response.set_cookie(
        LANGUAGE_COOKIE,
        language,
        max_age=REMEMBERED_S,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def say(message: Message) -> str:
    """A domain message in the reader's language; values that are messages or exact numbers are said in it too."""
    params = {key: _said(value) for key, value in message.params.items()}
    if message.czech is not None:
        return (message.text if current_language() == "en" else message.czech) % params
    if message.plural is not None:
        count = params.pop("num")
        return ngettext(message.text, message.plural, count, **params)
    return gettext(message.text, **params)


def gettext(text: str, /, **params: object) -> str:
    """A sentence in the reader's language: as ``flask_babel.gettext``, for pages that say thousands of them."""
    said = _catalogue().gettext(text) if has_request_context() else gettext_anywhere(text)
    return said % params if params else said


def _said(value: object) -> object:
    if isinstance(value, Message):
        return say(value)
    if isinstance(value, Decimal):
        return format_decimal(value, format="#,##0.##", locale=current_language())
    return value


def translation_directories(package_root: Path) -> list[Path]:
    """Each package keeps its own sentences: ``portal/<package>/translations``."""
    return sorted(path for path in package_root.glob("*/translations") if path.is_dir())


def _catalogue() -> NullTranslations:
    """Sentences in the reader's language.

    Flask-Babel works out domain, locale and catalogue anew for each sentence, which is a quarter of the time of
    a page. The catalogue of a language is the same for the life of the process.
    """
    catalogues: dict[str, NullTranslations] = current_app.extensions[_CATALOGUES]
    language = current_language()
    if language not in catalogues:
        with force_locale(language):
            catalogues[language] = get_translations()
    return catalogues[language]


def init_languages(app: Flask) -> None:
    directories = ";".join(str(path) for path in translation_directories(Path(app.root_path)))
    Babel(
        app,
        default_locale=DEFAULT_LANGUAGE,
        default_timezone="Europe/Prague",
        default_translation_directories=directories,
        locale_selector=current_language,
    )
    app.extensions[_CATALOGUES] = {}
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension of translations
        gettext=lambda text: _catalogue().gettext(text),
        ngettext=lambda text, plural, count: _catalogue().ngettext(text, plural, count),
        newstyle=True,
    )
    app.jinja_env.filters["say"] = say
    app.jinja_env.globals["current_language"] = current_language
