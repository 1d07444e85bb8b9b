"""Letters of alerts: which places are news to whom, one letter a day, and what became of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from portal.core.clock import now_utc, today
from portal.core.db import db
from portal.waitlists.vacancies.calc.asking import wish_of_query
from portal.waitlists.vacancies.calc.finding import find
from portal.waitlists.vacancies.models import VacancyAlertPlace, VacancyLetter
from portal.waitlists.vacancies.queries import alerts as queries
from portal.waitlists.vacancies.service.public import list_free
from portal.waitlists.vacancies.types import FreePlace, Upkeep

OUTBOX = queries.OUTBOX


@dataclass(frozen=True)
class Part:
    """What one alert has to tell."""

    name: str
    query: str
    token: str
    places: tuple[FreePlace, ...]


@dataclass(frozen=True)
class DueLetter:
    """A letter to be sent now, with all that its text needs; without parts nothing of it is true any more."""

    id: int
    email: str
    language: str
    attempts: int
    parts: tuple[Part, ...]


def plan_letters(upkeep: Upkeep) -> int:
    """Plan a letter for everybody whose alerts have something new and who has none for today; returns how many.

    A place is new to an alert when it was not told of since it last became free. Five statements and the writes.
    """
    day, now = today(), now_utc()
    alerts = queries.alerts_without_letter(day)
    if not alerts:
        return 0
    places, told = list_free(upkeep), queries.told([alert.id for alert in alerts])
    news: dict[int, list[list[object]]] = defaultdict(list)
    for alert in alerts:
        found = [one.place for one in find(places, wish_of_query(alert.wish), day)]
        fresh = [place for place in found if (alert.id, place.id, place.free_since_utc) not in told]
        if fresh:
            news[alert.user_id].append([alert.id, [place.id for place in fresh]])
            db.session.add_all(
                VacancyAlertPlace(alert_id=alert.id, place_id=place.id, free_since_utc=place.free_since_utc)
                for place in fresh
            )
    db.session.add_all(
        VacancyLetter(
            user_id=user_id,
            on_day=day,
            found=found,
            state="waiting",
            attempts=0,
            planned_at_utc=now,
            next_attempt_at_utc=now,
        )
        for user_id, found in news.items()
    )
    db.session.flush()
    return len(news)


def due_letters(upkeep: Upkeep) -> list[DueLetter]:
    """The letters to be tried now, the oldest first, with those of their places that are still free."""
    due = queries.due(now_utc())
    if not due:
        return []
    places = {place.id: place for place in list_free(upkeep)}
    alerts = queries.alerts_by_id({alert_id for letter, *_person in due for alert_id, _ids in letter.found})
    found = []
    for letter, email, language in due:
        parts = []
        for alert_id, ids in letter.found:
            alert, free = alerts.get(alert_id), tuple(places[one] for one in ids if one in places)
            if alert is not None and free:
                parts.append(Part(alert.name, alert.wish, alert.token, free))
        found.append(DueLetter(letter.id, email, language, letter.attempts, tuple(parts)))
    return found
