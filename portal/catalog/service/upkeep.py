"""Providers keep their entries true: confirmation, proposals of changes, and the kraj's answer.

"Verified on" is set by the provider's own confirmation alone. What the kraj accepts stays when the register is imported
again (``Service.kept_fields``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from portal.catalog.calc.freshness import Freshness, freshness
from portal.catalog.calc.proposals import (
    CONTACT_FIELDS,
    HOURS_FIELDS,
    Change,
    EditField,
    cleaned,
    differences,
    faults,
    fingerprint,
    join_contact,
    split_contact,
)
from portal.catalog.models import Contact, EditProposal, Service
from portal.catalog.queries import entries, upkeep
from portal.catalog.queries.upkeep import ProposalRow
from portal.catalog.service.entries import ServiceInfo, get_service
from portal.catalog.service.version import bump_version
from portal.catalog.types import KeptField, has_ended
from portal.core import audit, clock
from portal.core.czech import czech_sort_key
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.messages import Message, _m
from portal.core.permissions import Actor, Permission

SHOWN_SETTLED = 50
SHOWN_OF_SERVICE = 5
MAX_COMMENT_CHARS = 2_000

_URGENCY = {Freshness.OVERDUE: 0, Freshness.NEVER: 1, Freshness.DUE: 2, Freshness.FRESH: 3}
_CHANGED_MEANWHILE = _m("The entry has changed since you opened it. Look at it once more, please.")
_ALREADY_SETTLED = _m("The proposal has already been settled.")


@dataclass(frozen=True)
class OwnEntry:
    """One line of a provider's list; ``changed_since``: an import changed it after the confirmation."""

    register_id: int
    name: str
    type_code: str
    provider_name: str
    verified_on: date | None
    freshness: Freshness
    changed_since: date | None
    open_proposal_id: int | None


@dataclass(frozen=True)
class Proposal:
    """A proposal; ``current`` are the present values of its fields."""

    id: int
    register_id: int
    service_name: str
    provider_ico: str
    provider_name: str
    state: str
    changes: Mapping[EditField, Change]
    comment: str | None
    reply: str | None
    proposed_at_utc: datetime
    decided_at_utc: datetime | None
    current: Mapping[EditField, str]
    fingerprint: str

    @property
    def outdated(self) -> frozenset[EditField]:
        """Fields whose value is no longer the one that the provider saw."""
        return frozenset(f for f, change in self.changes.items() if self.current.get(f) not in (change.before, None))


@dataclass(frozen=True)
class EntryToKeep:
    """An entry as its provider checks it, with the values it may propose to change."""

    service: ServiceInfo
    values: Mapping[EditField, str]
    fingerprint: str
    open_proposal: Proposal | None
    settled: tuple[Proposal, ...]


def list_own_entries(actor: Actor) -> list[OwnEntry]:
    """Entries of the actor's providers that have not ended, the most neglected first. One SELECT."""
    today = clock.today()
    rows = upkeep.own_entries(actor.provider_icos(Permission.CATALOG_CONFIRM), today)
    found = [
        OwnEntry(
            register_id=row.register_id,
            name=row.name,
            type_code=row.type_code,
            provider_name=row.provider_name,
            verified_on=row.verified_on,
            freshness=freshness(row.verified_on, today),
            changed_since=row.changed_on
            if row.changed_on and row.verified_on and row.changed_on > row.verified_on
            else None,
            open_proposal_id=row.open_proposal_id,
        )
        for row in rows
    ]
    return sorted(found, key=lambda entry: (_URGENCY[entry.freshness], czech_sort_key(entry.name), entry.register_id))


def get_entry(actor: Actor, register_id: int) -> EntryToKeep:
    """The entry for its provider. Raises NotFound for another provider's, as for a missing one."""
    service = _own_service(actor, register_id)
    values = _values(service)
    proposals = [_proposal(row, values) for row in upkeep.proposals_of(register_id, SHOWN_OF_SERVICE)]
    return EntryToKeep(
        service=get_service(register_id),
        values=values,
        fingerprint=fingerprint(values, service.record_hash),
        open_proposal=next((proposal for proposal in proposals if proposal.state == "open"), None),
        settled=tuple(proposal for proposal in proposals if proposal.state != "open"),
    )


