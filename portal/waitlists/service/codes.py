"""Codes of persons: what the browser and a provider's own program get from the vault.

Only blinded points and digests pass through here; neither is stored or logged. What is stored of a person are the
random code and the random reference that the vault gave.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import FromClause, Table
from sqlalchemy.dialects import postgresql, sqlite

from portal.core.db import db
from portal.core.errors import Forbidden, Invalid, NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.vault.types import Digests, Registered, Vault
from portal.waitlists.models import Person, PersonCode
from portal.waitlists.queries import people as queries
from portal.waitlists.types import group_of


def provider_of(actor: Actor, ico: str | None = None) -> str:
    """IČO of the provider for which the actor asks for codes: the one named, or the only one there is.

    Raises NotFound for a provider that is not the actor's, Invalid where the actor works for several and names none.
    """
    reached = actor.provider_icos(Permission.WAITLIST_EDIT)
    if reached is not None and not reached:
        raise Forbidden(_m("Your role does not ask for codes of persons."))
    if ico is not None:
        if reached is not None and ico not in reached:
            raise NotFound(_m("There is no such provider."))
        return ico
    if reached is None or len(reached) != 1:
        raise Invalid(_m("Say for which provider (IČO) the codes shall be."))
    return next(iter(reached))


def evaluate_points(vault: Vault, ico: str, points: Sequence[bytes]) -> list[bytes]:
    """Blinded points multiplied by the vault's secret, in their order. Raises what the vault raises."""
    return vault.evaluate(ico, points)


def derive_codes(vault: Vault, ico: str, people: Sequence[Digests]) -> list[Registered]:
    """The codes of persons at a provider, in their order; what is new is stored.

    Known and unknown persons are written in the same way, so that the answer takes as long. Raises Invalid for a person
    of whom nothing is known, NotFound for an unknown provider, and what the vault raises.
    """
    for position, digests in enumerate(people, start=1):
        if not any(digests):
            raise Invalid(_m("Nothing is known about person number %(number)s.", number=position))
    provider_id = queries.provider_id(ico)
    if provider_id is None:
        raise NotFound(_m("There is no such provider."))
    registered = vault.register(ico, people)
    store_codes(provider_id, registered)
    return registered


def known_person(
    vault: Vault, *, provider_id: int, ico: str, digests: Digests | None, code: bytes | None
) -> tuple[bytes, bytes]:
    """Code and reference of one person: of digests from the browser, or of a code that the portal gave before.

    Raises Invalid (``code``, or ``identity`` where nothing is known of the person), and what the vault raises.
    """
    if code is not None:
        ref = queries.refs_of_codes(provider_id, [code]).get(code)
        if ref is None:
            sentence = _m("The portal gave this code to nobody at this provider. Let the codes be made anew.")
            raise Invalid(sentence, {"code": [sentence]})
        return code, ref
    if digests is None or not any(digests):
        sentence = _m("Fill in who it is, as far as you know it; without it the person cannot be told from others.")
        raise Invalid(sentence, {"identity": [sentence]})
    [registered] = derive_codes(vault, ico, [digests])
    return registered.code, registered.person_ref


def store_codes(provider_id: int, registered: Sequence[Registered]) -> None:
    """Keep codes and references; a row that is there is written anew with the same content."""
    unique = list({one.code: one for one in registered}.values())
    refs = list({one.person_ref: one for one in registered}.values())
    _upsert(
        Person.__table__,
        [
            {
                "ref": one.person_ref,
                "is_certain": one.is_certain,
                "sure_group": group_of(one.person_ref),
                "probable_group": group_of(one.person_ref),
            }
            for one in refs
        ],
        key="ref",
        rewritten="is_certain",
    )
    _upsert(
        PersonCode.__table__,
        [{"code": one.code, "provider_id": provider_id, "person_ref": one.person_ref} for one in unique],
        key="code",
        rewritten="person_ref",
    )
    db.session.flush()


def _upsert(table: FromClause, rows: list[dict[str, object]], *, key: str, rewritten: str) -> None:
    """One statement, compiled once and sent with all rows."""
    if not rows:
        return
    connection = db.session.connection()
    assert isinstance(table, Table)
    upsert = (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(table)
    connection.execute(
        upsert.on_conflict_do_update(index_elements=[key], set_={rewritten: upsert.excluded[rewritten]}), rows
    )
