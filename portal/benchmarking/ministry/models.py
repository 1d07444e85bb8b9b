"""Tables of the ministry's yearly reporting."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import ExactNumber, Model, UtcDateTime
from portal.returns.models import STATE_AND_VALUE_AGREE


class MinistrySource(Model):
    """Where files come from, and what their columns mean."""

    __tablename__ = "ministry_sources"
    __table_args__ = (UniqueConstraint("name"), CheckConstraint("length(name) > 0", name="name_given"))

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    columns: Mapped[dict[str, str]] = mapped_column(JSON)  # role -> heading of the column


class MinistryImport(Model):
    """One file of the ministry's figures: what it would change and what became of it."""

    __tablename__ = "ministry_imports"
    __table_args__ = (
        CheckConstraint(
            "state IN ('mapping', 'previewed', 'waiting', 'rejected', 'applied', 'rolled_back', 'discarded')",
            name="state_known",
        ),
        Index("ix_ministry_imports_year_state", "year", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("ministry_sources.id", ondelete="RESTRICT"), index=True)
    year: Mapped[int | None]  # null while neither a person nor the file has said it
    file_name: Mapped[str] = mapped_column(String(200))
    content_hash: Mapped[str] = mapped_column(String(64), index=True)  # of the file alone
    state: Mapped[str] = mapped_column(String(12))
    columns: Mapped[dict[str, str]] = mapped_column(JSON)  # the mapping that this file is read by
    table: Mapped[dict[str, Any] | None] = mapped_column("file_table", JSON(none_as_null=True))  # while it is open
    rows: Mapped[int] = mapped_column("row_count")
    new: Mapped[int]
    changed: Mapped[int]
    same: Mapped[int]
    unknown: Mapped[list[Any]] = mapped_column(JSON)  # rows of services that the portal does not know
    faults: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # the first of them, as shown
    fault_count: Mapped[int]
    base_import_id: Mapped[int | None]  # the applied import of the year that this one was compared with
    created_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_user_id: Mapped[int | None]
    applied_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rolled_back_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)

    source: Mapped[MinistrySource] = relationship()


class MinistryImportChange(Model):
    """What one import says of one figure; what was before is what taking it back restores."""

    __tablename__ = "ministry_import_changes"
    __table_args__ = (
        CheckConstraint("kind IN ('new', 'changed', 'same')", name="kind_known"),
        CheckConstraint(STATE_AND_VALUE_AGREE.format(prefix="after_"), name="after_state_and_value_agree"),
    )

    import_id: Mapped[int] = mapped_column(ForeignKey("ministry_imports.id", ondelete="CASCADE"), primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"), primary_key=True, index=True)
    item: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    row: Mapped[int] = mapped_column("row_number")
    before_state: Mapped[str | None] = mapped_column(String(14))  # null: there was no figure
    before_value: Mapped[Decimal | None] = mapped_column(ExactNumber)
    before_row: Mapped[int | None]
    after_state: Mapped[str] = mapped_column(String(14))
    after_value: Mapped[Decimal | None] = mapped_column(ExactNumber)


class MinistryFigure(Model):
    """A yearly figure of a service as the ministry has it, in CZK."""

    __tablename__ = "ministry_figures"
    __table_args__ = (
        CheckConstraint(STATE_AND_VALUE_AGREE.format(prefix=""), name="state_and_value_agree"),
        CheckConstraint("value IS NULL OR value >= 0", name="value_not_negative"),
        Index("ix_ministry_figures_year_item", "year", "item"),
    )

    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="RESTRICT"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item: Mapped[str] = mapped_column(String(40), primary_key=True)
    state: Mapped[str] = mapped_column(String(14))
    value: Mapped[Decimal | None] = mapped_column(ExactNumber)
    row: Mapped[int] = mapped_column("row_number")  # its place in the file; the order of the printed table


class Reconciliation(Model):
    """What the region made of one difference. Figures are those it was decided about: they may change later."""

    __tablename__ = "reconciliations"
    __table_args__ = (
        UniqueConstraint("service_id", "year", "item"),
        CheckConstraint("state IN ('open', 'explained', 'to_correct', 'accepted')", name="state_known"),
        Index("ix_reconciliations_waits_for", "waits_for"),
        CheckConstraint("waits_for IS NULL OR waits_for IN ('provider', 'region')", name="waits_for_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="RESTRICT"))
    year: Mapped[int]
    item: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10))
    m_value: Mapped[Decimal | None] = mapped_column(ExactNumber)
    b_value: Mapped[Decimal | None] = mapped_column(ExactNumber)
    waits_for: Mapped[str | None] = mapped_column(String(8))  # who is to write next in the thread
    asked: Mapped[bool]  # the provider was asked, and may see the thread
    version: Mapped[int]  # grows with every change; a form sends back the one it was drawn with
    changed_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by_user_id: Mapped[int | None]

    messages: Mapped[list[ReconciliationMessage]] = relationship(
        cascade="all, delete-orphan", order_by="ReconciliationMessage.id"
    )


class ReconciliationMessage(Model):
    """One sentence of the thread about a difference. Comments are the region's own; the provider never sees them."""

    __tablename__ = "reconciliation_messages"
    __table_args__ = (
        CheckConstraint("kind IN ('comment', 'question', 'answer')", name="kind_known"),
        CheckConstraint("length(text) > 0", name="text_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reconciliation_id: Mapped[int] = mapped_column(ForeignKey("reconciliations.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))


class QuestionLetter(Model):
    """One letter that tells a person of a provider of a question. It is planned once, with the question."""

    __tablename__ = "question_letters"
    __table_args__ = (
        UniqueConstraint("message_id", "user_id"),
        CheckConstraint("state IN ('waiting', 'sending', 'sent', 'failed', 'dropped')", name="state_known"),
        CheckConstraint("sent_at_utc IS NULL OR state = 'sent'", name="sent_when"),
        Index("ix_question_letters_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reconciliation_id: Mapped[int] = mapped_column(ForeignKey("reconciliations.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("reconciliation_messages.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(320))
    state: Mapped[str] = mapped_column(String(8))  # "sending" past its next attempt: its sender died
    attempts: Mapped[int]
    error: Mapped[str | None] = mapped_column(String(400))
    planned_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    next_attempt_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)  # while sending: until when the sender has it
    sent_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
