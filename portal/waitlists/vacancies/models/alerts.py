"""Alerts of new free places: what a person asked to be told of, what was told, and the letters."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model, UtcDateTime


class VacancyAlert(Model):
    """A wish that a person keeps."""

    __tablename__ = "vacancy_alerts"
    __table_args__ = (
        UniqueConstraint("token"),
        UniqueConstraint("user_id", "wish"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    wish: Mapped[str] = mapped_column(String(400))  # query of the public page, without its page number
    token: Mapped[str] = mapped_column(String(43))  # ends the alert from a letter; good for nothing else
    created_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)


class VacancyAlertPlace(Model):
    """A place that an alert has told of, in the state it then had."""

    __tablename__ = "vacancy_alert_places"
    __table_args__ = (Index("ix_vacancy_alert_places_place_id", "place_id"),)

    alert_id: Mapped[int] = mapped_column(ForeignKey("vacancy_alerts.id", ondelete="CASCADE"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("vacancy_places.id", ondelete="CASCADE"), primary_key=True)
    free_since_utc: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)


class VacancyLetter(Model):
    """One letter: a person gets one a day at most, with all alerts that have something new."""

    __tablename__ = "vacancy_letters"
    __table_args__ = (
        UniqueConstraint("user_id", "on_day"),
        CheckConstraint("state IN ('waiting', 'sending', 'sent', 'failed', 'dropped')", name="state_known"),
        CheckConstraint("sent_at_utc IS NULL OR state = 'sent'", name="sent_when"),
        Index("ix_vacancy_letters_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    on_day: Mapped[date]
    found: Mapped[list[Any]] = mapped_column(JSON)  # [[id of the alert, [ids of places]], ...]
    state: Mapped[str] = mapped_column(String(8))  # "sending" past its next attempt: its sender died
    attempts: Mapped[int]
    error: Mapped[str | None] = mapped_column(String(400))
    planned_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    next_attempt_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)  # while sending: until when the sender has it
    sent_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
