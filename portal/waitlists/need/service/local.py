"""Who waits in a municipality's own territory, as the municipality may learn it.

What a release tells of an ORP is told here by the release alone, cell by cell: a second telling of the same persons, by
a rule that looks at a cell alone, would open what the release withholds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from portal.core.errors import Forbidden, NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.disclosure import (
    Audience,
    CountThresholds,
    DisclosedFrame,
    FigureState,
    published_counts,
    safe_counts,
)
from portal.returns.types import Period
from portal.territory import service as territory
from portal.territory.types import Level, Unit
from portal.waitlists.need.queries import stored
from portal.waitlists.need.service.reading import list_quarters
from portal.waitlists.need.types import ALL, PUBLISHED_COLUMNS, Counted, Measure, Part, PublishedCounts

LOCAL_MEASURES = (Measure.PERSONS, Measure.CONFIRMED, Measure.UNMET)
LOCAL_COLUMNS = ("type_code", "figure", "value", "below")


@dataclass(frozen=True)
class LocalNeed:
    """Persons of one area by type of service in a closed quarter.

    ``figures``: LOCAL_COLUMNS and ``state``, a row for each type that anybody of the region waits for (of a release:
    that it tells) and each of LOCAL_MEASURES; ``below``: of a hidden cell that it is less than so many, without it no
    word on its size. Persons by confirmed links alone, so at most so many. Types are not added up: a person may wait
    for several. ``is_published``: the figures are those of the release of the quarter.
    """

    areas: Sequence[Unit]  # the municipalities of the reader, then their ORP
    area: Unit
    counted: Counted
    quarters: Sequence[Counted]  # that can be chosen, the latest first
    figures: DisclosedFrame
    is_published: bool


def read_local_need(
    actor: Actor, area: str | None = None, period: Period | None = None, *, published: PublishedCounts
) -> LocalNeed | None:
    """The counts of one's own municipality or of the ORP that it lies in; None where no quarter was closed yet.

    Closed quarters alone: what is counted anew each night would tell of single persons by its changes. An ORP that a
    release tells of in the quarter is told by its cells; what it does not tell is hidden. Raises Forbidden for whoever
    works for no municipality in force, NotFound for another area or a quarter that was not closed. Five statements.
    """
    areas = _areas(actor)
    if not areas:
        raise Forbidden(_m("Counts of persons are for the region and for municipalities of their own territory."))
    shown = areas[0] if area is None else next((unit for unit in areas if unit.code == area), None)
    if shown is None:
        raise NotFound(_m("This is not your territory."))
    quarters = [one for one in list_quarters() if one.is_closed]
    if not quarters:
        return None
    counted = quarters[0] if period is None else next((one for one in quarters if one.period == period), None)
    if counted is None:
        raise NotFound(_m("This quarter was not counted."))
    told = _told_of_orps(published, counted.period) if shown.level is Level.ORP else {}
    figures = _published(told, shown.code) if told else _counted_here(str(counted.period), shown.code)
    return LocalNeed(areas, shown, counted, quarters, figures, is_published=bool(told))


def _counted_here(period: str, area: str) -> DisclosedFrame:
    """LOCAL_COLUMNS of what was counted of the area, told roughly."""
    here = {row["type_code"]: row for row in stored.counts_by(period, "type_code", Part(area=area))}
    anywhere = sorted(row["type_code"] for row in stored.counts_by(period, "type_code", Part()))
    most = CountThresholds().hidden_to
    rows = []
    for code in anywhere:
        for each in LOCAL_MEASURES:
            persons = _persons(here.get(code), each)
            rows.append((code, str(each), persons, most + 1 if persons <= most else None))
    return safe_counts(_frame(rows), Audience.MUNICIPALITY)


def _told_of_orps(published: PublishedCounts, period: Period) -> dict[Measure, DisclosedFrame]:
    """What the release of the quarter tells of ORP by type; empty where none tells anything of them."""
    tables = {each: published(each, period) for each in LOCAL_MEASURES}
    return {each: table for each, table in tables.items() if table is not None}


def _published(told: Mapping[Measure, DisclosedFrame], orp: str) -> DisclosedFrame:
    """LOCAL_COLUMNS of an ORP from the tables of a release."""
    cells = {
        (row, each): (value, below, state)
        for each, table in told.items()
        for row, area, is_total, value, below, state in table.columns_of(*PUBLISHED_COLUMNS)
        if area == orp and not is_total
    }
    types = dict.fromkeys(type_code for type_code, _ in cells)
    withheld = (None, None, FigureState.HIDDEN)
    rows = [(code, str(each), *cells.get((code, each), withheld)) for code in types for each in LOCAL_MEASURES]
    return published_counts(_frame(rows, "state"))


def _frame(rows: Sequence[tuple[Any, ...]], *more: str) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[*LOCAL_COLUMNS, *more]).astype({"value": "float64", "below": "float64"})


def read_own_unmet(
    actor: Actor, period: Period, level: Level, type_code: str | None, *, published: PublishedCounts
) -> DisclosedFrame | None:
    """Unmet applicants of the actor's own areas of a level, as ``read_local_need`` tells them before a release.

    ``area`` (code), ``value``, ``state``; of all types together the sum of what is told by type. None without own
    areas of the level, for a quarter that is not closed, and for ORP that a release tells of. Four statements.
    """
    is_closed = any(one.is_closed and one.period == period for one in list_quarters())
    if not is_closed or (level is Level.ORP and _told_of_orps(published, period)):
        return None
    own = [unit.code for unit in _areas(actor) if unit.level is level]
    if not own:
        return None
    most = stored.unmet_by_type(str(period), own)
    types = sorted({kind for _, kind in most}) if type_code is None else [type_code]
    rows = [(area, kind, float(most.get((area, kind), 0))) for area in own for kind in types or [ALL]]
    frame = pd.DataFrame(rows, columns=["area", "type_code", "value"]).astype({"value": "float64"})
    told = safe_counts(frame, Audience.MUNICIPALITY, totals=["area"])
    return told.where([is_total for (is_total,) in told.columns_of("is_total")])


def _areas(actor: Actor) -> list[Unit]:
    """Municipalities of the actor, then the ORP that they lie in. Two statements.

    An ORP with two of them is left out: its sum beside them would tell of the others more sharply than either alone.
    """
    own = actor.municipality_codes(Permission.NEED_LOCAL) or frozenset()
    units = [unit for unit in territory.list_units(Level.MUNICIPALITY) if unit.code in own]
    wanted = {code for code, count in Counter(unit.parent_code for unit in units).items() if count == 1}
    return [*units, *(unit for unit in territory.list_units(Level.ORP) if unit.code in wanted)]


def _persons(row: dict[str, Any] | None, measure: Measure) -> int:
    return 0 if row is None else int(row[f"{measure}_most"])
