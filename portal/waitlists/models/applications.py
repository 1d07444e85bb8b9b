"""Applications at services, their history, and the rules of their order."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model, UtcDateTime
from portal.waitlists.types import REF_BYTES

STATES = "('waiting', 'offered', 'admitted', 'refused', 'declined', 'withdrawn', 'expired', 'deceased')"
IS_OPEN = "state IN ('waiting', 'offered')"
PLACE_KNOWN = "municipality_code IN ('outside', 'unknown') OR length(municipality_code) = 6"
BigKey = BigInteger().with_variant(Integer, "sqlite")


class Application(Model):
    """One person asking for one service. ``person_ref`` repeats what the code says, for counting; no page tells it."""

    __tablename__ = "applications"
    __table_args__ = (
        UniqueConstraint("service_id", "file_reference"),
        CheckConstraint(f"state IN {STATES}", name="state_known"),
        CheckConstraint(f"({IS_OPEN}) = (decided_on IS NULL)", name="decided_when"),
        CheckConstraint("(state IN ('refused', 'declined')) = (reason IS NOT NULL)", name="reason_given"),
        CheckConstraint("urgency IN ('urgent', 'usual', 'ahead')", name="urgency_known"),
        CheckConstraint("sex IS NULL OR sex IN ('f', 'm')", name="sex_known"),
        CheckConstraint(PLACE_KNOWN, name="municipality_or_special"),
        CheckConstraint("confirmed_on >= received_on", name="confirmed_after_received"),
        # One person waits at a service once. Named as SQLite's message about it is read.
        Index(
            "uq_applications_service_id_code",
            "service_id",
            "code",
            unique=True,
            sqlite_where=text(IS_OPEN),
            postgresql_where=text(IS_OPEN),
        ),
        Index("ix_applications_service_id_state", "service_id", "state", "received_on"),
        Index("ix_applications_counted", "service_id", "state", "confirmed_on", "asked_since"),
        Index("ix_applications_person_ref", "person_ref"),
        Index("ix_applications_code", "code"),
        Index("ix_applications_state_confirmed_on", "state", "confirmed_on"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="RESTRICT"))
    code: Mapped[bytes] = mapped_column(ForeignKey("person_codes.code", ondelete="RESTRICT"))
    person_ref: Mapped[bytes] = mapped_column(LargeBinary(REF_BYTES))  # of the code, see person_codes
    file_reference: Mapped[str] = mapped_column(String(40))  # the provider's own number of the file
    received_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(9))
    state_on: Mapped[date]  # since when it is in this state
    state_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)  # when that was written here
    points: Mapped[int]  # sum of the criteria that hold
    adverse_situation: Mapped[str] = mapped_column(String(20))  # code of portal/returns/residences/situations.toml
    target_group: Mapped[str | None] = mapped_column(String(20))  # code of the list "target_groups"
    municipality_code: Mapped[str] = mapped_column(String(7))  # ČSÚ code, "outside" the region, or "unknown"
    birth_year: Mapped[int | None] = mapped_column(SmallInteger)
    sex: Mapped[str | None] = mapped_column(String(1))  # f, m
    urgency: Mapped[str] = mapped_column(String(6))
    can_start_from: Mapped[date | None]  # None: at once
    confirmed_on: Mapped[date]  # the day it came, or that the interest was last confirmed
    decided_on: Mapped[date | None]  # the end, whichever it was
    reason: Mapped[str | None] = mapped_column(String(20))  # types.RefusalReason or DeclineReason
    others_waiting: Mapped[int | None]  # other services where the person waits, as of last night; None: not counted
    asked_since: Mapped[date | None]  # night since when it asks for confirmation, as the person was admitted elsewhere
    version: Mapped[int]  # grows with every change; a form sends back the one it was drawn with
    created_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_user_id: Mapped[int | None]


class ApplicationEvent(Model):
    """One line of an application's history."""

    __tablename__ = "application_events"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('added', 'edited', 'moved', 'confirmed', 'noted', 'imported', 'taken_back')", name="kind_known"
        ),
        Index("ix_application_events_application_id_id", "application_id", "id"),
        Index("ix_application_events_at_utc", "at_utc"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))
    at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    on_day: Mapped[date]  # when it happened, told by the provider
    user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))
    version: Mapped[int]  # of the application, after it
    from_state: Mapped[str | None] = mapped_column(String(9))  # None: it was not there
    to_state: Mapped[str | None] = mapped_column(String(9))
    reason: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(Text)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)  # field -> [before, after], days as 2026-08-03


class WaitingListOrder(Model):
    """By what a service puts its applications in order; without a row, by the day they came."""

    __tablename__ = "waiting_list_orders"
    __table_args__ = (CheckConstraint("rule IN ('date', 'points')", name="rule_known"),)

    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"), primary_key=True)
    rule: Mapped[str] = mapped_column(String(6))
    version: Mapped[int]  # grows with every change of the rule or of a criterion


class OrderingCriterion(Model):
    """One criterion of a service's order, worth some points."""

    __tablename__ = "ordering_criteria"
    __table_args__ = (
        UniqueConstraint("service_id", "label"),
        CheckConstraint("points BETWEEN -1000 AND 1000", name="points_in_bounds"),
        CheckConstraint("length(label) > 0", name="label_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"))
    label: Mapped[str] = mapped_column(String(120))
    points: Mapped[int]
    position: Mapped[int]  # its place on the page


class ApplicationCriterion(Model):
    """A criterion that holds for an application."""

    __tablename__ = "application_criteria"
    __table_args__ = (Index("ix_application_criteria_criterion_id", "criterion_id"),)

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"), primary_key=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey("ordering_criteria.id", ondelete="CASCADE"), primary_key=True)
