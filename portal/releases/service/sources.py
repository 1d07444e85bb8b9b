"""What a release is made from: exact tables of a quarter with the part of each provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from portal.benchmarking.service.holdings import holdings_in
from portal.catalog.types import service_types
from portal.core.permissions import Actor, Permission
from portal.disclosure import holders_of
from portal.disclosure.audit.amounts import AmountTable
from portal.disclosure.audit.counts import CountTable
from portal.needs.readings import NeedTable, need_tables
from portal.releases import queries
from portal.releases.types import TableName
from portal.returns import service as returns
from portal.returns.types import Period
from portal.territory.service import list_units, orp_of_municipality
from portal.territory.types import Level
from portal.waitlists.need import service as need
from portal.waitlists.types import OUTSIDE, UNKNOWN

AMOUNT_FIELDS = {TableName.COSTS: "costs_total", TableName.REVENUES: "revenues_total"}
PART_COLUMNS = ("holder", "row", "column", "part")


@dataclass(frozen=True)
class Source:
    """One exact table. ``persons`` by row and column, None for amounts; ``parts``: PART_COLUMNS of holders.

    ``states``: by row and column "not_supplied" or "not_applicable" where nothing was told, otherwise ""; None: all of
    it was.
    """

    name: TableName
    rows: Sequence[str]
    columns: Sequence[str]
    persons: list[list[int]] | None
    parts: pd.DataFrame
    states: list[list[str]] | None = None

    def exact(self) -> dict[str, Any]:
        """As it is stored, without the parts."""
        found = {"rows": list(self.rows), "columns": list(self.columns), "persons": self.persons}
        return found if self.states is None else {**found, "states": self.states}

    def stored_parts(self) -> list[list[Any]]:
        """Lines of ``parts`` in plain types."""
        return [list(line) for line in self.parts.itertuples(index=False)]

    @classmethod
    def from_stored(cls, name: str, exact: Mapping[str, Any], parts: Sequence[Sequence[Any]]) -> Source:
        frame = pd.DataFrame([tuple(line) for line in parts], columns=list(PART_COLUMNS))
        axes = tuple(exact["rows"]), tuple(exact["columns"])
        return cls(TableName(name), *axes, exact["persons"], frame, exact.get("states"))

    def count_table(self) -> CountTable:
        own = self.parts.rename(columns={"part": "persons"})
        persons = np.array(self.persons, dtype=np.int64).reshape(len(self.rows), len(self.columns))
        absent = None if self.states is None else np.array([[bool(each) for each in line] for line in self.states])
        return CountTable(str(self.name), tuple(self.rows), tuple(self.columns), persons, own, absent)

    def amount_table(self) -> AmountTable:
        parts = self.parts.rename(columns={"part": "amount"})
        return AmountTable(str(self.name), tuple(self.rows), tuple(self.columns), parts)


def read_sources(period: Period) -> list[Source]:
    """The exact tables of a closed quarter, those of persons first. A table that nobody told anything of is left out.

    Holdings count as one provider; of needs each municipality stands in the place of a provider. Some fifteen
    statements.
    """
    services = queries.providers_of_services()
    holders = holders_of(holdings_in(period))
    holder_of = {service: holders.get(ico, ico) for service, (_type, ico) in services.items()}
    types = {type_code for type_code, _ico in services.values()}
    axes = _Axes(
        types=[code for code in service_types() if code in types],
        situations=list(returns.residence_words("cs").situations),
        areas=[*(unit.code for unit in list_units(Level.ORP)), OUTSIDE, UNKNOWN],
    )
    orp_of = orp_of_municipality()
    found = [*_waiting(period, axes, holder_of), *_users(period, axes, services, holder_of, orp_of), *_needs(period)]
    return [*found, *_amounts(period, axes, services, holder_of, orp_of)]


@dataclass(frozen=True)
class _Axes:
    types: list[str]
    situations: list[str]
    areas: list[str]

    def rows(self, name: TableName) -> list[str]:
        return self.situations if name.by_situation else self.types


def _waiting(period: Period, axes: _Axes, holder_of: Mapping[int, str]) -> list[Source]:
    tables = need.person_tables(period, holder_of)
    if tables is None:
        return []
    named = {
        TableName.WAITING: tables.waiting_by_type,
        TableName.UNMET: tables.unmet_by_type,
        TableName.SITUATIONS: tables.waiting_by_situation,
    }
    return [
        Source(
            name,
            axes.rows(name),
            axes.areas,
            _matrix(axes.rows(name), axes.areas, table.cells.itertuples(index=False)),
            table.own.set_axis(list(PART_COLUMNS), axis=1),
        )
        for name, table in named.items()
    ]


def _users(
    period: Period,
    axes: _Axes,
    services: Mapping[int, tuple[str, str]],
    holder_of: Mapping[int, str],
    orp_of: Mapping[str, str],
) -> list[Source]:
    told = returns.residences_frame(period)
    if told.empty:
        return []
    parts = told.assign(
        holder=[holder_of[service] for service in told["service_id"]],
        row=[services[service][0] for service in told["service_id"]],
        column=[_area(code, orp_of) for code in told["municipality_code"]],
    )
    own = parts.groupby(["holder", "row", "column"], as_index=False).agg({"persons": "sum"})
    cells = own.groupby(["row", "column"], as_index=False).agg({"persons": "sum"})
    persons = _matrix(axes.types, axes.areas, cells.itertuples(index=False))
    return [Source(TableName.USERS, axes.types, axes.areas, persons, own.set_axis(list(PART_COLUMNS), axis=1))]


def _needs(period: Period) -> list[Source]:
    """What municipalities told. The contributor who knows its own part is the municipality that the persons are of.

    The seat of an ORP, which gathers them, knows its whole column by its task, so there is nothing to keep from it.
    """
    tables = need_tables(period)
    if tables is None:
        return []
    named = {TableName.NEEDS: tables.by_situation, TableName.NEEDS_TYPES: tables.by_type}
    return [_need_source(name, table) for name, table in named.items()]


def _need_source(name: TableName, table: NeedTable) -> Source:
    cells = [[table.cells[row, area] for area in table.areas] for row in table.rows]
    persons = [[int(cell.number or 0) for cell in line] for line in cells]
    states = [["" if cell.state.has_number else str(cell.state) for cell in line] for line in cells]
    return Source(name, table.rows, table.areas, persons, pd.DataFrame(table.own, columns=list(PART_COLUMNS)), states)


def _amounts(
    period: Period,
    axes: _Axes,
    services: Mapping[int, tuple[str, str]],
    holder_of: Mapping[int, str],
    orp_of: Mapping[str, str],
) -> list[Source]:
    cells = returns.figures_frame(fields=list(AMOUNT_FIELDS.values()), periods=[period])
    sums = cells[cells["value"].notna()].groupby(["field", "service_id"], observed=True, as_index=False)["value"].sum()
    sums = sums[sums["value"] > 0]  # less than nothing is a correction of another quarter, and no amount of this one
    places = queries.municipalities_of_services()
    found = []
    for name, field in AMOUNT_FIELDS.items():
        own = sums[sums["field"] == field]
        if own.empty:
            continue
        parts = own.assign(
            holder=[holder_of[service] for service in own["service_id"]],
            row=[services[service][0] for service in own["service_id"]],
            column=[_area(places.get(service, UNKNOWN), orp_of) for service in own["service_id"]],
        )
        lines = parts.groupby(["holder", "row", "column"], as_index=False).agg({"value": "sum"})
        found.append(Source(name, axes.types, axes.areas, None, lines.set_axis(list(PART_COLUMNS), axis=1)))
    return found


def _area(municipality: str, orp_of: Mapping[str, str]) -> str:
    if municipality in (OUTSIDE, UNKNOWN):
        return municipality
    return orp_of.get(municipality, OUTSIDE)


def _matrix(rows: Sequence[str], columns: Sequence[str], cells: Any) -> list[list[int]]:
    row_of = {code: place for place, code in enumerate(rows)}
    column_of = {code: place for place, code in enumerate(columns)}
    found = [[0] * len(columns) for _ in rows]
    for row, column, persons in cells:
        found[row_of[row]][column_of[column]] = int(persons)
    return found


def may_see_exact(actor: Actor) -> bool:
    """Whether somebody may see exact figures of all services and persons."""
    return actor.is_regional and actor.can(Permission.WAITLIST_ALL) and actor.can(Permission.COMPARE_ALL)
