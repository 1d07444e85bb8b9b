"""The blueprint that the pages of access hang on, and what they share."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from portal.core.errors import Invalid
from portal.map.link import LEVEL_WORDS
from portal.territory.types import Level
from portal.web.languages import say

Answer = str | Response | tuple[str, int]
Errors = dict[str, list[str]]

bp = Blueprint("access", __name__, url_prefix="/mapa", template_folder="../../templates")


def chosen_level() -> Level:
    """Municipalities, or ORP where the address asks for them."""
    return LEVEL_WORDS["orp"] if request.args.get("uzemi", "").strip() == "orp" else LEVEL_WORDS["obec"]


def said(error: Invalid) -> Errors:
    """Sentences by field; those of no field under ""."""
    if not error.fields:
        return {"": [say(error.message)]}
    return {field: [say(message) for message in messages] for field, messages in error.fields.items()}
