"""S-JTSK and WGS84: one pinned operation, near enough to the official seats."""

import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj.transformer import TransformerGroup

from portal.territory.calc.axes import Placement, placement_fault
from portal.territory.calc.projection import CZECHIA, SJTSK, WGS84, points_in_sjtsk, to_sjtsk, to_wgs84
from portal.territory.ingest.layers import in_sjtsk, read_layer
from portal.territory.ingest.sources import open_source
from tests.factories.paths import shared_data


def test_the_pinned_operation_is_the_one_for_czechia_in_the_epsg_database():
    group = TransformerGroup(SJTSK, WGS84, always_xy=True, area_of_interest=CZECHIA)
    named = [t for t in group.transformers if "S-JTSK to WGS 84 (5)" in t.description]
    assert [t.accuracy for t in named] == [1.0]
    x, y = np.array([-560_000.0, -742_000.0]), np.array([-1_100_000.0, -1_043_000.0])
    expected = np.column_stack(named[0].transform(x, y))
    ours = shapely.get_coordinates(to_wgs84(np.array(shapely.points(x, y))))
    assert ours == pytest.approx(expected, abs=1e-9)


def test_there_and_back_is_the_same_place():
    points = np.array(shapely.points([-560_000.0, -742_000.0], [-1_100_000.0, -1_043_000.0]))
    back = to_sjtsk(to_wgs84(points))
    assert (shapely.distance(points, back) < 0.01).all()


def test_a_known_point_has_its_published_coordinates():
    # The tower of Petřín in Praha: 14.39513 E, 50.08347 N; S-JTSK about Y 744 440, X 1 043 390.
    point = points_in_sjtsk(np.array([14.39513]), np.array([50.08347]))[0]
    assert (point.x, point.y) == pytest.approx((-744_440, -1_043_390), abs=300)


def test_official_seats_fall_into_their_official_municipalities():
    layer = read_layer(
        open_source(shared_data("olomoucky", "boundaries_sjtsk", "OBCE_P.shp"), None, "OBCE_P"), with_region=False
    )
    seats = pd.read_csv(shared_data("olomoucky", "municipalities.csv"), dtype={"KOD_OBEC": str}).set_index("KOD_OBEC")
    seats = seats.loc[layer.codes]
    points = points_in_sjtsk(seats.LON.to_numpy(), seats.LAT.to_numpy())
    distances = shapely.distance(in_sjtsk(layer), points)
    assert (distances > 0).sum() == 1  # Grymov, whose shape is generalised
    assert distances.max() < 60


BOUNDS = (-584_635.0, -1_156_904.0, -499_804.0, -1_024_297.0)


def turned(bounds, sign=1, swap=False):
    west, south, east, north = bounds if sign == 1 else (-bounds[2], -bounds[3], -bounds[0], -bounds[1])
    return (south, west, north, east) if swap else (west, south, east, north)


@pytest.mark.parametrize(
    ("placement", "bounds", "sentence"),
    [
        (Placement.SJTSK, BOUNDS, None),
        (Placement.SJTSK, turned(BOUNDS, swap=True), "the axes are exchanged: "),
        (Placement.SJTSK, turned(BOUNDS, sign=-1), "the sign is wrong: "),
        (Placement.SJTSK, turned(BOUNDS, sign=-1, swap=True), "the axes are exchanged and the sign is wrong: "),
        (Placement.SJTSK, (16.7, 49.3, 17.9, 50.5), "the file says S-JTSK, but x 16.70 … 17.90 and y 49.30 … 50.50"),
        (Placement.SJTSK, (0, 0, 1, 1), "the coordinates lie outside Czechia: x 0.00 … 1.00"),
        (Placement.SJTSK, (float("inf"), 0, 1, 1), "there are no coordinates in it."),
        (Placement.SJTSK, (float("nan"), 0, 1, 1), "there are no coordinates in it."),
        (Placement.WGS84, (16.7, 49.3, 17.9, 50.5), None),
        (Placement.WGS84, (49.3, 16.7, 50.5, 17.9), "the axes are exchanged: "),
        (Placement.WGS84, BOUNDS, "the file says WGS 84, but x -584635 … -499804"),
        (Placement.WGS84, (-17.9, -50.5, -16.7, -49.3), "the coordinates lie outside Czechia: "),
        (Placement.WGS84, (2.0, 48.6, 3.0, 49.0), "the coordinates lie outside Czechia: "),
    ],
)
def test_coordinates_that_cannot_be_what_they_say_are_told_apart(placement, bounds, sentence):
    fault = placement_fault(placement, bounds)
    assert fault is None if sentence is None else str(fault).startswith(sentence)
