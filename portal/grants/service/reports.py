"""Reports of municipal support: what municipalities gave is public, what returns say of it is not."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from portal.catalog.types import service_types
from portal.core.cells import NOT_SUPPLIED, Cell, CellState
from portal.core.czech import czech_sort_key
from portal.core.permissions import Actor, Permission
from portal.disclosure import DisclosedFrame, FigureState, exact_for_region, own_for_provider
from portal.grants import queries
from portal.grants.calc import (
    Similar,
    Summed,
    added,
    people_of,
    per_inhabitant,
    share_of_costs,
    similar,
    summed_by,
    year_sum,
)
from portal.grants.queries import ServiceRow
from portal.grants.types import By, Line, SupportRow, check_year
from portal.returns.service import figures_frame
from portal.returns.types import Period
from portal.territory import service as territory
from portal.territory.types import Level, Unit

REVENUE, COSTS = "revenue_municipalities", "costs_total"
MAX_EARLIER = 4
RETURN_COLUMNS = ("key", "provider_ico", "item", "value", "state", "share", "services", "without")


@dataclass(frozen=True)
class Report:
    """Support of a year. ``lines`` are public.

    ``returns``: what the returns say, for those who may see it (None for all others): RETURN_COLUMNS, two rows for the
    key of a line. ``value`` is the revenue from municipalities (item REVENUE) or the costs (COSTS) of the year in CZK,
    ``share`` that of the costs which support covers, ``without`` how many of the ``services`` lack some quarter and so
    add nothing. ``total`` adds up all lines.
    """

    year: int
    by: By
    lines: tuple[Line, ...]
    total: Line
    earlier_years: tuple[int, ...]
    returns: DisclosedFrame | None

    def beside(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Rows of ``returns`` by the key of the line and item; empty for those who may not see them."""
        rows = [] if self.returns is None else self.returns.rows()
        return {(row["key"], row["item"]): row for row in rows}


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
    """Years that there is support in, the latest first."""
    return queries.years_of_support()


