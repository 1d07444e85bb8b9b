"""Counts of needs by area, situation and type for the map and for planning."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import pandas as pd

from portal.core.cells import NOT_SUPPLIED, Cell
from portal.core.errors import Forbidden
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.disclosure import DisclosedFrame, exact_counts_for_region, own_counts_for_municipality
from portal.needs import queries
from portal.needs.calc import summed_by
from portal.needs.service.reach import Reach, read_reach
from portal.needs.types import Key, Row
from portal.returns.residences.situations import adverse_situations
from portal.returns.types import Period
from portal.territory.types import Level

ALL = "all"
DIMENSIONS = ("situation", "target_group", "reason", "type_code")
COUNT_COLUMNS = ("period", "level", "area", *DIMENSIONS, "value", "state", "told", "municipalities")


@dataclass(frozen=True)
class _Areas:
    """Which area each municipality is counted in; how many there are in each."""

    of: Mapping[str, str]
    sizes: Mapping[str, int]


def count_needs(actor: Actor, periods: Collection[Period], *, level: Level, by: Sequence[str]) -> DisclosedFrame:
    """See ``portal.needs.readings.need_counts``. Four queries."""
    if level not in (Level.ORP, Level.MUNICIPALITY) or not set(by) <= set(DIMENSIONS):
        raise ValueError(f"needs are not counted by {level}, {by}")
    reach = read_reach(actor)
    if not reach.is_everything and not reach.own:
        raise Forbidden(_m("Exact counts of persons are for the region alone."))
    areas = _areas(reach, level)
    rows = [
        row
        for row in queries.needs([str(each) for each in periods], None if reach.is_everything else areas.of.keys())
        if row.key.municipality_code in areas.of and (set(by) <= {"situation"} or not row.key.is_mark)
    ]
    frame = _frame(rows, sorted(str(each) for each in periods), areas, level, by)
    if reach.is_everything:
        return exact_counts_for_region(frame, actor)
    return own_counts_for_municipality(frame, actor, areas.sizes.keys(), column="area")


def gathered_areas(actor: Actor, level: Level) -> frozenset[str]:
    """Codes of the areas that ``count_needs`` tells a municipality of; none for anybody else. Two queries."""
    if not actor.municipality_codes(Permission.NEEDS_READ):
        return frozenset()
    return frozenset(_areas(read_reach(actor), level).sizes)


def _areas(reach: Reach, level: Level) -> _Areas:
    """All areas for the kraj; for a municipality those it gathers, ORP only as a whole.

    A municipality that knows its own part of the sum of an ORP would know the others' part.
    """
    if level is Level.MUNICIPALITY:
        codes = [place.code for place in reach.reached]
        return _Areas({code: code for code in codes}, dict.fromkeys(codes, 1))
    reached = {place.code for place in reach.reached}
    parted = {place.orp_code for place in reach.places.values() if place.code not in reached}
    of = {place.code: place.orp_code for place in reach.reached if place.orp_code not in parted}
    sizes: dict[str, int] = defaultdict(int)
    for orp in of.values():
        sizes[orp] += 1
    return _Areas(of, dict(sizes))


def _frame(rows: Sequence[Row], periods: Sequence[str], areas: _Areas, level: Level, by: Sequence[str]) -> pd.DataFrame:
    def part(key: Key) -> tuple[str, ...]:
        return tuple(getattr(key, name) if name in by else ALL for name in DIMENSIONS)

    place: Callable[[Row], tuple[Any, ...]] = lambda row: (  # noqa: E731 - typed, as mypy cannot infer it
        row.key.period,
        areas.of[row.key.municipality_code],
        part(row.key),
    )
    counted: dict[tuple[Any, ...], Cell] = summed_by(rows, place)
    if set(by) <= {"situation"}:  # few enough to say of each area that it told nothing
        situations = list(adverse_situations()) if by else [ALL]
        for period, area, situation in product(periods, areas.sizes, situations):
            counted.setdefault((period, area, (situation, ALL, ALL, ALL)), NOT_SUPPLIED)
    told: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        told[row.key.period, areas.of[row.key.municipality_code]].add(row.key.municipality_code)
    lines = [
        (
            *(period, str(level), area, *parts, None if cell.number is None else float(cell.number), str(cell.state)),
            *(len(told[period, area]), areas.sizes[area]),
        )
        for (period, area, parts), cell in sorted(counted.items(), key=lambda item: item[0])
    ]
    return pd.DataFrame(lines, columns=list(COUNT_COLUMNS)).astype({"value": "float64"})
