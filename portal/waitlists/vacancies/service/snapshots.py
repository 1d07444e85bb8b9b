"""The snapshot of a day, and capacity not used beside people waiting, for the kraj."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from portal.core.clock import today
from portal.core.czech import czech_sort_key
from portal.core.db import db
from portal.core.errors import Forbidden
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.disclosure import DisclosedFrame, exact_for_region
from portal.territory import service as territory
from portal.territory.types import Level
from portal.waitlists.vacancies.calc.freshness import freshness
from portal.waitlists.vacancies.calc.unused import FIGURES, WHOLE, count_places, count_waiting
from portal.waitlists.vacancies.models import VacancySnapshot, WaitingSnapshot
from portal.waitlists.vacancies.queries import alerts
from portal.waitlists.vacancies.queries import snapshots as queries
from portal.waitlists.vacancies.types import Freshness, Upkeep

COURSE_DAYS = 366


@dataclass(frozen=True)
class Unused:
    """Figures by type and area, and their course.

    ``table``: type_code, area, area_name, figure (FIGURES), value, state; area "*" is the region, "" is not known.
    ``course``: on_day, figure (free, closed, reserved, occupied, waiting, services), value, state; of the type, or of
    all types, for which there is no number of persons, since one may wait for several.
    """

    table: DisclosedFrame
    course: DisclosedFrame
    types: tuple[str, ...]
    hidden_services: int  # whose places were not confirmed for so long that the public does not see them
    failed: Sequence[tuple[date, str, str | None, int]]  # letters of alerts: day, whose, why, attempts


def take_snapshot(upkeep: Upkeep) -> int:
    """Keep what places and waiting lists are like today; returns the number of services, 0 when it was done already.

    Four statements and the writes.
    """
    day = today()
    if queries.has_snapshot(day):
        return 0
    area_of = territory.orp_of_municipality()
    counts: dict[tuple[int, str], dict[str, int]] = defaultdict(lambda: dict.fromkeys(queries.STATES, 0))
    kept: dict[int, tuple[str, bool]] = {}
    for service_id, type_code, municipality, state, places, confirmed_on in queries.present_places(day):
        counts[service_id, area_of.get(municipality or "", "")][state] += places
        kept[service_id] = (type_code, freshness(confirmed_on, day, upkeep) is not Freshness.HIDDEN)
    db.session.add_all(
        VacancySnapshot(
            on_day=day,
            service_id=service_id,
            orp_code=area,
            type_code=kept[service_id][0],
            is_shown=kept[service_id][1],
            **states,
        )
        for (service_id, area), states in counts.items()
    )
    waiting = count_waiting(queries.waiting_persons({type_code for type_code, _shown in kept.values()}), area_of)
    db.session.add_all(
        WaitingSnapshot(on_day=day, type_code=type_code, orp_code=area, persons=persons)
        for (type_code, area), persons in waiting.items()
    )
    db.session.flush()
    return len(kept)


def read_unused(actor: Actor, upkeep: Upkeep, *, type_code: str | None = None) -> Unused:
    """Free places beside people waiting, now and over the last year, exactly. Raises Forbidden."""
    if not actor.can(Permission.VACANCY_READ):
        raise Forbidden(_m("Your role does not read the capacity of the region."))
    day, area_of = today(), territory.orp_of_municipality()
    rows = queries.present_places(day)
    places = count_places((row[1], area_of.get(row[2] or "", ""), row[3], row[4]) for row in rows)
    beds = queries.beds_by_type_and_orp(day)
    types: list[str] = sorted({code for code, _area in (*places, *beds)}, key=_type_order)
    chosen = [code for code in types if type_code in (None, code)]
    waiting = count_waiting(queries.waiting_persons(chosen), area_of)
    names: dict[str, str] = {unit.code: unit.name for unit in territory.list_units(Level.ORP)}
    hidden = {row[0] for row in rows if freshness(row[5], day, upkeep) is Freshness.HIDDEN}
    return Unused(
        table=exact_for_region(_table(chosen, places, beds, waiting, names), actor),
        course=exact_for_region(_course(type_code, day), actor),
        types=tuple(types),
        hidden_services=len(hidden),
        failed=alerts.failed_letters(),
    )


def _table(
    types: Sequence[str],
    places: dict[tuple[str, str], dict[str, int]],
    beds: dict[tuple[str, str], int],
    waiting: dict[tuple[str, str], int],
    names: dict[str, str],
) -> pd.DataFrame:
    rows = []
    for code in types:
        areas: set[str] = {area for kind, area in (*places, *beds, *waiting) if kind == code} - {WHOLE}
        shown = {area: names.get(area, "") for area in areas}
        ordered = sorted(areas, key=lambda area: (area == "", czech_sort_key(shown[area])))
        for area in (WHOLE, *ordered):
            known = sum(number for (kind, _area), number in beds.items() if kind == code)
            counted = places.get((code, area), {})
            values = {
                "beds": known if area == WHOLE else beds.get((code, area), 0),
                "waiting": waiting.get((code, area), 0),
                **{state: counted.get(state, 0) for state in queries.STATES},
            }
            rows += [(code, area, names.get(area, ""), figure, values[figure]) for figure in FIGURES]
    return _stated(pd.DataFrame(rows, columns=["type_code", "area", "area_name", "figure", "value"]))


def _course(type_code: str | None, day: date) -> pd.DataFrame:
    since = day - timedelta(days=COURSE_DAYS)
    waiting = queries.course_of_waiting(type_code, since) if type_code is not None else {}
    rows: list[tuple[date, str, float | None]] = []
    for on_day, *numbers in queries.course_of_places(type_code, since):
        rows += [
            (on_day, figure, number) for figure, number in zip((*queries.STATES, "services"), numbers, strict=True)
        ]
        rows.append((on_day, "waiting", waiting.get(on_day)))
    return _stated(pd.DataFrame(rows, columns=["on_day", "figure", "value"]))


def _stated(frame: pd.DataFrame) -> pd.DataFrame:
    values = frame["value"].astype(float)
    states = values.map(lambda value: "not_supplied" if pd.isna(value) else "zero" if value == 0 else "value")
    return frame.assign(value=values, state=states.astype(object))


def _type_order(code: str) -> tuple[int, str]:
    digits = "".join(character for character in code if character.isdigit())
    return int(digits or 0), code
