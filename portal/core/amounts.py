"""Amounts in CZK as Czech spreadsheets and people write them. Pure."""

from __future__ import annotations

import re
from decimal import Decimal

from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell
from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.core.numbers import parse_number

MAX_CZK = Decimal(10) ** 12  # the column is NUMERIC(14, 2)
TOO_LARGE = _m("The amount is too large.")
_CURRENCY = re.compile(r"^(kč|czk)\s*|\s*(kč|czk)\.?$", re.IGNORECASE)
_NO_HALLERS = re.compile(r",\s*[-–—=]{1,2}$")  # 1 200,-
_DOTTED = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{3}){2,}(,[0-9]+)?|[+-]?[0-9]{1,3}(\.[0-9]{3})+,[0-9]+", re.ASCII)
_TOO_LONG = re.compile(r"[+-]?[0-9]{13,}([.,][0-9]{1,2})?", re.ASCII)  # of at least MAX_CZK
_AMBIGUOUS = re.compile(r"[+-]?[0-9]{1,3}[.,][0-9]{3}", re.ASCII)
_THOUSANDS = re.compile(r"\b(tis|mil|mld)\b", re.IGNORECASE)
_CONCERNS_NOT = frozenset({"x", "netýká se", "nt"})
_DASHES = frozenset({"-", "–", "—", ".", "n/a", "#n/a", "null"})


def parse_amount(given: str) -> Cell:
    """The cell of an amount: empty is not supplied, 0 is zero, ``x`` (as in Czech statistics) does not apply.

    Taken: ``4 347 333,50``, ``4.347.333,50``, ``4347333.5``, with ``Kč`` or ``CZK``, with ``,-``. Raises Invalid for
    anything else, also for ``4.347``, which can be read in two ways, and for negative amounts.
    """
    text = given.strip()
    if not text:
        return NOT_SUPPLIED
    if text.casefold() in _CONCERNS_NOT:
        return NOT_APPLICABLE
    if text.casefold() in _DASHES:
        raise Invalid(_m("“%(text)s” may mean zero or nothing. Write 0, or leave the cell empty.", text=text))
    if text.startswith("="):
        raise Invalid(_m("The cell holds a formula. Save the file with values only."))
    if _THOUSANDS.search(text):
        raise Invalid(_m("“%(text)s” is in thousands or millions. Amounts are written in whole crowns.", text=text))
    return checked_amount(_number(_NO_HALLERS.sub("", _CURRENCY.sub("", text)), text))


def _number(plain: str, text: str) -> Decimal:
    if _DOTTED.fullmatch(plain):
        plain = plain.replace(".", "")
    elif _AMBIGUOUS.fullmatch(plain):
        raise Invalid(
            _m("“%(text)s” can be read in two ways. Write thousands with a space and hellers after a comma.", text=text)
        )
    try:
        return parse_number(plain)
    except Invalid as error:
        if _TOO_LONG.fullmatch("".join(plain.split())):
            raise Invalid(TOO_LARGE) from error
        raise Invalid(
            _m("“%(text)s” is no amount: write a number with at most two decimal places.", text=text)
        ) from error


def checked_amount(amount: Decimal) -> Cell:
    """The cell of a number, to hellers. Raises Invalid for one that is negative or too large."""
    if not amount.is_finite() or abs(amount) >= MAX_CZK:
        raise Invalid(TOO_LARGE)
    if amount < 0:
        raise Invalid(_m("The amount is negative; costs, revenues and support of a year are not."))
    return Cell.of(amount.quantize(Decimal("0.01")))
