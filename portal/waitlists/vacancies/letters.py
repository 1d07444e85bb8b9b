"""Letters of alerts: their text, and sending them. A letter holds what the public page shows, and how to end it."""

from __future__ import annotations

from flask_babel import gettext, ngettext

from portal.core.clock import today
from portal.core.config import Settings
from portal.core.mail import Mail
from portal.core.transaction import ConstraintViolated, transaction
from portal.waitlists.vacancies import words
from portal.waitlists.vacancies.calc.finding import available_on
from portal.waitlists.vacancies.service import letters
from portal.waitlists.vacancies.service.letters import DueLetter, Part
from portal.waitlists.vacancies.types import FreePlace, Upkeep
from portal.web.formats import day
from portal.web.languages import in_language, say

MOST_PLACES = 20  # of one alert; the page has the rest


def compose(settings: Settings, due: DueLetter) -> Mail:
    """The letter in the language of its reader."""
    with in_language(due.language):
        lines = [gettext("Good day,"), "", gettext("new free places meet what you asked to be told of."), ""]
        for part in due.parts:
            lines += _part(settings, part)
        lines.append(gettext("Call before you send anybody: a place may be taken within an hour."))
        subject = gettext("New free places")
    body = "\n".join([*lines, "", settings.region_name]).replace("\u00a0", " ") + "\n"
    return Mail(due.email, subject, body, f"vacancies-{due.id}-{due.attempts + 1}")


def _part(settings: Settings, part: Part) -> list[str]:
    base = (settings.public_url or "").rstrip("/")
    lines = [f"{part.name}:", *(f"- {_line(place)}" for place in part.places[:MOST_PLACES])]
    rest = len(part.places) - MOST_PLACES
    if rest > 0:
        lines.append(ngettext("- and %(num)s more", "- and %(num)s more", rest))
    if base:
        lines += [
            gettext("All such places: %(address)s", address=f"{base}/volna-mista?{part.query}".rstrip("?")),
            gettext("End this alert: %(address)s", address=f"{base}/volna-mista/upozorneni/konec/{part.token}"),
        ]
    else:
        lines.append(gettext("Alerts are ended in the portal under “Free places”."))
    return [*lines, ""]


def _line(place: FreePlace) -> str:
    where = place.municipality_name or gettext("the address is not published")
    when = available_on(place, today())
    parts = [
        f"{place.service_name} ({where})",
        ngettext("%(num)s place", "%(num)s places", place.places),
        say(place.room.label),
        gettext("now") if when == today() else gettext("from %(day)s", day=day(when)),
        words.price_text(place),
        place.phone or place.email or "",
    ]
    return ", ".join(part for part in parts if part)


def plan_and_send(settings: Settings) -> dict[str, int]:
    """Plan what is new today, then send all that waits; returns how many were planned, sent, failed and dropped."""
    upkeep = Upkeep(settings.vacancy_stale_days, settings.vacancy_hidden_days)
    planned = 0
    try:
        with transaction():
            planned = letters.plan_letters(upkeep)
    except ConstraintViolated:
        pass  # another worker planned the same at the same moment
    with transaction():
        due = letters.due_letters(upkeep)
    return {"planned": planned, **letters.OUTBOX.post(settings, due, compose, is_void=lambda one: not one.parts)}
