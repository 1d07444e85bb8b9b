"""Areas of a level and the services of the register among them, as columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from portal.catalog.service.places import find_groups, find_placed
from portal.catalog.service.search import catalog_mark
from portal.core.kept import kept
from portal.map.layers.calc.numbers import Floats, Whole, counted
from portal.map.layers.calc.register import Register, build_register
from portal.map.layers.types import Area
from portal.map.types import Population
from portal.territory import service as territory
from portal.territory.types import Level, TerritoryInfo, Unit


@dataclass(frozen=True)
class Areas:
    """Areas of a level in Czech order of names, with their people (NaN: not known) and what lies in them."""

    info: TerritoryInfo | None
    level: Level
    rows: tuple[Area, ...]
    codes: npt.NDArray[np.object_]
    number: Mapping[str, int]  # by code of the area
    municipality: Mapping[str, int]  # number of the area by code of a municipality in it
    people: Mapping[Population, Floats]
    municipalities: Floats  # how many lie in the area

    def __len__(self) -> int:
        return len(self.rows)

    def of_municipalities(self, codes: pd.Series[Any]) -> Whole:
        """Numbers of the areas that municipalities lie in, -1 for codes that the territory does not know."""
        return codes.map(self.municipality).fillna(-1).to_numpy().astype(np.int64)


def read_areas(level: Level) -> Areas:
    """Areas of a level in the territory in force; none before the first import. One query where nothing changed."""
    info = territory.find_current()
    if info is None:
        return _areas(None, level, [], {})
    return kept(("areas", info.content_hash, level), lambda: _read(info, level))


def _read(info: TerritoryInfo, level: Level) -> Areas:
    units = territory.list_units(level)
    if level is Level.MUNICIPALITY:
        return _areas(info, level, units, {unit.code: unit.code for unit in units})
    return _areas(info, level, units, territory.orp_of_municipality())


def _areas(info: TerritoryInfo | None, level: Level, units: list[Unit], area_of: Mapping[str, str]) -> Areas:
    number = {unit.code: place for place, unit in enumerate(units)}
    people = {
        Population.ALL: [unit.population for unit in units],
        Population.AGE_0_14: [unit.population_0_14 for unit in units],
        Population.AGE_65_PLUS: [unit.population_65_plus for unit in units],
        Population.AGE_80_PLUS: [unit.population_80_plus for unit in units],
    }
    municipality = {code: number[area] for code, area in area_of.items() if area in number}
    return Areas(
        info=info,
        level=level,
        rows=tuple(
            Area(unit.code, unit.name, unit.parent_code, unit.population, unit.seat_lon, unit.seat_lat)
            for unit in units
        ),
        codes=np.array([unit.code for unit in units], dtype=object),
        number=number,
        municipality=municipality,
        people={which: np.array(counts, dtype=np.float64) for which, counts in people.items()},
        municipalities=counted(np.array(list(municipality.values()), dtype=np.int64), len(units)),
    )


def read_register(areas: Areas, day: date) -> Register:
    """The register of a day among the areas. One query where nothing changed."""
    mark = catalog_mark()
    key = ("register", mark, areas.info and areas.info.content_hash, areas.level, day)
    if mark is None:  # a catalogue that was never written has no mark to know it by
        return _build(areas, day)
    return kept(key, lambda: _build(areas, day))


def _build(areas: Areas, day: date) -> Register:
    placed = find_placed(day)
    facilities = placed.facilities
    area = areas.of_municipalities(facilities["municipality_code"])
    if areas.level is Level.ORP:  # a facility whose municipality is not known lies in the ORP that the register names
        named = facilities["orp_code"].map(areas.number).fillna(-1).to_numpy().astype(np.int64)
        area = np.where(area < 0, named, area)
    return build_register(
        placed.services,
        placed.capacities,
        facilities.assign(area=area),
        find_groups(day),
        len(areas),
        is_known=placed.catalogue_known,
    )
