"""Pairs of persons who may be one, what people decided of them, and runs of linking.

References of persons are random; no page tells them, and the record of changes names a pair by its number alone.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model, UtcDateTime
from portal.waitlists.models.applications import BigKey
from portal.waitlists.types import REF_BYTES


class PersonPair(Model):
    """Two persons of whom linking, or somebody of the kraj, said something. They stay two rows of ``people``."""

    __tablename__ = "person_pairs"
    __table_args__ = (
        UniqueConstraint("a_ref", "b_ref"),
        CheckConstraint("a_ref < b_ref", name="smaller_first"),
        CheckConstraint("state IN ('proposed', 'conflict', 'auto', 'linked', 'split', 'gone')", name="state_known"),
        CheckConstraint("verdict IS NULL OR verdict IN ('same', 'different')", name="verdict_known"),
        CheckConstraint("(verdict IS NOT NULL) = (state IN ('linked', 'split'))", name="decided_by_verdict"),
        CheckConstraint("probability BETWEEN 0 AND 1", name="probability_in_bounds"),
        Index("ix_person_pairs_b_ref", "b_ref"),
        Index("ix_person_pairs_state", "state", "is_put_off", "probability"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    a_ref: Mapped[bytes] = mapped_column(LargeBinary(REF_BYTES), ForeignKey("people.ref", ondelete="CASCADE"))
    b_ref: Mapped[bytes] = mapped_column(LargeBinary(REF_BYTES), ForeignKey("people.ref", ondelete="CASCADE"))
    agreeing: Mapped[int]  # bit k is set where the digests of kind k (portal.identity.kinds) are equal
    weight: Mapped[float]  # log2 of how much more frequent that is among records of one person
    probability: Mapped[float]  # that both are one person, 0 to 1
    is_strong: Mapped[bool]  # the probability reaches the upper threshold
    is_found: Mapped[bool]  # the last linking found it
    verdict: Mapped[str | None] = mapped_column(String(9))  # of a person: same, different; none holds
    is_put_off: Mapped[bool]  # somebody said "later": it goes to the end of the work list
    state: Mapped[str] = mapped_column(String(8))  # links.types.PairState; follows from all pairs together
    decided_by_user_id: Mapped[int | None]
    decided_by_name: Mapped[str | None] = mapped_column(String(200))
    decided_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int]  # grows with every decision; a form sends back the one it was drawn with


class PersonPairEvent(Model):
    """Who decided what of a pair, and when."""

    __tablename__ = "person_pair_events"
    __table_args__ = (
        CheckConstraint("kind IN ('same', 'different', 'later', 'undone')", name="kind_known"),
        Index("ix_person_pair_events_pair_id_id", "pair_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("person_pairs.id", ondelete="CASCADE"))
    at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(9))
    comment: Mapped[str | None] = mapped_column(Text)


class LinkingRun(Model):
    """One linking of all persons: by which rules, how much was compared."""

    __tablename__ = "linking_runs"
    __table_args__ = (Index("ix_linking_runs_on_day", "on_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    on_day: Mapped[date]
    actor_name: Mapped[str] = mapped_column(String(200))
    rules_version: Mapped[str] = mapped_column(String(12))  # beginning of the SHA-256 of the file of weights
    lower: Mapped[float]  # least probability of a proposed pair
    upper: Mapped[float]  # least probability of a pair that is linked by itself
    persons: Mapped[int]  # of the vault
    records: Mapped[int]  # of the vault
    compared: Mapped[int] = mapped_column(BigInteger)  # pairs of records that were weighed
    left_out: Mapped[int] = mapped_column(BigInteger)  # at most so many shared a digest with too many others
    seconds: Mapped[float]  # that the vault took
