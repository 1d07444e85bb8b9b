"""From three files to a checked territory. Called in a guarded child process; the order is that of the checks."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from portal.core.errors import ImportRejected, RowError
from portal.core.messages import _m
from portal.territory.calc.arrays import Shapes
from portal.territory.calc.assembly import assembled
from portal.territory.calc.codes import OrpCodes, recognised_orp_codes
from portal.territory.calc.mending import closed_coverage, mended
from portal.territory.calc.projection import points_in_sjtsk
from portal.territory.calc.tiling import Units, check_seats, check_tiling
from portal.territory.ingest.layers import Layer, in_sjtsk, read_layer, with_names_read
from portal.territory.ingest.people import read_people
from portal.territory.ingest.sources import open_source
from portal.territory.ingest.words import looks_czech
from portal.territory.types import Finding, MunicipalityRow, ParsedTerritory, People

USUAL_ORP_LAYER, USUAL_MUNICIPALITIES_LAYER = "ORP_P", "OBCE_P"
MAX_RENAMED_SHARE = 0.05  # of municipalities that may be called otherwise in the layer than in the list
STEPS = 7


@dataclass(frozen=True)
class TerritoryFiles:
    """What an import is given: the region's NUTS 3 code and three files; layers only where a file has several."""

    region: str
    orp: Path
    municipalities: Path
    people: Path
    orp_layer: str | None = None
    municipalities_layer: str | None = None


def read_territory(files: TerritoryFiles, report: Callable[[int, int], None] | None = None) -> ParsedTerritory:
    """Read, repair and check a territory; ``report(done, total)`` hears of each step.

    Raises ImportRejected with sentences that say what is wrong and where.
    """
    with warnings.catch_warnings():
        # What GDAL grumbles about in English is checked here and said in sentences.
        warnings.simplefilter("ignore", RuntimeWarning)
        return _read_territory(files, report)


def _read_territory(files: TerritoryFiles, report: Callable[[int, int], None] | None) -> ParsedTerritory:
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if report is not None:
            report(done, STEPS)

    people = read_people(files.people, files.region)
    step()
    findings: list[Finding] = []
    orp, orp_codes, told = _read_orp(files, people)
    findings += told
    step()
    orp_shapes, found = mended(in_sjtsk(orp), orp.names, orp.label)
    findings += found
    outline = shapely.union_all(orp_shapes)
    step()
    municipalities, told = _read_municipalities(files, people, outline)
    findings += told
    step()
    shapes, found = mended(in_sjtsk(municipalities), municipalities.names, municipalities.label)
    findings += found
    shapes, found = closed_coverage(shapes, municipalities.names, municipalities.label, inside=outline)
    findings += found
    together = shapely.coverage_union_all(shapes)
    orp_shapes, found = closed_coverage(orp_shapes, orp.names, orp.label, inside=together)
    findings += found
    step()
    rows = _in_order_of(municipalities.codes, people)
    orp_units = Units(orp.label, orp_codes.csu, orp.names, orp_shapes)
    units = Units(municipalities.label, municipalities.codes, municipalities.names, shapes)
    findings += check_tiling(orp_units, units, [row.orp_code for row in rows])
    seats = points_in_sjtsk(np.array([row.lon for row in rows]), np.array([row.lat for row in rows]))
    findings += check_seats(units, seats)
    step()
    parsed = assembled(
        rows=rows,
        municipality_shapes=shapes,
        orp_codes=orp_codes,
        orp_shapes=orp_shapes,
        source=f"{orp.label}, {municipalities.label}, {people.file_name}",
        people_on=people.counted_on,
        findings=tuple(findings),
    )
    step()
    return parsed


