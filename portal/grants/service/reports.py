"""Reports of municipal support: what municipalities gave is public, what returns say of it is not."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from portal.core.cells import Cell
from portal.core.clock import today
from portal.core.permissions import Actor
from portal.disclosure import DisclosedFrame
from portal.grants import queries
from portal.grants.calc import people_of, per_inhabitant, summed_by
from portal.grants.calc.columns import Columns, sums
from portal.grants.limits import FIRST_YEAR, check_year, last_year
from portal.grants.service.kept import Places, Services, columns_kept, places_kept, services_kept
from portal.grants.service.lines import UNKNOWN, Lines, classes_of, inhabitants, labels, year_sums
from portal.grants.service.returns import returns_beside, sees_returns
from portal.grants.types import By, Line, Similar, SizeClass, Told

MAX_EARLIER = 4


@dataclass(frozen=True)
class Report:
    """Support of a year. ``lines`` are public.

    ``returns``: what the returns say, for those who may see it (None for all others): RETURN_COLUMNS, two rows for the
    key of a line. ``value`` is the revenue from municipalities (item REVENUE) or the costs (COSTS) of the year in CZK,
    ``share`` that of the costs which support covers, ``without`` how many of the ``services`` lack some quarter and so
    add nothing. ``total`` adds up all lines. ``told``: of a report by municipality, how many told what.
    """

    year: int
    by: By
    lines: Sequence[Line]
    total: Line
    earlier_years: tuple[int, ...]
    returns: DisclosedFrame | None
    told: Told | None = None

    def beside(self, keys: Collection[str] | None = None) -> dict[tuple[str, str], dict[str, Any]]:
        """Rows of ``returns`` by the key of the line (of these; None is all) and item; empty for those who may not see
        them."""
        if self.returns is None:
            return {}
        names = self.returns.columns
        rows = (dict(zip(names, row, strict=True)) for row in self.returns.columns_of(*names))
        return {(row["key"], row["item"]): row for row in rows if keys is None or row["key"] in keys}


@dataclass(frozen=True)
class MunicipalityPage:
    """One municipality: a line for each year, the services of one of them, and its size class."""

    code: str
    name: str
    orp_name: str
    people: int | None
    years: tuple[tuple[int, Line], ...]
    year: int | None
    services: tuple[Line, ...]
    similar: Similar | None


def list_years() -> list[int]:
    """Years that some municipality told a number of, the latest first."""
    return queries.years_of_support(FIRST_YEAR, last_year(today()))


def municipal_totals(year: int, type_code: str | None = None) -> dict[str, Cell]:
    """What each municipality gave in a year (to one type of service), in CZK, as the report by municipality says it.

    Municipalities without any figure have no entry. Public money, hence for everybody. Raises Invalid for a year that
    support cannot be of.
    """
    check_year(year, today())
    columns, services, places = columns_kept((year,))[year], services_kept(), places_kept()
    wanted = labels(By.MUNICIPALITY, services, places, [columns])
    found = year_sums(columns, wanted, places, _of_type(services, type_code))
    return {str(key): found.total(label) for label, key in enumerate(wanted.keys) if found.present[label]}


def support_mark(year: int) -> Hashable:
    """Changes whenever what municipalities told of a year does. One statement."""
    return queries.support_mark(year)


def report(
    actor: Actor,
    year: int,
    by: By,
    *,
    type_code: str | None = None,
    earlier_years: Sequence[int] = (),
) -> Report:
    """Support of a year by what ``by`` says, with totals of some earlier years beside. Raises Invalid.

    By municipality and by ORP all that are in force have a line, also those of which nobody told anything.
    The kraj sees figures of returns beside services, types and providers; a provider those of its own services. A
    service that says it got money from municipalities, though none of them told of any, has a line for the kraj.
    """
    check_year(year, today())
    earlier = tuple(sorted({each for each in earlier_years if each < year}, reverse=True))[:MAX_EARLIER]
    columns, services, places = columns_kept((year, *earlier)), services_kept(), places_kept()
    of_type = _of_type(services, type_code)
    wanted = labels(by, services, places, list(columns.values()))
    present = year_sums(columns[year], wanted, places, of_type)
    before = {each: year_sums(columns[each], wanted, places, of_type) for each in earlier}
    returns: DisclosedFrame | None = None
    alone: list[Hashable] = []
    if sees_returns(actor, by):
        mark = (queries.support_mark(year), services.mark)

        def support() -> dict[int, Cell]:
            by_service = labels(By.SERVICE, services, places, ())
            found = year_sums(columns[year], by_service, places, of_type)
            return {key: found.total(label) for key, label in by_service.of_service.items() if found.present[label]}

        returns, alone = returns_beside(actor, year, by, support, type_code=type_code, mark=mark)
    classes = classes_of(wanted, present, places) if by is By.MUNICIPALITY else None
    lines = Lines(wanted, present, before, alone, services, places, classes)
    told = lines.told() if by is By.MUNICIPALITY else None
    return Report(year, by, lines, _total(columns[year], places, of_type), earlier, returns, told)


def size_classes(year: int, type_code: str | None = None) -> tuple[SizeClass, ...]:
    """Support per inhabitant by size of the municipality, the smallest first, of a year (and one type of service).

    All municipalities in force with inhabitants, those that told nothing too. Raises Invalid for a year that support
    cannot be of.
    """
    check_year(year, today())
    columns, services, places = columns_kept((year,))[year], services_kept(), places_kept()
    wanted = labels(By.MUNICIPALITY, services, places, [columns])
    return classes_of(wanted, year_sums(columns, wanted, places, _of_type(services, type_code)), places).sizes


def _of_type(services: Services, type_code: str | None) -> frozenset[int] | None:
    """Services of the type; None is all."""
    if type_code is None:
        return None
    return frozenset(key for key, row in services.by_id.items() if row.type_code == type_code)


def _total(columns: Columns, places: Places, service_ids: frozenset[int] | None) -> Line:
    """Support of a year as a whole."""
    of = np.array([service_ids is None or each in service_ids for each in columns.service_ids], dtype=bool)
    rows = np.where(of[columns.service], 0, -1) if len(columns.service) else columns.service
    whole = sums(columns, rows, 1, inhabitants(columns, places))
    people = None if whole.people[0] == UNKNOWN else int(whole.people[0])
    total = whole.total(0)
    return Line(
        "", "", {}, int(whole.municipalities[0]), whole.amounts(0), total, people, per_inhabitant(total, people)
    )


def municipality_page(code: str, year: int | None = None) -> MunicipalityPage | None:
    """Everything public about the support of one municipality; None when there is no such municipality."""
    places = places_kept()
    unit = places.municipalities.get(code)
    if unit is None:
        return None
    years = list_years()
    rows = queries.support(years, municipality_code=code) if years else []
    by_year = summed_by(rows, lambda row: row.year)
    told_years = [each for each, summed in by_year.items() if summed.total.number is not None]
    shown = year if year is not None else max(told_years or by_year or years, default=None)
    lines = []
    for each in sorted(by_year, reverse=True):
        summed, total = by_year[each], by_year[each].total
        count = len(summed.municipalities)
        inhabited = per_inhabitant(total, unit.population)
        lines.append((each, Line(code, unit.name, {}, count, summed.amounts, total, unit.population, inhabited)))
    beside = None
    if shown is not None:
        columns = columns_kept((shown,))[shown]
        wanted = labels(By.MUNICIPALITY, services_kept(), places, [columns])
        classes = classes_of(wanted, year_sums(columns, wanted, places, None), places)
        beside = classes.similar(wanted.of_municipality[code])
    orp = places.orps.get(unit.parent_code or "")
    return MunicipalityPage(
        code=code,
        name=unit.name,
        orp_name="" if orp is None else orp.name,
        people=unit.population,
        years=tuple(lines),
        year=shown,
        services=_services_of(code, [row for row in rows if row.year == shown], places.population),
        similar=beside,
    )


def _services_of(code: str, rows: Sequence[Any], population: Mapping[str, int | None]) -> tuple[Line, ...]:
    """Services that one municipality supports, as a report by service orders them."""
    services = services_kept()
    order = labels(By.SERVICE, services, places_kept(), ())
    found = summed_by(rows, lambda row: row.service_id)
    lines = []
    for service_id in sorted(found, key=lambda each: order.of_service[each]):
        row, summed = services.by_id[service_id], found[service_id]
        people, total = people_of(summed.municipalities, population), found[service_id].total
        names = {"register_id": row.register_id, "type_code": row.type_code, "provider_name": row.provider_name}
        count = len(summed.municipalities)
        key, each = str(row.register_id), per_inhabitant(total, people)
        lines.append(Line(key, row.name, names, count, summed.amounts, total, people, each))
    return tuple(lines)
