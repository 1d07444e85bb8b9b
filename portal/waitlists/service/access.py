"""Who may do what with which waiting list, and the rules that hold for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.core import audit
from portal.core.clock import today
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.messages import Message, _m
from portal.core.permissions import Actor, Permission
from portal.waitlists.calc.dates import last_confirmed_to_ask
from portal.waitlists.models import WaitlistRules
from portal.waitlists.queries import services as queries
from portal.waitlists.types import ListedService, Rules

PAGE = 50
CONFIRM_BOUNDS, GRACE_BOUNDS = (30, 1100), (0, 365)

audit.name_actions(
    {"waitlists.rules.changed": _m("Rules of waiting lists changed")},
    kinds={
        "waiting_list": _m("waiting list"),
        "application": _m("application"),
        "client": _m("user of a service"),
        "provider_token": _m("key of a provider's program"),
    },
)


@dataclass(frozen=True)
class ServiceLine:
    """A service with what waits in its list. Counts are persons by application at this service."""

    service: ListedService
    waiting: int
    offered: int
    to_confirm: int
    asked: int
    clients: int


def find_listed(actor: Actor, register_id: int, permission: Permission) -> ListedService:
    """The service, if the permission reaches its provider. Raises NotFound for both kinds of others alike."""
    found = queries.find_service(register_id)
    if found is None or not actor.can_for_provider(permission, found.provider_ico):
        raise NotFound(_m("There is no such service."))
    return found


def read_listed(actor: Actor, register_id: int) -> ListedService:
    return find_listed(actor, register_id, Permission.WAITLIST_READ)


def sees_all(actor: Actor) -> bool:
    """Whether the actor sees persons across providers, at once and whatever the rules."""
    return actor.can(Permission.WAITLIST_ALL)


def list_services(
    actor: Actor, *, type_code: str | None = None, only_listed: bool = False, page: int = 1
) -> tuple[Sequence[ServiceLine], int]:
    """A page of the services whose lists the actor may read, and how many there are. Five statements."""
    icos = actor.provider_icos(Permission.WAITLIST_READ)
    found, total = queries.list_services(
        icos, today(), type_code=type_code, only_listed=only_listed, limit=PAGE, offset=(page - 1) * PAGE
    )
    ids = [service.id for service in found]
    counts = queries.list_counts(ids, last_confirmed_to_ask(today(), read_rules()))
    clients = queries.client_counts(ids)
    return [
        ServiceLine(service, *counts.get(service.id, (0, 0, 0, 0)), clients=clients.get(service.id, 0))
        for service in found
    ], total


def read_rules() -> Rules:
    """What holds for all waiting lists. One statement."""
    stored = queries.find_rules()
    if stored is None:
        return Rules()
    return Rules(stored.confirm_after_days, stored.grace_days, stored.providers_see_elsewhere, stored.version)


def change_rules(
    actor: Actor, *, confirm_after_days: int, grace_days: int, providers_see_elsewhere: bool, version: int
) -> None:
    """Set the rules of all waiting lists. Raises Forbidden, Invalid by field, Conflict."""
    if not actor.can(Permission.WAITLIST_RULES):
        raise Forbidden(_m("Your role does not set the rules of waiting lists."))
    before = read_rules()
    if before.version != version:
        raise Conflict(_m("Somebody else changed the rules in the meantime."))
    fields: dict[str, list[Message]] = {}
    for name, value, (least, most) in (
        ("confirm_after_days", confirm_after_days, CONFIRM_BOUNDS),
        ("grace_days", grace_days, GRACE_BOUNDS),
    ):
        if not least <= value <= most:
            fields[name] = [_m("Write a number of days from %(least)s to %(most)s.", least=least, most=most)]
    if fields:
        raise Invalid(next(iter(fields.values()))[0], fields)
    stored = queries.find_rules()
    if stored is None:
        stored = WaitlistRules(id=1, version=0)
        db.session.add(stored)
    stored.confirm_after_days = confirm_after_days
    stored.grace_days = grace_days
    stored.providers_see_elsewhere = providers_see_elsewhere
    stored.version += 1
    db.session.flush()
    audit.record(
        actor,
        "waitlists.rules.changed",
        object_kind="waiting_list",
        object_key="rules",
        details={"before": vars(before), "after": vars(read_rules())},
    )
