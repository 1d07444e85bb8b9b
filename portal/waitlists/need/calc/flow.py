"""The way of persons through a type of service within a year. Pure.

used | waited | asked | direct -> user -> stays | died | left -> next service | nowhere
waited | asked -> waits | unhelped | died_waiting

Each person takes one way in each type, so what comes into a station is what leaves it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from portal.waitlists.need.types import NEXT, NEXT_WITHIN_DAYS, STILL, Asked, Flags, Flow, Station, Stays, Whole


def flow_of_year(asked: Asked, stays: Stays, types: Sequence[str], persons: int, first_day: int, last_day: int) -> Flow:
    """Persons between stations, by type. ``persons``: their numbers are 0 to ``persons`` - 1.

    In the year are applications received by its end that had not ended before it, and stays that have a day in it. How
    an application ended counts if it was in the year; afterwards it still waited. A person is a user who has a stay in
    the year or was admitted in it; whoever is admitted without a stay stays. Of several stays the one that ends last
    decides. The next service is the first stay anywhere that begins within 90 days from the last day of the one left.
    """
    size = max(1, persons)
    in_year = (asked.received <= last_day) & (asked.ended >= first_day)
    had = (stays.started <= last_day) & (stays.ended >= first_day)
    ask_key = asked.type_number[in_year] * size + asked.person[in_year]
    stay_key = stays.type_number[had] * size + stays.person[had]
    keys = np.unique(np.concatenate([ask_key, stay_key]))
    ask_at, stay_at = np.searchsorted(keys, ask_key), np.searchsorted(keys, stay_key)

    def any_of(at: Whole, holds: Flags) -> Flags:
        found = np.zeros(len(keys), dtype=bool)
        found[at[holds]] = True
        return found

    ended = asked.ended[in_year]
    everything = np.ones(len(ask_at), dtype=bool)
    asked_at_all, asked_before = any_of(ask_at, everything), any_of(ask_at, asked.received[in_year] < first_day)
    admitted = any_of(ask_at, asked.is_admitted[in_year] & (ended <= last_day))
    waits = any_of(ask_at, ended > last_day)
    died_waiting = any_of(ask_at, asked.is_deceased[in_year] & (ended <= last_day))
    has_stay = any_of(stay_at, np.ones(len(stay_at), dtype=bool))
    used_before = any_of(stay_at, stays.started[had] < first_day)
    stays_on = any_of(stay_at, stays.ended[had] > last_day)
    is_user = has_stay | admitted
    last = _last_stays(stays, np.flatnonzero(had), stay_at, len(keys))
    died = has_stay & ~stays_on & stays.is_deceased[last] if len(stays.person) else np.zeros(len(keys), dtype=bool)

    source = np.select(
        [used_before, asked_before, asked_at_all], [Station.USED, Station.WAITED, Station.ASKED], Station.DIRECT
    )
    rest = np.select([waits, died_waiting], [Station.WAITS, Station.DIED_WAITING], Station.UNHELPED)
    fate = np.select([stays_on | ~has_stay, died], [Station.STAYS, Station.DIED], Station.LEFT)
    types_of_keys = keys // size
    found: dict[tuple[int, str, str], int] = {}
    _add(found, types_of_keys, source, np.where(is_user, str(Station.USER), rest))
    _add(found, types_of_keys[is_user], np.full(int(is_user.sum()), str(Station.USER)), fate[is_user])
    left = is_user & (fate == Station.LEFT)
    following = _next_types(stays, last[left])
    names = np.array([*(f"{NEXT}{name}" for name in types), str(Station.NOWHERE)])
    _add(found, types_of_keys[left], np.full(int(left.sum()), str(Station.LEFT)), names[following])
    return found


def _last_stays(stays: Stays, rows: Whole, at: Whole, keys: int) -> Whole:
    """The row of the stay of each key that ends last (then: that began last); anything where there is none."""
    order = np.lexsort((rows, stays.started[rows], stays.ended[rows], at))
    last = np.zeros(keys, dtype=np.int64)
    last[at[order]] = rows[order]  # the latest of a key overwrites those before it
    return last


def _next_types(stays: Stays, rows: Whole) -> Whole:
    """The number of the type of the next service of the stays in ``rows``; -1 where there is none.

    Of two that begin on one day the one of the lower number of type.
    """
    if not len(rows):
        return np.zeros(0, dtype=np.int64)
    order = np.lexsort((np.arange(len(stays.person)), stays.type_number, stays.started, stays.person))
    begun = stays.person[order] * (STILL + 1) + stays.started[order]
    place = np.searchsorted(begun, stays.person[rows] * (STILL + 1) + stays.ended[rows], side="left")
    result = np.full(len(rows), -1, dtype=np.int64)
    for step in (0, 1):  # the stay itself may be the first one found, when it lasted one day
        at = np.minimum(place + step, len(order) - 1)
        candidate = order[at]
        fits = (
            (place + step < len(order))
            & (stays.person[candidate] == stays.person[rows])
            & (stays.started[candidate] <= stays.ended[rows] + NEXT_WITHIN_DAYS)
            & (candidate != rows)
            & (result < 0)
        )
        result[fits] = stays.type_number[candidate[fits]]
    return result


def _add(found: dict[tuple[int, str, str], int], types: Whole, sources: object, targets: object) -> None:
    source_names, source_codes = np.unique(np.asarray(sources, dtype=str), return_inverse=True)
    target_names, target_codes = np.unique(np.asarray(targets, dtype=str), return_inverse=True)
    width = max(1, len(source_names)) * max(1, len(target_names))
    cell, count = np.unique(types * width + source_codes * max(1, len(target_names)) + target_codes, return_counts=True)
    for each, persons in zip(cell.tolist(), count.tolist(), strict=True):
        kind, place = divmod(each, width)
        source, target = divmod(place, len(target_names))
        found[(kind, str(source_names[source]), str(target_names[target]))] = persons
