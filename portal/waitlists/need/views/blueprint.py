"""The blueprint of need, and what its pages share."""

from __future__ import annotations

from collections.abc import Collection

from flask import Blueprint, request

from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.waitlists.need.words import range_text

bp = Blueprint("need", __name__, template_folder="../../templates")
bp.add_app_template_filter(range_text, "persons_range")


def chosen(name: str, known: Collection[str]) -> str | None:
    """A value of a filter; None where nothing is asked. Raises Invalid for one that is not offered."""
    text = request.args.get(name, "")
    if not text:
        return None
    if text not in known:
        raise Invalid(_m("The list cannot be filtered in this way. Choose from the values offered."))
    return text
