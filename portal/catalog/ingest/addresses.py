"""Points of addresses from RÚIAN's address files: cp1250, ``;``, positive Y and X of S-JTSK."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from pyproj import Transformer
from pyproj.transformer import AreaOfInterest

from portal.catalog.ingest.context import RegionPlaces
from portal.core.errors import ImportRejected
from portal.core.messages import _m

CODE, MUNICIPALITY, Y, X = "Kód ADM", "Kód obce", "Souřadnice Y", "Souřadnice X"
CZECHIA = AreaOfInterest(12.0, 48.5, 19.0, 51.1)
# S-JTSK in the country: Y 430 to 910 km, X 930 to 1 230 km; exchanged axes fall outside at once.
Y_METRES, X_METRES = (430_000.0, 910_000.0), (930_000.0, 1_230_000.0)
DECIMALS = 6  # of a degree, about 0.1 m


def read_points(files: Sequence[Path], places: RegionPlaces) -> dict[int, tuple[float, float]]:
    """WGS84 points (lon, lat) of the region's address places by code. An address without a point is left out.

    The files give positive Y and X; EPSG:5514 counts both axes the other way, hence (-Y, -X).

    Raises ImportRejected when a file is not cp1250, lacks a column or has its axes exchanged.
    """
    here = {municipality.code for municipality in places.municipalities.values()}
    codes: list[int] = []
    eastings: list[float] = []
    northings: list[float] = []
    for path in files:
        for number, (code, y, x) in enumerate(_rows(path, here), start=2):
            if not (Y_METRES[0] <= y <= Y_METRES[1] and X_METRES[0] <= x <= X_METRES[1]):
                raise ImportRejected(
                    _m(
                        "%(name)s, row %(row)s: Y %(y)s and X %(x)s lie outside the country; are the axes exchanged?",
                        name=path.name,
                        row=number,
                        y=y,
                        x=x,
                    )
                )
            codes.append(code)
            eastings.append(-y)
            northings.append(-x)
    if not codes:
        return {}
    transformer = Transformer.from_crs("EPSG:5514", "EPSG:4326", always_xy=True, area_of_interest=CZECHIA)
    lons, lats = transformer.transform(eastings, northings)
    return {
        code: (round(lon, DECIMALS), round(lat, DECIMALS)) for code, lon, lat in zip(codes, lons, lats, strict=True)
    }


def _rows(path: Path, municipalities: set[str]) -> list[tuple[int, float, float]]:
    try:
        with path.open(encoding="cp1250", newline="") as file:
            rows = csv.DictReader(file, delimiter=";")
            missing = [name for name in (CODE, MUNICIPALITY, Y, X) if name not in (rows.fieldnames or ())]
            if missing:
                raise ImportRejected(
                    _m("%(name)s lacks the columns %(columns)s.", name=path.name, columns=", ".join(missing))
                )
            return [
                (int(row[CODE]), float(row[Y]), float(row[X]))
                for row in rows
                if row[Y] and row[X] and row[MUNICIPALITY] in municipalities
            ]
    except (UnicodeDecodeError, csv.Error, ValueError, TypeError) as error:
        raise ImportRejected(_m("%(name)s is not an address file of RÚIAN.", name=path.name)) from error
