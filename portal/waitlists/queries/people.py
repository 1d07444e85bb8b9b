"""Persons, their codes at a provider, keys of programs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select

from portal.catalog.models import Provider
from portal.core.db import db
from portal.waitlists.models import PersonCode, ProviderToken

AT_ONCE = 500


def provider_id(ico: str) -> int | None:
    return db.session.scalar(select(Provider.id).where(Provider.ico == ico))


def providers(icos: Collection[str]) -> list[Any]:
    """Id, ico and name of these providers, by name."""
    query = select(Provider.id, Provider.ico, Provider.name).where(Provider.ico.in_(icos))
    return list(db.session.execute(query.order_by(Provider.name, Provider.ico)))


def refs_of_codes(provider: int, codes: Collection[bytes]) -> dict[bytes, bytes]:
    """Reference of the person by code, of those codes that are the provider's. One statement for 500 codes."""
    wanted, found = list(codes), {}
    for start in range(0, len(wanted), AT_ONCE):
        query = select(PersonCode.code, PersonCode.person_ref).where(
            PersonCode.provider_id == provider, PersonCode.code.in_(wanted[start : start + AT_ONCE])
        )
        found.update({row[0]: row[1] for row in db.session.execute(query)})
    return found


def tokens_of(provider_ids: Collection[int]) -> Sequence[ProviderToken]:
    """Keys of the providers, the youngest first."""
    query = select(ProviderToken).where(ProviderToken.provider_id.in_(provider_ids))
    return list(db.session.scalars(query.order_by(ProviderToken.id.desc())))


def token_by_hash(token_hash: str) -> tuple[ProviderToken, str] | None:
    """A key that is in force, with the IČO of its provider."""
    query = (
        select(ProviderToken, Provider.ico)
        .join(Provider, Provider.id == ProviderToken.provider_id)
        .where(ProviderToken.token_hash == token_hash, ProviderToken.revoked_at_utc.is_(None))
    )
    row = db.session.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])


def find_token(token_id: int) -> tuple[ProviderToken, str] | None:
    query = (
        select(ProviderToken, Provider.ico)
        .join(Provider, Provider.id == ProviderToken.provider_id)
        .where(ProviderToken.id == token_id)
    )
    row = db.session.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])
