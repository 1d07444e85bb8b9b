"""Holdings: providers under one owner, as the kraj records them. In a group of the report a holding counts once.

The register does not tell who owns whom. A change counts in quarters that are published after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.benchmarking import queries
from portal.benchmarking.models import Holding, HoldingMember
from portal.core import audit
from portal.core.audit import AuditEntry
from portal.core.clock import now_utc, today
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.messages import Message, _m
from portal.core.permissions import Actor, Permission
from portal.returns.types import Period

MAX_NAME, MAX_REASON = 200, 2000

audit.name_actions(
    {
        "holding.saved": _m("Holding named"),
        "holding.member.added": _m("Provider put into a holding"),
        "holding.member.ended": _m("Provider left a holding"),
        "holding.member.removed": _m("Provider taken out of a holding as a mistake"),
    },
    kinds={"holding": _m("holding")},
)


@dataclass(frozen=True)
class Member:
    """A provider in a holding from a day to a day (None: still), both included."""

    id: int
    ico: str
    name: str
    valid_from: date
    valid_to: date | None
    reason: str
    end_reason: str | None
    actor_name: str

    def belongs_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class HoldingRow:
    """A holding, all that ever belonged to it, and for a single one its changes, the latest first."""

    id: int
    name: str
    version: int
    members: tuple[Member, ...]
    changes: tuple[AuditEntry, ...] = ()

    def members_on(self, day: date) -> list[Member]:
        return [member for member in self.members if member.belongs_on(day)]


def holdings_in(period: Period) -> dict[str, list[str]]:
    """IČO by holding of those that belonged to it on any day of the quarter. One query.

    Who left or came during the quarter knows figures of it, so a single day is enough.
    """
    found: dict[str, list[str]] = {}
    for name, ico in queries.memberships_between(period.first_day, period.last_day):
        if ico not in found.setdefault(name, []):
            found[name].append(ico)
    return {name: icos for name, icos in found.items() if len(icos) > 1}


def list_holdings(actor: Actor) -> list[HoldingRow]:
    """All holdings by name. Raises Forbidden for anybody who may not see all services. Two queries."""
    _check_reader(actor)
    members: dict[int, list[Member]] = {}
    for row, ico, name in queries.holding_members():
        members.setdefault(row.holding_id, []).append(_member(row, ico, name))
    return [HoldingRow(row.id, row.name, row.version, tuple(members.get(row.id, ()))) for row in queries.holdings()]


def get_holding(actor: Actor, holding_id: int) -> HoldingRow:
    """One holding with its history. Raises Forbidden, NotFound."""
    _check_reader(actor)
    row = db.session.get(Holding, holding_id)
    if row is None:
        raise NotFound(_m("There is no such holding."))
    members = tuple(_member(*each) for each in queries.holding_members([holding_id]))
    return HoldingRow(row.id, row.name, row.version, members, tuple(queries.changes_of_holding(holding_id)))


def save_holding(actor: Actor, *, name: str, holding_id: int | None = None, seen: int = 0) -> int:
    """Name a new holding or rename one. Returns its id. Raises Forbidden, NotFound, Invalid (``name``), Conflict."""
    _check_writer(actor)
    name = " ".join(name.split())
    faults: list[Message] = []
    if not 0 < len(name) <= MAX_NAME:
        faults = [_m("Write a name of at most %(most)s characters.", most=MAX_NAME)]
    elif queries.has_holding_of_name(name, holding_id):
        faults = [_m("There is a holding of this name already.")]
    if faults:
        raise Invalid(_m("Please correct the following"), {"name": faults})
    if holding_id is None:
        row = Holding(name=name, version=1)
        db.session.add(row)
        db.session.flush()
    else:
        row = _changed(holding_id, seen)
        row.name = name
    _record(actor, "holding.saved", row, name=name)
    return row.id


def add_member(actor: Actor, *, holding_id: int, ico: str, valid_from: date | None, reason: str, seen: int) -> None:
    """Put a provider into a holding from a day on.

    Raises Forbidden, NotFound, Conflict, Invalid by fields (``ico``: no provider of the register, or one that belongs
    to a holding then; ``valid_from``; ``reason``).
    """
    _check_writer(actor)
    row = _changed(holding_id, seen)
    faults = _reason_faults(reason, "reason")
    if valid_from is None:
        faults["valid_from"] = [_m("Write the day as 20. 8. 2026.")]
    ico = "".join(ico.split())
    provider_id = queries.provider_id_of(ico.zfill(8) if ico.isascii() and ico.isdecimal() else "")
    if provider_id is None:
        faults["ico"] = [_m("The register has no provider of this company number.")]
    elif valid_from is not None:
        for other, name in queries.memberships_of(provider_id):
            if other.valid_to is None or other.valid_to >= valid_from:
                faults["ico"] = [_m("The provider belongs to the holding “%(name)s” then.", name=name)]
    if faults or provider_id is None or valid_from is None:
        raise Invalid(_m("Please correct the following"), faults)
    member = HoldingMember(holding_id=row.id, provider_id=provider_id, valid_from=valid_from, reason=reason.strip())
    member.recorded_at_utc, member.recorded_by_user_id, member.actor_name = now_utc(), actor.user_id, actor.name
    db.session.add(member)
    _record(actor, "holding.member.added", row, ico=ico.zfill(8), day=valid_from.isoformat(), reason=reason.strip())


def end_member(
    actor: Actor, *, holding_id: int, member_id: int, valid_to: date | None, reason: str, seen: int, as_mistake: bool
) -> None:
    """End a membership with a day, or take it out ``as_mistake`` as if it had never been.

    Raises Forbidden, NotFound, Conflict, Invalid by fields (``member``, ``valid_to``, ``end_reason``).
    """
    _check_writer(actor)
    row = _changed(holding_id, seen)
    faults = _reason_faults(reason, "end_reason")
    member = db.session.get(HoldingMember, member_id)
    if member is None or member.holding_id != row.id or (member.valid_to is not None and not as_mistake):
        faults["member"] = [_m("Choose the provider.")]
    if not as_mistake:
        if valid_to is None:
            faults["valid_to"] = [_m("Write the day as 20. 8. 2026.")]
        elif member is not None and valid_to < member.valid_from:
            faults["valid_to"] = [_m("The last day lies before the first one.")]
        elif valid_to > today():
            faults["valid_to"] = [_m("The last day lies in the future.")]
    if faults or member is None:
        raise Invalid(_m("Please correct the following"), faults)
    ico = next(ico for each, ico, _ in queries.holding_members([row.id]) if each.id == member.id)
    if as_mistake:
        day = member.valid_from
        db.session.delete(member)
    else:
        assert valid_to is not None
        day = member.valid_to = valid_to
        member.end_reason = reason.strip()
    action = "holding.member.removed" if as_mistake else "holding.member.ended"
    _record(actor, action, row, ico=ico, day=day.isoformat(), reason=reason.strip())


def _reason_faults(reason: str, field: str) -> dict[str, Sequence[Message]]:
    if 0 < len(reason.strip()) <= MAX_REASON:
        return {}
    return {field: [_m("Write at least a word and at most %(most)s characters.", most=MAX_REASON)]}


def _changed(holding_id: int, seen: int) -> Holding:
    row = queries.locked_holding(holding_id)
    if row is None:
        raise NotFound(_m("There is no such holding."))
    if row.version != seen:
        raise Conflict(_m("Somebody changed this holding in the meantime."), {"version": row.version})
    row.version += 1
    return row


def _record(actor: Actor, action: str, row: Holding, **details: Any) -> None:
    db.session.flush()
    audit.record(actor, action, object_kind="holding", object_key=row.id, details=details)


def _member(row: HoldingMember, ico: str, name: str) -> Member:
    return Member(row.id, ico, name, row.valid_from, row.valid_to, row.reason, row.end_reason, row.actor_name)


def _check_reader(actor: Actor) -> None:
    if not actor.can(Permission.COMPARE_ALL):
        raise Forbidden(_m("Only the region compares all services."))


def _check_writer(actor: Actor) -> None:
    if not actor.can(Permission.HOLDING_EDIT):
        raise Forbidden(_m("Your role does not record holdings."))
