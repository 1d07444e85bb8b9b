"""Official layers in the formats they come in become one checked territory."""

import zipfile
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from portal.core.errors import ImportRejected
from portal.territory.calc.web import is_sound
from portal.territory.ingest.read import STEPS, read_territory
from portal.territory.types import Level
from tests.factories.territory_files import X0, Y0, OfficialFiles, block, row_of, write_list


def units(parsed, level):
    return {item.unit.code: item.unit for item in parsed.units if item.unit.level is level}


def shapes(parsed, level):
    return np.array(
        [shapely.from_geojson(item.web_geojson) for item in parsed.units if item.unit.level is level], dtype=object
    )


def findings(parsed):
    return [str(finding.message) for finding in parsed.findings]


@pytest.mark.parametrize("suffix", [".shp", ".geojson", ".gpkg"])
def test_every_format_gives_the_same_units(tmp_path, suffix):
    crs = "EPSG:4326" if suffix == ".geojson" else "EPSG:5514"
    parsed = read_territory(replace(OfficialFiles(), crs=crs).write(tmp_path, suffix=suffix))
    assert [len(units(parsed, level)) for level in Level] == [1, 2, 2, 5]
    assert {u.name for u in units(parsed, Level.MUNICIPALITY).values()} == {
        "Olomouc", "Blatec", "Štěpánov", "Šumperk", "Žárová",
    }  # fmt: skip
    assert units(parsed, Level.REGION)["3123"].population == 10_000
    assert findings(parsed) == [f"ORP_P{suffix}: the codes of ORP are those of ČSÚ."]


def test_people_and_codes_of_all_systems_are_filled(tmp_path):
    parsed = read_territory(OfficialFiles().write(tmp_path))
    region, orp = units(parsed, Level.REGION)["3123"], units(parsed, Level.ORP)["7107"]
    district, unit = units(parsed, Level.DISTRICT)["40819"], units(parsed, Level.MUNICIPALITY)["500801"]
    assert (region.nuts_code, region.ruian_code, region.mpsv_code) == ("CZ071", "124", "Kraj/124")
    assert (district.nuts_code, district.ruian_code, district.mpsv_code) == ("CZ0715", "3809", "Okres/3809")
    assert (orp.parent_code, orp.district_code, orp.population, orp.population_65_plus) == ("3123", "40789", 6000, 1200)
    assert (orp.population_0_14, orp.population_80_plus) == (900, 300)
    assert (unit.parent_code, unit.district_code, unit.mpsv_code) == ("7107", "40789", "Obec/500801")


def test_an_orp_has_the_seat_of_the_municipality_it_is_named_after(tmp_path):
    parsed = read_territory(OfficialFiles().write(tmp_path))
    orp, town = units(parsed, Level.ORP)["7111"], units(parsed, Level.MUNICIPALITY)["523704"]
    assert (orp.seat_lon, orp.seat_lat) == (town.seat_lon, town.seat_lat)


@pytest.mark.parametrize("level", list(Level))
def test_web_shapes_of_every_level_are_a_sound_coverage(tmp_path, level):
    parsed = read_territory(OfficialFiles().write(tmp_path))
    assert is_sound(shapes(parsed, level))


def test_each_step_is_reported(tmp_path):
    seen = []
    read_territory(OfficialFiles().write(tmp_path), lambda done, total: seen.append((done, total)))
    assert seen == [(step, STEPS) for step in range(1, STEPS + 1)]


@pytest.mark.parametrize("encoding", ["cp1250", "utf-8", "cp852", "iso-8859-2"])
def test_a_shapefile_without_cpg_is_read_by_the_names_of_the_list(tmp_path, encoding):
    files = OfficialFiles().write(tmp_path, encoding=encoding)
    for path in tmp_path.glob("*.cpg"):
        path.unlink()
    parsed = read_territory(files)
    assert units(parsed, Level.ORP)["7111"].name == "Šumperk"
    assert not any("called" in line for line in findings(parsed))


def test_a_cpg_that_lies_is_told_and_not_believed(tmp_path):
    files = OfficialFiles().write(tmp_path, encoding="utf-8")
    (tmp_path / "OBCE_P.cpg").write_text("1250")
    assert "OBCE_P.shp: the .cpg says cp1250, but the names are in utf-8; read so." in findings(read_territory(files))


def test_an_unknown_word_in_the_cpg_does_not_matter(tmp_path):
    files = OfficialFiles().write(tmp_path)
    (tmp_path / "OBCE_P.cpg").write_text("klingon")
    assert len(units(read_territory(files), Level.MUNICIPALITY)) == 5


def test_names_in_an_encoding_nobody_expects_are_told_with_a_sample(tmp_path):
    files = OfficialFiles().write(tmp_path)
    table = tmp_path / "OBCE_P.dbf"
    table.write_bytes(table.read_bytes().replace("Žárová".encode("cp1250"), b"\xa6\xb1rov\xb5"))
    with pytest.raises(ImportRejected, match=r"OBCE_P\.shp: the encoding of the names is unknown; one of them reads"):
        read_territory(files)


def test_codes_of_ruian_in_the_layer_of_orp_are_recognised_by_names(tmp_path):
    parsed = read_territory(
        OfficialFiles().with_orp("Olomouc", code="1490").with_orp("Šumperk", code="1503").write(tmp_path)
    )
    assert {code: unit.ruian_code for code, unit in units(parsed, Level.ORP).items()} == {
        "7107": "1490", "7111": "1503",
    }  # fmt: skip
    assert "ORP_P.shp: the codes of ORP are those of RÚIAN; joined with ČSÚ's by name." in findings(parsed)


