"""Everything about one municipality, as the reader may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from portal.catalog.service.places import find_placed
from portal.core.czech import czech_sort_key
from portal.core.errors import NotFound
from portal.core.kept import kept
from portal.core.messages import _m
from portal.core.permissions import Actor
from portal.disclosure import FigureState
from portal.grants import service as grants
from portal.map.access.calc.distance import straight_km
from portal.map.layers.registry import LAYERS
from portal.map.layers.service import read_layer
from portal.map.layers.types import Ask, LayerFrame
from portal.map.surroundings.calc.nearness import neighbours, services_declared, services_inside
from portal.map.surroundings.service.reach import reach_lines
from portal.map.surroundings.types import (
    NEAR_KM,
    Figure,
    FigureLine,
    FreeNear,
    NeighbourLine,
    ReachLine,
    Surroundings,
)
from portal.returns.types import Period
from portal.territory import service as territory
from portal.territory.types import Level, TerritoryInfo, Unit
from portal.waitlists.need.service import read_area_waits
from portal.waitlists.vacancies.service import list_free
from portal.waitlists.vacancies.types import Upkeep

BESIDE = ("sluzby", "kapacita", "dostupnost", "volna-mista", "podpora-obci")  # layers of the table of neighbours


@dataclass(frozen=True)
class Town:
    """One municipality; ``waits``: months of waiting by type in its ORP, of ``waits_period``."""

    info: TerritoryInfo
    unit: Unit
    orp: Unit | None
    district: Unit | None
    register: Surroundings
    reach: Sequence[ReachLine]
    figures: Sequence[FigureLine]
    neighbours: Sequence[NeighbourLine]
    free: Sequence[FreeNear]
    waits: Mapping[str, tuple[int, int] | None]
    waits_period: Period | None
    support: grants.MunicipalityPage | None


def read_town(actor: Actor, code: str, *, day: date, upkeep: Upkeep) -> Town:
    """Raises NotFound. A fixed number of queries, whatever the number of municipalities and services."""
    info = territory.find_current()
    units = territory.list_units(Level.MUNICIPALITY)
    unit = next((each for each in units if each.code == code), None)
    if unit is None or info is None:
        raise NotFound(_m("There is no such municipality."))
    orps = {each.code: each for each in territory.list_units(Level.ORP)}
    placed = find_placed(day)
    inside = services_inside(placed.services, placed.facilities, code)
    frames = {
        name: (_frame(actor, name, Level.MUNICIPALITY, day, upkeep), _frame(actor, name, Level.ORP, day, upkeep))
        for name in LAYERS
    }
    period, waits = read_area_waits(unit.parent_code or "")
    return Town(
        info=info,
        unit=unit,
        orp=orps.get(unit.parent_code or ""),
        district=next((d for d in territory.list_units(Level.DISTRICT) if d.code == unit.district_code), None),
        register=Surroundings(inside, services_declared(placed.services, inside)),
        reach=reach_lines(code, units, orps, placed, info.content_hash, day),
        figures=[_figure_line(own, orp, unit) for own, orp in frames.values()],
        neighbours=_neighbours(info, unit, units, {name: frames[name][0] for name in BESIDE}),
        free=_free_near(unit, upkeep),
        waits=waits,
        waits_period=period,
        support=grants.municipality_page(code),
    )


def _frame(actor: Actor, name: str, level: Level, day: date, upkeep: Upkeep) -> LayerFrame:
    return read_layer(actor, Ask(name, level), day=day, upkeep=upkeep)


def _figure(frame: LayerFrame, code: str) -> Figure | None:
    figures = frame.figures.columns_of("value", "state")
    for area, (value, state) in zip(frame.areas, figures, strict=True):
        if area.code == code:
            return Figure(value, FigureState(state), code in frame.own)
    return None


def _figure_line(own: LayerFrame, orp: LayerFrame, unit: Unit) -> FigureLine:
    figure = _figure(own, unit.code)
    assert figure is not None  # every municipality in force is an area of the layer
    return FigureLine(own, figure, orp, _figure(orp, unit.parent_code or ""))


def _neighbours(
    info: TerritoryInfo, unit: Unit, units: Sequence[Unit], frames: Mapping[str, LayerFrame]
) -> list[NeighbourLine]:
    """The municipality itself, then those that touch it in Czech order."""
    near = kept(("neighbours", info.content_hash), lambda: neighbours(territory.web_shapes(Level.MUNICIPALITY)))
    touching = set(near.get(unit.code, ()))
    figures: dict[str, dict[str, Figure]] = {}
    for name, frame in frames.items():
        told = frame.figures.columns_of("value", "state")
        for area, (value, state) in zip(frame.areas, told, strict=True):
            if area.code in touching or area.code == unit.code:
                figures.setdefault(area.code, {})[name] = Figure(value, FigureState(state))
    beside = [each for each in units if each.code in touching]
    lines = [NeighbourLine(unit, figures.get(unit.code, {}), is_own=True)]
    return [*lines, *(NeighbourLine(each, figures.get(each.code, {})) for each in beside)]


def _free_near(unit: Unit, upkeep: Upkeep) -> list[FreeNear]:
    """Free places of services within NEAR_KM of the seat in a straight line, the nearest first."""
    if unit.seat_lon is None or unit.seat_lat is None:
        return []
    free = [place for place in list_free(upkeep) if place.lon is not None and place.lat is not None]
    lon = np.array([place.lon for place in free], dtype=float)
    lat = np.array([place.lat for place in free], dtype=float)
    distance = straight_km(np.full(len(free), unit.seat_lon), np.full(len(free), unit.seat_lat), lon, lat)
    found: dict[tuple[int, str], FreeNear] = {}
    for place, km in zip(free, distance.tolist(), strict=True):
        if km <= NEAR_KM:
            key = (place.register_id, place.municipality_name or "")
            former = found.get(key)
            count = place.places + (former.places if former else 0)
            found[key] = FreeNear(place.register_id, place.service_name, place.type_code, key[1], count, km)
    return sorted(found.values(), key=lambda one: (round(one.km, 3), czech_sort_key(one.name), one.register_id))
