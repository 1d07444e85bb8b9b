"""Telling features above when figures of returns begin to count or cease to.

Figures count while a return is accepted or locked. Who keeps something computed from them listens, within the same unit
of work, so that what it keeps is never older than the returns. Nobody need listen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from portal.returns.types import FINAL_STATES, ReturnState

Listener = Callable[[Collection[int]], None]  # takes ids of returns; their rows are flushed

_listeners: list[Listener] = []


def on_counted_changed(listener: Listener) -> Listener:
    """Call the listener with the ids of returns whose figures begin or cease to count."""
    _listeners.append(listener)
    return listener


def tell_counted_changed(return_ids: Collection[int]) -> None:
    """Tell all listeners. Whoever moves a return into a final state or out of it calls this once it is flushed."""
    if return_ids:
        for listener in _listeners:
            listener(return_ids)


def counts(state: ReturnState | str) -> bool:
    """Whether figures of a return in this state are compared."""
    return ReturnState(state) in FINAL_STATES
