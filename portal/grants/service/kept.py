"""What reports read again and again, kept in the process until it changes."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from portal.core.czech import czech_sort_key
from portal.core.kept import kept
from portal.grants import queries
from portal.grants.calc.columns import Columns, columns_of
from portal.territory import service as territory
from portal.territory.types import Level, Unit


@dataclass(frozen=True)
class Places:
    """Municipalities and ORP in force by code, in Czech order of names."""

    municipalities: Mapping[str, Unit]
    orps: Mapping[str, Unit]

    @property
    def population(self) -> dict[str, int | None]:
        return {code: unit.population for code, unit in self.municipalities.items()}

    def orp_of(self, code: str) -> str | None:
        unit = self.municipalities.get(code)
        return unit.parent_code if unit is not None else None


@dataclass(frozen=True)
class Services:
    """All services, by id, by number in the register and in Czech order of names; providers by company number, in that
    order too."""

    by_id: Mapping[int, queries.ServiceRow]
    by_register_id: Mapping[int, queries.ServiceRow]
    by_name: Sequence[queries.ServiceRow]
    providers: Mapping[str, str]
    mark: Hashable  # changes with any of them


def places_kept() -> Places:
    """One query while the territory is the same, else three."""
    found = territory.find_current()
    mark = None if found is None else (found.version_id, found.content_hash)

    def read() -> Places:
        return Places(
            {unit.code: unit for unit in territory.list_units(Level.MUNICIPALITY)},
            {unit.code: unit for unit in territory.list_units(Level.ORP)},
        )

    return kept(("grants.places", mark), read)


def services_kept() -> Services:
    """One query while the catalogue is the same, else two."""
    mark = queries.services_mark()

    def read() -> Services:
        rows = queries.all_services()
        names = {row.ico: row.provider_name for row in rows}
        return Services(
            by_id={row.id: row for row in rows},
            by_register_id={row.register_id: row for row in rows},
            by_name=sorted(rows, key=lambda row: (czech_sort_key(row.name), row.register_id)),
            providers=dict(sorted(names.items(), key=lambda item: (czech_sort_key(item[1]), item[0]))),
            mark=mark,
        )

    return kept(("grants.services", mark), read)


def columns_kept(years: tuple[int, ...]) -> dict[int, Columns]:
    """Figures of the municipalities' side by year. One query while they are the same, else two."""
    marks = queries.support_marks(years)
    key = ("grants.columns", years, tuple(marks.get(year) for year in years))

    def read() -> dict[int, Columns]:
        return {year: columns_of(rows) for year, rows in queries.support_columns(years).items()}

    return kept(key, read)
