"""Needs of a quarter by two dimensions, and how much of each cell a municipality has itself: for releases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from portal.catalog.types import service_types
from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell
from portal.needs import queries
from portal.needs.calc import summed_by
from portal.needs.types import NO_TYPE, Row
from portal.returns.residences.situations import adverse_situations
from portal.returns.types import Period
from portal.territory import service as territory
from portal.territory.types import Level

Place = tuple[str, str]  # row and ORP


@dataclass(frozen=True)
class NeedTable:
    """``cells``: of every row and ORP; ``own``: (municipality, row, ORP, persons), without those that have none."""

    rows: Sequence[str]
    areas: Sequence[str]
    cells: Mapping[Place, Cell]
    own: Sequence[tuple[str, str, str, int]]


@dataclass(frozen=True)
class NeedTables:
    """The same persons twice: by situation, and by wanted type (NO_TYPE where none was named)."""

    by_situation: NeedTable
    by_type: NeedTable


def need_tables(period: Period) -> NeedTables | None:
    """Exact counts of a quarter, corrected numbers in place of originals. None where nobody told a number.

    A situation of which no municipality of an ORP told anything is not supplied there. A type has a number wherever one
    of them told a number, since who told its needs has none of the types that it did not name; otherwise it says what
    the ORP says of all situations together. That needs do not concern an ORP stands only once all its municipalities
    have handed over, as on the map; until then it is not supplied. Figures of municipalities that the territory no
    longer has are left out. These are exact counts of persons: whoever shows them to others than the
    kraj takes them through ``portal.disclosure`` first. Four statements.
    """
    orp_of = territory.orp_of_municipality()
    areas = [unit.code for unit in territory.list_units(Level.ORP)]
    rows = [row for row in queries.needs([str(period)]) if row.key.municipality_code in orp_of]
    told = [row for row in rows if row.persons.number is not None]
    if not told:
        return None

    def area(row: Row) -> str:
        return orp_of[row.key.municipality_code]

    def table(codes: Sequence[str], code: Callable[[Row], str], cells: Mapping[Place, Cell]) -> NeedTable:
        own = summed_by(told, lambda row: (row.key.municipality_code, code(row), area(row)))
        lines = [(*place, int(cell.number)) for place, cell in sorted(own.items()) if cell.number]
        return NeedTable(codes, areas, cells, lines)

    def situation(row: Row) -> str:
        return row.key.situation

    def wanted(row: Row) -> str:
        return row.key.type_code or NO_TYPE

    handed = queries.handed_over(str(period))
    waited_for = {orp for code, orp in orp_of.items() if code not in handed}

    def said(cells: Mapping[Any, Cell], area_of: Callable[[Any], str]) -> dict[Any, Cell]:
        return {
            place: NOT_SUPPLIED if cell == NOT_APPLICABLE and area_of(place) in waited_for else cell
            for place, cell in cells.items()
        }

    situations, types = list(adverse_situations()), [*service_types(), NO_TYPE]
    by_situation = said(summed_by(rows, lambda row: (situation(row), area(row))), itemgetter(1))
    whole, by_type = said(summed_by(rows, area), str), summed_by(told, lambda row: (wanted(row), area(row)))
    return NeedTables(
        table(situations, situation, _complete(situations, areas, by_situation, {})),
        table(types, wanted, _complete(types, areas, by_type, whole)),
    )


def handed_over_by_orp(period: Period) -> dict[str, tuple[int, int]]:
    """How many municipalities of each ORP said that their figures of the quarter are complete, and of how many.

    A fact about municipalities and no person; who tells it before it was published tells what others did. Three
    statements.
    """
    handed, orp_of = queries.handed_over(str(period)), territory.orp_of_municipality()
    found = {unit.code: (0, 0) for unit in territory.list_units(Level.ORP)}
    for code, orp in orp_of.items():
        done, of = found[orp]
        found[orp] = done + (code in handed), of + 1
    return found


def counting_changed_since(asked: Sequence[tuple[Period, datetime]]) -> list[bool]:
    """Of each quarter and moment: whether what counts of any figure of needs changed later than that: written,
    corrected, withdrawn, removed, by a file or back. One statement.
    """
    return queries.counting_changed([(str(period), moment) for period, moment in asked])


def _complete(
    rows: Sequence[str], areas: Sequence[str], cells: Mapping[Place, Cell], whole: Mapping[str, Cell]
) -> dict[Place, Cell]:
    """A cell for every place. One that is missing is zero where the area told a number, otherwise as ``whole`` says."""
    missing = {area: whole.get(area, NOT_SUPPLIED) for area in areas}
    missing = {area: Cell.of(0) if cell.state.has_number else cell for area, cell in missing.items()}
    return {(row, area): cells.get((row, area), missing[area]) for row in rows for area in areas}
