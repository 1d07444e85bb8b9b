"""Shapes that cannot be a territory are refused by name and size."""

import re

import shapely

from tests.factories.territory_files import OfficialFiles, block, listed_with, refusal, row_of


def test_a_unit_without_a_shape(tmp_path):
    sentence = refusal(
        OfficialFiles().with_municipality("500801", shape=shapely.Polygon()).write(tmp_path, suffix=".gpkg")
    )
    assert "Blatec" in sentence


def test_an_orp_without_a_shape(tmp_path):
    files = OfficialFiles().with_orp("Olomouc", shape=shapely.Polygon()).write(tmp_path, suffix=".gpkg")
    assert "Olomouc has no shape." in refusal(files)


def test_a_unit_that_is_a_line(tmp_path):
    files = OfficialFiles().with_municipality("500801", shape=shapely.boundary(block(10, 0, 20, 10)))
    assert "Blatec is no area." in refusal(files.write(tmp_path, suffix=".gpkg"))


def test_municipalities_that_overlap(tmp_path):
    files = OfficialFiles().with_municipality("500801", shape=block(9, 0, 20, 10))
    assert "Olomouc and Blatec overlap by 10000000 m²." in refusal(files.write(tmp_path))


def test_a_gap_among_municipalities(tmp_path):
    hole = block(10, 0, 20, 10).difference(block(12, 2, 13, 3))
    sentence = refusal(OfficialFiles().with_municipality("500801", shape=hole).write(tmp_path))
    assert "A gap of 1000000 m² lies among Blatec." in sentence


def test_a_municipality_in_another_orp_than_the_list_says(tmp_path):
    changes = {"KOD_ORP": "7111", "NAZ_ORP": "Šumperk"}
    sentence = refusal(OfficialFiles().with_listed("500801", changes=changes).write(tmp_path))
    assert "Blatec lies in the ORP Olomouc (100 % of its area), but the list gives it to Šumperk." in sentence


def test_a_municipality_outside_every_orp(tmp_path):
    files = OfficialFiles()
    moved = files.with_municipality("569178", shape=block(39, 0, 49, 20)).with_listed(
        "569178", shape=block(39, 0, 49, 20)
    )
    assert "Žárová lies outside the ORP Šumperk, which the list gives it." in refusal(moved.write(tmp_path))


def test_an_orp_larger_than_its_municipalities(tmp_path):
    sentence = refusal(OfficialFiles().with_orp("Šumperk", shape=block(20, 0, 43, 20)).write(tmp_path))
    assert "ORP Šumperk: its municipalities leave 6000 ha of it uncovered, most around x" in sentence


def test_an_orp_smaller_than_its_municipalities(tmp_path):
    sentence = refusal(OfficialFiles().with_orp("Šumperk", shape=block(20, 0, 37, 20)).write(tmp_path))
    assert "ORP Šumperk: its municipalities reach 6000 ha beyond it, most of all Žárová." in sentence


def test_orp_that_overlap(tmp_path):
    sentence = refusal(OfficialFiles().with_orp("Šumperk", shape=block(19, 0, 40, 20)).write(tmp_path))
    assert "ORP_P.shp: the units do not lie side by side." in sentence
    assert "Olomouc and Šumperk overlap by 20000000 m²." in sentence


def test_a_seat_far_from_its_municipality(tmp_path):
    away = row_of(OfficialFiles().listed[0])
    sentence = refusal(listed_with(tmp_path, LON=away["LON"], LAT=away["LAT"]))
    assert re.search(r"The seat of Blatec lies \d{4} m outside its shape, in Olomouc\.", sentence)
