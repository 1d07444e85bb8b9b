"""Letters to those who keep waiting lists: applications wait for their yearly confirmation."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model, UtcDateTime


class ConfirmationLetter(Model):
    """One letter; it holds nothing of the applications, its text is written when it goes."""

    __tablename__ = "confirmation_letters"
    __table_args__ = (
        UniqueConstraint("user_id", "on_day"),
        CheckConstraint("state IN ('waiting', 'sending', 'sent', 'failed', 'dropped')", name="state_known"),
        CheckConstraint("sent_at_utc IS NULL OR state = 'sent'", name="sent_when"),
        Index("ix_confirmation_letters_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    on_day: Mapped[date]
    state: Mapped[str] = mapped_column(String(8))  # "sending" past its next attempt: its sender died
    attempts: Mapped[int]
    error: Mapped[str | None] = mapped_column(String(400))
    planned_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    next_attempt_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)  # while sending: until when the sender has it
    sent_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
