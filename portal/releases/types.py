"""Words of releases: tables, states, and a table as it is published. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.core.messages import Message, _m

TOTAL = "all"  # the row or column of totals
BELOW = 8  # "less than 8"


class TableName(StrEnum):
    """The tables of a release, each by ORP. Names stand in addresses and files: they do not change."""

    WAITING = "waiting_by_type"
    UNMET = "unmet_by_type"
    SITUATIONS = "waiting_by_situation"
    USERS = "users_by_type"
    NEEDS = "needs_by_situation"
    NEEDS_TYPES = "needs_by_type"
    COSTS = "costs_by_type"
    REVENUES = "revenues_by_type"

    @property
    def is_amount(self) -> bool:
        return self in (TableName.COSTS, TableName.REVENUES)

    @property
    def by_situation(self) -> bool:
        return self in (TableName.SITUATIONS, TableName.NEEDS)

    @property
    def is_need(self) -> bool:
        """Told by municipalities, which are its contributors in place of providers."""
        return self in (TableName.NEEDS, TableName.NEEDS_TYPES)

    @property
    def label(self) -> Message:
        return TABLE_LABELS[self]

    @property
    def meaning(self) -> Message:
        return TABLE_MEANINGS[self]


TABLE_LABELS: Mapping[TableName, Message] = {
    TableName.WAITING: _m("Persons who wait, by type of service"),
    TableName.UNMET: _m("Unmet applicants, by type of service"),
    TableName.SITUATIONS: _m("Persons who wait, by situation"),
    TableName.USERS: _m("Users of services, by type of service"),
    TableName.NEEDS: _m("Needs that municipalities cannot solve, by situation"),
    TableName.NEEDS_TYPES: _m("Needs that municipalities cannot solve, by wanted type of service"),
    TableName.COSTS: _m("Costs of services, by type of service"),
    TableName.REVENUES: _m("Revenues of services, by type of service"),
}
TABLE_MEANINGS: Mapping[TableName, Message] = {
    TableName.WAITING: _m(
        "Persons with an application that waits or has an offer on the last day of the quarter, by ORP of residence."
        " Each person once in a cell; who waits for two types stands in both."
    ),
    TableName.UNMET: _m(
        "Persons who wait for a type of service, were not admitted to any of that type in the quarter and use none on"
        " its last day, by ORP of residence."
    ),
    TableName.SITUATIONS: _m(
        "Persons who wait, by the adverse situation that they ask for help with and ORP of residence. Who is in two"
        " situations stands in both."
    ),
    TableName.USERS: _m(
        "Users in the quarter by ORP of residence, as providers told in accepted returns. Who uses two services counts"
        " in both."
    ),
    TableName.NEEDS: _m(
        "Persons in an adverse situation that social workers of municipalities could not solve in the quarter, by ORP:"
        " the sum of those municipalities that told."
    ),
    TableName.NEEDS_TYPES: _m(
        "The same persons by the type of service that they would need, by ORP; the last row are those of whom"
        " municipalities named no type."
    ),
    TableName.COSTS: _m("Costs of the quarter from accepted returns, in thousands of CZK, by ORP of the service."),
    TableName.REVENUES: _m(
        "Revenues of the quarter from accepted returns, in thousands of CZK, by ORP of the service."
    ),
}


class State(StrEnum):
    """How far a release is."""

    DRAFT = "draft"
    PASSED = "passed"  # audited: nothing fell
    FAILED = "failed"
    PUBLISHED = "published"


class CellKind(StrEnum):
    """What a published cell says. Zero persons are never told: they are BELOW like any other small number."""

    VALUE = "value"
    BELOW = "below"  # less than 8
    HIDDEN = "hidden"  # no word on its size
    NOT_APPLICABLE = "not_applicable"  # of needs: they do not concern those who told; of amounts: nobody has any
    NOT_SUPPLIED = "not_supplied"  # nobody who should have told has told anything

    @property
    def is_absent(self) -> bool:
        """Nothing is counted there, and that is said."""
        return self in (CellKind.NOT_APPLICABLE, CellKind.NOT_SUPPLIED)


@dataclass(frozen=True)
class Cell:
    """A published cell; ``value`` in persons, or thousands of CZK."""

    kind: CellKind
    value: int | None = None


@dataclass(frozen=True)
class PublicTable:
    """A table as it is published. ``cells`` by row and column; the last row and column are totals (TOTAL)."""

    name: TableName
    rows: Sequence[str]
    columns: Sequence[str]
    cells: Sequence[Sequence[Cell]]

    @property
    def lines(self) -> list[tuple[str, Sequence[Cell]]]:
        """Rows with their code; the last one is TOTAL."""
        return list(zip([*self.rows, TOTAL], self.cells, strict=True))

    def as_dict(self) -> dict[str, Any]:
        """As it is stored: values by row, null where nothing is told, and kinds where there is no value."""
        return {
            "name": str(self.name),
            "rows": list(self.rows),
            "columns": list(self.columns),
            "cells": [[cell.value if cell.value is not None else str(cell.kind) for cell in row] for row in self.cells],
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> PublicTable:
        cells = [
            [Cell(CellKind(each)) if isinstance(each, str) else Cell(CellKind.VALUE, int(each)) for each in row]
            for row in stored["cells"]
        ]
        return cls(TableName(stored["name"]), tuple(stored["rows"]), tuple(stored["columns"]), cells)


class Origin(StrEnum):
    """The records that tables are made of, in the order in which corrections of them are told."""

    RETURNS = "returns"
    NEEDS = "needs"
    WAITING = "waiting"

    @property
    def label(self) -> Message:
        return ORIGIN_LABELS[self]

    @property
    def tables(self) -> frozenset[TableName]:
        return ORIGIN_TABLES[self]


ORIGIN_LABELS: Mapping[Origin, Message] = {
    Origin.RETURNS: _m("Returns: users, costs, revenues"),
    Origin.NEEDS: _m("Needs of municipalities"),
    Origin.WAITING: _m("Waiting lists"),
}
ORIGIN_TABLES: Mapping[Origin, frozenset[TableName]] = {
    Origin.RETURNS: frozenset({TableName.USERS, TableName.COSTS, TableName.REVENUES}),
    Origin.NEEDS: frozenset({TableName.NEEDS, TableName.NEEDS_TYPES}),
    Origin.WAITING: frozenset({TableName.WAITING, TableName.UNMET, TableName.SITUATIONS}),
}


class Corrected(StrEnum):
    """Whether records of a published quarter were corrected after its figures were counted. Never how many."""

    NO = "no"
    BEFORE = "before"  # but not after the release before this one was prepared
    SINCE = "since"
    UNTOLD = "untold"  # the quarter has no table of them

    @property
    def label(self) -> Message:
        return CORRECTED_LABELS[self]


CORRECTED_LABELS: Mapping[Corrected, Message] = {
    Corrected.NO: _m("not corrected"),
    Corrected.BEFORE: _m("corrected, last before the previous publication"),
    Corrected.SINCE: _m("corrected since the previous publication"),
    Corrected.UNTOLD: _m("no table was published"),
}


@dataclass(frozen=True)
class Corrections:
    """What became of the records of one quarter that was published before."""

    period: str
    by: Mapping[Origin, Corrected]

    @property
    def has_any(self) -> bool:
        return any(each in (Corrected.BEFORE, Corrected.SINCE) for each in self.by.values())


@dataclass(frozen=True)
class HandedOver:
    """How many municipalities of an ORP said that their needs of the quarter are complete, and of how many."""

    handed_over: int
    municipalities: int


@dataclass(frozen=True)
class Beside:
    """What a release says beside its tables: nothing of it is a figure about persons or money.

    ``handed_over`` by ORP; None where the release has no table of needs.
    """

    corrections: Sequence[Corrections]
    handed_over: Mapping[str, HandedOver] | None

    @property
    def has_corrections(self) -> bool:
        return any(each.has_any for each in self.corrections)

    @property
    def all_handed_over(self) -> HandedOver:
        """Of the whole region."""
        each = (self.handed_over or {}).values()
        return HandedOver(sum(one.handed_over for one in each), sum(one.municipalities for one in each))

    def as_dict(self) -> dict[str, Any]:
        """As it is stored, and told in files."""
        handed = self.handed_over
        return {
            "corrections": [
                {"period": each.period, **{str(origin): str(each.by[origin]) for origin in Origin}}
                for each in self.corrections
            ],
            "handed_over": None if handed is None else {code: vars(one) for code, one in sorted(handed.items())},
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Beside:
        corrections = [
            Corrections(each["period"], {origin: Corrected(each[origin]) for origin in Origin})
            for each in stored["corrections"]
        ]
        handed = stored["handed_over"]
        return cls(corrections, None if handed is None else {code: HandedOver(**one) for code, one in handed.items()})


def digest(
    period: str, rules: str, content: Sequence[Mapping[str, Any]], beside: Mapping[str, Any] | None = None
) -> str:
    """SHA-256 of what is told of a quarter and by which rules; ``beside`` None: a release from before there was any."""
    told = [period, rules, list(content), *([] if beside is None else [beside])]
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
