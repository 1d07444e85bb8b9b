import gzip
import json
from itertools import pairwise

import numpy as np
import pytest
import shapely

from portal.map.shapes import GRIDS, web_shapes


def box(west, south, east, north):
    return json.loads(shapely.to_geojson(shapely.box(west, south, east, north)))


NEIGHBOURS = {"7111": box(16.9, 49.9, 17.0, 50.0), "7107": box(17.0, 49.9, 17.2, 50.0)}


def decoded(content):
    """Coordinates of each shape, by the TopoJSON specification."""
    topology = json.loads(content)
    (scale_x, scale_y), (left, bottom) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + left, y * scale_y + bottom))
        arcs.append(points)

    def ring(indexes):
        points = []
        for index in indexes:
            line = arcs[index] if index >= 0 else arcs[~index][::-1]
            points += line if not points else line[1:]
        return points

    return {
        shape["id"]: shapely.Polygon(ring(shape["arcs"][0])) for shape in topology["objects"]["units"]["geometries"]
    }


def test_shapes_come_back_within_the_grid():
    found = decoded(web_shapes(NEIGHBOURS).content)
    assert set(found) == {"7111", "7107"}
    for code, polygon in found.items():
        expected = shapely.from_geojson(json.dumps(NEIGHBOURS[code]))
        assert polygon.symmetric_difference(expected).area < 1e-3 * expected.area


def test_neighbours_share_their_border():
    topology = json.loads(web_shapes(NEIGHBOURS).content)
    used = [index for shape in topology["objects"]["units"]["geometries"] for index in shape["arcs"][0]]
    assert any(~index in used for index in used)


def test_the_bounds_hold_all_shapes():
    assert web_shapes(NEIGHBOURS).bounds == pytest.approx((49.9, 16.9, 50.0, 17.2))


def test_the_address_changes_with_the_contents_alone():
    backwards = dict(reversed(NEIGHBOURS.items()))
    assert web_shapes(NEIGHBOURS).digest == web_shapes(backwards).digest
    moved = {**NEIGHBOURS, "7107": box(17.0, 49.9, 17.3, 50.0)}
    assert web_shapes(moved).digest != web_shapes(NEIGHBOURS).digest


def test_no_shapes_make_no_file():
    with pytest.raises(ValueError, match="no shapes"):
        web_shapes({})


def winding(columns, rows, seed=3):
    """A coverage of cells with winding borders, by code."""
    dice = np.random.default_rng(seed)
    offsets = dice.uniform(-0.1, 0.1, (columns + 1, rows + 1, 2)) * 0.01
    bends = {}

    def corner(x, y):
        return np.round(np.array([15 + x * 0.01, 49 + y * 0.01]) + offsets[x, y], 5)

    def side(one, two):
        key = tuple(sorted([one, two]))
        if key not in bends:
            start, end = corner(*key[0]), corner(*key[1])
            across = np.array([start[1] - end[1], end[0] - start[0]])
            bends[key] = [
                np.round(start + (end - start) * part + across * dice.uniform(-0.04, 0.04), 5)
                for part in np.linspace(0.1, 0.9, 9)
            ]
        return [corner(*one), *(bends[key] if key[0] == one else bends[key][::-1])]

    found = {}
    for x in range(columns):
        for y in range(rows):
            around = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)]
            ring = [point for one, two in pairwise(around) for point in side(one, two)]
            found[f"{x:03d}{y:03d}"] = json.loads(shapely.to_geojson(shapely.Polygon(ring)))
    return found


def test_a_coverage_that_is_too_large_is_simplified_as_a_whole_until_it_fits():
    cells = winding(12, 12)
    full = web_shapes(cells)
    assert full.is_sound
    small = web_shapes(cells, most=full.size * 2 // 3)
    assert small.is_sound
    assert small.size <= full.size * 2 // 3
    shapes = decoded(small.content)
    assert set(shapes) == set(cells)
    assert shapely.coverage_is_valid(np.array(list(shapes.values()), dtype=object))
    whole = shapely.union_all(list(shapes.values()))
    assert whole.geom_type == "Polygon"
    assert not whole.interiors  # no gaps


def test_a_limit_that_cannot_be_met_gives_the_smallest_file():
    cells = winding(4, 4)
    assert web_shapes(cells, most=10).size < web_shapes(cells).size


def test_the_grid_is_finer_where_a_coarse_one_would_make_shapes_cross():
    needle = shapely.Polygon([(15, 49), (16, 49.00001), (16, 50), (15.5, 49.00003), (15, 50)])
    below = shapely.Polygon([(15, 49), (16, 49.00001), (16, 48.9), (15, 48.9)])
    found = web_shapes({"1": json.loads(shapely.to_geojson(needle)), "2": json.loads(shapely.to_geojson(below))})
    cells = [1 / size for size in json.loads(found.content)["transform"]["scale"]]
    assert found.is_sound
    assert cells[0] > GRIDS[0]


def test_the_file_is_packed_once():
    found = web_shapes(NEIGHBOURS)
    assert gzip.decompress(found.gzipped) == found.content
