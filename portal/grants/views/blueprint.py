"""The blueprint that the pages of municipal support hang on, and what they share."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from portal.core.cells import Cell
from portal.core.clock import today
from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.grants.limits import check_year
from portal.web.languages import say

bp = Blueprint("grants", __name__, template_folder="../templates")

Answer = str | Response | tuple[str, int]
Errors = dict[str, list[str]]


def places(amount: Cell | Decimal | str) -> int | None:
    """Decimal places that crowns are written with: two where there are hellers, none in whole crowns."""
    number = amount.number if isinstance(amount, Cell) else Decimal(amount)
    return 2 if number is not None and number % 1 else None


@bp.context_processor
def _amounts() -> dict[str, Any]:
    return {"places": places}


def chosen_year(years: list[int]) -> int:
    """The year asked for, else the latest that somebody told a number of, else the last whole one. Raises Invalid."""
    text = request.args.get("rok", "")
    if not text:
        return years[0] if years else today().year - 1
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise Invalid(_m("“%(text)s” is no year.", text=text[:20]))
    return check_year(int(text), today())


def said(error: Invalid) -> Errors:
    return {field: [say(message) for message in messages] for field, messages in error.fields.items()}
