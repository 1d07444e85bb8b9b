"""What was found in a file: returns with the places of their cells, and what is wrong. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from portal.core.cells import Cell, CellState
from portal.core.messages import Message
from portal.core.workbooks.sheets import Place
from portal.returns.files.layout import ServiceMark
from portal.returns.files.residences.layout import PartSheet, Says
from portal.returns.residences.types import ResidenceInput, Residences
from portal.returns.residences.words import ResidenceWords
from portal.returns.types import CellKey, FormDefinition, Period, Severity

MISSING_RULE = "missing"  # of the rules: a figure that is not supplied


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong or odd, with the cell it stands in."""

    place: Place
    severity: Severity
    message: Message
    rule: str = "file"  # the code of the rule of the form, or that it is a fault of the file


@dataclass(frozen=True)
class FiledReturn:
    """One return as the file has it. What is not in ``cells`` is not in the file, or could not be read."""

    register_id: int
    place: Place  # where the service is named
    type_code: str | None  # None: the file does not say
    forms: frozenset[str] | None  # None: the file does not say
    version: int | None  # of the return when the file was made; None: the file does not say
    cells: Mapping[CellKey, Cell] = field(default_factory=dict)
    places: Mapping[CellKey, Place] = field(default_factory=dict)
    comments: Mapping[CellKey, str] = field(default_factory=dict)
    comment_places: Mapping[CellKey, Place] = field(default_factory=dict)
    totals: Mapping[CellKey, Cell] = field(default_factory=dict)  # as the file has them; they are never taken
    has_faults: bool = False  # some cell could not be read

    @property
    def is_empty(self) -> bool:
        """Whether nothing is filled in for the service: then the file does not concern it."""
        supplied = any(cell.state is not CellState.NOT_SUPPLIED for cell in self.cells.values())
        return not supplied and not self.comments and not self.has_faults

    def place_of(self, key: CellKey) -> Place:
        return self.places.get(key, self.place)


class FiledRow(NamedTuple):
    """A row of a sheet of residences, untouched."""

    row: int
    typed: ResidenceInput


@dataclass
class FiledResidences:
    """The territory part of one return as the file has it: rows, or a word for the whole of it."""

    register_id: int
    place: Place  # where the service is named first
    sheet: PartSheet
    rows: list[FiledRow] = field(default_factory=list)
    says: Says | None = None
    says_row: int = 0
    version: int | None = None  # of the part when the file was made; None: the file does not say
    has_faults: bool = False  # some cell could not be read

    @property
    def is_empty(self) -> bool:
        """Whether nothing is filled in for the service: then the part is left as it is."""
        return not self.rows and self.says is None and not self.has_faults

    @property
    def place_of_says(self) -> Place:
        return self.place_at(self.says_row, "says")

    def place_at(self, row: int, meaning: str) -> Place:
        return Place(self.sheet.name, row, self.sheet.columns[meaning])


@dataclass(frozen=True)
class PartFiling:
    """A sheet of residences: the part of each service in it."""

    period: Period
    period_place: Place
    definition: FormDefinition
    parts: tuple[FiledResidences, ...]
    problems: tuple[Problem, ...]
    sheet: PartSheet
    words: ResidenceWords | None  # names that the file itself has in its drop-down lists


@dataclass(frozen=True)
class Filing:
    """All returns of one file: for one quarter, on one version of the form.

    ``residences`` holds the territory part of services by their number; those without anything in it are left out.
    """

    period: Period
    period_place: Place
    definition: FormDefinition
    returns: tuple[FiledReturn, ...]
    problems: tuple[Problem, ...]
    residences: Mapping[int, FiledResidences] = field(default_factory=dict)
    part_sheet: PartSheet | None = None
    words: ResidenceWords | None = None

    @property
    def filled(self) -> tuple[FiledReturn, ...]:
        """The returns with anything in them, each once; one that only tells where users live has no figures."""
        known = {filed.register_id for filed in self.returns}
        alone = [part for number, part in self.residences.items() if number not in known]
        return (
            *(filed for filed in self.returns if not filed.is_empty or filed.register_id in self.residences),
            *(FiledReturn(part.register_id, part.place, None, None, None) for part in alone),
        )

    @property
    def empty(self) -> int:
        """How many services of the file have nothing filled in."""
        return sum(filed.is_empty and filed.register_id not in self.residences for filed in self.returns)


@dataclass(frozen=True)
class SheetReturn:
    """One return as it goes into a file. ``cells`` are empty for an empty sheet."""

    mark: ServiceMark
    service_name: str
    provider_name: str
    identifier: str | None
    state: Message
    keys: tuple[CellKey, ...]
    cells: Mapping[CellKey, Cell]
    comments: Mapping[CellKey, str]
    residences: Residences = field(default_factory=Residences)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """As people go through a sheet: by columns of the sheet, each from above; errors before warnings in a cell."""
    return tuple(sorted(problems, key=lambda one: (one.place.sheet, one.place.column, one.place.row, one.severity)))
