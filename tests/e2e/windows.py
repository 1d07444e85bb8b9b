"""What is asked of every page, and windows that stay open from one page to the next."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.e2e.conftest import OpenAs, Watched
from tests.e2e.keyboard import keyboard_faults


def faults_of(watched: Watched, path: str) -> list[str]:
    """What is not accessible, quiet, contained and narrow enough."""
    watched.open(path)
    return watched.accessibility_faults() + watched.reflow_faults() + watched.faults()


def faults_by_keys(watched: Watched, path: str) -> list[str]:
    """Where the Tab key alone does not lead through the page."""
    return keyboard_faults(watched.open(path, until="load")) + watched.faults()


class Windows:
    """One window for each person: what is loaded once is there for the next page."""

    def __init__(self, open_as: OpenAs, **options: Any) -> None:
        self._open = partial(open_as, **options)
        self._of: dict[str, Watched] = {}

    def of(self, who: str) -> Watched:
        """The person's window, with what went wrong on earlier pages forgotten."""
        if who not in self._of:
            self._of[who] = self._open(who)
        self._of[who].problems.clear()
        return self._of[who]
