"""Telling features above when the register gives services another type.

Who keeps something computed by the types of services listens, within the same unit of work, so that what it keeps is
never older than the catalogue. Nobody need listen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

Listener = Callable[[Collection[int]], None]  # takes ids of services; their rows are stored

_listeners: list[Listener] = []


def on_types_changed(listener: Listener) -> Listener:
    """Call the listener with the ids of services that have another type than before."""
    _listeners.append(listener)
    return listener


def tell_types_changed(before: Mapping[int, Mapping[str, Any]], type_codes: Mapping[int, str]) -> None:
    """Tell all listeners of the services whose type is not what it was; both by the register's number.

    ``before``: the rows of services as they were. Whoever stores types calls this once they are stored.
    """
    changed = [row["id"] for number, row in before.items() if row["type_code"] != type_codes.get(number)]
    if changed:
        for listener in _listeners:
            listener(changed)
