"""Checked rows and shapes put together into the units of all four levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import shapely

from portal.territory.calc.arrays import Shapes
from portal.territory.calc.codes import OrpCodes, register_code_of_municipality, ruian_from_register
from portal.territory.calc.web import dissolved, web_coverage
from portal.territory.types import Finding, Level, MunicipalityRow, ParsedTerritory, ParsedUnit, Unit


def assembled(
    *,
    rows: Sequence[MunicipalityRow],
    municipality_shapes: Shapes,
    orp_codes: OrpCodes,
    orp_shapes: Shapes,
    source: str,
    people_on: date,
    findings: tuple[Finding, ...],
) -> ParsedTerritory:
    """Build region, districts, ORP and municipalities of one region.

    Shapes are valid coverages in EPSG:5514, parallel to ``rows`` and to ``orp_codes``. Districts are dissolved from
    ORP where each ORP lies in one district, else from municipalities; the region from ORP. People of the larger
    units are sums of their municipalities.
    """
    municipality_web, orp_web = web_coverage(municipality_shapes), web_coverage(orp_shapes)
    districts_of_orp = {
        code: sorted({row.district_code for row in rows if row.orp_code == code}) for code in orp_codes.csu
    }
    if all(len(districts) == 1 for districts in districts_of_orp.values()):
        labels = [districts_of_orp[code][0] for code in orp_codes.csu]
        district_shapes, district_web = dissolved(orp_shapes, labels), dissolved(orp_web, labels)
    else:
        labels = [row.district_code for row in rows]
        district_shapes, district_web = dissolved(municipality_shapes, labels), dissolved(municipality_web, labels)
    first = rows[0]
    units = [
        _parsed(_region(rows), shapely.coverage_union_all(orp_shapes), shapely.coverage_union_all(orp_web)),
        *(
            _parsed(_district(code, rows), district_shapes[code], district_web[code])
            for code in sorted(district_shapes)
        ),
        *(
            _parsed(_orp(code, ruian, rows, districts_of_orp[code]), shape, web)
            for code, ruian, shape, web in zip(orp_codes.csu, orp_codes.ruian, orp_shapes, orp_web, strict=True)
        ),
        *(
            _parsed(_municipality(row), shape, web)
            for row, shape, web in zip(rows, municipality_shapes, municipality_web, strict=True)
        ),
    ]
    return ParsedTerritory(
        region_code=first.region_nuts,
        region_name=first.region_name,
        schematic=False,
        source=source,
        people_on=people_on,
        units=tuple(units),
        findings=findings,
    )


def _parsed(unit: Unit, shape: shapely.Geometry, web: shapely.Geometry) -> ParsedUnit:
    return ParsedUnit(unit, shapely.to_wkb(shape), shapely.to_geojson(web))


def _with_people_of(unit: Unit, rows: Sequence[MunicipalityRow]) -> Unit:
    return replace(
        unit,
        population=sum(row.population for row in rows),
        population_0_14=sum(row.population_0_14 for row in rows),
        population_65_plus=sum(row.population_65_plus for row in rows),
        population_80_plus=sum(row.population_80_plus for row in rows),
    )


def _region(rows: Sequence[MunicipalityRow]) -> Unit:
    first = rows[0]
    unit = Unit(
        level=Level.REGION,
        code=first.region_code,
        name=first.region_name,
        nuts_code=first.region_nuts,
        ruian_code=ruian_from_register(first.region_mpsv),
        mpsv_code=first.region_mpsv,
    )
    return _with_people_of(unit, rows)


def _district(code: str, rows: Sequence[MunicipalityRow]) -> Unit:
    members = [row for row in rows if row.district_code == code]
    first = members[0]
    lon, lat = _seat(first.district_name, members)
    unit = Unit(
        level=Level.DISTRICT,
        code=code,
        name=first.district_name,
        nuts_code=first.district_nuts,
        ruian_code=ruian_from_register(first.district_mpsv),
        mpsv_code=first.district_mpsv,
        parent_code=first.region_code,
        seat_lon=lon,
        seat_lat=lat,
    )
    return _with_people_of(unit, members)


def _orp(code: str, ruian: str | None, rows: Sequence[MunicipalityRow], districts: Sequence[str]) -> Unit:
    members = [row for row in rows if row.orp_code == code]
    first = members[0]
    lon, lat = _seat(first.orp_name, members)
    unit = Unit(
        level=Level.ORP,
        code=code,
        name=first.orp_name,
        ruian_code=ruian,
        parent_code=first.region_code,
        district_code=districts[0] if len(districts) == 1 else None,
        seat_lon=lon,
        seat_lat=lat,
    )
    return _with_people_of(unit, members)


def _municipality(row: MunicipalityRow) -> Unit:
    unit = Unit(
        level=Level.MUNICIPALITY,
        code=row.code,
        name=row.name,
        ruian_code=row.code,
        mpsv_code=register_code_of_municipality(row.code),
        parent_code=row.orp_code,
        district_code=row.district_code,
        seat_lon=row.lon,
        seat_lat=row.lat,
    )
    return _with_people_of(unit, [row])


def _seat(name: str, members: Sequence[MunicipalityRow]) -> tuple[float | None, float | None]:
    """The seat of the municipality after which the unit is named (the largest one of that name), if there is one."""
    named = [row for row in members if row.name == name]
    if not named:
        return None, None
    seat = max(named, key=lambda row: row.population)
    return seat.lon, seat.lat