def _read_orp(files: TerritoryFiles, people: People) -> tuple[Layer, OrpCodes, list[Finding]]:
    source = open_source(files.orp, files.orp_layer, USUAL_ORP_LAYER)
    everywhere = read_layer(source, with_region=True)
    layer = everywhere.where([region == files.region for region in everywhere.regions])
    if not layer.codes:
        present = ", ".join(f"{code or '-'} ({count})" for code, count in sorted(Counter(everywhere.regions).items()))
        raise ImportRejected(
            _m(
                "%(name)s has no unit of region %(region)s (column NUTS3_KOD); it has: %(present)s.",
                name=source.label,
                region=files.region,
                present=present,
            )
        )
    known = {row.orp_code: row.orp_name for row in people.rows}
    expected = set(known.values())
    layer, findings = with_names_read(layer, lambda names: sum(name in expected for name in names))
    _check_encoding(layer, [name for name in layer.names if name not in expected])
    codes = recognised_orp_codes(source.label, layer.codes, layer.names, known)
    return layer, codes, [*findings, codes.finding]


def _read_municipalities(
    files: TerritoryFiles, people: People, outline: shapely.Geometry
) -> tuple[Layer, list[Finding]]:
    source = open_source(files.municipalities, files.municipalities_layer, USUAL_MUNICIPALITIES_LAYER)
    nearby = read_layer(source, with_region=False, near=outline)
    expected = {row.code: row.name for row in people.rows}
    known = [code in expected for code in nearby.codes]
    layer = nearby.where(known)
    layer, findings = with_names_read(layer, lambda names: _as_expected(layer.codes, names, expected))
    errors = [
        RowError(_m("Code %(code)s stands %(count)s times.", code=code, count=count))
        for code, count in Counter(layer.codes).items()
        if count > 1
    ]
    missing = [row for row in people.rows if row.code not in set(layer.codes)]
    errors += [
        RowError(_m("%(unit)s (%(code)s) is in the list only, not in the layer.", unit=row.name, code=row.code))
        for row in missing
    ]
    strangers = nearby.where([not here for here in known])
    if len(strangers.codes):
        errors += _strangers_inside(strangers, outline)
    if errors:
        raise ImportRejected(_m("%(name)s does not go with the list of municipalities.", name=source.label), errors)
    return layer, [*findings, *_renamed(layer, expected)]


def _as_expected(codes: Sequence[str], names: Sequence[str], expected: dict[str, str]) -> int:
    return sum(expected[code] == name for code, name in zip(codes, names, strict=True))


def _strangers_inside(strangers: Layer, outline: shapely.Geometry) -> list[RowError]:
    """Units of the layer that the list does not have, though they lie in the region."""
    shapes: Shapes = in_sjtsk(strangers)
    inside = shapely.intersects(shapely.point_on_surface(shapely.make_valid(shapes)), outline)
    far = shapely.area(shapely.intersection(shapely.make_valid(shapes), outline)) > 0.5 * shapely.area(shapes)
    layer = with_names_read(strangers, lambda names: sum(looks_czech(name) for name in names))[0]
    return [
        RowError(
            _m(
                "%(unit)s (%(code)s) is in the layer only, not in the list.",
                unit=layer.names[index],
                code=layer.codes[index] or "-",
            )
        )
        for index in np.flatnonzero(inside & far)
    ]


def _renamed(layer: Layer, expected: dict[str, str]) -> list[Finding]:
    pairs = [
        (expected[code], name) for code, name in zip(layer.codes, layer.names, strict=True) if expected[code] != name
    ]
    _check_encoding(layer, [name for _expected, name in pairs])
    if len(pairs) > MAX_RENAMED_SHARE * len(layer.names):
        errors = [RowError(_m("%(known)s is %(name)s in the layer.", known=known, name=name)) for known, name in pairs]
        raise ImportRejected(
            _m("%(name)s: names do not go with the codes of the list; is it the right file?", name=layer.label), errors
        )
    return [
        Finding(_m("%(layer)s: %(known)s is called %(name)s.", layer=layer.label, known=known, name=name))
        for known, name in pairs
    ]


def _check_encoding(layer: Layer, unexpected: Sequence[str]) -> None:
    garbled = [name for name in unexpected if not looks_czech(name)]
    if garbled:
        raise ImportRejected(
            _m(
                "%(name)s: the encoding of the names is unknown; one of them reads “%(sample)s”.",
                name=layer.label,
                sample=garbled[0],
            )
        )


def _in_order_of(codes: Sequence[str], people: People) -> list[MunicipalityRow]:
    by_code = {row.code: row for row in people.rows}
    return [by_code[code] for code in codes]
