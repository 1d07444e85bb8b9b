"""What cannot be meant is refused with a sentence that says what and where."""

import re
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace

import geopandas as gpd
import pytest
from shapely.affinity import affine_transform, translate

from portal.core.errors import ImportRejected
from portal.territory.ingest.layers import placement_of
from tests.factories.territory_files import KM, OfficialFiles, Orp, refusal

SWAPPED, NEGATED, BOTH = [0, 1, 1, 0, 0, 0], [-1, 0, 0, -1, 0, 0], [0, -1, -1, 0, 0, 0]


# --- files


def test_a_missing_file(tmp_path):
    files = replace(OfficialFiles().write(tmp_path), orp=tmp_path / "none.shp")
    assert refusal(files) == f"File {tmp_path / 'none.shp'} does not exist."


def test_a_folder_in_place_of_a_file(tmp_path):
    assert "is a folder" in refusal(replace(OfficialFiles().write(tmp_path), orp=tmp_path))


@pytest.mark.parametrize("name", ["ORP_P.shp", "OBCE_P.geojson", "people.csv"])
def test_an_empty_file(tmp_path, name):
    files = OfficialFiles().write(tmp_path)
    (tmp_path / name).write_bytes(b"")
    key = {"ORP_P.shp": "orp", "OBCE_P.geojson": "municipalities", "people.csv": "people"}[name]
    assert refusal(replace(files, **{key: tmp_path / name})) == f"File {name} is empty."


@pytest.mark.parametrize("suffix", [".shx", ".dbf"])
def test_a_shapefile_without_a_companion(tmp_path, suffix):
    files = OfficialFiles().write(tmp_path)
    (tmp_path / f"ORP_P{suffix}").unlink()
    assert refusal(files).startswith(f"ORP_P.shp lacks ORP_P{suffix} beside it")


def test_a_companion_in_place_of_the_shapefile(tmp_path):
    files = OfficialFiles().write(tmp_path)
    assert "ORP_P.dbf is only a companion" in refusal(replace(files, orp=tmp_path / "ORP_P.dbf"))


def test_a_file_of_another_kind(tmp_path):
    files = OfficialFiles().write(tmp_path)
    assert "people.csv is no layer that this import reads" in refusal(replace(files, orp=files.people))


@pytest.mark.parametrize(("name", "kind"), [("a.gpkg", "GPKG"), ("a.geojson", "GeoJSON"), ("a.zip", "ZIP")])
def test_a_file_that_is_not_what_its_name_says(tmp_path, name, kind):
    (tmp_path / name).write_bytes(b"nothing of the sort" * 20)
    files = replace(OfficialFiles().write(tmp_path), orp=tmp_path / name)
    assert refusal(files) == f"{name} cannot be read as {kind}; it is damaged or something else."


