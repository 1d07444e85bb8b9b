"""How complete and how timely the returns of a quarter are, and whom to call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

from portal.catalog.types import section_order
from portal.core import audit
from portal.core.clock import now_utc, today
from portal.core.czech import czech_sort_key
from portal.core.db import db
from portal.core.errors import Invalid, NotFound
from portal.core.messages import Message, _m
from portal.core.permissions import Actor
from portal.returns.followup import (
    CallLine,
    CallList,
    CallNoteLine,
    FollowUpFilter,
    Grouping,
    Overview,
    OverviewRow,
    PersonOfProvider,
    total_of,
)
from portal.returns.models import CallNote
from portal.returns.queries import deadlines, overview
from portal.returns.types import Period

ROWS_PER_PAGE = 50
MAX_RESULT_CHARS = 500
FAR_AHEAD = datetime.max.replace(tzinfo=UTC)

audit.name_actions({"returns.call.noted": _m("Note of a call to a provider")}, kinds={"provider": _m("provider")})

# What the overview can be sorted by; the name decides between equals.
SORTS: dict[str, Callable[[OverviewRow], float | int | datetime]] = {
    "sluzeb": lambda row: row.total,
    "nezahajeno": lambda row: row.states.get("not_started", 0),
    "rozpracovano": lambda row: row.states.get("draft", 0),
    "odeslano": lambda row: row.states.get("submitted", 0),
    "vraceno": lambda row: row.states.get("returned", 0),
    "prijato": lambda row: row.states.get("accepted", 0),
    "uzamceno": lambda row: row.states.get("locked", 0),
    "vcas": lambda row: row.on_time,
    "pozde": lambda row: row.late,
    "chybi": lambda row: row.missing,
    "podil": lambda row: row.complete,
    "ceka": lambda row: row.oldest_waiting or FAR_AHEAD,
}


def read_overview(
    wanted: FollowUpFilter, grouping: Grouping, *, sort: str = "", descending: bool = False, page: int | None = 1
) -> Overview:
    """Counts by type, provider or key worker; one page of rows (None: all) and the sum over all pages.

    ``sort`` is a key of SORTS, anything else sorts by name (types by the Act). A page too far is the last one.
    """
    rows = overview.overview_rows(wanted, grouping)
    rows.sort(key=_by_name(grouping))
    if sort in SORTS:
        rows.sort(key=SORTS[sort], reverse=descending)
    elif descending:
        rows.reverse()
    pages = max(1, -(-len(rows) // ROWS_PER_PAGE))
    total = total_of(rows)
    if page is None:
        return Overview(rows, total, 1, 1)
    number = min(max(page, 1), pages)
    return Overview(rows[(number - 1) * ROWS_PER_PAGE : number * ROWS_PER_PAGE], total, number, pages)


def _by_name(grouping: Grouping) -> Callable[[OverviewRow], tuple[object, ...]]:
    if grouping is Grouping.TYPE:
        return lambda row: (section_order(row.code),)
    return lambda row: (not row.code, czech_sort_key(row.name), row.code)


def read_call_list(wanted: FollowUpFilter, *, page: int | None = 1) -> CallList:
    """Providers that have not handed in everything, those with most missing first, with all that a call needs.

    Phones and e-mails are the provider's own in the register, or where it has none, those of its services.
    """
    rows = overview.missing_by_provider(wanted)
    rows.sort(key=lambda row: (-row.missing, czech_sort_key(row.name), row.ico))
    pages = max(1, -(-len(rows) // ROWS_PER_PAGE))
    number = 1 if page is None else min(max(page, 1), pages)
    shown = rows if page is None else rows[(number - 1) * ROWS_PER_PAGE : number * ROWS_PER_PAGE]
    ids = [row.id for row in shown]
    contacts = overview.contacts_of_services(ids)
    notes = overview.last_notes(ids)
    people: dict[str, list[PersonOfProvider]] = {}
    for person in overview.people_of_providers():
        people.setdefault(person.ico, []).append(PersonOfProvider(person.name, person.email))
    lines = [
        CallLine(
            provider_id=row.id,
            ico=row.ico,
            name=row.name,
            missing=row.missing,
            total=row.total,
            worker_name=row.worker_name,
            phones=[row.phone] if row.phone else contacts[row.id]["phone"],
            emails=[row.email] if row.email else contacts[row.id]["email"],
            people=people.get(row.ico, []),
            last_note=notes.get(row.id),
        )
        for row in shown
    ]
    return CallList(lines, len(rows), sum(row.missing for row in rows), number, 1 if page is None else pages)


def read_notes(ico: str) -> tuple[str, Sequence[CallNoteLine]]:
    """Name of a provider and all notes of calls to it, the latest first. Raises NotFound."""
    provider = overview.find_provider(ico)
    if provider is None:
        raise NotFound(_m("There is no such provider."))
    return provider.name, overview.notes_of(provider.id)


def note_call(actor: Actor, *, period: Period, ico: str, called_on: date | None, result: str) -> None:
    """Write down when a provider was called about a quarter and with what result.

    Raises NotFound for an unknown provider or quarter; Invalid, by field, for a day to come or no result.
    """
    provider = overview.find_provider(ico)
    if provider is None or deadlines.find_period(period) is None:
        raise NotFound(_m("There is no such provider."))
    fields: dict[str, list[Message]] = {}
    if called_on is None:
        fields["called_on"] = [_m("Write the day as 20. 8. 2026.")]
    elif called_on > today():
        fields["called_on"] = [_m("This day is yet to come.")]
    text = " ".join(result.split())
    if not text:
        fields["result"] = [_m("Write how the call ended.")]
    elif len(text) > MAX_RESULT_CHARS:
        fields["result"] = [_m("Write at most %(limit)s characters.", limit=MAX_RESULT_CHARS)]
    if fields or called_on is None:
        raise Invalid(next(iter(fields.values()))[0], fields)
    db.session.add(
        CallNote(
            provider_id=provider.id,
            period=str(period),
            called_on=called_on,
            result=text,
            at_utc=now_utc(),
            user_id=actor.user_id,
            actor_name=actor.name,
        )
    )
    audit.record(actor, "returns.call.noted", object_kind="provider", object_key=ico, details={"period": str(period)})
    db.session.flush()
