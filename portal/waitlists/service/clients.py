"""The register of users of a service: who uses it, since when, why they left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.core import audit
from portal.core.clock import now_utc, today
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.messages import Message, _m
from portal.core.permissions import Actor, Permission
from portal.vault.types import Digests, Vault
from portal.waitlists.models import Client
from portal.waitlists.queries import clients as queries
from portal.waitlists.service.access import PAGE, find_listed, read_listed
from portal.waitlists.service.codes import known_person
from portal.waitlists.service.reading import may_edit
from portal.waitlists.service.writing import FIRST_DAY
from portal.waitlists.types import LEAVING_LABELS, ListedService, Sex

audit.name_actions(
    {
        "waitlists.client.added": _m("User of a service added"),
        "waitlists.client.left": _m("User of a service left"),
    }
)


@dataclass(frozen=True)
class Stay:
    """One stay of a user, as the register shows it."""

    id: int
    code: bytes
    started_on: date
    ended_on: date | None
    end_reason: str | None
    municipality_code: str
    adverse_situation: str
    target_group: str | None
    birth_year: int | None
    sex: Sex | None
    from_list: bool  # an admission from the waiting list began it
    version: int


@dataclass(frozen=True)
class Register:
    service: ListedService
    stays: Sequence[Stay]
    total: int
    may_edit: bool


def read_register(actor: Actor, *, register_id: int, only_open: bool, page: int) -> Register:
    """A page of the register. Raises NotFound."""
    service = read_listed(actor, register_id)
    found, total = queries.list_stays(service.id, only_open=only_open, limit=PAGE, offset=(page - 1) * PAGE)
    return Register(service, [stay_of(row) for row in found], total, may_edit(actor, service))


def read_stay(actor: Actor, *, register_id: int, client_id: int) -> tuple[ListedService, Stay]:
    """One stay. Raises NotFound."""
    service = read_listed(actor, register_id)
    found = queries.find_stay(service.id, client_id)
    if found is None:
        raise NotFound(_m("There is no such user of the service."))
    return service, stay_of(found)


def add_client(
    actor: Actor,
    *,
    vault: Vault,
    register_id: int,
    started_on: date,
    municipality_code: str,
    adverse_situation: str,
    digests: Digests | None = None,
    code: bytes | None = None,
    target_group: str | None = None,
    birth_year: int | None = None,
    sex: Sex | None = None,
) -> int:
    """Enter a user who did not come from the waiting list here; returns the id of the stay.

    Raises NotFound, Invalid by field (``identity``, ``started_on``), and what the vault raises.
    """
    service = find_listed(actor, register_id, Permission.WAITLIST_EDIT)
    if not FIRST_DAY <= started_on <= today():
        sentence = _m("This day is yet to come.") if started_on > today() else _m("This day is too long ago.")
        raise Invalid(sentence, {"started_on": [sentence]})
    code, ref = known_person(
        vault, provider_id=service.provider_id, ico=service.provider_ico, digests=digests, code=code
    )
    if queries.open_stay(service.id, code) is not None:
        sentence = _m("This person uses the service already.")
        raise Invalid(sentence, {"identity": [sentence]})
    stay = Client(
        service_id=service.id,
        code=code,
        person_ref=ref,
        started_on=started_on,
        municipality_code=municipality_code,
        adverse_situation=adverse_situation,
        target_group=target_group,
        birth_year=birth_year,
        sex=sex,
        version=1,
        created_at_utc=now_utc(),
    )
    db.session.add(stay)
    db.session.flush()
    _record(actor, "added", stay)
    return stay.id


def end_stay(
    actor: Actor, *, register_id: int, client_id: int, version: int, on: date | None, reason: str | None
) -> None:
    """Note that a user left. Raises NotFound, Conflict, Invalid by field (``on``, ``reason``)."""
    service = find_listed(actor, register_id, Permission.WAITLIST_EDIT)
    stay = queries.find_stay(service.id, client_id, for_update=True)
    if stay is None:
        raise NotFound(_m("There is no such user of the service."))
    if stay.version != version or stay.ended_on is not None:
        raise Conflict(_m("Somebody else changed the entry in the meantime."))
    fields: dict[str, list[Message]] = {}
    if on is None:
        fields["on"] = [_m("Write the day as 20. 8. 2026.")]
    elif on > today():
        fields["on"] = [_m("This day is yet to come.")]
    elif on < stay.started_on:
        fields["on"] = [_m("This day lies before the first day in the service.")]
    if reason not in LEAVING_LABELS:
        fields["reason"] = [_m("Choose the reason.")]
    if fields:
        raise Invalid(next(iter(fields.values()))[0], fields)
    stay.ended_on, stay.end_reason = on, reason
    stay.version += 1
    db.session.flush()
    _record(actor, "left", stay)


def stay_of(row: Client) -> Stay:
    """A stay as pages and files tell of it."""
    return Stay(
        id=row.id,
        code=row.code,
        started_on=row.started_on,
        ended_on=row.ended_on,
        end_reason=row.end_reason,
        municipality_code=row.municipality_code,
        adverse_situation=row.adverse_situation,
        target_group=row.target_group,
        birth_year=row.birth_year,
        sex=Sex(row.sex) if row.sex else None,
        from_list=row.application_id is not None,
        version=row.version,
    )


def _record(actor: Actor, what: str, stay: Client) -> None:
    audit.record(
        actor,
        f"waitlists.client.{what}",
        object_kind="client",
        object_key=stay.id,
        details={"service": stay.service_id, "reason": stay.end_reason},
    )
