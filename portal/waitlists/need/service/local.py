"""Who waits in a municipality's own territory, as the municipality may learn it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from portal.core.errors import Forbidden, NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.disclosure import Audience, DisclosedFrame, safe_counts
from portal.returns.types import Period
from portal.territory import service as territory
from portal.territory.types import Level
from portal.waitlists.need.queries import stored
from portal.waitlists.need.service.reading import list_quarters
from portal.waitlists.need.types import ALL, Counted, Measure, Part

LOCAL_MEASURES = (Measure.PERSONS, Measure.CONFIRMED, Measure.UNMET)
MUNICIPALITY_DIGITS = 6  # of the code of a municipality; that of an ORP has four
LOCAL_COLUMNS = ("type_code", "figure", "value")


@dataclass(frozen=True)
class LocalNeed:
    """Persons of one area by type of service in a closed quarter.

    ``figures``: LOCAL_COLUMNS and ``state``, a row for each type that anybody of the region waits for and each of
    LOCAL_MEASURES; persons by confirmed links alone, so at most so many. Types are not added up: a person may wait for
    several.
    """

    areas: Sequence[tuple[str, str]]  # code and name: the municipalities of the reader, then their ORP
    area: str
    counted: Counted
    quarters: Sequence[Counted]  # that can be chosen, the latest first
    figures: DisclosedFrame


def read_local_need(actor: Actor, area: str | None = None, period: Period | None = None) -> LocalNeed | None:
    """The counts of one's own municipality or of the ORP that it lies in; None where no quarter was closed yet.

    Closed quarters alone: what is counted anew each night would tell of single persons by its changes. Raises
    Forbidden for whoever works for no municipality in force, NotFound for another area or a quarter that was not
    closed. Five statements.
    """
    areas = _areas(actor)
    if not areas:
        raise Forbidden(_m("Counts of persons are for the region and for municipalities of their own territory."))
    shown = areas[0][0] if area is None else area
    if shown not in dict(areas):
        raise NotFound(_m("This is not your territory."))
    quarters = [one for one in list_quarters() if one.is_closed]
    if not quarters:
        return None
    counted = quarters[0] if period is None else next((one for one in quarters if one.period == period), None)
    if counted is None:
        raise NotFound(_m("This quarter was not counted."))
    here = {row["type_code"]: row for row in stored.counts_by(str(counted.period), "type_code", Part(area=shown))}
    anywhere = sorted(row["type_code"] for row in stored.counts_by(str(counted.period), "type_code", Part()))
    rows = [(code, str(each), _persons(here.get(code), each)) for code in anywhere for each in LOCAL_MEASURES]
    frame = pd.DataFrame(rows, columns=list(LOCAL_COLUMNS)).astype({"value": "float64"})
    return LocalNeed(areas, shown, counted, quarters, safe_counts(frame, Audience.MUNICIPALITY))


def read_own_unmet(actor: Actor, period: Period, level: Level, type_code: str | None) -> DisclosedFrame | None:
    """Unmet applicants of the actor's own areas of a level, as ``read_local_need`` tells them.

    ``area`` (code), ``value``, ``state``; of all types together the sum of what is told by type. None without own
    areas of the level, and for a quarter that is not closed. Four statements.
    """
    is_closed = any(one.is_closed and one.period == period for one in list_quarters())
    areas = [code for code, _ in _areas(actor)] if is_closed else []
    own = [code for code in areas if (len(code) == MUNICIPALITY_DIGITS) == (level is Level.MUNICIPALITY)]
    if not own:
        return None
    most = stored.unmet_by_type(str(period), own)
    types = sorted({kind for _, kind in most}) if type_code is None else [type_code]
    rows = [(area, kind, float(most.get((area, kind), 0))) for area in own for kind in types or [ALL]]
    frame = pd.DataFrame(rows, columns=["area", "type_code", "value"]).astype({"value": "float64"})
    told = safe_counts(frame, Audience.MUNICIPALITY, totals=["area"])
    return told.where([is_total for (is_total,) in told.columns_of("is_total")])


def _areas(actor: Actor) -> list[tuple[str, str]]:
    """Municipalities of the actor and the ORP that they lie in, by code and name. Two statements.

    An ORP with two of them is left out: its sum beside them would tell of the others more sharply than either alone.
    """
    own = actor.municipality_codes(Permission.NEED_LOCAL) or frozenset()
    units = [unit for unit in territory.list_units(Level.MUNICIPALITY) if unit.code in own]
    wanted = {code for code, count in Counter(unit.parent_code for unit in units).items() if count == 1}
    orps = [unit for unit in territory.list_units(Level.ORP) if unit.code in wanted]
    return [(unit.code, unit.name) for unit in (*units, *orps)]


def _persons(row: dict[str, Any] | None, measure: Measure) -> int:
    return 0 if row is None else int(row[f"{measure}_most"])
