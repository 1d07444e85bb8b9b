"""Values of metrics that this process read lately, held as long as nobody wrote any.

Pages of the comparison read the same 20 000 to 100 000 values again and again, while they change when a return is
accepted. Each writing leaves another mark in the database (``queries.change_mark``); what was read under one mark is
given again under the same, and under no other.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

import pandas as pd

from portal.core.extensions import held_by_application

Key = tuple[object, ...]

MAX_ROWS = 1_000_000  # of some 40 bytes each
EXTENSION = "portal_held_values"


class HeldValues:
    """Frames by what was asked for, the ones used least lately given up first."""

    def __init__(self, max_rows: int = MAX_ROWS) -> None:
        self._max_rows, self._rows = max_rows, 0
        self._mark: str | None = None
        self._frames: OrderedDict[Key, pd.DataFrame] = OrderedDict()
        self._lock = Lock()

    def get(self, mark: str | None, key: Key, read: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """The frame held under the mark, else what ``read`` gives. Whoever gets it leaves it as it is."""
        if mark is None:  # nothing was ever written under a mark
            return read()
        with self._lock:
            if self._mark == mark and key in self._frames:
                self._frames.move_to_end(key)
                return self._frames[key]
        frame = read()
        with self._lock:
            if self._mark != mark:
                self._frames.clear()
                self._mark, self._rows = mark, 0
            if key not in self._frames and len(frame) <= self._max_rows:
                self._frames[key] = frame
                self._rows += len(frame)
            while self._rows > self._max_rows:
                self._rows -= len(self._frames.popitem(last=False)[1])
        return frame


def held_values() -> HeldValues:
    """Those of this application."""
    return held_by_application(EXTENSION, HeldValues)
