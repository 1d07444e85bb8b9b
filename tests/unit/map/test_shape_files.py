"""Shapes kept as files: made once, made anew when damaged, never in the way."""

import json

import pytest
import shapely

from portal.map.shape_files import kept_in_file
from portal.map.shapes import web_shapes


@pytest.fixture
def made():
    """Makes shapes and counts how often."""

    class Maker:
        times = 0

        def __call__(self):
            self.times += 1
            box = json.loads(shapely.to_geojson(shapely.box(17.0, 49.9, 17.2, 50.0)))
            return web_shapes({"7107": box})

    return Maker()


def test_shapes_are_made_once_and_read_the_same(tmp_path, made):
    first = kept_in_file(tmp_path / "shapes", "orp-1", made)
    assert kept_in_file(tmp_path / "shapes", "orp-1", made) == first
    assert made.times == 1
    kept_in_file(tmp_path / "shapes", "orp-2", made)
    assert made.times == 2


@pytest.mark.parametrize("damage", [b"", b"x" * 40])
@pytest.mark.parametrize("ending", [".gz", ".json"])
def test_a_damaged_file_is_made_anew(tmp_path, made, damage, ending):
    first = kept_in_file(tmp_path, "orp-1", made)
    next(tmp_path.glob(f"*{ending}")).write_bytes(damage)
    assert kept_in_file(tmp_path, "orp-1", made) == first
    assert made.times == 2
    assert kept_in_file(tmp_path, "orp-1", made) == first
    assert made.times == 2


def test_the_file_of_other_shapes_is_not_taken_for_these(tmp_path, made):
    kept_in_file(tmp_path, "orp-1", made)
    described = next(tmp_path.glob("*.json"))
    described.write_text(described.read_text().replace('"digest": "', '"digest": "0'))
    kept_in_file(tmp_path, "orp-1", made)
    assert made.times == 2


def test_a_folder_that_cannot_be_written_to_costs_the_time_alone(tmp_path, made):
    (tmp_path / "shapes").write_text("a file in its place")
    assert kept_in_file(tmp_path / "shapes", "orp-1", made) is not None
    assert kept_in_file(tmp_path / "shapes", "orp-1", made) is not None
    assert made.times == 2


def test_no_shapes_leave_no_file(tmp_path):
    assert kept_in_file(tmp_path, "orp-1", lambda: None) is None
    assert list(tmp_path.iterdir()) == []
