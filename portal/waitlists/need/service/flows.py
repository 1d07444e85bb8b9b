"""The flow of each year and the range of waiting that everybody may learn, counted and stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import delete

from portal.core.bulk import store_rows
from portal.core.clock import now_utc, today
from portal.core.db import db
from portal.core.transaction import reading, transaction
from portal.disclosure import CountThresholds, safe_wait
from portal.returns.types import Period
from portal.territory.service import list_units
from portal.territory.types import Level
from portal.waitlists.need.calc.flow import flow_of_year
from portal.waitlists.need.models import NeedFlow, NeedWait
from portal.waitlists.need.queries import columns, stored
from portal.waitlists.need.queries.columns import People, number_of
from portal.waitlists.need.queries.ways import Admission, read_admissions, read_ways
from portal.waitlists.need.types import ALL

YEARS = 5
QUARTERS_OF_WAIT = 4


def count_flows(people: People, types: Mapping[int, str]) -> tuple[int, ...]:
    """Count the flow of this year (up to today) and the four before; returns the years that have one."""
    with reading():
        ways = read_ways(people, types)
    rows: list[dict[str, Any]] = []
    first = ways.first_day
    for year in range(today().year - YEARS + 1, today().year + 1):
        first_day, last_day = number_of(date(year, 1, 1)), number_of(min(date(year, 12, 31), today()))
        if first is None or first > last_day:
            continue
        most = flow_of_year(*ways.most[:2], ways.types, ways.most[2], first_day, last_day)
        least = flow_of_year(*ways.least[:2], ways.types, ways.least[2], first_day, last_day)
        for kind, source, target in sorted(most.keys() | least.keys()):
            key = (kind, source, target)
            rows.append(
                {
                    "year": year,
                    "type_code": ways.types[kind],
                    "source": source,
                    "target": target,
                    "most": most.get(key, 0),
                    "least": least.get(key, 0),
                }
            )
    with transaction():
        db.session.execute(delete(NeedFlow))
        store_rows(NeedFlow, rows)
    return tuple(sorted({row["year"] for row in rows}))


def freeze_waits(
    people: People, types: Mapping[int, str], thresholds: CountThresholds | None = None
) -> tuple[str, ...]:
    """Write the ranges of waiting of the frozen quarters that have none yet, each once; returns the quarters.

    A quarter tells of those admitted in it and in the three before, as far as these are frozen. What is linked or
    corrected later changes nothing in what was told.
    """
    with reading():
        frozen, told = stored.frozen_quarters(), stored.waits_frozen()
        providers = columns.providers_of_services()
        areas = _areas()
    done = []
    for text in frozen:
        if text in told:
            continue
        period = Period.parse(text)
        window = [period.shifted(-back) for back in range(QUARTERS_OF_WAIT)]
        with reading():
            admissions = read_admissions(
                people, {str(one): number_of(one.first_day) for one in window if str(one) in frozen}
            )
        rows = _wait_rows(text, admissions, types, providers, areas, thresholds or CountThresholds())
        with transaction():
            store_rows(NeedWait, rows)
        done.append(text)
    return tuple(done)


def _areas() -> dict[str, tuple[tuple[str, str], ...]]:
    """The district and the ORP of each municipality."""
    return {
        unit.code: tuple(
            (str(level), code)
            for level, code in ((Level.DISTRICT, unit.district_code), (Level.ORP, unit.parent_code))
            if code
        )
        for unit in list_units(Level.MUNICIPALITY)
    }


def _wait_rows(
    period: str,
    admissions: list[Admission],
    types: Mapping[int, str],
    providers: Mapping[int, int],
    areas: Mapping[str, tuple[tuple[str, str], ...]],
    limits: CountThresholds,
) -> list[dict[str, Any]]:
    """A row for each type and area with an admission, and one for the whole, so that the quarter is marked as told."""
    longest: dict[tuple[str, str, str], dict[int, tuple[int, int]]] = defaultdict(dict)
    longest[(ALL, str(Level.REGION), ALL)] = {}
    for one in admissions:
        type_code = types[one.service_id]
        for level, area in ((str(Level.REGION), ALL), *areas.get(one.municipality, ())):
            persons = longest[(type_code, level, area)]
            wait = (one.days, providers[one.service_id])
            persons[one.person] = max(wait, persons.get(one.person, wait))
    rows = []
    for (type_code, level, area), persons in longest.items():
        told = safe_wait(
            [float(days) for days, _ in persons.values()], [str(provider) for _, provider in persons.values()], limits
        )
        rows.append(
            {
                "period": period,
                "type_code": type_code,
                "level": level,
                "area": area,
                "from_months": None if told is None else told[0],
                "to_months": None if told is None else told[1],
                "frozen_at_utc": now_utc(),
            }
        )
    return rows
