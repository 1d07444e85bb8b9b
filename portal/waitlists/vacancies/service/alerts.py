"""Alerts: wishes that people keep, to be told by a letter when a new place meets them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from portal.core import audit
from portal.core.clock import now_utc, today
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor
from portal.waitlists.vacancies.calc.asking import wish_of_query, write_wish
from portal.waitlists.vacancies.calc.finding import matches
from portal.waitlists.vacancies.models import VacancyAlert, VacancyAlertPlace
from portal.waitlists.vacancies.queries import alerts as queries
from portal.waitlists.vacancies.service.public import check_codes, list_free
from portal.waitlists.vacancies.types import Upkeep, Wish

MAX_NAME, MAX_ALERTS = 80, 20


@dataclass(frozen=True)
class AlertLine:
    id: int
    name: str
    wish: Wish
    query: str
    created_at_utc: datetime


@dataclass(frozen=True)
class LetterLine:
    """What became of one letter to the reader."""

    on_day: date
    state: str  # waiting, sending, sent, failed, dropped
    places: int
    error: str | None
    sent_at_utc: datetime | None


def list_alerts(actor: Actor) -> tuple[list[AlertLine], list[LetterLine]]:
    """The actor's own alerts, the oldest first, and what became of the last letters. Two statements."""
    user_id = _user_of(actor)
    alerts = [
        AlertLine(one.id, one.name, wish_of_query(one.wish), one.wish, one.created_at_utc)
        for one in queries.alerts_of(user_id)
    ]
    letters = [
        LetterLine(
            one.on_day,
            one.state,
            len({place for _alert, ids in one.found for place in ids}),
            one.error,
            one.sent_at_utc,
        )
        for one in queries.letters_of(user_id)
    ]
    return alerts, letters


def add_alert(actor: Actor, *, name: str, wish: Wish, upkeep: Upkeep) -> int:
    """Keep a wish; what is free now is known already and not told. Raises Invalid by field, Conflict for the same."""
    user_id, name = _user_of(actor), " ".join(name.split())
    if not 1 <= len(name) <= MAX_NAME:
        raise Invalid(
            _m("Please correct the following"),
            {"name": [_m("Write a name, %(most)s characters at most.", most=MAX_NAME)]},
        )
    check_codes(wish)
    query, kept = write_wish(wish), queries.alerts_of(user_id)
    if any(one.wish == query for one in kept):
        raise Conflict(_m("You already have an alert for this."))
    if len(kept) >= MAX_ALERTS:
        raise Conflict(_m("You have %(most)s alerts, which is the most. End one first.", most=MAX_ALERTS))
    alert = VacancyAlert(
        user_id=user_id, name=name, wish=query, token=secrets.token_urlsafe(32), created_at_utc=now_utc()
    )
    db.session.add(alert)
    db.session.flush()
    on = today()
    db.session.add_all(
        VacancyAlertPlace(alert_id=alert.id, place_id=place.id, free_since_utc=place.free_since_utc)
        for place in list_free(upkeep)
        if matches(place, wish, on)
    )
    audit.record(actor, "vacancies.alert.added", object_kind="vacancy_alert", object_key=alert.id)
    db.session.flush()
    return alert.id


def end_alert(actor: Actor, alert_id: int) -> None:
    """End an alert of one's own. Raises NotFound."""
    alert = queries.find_alert(alert_id)
    if alert is None or alert.user_id != _user_of(actor):
        raise NotFound(_m("There is no such alert."))
    audit.record(actor, "vacancies.alert.removed", object_kind="vacancy_alert", object_key=alert.id)
    db.session.delete(alert)
    db.session.flush()


def find_by_token(token: str) -> AlertLine | None:
    """The alert that a letter's link ends; None once it has ended."""
    one = queries.find_by_token(token)
    return None if one is None else AlertLine(one.id, one.name, wish_of_query(one.wish), one.wish, one.created_at_utc)


def end_by_token(actor: Actor, token: str) -> bool:
    """End the alert of a letter's link; whether there was one."""
    alert = queries.find_by_token(token)
    if alert is None:
        return False
    audit.record(actor, "vacancies.alert.removed", object_kind="vacancy_alert", object_key=alert.id)
    db.session.delete(alert)
    db.session.flush()
    return True


def _user_of(actor: Actor) -> int:
    if actor.user_id is None:
        raise Forbidden(_m("Sign in first."))
    return actor.user_id
