"""What the waiting lists said at the last day of a quarter, frozen."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model, UtcDateTime
from portal.waitlists.models.applications import BigKey
from portal.waitlists.types import REF_BYTES


class SnapshotQuarter(Model):
    """A quarter whose waiting lists are frozen; what is entered later changes nothing in it."""

    __tablename__ = "snapshot_quarters"

    period: Mapped[str] = mapped_column(String(6), primary_key=True)  # "2026Q2"
    frozen_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    rows: Mapped[int] = mapped_column("row_count")


class ApplicationSnapshot(Model):
    """An application at the last day of a quarter: one that waited then, came in the quarter or ended in it."""

    __tablename__ = "application_snapshots"
    __table_args__ = (
        UniqueConstraint("period", "application_id"),
        Index("ix_application_snapshots_period_service_id", "period", "service_id"),
        Index("ix_application_snapshots_person_ref", "person_ref"),
        Index("ix_application_snapshots_application_id", "application_id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    period: Mapped[str] = mapped_column(ForeignKey("snapshot_quarters.period", ondelete="CASCADE"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id", ondelete="SET NULL"))
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="RESTRICT"))
    person_ref: Mapped[bytes] = mapped_column(LargeBinary(REF_BYTES))  # another random one once the person is erased
    state: Mapped[str] = mapped_column(String(9))
    received_on: Mapped[date]
    decided_on: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(String(20))
    confirmed_on: Mapped[date]
    urgency: Mapped[str] = mapped_column(String(6))
    can_start_from: Mapped[date | None]
    adverse_situation: Mapped[str] = mapped_column(String(20))
    target_group: Mapped[str | None] = mapped_column(String(20))
    municipality_code: Mapped[str] = mapped_column(String(7))
    birth_year: Mapped[int | None] = mapped_column(SmallInteger)
    sex: Mapped[str | None] = mapped_column(String(1))
