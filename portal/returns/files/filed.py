"""What was found in a file: returns with the places of their cells, and what is wrong. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from portal.core.cells import Cell, CellState
from portal.core.messages import Message
from portal.core.workbooks.sheets import Place
from portal.returns.files.layout import ServiceMark
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


@dataclass(frozen=True)
class Filing:
    """All returns of one file: for one quarter, on one version of the form."""

    period: Period
    period_place: Place
    definition: FormDefinition
    returns: tuple[FiledReturn, ...]
    problems: tuple[Problem, ...]


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


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """As people go through a sheet: by columns of the sheet, each from above; errors before warnings in a cell."""
    return tuple(sorted(problems, key=lambda one: (one.place.sheet, one.place.column, one.place.row, one.severity)))
