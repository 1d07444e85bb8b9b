"""Writing of one application and its history; what every way of writing shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert

from portal.core.clock import now_utc, today
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.messages import Message, _m
from portal.core.permissions import Actor
from portal.waitlists.calc.discretion import check_reference
from portal.waitlists.calc.history import differences, stored
from portal.waitlists.models import Application, ApplicationEvent, Client
from portal.waitlists.queries import applications as queries
from portal.waitlists.queries import clients as client_queries
from portal.waitlists.types import Attributes, EventKind, ListedService, State, Urgency

FIRST_DAY = date(1990, 1, 1)
OLDEST_YEARS = 120
# What an application tells besides its code and its state; the fields of ``types.Attributes``.
ATTRIBUTES = (
    "file_reference",
    "received_on",
    "adverse_situation",
    "target_group",
    "municipality_code",
    "urgency",
    "birth_year",
    "sex",
    "can_start_from",
)
# What the history can bring back.
KEPT = (*ATTRIBUTES, "code", "state", "state_on", "decided_on", "reason", "confirmed_on", "points")


def check_attributes(given: Attributes) -> Attributes:
    """The attributes with a tidy file reference. Raises Invalid by field."""
    fields: dict[str, list[Message]] = {}
    reference = given.file_reference
    try:
        reference = check_reference(given.file_reference)
    except Invalid as error:
        fields["file_reference"] = [error.message]
    if given.received_on > today():
        fields["received_on"] = [_m("This day is yet to come.")]
    elif given.received_on < FIRST_DAY:
        fields["received_on"] = [_m("This day is too long ago.")]
    if given.birth_year is not None and not today().year - OLDEST_YEARS <= given.birth_year <= today().year:
        fields["birth_year"] = [_m("Write the year of birth as four digits.")]
    if given.can_start_from is not None and not FIRST_DAY <= given.can_start_from <= date(today().year + 20, 12, 31):
        fields["can_start_from"] = [_m("Write a day within the next twenty years.")]
    if fields:
        raise Invalid(next(iter(fields.values()))[0], fields)
    return Attributes(**{**vars(given), "file_reference": reference})


def get_for_writing(service: ListedService, application_id: int, version: int | None) -> Application:
    """The application, locked. Raises NotFound; Conflict with what is stored, when it changed since ``version``."""
    found = queries.find_application(service.id, application_id, for_update=True)
    if found is None:
        raise NotFound(_m("There is no such application."))
    if version is not None and found.version != version:
        current = {field: getattr(found, field) for field in (*ATTRIBUTES, "state", "version")}
        raise Conflict(_m("Somebody else changed the application in the meantime."), current)
    return found


def fields_of(application: Application) -> dict[str, Any]:
    return {field: getattr(application, field) for field in KEPT}


def change(
    actor: Actor,
    application: Application,
    values: Mapping[str, Any],
    kind: EventKind,
    *,
    on: date | None = None,
    note: str | None = None,
) -> ApplicationEvent | None:
    """Write values into an application and a line into its history; None when nothing differs and there is no note."""
    before = fields_of(application)
    changes = differences(before, values)
    if not changes and note is None and kind is not EventKind.CONFIRMED:
        return None
    for field, value in values.items():
        setattr(application, field, value)
    if application.state != before["state"]:
        application.state_at_utc = now_utc()
    application.version += 1
    event = ApplicationEvent(
        application_id=application.id,
        at_utc=now_utc(),
        on_day=on or today(),
        user_id=actor.user_id,
        actor_name=actor.name,
        kind=str(kind),
        version=application.version,
        from_state=before["state"],
        to_state=application.state,
        reason=application.reason if application.state != before["state"] else None,
        note=note,
        changes=changes,
    )
    db.session.add(event)
    return event


@dataclass(frozen=True)
class Beginning:
    """A new application; ``values`` are fields of KEPT, at least those of ``types.Attributes`` that have no default."""

    code: bytes
    person_ref: bytes
    values: Mapping[str, Any]
    note: str | None = None


def begin(actor: Actor, service: ListedService, one: Beginning, kind: EventKind) -> Application:
    """A new application with the first line of its history."""
    [application_id] = begin_many(actor, service, [one], kind)
    return db.session.get_one(Application, application_id)


def begin_many(actor: Actor, service: ListedService, beginnings: Sequence[Beginning], kind: EventKind) -> Sequence[int]:
    """New applications with the first lines of their histories, in their order; returns their ids."""
    now, whole = now_utc(), [_whole(one) for one in beginnings]
    if not whole:
        return []
    rows = [
        {
            **values,
            "service_id": service.id,
            "person_ref": one.person_ref,
            "state_at_utc": now,
            "version": 1,
            "created_at_utc": now,
            "created_by_user_id": actor.user_id,
        }
        for one, values in zip(beginnings, whole, strict=True)
    ]
    db.session.execute(insert(Application), rows)
    by_reference = queries.ids_by_reference(service.id, [row["file_reference"] for row in rows])
    ids = [by_reference[row["file_reference"]] for row in rows]
    events = [
        {
            "application_id": application_id,
            "at_utc": now,
            "on_day": values["received_on"],
            "user_id": actor.user_id,
            "actor_name": actor.name,
            "kind": str(kind),
            "version": 1,
            "from_state": None,
            "to_state": values["state"],
            "reason": values["reason"],
            "note": one.note,
            "changes": {field: [None, stored(value)] for field, value in values.items() if field != "code"},
        }
        for application_id, one, values in zip(ids, beginnings, whole, strict=True)
    ]
    db.session.execute(insert(ApplicationEvent), events)
    return ids


def _whole(one: Beginning) -> dict[str, Any]:
    received: date = one.values["received_on"]
    return {
        "state": str(State.WAITING),
        "state_on": received,
        "confirmed_on": received,
        "points": 0,
        "decided_on": None,
        "reason": None,
        "target_group": None,
        "urgency": str(Urgency.USUAL),
        "birth_year": None,
        "sex": None,
        "can_start_from": None,
        **one.values,
        "code": one.code,
    }


def follow_admissions(moved: Sequence[tuple[Application, State | None]]) -> None:
    """Keep the register of users in step with applications and the states they had before: an admission begins a stay,
    taking it back removes a stay still open. Who uses the service already gets no second stay.
    """
    admitted = [one for one, before in moved if one.state == State.ADMITTED and before is not State.ADMITTED]
    undone = [one.id for one, before in moved if one.state != State.ADMITTED and before is State.ADMITTED]
    if admitted:
        using = client_queries.codes_with_stay(admitted[0].service_id, [one.code for one in admitted])
        fresh = {one.code: one for one in admitted if one.code not in using}
        db.session.add_all(_stay_of(one) for one in fresh.values())
    if undone:
        for stay in client_queries.open_stays_of(undone):
            db.session.delete(stay)
    db.session.flush()


def _stay_of(application: Application) -> Client:
    return Client(
        service_id=application.service_id,
        code=application.code,
        person_ref=application.person_ref,
        application_id=application.id,
        started_on=application.state_on,
        municipality_code=application.municipality_code,
        adverse_situation=application.adverse_situation,
        target_group=application.target_group,
        birth_year=application.birth_year,
        sex=application.sex,
        version=1,
        created_at_utc=now_utc(),
    )
