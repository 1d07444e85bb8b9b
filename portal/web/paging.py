"""Pages of a list by their number in the address."""

from __future__ import annotations

from flask import request

from portal.core.errors import Invalid
from portal.core.messages import _m

MAX_PAGE_DIGITS = 6


def page_number() -> int:
    """The page that the address asks for, from 1; the first where it says nothing. Raises Invalid."""
    text = request.args.get("strana", "")
    if text and not (text.isascii() and text.isdigit() and len(text) <= MAX_PAGE_DIGITS):
        raise Invalid(_m("The number of the page must be a whole number."))
    return max(1, int(text or 1))
