"""Tables of the quarterly returns.

A return that nobody began has no row. One that was begun has a row for every cell that its form asks of the
service, so a cell is never missing from the database without being known as "not supplied".
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import ExactNumber, Model, UtcDateTime

# A state and its number agree; zero is a state of its own and never an empty cell.
STATE_AND_VALUE_AGREE = (
    "({prefix}state = 'value' AND {prefix}value IS NOT NULL AND {prefix}value <> 0)"
    " OR ({prefix}state = 'zero' AND {prefix}value IS NOT NULL AND {prefix}value = 0)"
    " OR ({prefix}state IN ('not_applicable', 'not_supplied') AND {prefix}value IS NULL)"
)
FORM_KNOWN = "form IN ('outreach', 'outpatient', 'residential', 'all')"


class ReportingPeriod(Model):
    """A quarter that the kraj opened, until two days that no longer belong: the first late one, the first closed one.

    A day begins at midnight in Prague.
    """

    __tablename__ = "reporting_periods"
    __table_args__ = (CheckConstraint("closes_on >= on_time_until", name="dates_in_order"),)

    period: Mapped[str] = mapped_column(String(6), primary_key=True)  # "2026Q2": sorts by time
    on_time_until: Mapped[date]
    closes_on: Mapped[date]
    opened_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)


class Return(Model):
    __tablename__ = "returns"
    __table_args__ = (
        UniqueConstraint("service_id", "period"),
        CheckConstraint("state IN ('draft', 'submitted', 'returned', 'accepted', 'locked')", name="state_known"),
        CheckConstraint("(state = 'draft') = (first_submitted_at_utc IS NULL)", name="only_drafts_unsubmitted"),
        Index("ix_returns_period_state", "period", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="RESTRICT"))
    period: Mapped[str] = mapped_column(ForeignKey("reporting_periods.period", ondelete="RESTRICT"))
    form_version: Mapped[str] = mapped_column(String(40))  # code of the definition it was begun with
    state: Mapped[str] = mapped_column(String(9))
    version: Mapped[int]  # grows with every change; a form sends back the one it was drawn with
    round: Mapped[int]  # how many times it was submitted
    created_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    first_submitted_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)  # decides whether it came on time
    submitted_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_by_user_id: Mapped[int | None]
    decided_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_user_id: Mapped[int | None]

    cells: Mapped[list[ReturnCell]] = relationship(cascade="all, delete-orphan")


class ReturnCell(Model):
    __tablename__ = "return_cells"
    __table_args__ = (
        CheckConstraint(STATE_AND_VALUE_AGREE.format(prefix=""), name="state_and_value_agree"),
        CheckConstraint(FORM_KNOWN, name="form_known"),
        CheckConstraint("value IS NULL OR value >= 0", name="value_not_negative"),
    )

    return_id: Mapped[int] = mapped_column(ForeignKey("returns.id", ondelete="CASCADE"), primary_key=True)
    form: Mapped[str] = mapped_column(String(12), primary_key=True)
    field: Mapped[str] = mapped_column(String(40), primary_key=True)
    state: Mapped[str] = mapped_column(String(14))
    value: Mapped[Decimal | None] = mapped_column(ExactNumber)
    comment: Mapped[str | None] = mapped_column(Text)  # the provider's answer to a warning


class ReturnCellChange(Model):
    """One change of one cell. ``version`` is that of the return after it, so an older form can be compared."""

    __tablename__ = "return_cell_changes"
    __table_args__ = (
        CheckConstraint(STATE_AND_VALUE_AGREE.format(prefix="from_"), name="from_state_and_value_agree"),
        CheckConstraint(STATE_AND_VALUE_AGREE.format(prefix="to_"), name="to_state_and_value_agree"),
        Index("ix_return_cell_changes_return_id_version", "return_id", "version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    return_id: Mapped[int] = mapped_column(ForeignKey("returns.id", ondelete="CASCADE"))
    form: Mapped[str] = mapped_column(String(12))
    field: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    from_state: Mapped[str] = mapped_column(String(14))
    from_value: Mapped[Decimal | None] = mapped_column(ExactNumber)
    to_state: Mapped[str] = mapped_column(String(14))
    to_value: Mapped[Decimal | None] = mapped_column(ExactNumber)


class ReturnNote(Model):
    """Why one cell was returned, in one round of submitting."""

    __tablename__ = "return_notes"
    __table_args__ = (
        UniqueConstraint("return_id", "round", "form", "field"),
        CheckConstraint("length(reason) > 0", name="reason_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    return_id: Mapped[int] = mapped_column(ForeignKey("returns.id", ondelete="CASCADE"))
    round: Mapped[int]
    form: Mapped[str] = mapped_column(String(12))
    field: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)


class ReturnEvent(Model):
    """One step of the workflow: who moved the return from which state to which, and why."""

    __tablename__ = "return_events"
    __table_args__ = (Index("ix_return_events_return_id_id", "return_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    return_id: Mapped[int] = mapped_column(ForeignKey("returns.id", ondelete="CASCADE"))
    action: Mapped[str] = mapped_column(String(10))
    from_state: Mapped[str] = mapped_column(String(9))
    to_state: Mapped[str] = mapped_column(String(9))
    at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(Text)