def confirm(actor: Actor, *, register_id: int, seen: str) -> None:
    """The provider says that everything is right today. ``seen`` is the fingerprint of what it was shown.

    Raises NotFound; Conflict when the entry has changed since; Forbidden for an ended service.
    """
    bump_version()
    service = _own_service(actor, register_id)
    if has_ended(service.ended_on, clock.today()):
        raise Forbidden(_m("The service has ended; there is nothing to confirm."))
    if fingerprint(_values(service), service.record_hash) != seen:
        raise Conflict(_CHANGED_MEANWHILE)
    service.verified_on = clock.today()
    db.session.flush()
    audit.record(actor, "catalog.entry.confirmed", object_kind="service", object_key=register_id)


def propose(actor: Actor, *, register_id: int, texts: Mapping[str, str], comment: str, seen: str) -> int:
    """Store a proposal of the fields that differ from the entry; returns its id.

    Raises NotFound; Invalid with sentences by field; Conflict when the entry has changed since it was shown
    (``current`` holds its values), or when a proposal is open already.
    """
    service = _own_service(actor, register_id)
    current = _values(service)
    wanted = {field: cleaned(field, texts[field]) for field in current if field in texts}
    comment = cleaned(EditField.DESCRIPTION, comment)
    _refuse_faults(wanted, comment)
    if fingerprint(current, service.record_hash) != seen:
        raise Conflict(_CHANGED_MEANWHILE, {field.value: text for field, text in current.items()})
    changes = differences(current, wanted)
    if not changes:
        raise Invalid(_m("Nothing differs from the present entry. If everything is right, confirm it instead."))
    if any(row.proposal.state == "open" for row in upkeep.proposals_of(register_id, SHOWN_OF_SERVICE)):
        raise Conflict(_m("A proposal already waits for the region. Withdraw it before making another."))
    proposal = EditProposal(
        service_id=service.id,
        state="open",
        changes={field.value: {"from": change.before, "to": change.after} for field, change in changes.items()},
        comment=comment or None,
        proposed_by_user_id=actor.user_id,
        proposed_at_utc=clock.now_utc(),
    )
    db.session.add(proposal)
    db.session.flush()
    _record(actor, "catalog.proposal.made", proposal.id, register_id, changes)
    return proposal.id


def _refuse_faults(wanted: Mapping[EditField, str], comment: str) -> None:
    found = faults(wanted)
    if len(comment) > MAX_COMMENT_CHARS:
        found["comment"] = [_m("The text is too long; at most %(most)s characters fit.", most=MAX_COMMENT_CHARS)]
    if found:
        raise Invalid(_m("The proposal cannot be sent like this."), found)


def withdraw(actor: Actor, *, proposal_id: int) -> int:
    """The provider takes its open proposal back; returns the register id. Raises NotFound, Conflict if settled."""
    row = upkeep.find_proposal(proposal_id, lock=True)
    if row is None or not actor.can_for_provider(Permission.CATALOG_CONFIRM, row.provider_ico):
        raise NotFound(_m("There is no such proposal."))
    _settle(actor, row, "withdrawn", None)
    return row.register_id


def list_proposals() -> tuple[list[Proposal], list[Proposal]]:
    """Open proposals, the oldest first, and the last settled ones, for the kraj. Values of entries are not read."""
    return (
        [_proposal(row, {}) for row in upkeep.open_proposals()],
        [_proposal(row, {}) for row in upkeep.settled_proposals(SHOWN_SETTLED)],
    )


def get_proposal(proposal_id: int) -> Proposal:
    """One proposal beside the present entry, for the kraj. Raises NotFound."""
    row = upkeep.find_proposal(proposal_id)
    if row is None:
        raise NotFound(_m("There is no such proposal."))
    service = entries.whole_service(row.register_id)
    assert service is not None  # the proposal refers to it
    return _proposal(row, _values(service))


def accept(actor: Actor, *, proposal_id: int, reply: str, seen: str) -> None:
    """The kraj accepts: the values become the entry's and stay so after later imports.

    ``seen`` is the fingerprint of the values that the kraj was shown beside the proposal. Raises NotFound; Conflict
    when they have changed since or the proposal is settled; Invalid for too long a reply.
    """
    bump_version()
    row, service = _to_decide(proposal_id)
    proposal = _proposal(row, _values(service))
    if proposal.fingerprint != seen:
        raise Conflict(_CHANGED_MEANWHILE)
    text = _checked_reply(reply)
    for field, change in proposal.changes.items():
        _write(service, field, change.after)
    kept = {field.value for field in proposal.changes} & {field.value for field in KeptField}
    service.kept_fields = sorted({*service.kept_fields, *kept})
    _settle(actor, row, "accepted", text)


