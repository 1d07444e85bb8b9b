"""Alerts with what they told, and their letters."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from portal.accounts.models import User
from portal.core.db import db
from portal.core.outbox import Outbox
from portal.waitlists.vacancies.models import VacancyAlert, VacancyAlertPlace, VacancyLetter

OUTBOX = Outbox(VacancyLetter)
LAST_LETTERS = 10


def alerts_of(user_id: int) -> Sequence[VacancyAlert]:
    query = select(VacancyAlert).where(VacancyAlert.user_id == user_id)
    return db.session.scalars(query.order_by(VacancyAlert.id)).all()


def letters_of(user_id: int) -> Sequence[VacancyLetter]:
    query = select(VacancyLetter).where(VacancyLetter.user_id == user_id)
    return db.session.scalars(query.order_by(VacancyLetter.on_day.desc()).limit(LAST_LETTERS)).all()


def failed_letters() -> list[tuple[date, str, str | None, int]]:
    """Letters that did not go: day, whose, why, attempts; the latest first."""
    query = (
        select(VacancyLetter.on_day, User.name, VacancyLetter.error, VacancyLetter.attempts)
        .join(User, User.id == VacancyLetter.user_id)
        .where(VacancyLetter.state == "failed")
        .order_by(VacancyLetter.id.desc())
        .limit(LAST_LETTERS)
    )
    return [(row[0], row[1], row[2], row[3]) for row in db.session.execute(query)]


def find_alert(alert_id: int) -> VacancyAlert | None:
    return db.session.get(VacancyAlert, alert_id)


def find_by_token(token: str) -> VacancyAlert | None:
    return db.session.scalar(select(VacancyAlert).where(VacancyAlert.token == token))


def alerts_by_id(ids: Collection[int]) -> dict[int, VacancyAlert]:
    return {one.id: one for one in db.session.scalars(select(VacancyAlert).where(VacancyAlert.id.in_(ids)))}


def alerts_without_letter(day: date) -> Sequence[VacancyAlert]:
    """Alerts of active people to whom no letter was planned for the day."""
    has_letter = (
        select(VacancyLetter.id)
        .where(VacancyLetter.user_id == VacancyAlert.user_id, VacancyLetter.on_day == day)
        .exists()
    )
    query = select(VacancyAlert).join(User, User.id == VacancyAlert.user_id).where(User.is_active, ~has_letter)
    return db.session.scalars(query.order_by(VacancyAlert.id)).all()


def told(alert_ids: Collection[int]) -> set[tuple[int, int, datetime]]:
    """(alert, place, since when it was free) of what alerts told."""
    query = select(VacancyAlertPlace.alert_id, VacancyAlertPlace.place_id, VacancyAlertPlace.free_since_utc)
    return {
        (row[0], row[1], row[2]) for row in db.session.execute(query.where(VacancyAlertPlace.alert_id.in_(alert_ids)))
    }


def due(now: datetime) -> list[tuple[VacancyLetter, str, str]]:
    """Letters to be tried now with the address and the language of their readers."""
    query: Any = (
        select(VacancyLetter, User.email, User.language)
        .join(User, User.id == VacancyLetter.user_id)
        .where(OUTBOX.is_due(now), User.is_active)
        .order_by(VacancyLetter.id)
    )
    return [(row[0], row[1], row[2] or "cs") for row in db.session.execute(query)]
