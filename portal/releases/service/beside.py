"""What a release says beside its tables: corrections of quarters published before, and which municipalities told needs.

A published quarter is not told again (ADR 35), so its corrections are told without a number: whether there are any, by
the records that tables are made of. Each is found in the history of these records, by one statement for each of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.needs import readings as needs
from portal.releases import queries
from portal.releases.types import Beside, Corrected, Corrections, HandedOver, Origin, TableName
from portal.returns import service as returns
from portal.returns.types import Period
from portal.waitlists import service as waitlists


@dataclass(frozen=True)
class _Published:
    period: Period
    prepared_at: datetime
    published_at: datetime
    names: frozenset[TableName]


def read_beside(period: Period, names: Collection[TableName]) -> Beside:
    """What the release of a quarter with these tables says beside them, as of now. Up to seven statements."""
    handed = None
    if any(name.is_need for name in names):
        handed = {code: HandedOver(*told) for code, told in needs.handed_over_by_orp(period).items()}
    return Beside(read_corrections(period), handed)


def read_corrections(period: Period) -> list[Corrections]:
    """Of every other published quarter, the earliest first, whether its records were corrected after its figures were
    counted, and after those of the release that was published last. At most four statements.
    """
    before = [
        _Published(Period.parse(text), built, published, frozenset(TableName(table["name"]) for table in content))
        for text, built, published, content in queries.published_before(str(period))
    ]
    if not before:
        return []
    last = max(before, key=lambda one: one.published_at).prepared_at
    corrected = {origin: _corrected(origin, before, last) for origin in Origin}
    return [
        Corrections(str(one.period), {origin: found[place] for origin, found in corrected.items()})
        for place, one in enumerate(before)
    ]


def _corrected(origin: Origin, before: Sequence[_Published], last: datetime) -> list[Corrected]:
    later = [(one.period, max(last, one.prepared_at)) for one in before]
    found = _found(origin, before, later)
    ever, since = found[: len(before)], found[len(before) :]
    return [
        Corrected.UNTOLD
        if origin.tables.isdisjoint(one.names)
        else Corrected.SINCE
        if is_new
        else Corrected.BEFORE
        if is_any
        else Corrected.NO
        for one, is_any, is_new in zip(before, ever, since, strict=True)
    ]


def _found(origin: Origin, before: Sequence[_Published], later: Sequence[tuple[Period, datetime]]) -> list[bool]:
    """First whether each quarter was ever corrected, then whether it was later than these moments."""
    if origin is Origin.WAITING:  # counted from lists that were frozen before the release was prepared
        return waitlists.told_late([*((one.period, None) for one in before), *later])
    ever = [(one.period, one.prepared_at) for one in before]
    changed = returns.counting_changed_since if origin is Origin.RETURNS else needs.counting_changed_since
    return changed([*ever, *later])
