"""Amounts of one record as a person types them."""

from __future__ import annotations

from collections.abc import Mapping

from portal.core.amounts import parse_amount
from portal.core.cells import NOT_SUPPLIED, Cell, CellState
from portal.core.errors import Invalid
from portal.core.messages import Message, _m
from portal.grants.ingest.rows import read_day
from portal.grants.types import FIRST_YEAR, LAST_YEAR, MAX_CONTRACT, MAX_NOTE, Given, Kind

PARTS = ("amount", "contract", "date", "note", "seen")


def shown(given: Given | None, version: int) -> dict[str, str]:
    """What stands in the fields of one kind."""
    if given is None:
        return {"amount": "", "contract": "", "date": "", "note": "", "seen": str(version)}
    day = given.granted_on
    return {
        "amount": _text(given.amount),
        "contract": given.contract,
        "date": "" if day is None else f"{day.day}. {day.month}. {day.year}",
        "note": given.note,
        "seen": str(version),
    }


def _text(cell: Cell) -> str:
    if cell.state is CellState.NOT_APPLICABLE:
        return "x"
    return "" if cell.number is None else f"{cell.number:.2f}".removesuffix(".00").replace(".", ",")


def read(form: Mapping[str, str]) -> tuple[dict[Kind, Given], dict[Kind, int]]:
    """What was typed, and the versions it was typed over. Raises Invalid by fields (``running-amount``)."""
    given, seen, faults = {}, {}, {}
    for kind in Kind:
        fields = {part: form.get(f"{kind}-{part}", "").strip() for part in PARTS}
        seen[kind] = int(fields["seen"]) if fields["seen"].isascii() and fields["seen"].isdecimal() else -1
        own: dict[str, Message] = {}
        amount, day = NOT_SUPPLIED, None
        try:
            amount = parse_amount(fields["amount"])
        except Invalid as error:
            own["amount"] = error.message
        if fields["date"]:
            day = read_day(fields["date"])
            if day is None or not FIRST_YEAR - 20 <= day.year <= LAST_YEAR:
                own["date"] = _m("Write the day as 20. 8. 2026.")
        for part, most in (("contract", MAX_CONTRACT), ("note", MAX_NOTE)):
            if len(fields[part]) > most:
                own[part] = _m("The text is longer than %(most)s characters.", most=most)
        faults.update({f"{kind}-{part}": [message] for part, message in own.items()})
        given[kind] = Given(amount, fields["contract"], day, fields["note"])
    if faults:
        raise Invalid(_m("Please correct the following"), faults)
    return given, seen
