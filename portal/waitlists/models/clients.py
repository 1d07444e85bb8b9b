"""The register of users of a service, under the same codes."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model, UtcDateTime
from portal.waitlists.models.applications import PLACE_KNOWN, BigKey
from portal.waitlists.types import REF_BYTES


class Client(Model):
    """One stay of a user in a service. An admission begins it."""

    __tablename__ = "clients"
    __table_args__ = (
        CheckConstraint("(ended_on IS NULL) = (end_reason IS NULL)", name="end_with_reason"),
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="dates_in_order"),
        CheckConstraint(
            "end_reason IS NULL OR end_reason IN ('goal_met', 'other_service', 'home', 'own_wish', 'terminated',"
            " 'deceased', 'other')",
            name="end_reason_known",
        ),
        CheckConstraint("sex IS NULL OR sex IN ('f', 'm')", name="sex_known"),
        CheckConstraint(PLACE_KNOWN, name="municipality_or_special"),
        # A person uses a service once at a time. Named as SQLite's message about it is read.
        Index(
            "uq_clients_service_id_code",
            "service_id",
            "code",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
        Index("ix_clients_service_id_started_on", "service_id", "started_on"),
        Index("ix_clients_service_id_ended_on", "service_id", "ended_on"),
        Index("ix_clients_person_ref", "person_ref"),
        Index("ix_clients_code", "code"),
        Index("ix_clients_application_id", "application_id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="RESTRICT"))
    code: Mapped[bytes] = mapped_column(ForeignKey("person_codes.code", ondelete="RESTRICT"))
    person_ref: Mapped[bytes] = mapped_column(LargeBinary(REF_BYTES))  # of the code, see person_codes
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id", ondelete="SET NULL"))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    end_reason: Mapped[str | None] = mapped_column(String(13))
    municipality_code: Mapped[str] = mapped_column(String(7))  # before the service: ČSÚ code, "outside" or "unknown"
    adverse_situation: Mapped[str] = mapped_column(String(20))
    target_group: Mapped[str | None] = mapped_column(String(20))
    birth_year: Mapped[int | None] = mapped_column(SmallInteger)
    sex: Mapped[str | None] = mapped_column(String(1))
    version: Mapped[int]  # grows with every change; a form sends back the one it was drawn with
    created_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
