"""Reading of typed numbers, totals, changes between quarters, two people at one form. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell, CellState
from portal.core.messages import Message, _m
from portal.returns.types import (
    CellInput,
    CellKey,
    Cells,
    FieldDefinition,
    Finding,
    FormDefinition,
    Severity,
)

MAX_INTEGER_DIGITS = 11  # the column is NUMERIC(14, 2); a total of up to nine parts must fit too
MAX_TYPED_DECIMALS = 2

_SPACES = str.maketrans(dict.fromkeys("\t\u00a0\u2007\u2009\u202f", " "))
_MINUS = "-\u2212\u2013"
# Groups of thousands by spaces; by dots or commas only where the other sign follows, else they could be decimals.
_NUMBER = re.compile(
    r"(?P<plain>[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(?:[.,](?P<decimals>[0-9]+))?"
    r"|(?P<dotted>[0-9]{1,3}(?:\.[0-9]{3})+),(?P<after_comma>[0-9]+)"
    r"|(?P<commas>[0-9]{1,3}(?:,[0-9]{3})+)\.(?P<after_dot>[0-9]+)"
)


def parse_number(text: str, decimals: int) -> Cell | Message:
    """A number as Czech people type it, at most ``decimals`` places: a value, a zero, or not supplied when empty.

    Takes ``5 821,5``, ``5821.5``, ``1.234,5`` and ``1,234.5``, with any kind of space. What could be read in two ways
    (``1,234``) is refused, and so is anything negative, too exact or larger than the column; the answer is
    then the sentence for the person who typed it.
    """
    cleaned = text.translate(_SPACES).strip()
    if not cleaned:
        return NOT_SUPPLIED
    match = _NUMBER.fullmatch(cleaned.lstrip(_MINUS).lstrip())
    if match is None:
        return _not_a_number(decimals)
    if cleaned[0] in _MINUS:
        return _m("The number cannot be negative.")
    whole = (match["plain"] or match["dotted"] or match["commas"]).translate(str.maketrans("", "", " .,"))
    fraction = match["decimals"] or match["after_comma"] or match["after_dot"] or ""
    if len(whole.lstrip("0")) > MAX_INTEGER_DIGITS:
        return _m("The number is too large.")
    if len(fraction) > MAX_TYPED_DECIMALS or fraction[decimals:].strip("0"):
        return _too_exact(decimals)
    return Cell.of(Decimal(f"{whole}.{fraction or '0'}"))


def _not_a_number(decimals: int) -> Message:
    return _m("Write a number, for example %(example)s.", example=Decimal("6.75") if decimals else Decimal(12))


def _too_exact(decimals: int) -> Message:
    if decimals == 0:
        return _m("Write a whole number, without decimal places.")
    return _m("Write a number with at most %(places)s decimal places.", places=decimals)


def read_input(definition: FieldDefinition, typed: CellInput) -> Cell | Message:
    """The cell that a person meant, or the sentence about what is wrong with it."""
    if not typed.not_applicable:
        return parse_number(typed.text, definition.decimals)
    if typed.text.strip():
        return _m("Write a number, or tick “Not applicable”, not both.")
    return NOT_APPLICABLE


def with_totals(definition: FormDefinition, keys: Sequence[CellKey], cells: Cells) -> dict[CellKey, Cell]:
    """The cells with every computed total of ``keys`` made from its parts in the same form, whatever stood there.

    Only parts among ``keys`` count. One of them not supplied: not supplied, since half of a sum is no smaller truth.
    All not applicable: not applicable. Otherwise the sum of those that apply; a sum of zeros is zero.
    """
    asked, completed = set(keys), dict(cells)
    for key in keys:
        codes = definition.field(key.field).sum_of
        if codes:
            places = [CellKey(key.form, code) for code in codes]
            completed[key] = _total([cells.get(place, NOT_SUPPLIED) for place in places if place in asked])
    return completed


def _total(parts: Sequence[Cell]) -> Cell:
    if any(part.state is CellState.NOT_SUPPLIED for part in parts):
        return NOT_SUPPLIED
    numbers = [part.number for part in parts if part.number is not None]
    return Cell.of(sum(numbers, Decimal(0))) if numbers else NOT_APPLICABLE


def blocking(findings: Iterable[Finding], comments: Mapping[CellKey, str]) -> tuple[Finding, ...]:
    """Those that keep the return from being submitted: errors, and warnings that nobody commented on."""
    return tuple(
        finding
        for finding in findings
        if finding.severity is Severity.ERROR or not comments.get(finding.key, "").strip()
    )


def relative_change(now: Cell, before: Cell) -> Decimal | None:
    """(now - before) / before; None unless both are numbers and the earlier one is not zero."""
    if now.number is None or not before.number:
        return None
    return (now.number - before.number) / before.number


@dataclass(frozen=True)
class CellConflict:
    """One cell that two people see differently: what this one typed, what is stored now."""

    key: CellKey
    mine: CellInput
    stored: Cell
    both_changed: bool  # False: only the other person did, so the stored value is offered


def merge(
    typed: Mapping[CellKey, CellInput], read: Mapping[CellKey, Cell | Message], base: Cells, stored: Cells
) -> tuple[dict[CellKey, CellInput | None], tuple[CellConflict, ...]]:
    """Bring a form drawn from ``base`` together with what is ``stored`` now.

    Returns for each cell what to show in it (None: the stored value, since this person did not touch it) and the
    cells that differ. What could not be read as a number counts as touched: nothing typed is lost.
    """
    shown: dict[CellKey, CellInput | None] = {}
    conflicts: list[CellConflict] = []
    for key, mine in typed.items():
        now, before, meant = stored.get(key, NOT_SUPPLIED), base.get(key, NOT_SUPPLIED), read[key]
        touched = meant != before
        shown[key] = mine if touched else None
        if meant != now and now != before:
            conflicts.append(CellConflict(key, mine, now, both_changed=touched))
    return shown, tuple(conflicts)
