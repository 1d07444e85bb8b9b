"""Small official files: two ORP, five municipalities on a grid of 10 km, written as ČÚZK and ČSÚ publish them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from portal.core.errors import ImportRejected
from portal.territory.calc.projection import to_wgs84
from portal.territory.ingest.read import TerritoryFiles, read_territory

X0, Y0 = -560_000.0, -1_100_000.0
KM = 1_000.0
HEAD = [
    "KOD_OBEC", "NAZ_OBEC", "KOD_ORP", "NAZ_ORP", "KOD_OKRES", "KOD_LAU1", "NAZ_LAU1", "KOD_KRAJ", "KOD_CZNUTS3",
    "NAZ_CZNUTS3", "LON", "LAT", "OBYV_2020", "OBYV_65PLUS_2020", "OBYV_80PLUS_2020", "OBYV_0_14_2020", "MPSV_OKRES",
    "MPSV_KRAJ",
]  # fmt: skip


def block(west: float, south: float, east: float, north: float) -> shapely.Geometry:
    """A rectangle in EPSG:5514; kilometres from the south-west corner of the small region."""
    return shapely.box(X0 + west * KM, Y0 + south * KM, X0 + east * KM, Y0 + north * KM)


@dataclass(frozen=True)
class Municipality:
    code: str
    name: str
    orp: str
    shape: shapely.Geometry
    people: tuple[object, ...]  # all, 0-14, 65+, 80+
    changes: dict[str, object] = field(default_factory=dict)  # columns of the list that differ


@dataclass(frozen=True)
class Orp:
    code: str
    name: str
    shape: shapely.Geometry
    region: str = "CZ071"


ORPS = (Orp("7107", "Olomouc", block(0, 0, 20, 20)), Orp("7111", "Šumperk", block(20, 0, 40, 20)))
MUNICIPALITIES = (
    Municipality("500496", "Olomouc", "7107", block(0, 0, 10, 20), (5_000, 750, 1_000, 250)),
    Municipality("500801", "Blatec", "7107", block(10, 0, 20, 10), (600, 90, 120, 30)),
    Municipality("505609", "Štěpánov", "7107", block(10, 10, 20, 20), (400, 60, 80, 20)),
    Municipality("523704", "Šumperk", "7111", block(20, 0, 30, 20), (3_500, 440, 870, 175)),
    Municipality("569178", "Žárová", "7111", block(30, 0, 40, 20), (500, 60, 130, 25)),
)
DISTRICTS = {"7107": ("40789", "CZ0712", "Olomouc", "Okres/3805"), "7111": ("40819", "CZ0715", "Šumperk", "Okres/3809")}


def row_of(municipality: Municipality) -> dict[str, object]:
    """The row of the list of municipalities."""
    district = DISTRICTS[municipality.orp]
    seat = to_wgs84(np.array([shapely.point_on_surface(municipality.shape)], dtype=object))[0]
    values = (
        municipality.code, municipality.name, municipality.orp, district[2], *district[:3], "3123", "CZ071",
        "Olomoucký kraj", round(seat.x, 6), round(seat.y, 6), municipality.people[0], municipality.people[2],
        municipality.people[3], municipality.people[1], district[3], "Kraj/124",
    )  # fmt: skip
    return {**dict(zip(HEAD, values, strict=True)), **municipality.changes}


@dataclass(frozen=True)
class OfficialFiles:
    """The three files, changeable before they are written: ``files.with_municipality("500801", name="X")``."""

    orps: tuple[Orp, ...] = ORPS
    municipalities: tuple[Municipality, ...] = MUNICIPALITIES
    listed: tuple[Municipality, ...] = MUNICIPALITIES
    crs: str | None = "EPSG:5514"

    def with_orp(self, name: str, **changes: Any) -> OfficialFiles:
        return replace(self, orps=tuple(replace(o, **changes) if o.name == name else o for o in self.orps))

    def with_municipality(self, code: str, **changes: Any) -> OfficialFiles:
        """Changed in the layer alone."""
        return replace(self, municipalities=_changed(self.municipalities, code, changes))

    def with_listed(self, code: str, **changes: Any) -> OfficialFiles:
        """Changed in the list alone."""
        return replace(self, listed=_changed(self.listed, code, changes))

    def write(self, folder: Path, *, suffix: str = ".shp", encoding: str = "cp1250") -> TerritoryFiles:
        folder.mkdir(parents=True, exist_ok=True)
        orp = {
            "KOD": [o.code for o in self.orps],
            "NAZEV": [o.name for o in self.orps],
            "NUTS3_KOD": [o.region for o in self.orps],
        }
        units = {"KOD": [m.code for m in self.municipalities], "NAZEV": [m.name for m in self.municipalities]}
        return TerritoryFiles(
            region="CZ071",
            orp=self._layer(folder / f"ORP_P{suffix}", orp, [o.shape for o in self.orps], encoding),
            municipalities=self._layer(
                folder / f"OBCE_P{suffix}", units, [m.shape for m in self.municipalities], encoding
            ),
            people=write_list(folder / "people.csv", [row_of(m) for m in self.listed]),
        )

    def _layer(self, path: Path, columns: dict[str, list[str]], shapes: list[shapely.Geometry], encoding: str) -> Path:
        geometry = np.array(shapes, dtype=object)
        if self.crs in ("EPSG:4326", "EPSG:4258"):
            geometry = to_wgs84(geometry)
        options = {"encoding": encoding} if path.suffix == ".shp" else {}
        gpd.GeoDataFrame(columns, geometry=geometry, crs=self.crs).to_file(path, engine="pyogrio", **options)
        return path


def _changed(units: tuple[Municipality, ...], code: str, changes: dict[str, Any]) -> tuple[Municipality, ...]:
    return tuple(replace(unit, **changes) if unit.code == code else unit for unit in units)


def write_list(
    path: Path,
    rows: Iterable[dict[str, object]],
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    head: Sequence[str] = HEAD,
) -> Path:
    """Write the list of municipalities as a CSV file."""
    lines = [delimiter.join(head), *(delimiter.join(str(row[column]) for column in head) for row in rows)]
    path.write_bytes("\r\n".join([*lines, ""]).encode(encoding))
    return path


def listed_with(folder: Path, **changes: object) -> TerritoryFiles:
    """The files with one cell or more of Blatec's row (line 3) changed."""
    return OfficialFiles().with_listed("500801", changes=changes).write(folder)


def refusal(files: TerritoryFiles) -> str:
    """Read the files, which must be refused; what is said, the faults of rows on lines of their own."""
    with pytest.raises(ImportRejected) as caught:
        read_territory(files)
    error = caught.value
    lines = [
        " ".join(part for part in (row.row, row.column, str(row.message)) if part is not None) for row in error.rows
    ]
    return "\n".join([str(error.message), *lines])
