"""Who waits in a municipality's own territory, as the municipality may learn it."""

from __future__ import annotations

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
from portal.waitlists.need.types import Counted, Measure, Part

LOCAL_MEASURES = (Measure.PERSONS, Measure.CONFIRMED, Measure.UNMET)
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


def _areas(actor: Actor) -> list[tuple[str, str]]:
    """Municipalities of the actor and the ORP that they lie in, by code and name. Two statements."""
    own = actor.municipality_codes(Permission.NEED_LOCAL) or frozenset()
    units = [unit for unit in territory.list_units(Level.MUNICIPALITY) if unit.code in own]
    wanted = {unit.parent_code for unit in units}
    orps = [unit for unit in territory.list_units(Level.ORP) if unit.code in wanted]
    return [(unit.code, unit.name) for unit in (*units, *orps)]


def _persons(row: dict[str, Any] | None, measure: Measure) -> int:
    return 0 if row is None else int(row[f"{measure}_most"])
