"""Figures of areas as columns: numbers with their states, rates, rounding.

A column of figures is a pair of arrays of one length: numbers (NaN where there is none) and states. Whole columns take
the place of loops over areas, since a country has 6 258 of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from portal.disclosure import FigureState
from portal.disclosure.rounding import rounded_all
from portal.map.calc import PER_PEOPLE

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_ORDER = (
    FigureState.VALUE,
    FigureState.ZERO,
    FigureState.NOT_APPLICABLE,
    FigureState.NOT_SUPPLIED,
    FigureState.UNDEFINED,
    FigureState.HIDDEN,
)
_NAMES = np.array(_ORDER, dtype=object)
VALUE, ZERO, NOT_APPLICABLE, NOT_SUPPLIED, UNDEFINED, HIDDEN = range(len(_ORDER))


@dataclass(frozen=True)
class Figures:
    """Numbers of areas and the codes of their states (VALUE, ZERO ...); ``norm`` is NaN where there is none."""

    numbers: Floats
    states: Whole
    norm: Floats

    def state_names(self) -> npt.NDArray[np.object_]:
        """The states as FigureState."""
        named: npt.NDArray[np.object_] = _NAMES[self.states]
        return named


@dataclass(frozen=True)
class Texts:
    """A column of few different texts: ``names[numbers[i]]`` is the text of row i. A tenth of the memory of texts."""

    numbers: npt.NDArray[np.int16]
    names: tuple[str, ...]

    @classmethod
    def of(cls, values: Iterable[object]) -> Texts:
        """Coded texts; None becomes ""."""
        texts = np.array(["" if value is None or value != value else str(value) for value in values], dtype=object)
        names, numbers = np.unique(texts, return_inverse=True) if len(texts) else (texts, np.empty(0))
        return cls(numbers.astype(np.int16), tuple(names.tolist()))

    def are(self, text: str) -> Flags:
        """Which rows have the text."""
        number = self.names.index(text) if text in self.names else -1
        found: Flags = self.numbers == number
        return found


def figures(numbers: Floats, without: Whole | int = NOT_SUPPLIED, norm: Floats | None = None) -> Figures:
    """Figures of numbers, rounded; ``without``: the state of those that have none (NaN)."""
    rounded = rounded_all(numbers)
    has_number = ~np.isnan(rounded)
    states = np.where(has_number, np.where(rounded == 0, ZERO, VALUE), without)
    return Figures(
        rounded, states.astype(np.int64), np.full(len(numbers), np.nan) if norm is None else rounded_all(norm)
    )


def per_people(counts: Figures, people: Floats) -> Figures:
    """Counts per 1 000 people; ``people`` NaN: not known.

    A count without a number keeps its state; people not known: not supplied; nobody of that age there: not applicable.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(people > 0, counts.numbers * PER_PEOPLE / people, np.nan)
    without = np.where(
        np.isnan(counts.numbers), counts.states, np.where(np.isnan(people), NOT_SUPPLIED, NOT_APPLICABLE)
    )
    return figures(rate, without)


def nothing(areas: int) -> Figures:
    """Figures of areas of which nothing was told."""
    return figures(np.full(areas, np.nan))


def summed(places: Whole, amounts: Floats, areas: int) -> Floats:
    """Sum of amounts by area; ``places``: number of the area of each amount, below 0 outside of all."""
    inside = places >= 0
    return np.bincount(places[inside], weights=amounts[inside], minlength=areas).astype(np.float64)


def counted(places: Whole, areas: int) -> Floats:
    """How often each area occurs."""
    return summed(places, np.ones(len(places)), areas)
