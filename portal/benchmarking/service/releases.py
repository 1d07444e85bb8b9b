"""Groups that providers may know, published once for each quarter that has closed, and never counted anew.

A group counted live would move with each acceptance and correction, and the difference would tell whose return it was.
So the figures of a quarter are frozen; what is accepted or corrected later counts in the exact figures of the region
alone, and in the groups of later quarters.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from portal.benchmarking import queries
from portal.benchmarking.groups import contributions_to, group_lines, needed_fields
from portal.benchmarking.metrics import Catalogue, MetricVersion, returns_of
from portal.benchmarking.models import GroupLineRelease, GroupRelease
from portal.benchmarking.service.holdings import holdings_in
from portal.benchmarking.service.metrics import return_fields, shipped_metrics
from portal.benchmarking.service.norms import current_norms
from portal.benchmarking.types import Line, Norm
from portal.core import audit
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.errors import Forbidden, Invalid, NotFound
from portal.core.jobs import Report, job, start_job
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.core.transaction import transaction
from portal.disclosure import (
    DisclosedFrame,
    GroupFigures,
    GroupLine,
    Reason,
    content_sha256,
    frozen_for_region,
    release_groups,
    rules_version,
)
from portal.returns.service import cells_frame
from portal.returns.service import list_periods as list_reporting_periods
from portal.returns.types import Period, ReportingDates, midnight

FREEZE_JOB = "benchmarking.groups.freeze"

audit.name_actions({"groups.published": _m("Groups of a quarter published")}, kinds={"group_release": _m("groups")})


@dataclass(frozen=True)
class ReleaseRow:
    """A quarter and its groups, as the region sees them."""

    dates: ReportingDates
    release: GroupRelease | None
    accepted: int
    waiting: int  # submitted, not decided
    decided_later: int  # returns accepted, returned or opened again since the groups were published
    is_closed: bool
    with_more_time: int  # exceptions from the dates that still run
    due_at: datetime | None  # from when on the clock publishes it; None where it does not

    @property
    def can_be_published(self) -> bool:
        return self.release is None and self.is_closed and self.accepted > 0

    @property
    def waits_for_decisions(self) -> bool:
        """Whether the clock leaves it for somebody of the region to decide first."""
        return self.waiting > 0 or self.with_more_time > 0


@cache
def shipped_catalogue() -> Catalogue:
    """The metrics that come with the portal, those alone that have groups."""
    return Catalogue(shipped_metrics(), return_fields())


def report_metrics(period: Period) -> dict[str, MetricVersion]:
    """The versions of the shipped metrics that are valid in a quarter, by name."""
    catalogue = shipped_catalogue()
    found = {name: catalogue.version(name, period) for name in catalogue}
    return {name: version for name, version in found.items() if version is not None}


def list_releases(actor: Actor, days_after_closing: int | None = None) -> list[ReleaseRow]:
    """Every opened quarter, the latest first. Raises Forbidden for actors who may not see all services.

    ``days_after_closing``: when the clock publishes; None where it does not.
    """
    _check_region(actor)
    return _release_rows(days_after_closing)


def _release_rows(days_after_closing: int | None) -> list[ReleaseRow]:
    published = {row.period: row for row in queries.releases()}
    counts = queries.decisions_by_period()
    now = now_utc()
    more_time = queries.running_exceptions(now)
    rows = []
    for dates in list_reporting_periods():
        key = str(dates.period)
        accepted, waiting, later = counts.get(key, (0, 0, 0))
        due_at = None
        if days_after_closing is not None:
            due_at = midnight(dates.closes_on + timedelta(days=days_after_closing))
        is_closed, release = dates.is_closed(now), published.get(key)
        rows.append(ReleaseRow(dates, release, accepted, waiting, later, is_closed, more_time.get(key, 0), due_at))
    return rows


def read_release(actor: Actor, period: Period) -> tuple[ReleaseRow, DisclosedFrame, bool]:
    """A published quarter: its row, its figures with the reasons of hidden ones, and whether the digest still fits.

    Raises Forbidden for actors who may not see all services, NotFound for a quarter that was not published.
    """
    row = next((each for each in list_releases(actor) if each.dates.period == period), None)
    if row is None or row.release is None:
        raise NotFound(_m("The groups of this quarter have not been published."))
    groups = published_groups([period]).get(period, [])
    digest = content_sha256(str(period), row.release.rules, groups, row.release.holdings)
    return row, frozen_for_region({str(period): groups}, actor), digest == row.release.content_sha256


def published_groups(
    periods: Collection[Period], type_codes: Collection[str] | None = None
) -> dict[Period, list[GroupFigures]]:
    """What was published of some quarters (and types); a quarter without a line is not among the keys. One query."""
    found: dict[Period, list[GroupFigures]] = {}
    named = {str(period): period for period in periods}
    for text, type_code, metric, form, figures, at_least, reason in queries.release_lines(periods, type_codes):
        why = None if reason is None else Reason(reason)
        group = GroupFigures(type_code, metric, form, figures, at_least, why)
        found.setdefault(named[text], []).append(group)
    return found


def lines_of_quarter(period: Period) -> tuple[GroupLine, ...]:
    """The lines on which groups of the quarter are published. One query."""
    return shipped_lines(period, current_norms())


def shipped_lines(period: Period, norms: Iterable[Norm]) -> tuple[GroupLine, ...]:
    """The lines of a quarter where these norms are in force."""
    return _lines_with(period, frozenset(norm.line for norm in norms))


@lru_cache(maxsize=100)
def _lines_with(period: Period, normed: frozenset[Line]) -> tuple[GroupLine, ...]:
    return group_lines(shipped_catalogue(), period, normed)


def freeze_groups(actor: Actor, period: Period) -> bool:
    """Publish the groups of a closed quarter; False when that was done before, and then nothing changes.

    Raises Forbidden for actors who may not publish, NotFound for a quarter that was not opened, Invalid for one
    that is not closed yet.
    """
    _check_publishable(actor, period)
    queries.lock_releases()
    if db.session.get(GroupRelease, str(period), populate_existing=True) is not None:
        return False
    holdings, rules = holdings_in(period), rules_version()
    groups = _count_groups(period, holdings)
    db.session.add(
        GroupRelease(
            period=str(period),
            rules=rules,
            content_sha256=content_sha256(str(period), rules, groups, holdings),
            frozen_at_utc=now_utc(),
            frozen_by_user_id=actor.user_id,
            actor_name=actor.name,
            holdings=holdings,
        )
    )
    db.session.flush()
    db.session.add_all(
        GroupLineRelease(
            period=str(period),
            type_code=group.type_code,
            metric=group.metric,
            form=group.form,
            figures=dict(group.figures),
            at_least=group.at_least,
            reason=None if group.reason is None else str(group.reason),
        )
        for group in groups
    )
    told = sum(not group.is_hidden for group in groups)
    audit.record(
        actor,
        "groups.published",
        object_kind="group_release",
        object_key=str(period),
        details={"lines": len(groups), "told": told, "rules": rules, "holdings": sorted(holdings)},
    )
    db.session.flush()
    return True


def _count_groups(period: Period, holdings: Mapping[str, Collection[str]]) -> Sequence[GroupFigures]:
    cells = cells_frame(period)
    if cells.empty:
        return ()
    lines, catalogue = lines_of_quarter(period), shipped_catalogue()
    returns = returns_of(cells, needed_fields(catalogue, period), period=period)
    services = cells[["service_id", "type_code", "provider_ico"]].drop_duplicates("service_id")
    return release_groups(contributions_to(lines, catalogue, returns, period, services), lines, holdings=holdings)


def periods_to_publish() -> list[Period]:
    """Closed quarters with an accepted return whose groups were not published, by time."""
    published = {row.period for row in queries.releases()}
    reported = set(queries.compared_periods())
    now = now_utc()
    closed = [dates.period for dates in list_reporting_periods() if dates.is_closed(now)]
    return sorted(period for period in closed if str(period) in reported - published)


def publish_due(actor: Actor, days_after_closing: int) -> list[Period]:
    """Publish what the clock has to: quarters closed for so many days in which nothing waits for a decision.

    Each in a unit of work of its own. Several workers may call it at once: a quarter is published once.
    """
    with transaction():
        now = now_utc()
        due = [
            row.dates.period
            for row in reversed(_release_rows(days_after_closing))
            if row.can_be_published and row.due_at is not None and row.due_at <= now and not row.waits_for_decisions
        ]
    done = []
    for period in due:
        with transaction():
            if freeze_groups(actor, period):
                done.append(period)
    return done


@job(FREEZE_JOB)
def freeze_in_background(actor: Actor, report: Report, arguments: dict[str, Any]) -> dict[str, Any]:
    """Publish the groups of one quarter."""
    with transaction():
        done = freeze_groups(actor, Period.parse(arguments["period"]))
    return {"published": done}


def start_freezing(actor: Actor, period: Period) -> None:
    """Publish the groups of a closed quarter in the background. Raises as ``freeze_groups`` does."""
    _check_publishable(actor, period)
    start_job(actor, FREEZE_JOB, {"period": str(period)})


def _check_publishable(actor: Actor, period: Period) -> None:
    if not actor.can(Permission.GROUP_PUBLISH):
        raise Forbidden(_m("Your role does not publish groups."))
    dates = next((each for each in list_reporting_periods() if each.period == period), None)
    if dates is None:
        raise NotFound(_m("%(period)s was not opened.", period=period.label))
    if not dates.is_closed(now_utc()):
        raise Invalid(
            _m("%(period)s has not closed yet. Its groups can be published once it has.", period=period.label)
        )


def _check_region(actor: Actor) -> None:
    if not actor.can(Permission.COMPARE_ALL):
        raise Forbidden(_m("Only the region compares all services."))