def test_a_shapefile_cut_in_the_middle(tmp_path):
    files = OfficialFiles().write(tmp_path)
    content = files.municipalities.read_bytes()
    files.municipalities.write_bytes(content[: len(content) // 2])
    assert "OBCE_P.shp" in refusal(files)


def test_a_zip_without_a_shapefile(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("readme.txt", "x")
    assert refusal(replace(OfficialFiles().write(tmp_path), orp=tmp_path / "a.zip")) == "a.zip holds no layer."


def test_a_zip_with_half_a_shapefile(tmp_path):
    files = OfficialFiles().write(tmp_path)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(files.orp, "ORP_P.shp")
    assert "a.zip/ORP_P.shp lacks ORP_P.shx, ORP_P.dbf" in refusal(replace(files, orp=tmp_path / "a.zip"))


def test_a_layer_that_is_not_there(tmp_path):
    files = OfficialFiles().write(tmp_path, suffix=".gpkg")
    assert refusal(replace(files, orp_layer="ORP")) == "ORP_P.gpkg has no layer ORP; it has: ORP_P."


def test_a_geopackage_that_announces_a_layer_it_does_not_have(tmp_path):
    files = OfficialFiles().write(tmp_path, suffix=".gpkg")
    with closing(sqlite3.connect(files.orp, isolation_level=None)) as database:
        database.execute('DROP TABLE "ORP_P"')
    assert "ORP_P.gpkg" in refusal(files)


def test_a_zip_that_would_fill_the_disk(tmp_path, monkeypatch):
    files = OfficialFiles().write(tmp_path)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for path in tmp_path.glob("ORP_P.*"):
            archive.write(path, path.name)
    monkeypatch.setattr("portal.territory.ingest.sources.MAX_UNPACKED_BYTES", 1_000)
    assert refusal(replace(files, orp=tmp_path / "a.zip")) == "a.zip would unpack to more than 4 GiB."


def test_a_layer_without_units(tmp_path):
    assert refusal(replace(OfficialFiles(), orps=()).write(tmp_path)) == "ORP_P.shp holds no units."


def test_a_layer_without_its_column(tmp_path):
    files = OfficialFiles().write(tmp_path, suffix=".gpkg")
    gpd.read_file(files.orp).rename(columns={"NAZEV": "TITLE"}).to_file(files.orp)
    sentence = refusal(files)
    assert sentence.startswith("ORP_P.gpkg lacks the column NAZEV; it has: ")
    assert "TITLE" in sentence


def test_layers_given_the_wrong_way_round(tmp_path):
    files = OfficialFiles().write(tmp_path)
    exchanged = replace(files, orp=files.municipalities, municipalities=files.orp)
    assert "OBCE_P.shp lacks the column NUTS3_KOD" in refusal(exchanged)


# --- coordinates


def test_a_layer_that_does_not_say_its_system(tmp_path):
    files = OfficialFiles().write(tmp_path)
    (tmp_path / "ORP_P.prj").unlink()
    assert "ORP_P.shp does not say its coordinate system" in refusal(files)


@pytest.mark.parametrize("crs", ["EPSG:5513", "EPSG:3857", "EPSG:32633"])
def test_a_layer_in_another_system(tmp_path, crs):
    sentence = refusal(replace(OfficialFiles(), crs=crs).write(tmp_path))
    assert re.fullmatch(
        r"ORP_P\.shp is in the coordinate system .*; EPSG:5514 \(S-JTSK\) or WGS 84 is expected\.", sentence
    )


@pytest.mark.parametrize(
    ("matrix", "sentence"),
    [
        (SWAPPED, "the axes are exchanged: x -1100000 … -1080000, y -560000 … -520000"),
        (NEGATED, "the sign is wrong: x 520000 … 560000"),
        (BOTH, "the axes are exchanged and the sign is wrong: x 1080000 … 1100000"),
    ],
)
@pytest.mark.parametrize("layer", ["ORP_P", "OBCE_P"])
def test_axes_exchanged_or_mirrored(tmp_path, matrix, sentence, layer):
    turned = OfficialFiles()
    if layer == "ORP_P":
        turned = replace(turned, orps=tuple(replace(o, shape=affine_transform(o.shape, matrix)) for o in turned.orps))
    else:
        turned = replace(
            turned,
            municipalities=tuple(replace(m, shape=affine_transform(m.shape, matrix)) for m in turned.municipalities),
        )
    assert f"{layer}.shp: {sentence}" in refusal(turned.write(tmp_path))


def test_a_geojson_with_metres_in_place_of_degrees(tmp_path):
    files = OfficialFiles().write(tmp_path, suffix=".geojson")
    content = files.orp.read_text()
    files.orp.write_text(re.sub(r'"crs": \{.*?\}\s*\},', "", content))
    assert "the file says WGS 84, but x -560000 … -520000 and" in refusal(files)


def test_degrees_called_s_jtsk(tmp_path):
    files = replace(OfficialFiles(), crs="EPSG:4326").write(tmp_path)
    (tmp_path / "ORP_P.prj").write_bytes((OfficialFiles().write(tmp_path / "b").orp.with_suffix(".prj")).read_bytes())
    assert "the file says S-JTSK, but x " in refusal(files)


def test_latitude_before_longitude(tmp_path):
    files = replace(OfficialFiles(), crs="EPSG:4326").write(tmp_path)
    frame = gpd.read_file(files.orp)
    frame.geometry = [affine_transform(shape, SWAPPED) for shape in frame.geometry]
    frame.to_file(files.orp)
    assert "the axes are exchanged: x 4" in refusal(files)


def test_a_region_outside_czechia(tmp_path):
    away = replace(
        OfficialFiles(), orps=tuple(replace(o, shape=translate(o.shape, 900 * KM)) for o in OfficialFiles().orps)
    )
    assert "the coordinates lie outside Czechia: x 340000" in refusal(away.write(tmp_path))


def test_a_system_that_nobody_knows():
    with pytest.raises(ImportRejected, match=r"L is in the coordinate system klingon; EPSG:5514"):
        placement_of("L", "klingon")


# --- codes and names


def test_a_region_that_is_not_in_the_layer(tmp_path):
    files = OfficialFiles()
    elsewhere = replace(files, orps=tuple(replace(o, region="CZ072") for o in files.orps)).write(tmp_path)
    assert refusal(elsewhere) == (
        "ORP_P.shp has no unit of region CZ071 (column NUTS3_KOD); it has: CZ072 (2)."
    )  # fmt: skip


def test_a_region_that_is_not_in_the_list(tmp_path):
    files = replace(OfficialFiles().write(tmp_path), region="CZ099")
    assert refusal(files) == (
        "File people.csv has no municipality of region CZ099 (column KOD_CZNUTS3); it has: CZ071 (5)."
    )


def test_an_orp_twice_in_the_layer(tmp_path):
    files = OfficialFiles()
    sentence = refusal(replace(files, orps=(*files.orps, files.orps[0])).write(tmp_path))
    assert "Code 7107 stands 2 times." in sentence
    assert "ORP Olomouc stands 2 times." in sentence


def test_an_orp_in_one_file_only(tmp_path):
    files = OfficialFiles()
    other = replace(files, orps=(files.orps[0], Orp("7112", "Uničov", files.orps[1].shape)))
    sentence = refusal(other.write(tmp_path))
    assert "ORP Uničov is in the layer only." in sentence
    assert "ORP Šumperk is in the list of municipalities only." in sentence


def test_codes_of_two_systems_in_one_layer(tmp_path):
    sentence = refusal(OfficialFiles().with_orp("Šumperk", code="1503").write(tmp_path))
    assert "some codes of ORP are those of ČSÚ, others not" in sentence
    assert "Šumperk: code 1503, in the list 7111." in sentence


def test_a_municipality_twice_in_the_layer(tmp_path):
    files = OfficialFiles()
    sentence = refusal(replace(files, municipalities=(*files.municipalities, files.municipalities[1])).write(tmp_path))
    assert "Code 500801 stands 2 times." in sentence


def test_a_municipality_in_the_list_only(tmp_path):
    files = OfficialFiles()
    sentence = refusal(replace(files, municipalities=files.municipalities[1:]).write(tmp_path))
    assert "Olomouc (500496) is in the list only, not in the layer." in sentence


def test_a_municipality_in_the_layer_only(tmp_path):
    sentence = refusal(replace(OfficialFiles(), listed=OfficialFiles().listed[1:]).write(tmp_path))
    assert "Olomouc (500496) is in the layer only, not in the list." in sentence


def test_names_that_do_not_go_with_the_codes(tmp_path):
    sentence = refusal(OfficialFiles().with_municipality("500801", name="Hlubočky").write(tmp_path))
    assert "names do not go with the codes of the list" in sentence
    assert "Blatec is Hlubočky in the layer." in sentence
