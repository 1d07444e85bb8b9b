"""Norms in force: the shipped ones, and what the region changed about them from which day and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.benchmarking import queries
from portal.benchmarking.models import NormDecision
from portal.benchmarking.norms import MAX_PERCENT, breaks, norm_on, norms_with, standard_norms
from portal.benchmarking.types import Break, Line, Measure, Norm, NormChange
from portal.catalog.types import service_types
from portal.core import audit
from portal.core.clock import now_utc, today
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission

MAX_REASON = 2000

audit.name_actions({"norm.changed": _m("Norm changed")}, kinds={"norm": _m("norm")})


@dataclass(frozen=True)
class NormRow:
    """A line of comparison with its norm today, all its norms by time and the breaks they make in its series."""

    line: Line
    today: Norm | None
    norms: tuple[Norm, ...]
    breaks: tuple[Break, ...]
    decisions: tuple[NormDecision, ...] = ()  # the latest first

    @property
    def seen(self) -> int:
        """Number of the latest decision, which a form sends back."""
        return self.decisions[0].id if self.decisions else 0


def current_norms() -> tuple[Norm, ...]:
    """The shipped norms with the region's changes. One query."""
    return norms_with(standard_norms(), map(_change, queries.norm_decisions()))


def _change(row: NormDecision) -> NormChange:
    line = Line(row.type_code, Measure(row.measure), row.form)
    return NormChange(line, None if row.percent is None else row.percent / 100, row.valid_from, row.reason)


def list_norms() -> list[NormRow]:
    """Every line that has or had a norm, in the order of the Act. One query."""
    norms = current_norms()
    order = list(service_types())
    lines = sorted(dict.fromkeys(norm.line for norm in norms), key=lambda line: order.index(line.type_code))
    return [_row(line, norms) for line in lines]


def get_norm(line: Line) -> NormRow:
    """A line with the history of its norm. Raises NotFound for an unknown type."""
    if line.type_code not in service_types():
        raise NotFound(_m("There is no such norm."))
    return _row(line, current_norms(), tuple(reversed(queries.norm_decisions(line))))


def _row(line: Line, norms: tuple[Norm, ...], decisions: tuple[NormDecision, ...] = ()) -> NormRow:
    own = sorted((norm for norm in norms if norm.line == line), key=lambda norm: norm.valid_from)
    return NormRow(line, norm_on(own, line, today()), tuple(own), tuple(breaks(own, line)), decisions)


def change_norm(
    actor: Actor, *, line: Line, percent: Decimal | None, valid_from: date | None, reason: str, seen: int
) -> None:
    """Another norm of a line from a day on; without ``percent`` there is none from that day.

    ``seen``: number of the latest decision the actor knew. Raises Forbidden, Invalid by fields (``percent``,
    ``valid_from``, ``reason``), Conflict when somebody decided in between.
    """
    if not actor.can(Permission.NORM_EDIT):
        raise Forbidden(_m("Your role does not change norms."))
    row = get_norm(line)
    faults = {}
    if percent is not None and not 0 <= percent <= MAX_PERCENT:
        faults["percent"] = [_m("A norm lies between 0 and 100 per cent.")]
    if valid_from is None:
        faults["valid_from"] = [_m("Write the day from which the norm holds, for example 20. 8. 2026.")]
    if not reason.strip():
        faults["reason"] = [_m("Write why the norm changes.")]
    if len(reason) > MAX_REASON:
        faults["reason"] = [_m("The reason is longer than %(most)s characters.", most=MAX_REASON)]
    if faults or valid_from is None:
        raise Invalid(_m("Please correct the following"), faults)
    if seen != row.seen:
        raise Conflict(_m("Somebody changed this norm in the meantime."), {"seen": row.seen})
    db.session.add(
        NormDecision(
            type_code=line.type_code,
            measure=str(line.measure),
            form=line.form,
            percent=percent,
            valid_from=valid_from,
            reason=reason.strip(),
            decided_at_utc=now_utc(),
            decided_by_user_id=actor.user_id,
            actor_name=actor.name,
        )
    )
    db.session.flush()
    before = norm_on(row.norms, line, valid_from)
    audit.record(
        actor,
        "norm.changed",
        object_kind="norm",
        object_key=f"{line.type_code} {line.measure} {line.form}",
        details={
            "from_share": None if before is None else str(before.share),
            "to_percent": None if percent is None else str(percent),
            "valid_from": valid_from.isoformat(),
            "reason": reason.strip(),
        },
    )
