"""A quarter over the municipalities that reach the reader: who has handed over, and the sums."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from portal.core.cells import added
from portal.core.clock import today
from portal.core.permissions import Actor, Permission
from portal.disclosure import DisclosedFrame, exact_counts_for_region, own_counts_for_municipality
from portal.needs import queries
from portal.needs.calc import completeness, summed_by
from portal.needs.service.reach import Reach, read_reach
from portal.needs.types import Completeness, HandedOver, Place, Progress, Row, Standing
from portal.returns.types import Period
from portal.territory.types import Level

ALL = "all"  # in place of a situation: of all of them
TOTAL_COLUMNS = ("level", "area", "municipality_code", "situation", "value", "state")
ROW_COLUMNS = (
    *("id", "period", "orp_code", "municipality_code", "situation", "target_group", "reason", "type_code"),
    *("value", "state", "said_value", "said_state", "source", "said_by", "note"),
    *("corrected_source", "corrected_by", "corrected_why"),
)


@dataclass(frozen=True)
class Overview:
    """One quarter. ``totals`` has TOTAL_COLUMNS: for each municipality, and for the kraj for each ORP and for itself,
    the persons of each situation that anything is said of, and of ALL.
    """

    period: Period
    periods: Sequence[Period]  # to choose from, the latest first
    standings: Sequence[Standing]
    areas: Sequence[Completeness]
    totals: DisclosedFrame
    is_everything: bool


def read_overview(actor: Actor, period: Period | None = None) -> Overview:
    """The quarter asked for, without a wish the last finished one. Raises Forbidden. Five queries."""
    reach = read_reach(actor)
    shown = period or Period.of(today()).previous
    rows = queries.needs([str(shown)], None if reach.is_everything else reach.gathered)
    handed = queries.handed_over(str(shown))
    standings = _standings(reach.reached, rows, handed)
    lines = list(_totals(rows, reach))
    return Overview(
        period=shown,
        periods=_choices(shown),
        standings=standings,
        areas=completeness(standings),
        totals=_disclosed(pd.DataFrame(lines, columns=list(TOTAL_COLUMNS)), actor, reach),
        is_everything=reach.is_everything,
    )


def list_handed_over(actor: Actor, period: Period) -> frozenset[str]:
    """Codes of municipalities that reach the actor and have said that their figures of the quarter are complete.

    Raises Forbidden. Three queries.
    """
    reached = {place.code for place in read_reach(actor).reached}
    return frozenset(queries.handed_over(str(period)).keys() & reached)


def list_told_periods(actor: Actor) -> list[Period]:
    """Quarters of which a municipality that reaches the actor told something, the earliest first.

    Raises Forbidden. One query for the kraj, three for a municipality.
    """
    is_everything = actor.municipality_codes(Permission.NEEDS_READ) is None
    codes = None if is_everything else read_reach(actor).gathered
    return sorted(Period.parse(text) for text in queries.periods_with_needs(codes))


def list_rows(actor: Actor, periods: Collection[Period]) -> DisclosedFrame:
    """Every figure of these quarters that reaches the reader, with its provenance: ROW_COLUMNS, one row for each, by
    quarter, ORP, municipality. Raises Forbidden. Three queries.
    """
    reach = read_reach(actor)
    rows = queries.needs([str(each) for each in periods], None if reach.is_everything else reach.gathered)
    order = {code: number for number, code in enumerate(reach.places)}
    rows.sort(key=lambda row: (row.key.period, order.get(row.key.municipality_code, len(order))))
    lines = [_line(row, reach.places.get(row.key.municipality_code)) for row in rows]
    return _disclosed(pd.DataFrame(lines, columns=list(ROW_COLUMNS)), actor, reach)


def _disclosed(frame: pd.DataFrame, actor: Actor, reach: Reach) -> DisclosedFrame:
    frame = frame.astype({"value": "float64"})
    if reach.is_everything:
        return exact_counts_for_region(frame, actor)
    return own_counts_for_municipality(frame, actor, reach.gathered)


def _choices(shown: Period) -> list[Period]:
    stored = {Period.parse(text) for text in queries.periods_with_needs()}
    now = Period.of(today())
    return sorted({*stored, now, now.previous, shown}, reverse=True)


def _standings(places: Sequence[Place], rows: Sequence[Row], handed: Mapping[str, HandedOver]) -> list[Standing]:
    figures: dict[str, list[Row]] = {}
    for row in rows:
        figures.setdefault(row.key.municipality_code, []).append(row)
    found = []
    for place in places:
        own = figures.get(place.code, [])
        done = handed.get(place.code)
        progress = Progress.HANDED_OVER if done else Progress.BEGUN if own else Progress.NOTHING
        corrected = sum(row.correction is not None for row in own)
        found.append(Standing(place, progress, done, len([row for row in own if not row.key.is_mark]), corrected))
    return found


def _totals(rows: Sequence[Row], reach: Reach) -> Iterable[dict[str, Any]]:
    def orp(row: Row) -> str:
        place = reach.places.get(row.key.municipality_code)
        return "" if place is None else place.orp_code

    by_place = summed_by(rows, lambda row: (row.key.municipality_code, row.key.situation))
    yield from (_total(Level.MUNICIPALITY, code, code, situation, cell) for (code, situation), cell in by_place.items())
    whole = summed_by(rows, lambda row: row.key.municipality_code)
    yield from (_total(Level.MUNICIPALITY, code, code, ALL, cell) for code, cell in whole.items())
    if not reach.is_everything:
        return
    by_orp = summed_by(rows, lambda row: (orp(row), row.key.situation))
    yield from (_total(Level.ORP, code, "", situation, cell) for (code, situation), cell in by_orp.items())
    yield from (_total(Level.ORP, code, "", ALL, cell) for code, cell in summed_by(rows, orp).items())
    for situation, cell in summed_by(rows, lambda row: row.key.situation).items():
        yield _total(Level.REGION, "", "", situation, cell)
    yield _total(Level.REGION, "", "", ALL, added(row.persons for row in rows))


def _total(level: Level, area: str, municipality: str, situation: str, cell: Any) -> dict[str, Any]:
    return {
        "level": str(level),
        "area": area,
        "municipality_code": municipality,
        "situation": situation,
        "value": None if cell.number is None else float(cell.number),
        "state": str(cell.state),
    }


def _line(row: Row, place: Place | None) -> dict[str, Any]:
    correction, counts = row.correction, row.persons
    return {
        "id": row.id,
        "orp_code": "" if place is None else place.orp_code,
        **row.key._asdict(),
        "value": None if counts.number is None else float(counts.number),
        "state": str(counts.state),
        "said_value": None if row.said.number is None else float(row.said.number),
        "said_state": str(row.said.state),
        "source": str(row.source),
        "said_by": row.actor_name,
        "note": row.note,
        "corrected_source": None if correction is None else str(correction.source),
        "corrected_by": None if correction is None else correction.actor_name,
        "corrected_why": None if correction is None else correction.why,
    }
