"""Places on a page where another feature has something to say.

A page names a place, ``{{ asides("returns.figures", reading=reading) }}``; a feature above it, which the page's own
feature must not know, hands in what it says there. Nobody need say anything.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from flask import Flask, current_app
from markupsafe import Markup

Aside = Callable[..., str]  # takes what the place offers, by name; gives HTML

_EXTENSION = "portal_asides"
_MARKS = "portal_aside_marks"


def add_aside(app: Flask, place: str, aside: Aside, mark: Callable[[], Hashable] | None = None) -> None:
    """Let a feature speak at the place; several speak in the order in which they were added.

    On a page that is kept for the public, ``mark`` says on what the feature's words depend besides the day.
    """
    app.extensions.setdefault(_EXTENSION, {}).setdefault(place, []).append(aside)
    if mark is not None:
        app.extensions.setdefault(_MARKS, {}).setdefault(place, []).append(mark)


def aside_marks(place: str) -> tuple[Hashable, ...]:
    """On what the words at the place depend; part of the version of a page that is kept."""
    marks: list[Callable[[], Hashable]] = current_app.extensions.get(_MARKS, {}).get(place, [])
    return tuple(mark() for mark in marks)


def asides(place: str, **offered: Any) -> Markup:
    """What features say at the place."""
    speakers: list[Aside] = current_app.extensions.get(_EXTENSION, {}).get(place, [])
    return Markup("").join(Markup(aside(**offered)) for aside in speakers)  # rendered from templates, escaped there


def init_asides(app: Flask) -> None:
    app.jinja_env.globals["asides"] = asides
