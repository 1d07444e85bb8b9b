"""Persons as random numbers, their codes at providers, keys of programs of providers.

Nothing here can be computed from an identity: references and codes are random and come from the vault.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model, UtcDateTime
from portal.waitlists.types import CODE_BYTES, REF_BYTES


class Person(Model):
    """A person whom the vault knows under a random reference. Records are linked, never merged: the two groups say
    which persons count as one, in the strict and in the generous reading. Whoever is linked to nobody has the number of
    the own reference as both (``types.group_of``).
    """

    __tablename__ = "people"
    __table_args__ = (
        Index("ix_people_sure_group", "sure_group"),
        Index("ix_people_probable_group", "probable_group"),
    )

    ref: Mapped[bytes] = mapped_column(LargeBinary(REF_BYTES), primary_key=True)
    is_certain: Mapped[bool]  # known by a birth number
    sure_group: Mapped[int] = mapped_column(BigInteger)  # one person by confirmed links alone
    probable_group: Mapped[int] = mapped_column(BigInteger)  # one person by all probable links too


class PersonCode(Model):
    """The code of a person at one provider: random, no two providers have one in common."""

    __tablename__ = "person_codes"
    __table_args__ = (
        UniqueConstraint("provider_id", "person_ref"),
        Index("ix_person_codes_person_ref", "person_ref"),
    )

    code: Mapped[bytes] = mapped_column(LargeBinary(CODE_BYTES), primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("providers.id", ondelete="RESTRICT"))
    person_ref: Mapped[bytes] = mapped_column(ForeignKey("people.ref", ondelete="RESTRICT"))


class ProviderToken(Model):
    """A key by which a provider's own program asks for codes; only its hash is kept."""

    __tablename__ = "provider_tokens"
    __table_args__ = (UniqueConstraint("token_hash"), Index("ix_provider_tokens_provider_id", "provider_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("providers.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))  # what the provider calls it
    token_hash: Mapped[str] = mapped_column(String(64))  # SHA-256 of 32 random bytes, hex
    beginning: Mapped[str] = mapped_column(String(12))  # first characters, to tell keys apart
    created_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_name: Mapped[str] = mapped_column(String(200))
    last_used_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by_name: Mapped[str | None] = mapped_column(String(200))