def test_codes_written_as_numbers_are_codes(tmp_path):
    files = OfficialFiles().write(tmp_path, suffix=".gpkg")
    frame = gpd.read_file(files.municipalities)
    frame.assign(KOD=frame.KOD.astype(float)).to_file(files.municipalities)
    assert "500801" in units(read_territory(files), Level.MUNICIPALITY)


def test_other_regions_of_a_national_layer_are_left_out(tmp_path):
    files = OfficialFiles()
    abroad = replace(files.orps[0], code="7201", name="Zlín", shape=block(40, 0, 60, 20), region="CZ072")
    stranger = replace(files.municipalities[0], code="585068", name="Zlín", shape=block(40, 0, 60, 20))
    parsed = read_territory(
        replace(files, orps=(*files.orps, abroad), municipalities=(*files.municipalities, stranger)).write(tmp_path)
    )
    assert [len(units(parsed, level)) for level in Level] == [1, 2, 2, 5]


def test_the_list_may_be_a_national_one_too(tmp_path):
    files = OfficialFiles().write(tmp_path)
    other = {**row_of(OfficialFiles().listed[0]), "KOD_OBEC": "585068", "KOD_CZNUTS3": "CZ072"}
    write_list(files.people, [other, *(row_of(m) for m in OfficialFiles().listed)])
    assert len(units(read_territory(files), Level.MUNICIPALITY)) == 5


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "cp1250"), (",", "utf-8-sig"), (";", "utf-8")])
def test_the_list_comes_with_either_delimiter_and_encoding(tmp_path, delimiter, encoding):
    files = OfficialFiles().write(tmp_path)
    write_list(files.people, [row_of(m) for m in OfficialFiles().listed], delimiter=delimiter, encoding=encoding)
    parsed = read_territory(files)
    assert units(parsed, Level.MUNICIPALITY)["569178"].name == "Žárová"


def test_a_shapefile_may_come_in_a_zip(tmp_path):
    files = OfficialFiles().write(tmp_path)
    archive = tmp_path / "layers.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for path in [*tmp_path.glob("ORP_P.*"), *tmp_path.glob("OBCE_P.*")]:
            target.write(path, f"1/{path.name}")
    parsed = read_territory(replace(files, orp=archive, municipalities=archive))
    assert len(units(parsed, Level.MUNICIPALITY)) == 5
    assert parsed.source == "layers.zip/1/ORP_P.shp, layers.zip/1/OBCE_P.shp, people.csv"


def test_layers_of_one_geopackage_are_found_by_their_usual_names_or_as_told(tmp_path):
    files = OfficialFiles().write(tmp_path)
    both = tmp_path / "all.gpkg"
    gpd.read_file(files.orp).to_file(both, layer="ORP_P")
    gpd.read_file(files.municipalities).to_file(both, layer="obce")
    with pytest.raises(ImportRejected, match=r"several layers \(ORP_P, obce\) and none is called OBCE_P"):
        read_territory(replace(files, orp=both, municipalities=both))
    parsed = read_territory(replace(files, orp=both, municipalities=both, municipalities_layer="obce"))
    assert len(units(parsed, Level.MUNICIPALITY)) == 5


def test_a_district_named_after_no_municipality_has_no_seat(tmp_path):
    files = OfficialFiles()
    listed = tuple(replace(unit, changes={"NAZ_LAU1": "Haná"} if unit.orp == "7107" else {}) for unit in files.listed)
    district = units(read_territory(replace(files, listed=listed).write(tmp_path)), Level.DISTRICT)["40789"]
    assert (district.name, district.seat_lon, district.seat_lat) == ("Haná", None, None)


def test_a_tiny_exclave_survives_simplifying_and_rounding(tmp_path):
    speck = shapely.box(X0 + 25_000, Y0 + 9_000, X0 + 25_004, Y0 + 9_003)
    olomouc, sumperk = block(0, 0, 10, 20).union(speck), block(20, 0, 30, 20).difference(speck)
    files = OfficialFiles().with_municipality("500496", shape=olomouc).with_municipality("523704", shape=sumperk)
    parsed = read_territory(files.write(tmp_path))
    found = shapes(parsed, Level.MUNICIPALITY)
    assert is_sound(found)
    assert sorted(shapely.get_num_geometries(found)) == [1, 1, 1, 1, 2]


def test_a_district_that_cuts_an_orp_is_dissolved_from_municipalities(tmp_path):
    changes = {"KOD_OKRES": "40819", "KOD_LAU1": "CZ0715", "NAZ_LAU1": "Šumperk", "MPSV_OKRES": "Okres/3809"}
    parsed = read_territory(OfficialFiles().with_listed("505609", changes=changes).write(tmp_path))
    assert units(parsed, Level.ORP)["7107"].district_code is None
    assert units(parsed, Level.MUNICIPALITY)["505609"].district_code == "40819"
    assert units(parsed, Level.DISTRICT)["40819"].population == 4_400
    assert is_sound(shapes(parsed, Level.DISTRICT))


def test_reading_twice_gives_the_same(tmp_path):
    files = OfficialFiles().write(tmp_path)
    assert read_territory(files) == read_territory(files)
