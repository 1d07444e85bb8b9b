"""Whom a service is compared with: preset groups within its type, and groups that people of the kraj save."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from portal.benchmarking import queries
from portal.benchmarking.metrics import Span
from portal.benchmarking.metrics.types import quarters_of
from portal.benchmarking.models import PeerGroup, PeerGroupMember
from portal.benchmarking.standing import SIZES
from portal.core import audit
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.messages import Message, _m
from portal.core.permissions import Actor, Permission
from portal.returns.types import SERVICE_FORMS

MAX_NAME, MAX_MEMBERS = 100, 2_000

audit.name_actions(
    {
        "peer_group.saved": _m("Group of services saved"),
        "peer_group.deleted": _m("Group of services deleted"),
    },
    kinds={"peer_group": _m("group of services")},
)


class Kind(StrEnum):
    """What a group is made by; the values stand in permanent addresses."""

    FORM = "forma"
    FTE = "uvazky"
    BEDS = "luzka"
    ORP = "orp"
    OWN = "vlastni"


_FIELDS = {Kind.FTE: "direct_care_fte", Kind.BEDS: "beds"}


@dataclass(frozen=True)
class Group:
    """A group within a type; ``code``: a form, number of a class of size, code of a district, id of a saved group."""

    kind: Kind
    code: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.code}"


@dataclass(frozen=True)
class SavedGroup:
    """A saved group as people see it."""

    id: int
    name: str
    owner_name: str
    is_shared: bool
    is_own: bool
    version: int
    register_ids: tuple[int, ...]


def parse_group(actor: Actor, text: str) -> Group | None:
    """The group written in an address; None for none. Raises Invalid, NotFound for a saved group of somebody else."""
    if not text:
        return None
    kind, _, code = text.partition(":")
    wrong = Invalid(_m("There is no such group of services."))
    if kind not in list(Kind):
        raise wrong
    group = Group(Kind(kind), code)
    if group.kind is Kind.FORM and code not in SERVICE_FORMS:
        raise wrong
    if group.kind in _FIELDS and not (code.isdecimal() and int(code) < len(SIZES[_FIELDS[group.kind]])):
        raise wrong
    if group.kind is Kind.OWN:
        get_group(actor, int(code) if code.isdecimal() and len(code) < 10 else 0)
    return group


def members_of(group: Group, type_code: str, span: Span) -> set[int]:
    """Ids of the services of the type that belong to the group. By size the last return of the span decides."""
    match group.kind:
        case Kind.FORM:
            return queries.services_with_form(group.code, type_code)
        case Kind.ORP:
            return queries.services_in_orp(group.code, type_code)
        case Kind.OWN:
            return queries.members_of_group(int(group.code))
    field = _FIELDS[group.kind]
    rows = queries.sizes(field, [str(quarter) for quarter in quarters_of(span)], type_code)
    frame = pd.DataFrame(rows, columns=["service_id", "period", "size"]).sort_values("period")
    last = frame.groupby("service_id")["size"].last().astype(float)
    return set(last.index[SIZES[field][int(group.code)].holds(last)].tolist())


def list_groups(actor: Actor) -> list[SavedGroup]:
    """The actor's saved groups and those that others share, by name."""
    return [_shown(actor, row, ids) for row, ids in queries.saved_groups(actor.user_id)]


def get_group(actor: Actor, group_id: int) -> SavedGroup:
    """Raises NotFound for one that there is not, and for somebody's own."""
    for row, ids in queries.saved_groups(actor.user_id, group_id=group_id):
        return _shown(actor, row, ids)
    raise NotFound(_m("There is no such group of services."))


def save_group(
    actor: Actor, *, name: str, register_ids: Sequence[str], is_shared: bool, group_id: int | None = None, seen: int = 0
) -> int:
    """Save a new group, or change one's own. Returns its id.

    Raises Forbidden, NotFound, Invalid by fields (``name``, ``services``), Conflict when it was changed meanwhile.
    """
    if not actor.can(Permission.COMPARE_WRITE) or actor.user_id is None:
        raise Forbidden(_m("Your role does not save groups of services."))
    row = None if group_id is None else _own_row(actor, group_id)
    name = name.strip()
    faults: dict[str, list[Message]] = {}
    if not 0 < len(name) <= MAX_NAME:
        faults["name"] = [_m("Write a name of at most %(most)s characters.", most=MAX_NAME)]
    elif queries.has_group_of_name(actor.user_id, name, group_id):
        faults["name"] = [_m("You have a group of this name already.")]
    members = _members(register_ids, faults)
    if faults:
        raise Invalid(_m("Please correct the following"), faults)
    if row is not None and row.version != seen:
        raise Conflict(_m("Somebody changed this group in the meantime."), {"version": row.version})
    if row is None:
        row = PeerGroup(user_id=actor.user_id, version=0)
        db.session.add(row)
    row.name, row.is_shared, row.owner_name = name, is_shared, actor.name
    row.version += 1
    row.changed_at_utc = now_utc()
    kept = {member.service_id: member for member in row.members}
    row.members = [kept.get(service_id) or PeerGroupMember(service_id=service_id) for service_id in members]
    db.session.flush()
    details = {"name": name, "services": len(members), "shared": is_shared}
    audit.record(actor, "peer_group.saved", object_kind="peer_group", object_key=str(row.id), details=details)
    return row.id


def _members(register_ids: Sequence[str], faults: dict[str, list[Message]]) -> list[int]:
    numbers = list(dict.fromkeys(text for text in register_ids if text))
    if not numbers or len(numbers) > MAX_MEMBERS:
        faults["services"] = [_m("Write numbers of 1 to %(most)s services.", most=MAX_MEMBERS)]
        return []
    wrong = [text for text in numbers if not (text.isdecimal() and text.isascii() and len(text) < 10)]
    known = queries.ids_of_services([int(text) for text in numbers if text not in wrong])
    wrong += [text for text in numbers if text not in wrong and int(text) not in known]
    if wrong:
        faults["services"] = [_m("There is no service of the number %(number)s.", number=", ".join(wrong[:5]))]
    return [known[int(text)] for text in numbers if text not in wrong]


def delete_group(actor: Actor, group_id: int) -> None:
    """Delete one's own group. Raises NotFound, Forbidden."""
    if not actor.can(Permission.COMPARE_WRITE):
        raise Forbidden(_m("Your role does not save groups of services."))
    row = _own_row(actor, group_id)
    audit.record(
        actor, "peer_group.deleted", object_kind="peer_group", object_key=str(row.id), details={"name": row.name}
    )
    db.session.delete(row)
    db.session.flush()


def _own_row(actor: Actor, group_id: int) -> PeerGroup:
    row = db.session.get(PeerGroup, group_id)
    if row is None or row.user_id != actor.user_id:
        raise NotFound(_m("There is no such group of services."))
    return row


def _shown(actor: Actor, row: PeerGroup, register_ids: Sequence[int]) -> SavedGroup:
    is_own = row.user_id == actor.user_id
    return SavedGroup(row.id, row.name, row.owner_name, row.is_shared, is_own, row.version, tuple(register_ids))
