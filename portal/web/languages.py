"""Languages: Czech first, English second. The reader's choice is a cookie; a page says its language."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from babel.numbers import format_decimal
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, gettext, ngettext

from portal.core.messages import Message

LANGUAGES = {"cs": "Čeština", "en": "English"}
DEFAULT_LANGUAGE = "cs"
LANGUAGE_COOKIE = "lang"


def current_language() -> str:
    """The language of this answer: what the reader chose, Czech otherwise (also outside a request)."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    chosen = g.get("language") or request.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen in LANGUAGES else DEFAULT_LANGUAGE


def say(message: Message) -> str:
    """A domain message in the reader's language; values that are messages or exact numbers are said in it too."""
    params = {key: _said(value) for key, value in message.params.items()}
    if message.plural is not None:
        count = params.pop("num")
        return ngettext(message.text, message.plural, count, **params)
    return gettext(message.text, **params) if params else gettext(message.text)


def _said(value: object) -> object:
    if isinstance(value, Message):
        return say(value)
    if isinstance(value, Decimal):
        return format_decimal(value, format="#,##0.##", locale=current_language())
    return value


def translation_directories(package_root: Path) -> list[Path]:
    """Each package keeps its own sentences: ``portal/<package>/translations``."""
    return sorted(path for path in package_root.glob("*/translations") if path.is_dir())


def init_languages(app: Flask) -> None:
    directories = ";".join(str(path) for path in translation_directories(Path(app.root_path)))
    Babel(
        app,
        default_locale=DEFAULT_LANGUAGE,
        default_timezone="Europe/Prague",
        default_translation_directories=directories,
        locale_selector=current_language,
    )
    app.jinja_env.filters["say"] = say
    app.jinja_env.globals["current_language"] = current_language
