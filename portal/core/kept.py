"""Columns kept in the process, so that a sum is not read anew for every change of a filter.

What is kept is named by marks that change with its content (ADR 0025); nothing kept was disclosed to anybody, since
that is decided anew for each reader.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from portal.core.db import db

MOST_KEPT = 400
MOST_ROWS = 1_000_000  # of some 40 bytes each, of what tells how many it has
RECENT_S = 1.0
T = TypeVar("T")

_lock = threading.Lock()
_kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
_recent: dict[Hashable, tuple[float, Any]] = {}


def kept(key: Hashable, build: Callable[[], T], *, rows: Callable[[T], int] = lambda _built: 0) -> T:
    """What was built for the key in this database, built now where it was not; the least lately used is dropped.

    Whoever gets it leaves it as it is. ``rows``: how much room it takes, for what can be large; what is larger than
    the room is not kept and takes nobody's place.
    """
    whole = (str(db.engine.engine.url), key)  # a process serving two databases never mixes them
    with _lock:
        if whole in _kept:
            _kept.move_to_end(whole)
            return cast(T, _kept[whole][0])
    built = build()
    room = rows(built)
    if room > MOST_ROWS:
        return built
    with _lock:
        _kept[whole] = (built, room)
        while len(_kept) > MOST_KEPT or sum(count for _, count in _kept.values()) > MOST_ROWS:
            _kept.popitem(last=False)
    return built


def recent(key: Hashable, read: Callable[[], T]) -> T:
    """A mark that takes long to read, read at most once a second: so long may a reader see what was before."""
    whole = (str(db.engine.engine.url), key)
    now = time.monotonic()
    known = _recent.get(whole)
    if known is not None and now - known[0] < RECENT_S:
        return cast(T, known[1])
    found = read()
    _recent[whole] = (now, found)
    return found


def forget() -> None:
    """Drop everything, e.g. between tests."""
    with _lock:
        _kept.clear()
        _recent.clear()
