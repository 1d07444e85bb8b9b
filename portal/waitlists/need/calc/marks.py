"""What holds for each application on the last day of a quarter. Pure."""

from __future__ import annotations

import numpy as np

from portal.waitlists.need.types import SHARES_OF_YEAR, Coded, Flags, Lists, Mark, Users, Whole
from portal.waitlists.types import OPEN_STATES, State, Urgency

WITHOUT_HELP = (State.REFUSED, State.DECLINED, State.WITHDRAWN, State.EXPIRED)


def is_one_of(column: Coded, wanted: tuple[str, ...]) -> Flags:
    """Whether the value of each row is one of these."""
    known = np.array([name in wanted for name in column.names], dtype=bool)
    return known[column.codes] if len(known) else np.zeros(len(column.codes), dtype=bool)


def marks_of_applications(lists: Lists, first_day: int, last_day: int) -> Whole:
    """Marks that an application has by itself; UNMET and LEFT depend on the person, see ``marks_of_persons``.

    The ladder is nested: an urgent application counts as urgent only where it is confirmed and could start.
    """
    is_open = is_one_of(lists.state, OPEN_STATES)
    ended_now = ~is_open & (lists.decided >= first_day)
    confirmed = is_open & (lists.confirmed > last_day - SHARES_OF_YEAR)
    able = confirmed & (lists.can_start <= last_day) & ~is_one_of(lists.urgency, (Urgency.AHEAD,))
    urgent = able & is_one_of(lists.urgency, (Urgency.URGENT,))
    marks = np.zeros(len(lists), dtype=np.int64)
    for mark, holds in (
        (Mark.OPEN, is_open),
        (Mark.CONFIRMED, confirmed),
        (Mark.ABLE, able),
        (Mark.URGENT, urgent),
        (Mark.ARRIVED, lists.received >= first_day),
        (Mark.SATISFIED, ended_now & is_one_of(lists.state, (State.ADMITTED,))),
        (Mark.LEFT, ended_now & is_one_of(lists.state, WITHOUT_HELP)),
        (Mark.DIED, ended_now & is_one_of(lists.state, (State.DECEASED,))),
    ):
        marks[holds] |= int(mark)
    return marks


def marks_of_persons(lists: Lists, users: Users, marks: Whole, persons: Whole, user_persons: Whole, size: int) -> Whole:
    """The marks with UNMET and LEFT as they hold for one way of telling persons apart.

    ``persons``, ``user_persons``: numbers 0 to ``size`` - 1 of the person of each application and of each user; both
    speak of the same types (``lists.type_code`` and ``users.type_code`` share their names).
    """
    key = lists.type_code.codes * size + persons
    cells = size * max(1, len(lists.type_code.names))

    def having(mark: Mark) -> Flags:
        found = np.zeros(cells, dtype=bool)
        found[key[(marks & int(mark)) != 0]] = True
        return found

    helped = having(Mark.SATISFIED)
    helped[users.type_code.codes * size + user_persons] = True
    has_open, has_died = having(Mark.OPEN)[key], having(Mark.DIED)[key]
    has_help = helped[key]
    result = marks.copy()
    result[((marks & int(Mark.OPEN)) != 0) & ~has_help] |= int(Mark.UNMET)
    result[has_open | has_help | has_died] &= ~int(Mark.LEFT)
    return result