def municipal_totals(year: int, type_code: str | None = None) -> dict[str, Cell]:
    """What each municipality gave in a year (to one type of service), in CZK; those that told nothing have no entry.

    Public money, hence for everybody. One statement. Raises Invalid for a year that support cannot be of.
    """
    check_year(year)
    cells: dict[str, list[Cell]] = {}
    for code, state, value in queries.support_by_municipality(year, type_code):
        cells.setdefault(code, []).append(Cell(CellState(state), value))
    return {code: added(told) for code, told in cells.items()}


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

    The kraj sees figures of returns beside services, types and providers; a provider those of its own services. A
    service that says it got money from municipalities, though none of them told of any, has a line for the kraj.
    """
    check_year(year)
    earlier = tuple(sorted({each for each in earlier_years if each < year}, reverse=True))[:MAX_EARLIER]
    rows = queries.support([year, *earlier], type_code=type_code)
    places = _Places()
    present = [row for row in rows if row.year == year]
    returns, services = _returns(actor, year, by, present, type_code)
    lines = _lines(by, rows, year, earlier, places, services)
    whole = Summed()
    for row in present:
        whole.take(row)
    total = _line("", "", {}, whole, people_of(whole.municipalities, places.population))
    return Report(year, by, tuple(lines), total, earlier, returns)


class _Places:
    """Municipalities and ORP in force. Two queries."""

    def __init__(self) -> None:
        self.municipalities: dict[str, Unit] = {unit.code: unit for unit in territory.list_units(Level.MUNICIPALITY)}
        self.orps: dict[str, Unit] = {unit.code: unit for unit in territory.list_units(Level.ORP)}

    @property
    def population(self) -> dict[str, int | None]:
        return {code: unit.population for code, unit in self.municipalities.items()}

    def orp_of(self, code: str) -> str | None:
        unit = self.municipalities.get(code)
        return unit.parent_code if unit is not None else None


def _key_of(by: By, places: _Places) -> Callable[[SupportRow], Hashable]:
    if by is By.ORP:
        return lambda row: places.orp_of(row.municipality_code)
    column = {
        By.SERVICE: "register_id",
        By.TYPE: "type_code",
        By.PROVIDER: "provider_ico",
        By.MUNICIPALITY: "municipality_code",
    }[by]
    return lambda row: getattr(row, column)


def _lines(
    by: By,
    rows: Sequence[SupportRow],
    year: int,
    earlier: Sequence[int],
    places: _Places,
    services: Mapping[Hashable, ServiceRow],
) -> list[Line]:
    key_of = _key_of(by, places)
    present = summed_by((row for row in rows if row.year == year), key_of)
    before = {each: summed_by((row for row in rows if row.year == each), key_of) for each in earlier}
    keys: dict[Hashable, Any] = {key: summed.first for key, summed in present.items()}
    for groups in before.values():
        keys.update({key: one.first for key, one in groups.items() if key not in keys})
    keys.update({key: row for key, row in services.items() if key not in keys})
    population = places.population
    lines = []
    for key, first in keys.items():
        summed = present.get(key, Summed())
        people = (
            _unit_people(by, str(key), places)
            if by in (By.MUNICIPALITY, By.ORP)
            else people_of(summed.municipalities, population)
        )
        name, names = _names(by, key, first, places)
        totals = {each: before[each][key].total if key in before[each] else NOT_SUPPLIED for each in earlier}
        lines.append(_line(str(key), name, names, summed, people, totals))
    return sorted(lines, key=lambda line: _order(by, line))


def _unit_people(by: By, code: str, places: _Places) -> int | None:
    unit = (places.municipalities if by is By.MUNICIPALITY else places.orps).get(code)
    return None if unit is None else unit.population


def _names(by: By, key: Hashable, first: Any, places: _Places) -> tuple[str, dict[str, Any]]:
    """How a line is called, and the columns that identify it in files."""
    if by is By.TYPE:
        return service_types()[str(key)].name_cs, {"type_code": str(key)}
    if by is By.PROVIDER:
        return first.provider_name, {"provider_ico": str(key)}
    if by is By.MUNICIPALITY:
        unit = places.municipalities.get(str(key))
        orp = places.orps.get(places.orp_of(str(key)) or "")
        return (str(key) if unit is None else unit.name), {"code": str(key), "orp": "" if orp is None else orp.name}
    if by is By.ORP:
        unit = places.orps.get(str(key))
        return (str(key) if unit is None else unit.name), {"code": str(key)}
    is_row = isinstance(first, SupportRow)
    return (first.service_name if is_row else first.name), {
        "register_id": first.register_id,
        "type_code": first.type_code,
        "provider_ico": first.provider_ico if is_row else first.ico,
        "provider_name": first.provider_name,
    }


def _order(by: By, line: Line) -> tuple[Any, ...]:
    types = list(service_types())
    if by is By.TYPE:
        return (types.index(line.key),)
    if by is By.SERVICE:
        return (types.index(line.names["type_code"]), line.names["register_id"])
    return (czech_sort_key(line.name), line.key)


def _line(
    key: str,
    name: str,
    names: Mapping[str, Any],
    summed: Summed,
    people: int | None,
    earlier: Mapping[int, Cell] | None = None,
) -> Line:
    total = summed.total
    return Line(
        key=key,
        name=name,
        names=names,
        municipalities=len(summed.municipalities),
        amounts=summed.amounts,
        total=total,
        people=people,
        per_inhabitant=per_inhabitant(total, people),
        earlier=dict(earlier or {}),
    )


def _returns(
    actor: Actor, year: int, by: By, present: Sequence[SupportRow], type_code: str | None
) -> tuple[DisclosedFrame | None, dict[Hashable, ServiceRow]]:
    """Figures of returns for the reader, and the lines that only they make."""
    icos = actor.provider_icos(Permission.COMPARE_OWN)
    is_region = actor.is_regional and actor.can(Permission.COMPARE_ALL)
    if not by.has_returns or not (is_region or icos):
        return None, {}
    services = queries.services_of_year(year, icos=None if is_region else icos)
    if type_code is not None:
        services = [one for one in services if one.type_code == type_code]
    figures = _year_figures(year, services)
    support: dict[int, Cell] = {
        service_id: summed.total for service_id, summed in summed_by(present, lambda row: row.service_id).items()
    }
    groups: dict[Hashable, list[ServiceRow]] = {}
    alone: dict[Hashable, ServiceRow] = {}
    for one in services:
        key = {By.SERVICE: one.register_id, By.TYPE: one.type_code, By.PROVIDER: one.ico}[by]
        has_revenue = bool(figures[one.id, REVENUE].number)
        if one.id in support or has_revenue:
            groups.setdefault(key, []).append(one)
            if one.id not in support:
                alone.setdefault(key, one)
    rows = [row for key, group in groups.items() for row in _return_rows(by, str(key), group, figures, support)]
    frame = pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=object) for name in RETURN_COLUMNS})
    if is_region:
        return exact_for_region(frame, actor), alone
    if by is By.TYPE:  # own figures of a type beside everybody's support of it would be read as the type's
        return None, {}
    return own_for_provider(frame, actor), alone


def _return_rows(
    by: By,
    key: str,
    group: Sequence[ServiceRow],
    figures: Mapping[tuple[int, str], Cell],
    support: Mapping[int, Cell],
) -> list[dict[str, Any]]:
    whole = [one for one in group if figures[one.id, COSTS].number is not None]
    covered = added([support.get(one.id, NOT_SUPPLIED) for one in whole])  # support and costs of the same services
    rows = []
    for item in (REVENUE, COSTS):
        cell = added([figures[one.id, item] for one in group])
        rows.append(
            {
                "key": key,
                "provider_ico": "" if by is By.TYPE else group[0].ico,
                "item": item,
                "value": cell.number,
                "state": FigureState(str(cell.state)),
                "share": share_of_costs(covered, cell) if item == COSTS else None,
                "services": len(group),
                "without": sum(figures[one.id, item].state is CellState.NOT_SUPPLIED for one in group),
            }
        )
    return rows


def _year_figures(year: int, services: Sequence[ServiceRow]) -> dict[tuple[int, str], Cell]:
    """Revenue from municipalities and costs of the year by service, from its accepted returns. Two queries."""
    periods = [Period(year, quarter) for quarter in (1, 2, 3, 4)]
    frame = figures_frame(fields=(REVENUE, COSTS), periods=periods)
    quarters: dict[tuple[int, str], dict[int, Cell]] = {}
    columns = (frame[name].tolist() for name in ("service_id", "field", "period", "state", "value"))
    for service_id, field, period, state, value in zip(*columns, strict=True):
        known = CellState(state)
        number = Decimal(repr(value)).quantize(Decimal("0.01")) if known.has_number else None
        quarters.setdefault((service_id, field), {})[int(period[-1])] = Cell(known, number)
    return {
        (one.id, field): year_sum(quarters.get((one.id, field), {}), one.worked(year))
        for one in services
        for field in (REVENUE, COSTS)
    }


def municipality_page(code: str, year: int | None = None) -> MunicipalityPage | None:
    """Everything public about the support of one municipality; None when there is no such municipality."""
    places = _Places()
    unit = places.municipalities.get(code)
    if unit is None:
        return None
    years = queries.years_of_support()
    rows = queries.support(years, municipality_code=code) if years else []
    own_years = sorted({row.year for row in rows}, reverse=True)
    shown = year if year is not None else (own_years[0] if own_years else None)
    by_year = summed_by(rows, lambda row: row.year)
    lines = tuple((each, _line(code, unit.name, {}, by_year[each], unit.population)) for each in own_years)
    services = _lines(By.SERVICE, [row for row in rows if row.year == shown], shown or 0, (), places, {})
    beside = None
    if shown is not None:
        everybody = summed_by(queries.support([shown]), lambda row: row.municipality_code)
        beside = similar(code, places.population, {key: summed.total for key, summed in everybody.items()})
    orp = places.orps.get(unit.parent_code or "")
    return MunicipalityPage(
        code=code,
        name=unit.name,
        orp_name="" if orp is None else orp.name,
        people=unit.population,
        years=lines,
        year=shown,
        services=tuple(services),
        similar=beside,
    )
