"""Between S-JTSK (EPSG:5514) and WGS84, always by the same operation.

Left to itself PROJ takes the transformation of the whole of Czechoslovakia here (accuracy 6 m), and another
machine with other grids takes another. The one pinned is EPSG:5239, S-JTSK to WGS 84 (5), made for Czechia,
accuracy 1 m.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from pyproj.aoi import AreaOfInterest

from portal.territory.calc.arrays import Coordinates, Shapes

SJTSK = "EPSG:5514"
WGS84 = "EPSG:4326"
CZECHIA = AreaOfInterest(west_lon_degree=12.09, south_lat_degree=48.55, east_lon_degree=18.86, north_lat_degree=51.06)

# Bounds of Czechia with some room: lon/lat in degrees, S-JTSK East North in metres.
WGS84_BOUNDS = (12.0, 48.5, 18.95, 51.1)
SJTSK_BOUNDS = (-910_000.0, -1_235_000.0, -425_000.0, -930_000.0)

_TO_WGS84 = (
    "+proj=pipeline"
    " +step +inv +proj=krovak +lat_0=49.5 +lon_0=24.8333333333333 +alpha=30.2881397527778 +k=0.9999"
    " +x_0=0 +y_0=0 +ellps=bessel"
    " +step +proj=push +v_3"
    " +step +proj=cart +ellps=bessel"
    " +step +proj=helmert +x=572.213 +y=85.334 +z=461.94 +rx=-4.9732 +ry=-1.529 +rz=-5.2484 +s=3.5378"
    " +convention=coordinate_frame"
    " +step +inv +proj=cart +ellps=WGS84"
    " +step +proj=pop +v_3"
    " +step +proj=unitconvert +xy_in=rad +xy_out=deg"
)


@cache
def _transformer() -> Transformer:
    return Transformer.from_pipeline(_TO_WGS84)


def to_wgs84(shapes: Shapes) -> Shapes:
    """Shapes in EPSG:5514 (metres) as lon/lat in degrees; shared vertices stay identical."""
    return shapely.transform(shapes, _with("FORWARD"))


def to_sjtsk(shapes: Shapes) -> Shapes:
    """Shapes in lon/lat (degrees, WGS84) as EPSG:5514 (metres)."""
    return shapely.transform(shapes, _with("INVERSE"))


def _with(direction: str) -> Callable[[Coordinates], Coordinates]:
    def change(coordinates: Coordinates) -> Coordinates:
        x, y = _transformer().transform(coordinates[:, 0], coordinates[:, 1], direction=direction)
        return np.column_stack([x, y])

    return change


def points_in_sjtsk(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Shapes:
    """Points in EPSG:5514 from arrays of degrees."""
    return to_sjtsk(np.array(shapely.points(lon, lat)))


def degrees_of(y: NDArray[np.float64], x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitudes and latitudes of points in positive Y and X, as RÚIAN writes S-JTSK; EPSG:5514 turns both signs."""
    lon, lat = _transformer().transform(-y, -x)
    return lon, lat
