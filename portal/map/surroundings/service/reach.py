"""Access of every municipality to every type of service, computed once for a state of the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from portal.catalog.service.places import PlacedServices
from portal.catalog.service.search import catalog_mark
from portal.catalog.types import CapacityUnit, service_types
from portal.core.cells import Cell
from portal.core.kept import kept
from portal.map.access.calc.catchment import mean_access
from portal.map.access.calc.distance import Floats
from portal.map.access.service.columns import usual_rule
from portal.map.access.service.computing import access_cell, lay_ground, nearest_cell, per_thousand
from portal.map.access.types import Question
from portal.map.surroundings.types import ReachLine
from portal.map.types import Population
from portal.territory.types import Unit


@dataclass(frozen=True)
class TypeReach:
    """Access to the services of a type, by municipality in the order of ``units``; small enough to be kept."""

    unit: CapacityUnit
    population: Population
    access: tuple[Cell, ...]
    mean: Cell
    nearest: Floats
    nearest_service: Sequence[int]  # service_id, 0 where none is within reach
    places: Sequence[int]


def reach_lines(
    code: str, units: Sequence[Unit], orps: dict[str, Unit], placed: PlacedServices, content: str, day: date
) -> list[ReachLine]:
    """Access of one municipality, a line for each type that has a place in the region, in the order of the Act.

    ``content``: the hash of the territory that ``units`` are of. One query where nothing changed.
    """
    mark, rule = catalog_mark(), usual_rule()

    def build() -> Mapping[str, TypeReach]:
        return _all_types(units, orps, placed)

    found = build() if mark is None else kept(("reach", mark, content, day, rule), build)
    index = next(number for number, unit in enumerate(units) if unit.code == code)
    told = placed.services.set_index("service_id")
    return [_line(type_code, reach, index, told) for type_code, reach in found.items()]


def _line(type_code: str, reach: TypeReach, index: int, told: Any) -> ReachLine:
    nearest = reach.nearest_service[index]
    return ReachLine(
        type_code=type_code,
        unit=reach.unit,
        population=reach.population,
        access=reach.access[index],
        mean=reach.mean,
        nearest=nearest_cell(float(reach.nearest[index]), is_known=True),
        nearest_name=str(told.at[nearest, "name"]) if nearest else "",
        nearest_register_id=int(told.at[nearest, "register_id"]) if nearest else None,
        places=reach.places[index],
    )


def _all_types(units: Sequence[Unit], orps: dict[str, Unit], placed: PlacedServices) -> dict[str, TypeReach]:
    found = {}
    for type_code in service_types():
        of_type = placed.services["type_code"] == type_code
        ids = placed.services.loc[of_type, "service_id"]
        narrowed = replace(
            placed,
            services=placed.services[of_type],
            capacities=placed.capacities[placed.capacities["service_id"].isin(ids)],
            facilities=placed.facilities[placed.facilities["service_id"].isin(ids)],
        )
        reach = _type_reach(Question(type_code, rule=usual_rule()), units, orps, narrowed)
        if reach is not None:
            found[type_code] = reach
    return found


def _type_reach(
    question: Question, units: Sequence[Unit], orps: dict[str, Unit], placed: PlacedServices
) -> TypeReach | None:
    """None for a type without capacity at any place."""
    ground = lay_ground(question, units, orps, placed, None)
    amount = ground.supply.sites["amount"].to_numpy(dtype=float)
    if not amount.sum() > 0:
        return None
    computed, pairs = ground.computed(), ground.pairs
    order = np.lexsort((pairs.place, pairs.distance))
    order = order[amount[pairs.place[order]] > 0]
    reached, first = np.unique(pairs.unit[order], return_index=True)
    nearest_service = np.zeros(len(units), dtype=np.int64)
    services = ground.supply.sites["service_id"].to_numpy(dtype=np.int64)
    nearest_service[reached] = services[pairs.place[order[first]]]
    asked = ground.question
    assert asked.unit is not None
    assert asked.population is not None
    return TypeReach(
        unit=asked.unit,
        population=asked.population,
        access=tuple(access_cell(ground, index, each) for index, each in enumerate(computed.per_person)),
        mean=per_thousand(mean_access(computed.per_person, ground.people)),
        nearest=computed.nearest,
        nearest_service=np.where(np.isfinite(computed.nearest), nearest_service, 0).tolist(),
        places=computed.places.tolist(),
    )
