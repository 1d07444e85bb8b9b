"""Counting everything anew and storing it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete

from portal.core import audit
from portal.core.bulk import store_columns, store_rows
from portal.core.clock import now_utc, today
from portal.core.db import db
from portal.core.messages import _m
from portal.core.permissions import OPERATOR
from portal.core.transaction import reading, transaction
from portal.disclosure import CountThresholds
from portal.returns import service as returns
from portal.returns.types import Period
from portal.territory.service import orp_of_municipality
from portal.waitlists.need.calc.cube import Table, count
from portal.waitlists.need.models import NeedCount, NeedQuarter, NeedRefusal
from portal.waitlists.need.queries import columns, stored
from portal.waitlists.need.service.flows import count_flows, freeze_waits
from portal.waitlists.need.types import ALL

log = logging.getLogger(__name__)

KEY_COLUMNS = ("type_code", "situation", "target_group", "area")
REFUSED_FIELD = "refused_capacity"

audit.name_actions({"waitlists.need.counted": _m("Need counted")}, kinds={"need": _m("need")})


@dataclass(frozen=True)
class Recounted:
    """What was counted; quarters whose lists and links did not change are left as they were."""

    quarters: tuple[str, ...]
    parts: int
    years: tuple[int, ...]  # whose flow was counted
    told: tuple[str, ...]  # quarters whose range of waiting is public from now on


@dataclass(frozen=True)
class _Known:
    """What all quarters share: persons with their links, types of services, the territory."""

    people: columns.People
    links: str
    types: Mapping[int, str]
    orp_of: Mapping[str, str]
    listed: set[int]


@dataclass(frozen=True)
class _Result:
    table: Table
    quarter: dict[str, Any]


def recount(*, everything: bool = False, limits: CountThresholds | None = None) -> Recounted:
    """Count the quarter that lasts and those closed ones that were not counted yet, or whose persons were linked anew.

    ``everything``: all quarters whatever they hold. ``limits``: of the ranges of waiting that become public.
    Refused requests are read anew for all quarters: returns are accepted weeks after their quarter was frozen.
    Each quarter is a unit of work of its own; reading and counting hold no lock.
    """
    with reading():
        known = _read_known()
        wanted = _wanted(known.links, everything)
    parts = 0
    for period, is_frozen in wanted:
        with reading():
            result = _count_quarter(known, period, is_frozen=is_frozen)
        with transaction():
            _store(str(period), result)
        parts += len(result.table.parts)
        log.info("need of %s counted: parts %s", period, len(result.table.parts))
    _count_refusals(known.listed)
    done = tuple(str(period) for period, _ in wanted)
    years, told = count_flows(known.people, known.types), freeze_waits(known.people, known.types, limits)
    with transaction():
        details = {"quarters": list(done), "parts": parts, "years": list(years), "told": list(told)}
        audit.record(OPERATOR, "waitlists.need.counted", object_kind="need", object_key=str(today()), details=details)
    return Recounted(done, parts, years, told)


def _read_known() -> _Known:
    people = columns.read_people()
    return _Known(
        people,
        hashlib.sha256(people.linked()).hexdigest(),
        columns.read_types(),
        orp_of_municipality(),
        stored.services_with_lists(),
    )


def _wanted(links: str, everything: bool) -> list[tuple[Period, bool]]:
    """Quarters to count and whether their lists are frozen."""
    fresh = {row.period for row in stored.counted_quarters() if row.is_closed and row.links == links}
    closed = [period for period in stored.frozen_quarters() if everything or period not in fresh]
    return [*((Period.parse(period), True) for period in closed), (Period.of(today()), False)]


def _count_quarter(known: _Known, period: Period, *, is_frozen: bool) -> _Result:
    last_day = period.last_day if is_frozen else today()
    lists = columns.read_lists(
        known.people,
        known.types,
        known.orp_of,
        frozen=str(period) if is_frozen else None,
        first_day=period.first_day,
    )
    users = columns.read_users(known.people, known.types, last_day)
    table = count(lists, users, columns.number_of(period.first_day), columns.number_of(last_day))
    quarter = {
        "period": str(period),
        "counted_on": last_day,
        "is_closed": is_frozen,
        "applications": len(lists),
        "links": known.links,
    }
    return _Result(table, quarter)


def _count_refusals(listed: set[int]) -> None:
    """Requests refused for capacity in the counted quarters, by type and of all, from accepted returns of services that
    have no list.

    A service whose return does not tell the number (another form, not supplied) has no part in it.
    """
    with reading():
        periods = [Period.parse(row.period) for row in stored.counted_quarters()]
        cells = returns.figures_frame(fields=[REFUSED_FIELD], periods=periods)
    cells = cells[cells["value"].notna() & ~cells["service_id"].isin(listed)]
    rows = [
        {
            "period": str(period),
            "type_code": str(type_code),
            "refused": int(group["value"].sum()),
            "services": int(group["service_id"].nunique()),
        }
        for period, told in cells.groupby("period", observed=True)
        for type_code, group in [(ALL, told), *told.groupby("type_code", observed=True)]
    ]
    with transaction():
        db.session.execute(delete(NeedRefusal))
        store_rows(NeedRefusal, rows)


def _store(period: str, result: _Result) -> None:
    db.session.execute(delete(NeedCount).where(NeedCount.period == period))
    # The row of the quarter stays: with it would go the refused requests, which are read anew at the end of a recount.
    db.session.merge(NeedQuarter(**result.quarter, counted_at_utc=now_utc()))
    db.session.flush()
    parts = result.table.parts
    keys = zip(*parts, strict=True) if parts else ([] for _ in KEY_COLUMNS)
    store_columns(
        NeedCount,
        {"period": [period] * len(parts), **dict(zip(KEY_COLUMNS, keys, strict=True)), **result.table.numbers},
    )


def is_counted(day: date) -> bool:
    """Whether the figures describe this day."""
    return any(row.counted_on == day for row in stored.counted_quarters() if not row.is_closed)
