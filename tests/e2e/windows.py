"""What is asked of every page, and windows that stay open from one page to the next."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.e2e.conftest import OpenAs, Served, Watched
from tests.e2e.keyboard import keyboard_faults
from tests.factories.visits import html_visits


def faults_of(watched: Watched, path: str) -> list[str]:
    """What is not accessible, quiet, contained and narrow enough, and where the Tab key does not lead through."""
    page = watched.open(path)
    found = keyboard_faults(page) + watched.accessibility_faults() + watched.reflow_faults()
    return found + watched.faults()


def faults_of_feature(served: Served, open_as: OpenAs, feature: str) -> list[str]:
    """The faults of all pages of a feature, each as somebody who may see it."""
    windows, faults = Windows(open_as), []
    for visit in html_visits(served.town, feature):
        found = faults_of(windows.of(visit.who), visit.path)
        faults += [f"{visit.path} as {visit.who}: {fault}" for fault in found]
    return faults


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
