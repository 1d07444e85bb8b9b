"""Amounts of one record as a person types them.

The first contract of a kind has the fields ``running-amount``, ``running-contract``, ``running-date``, the next ones
``running-amount-2`` and so on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.core.amounts import parse_amount
from portal.core.cells import NOT_SUPPLIED, Cell, CellState
from portal.core.errors import Invalid
from portal.core.messages import Message, _m
from portal.grants.ingest.rows import read_day
from portal.grants.limits import contract_fault, day_fault, note_fault
from portal.grants.types import MAX_CONTRACTS, Contract, Given, Kind

OF_CONTRACT = ("amount", "contract", "date")
_CZECH = str.maketrans({",": " ", ".": ","})
Form = Mapping[str, str]
Faults = dict[str, list[Message]]


@dataclass(frozen=True)
class _Part:
    """What was typed of one contract; ``fields`` are the names of its fields."""

    fields: Mapping[str, str]
    amount: Cell
    reference: str
    granted_on: date | None
    is_empty: bool


def shown(given: Given | None, version: int) -> dict[str, str]:
    """What stands in the fields of one kind."""
    given = given or Given(NOT_SUPPLIED)
    fields = {"note": given.note, "seen": str(version)}
    for number, (amount, reference, day) in enumerate(given.parts, start=1):
        fields[_name("amount", number)] = _text(amount)
        fields[_name("contract", number)] = reference
        fields[_name("date", number)] = "" if day is None else f"{day.day}. {day.month}. {day.year}"
    return fields


def contract_numbers(fields: Form, kind: Kind, *, more: bool = False) -> range:
    """Numbers of the contracts that a kind has fields for; ``more``: one beyond."""
    count = 1
    while count < MAX_CONTRACTS and f"{kind}-{_name('amount', count + 1)}" in fields:
        count += 1
    return range(1, min(MAX_CONTRACTS, count + more) + 1)


def is_filled(fields: Form, kind: Kind) -> bool:
    """Whether anything stands in the fields of a kind."""
    names = [_name(part, number) for number in contract_numbers(fields, kind) for part in OF_CONTRACT]
    return any(fields.get(f"{kind}-{name}", "").strip() for name in (*names, "note"))


def _name(part: str, number: int) -> str:
    return part if number == 1 else f"{part}-{number}"


def _text(cell: Cell) -> str:
    if cell.state is CellState.NOT_APPLICABLE:
        return "x"
    return "" if cell.number is None else f"{cell.number:,.2f}".removesuffix(".00").translate(_CZECH)


def read(form: Form, *, year: int, on: date) -> tuple[dict[Kind, Given], dict[Kind, int]]:
    """What was typed of support of the year, and the versions it was typed over. Raises Invalid by fields
    (``running-amount``). ``on``: the present day."""
    given, seen = {}, {}
    faults: Faults = {}
    for kind in Kind:
        text = form.get(f"{kind}-seen", "").strip()
        seen[kind] = int(text) if text.isascii() and text.isdecimal() else -1
        note = " ".join(form.get(f"{kind}-note", "").split())
        parts = [_part(form, kind, number, year, on, faults) for number in contract_numbers(form, kind)]
        told = [part for part in parts if not part.is_empty]
        if len(told) > 1:
            faults.update(_faults_of_several(told))
        if (fault := note_fault(note)) is not None:
            faults[f"{kind}-note"] = [fault]
        if not faults:
            given[kind] = _given(told, note)
    if faults:
        raise Invalid(_m("Please correct the following"), faults)
    return given, seen


def _part(form: Form, kind: Kind, number: int, year: int, on: date, faults: Faults) -> _Part:
    names = {part: f"{kind}-{_name(part, number)}" for part in OF_CONTRACT}
    typed = {part: " ".join(form.get(name, "").split()) for part, name in names.items()}
    amount, day = NOT_SUPPLIED, None
    try:
        amount = parse_amount(typed["amount"])
    except Invalid as error:
        faults[names["amount"]] = [error.message]
    if typed["date"]:
        day = read_day(typed["date"])
        wrong = _m("Write the day as 20. 8. 2026.") if day is None else day_fault(day, year, on)
        if wrong is not None:
            faults[names["date"]] = [wrong]
    if (fault := contract_fault(typed["contract"])) is not None:
        faults[names["contract"]] = [fault]
    return _Part(names, amount, typed["contract"], day, not any(typed.values()))


def _faults_of_several(parts: list[_Part]) -> Faults:
    """Of several contracts each has an amount and a reference of its own."""
    faults: Faults = {}
    seen: set[str] = set()
    for part in parts:
        if part.amount.number is None:
            faults[part.fields["amount"]] = [_m("Of several contracts, each has an amount.")]
        if not part.reference:
            faults[part.fields["contract"]] = [_m("Of several contracts, each has its reference.")]
        elif part.reference in seen:
            faults[part.fields["contract"]] = [_m("This contract is there already.")]
        seen.add(part.reference)
    return faults


def _given(parts: list[_Part], note: str) -> Given:
    if len(parts) > 1:
        contracts = [Contract(part.amount.number or Decimal(0), part.reference, part.granted_on) for part in parts]
        return Given.under(contracts, note)
    if not parts:
        return Given(NOT_SUPPLIED, note=note)
    return Given(parts[0].amount, parts[0].reference, parts[0].granted_on, note)
