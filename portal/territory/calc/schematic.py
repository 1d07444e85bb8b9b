"""A schematic territory: boundaries computed from seats alone, for a region without official layers.

Each place gets the ground nearest to it (Voronoi cells); cells of an ORP are joined, and ORP into districts
and the region. So every place lies in its own unit and the units tile the region, but no line is surveyed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import shapely

from portal.core.messages import _m
from portal.territory.calc.arrays import Coordinates, Shapes
from portal.territory.calc.projection import points_in_sjtsk
from portal.territory.calc.web import dissolved, web_coverage
from portal.territory.types import (
    DistrictRow,
    Finding,
    Level,
    ParsedTerritory,
    ParsedUnit,
    PlaceRow,
    RegionRow,
    SeatRow,
    Unit,
)

REACH_M = 14_500.0  # how far the region stretches from its outermost places before it is drawn in again
DRAW_IN_M = 7_000.0
EDGE_STEP_M = 1_500.0  # length of a straight piece of a boundary
# Boundaries bend by two smooth waves (amplitude and wave length in metres). 2 pi x amplitude / length summed
# stays below 1, so the bending never folds and shapes stay apart.
WAVES = ((700.0, 11_000.0), (180.0, 3_700.0))
STRENGTHS = (1.0, 0.75, 0.5, 0.25, 0.0)


def schematic_territory(region: RegionRow, seats: Sequence[SeatRow]) -> ParsedTerritory:
    """Compute a territory from seats (lon/lat, WGS84).

    Every ORP without municipalities stands for one cell of its own. ORP may be scattered where its places are;
    raises ValueError for no seats, two places at one point or an unknown district.
    """
    places, owners = _places(region, seats)
    cells = _cells(points_in_sjtsk(np.array([p.lon for p in places]), np.array([p.lat for p in places])))
    web_cells = web_coverage(cells)
    owner_codes = [seat.code for seat in owners]
    district_codes = [seat.district_code for seat in owners]
    units: list[ParsedUnit] = []

    def add(unit: Unit, shape: shapely.Geometry, web_shape: shapely.Geometry) -> None:
        units.append(ParsedUnit(unit, shapely.to_wkb(shape), shapely.to_geojson(web_shape)))

    add(_region_unit(region, seats), shapely.coverage_union_all(cells), shapely.coverage_union_all(web_cells))
    shapes, web_shapes = dissolved(cells, district_codes), dissolved(web_cells, district_codes)
    for district in region.districts:
        if district.code in shapes:
            add(_district_unit(region, district, seats), shapes[district.code], web_shapes[district.code])
    shapes, web_shapes = dissolved(cells, owner_codes), dissolved(web_cells, owner_codes)
    for seat in seats:
        add(_orp_unit(region, seat), shapes[seat.code], web_shapes[seat.code])
    for place, seat, shape, web_shape in zip(places, owners, cells, web_cells, strict=True):
        if seat.municipalities:
            add(_municipality_unit(place, seat), shape, web_shape)
    return ParsedTerritory(
        region_code=region.nuts_code,
        region_name=region.name,
        schematic=True,
        source=region.source,
        people_on=region.people_on,
        units=tuple(units),
        findings=(Finding(_m("Boundaries are schematic: computed from the seats, not surveyed.")),),
    )


def _places(region: RegionRow, seats: Sequence[SeatRow]) -> tuple[list[PlaceRow], list[SeatRow]]:
    if not seats:
        raise ValueError("a territory needs at least one seat")
    known = {district.code for district in region.districts}
    if unknown := sorted({seat.district_code for seat in seats} - known):
        raise ValueError(f"unknown district {', '.join(unknown)}")
    pairs = [(place, seat) for seat in seats for place in (seat.municipalities or (_as_place(seat),))]
    points = [(place.lon, place.lat) for place, _seat in pairs]
    if len(set(points)) != len(points):
        raise ValueError("two places lie at one point")
    return [place for place, _seat in pairs], [seat for _place, seat in pairs]


def _as_place(seat: SeatRow) -> PlaceRow:
    return PlaceRow(seat.code, seat.name, seat.lon, seat.lat, *_people(seat))


def _cells(points: Shapes) -> Shapes:
    """One cell per point, in the order of the points: Voronoi cells within the region's outline, edges bent.

    Where the bending would put a place beyond its own edge, it is made weaker, at last left out.
    """
    together = shapely.MultiPoint(list(points))
    outline: shapely.Geometry = together.buffer(REACH_M).buffer(-DRAW_IN_M)
    outline = shapely.union_all([shapely.Polygon(part.exterior) for part in shapely.get_parts(outline)])
    edges: shapely.Geometry = shapely.voronoi_polygons(together, extend_to=outline.envelope, only_edges=True)
    # Nodes first, then short pieces, then bending: both sides of an edge are one line, so they stay identical.
    # Bits of a cell that the outline cuts off from its place fall away with what lies outside.
    pieces = shapely.segmentize(shapely.union_all([edges, outline.boundary]), EDGE_STEP_M)
    for strength in STRENGTHS:
        bent = shapely.transform(pieces, _bending(strength))
        faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.node(bent))))
        point_index, face_index = shapely.STRtree(faces).query(points, predicate="within")
        if len(set(face_index.tolist())) == len(points):
            in_order: Shapes = faces[face_index[np.argsort(point_index)]]
            return in_order
    raise ValueError("some places lie too close to each other for a boundary between them")


def _bending(strength: float) -> Callable[[Coordinates], Coordinates]:
    def bend(coordinates: Coordinates) -> Coordinates:
        moved = coordinates.copy()
        for amplitude, length in WAVES:
            turn = 2 * np.pi / length
            moved[:, 0] += strength * amplitude * np.sin(turn * coordinates[:, 1])
            moved[:, 1] += strength * amplitude * np.sin(turn * coordinates[:, 0])
        return np.round(moved, 2)

    return bend


People: TypeAlias = tuple[int, int, int, int]  # all, 0-14, 65 and over, 80 and over


def _people(row: SeatRow | PlaceRow) -> People:
    return row.population, row.population_0_14, row.population_65_plus, row.population_80_plus


def _summed(seats: Sequence[SeatRow]) -> People:
    rows = [_people(seat) for seat in seats]
    return sum(r[0] for r in rows), sum(r[1] for r in rows), sum(r[2] for r in rows), sum(r[3] for r in rows)


def _with_people(unit: Unit, people: People) -> Unit:
    return replace(
        unit,
        population=people[0],
        population_0_14=people[1],
        population_65_plus=people[2],
        population_80_plus=people[3],
    )


def _region_unit(region: RegionRow, seats: Sequence[SeatRow]) -> Unit:
    unit = Unit(
        level=Level.REGION,
        code=region.code,
        name=region.name,
        nuts_code=region.nuts_code,
        ruian_code=region.mpsv_code.rpartition("/")[2],
        mpsv_code=region.mpsv_code,
    )
    return _with_people(unit, _summed(seats))


def _district_unit(region: RegionRow, district: DistrictRow, seats: Sequence[SeatRow]) -> Unit:
    unit = Unit(
        level=Level.DISTRICT,
        code=district.code,
        name=district.name,
        nuts_code=district.nuts_code,
        ruian_code=district.mpsv_code.rpartition("/")[2],
        mpsv_code=district.mpsv_code,
        parent_code=region.code,
    )
    return _with_people(unit, _summed([seat for seat in seats if seat.district_code == district.code]))


def _orp_unit(region: RegionRow, seat: SeatRow) -> Unit:
    unit = Unit(
        level=Level.ORP,
        code=seat.code,
        name=seat.name,
        parent_code=region.code,
        district_code=seat.district_code,
        seat_lon=seat.lon,
        seat_lat=seat.lat,
    )
    return _with_people(unit, _people(seat))


def _municipality_unit(place: PlaceRow, seat: SeatRow) -> Unit:
    unit = Unit(
        level=Level.MUNICIPALITY,
        code=place.code,
        name=place.name,
        ruian_code=place.code,
        mpsv_code=f"Obec/{place.code}",
        parent_code=seat.code,
        district_code=seat.district_code,
        seat_lon=place.lon,
        seat_lat=place.lat,
    )
    return _with_people(unit, _people(place))
