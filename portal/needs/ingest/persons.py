"""A number of persons as people write it. Pure."""

from __future__ import annotations

from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell
from portal.core.czech import fold
from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.core.numbers import parse_number
from portal.needs.types import MAX_PERSONS

CONCERNS_NOT = frozenset({"x", "netyka se", "not applicable"})
NOT_TOLD = frozenset({"neuvedeno", "nedodano", "not supplied"})


def parse_persons(given: str) -> Cell:
    """The cell of a number of persons: empty is not supplied, 0 is zero, ``x`` does not apply.

    Raises Invalid for anything but a whole number up to MAX_PERSONS that is not negative.
    """
    text = given.strip()
    if not text or fold(text) in NOT_TOLD:
        return NOT_SUPPLIED
    if fold(text) in CONCERNS_NOT:
        return NOT_APPLICABLE
    try:
        number = parse_number(text, max_places=0)
    except Invalid as error:
        raise Invalid(_m("Write a whole number of persons, 0, x, or leave it empty.")) from error
    if not 0 <= number <= MAX_PERSONS:
        raise Invalid(
            _m("Write a number of persons from 0 to %(most)s.", most=f"{MAX_PERSONS:,}".replace(",", "\u00a0"))
        )
    return Cell.of(number)
