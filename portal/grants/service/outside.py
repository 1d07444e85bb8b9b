"""Figures of years that support cannot be of: stored before such years were refused, in no report, to be removed."""

from __future__ import annotations

from dataclasses import dataclass

from portal.core import audit
from portal.core.cells import Cell, CellState
from portal.core.clock import today
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.grants.limits import last_year, year_fault
from portal.grants.queries import key_of
from portal.grants.queries import outside as stored
from portal.grants.service.figures import figure_as_dict, remember
from portal.grants.types import Kind, Side

SHOWN = 200


@dataclass(frozen=True)
class OutsideYear:
    """A year that support cannot be of, and how many figures of both sides are stored of it. ``mark`` changes with
    them."""

    year: int
    figures: int
    mark: str


@dataclass(frozen=True)
class OutsideFigure:
    """One of the figures, as it stands."""

    year: int
    service_name: str
    provider_name: str
    municipality_code: str
    kind: Kind
    side: Side
    amount: Cell


def outside_years(actor: Actor) -> list[OutsideYear]:
    """Such years, the earliest first; one query. Raises Forbidden for all but the kraj."""
    _check(actor)
    return [
        OutsideYear(year, count, _mark(count, last, versions))
        for year, count, last, versions in stored.years(last_year(today()))
    ]


def outside_figures(actor: Actor) -> list[OutsideFigure]:
    """The first SHOWN of the figures, by year; one query. Raises Forbidden for all but the kraj."""
    _check(actor)
    return [
        OutsideFigure(year, service, provider, code, Kind(kind), Side(side), Cell(CellState(state), value))
        for year, service, provider, code, kind, side, state, value in stored.figures(last_year(today()), SHOWN)
    ]


def remove_outside_year(actor: Actor, year: int, *, seen: str) -> int:
    """Remove both sides' figures of the year with what the kraj decided about them; how many figures.

    What stood there stays in the history. ``seen``: the mark the reader saw. Raises Forbidden; NotFound for a year that
    support can be of and one without figures; Conflict when they have changed since.
    """
    _check(actor)
    rows = stored.figures_of(year) if year_fault(year, today()) is not None else []
    if not rows:
        raise NotFound(_m("There are no such figures."))
    if seen != _mark(len(rows), max(row.id for row in rows), sum(row.version for row in rows)):
        raise Conflict(_m("Somebody changed these figures in the meantime."))
    for row in rows:
        remember(actor, key_of(row), Side(row.side), "written", figure_as_dict(row), None)
        db.session.delete(row)
    for settled in stored.settlements_of(year):
        before = {"state": settled.state, "comment": settled.comment}
        remember(actor, key_of(settled), None, "settled", before, None)
        db.session.delete(settled)
    details = {"figures": len(rows)}
    audit.record(actor, "grants.figures.removed", object_kind="grant", object_key=str(year), details=details)
    db.session.flush()
    return len(rows)


def _mark(count: int, last_id: int, versions: int) -> str:
    """One figure taken back and another one changed leave the sum of versions as it was, so the count is in it too."""
    return f"{count}-{last_id}-{versions}"


def _check(actor: Actor) -> None:
    if not actor.can(Permission.GRANT_SETTLE):
        raise Forbidden(_m("Your role does not allow this."))
