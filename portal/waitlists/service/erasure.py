"""Erasure of a person at a provider: the vault first, then everything the portal knows under the code."""

from __future__ import annotations

import secrets

from sqlalchemy import delete, exists, select, update

from portal.core import audit
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.messages import _m
from portal.core.permissions import OPERATOR, Actor, Permission
from portal.core.transaction import transaction
from portal.vault.types import Vault
from portal.waitlists.links.service.grouping import linked_with, regroup
from portal.waitlists.models import Application, ApplicationSnapshot, Client, Person, PersonCode
from portal.waitlists.queries import applications as queries
from portal.waitlists.queries import clients as client_queries
from portal.waitlists.queries import night
from portal.waitlists.service.access import find_listed
from portal.waitlists.types import REF_BYTES

CODES_AT_ONCE = 5_000

audit.name_actions({"waitlists.person.erased": _m("Person erased")}, kinds={"person": _m("person")})


def erase_applicant(actor: Actor, *, vault: Vault, register_id: int, application_id: int) -> None:
    """Erase the person of an application at this provider, at all its services. Cannot be undone.

    Counts of frozen quarters stay; their rows lead to nobody any more. Raises NotFound and what the vault raises.
    """
    service = find_listed(actor, register_id, Permission.WAITLIST_EDIT)
    application = queries.find_application(service.id, application_id, for_update=True)
    if application is None:
        raise NotFound(_m("There is no such application."))
    _erase(actor, vault, service.provider_ico, application.code)


def erase_client(actor: Actor, *, vault: Vault, register_id: int, client_id: int) -> None:
    """Erase the person of a stay at this provider, as ``erase_applicant`` does."""
    service = find_listed(actor, register_id, Permission.WAITLIST_EDIT)
    stay = client_queries.find_stay(service.id, client_id, for_update=True)
    if stay is None:
        raise NotFound(_m("There is no such user of the service."))
    _erase(actor, vault, service.provider_ico, stay.code)


def erase_again(vault: Vault) -> int:
    """Erase whom the vault remembers as erased: a restored backup of the portal may have brought them back."""
    erased = 0
    for codes in night.code_batches(CODES_AT_ONCE):
        back = [code for code, is_erased in zip(codes, vault.erased(codes), strict=True) if is_erased]
        if back:
            with transaction():
                for code in back:
                    _forget(OPERATOR, code)
        erased += len(back)
    return erased


def _erase(actor: Actor, vault: Vault, ico: str, code: bytes) -> None:
    vault.forget(ico, code)
    _forget(actor, code)


def _forget(actor: Actor, code: bytes) -> None:
    """Delete what stands under a code: applications with their history, stays, rows of imports, the code itself."""
    ref = db.session.scalar(select(PersonCode.person_ref).where(PersonCode.code == code))
    if ref is None:
        return
    db.session.execute(delete(Client).where(Client.code == code))
    deleted = db.session.execute(delete(Application).where(Application.code == code))
    applications: int = deleted.rowcount  # type: ignore[attr-defined]  # a DELETE has it
    db.session.execute(delete(PersonCode).where(PersonCode.code == code))
    if not db.session.scalar(select(exists().where(PersonCode.person_ref == ref))):
        stranger = secrets.token_bytes(REF_BYTES)
        db.session.execute(
            update(ApplicationSnapshot).where(ApplicationSnapshot.person_ref == ref).values(person_ref=stranger)
        )
        others = [one for one in linked_with([ref]) if one != ref]
        db.session.execute(delete(Person).where(Person.ref == ref))  # and its pairs with their history
        regroup(others)
    db.session.flush()
    db.session.expire_all()
    # Neither the code nor the reference: the record of changes outlives the person.
    audit.record(
        actor,
        "waitlists.person.erased",
        object_kind="person",
        object_key="erased",
        details={"applications": applications},
    )
