"""Tables of the quarterly returns.

A return that nobody began has no row. One that was begun has a row for every cell that its form asks of the
service, so a cell is never missing from the database without being known as "not supplied".
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import ExactNumber, Model, UtcDateTime

# A state and its number agree; zero is a state of its own and never an empty cell.
STATE_AND_VALUE_AGREE = (
    "({prefix}state = 'value' AND {prefix}value IS NOT NULL AND {prefix}value <> 0)"
    " OR ({prefix}state = 'zero' AND {prefix}value IS NOT NULL AND {prefix}value = 0)"
    " OR ({prefix}state IN ('not_applicable', 'not_supplied') AND {prefix}value IS NULL)"
)
FORM_KNOWN = "form IN ('outreach', 'outpatient', 'residential', 'all')"

RESIDENCE_STATE_KNOWN = "state IN ('supplied', 'no_one', 'not_applicable', 'not_supplied')"
MUNICIPALITY_OR_SPECIAL = "municipality_code IN ('outside', 'unknown') OR length(municipality_code) = 6"


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


class ReturnResidencePart(Model):
    """The territory part of a return as a whole; without a row it is not supplied."""

    __tablename__ = "return_residence_parts"
    __table_args__ = (CheckConstraint(RESIDENCE_STATE_KNOWN, name="state_known"),)

    return_id: Mapped[int] = mapped_column(ForeignKey("returns.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[str] = mapped_column(String(14))  # supplied: there are rows
    version: Mapped[int]  # grows with every change of the part, apart from that of the return


class ReturnResidence(Model):
    """How many users lived in a municipality, belonged to a target group and were in an adverse situation."""

    __tablename__ = "return_residences"
    __table_args__ = (
        CheckConstraint(MUNICIPALITY_OR_SPECIAL, name="municipality_or_special"),
        CheckConstraint("persons > 0", name="persons_above_zero"),
        UniqueConstraint("return_id", "municipality_code", "target_group", "adverse_situation", name="uq_residences"),
        Index(  # to a unique constraint, no two rows without a group are alike
            "uq_residences_without_group",
            "return_id",
            "municipality_code",
            "adverse_situation",
            unique=True,
            sqlite_where=text("target_group IS NULL"),
            postgresql_where=text("target_group IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    return_id: Mapped[int] = mapped_column(ForeignKey("returns.id", ondelete="CASCADE"))
    municipality_code: Mapped[str] = mapped_column(String(7))  # ČSÚ code, "outside" the region, or "unknown"
    target_group: Mapped[str | None] = mapped_column(String(20))  # code of the list "target_groups"
    adverse_situation: Mapped[str] = mapped_column(String(20))  # code of portal/returns/residences/situations.toml
    persons: Mapped[int]


class ReturnResidenceChange(Model):
    """One change of the territory part: of a row, or (without a municipality) of the state of the whole."""

    __tablename__ = "return_residence_changes"
    __table_args__ = (
        CheckConstraint(
            "(municipality_code IS NULL) = (from_state IS NOT NULL)"
            " AND (from_state IS NULL) = (to_state IS NULL)"
            " AND (municipality_code IS NULL) = (adverse_situation IS NULL)",
            name="row_or_state",
        ),
        Index("ix_return_residence_changes_return_id_version", "return_id", "version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    return_id: Mapped[int] = mapped_column(ForeignKey("returns.id", ondelete="CASCADE"))
    version: Mapped[int]  # of the part, after the change
    at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    municipality_code: Mapped[str | None] = mapped_column(String(7))
    target_group: Mapped[str | None] = mapped_column(String(20))
    adverse_situation: Mapped[str | None] = mapped_column(String(20))
    from_persons: Mapped[int | None]  # None: the row was not there
    to_persons: Mapped[int | None]  # None: the row is gone
    from_state: Mapped[str | None] = mapped_column(String(14))
    to_state: Mapped[str | None] = mapped_column(String(14))


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


class ReportingPeriodChange(Model):
    """One setting of the dates of a quarter, the opening (without earlier dates) included."""

    __tablename__ = "reporting_period_changes"
    __table_args__ = (
        CheckConstraint("from_on_time_until IS NULL OR length(reason) > 0", name="reason_given"),
        CheckConstraint("(from_on_time_until IS NULL) = (from_closes_on IS NULL)", name="from_dates_whole"),
        Index("ix_reporting_period_changes_period_id", "period", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(ForeignKey("reporting_periods.period", ondelete="CASCADE"))
    at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    from_on_time_until: Mapped[date | None]
    from_closes_on: Mapped[date | None]
    to_on_time_until: Mapped[date]
    to_closes_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)


class ReturnException(Model):
    """More time for a quarter, granted to one service, or to all of a provider where none is named.

    ``ends_at_utc`` is the first instant after it: midnight in Prague of ``until``, or the moment it was withdrawn.
    """

    __tablename__ = "return_exceptions"
    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="reason_given"),
        CheckConstraint("(withdrawn_at_utc IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn_with_reason"),
        Index("ix_return_exceptions_period_provider_id", "period", "provider_id"),
        Index("ix_return_exceptions_period_service_id", "period", "service_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(ForeignKey("reporting_periods.period", ondelete="CASCADE"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("providers.id", ondelete="CASCADE"))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"))
    until: Mapped[date]  # the first day that no longer belongs
    ends_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
    granted_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_by_user_id: Mapped[int | None]
    granted_by_name: Mapped[str] = mapped_column(String(200))
    withdrawn_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by_name: Mapped[str | None] = mapped_column(String(200))
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)


class KeyWorkerAssignment(Model):
    """Which key worker of the kraj looks after a provider, since when and until when; at most one at a time."""

    __tablename__ = "key_worker_assignments"
    __table_args__ = (
        # Named as SQLite's message about it is read.
        Index(
            "uq_key_worker_assignments_provider_id",
            "provider_id",
            unique=True,
            sqlite_where=text("ended_at_utc IS NULL"),
            postgresql_where=text("ended_at_utc IS NULL"),
        ),
        Index("ix_key_worker_assignments_user_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("providers.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    assigned_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    assigned_by_name: Mapped[str] = mapped_column(String(200))
    ended_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_name: Mapped[str | None] = mapped_column(String(200))


class CallNote(Model):
    """What came of calling a provider about a quarter."""

    __tablename__ = "return_call_notes"
    __table_args__ = (
        CheckConstraint("length(result) > 0", name="result_given"),
        Index("ix_return_call_notes_provider_id_id", "provider_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("providers.id", ondelete="CASCADE"))
    period: Mapped[str] = mapped_column(ForeignKey("reporting_periods.period", ondelete="CASCADE"))
    called_on: Mapped[date]
    result: Mapped[str] = mapped_column(String(500))
    at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))


class Reminder(Model):
    """One kind of reminder for one person and quarter. It is planned once, so that it never goes twice.

    Kinds that fall on the same day go as one message and share ``message_key``.
    """

    __tablename__ = "return_reminders"
    __table_args__ = (
        UniqueConstraint("user_id", "period", "kind"),
        CheckConstraint("state IN ('waiting', 'sending', 'sent', 'failed', 'dropped')", name="state_known"),
        CheckConstraint("sent_at_utc IS NULL OR state = 'sent'", name="sent_when"),
        Index("ix_return_reminders_state", "state"),
        Index("ix_return_reminders_period_id", "period", "id"),
        Index("ix_return_reminders_message_key", "message_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    period: Mapped[str] = mapped_column(ForeignKey("reporting_periods.period", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))  # "before-14", "after-1", "before-3@2026-08-20", "now-2026-07-20"
    message_key: Mapped[str] = mapped_column(String(32))
    email: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    services: Mapped[int]  # how many it sums up
    state: Mapped[str] = mapped_column(String(8))  # "sending" past its next attempt: its sender died
    attempts: Mapped[int]
    error: Mapped[str | None] = mapped_column(String(400))
    planned_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    next_attempt_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)  # while sending: until when the sender has it
    sent_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
    planned_by_user_id: Mapped[int | None]


class ReturnImport(Model):
    """One file of returns: what it would write, what is wrong with it, what became of it."""

    __tablename__ = "return_imports"
    __table_args__ = (
        CheckConstraint("state IN ('previewed', 'blocked', 'applied', 'rolled_back', 'discarded')", name="state_known"),
        CheckConstraint("(state IN ('applied', 'rolled_back')) = (applied_at_utc IS NOT NULL)", name="applied_timed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(64), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    period: Mapped[str] = mapped_column(String(6))
    form_version: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(11))
    empty: Mapped[int]  # services in the file with nothing filled in; they are left alone
    errors: Mapped[int]
    warnings: Mapped[int]
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # the first of them, with their cells
    marked: Mapped[bytes | None] = mapped_column(LargeBinary)  # XLSX with the problems in it, for some days
    created_at_utc: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    created_by_user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    applied_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rolled_back_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReturnImportItem(Model):
    """What one import writes into one return; ``before`` is what taking it back restores."""

    __tablename__ = "return_import_items"
    __table_args__ = (CheckConstraint("kind IN ('new', 'changed', 'unchanged')", name="kind_known"),)

    import_id: Mapped[int] = mapped_column(ForeignKey("return_imports.id", ondelete="CASCADE"), primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"), primary_key=True)
    register_id: Mapped[int]
    provider_ico: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(400))
    kind: Mapped[str] = mapped_column(String(9))
    base_version: Mapped[int]  # of the return that the preview was made on; 0: there was none
    missing: Mapped[int]  # figures that are still to be supplied before it can be submitted
    changed_cells: Mapped[int]  # cells that get another content
    emptied_cells: Mapped[int]  # of these, cells that lose what is in them
    cells: Mapped[dict[str, Any]] = mapped_column(JSON)  # "form-field" -> [state, number]; those that change
    comments: Mapped[dict[str, Any]] = mapped_column(JSON)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # of the same cells and comments, set when applied
    after_version: Mapped[int | None]  # of the return, set when applied
    # Where users live, as it is then: {"state": ..., "rows": [[municipality, group, situation, persons], ...]}.
    residences: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # None: left as it is
    residence_version: Mapped[int] = mapped_column(default=0)  # of that part when the preview was made
    residence_rows: Mapped[int] = mapped_column(default=0)  # rows that change
    after_residence_version: Mapped[int | None]
