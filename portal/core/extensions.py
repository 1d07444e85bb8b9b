"""What an application holds for its features, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from flask import current_app

T = TypeVar("T")


def held_by_application(name: str, make: Callable[[], T]) -> T:
    """What the application of the present request or command holds under the name, made where it holds nothing yet.

    Raises RuntimeError outside of an application.
    """
    return cast(T, current_app.extensions.setdefault(name, make()))
