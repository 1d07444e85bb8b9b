"""The blueprint that the pages of needs hang on, and what they share."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from portal.core.errors import Invalid, NotFound
from portal.needs.prose import blocks_of
from portal.needs.words import period_label, stored_cell
from portal.returns.types import Period
from portal.web.languages import say

bp = Blueprint("needs", __name__, template_folder="../templates")
bp.add_app_template_filter(period_label, "needs_period")
bp.add_app_template_filter(stored_cell, "needs_stored")
bp.add_app_template_filter(blocks_of, "needs_prose")

Answer = str | Response | tuple[str, int]
Errors = dict[str, list[str]]


def period_in_address(text: str) -> Period:
    """The quarter of an address. Raises NotFound for what is none."""
    try:
        return Period.parse(text)
    except Invalid as error:
        raise NotFound(error.message) from error


def said(error: Invalid) -> Errors:
    """Faults for the page: at their fields, or above all of them."""
    fields = {field: [say(message) for message in messages] for field, messages in error.fields.items()}
    return fields or {"": [say(error.message)]}
