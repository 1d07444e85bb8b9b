"""Whose places somebody may keep, and what every write of places does besides."""

from __future__ import annotations

from collections.abc import Mapping

from portal.core import audit
from portal.core.clock import now_utc, today
from portal.core.db import db
from portal.core.errors import Conflict, NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.waitlists.vacancies.models import VacancyEvent, VacancyList
from portal.waitlists.vacancies.queries import places as queries
from portal.waitlists.vacancies.queries.places import ServiceRow
from portal.waitlists.vacancies.types import EventKind

audit.name_actions(
    {
        "vacancies.changed": _m("Places of a service changed"),
        "vacancies.confirmed": _m("Places of a service confirmed"),
        "vacancies.alert.added": _m("Alert of free places added"),
        "vacancies.alert.removed": _m("Alert of free places ended"),
    },
    kinds={"vacancies": _m("places of a service"), "vacancy_alert": _m("alert of free places")},
)


def find_kept(actor: Actor, register_id: int) -> ServiceRow:
    """The residential service whose places the actor keeps. Raises NotFound, for those of others too."""
    found = queries.find_service(register_id)
    if found is None or not actor.can_for_provider(Permission.VACANCY_EDIT, found.ico):
        raise NotFound(_m("There is no such service."))
    return found


def touch(actor: Actor, service: ServiceRow, *, seen: int | None = None) -> None:
    """Whoever writes has the list before the eyes, so a change confirms all of it. Raises Conflict where ``seen`` is
    not the version of the list.
    """
    stored = queries.find_list(service.id)
    version = stored.version if stored is not None else 0
    if seen is not None and seen != version:
        raise Conflict(_m("Somebody else changed the places in the meantime. Look at them and confirm again."))
    if stored is None:
        stored = VacancyList(service_id=service.id, version=0)
        db.session.add(stored)
    stored.confirmed_on, stored.confirmed_at_utc = today(), now_utc()
    stored.confirmed_by_user_id, stored.confirmed_by_name = actor.user_id, actor.name
    stored.version += 1
    queries.bump_version()
    db.session.flush()


def note(
    actor: Actor,
    service: ServiceRow,
    kind: EventKind,
    *,
    place_id: int | None = None,
    label: str = "",
    changes: Mapping[str, tuple[object, object]] | None = None,
) -> None:
    """Write one line of the history, and tell the record of changes."""
    stored = {name: list(pair) for name, pair in (changes or {}).items()}
    db.session.add(
        VacancyEvent(
            service_id=service.id,
            place_id=place_id,
            label=label,
            at_utc=now_utc(),
            user_id=actor.user_id,
            actor_name=actor.name,
            kind=kind,
            changes=stored,
        )
    )
    confirmed = kind is EventKind.CONFIRMED
    audit.record(
        actor,
        "vacancies.confirmed" if confirmed else "vacancies.changed",
        object_kind="vacancies",
        object_key=service.register_id,
        details={} if confirmed else {"place": place_id, "kind": kind.value, "changes": stored},
    )
