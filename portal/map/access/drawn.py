"""What a scenario changes, as the script of maps draws it: one state for each municipality, classes, words.

The script is that of the layers (``portal/map/layers/drawn.py`` says what it reads). White means no change here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext

from portal.core.cells import CellState
from portal.map.access import words
from portal.map.access.calc.shift_classes import ShiftClasses, shift_classes
from portal.map.access.types import Effect, Question
from portal.map.colours import colours_of
from portal.map.types import MapClass
from portal.map.words import PLACES

UNCHANGED, CHANGED = "0", "v"
_MARKS = {CellState.NOT_APPLICABLE: "n", CellState.NOT_SUPPLIED: "m"}


def drawing(question: Question, effect: Effect, codes: Sequence[str]) -> dict[str, Any]:
    """The differences of all municipalities; ``codes`` in the order in which the browser knows them."""
    difference = {row.code: float(row.difference) for row in effect.rows}
    classes = shift_classes(list(difference.values()))
    marks = {**{code: _MARKS[state] for code, state in effect.untold.items()}, **dict.fromkeys(difference, CHANGED)}
    return {
        "title": words.effect_title(question),
        "unit": words.measure_name(question),
        "summary": " ".join(words.effect_sentences(effect)),
        "classes": gettext("Classes: natural breaks (Jenks), the same sizes for losses and gains."),
        "bands": _legend(classes),
        "colours": colours_of(len(classes.bands), is_distance=True) if classes.bands else [],
        "upper": classes.upper,
        "states": "".join(marks.get(code, UNCHANGED) for code in codes),
        "values": [difference[code] for code in codes if code in difference],
        "signed": True,
        "places": PLACES,
        "own": [],
        "flows": [],
    }


def _legend(classes: ShiftClasses) -> list[str | None]:
    """The span of each band in words; None for a band without any municipality, which the legend leaves out."""
    return [_span(band) if used else None for band, used in zip(classes.bands, classes.used, strict=True)]


def _span(band: MapClass) -> str:
    low, high = (words.signed_figure(edge) for edge in (band.low, band.high))
    return low if low == high else gettext("%(low)s to %(high)s", low=low, high=high)
