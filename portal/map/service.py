"""The face of the map: figures of a selection, places of its services, shapes of the territory. All public."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pandas as pd

from portal.catalog.service.places import PlacedServices, ServiceOnMap, find_placed, find_service_on_map
from portal.catalog.service.version import current_version
from portal.catalog.types import CapacityUnit
from portal.core.cells import NOT_SUPPLIED, Cell
from portal.core.settings import current_settings
from portal.map import calc
from portal.map.places import Place, group_places
from portal.map.shape_files import FOLDER, kept_in_file
from portal.map.shapes import WebShapes, web_shapes
from portal.map.types import Figures, MapClass, Population, Rest, RestRow, Selection, UnitRow
from portal.territory import service as territory
from portal.territory.types import Level, TerritoryInfo, Unit

LEVELS = (Level.ORP, Level.DISTRICT, Level.MUNICIPALITY)
SHAPES_KEPT = 16

_PEOPLE: dict[Population, Callable[[Unit], int | None]] = {
    Population.ALL: lambda unit: unit.population,
    Population.AGE_0_14: lambda unit: unit.population_0_14,
    Population.AGE_65_PLUS: lambda unit: unit.population_65_plus,
    Population.AGE_80_PLUS: lambda unit: unit.population_80_plus,
}


def find_figures(day: date, selection: Selection) -> Figures:
    """Registered capacity of a selection by unit, per 1 000 people, with everything that belongs to no unit.

    Rules: ``map.calc``. Rows come in Czech order of names. A fixed number of queries.
    """
    info = territory.find_current()
    municipalities = territory.list_units(Level.MUNICIPALITY)
    units = municipalities if selection.level is Level.MUNICIPALITY else territory.list_units(selection.level)
    placed = find_placed(day, type_code=selection.type_code, form=selection.form)
    capacities = placed.capacities[placed.capacities["unit"].notna()]
    used = tuple(unit for unit in CapacityUnit if (capacities["unit"] == unit).any())
    without = calc.unit_of_forms(selection.type_code, selection.form)
    chosen = replace(
        selection,
        unit=selection.unit or CapacityUnit(calc.usual_unit(capacities, list(CapacityUnit), without)),
        population=selection.population or calc.population_for(selection.type_code),
    )
    facilities, codes = _coded(placed.facilities, selection.level, municipalities), {unit.code for unit in units}
    shares = calc.place_shares(placed.services, facilities, codes)
    by_place = _by_place(calc.capacity_by_place(shares, capacities, str(chosen.unit)))
    points = calc.points_by_place(placed.services, facilities, codes)
    rows, classes = _classified([_unit_row(unit, by_place, points, chosen, placed) for unit in units])
    return Figures(
        selection=chosen,
        territory=info,
        units=used,
        rows=rows,
        rests=tuple(_rest_row(rest, by_place[rest], points, placed) for rest in Rest if rest in by_place),
        total=replace(_total_row(info, rows, placed, capacities, chosen), points=sum(points.values())),
        classes=classes,
        region_wide=int(placed.services["region_wide"].astype(bool).sum()),
        missing=calc.missing_on_map(placed.services, placed.facilities),
        catalogue_known=placed.catalogue_known,
    )


def _coded(facilities: pd.DataFrame, level: Level, municipalities: list[Unit]) -> pd.DataFrame:
    """Facilities with the code of the unit they lie in, after the territory now in force.

    A municipality that the territory does not know keeps a code (its ORP's or its own): it is known where it
    lies, namely outside or in an ORP named by the register alone.
    """
    parents = {unit.code: _code_at(level, unit) for unit in municipalities}
    own = facilities["municipality_code"]
    code = own.map(parents).astype(object)
    if level is Level.ORP:
        code = code.where(code.notna(), facilities["orp_code"])
    code = code.where(code.notna(), own)
    return facilities.assign(code=code.where(code.notna(), None))


def _code_at(level: Level, municipality: Unit) -> str | None:
    if level is Level.MUNICIPALITY:
        return municipality.code
    return municipality.parent_code if level is Level.ORP else municipality.district_code


def _by_place(counted: pd.DataFrame) -> dict[str, Mapping[str, Any]]:
    return {str(row["place"]): row for row in counted.to_dict("records")}  # type: ignore[misc]  # names are text


_NOTHING: Mapping[str, Any] = {"services": 0, "stated": 0, "unstated": 0, "other_units": 0, "capacity": 0.0}


def _capacity(found: Mapping[str, Any], placed: PlacedServices) -> Cell:
    return calc.capacity_cell(
        services=found["services"],
        stated=found["stated"],
        unstated=found["unstated"],
        capacity=found["capacity"],
        catalogue_known=placed.catalogue_known,
    )


def _unit_row(
    unit: Unit,
    by_place: Mapping[str, Mapping[str, Any]],
    points: Mapping[str, int],
    selection: Selection,
    placed: PlacedServices,
) -> UnitRow:
    found = by_place.get(unit.code, _NOTHING)
    capacity = _capacity(found, placed)
    people = _PEOPLE[selection.population or Population.ALL](unit)
    return UnitRow(
        code=unit.code,
        name=unit.name,
        services=found["services"],
        capacity=capacity,
        people=Cell.of(people),
        rate=calc.rate_cell(capacity, people),
        points=points.get(unit.code, 0),
        unstated=found["unstated"],
        other_units=found["other_units"],
    )


def _rest_row(rest: Rest, found: Mapping[str, Any], points: Mapping[str, int], placed: PlacedServices) -> RestRow:
    return RestRow(rest, found["services"], _capacity(found, placed), points.get(rest, 0))


def _classified(rows: list[UnitRow]) -> tuple[tuple[UnitRow, ...], tuple[MapClass, ...]]:
    classes = calc.natural_classes(float(row.rate.number) for row in rows if row.rate.number is not None)
    coloured = tuple(
        row if row.rate.number is None else replace(row, class_index=calc.class_index(float(row.rate.number), classes))
        for row in rows
    )
    return coloured, tuple(classes)


def _total_row(
    info: TerritoryInfo | None,
    rows: tuple[UnitRow, ...],
    placed: PlacedServices,
    capacities: pd.DataFrame,
    selection: Selection,
) -> UnitRow:
    """The whole region: every service once, people of all units; what belongs to no unit is in it too."""
    everywhere = pd.DataFrame({"service_id": placed.services["service_id"], "place": "total", "share": 1.0})
    found = _by_place(calc.capacity_by_place(everywhere, capacities, str(selection.unit))).get("total", _NOTHING)
    capacity = _capacity(found, placed)
    people = _sum_of_people(rows)
    return UnitRow(
        code=info.region_code if info else "",
        name=info.region_name if info else "",
        services=found["services"],
        capacity=capacity,
        people=people,
        rate=calc.rate_cell(capacity, None if people.number is None else int(people.number)),
        unstated=found["unstated"],
        other_units=found["other_units"],
    )


def _sum_of_people(rows: tuple[UnitRow, ...]) -> Cell:
    """People of all units together; not supplied as soon as one unit's are not known."""
    numbers = [row.people.number for row in rows]
    if not numbers or None in numbers:
        return NOT_SUPPLIED
    return Cell.of(sum((number for number in numbers if number is not None), Decimal(0)))


def content_version() -> tuple[int, str | None]:
    """Changes whenever anything on the map does, but for the day. Two queries."""
    info = territory.find_current()
    return current_version(), None if info is None else info.content_hash


def list_places(day: date, selection: Selection) -> list[Place]:
    """Points of the services of a selection; secret places are not among them."""
    placed = find_placed(day, type_code=selection.type_code, form=selection.form)
    return group_places(placed.services, placed.facilities)


def find_service(register_id: int, day: date) -> ServiceOnMap:
    """The service a link names. Raises NotFound."""
    return find_service_on_map(register_id, day)


def list_names(level: Level) -> list[Unit]:
    """Units whose names are written on a map of this level, the most populous first (they win where room is short).

    Names of municipalities would cover the map, so theirs shows the names of their ORP.
    """
    wanted = Level.ORP if level is Level.MUNICIPALITY else level
    seated = [unit for unit in territory.list_units(wanted) if unit.seat_lon is not None and unit.seat_lat is not None]
    return sorted(seated, key=lambda unit: -(unit.population or 0))


def find_shapes(level: Level) -> WebShapes | None:
    """Shapes of the territory in force for the browser; None without a territory or shapes of this level."""
    info = territory.find_current()
    if info is None:
        return None
    return _kept_shapes(info.content_hash, level)


@lru_cache(maxsize=SHAPES_KEPT)
def _kept_shapes(content_hash: str, level: Level) -> WebShapes | None:
    # The hash stands for the content of the version in force, so what is kept can never be stale.
    def make() -> WebShapes | None:
        geometries = territory.web_shapes(level)
        return web_shapes(geometries) if geometries else None

    return kept_in_file(current_settings().instance_dir / FOLDER, f"{level}-{content_hash[:32]}", make)
