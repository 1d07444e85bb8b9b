"""Tables of persons as everybody may see them: small cells hidden, the rest rounded, totals of what is told.

One rule is added for the eyes of contributors (providers; of needs, municipalities), who know their own part of every
cell. A number says that a count lies in a step of five; whoever knows all but a few of these persons reads the rest
from it. So a cell is withheld, without a word on its size, where one provider has so many of its persons that fewer
than three numbers would be possible for the others. The decision looks at the step that the count falls into, never at
the count itself, and reaches further than it must: so that neither a number nor its absence leaves that provider fewer
than three. "Less than 8" goes on to mean 0 to 5 at least, also where everybody knows that there is one provider only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from portal.disclosure.counts import CountThresholds, safe_count

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

OWN_COLUMNS = ("holder", "row", "column", "persons")


@dataclass(frozen=True)
class CountTable:
    """Exact persons of one quarter by two dimensions; ``persons[r, c]`` of ``rows[r]`` and ``columns[c]``.

    ``own``: OWN_COLUMNS, how many persons of a cell a provider (or holding) has itself, rows and columns by their
    codes; a cell where it has none is left out. Nobody has more of a cell than there are in it. ``absent``: cells of
    which nobody told anything, which everybody may know; nobody is counted there.
    """

    name: str
    rows: Sequence[str]
    columns: Sequence[str]
    persons: Whole
    own: pd.DataFrame
    absent: Flags | None = None

    @cached_property
    def own_places(self) -> tuple[Whole, Whole]:
        """Flat place of each line of ``own`` in the table, and its persons. Raises ValueError for unknown codes."""
        rows = {code: place for place, code in enumerate(self.rows)}
        columns = {code: place for place, code in enumerate(self.columns)}
        try:
            row = np.array([rows[code] for code in self.own["row"]], dtype=np.int64)
            column = np.array([columns[code] for code in self.own["column"]], dtype=np.int64)
        except KeyError as unknown:
            raise ValueError(f"own persons of {self.name} lie outside of its table: {unknown}") from None
        return row * len(self.columns) + column, self.own["persons"].to_numpy(dtype=np.int64)


@dataclass(frozen=True)
class ToldCounts:
    """A table as it is published: ``told`` is NaN where nothing is; ``below`` where that means "less than 8".

    ``absent``: nobody told anything of the cell, and that is said.
    """

    period: str
    name: str
    rows: Sequence[str]
    columns: Sequence[str]
    told: Floats
    below: Flags
    absent: Flags

    @property
    def hidden(self) -> Flags:
        """Cells that count somebody, or nobody, and do not say whom."""
        return np.asarray(np.isnan(self.told) & ~self.absent, dtype=np.bool_)

    def totals(self, axis: int) -> Floats:
        """Sums of what is told, by column (0) or by row (1); NaN where nothing is."""
        sums = np.nansum(self.told, axis=axis)
        return np.where(np.isnan(self.told).all(axis=axis), np.nan, sums)

    def bounds(self, limits: CountThresholds) -> tuple[Floats, Floats]:
        """The least and the greatest count that each cell may stand for. A withheld one has no upper end; one of
        which nobody told anything adds nobody to any sum."""
        half = limits.round_to // 2
        lower = np.where(np.isnan(self.told), 0.0, np.maximum(self.told - half, limits.hidden_to + 1))
        hidden = np.where(self.absent, 0.0, np.where(self.below, float(limits.hidden_to), np.inf))
        return lower, np.where(np.isnan(self.told), hidden, self.told + (limits.round_to - 1 - half))


def tell(table: CountTable, period: str, limits: CountThresholds, insider_width: int = 2) -> ToldCounts:
    """The table under the rules. ``insider_width``: how loosely a provider may know the persons of all others.

    Raises ValueError for counts below zero, for a provider with more persons than there are, and for persons in a cell
    of which nobody told anything.
    """
    persons = np.asarray(table.persons, dtype=np.int64)
    absent = np.zeros(persons.shape, dtype=np.bool_) if table.absent is None else table.absent
    if (persons[absent] != 0).any():
        raise ValueError(f"persons are counted in {table.name} where nobody told anything")
    kept = [safe_count(int(count), limits) for count in persons.ravel()]
    told = np.array([np.nan if count is None else count for count in kept], dtype=np.float64).reshape(persons.shape)
    told[absent] = np.nan
    below = np.isnan(told) & ~absent
    rounded = ToldCounts(period, table.name, tuple(table.rows), tuple(table.columns), told, below, absent)
    most = most_of_one(table)
    if (most > persons).any():
        raise ValueError(f"a provider has more persons than there are in {table.name}")
    lower, _ = rounded.bounds(limits)
    withheld = (most > limits.hidden_to - insider_width) & (lower < most + insider_width + 1)
    return replace(rounded, told=np.where(withheld, np.nan, told), below=below & ~withheld)


def most_of_one(table: CountTable) -> Whole:
    """The greatest number of persons of each cell that a single provider has."""
    most = np.zeros(table.persons.size, dtype=np.int64)
    place, persons = table.own_places
    np.maximum.at(most, place, persons)
    return most.reshape(table.persons.shape)


def withheld(told: ToldCounts, names: Mapping[str, Sequence[tuple[int, int]]]) -> ToldCounts:
    """The table with some cells (row, column) withheld altogether."""
    values, below = told.told.copy(), told.below.copy()
    for row, column in names.get(told.name, ()):
        values[row, column], below[row, column] = np.nan, False
    return replace(told, told=values, below=below)
