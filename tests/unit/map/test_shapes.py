import json

import pytest
import shapely

from portal.map.shapes import web_shapes


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
