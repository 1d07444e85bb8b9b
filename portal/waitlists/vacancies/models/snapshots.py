"""What places and waiting lists were like on a day, for their course over time."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model


class VacancySnapshot(Model):
    """Places of one service in one area on one day. An area without a name: the address is not published."""

    __tablename__ = "vacancy_snapshots"
    __table_args__ = (
        CheckConstraint("free >= 0 AND closed >= 0 AND reserved >= 0 AND occupied >= 0", name="not_negative"),
        Index("ix_vacancy_snapshots_type_code_on_day", "type_code", "on_day"),
        Index("ix_vacancy_snapshots_service_id", "service_id"),
    )

    on_day: Mapped[date] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"), primary_key=True)
    orp_code: Mapped[str] = mapped_column(String(5), primary_key=True)  # "" where no address is published
    type_code: Mapped[str] = mapped_column(String(4))  # of the service on that day
    free: Mapped[int]
    closed: Mapped[int]
    reserved: Mapped[int]
    occupied: Mapped[int]
    is_shown: Mapped[bool]  # confirmed lately enough for the public to see it


class WaitingSnapshot(Model):
    """Persons who waited for a type on a day, each once: in one area of residence, or ("*") wherever they live."""

    __tablename__ = "vacancy_waiting_snapshots"
    __table_args__ = (
        CheckConstraint("persons > 0", name="persons_positive"),
        Index("ix_vacancy_waiting_snapshots_type_code_on_day", "type_code", "on_day"),
    )

    on_day: Mapped[date] = mapped_column(primary_key=True)
    type_code: Mapped[str] = mapped_column(String(4), primary_key=True)
    orp_code: Mapped[str] = mapped_column(String(5), primary_key=True)  # "*": all; "": outside the region or unknown
    persons: Mapped[int]
