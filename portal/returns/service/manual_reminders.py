"""Reminders that a key worker sends by hand, and what became of all reminders of a quarter."""

from __future__ import annotations

from collections.abc import Sequence

from portal.core import audit
from portal.core.clock import now_utc, today
from portal.core.czech import czech_sort_key
from portal.core.errors import Invalid
from portal.core.messages import Message, _m, _mn
from portal.core.permissions import Actor
from portal.returns.followup import (
    FollowUpFilter,
    PlannedReminder,
    ReminderPlan,
    SentReminders,
)
from portal.returns.queries import reminders
from portal.returns.service.reminders import list_addressees
from portal.returns.types import Period, ReportingDates

ROWS_PER_PAGE = 50
NOW = "now"  # beside the kinds of the calendar: one of today, at most one a day

audit.name_actions({"returns.reminders.retried": _m("Reminders that failed tried again")})


def kinds_by_hand(before: Sequence[int], after: Sequence[int]) -> list[tuple[str, Message]]:
    """Kinds that can be sent by hand, by code and name; one of the calendar then does not go by itself any more."""
    codes = [NOW, *(f"before-{days}" for days in before), *(f"after-{days}" for days in after)]
    return [(code, kind_name(code)) for code in codes]


def kind_name(kind: str) -> Message:
    """The name of a kind for people; one for a longer date is named as that of the usual one."""
    name, _, days = kind.partition("@")[0].partition("-")
    if name == "before":
        return _mn("%(num)s day before the date", "%(num)s days before the date", int(days))
    if name == "after":
        return _mn("%(num)s day after the date", "%(num)s days after the date", int(days))
    return _m("extra, sent by the kraj")


def plan_by_hand(wanted: FollowUpFilter, kind: str, before: Sequence[int], after: Sequence[int]) -> ReminderPlan:
    """Whom a kind of reminder would go to now, in Czech order of names, and how many of them had it before.

    The filter chooses people; the letter of each names all that the person has to hand in. Raises Invalid for a kind
    that there is not.
    """
    if kind not in dict(kinds_by_hand(before, after)):
        message = _m("Choose which reminder to send.")
        raise Invalid(message, {"pripominka": [message]})
    stored = f"{NOW}-{today()}" if kind == NOW else kind
    people = list_addressees(FollowUpFilter(wanted.dates), today())
    if wanted != FollowUpFilter(wanted.dates):
        chosen = {one.user_id for one in list_addressees(wanted, today())}
        people = [one for one in people if one.user_id in chosen]
    known = reminders.kinds_planned(wanted.dates.period)
    new = [one for one in people if (one.user_id, stored) not in known]
    new.sort(key=lambda one: (czech_sort_key(one.name), one.user_id))
    return ReminderPlan([PlannedReminder(one, (stored,)) for one in new], had=len(people) - len(new))


def list_sent(dates: ReportingDates, *, state: str = "", page: int = 1) -> SentReminders:
    """One page of the reminders of a quarter, the latest first, with counts by state over all pages."""
    counts = reminders.counts_by_state(dates.period)
    total = counts.get(state, 0) if state else sum(counts.values())
    pages = max(1, -(-total // ROWS_PER_PAGE))
    number = min(max(page, 1), pages)
    rows = reminders.page_of_messages(
        dates.period, state or None, first=(number - 1) * ROWS_PER_PAGE, count=ROWS_PER_PAGE
    )
    return SentReminders(rows, counts, total=total, page=number, pages=pages)


def try_again(actor: Actor, period: Period, key: str | None) -> int:
    """Let one failed letter, or all of the quarter (None), be tried anew; returns how many."""
    count = reminders.requeue(period, key, now_utc())
    if count:
        audit.record(
            actor,
            "returns.reminders.retried",
            object_kind="reporting_period",
            object_key=str(period),
            details={"messages": count},
        )
    return count
