"""The blueprint that the pages of municipal support hang on, and what they share."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from portal.core.clock import today
from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.grants.types import check_year
from portal.web.languages import say

bp = Blueprint("grants", __name__, template_folder="../templates")

Answer = str | Response | tuple[str, int]
Errors = dict[str, list[str]]


def chosen_year(years: list[int]) -> int:
    """The year asked for, else the latest there is support of, else the last whole one. Raises Invalid."""
    text = request.args.get("rok", "")
    if not text:
        return years[0] if years else today().year - 1
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise Invalid(_m("“%(text)s” is no year.", text=text[:20]))
    return check_year(int(text))


def said(error: Invalid) -> Errors:
    return {field: [say(message) for message in messages] for field, messages in error.fields.items()}
