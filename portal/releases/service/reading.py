"""Releases as the kraj sees them: the list of quarters, and what is public beside what is exact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pandas as pd

from portal.core.clock import now_utc
from portal.core.errors import Forbidden, NotFound
from portal.core.messages import Message, _m
from portal.core.permissions import Actor, Permission
from portal.disclosure import DisclosedFrame, FigureState, exact_for_region
from portal.releases import queries
from portal.releases.service.preparing import Preparation, preparations
from portal.releases.service.sources import may_see_exact
from portal.releases.types import Beside, PublicTable, State, TableName, digest
from portal.returns.service import list_periods
from portal.returns.types import Period
from portal.territory.service import municipality_names


@dataclass(frozen=True)
class QuarterRow:
    """A closed quarter and how far its release is; ``state`` None: nothing was prepared yet.

    ``failure``: why the last preparation in the background came to nothing.
    """

    period: Period
    state: State | None
    built_at: datetime | None
    audited_at: datetime | None
    published_at: datetime | None
    is_running: bool = False
    failure: Message | None = None


@dataclass(frozen=True)
class Preview:
    """A release of the kraj. ``exact`` has ``row``, ``column``, ``value``; None for who may not see it.

    Nor do such readers see in ``audit`` how much of a cell was learnt. ``holders``: names of those who learnt it.
    """

    period: Period
    state: State
    rules: str
    sha256: str
    is_whole: bool  # the content fits the digest
    built_at: datetime
    built_by: str
    audited_at: datetime | None
    published_at: datetime | None
    published_by: str | None
    tables: Sequence[PublicTable]
    table: PublicTable
    beside: Beside | None
    exact: DisclosedFrame | None
    audit: dict[str, Any] | None
    holders: Mapping[str, str]


def list_quarters(actor: Actor) -> list[QuarterRow]:
    """Closed quarters, the latest first. Raises Forbidden. Three statements."""
    _check(actor)
    prepared = preparations()
    stored = {row.period: row for row in queries.releases()}
    now = now_utc()
    found = []
    for dates in list_periods():
        row = stored.get(str(dates.period))
        if row is None and dates.is_closed(now):
            found.append(_with_preparation(QuarterRow(dates.period, None, None, None, None), prepared))
        elif row is not None:
            moments = row.built_at_utc, row.audited_at_utc, row.published_at_utc
            found.append(_with_preparation(QuarterRow(dates.period, State(row.state), *moments), prepared))
    return found


def _with_preparation(row: QuarterRow, prepared: Mapping[str, Preparation]) -> QuarterRow:
    """A failure is of interest until the quarter has been audited since."""
    last = prepared.get(str(row.period))
    if last is None or row.state is State.PUBLISHED:
        return row
    is_past = row.audited_at is not None and row.audited_at >= last.begun_at
    return replace(row, is_running=last.is_running, failure=None if is_past else last.failure)


def read_preview(actor: Actor, period: Period, name: TableName | None = None) -> Preview:
    """A release with one of its tables (the first without a wish). Raises Forbidden, NotFound.

    One statement; two more where the audit opened cells.
    """
    _check(actor)
    stored = queries.release(str(period), "content", "beside", "exact", "parts", "audit")
    if stored is None:
        raise NotFound(_m("The figures of this quarter have not been prepared."))
    tables = [PublicTable.from_dict(each) for each in stored.content]
    table = next((each for each in tables if name in (None, each.name)), None)
    if table is None:
        raise NotFound(_m("The release has no such table."))
    key = str(table.name)
    exact, report = None, stored.audit
    if may_see_exact(actor):
        exact = exact_for_region(_exact_rows(table, stored.exact[key], stored.parts[key]), actor)
    return Preview(
        period=period,
        state=State(stored.state),
        rules=stored.rules,
        sha256=stored.content_sha256,
        is_whole=digest(str(period), stored.rules, stored.content, stored.beside) == stored.content_sha256,
        built_at=stored.built_at_utc,
        built_by=stored.built_by_name,
        audited_at=stored.audited_at_utc,
        published_at=stored.published_at_utc,
        published_by=stored.published_by_name,
        tables=tables,
        table=table,
        beside=None if stored.beside is None else Beside.from_dict(stored.beside),
        exact=exact,
        audit=report if exact is not None else _without_numbers(report),
        holders=_holder_names(report),
    )


def _without_numbers(report: dict[str, Any] | None) -> dict[str, Any] | None:
    """Which cells fell, and nothing of what was in them."""
    if report is None:
        return None
    attacks = [
        {**attack, "findings": [{**each, "lower": None, "upper": None} for each in attack["findings"]]}
        for attack in report["attacks"]
    ]
    return {**report, "attacks": attacks}


def _holder_names(report: dict[str, Any] | None) -> dict[str, str]:
    """Names of providers and municipalities to whom a cell fell; a holding has its name for a key."""
    attacks = [] if report is None else report["attacks"]
    holders = {each["holder"] for attack in attacks for each in attack["findings"] if each["holder"]}
    if not holders:
        return {}
    towns = municipality_names()
    return {code: towns[code] for code in holders if code in towns} | queries.provider_names(holders)


def _exact_rows(table: PublicTable, exact: dict[str, Any], parts: list[list[Any]]) -> pd.DataFrame:
    """One row for each cell with persons or thousands of CZK, without totals: those of persons add people twice.

    Cells of which nobody told anything have no row.
    """
    if exact["persons"] is not None:
        states = exact.get("states")
        cells = [
            (row, column, float(persons))
            for place, (row, line) in enumerate(zip(table.rows, exact["persons"], strict=True))
            for number, (column, persons) in enumerate(zip(table.columns, line, strict=True))
            if states is None or not states[place][number]
        ]
        frame = pd.DataFrame(cells, columns=["row", "column", "value"])
    else:
        lines = pd.DataFrame([tuple(part) for part in parts], columns=["holder", "row", "column", "value"])
        frame = lines.groupby(["row", "column"], as_index=False).agg({"value": "sum"})
        frame["value"] = (frame["value"] / 1000).round()
    return frame.assign(state=[FigureState.VALUE if value else FigureState.ZERO for value in frame["value"]])


def _check(actor: Actor) -> None:
    if not actor.can(Permission.RELEASE_READ):
        raise Forbidden(_m("Only the region prepares public figures."))
