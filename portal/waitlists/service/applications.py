"""What a provider does with one application: add, edit, move on, confirm, note."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import delete, insert

from portal.core import audit
from portal.core.clock import today
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.vault.types import Digests, Vault
from portal.waitlists.calc.discretion import check_note
from portal.waitlists.calc.steps import check_step, next_state
from portal.waitlists.models import Application, ApplicationCriterion, OrderingCriterion
from portal.waitlists.queries import applications as queries
from portal.waitlists.queries import services as service_queries
from portal.waitlists.service.access import find_listed
from portal.waitlists.service.codes import known_person
from portal.waitlists.service.writing import (
    Beginning,
    begin,
    change,
    check_attributes,
    follow_admissions,
    get_for_writing,
)
from portal.waitlists.types import Attributes, EventKind, ListedService, State, Step

audit.name_actions(
    {
        "waitlists.application.added": _m("Application added"),
        "waitlists.application.edited": _m("Application edited"),
        "waitlists.application.moved": _m("State of an application changed"),
        "waitlists.application.confirmed": _m("Interest in a service confirmed"),
    }
)


def add_application(
    actor: Actor,
    *,
    vault: Vault,
    register_id: int,
    attributes: Attributes,
    digests: Digests | None = None,
    code: bytes | None = None,
    criteria: Collection[int] = (),
    note: str = "",
) -> int:
    """Put a person into a service's waiting list; returns the application's id.

    The person is told by ``digests``, the keyed ones that the browser made, which go to the vault and are not kept, or
    by a ``code`` that the portal gave before. Raises NotFound, Invalid by field (``identity`` where nothing is known of
    the person or the person waits here already), and what the vault raises.
    """
    service = find_listed(actor, register_id, Permission.WAITLIST_EDIT)
    checked = check_attributes(attributes)
    told = _checked_note(note)
    code, ref = known_person(
        vault, provider_id=service.provider_id, ico=service.provider_ico, digests=digests, code=code
    )
    _refuse_twice(service, code, checked.file_reference)
    holding = _holding(service, criteria)
    values = vars(checked) | {"points": sum(row.points for row in holding)}
    beginning = Beginning(code, ref, values, told)
    application = begin(actor, service, beginning, EventKind.ADDED)
    _set_criteria(application, holding)
    _record(actor, "added", application)
    db.session.flush()
    return application.id


def edit_application(
    actor: Actor,
    *,
    register_id: int,
    application_id: int,
    version: int,
    attributes: Attributes,
    criteria: Collection[int] = (),
) -> None:
    """Change what an application tells. Raises NotFound, Invalid by field, Conflict with what is stored."""
    service = find_listed(actor, register_id, Permission.WAITLIST_EDIT)
    application = get_for_writing(service, application_id, version)
    checked = check_attributes(attributes)
    if checked.received_on > application.confirmed_on or checked.received_on > application.state_on:
        sentence = _m("The application cannot have come after it was confirmed or decided about.")
        raise Invalid(sentence, {"received_on": [sentence]})
    other = queries.by_reference(service.id, checked.file_reference)
    if other is not None and other.id != application.id:
        sentence = _m("Another application at this service has this number.")
        raise Invalid(sentence, {"file_reference": [sentence]})
    holding = _holding(service, criteria)
    _set_criteria(application, holding)
    values = vars(checked) | {"points": sum(row.points for row in holding)}
    if change(actor, application, values, EventKind.EDITED) is not None:
        _record(actor, "edited", application)
    db.session.flush()


def move_application(
    actor: Actor,
    *,
    register_id: int,
    application_id: int,
    version: int,
    step: Step,
    on: date | None,
    reason: str | None = None,
    note: str = "",
) -> None:
    """Take a step with an application. An admission also begins a stay in the register of users; a confirmation of the
    interest changes its day alone.

    Raises NotFound; Invalid by field (``on``, ``reason``, ``note``); Conflict where the step leads nowhere from the
    present state, or the application changed since ``version``.
    """
    service = find_listed(actor, register_id, Permission.WAITLIST_EDIT)
    application = get_for_writing(service, application_id, version)
    before = State(application.state)
    after = next_state(before, step)
    since = application.received_on if step is Step.CONFIRM else application.state_on
    kept_reason = check_step(step, reason, on, since, today())
    told = _checked_note(note)
    assert on is not None
    if step is Step.CONFIRM:
        _confirm(actor, application, on, told)
        _record(actor, "confirmed", application, {"on": on.isoformat()})
        db.session.flush()
        return
    if after.is_open and not before.is_open:
        _refuse_twice(service, application.code, application.file_reference)
    values = {
        "state": str(after),
        "state_on": on,
        "decided_on": None if after.is_open else on,
        "reason": kept_reason,
    }
    if step is Step.REOPEN:
        values["confirmed_on"] = on
    change(actor, application, values, EventKind.MOVED, on=on, note=told)
    if not after.is_open:
        application.asked_since = application.others_waiting = None
    follow_admissions([(application, before)])
    _record(actor, "moved", application, {"from": str(before), "to": str(after), "reason": kept_reason})
    db.session.flush()


def note_application(actor: Actor, *, register_id: int, application_id: int, note: str) -> None:
    """Write a note into the history. Raises NotFound, Invalid (``note``)."""
    service = find_listed(actor, register_id, Permission.WAITLIST_EDIT)
    told = _checked_note(note)
    if told is None:
        sentence = _m("Write the note.")
        raise Invalid(sentence, {"note": [sentence]})
    application = get_for_writing(service, application_id, None)
    change(actor, application, {}, EventKind.NOTED, note=told)
    db.session.flush()


def confirm_applications(actor: Actor, *, register_id: int, ids: Collection[int], on: date | None) -> int:
    """Note that these applicants still want the service; returns how many of them still waited.

    Raises NotFound, Invalid (``on``, ``ids``).
    """
    service = find_listed(actor, register_id, Permission.WAITLIST_EDIT)
    if on is None or on > today():
        sentence = _m("Write the day as 20. 8. 2026.") if on is None else _m("This day is yet to come.")
        raise Invalid(sentence, {"on": [sentence]})
    if not ids:
        sentence = _m("Tick at least one application.")
        raise Invalid(sentence, {"ids": [sentence]})
    confirmed = [row for row in queries.open_ones(service.id, ids) if row.received_on <= on]
    for application in confirmed:
        _confirm(actor, application, on)
    if confirmed:
        audit.record(
            actor,
            "waitlists.application.confirmed",
            object_kind="waiting_list",
            object_key=register_id,
            details={"applications": len(confirmed), "on": on.isoformat()},
        )
    db.session.flush()
    return len(confirmed)


def _confirm(actor: Actor, application: Application, on: date, note: str | None = None) -> None:
    values = {"confirmed_on": max(on, application.confirmed_on)}
    change(actor, application, values, EventKind.CONFIRMED, on=on, note=note)
    application.asked_since = None


def _refuse_twice(service: ListedService, code: bytes, reference: str) -> None:
    """One person waits at a service once; a file reference is used once."""
    stored = queries.open_by_code(service.id, code)
    if stored is not None:
        sentence = _m(
            "This person waits at this service already, under the number %(reference)s.",
            reference=stored.file_reference,
        )
        raise Invalid(sentence, {"identity": [sentence]})
    other = queries.by_reference(service.id, reference)
    if other is not None and other.code != code:
        sentence = _m("Another application at this service has this number.")
        raise Invalid(sentence, {"file_reference": [sentence]})


def _holding(service: ListedService, criteria: Collection[int]) -> list[OrderingCriterion]:
    """The service's criteria among those ticked."""
    return [row for row in service_queries.criteria_of(service.id) if row.id in set(criteria)]


def _set_criteria(application: Application, holding: Collection[OrderingCriterion]) -> None:
    db.session.execute(delete(ApplicationCriterion).where(ApplicationCriterion.application_id == application.id))
    if holding:
        rows = [{"application_id": application.id, "criterion_id": row.id} for row in holding]
        db.session.execute(insert(ApplicationCriterion), rows)


def _checked_note(note: str) -> str | None:
    try:
        return check_note(note)
    except Invalid as error:
        raise Invalid(error.message, {"note": [error.message]}) from error


def _record(actor: Actor, what: str, application: Application, details: dict[str, object] | None = None) -> None:
    audit.record(
        actor,
        f"waitlists.application.{what}",
        object_kind="application",
        object_key=application.id,
        details={"service": application.service_id, **(details or {})},
    )