def decline(actor: Actor, *, proposal_id: int, reply: str) -> None:
    """The kraj declines and says why. Raises NotFound; Conflict if settled; Invalid without a reason."""
    row, _service = _to_decide(proposal_id)
    text = _checked_reply(reply)
    if not text:
        sentence = _m("Say why, so that the provider knows what to change.")
        raise Invalid(sentence, {"reply": [sentence]})
    _settle(actor, row, "declined", text)


def _to_decide(proposal_id: int) -> tuple[ProposalRow, Service]:
    row = upkeep.find_proposal(proposal_id, lock=True)
    if row is None:
        raise NotFound(_m("There is no such proposal."))
    if row.proposal.state != "open":
        raise Conflict(_ALREADY_SETTLED)
    service = entries.whole_service(row.register_id)
    assert service is not None  # the proposal refers to it
    return row, service


def _checked_reply(reply: str) -> str | None:
    text = cleaned(EditField.DESCRIPTION, reply)
    if len(text) > MAX_COMMENT_CHARS:
        sentence = _m("The text is too long; at most %(most)s characters fit.", most=MAX_COMMENT_CHARS)
        raise Invalid(sentence, {"reply": [sentence]})
    return text or None


def _settle(actor: Actor, row: ProposalRow, state: str, reply: str | None) -> None:
    proposal = row.proposal
    if proposal.state != "open":
        raise Conflict(_ALREADY_SETTLED)
    proposal.state = state
    proposal.reply = reply
    proposal.decided_by_user_id = actor.user_id
    proposal.decided_at_utc = clock.now_utc()
    db.session.flush()
    _record(actor, f"catalog.proposal.{state}", proposal.id, row.register_id, _changes(proposal))


def _record(actor: Actor, action: str, proposal_id: int, register_id: int, changes: Mapping[EditField, Change]) -> None:
    audit.record(
        actor,
        action,
        object_kind="catalog_proposal",
        object_key=proposal_id,
        details={"register_id": register_id, "fields": sorted(changes)},
    )


def _own_service(actor: Actor, register_id: int) -> Service:
    service = entries.whole_service(register_id)
    if service is None or not actor.can_for_provider(Permission.CATALOG_CONFIRM, service.provider.ico):
        raise NotFound(_m("There is no such service."))
    return service


def _values(service: Service) -> dict[EditField, str]:
    """Present values of the fields that this entry has: hours only of its forms."""
    hours = {f"hours_{form.form}": form.hours or "" for form in service.forms}
    contacts = {
        field: "\n".join(join_contact(c.value, c.note) for c in service.contacts if c.kind == field.value)
        for field in CONTACT_FIELDS
    }
    values = {
        EditField.NAME: service.name,
        EditField.DESCRIPTION: service.description or "",
        EditField.AGE_NOTE: service.age_note or "",
        **contacts,
        **{field: hours[field.value] for field in HOURS_FIELDS if field.value in hours},
    }
    return {field: values[field] for field in EditField if field in values}


def _write(service: Service, field: EditField, text: str) -> None:
    if field is EditField.NAME:
        service.name = text
    elif field is EditField.DESCRIPTION:
        service.description = text or None
    elif field is EditField.AGE_NOTE:
        service.age_note = text or None
    elif field in CONTACT_FIELDS:
        service.contacts = [contact for contact in service.contacts if contact.kind != field.value]
        service.contacts += [
            Contact(kind=field.value, value=value, note=note) for value, note in map(split_contact, text.splitlines())
        ]
    else:
        for form in service.forms:
            if field.value == f"hours_{form.form}":
                form.hours = text or None


def _changes(proposal: EditProposal) -> dict[EditField, Change]:
    return {
        field: Change(proposal.changes[field.value]["from"], proposal.changes[field.value]["to"])
        for field in EditField
        if field.value in proposal.changes
    }


def _proposal(row: ProposalRow, values: Mapping[EditField, str]) -> Proposal:
    changes = _changes(row.proposal)
    current = {field: values[field] for field in changes if field in values}
    return Proposal(
        id=row.proposal.id,
        register_id=row.register_id,
        service_name=row.service_name,
        provider_ico=row.provider_ico,
        provider_name=row.provider_name,
        state=row.proposal.state,
        changes=changes,
        comment=row.proposal.comment,
        reply=row.proposal.reply,
        proposed_at_utc=row.proposal.proposed_at_utc,
        decided_at_utc=row.proposal.decided_at_utc,
        current=current,
        fingerprint=fingerprint(current),
    )


PROPOSAL_STATES: dict[str, Message] = {
    "open": _m("waits for the region"),
    "accepted": _m("accepted"),
    "declined": _m("declined"),
    "withdrawn": _m("withdrawn"),
}
