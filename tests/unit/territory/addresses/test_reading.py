"""Address files of RÚIAN: what is taken, what is left out and counted, what is refused with file and row."""

import json
import zipfile

import pytest

from portal.core.errors import ImportRejected
from portal.territory.addresses import ingest
from portal.territory.addresses.ingest import read_addresses, read_guarded_addresses
from portal.territory.addresses.types import AddressRegion, UnknownMunicipality
from tests.factories.addresses import (
    BLATEC,
    HEADING,
    SMALL_REGION,
    Address,
    content_of,
    row_of,
    write_addresses,
    write_archive,
)
from tests.factories.paths import shared_data

SQUARE = [[16.5, 49.3], [17.9, 49.3], [17.9, 50.4], [16.5, 50.4], [16.5, 49.3]]
SURVEYED = AddressRegion(
    SMALL_REGION.name, SMALL_REGION.municipalities, json.dumps({"type": "Polygon", "coordinates": [SQUARE]})
)
HOUSE = Address(1, "Horní náměstí", "12", "3")


def refused(paths, region=SMALL_REGION):
    with pytest.raises(ImportRejected) as caught:
        read_addresses(paths, region)
    return caught.value


def file_of(tmp_path, rows, **changes):
    path = tmp_path / "adresy.csv"
    path.write_bytes(content_of(rows, **changes))
    return path


def test_the_published_format_is_read():
    path = shared_data("formats", "20240101_OB_599999_ADR_ukazka.csv")
    parsed = read_addresses([path], AddressRegion("Moravskoslezský kraj", frozenset(("599999",)), None))
    assert parsed.points.code == [8338752, 8338761]
    assert parsed.points.label == ["Trojanovice 2, 744 01 Trojanovice", "Trojanovice 3, 744 01 Trojanovice"]
    # By the transformation that PROJ itself chooses for the country, which differs by about a metre.
    assert parsed.points.lon == pytest.approx([18.19339, 18.18984], abs=3e-5)
    assert parsed.points.lat == pytest.approx([49.53818, 49.53761], abs=3e-5)
    assert (parsed.municipalities, parsed.without_point) == (1, 0)


def test_files_and_archives_are_read_together_in_any_order(tmp_path):
    inside = content_of([row_of(Address(2, town=BLATEC, house="45", postcode="78375"))])
    archive = write_archive(tmp_path / "kraj.zip", {"CSV/b.csv": inside, "ctime.txt": b"x"})
    plain = write_addresses(tmp_path / "a.csv", [HOUSE])
    parsed = read_guarded_addresses([archive, plain], SMALL_REGION)
    assert parsed.points.label == ["Horní náměstí 12/3, 779 00 Olomouc", "Blatec 45, 783 75 Blatec"]
    assert parsed.points.lon == pytest.approx([17.25, 17.25], abs=1e-6)
    assert parsed.points.lat == pytest.approx([49.59, 49.59], abs=1e-6)
    assert (parsed.source, parsed.municipalities) == ("kraj.zip, a.csv", 2)
    assert read_addresses([plain, archive], SMALL_REGION).points == parsed.points


def test_what_has_no_point_and_what_the_territory_does_not_know_is_left_out_and_counted(tmp_path):
    new = ("599001", "Nová Ves")
    addresses = [HOUSE, Address(2, lon=None), Address(3, town=new), Address(4, town=new, lon=None)]
    for region in (SMALL_REGION, SURVEYED):
        parsed = read_addresses([write_addresses(tmp_path / "a.csv", addresses)], region)
        assert (parsed.points.code, parsed.without_point) == ([1], 1)
        assert parsed.unknown == (UnknownMunicipality("599001", "Nová Ves", 2),)


def test_a_municipality_outside_the_region_is_refused(tmp_path):
    path = write_addresses(tmp_path / "a.csv", [HOUSE, Address(2, town=("554782", "Praha"), lon=14.42, lat=50.08)])
    error = refused([path], SURVEYED)
    assert [(fault.row, fault.column, str(fault.message)) for fault in error.rows] == [
        ("a.csv:3", "Kód obce", "Praha (554782) lies outside Olomoucký kraj.")
    ]


@pytest.mark.parametrize(
    ("column", "text", "sentence"),
    [
        ("Kód ADM", "x", "no code of an address place"),
        ("Kód ADM", "1234567890", "no code of an address place"),
        ("Kód obce", "50049", "no code of a municipality"),
        ("Název obce", "", "The name is missing."),
        ("Název ulice", "x" * 81, "longer than 80"),
        ("Číslo domovní", "dvanáct", "no number of a house"),
        ("Číslo domovní", "", "no number of a house"),
        ("Číslo orientační", "3a", "no number of a house"),
        ("Znak čísla orientačního", "ab", "no letter"),
        ("PSČ", "779 00", "no postcode"),
        ("Souřadnice Y", "mnoho", "“mnoho” is not a number."),
        ("Souřadnice Y", "", "“” is not a number."),
        ("Souřadnice X", "nan", "“nan” is not a number."),
        ("Souřadnice Y", "1133960.17", "outside the Czech Republic"),
        ("Souřadnice Y", "-479862.17", "outside the Czech Republic"),
        ("Souřadnice X", "1300000", "outside the Czech Republic"),
    ],
)
def test_a_fault_says_file_row_and_column(tmp_path, column, text, sentence):
    error = refused([file_of(tmp_path, [row_of(HOUSE), row_of(Address(2), {column: text})])])
    (fault,) = error.rows
    told = "Souřadnice Y" if "outside" in sentence else column  # where both are told together
    assert (fault.row, fault.column) == ("adresy.csv:3", told)
    assert sentence in str(fault.message)
    assert str(error) == "The address files have 1 fault."


def test_exchanged_axes_are_told(tmp_path):
    cells = dict(zip(HEADING, row_of(HOUSE), strict=True))
    changes = {"Souřadnice Y": cells["Souřadnice X"], "Souřadnice X": cells["Souřadnice Y"]}
    error = refused([file_of(tmp_path, [row_of(HOUSE, changes)])])
    assert "are the axes or signs exchanged?" in str(error.rows[0].message)


def test_an_address_twice_and_a_row_of_another_length_are_told(tmp_path):
    write_addresses(tmp_path / "a.csv", [HOUSE])
    path = file_of(tmp_path, [row_of(HOUSE), row_of(Address(2))[:-1]])
    error = refused([tmp_path / "a.csv", path])
    assert [(fault.row, str(fault.message)) for fault in error.rows] == [
        ("adresy.csv:2", "Address place 1 stands a second time; first in a.csv:2."),
        ("adresy.csv:3", "The row has 18 cells, the heading 19."),
    ]


def test_of_many_faults_the_first_are_told_and_all_counted(tmp_path):
    rows = [row_of(Address(number), {"PSČ": "x"}) for number in range(300)]
    error = refused([file_of(tmp_path, rows)])
    assert str(error) == "The address files have 300 faults."
    assert len(error.rows) == ingest.KEPT_FAULTS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_another_encoding_is_named(tmp_path, encoding):
    assert "is in UTF-8" in str(refused([file_of(tmp_path, [row_of(HOUSE)], encoding=encoding)]))


def test_an_encoding_that_garbles_names_is_refused(tmp_path):
    rows = [row_of(Address(1, "Šípková"))]
    assert "is not in Windows-1250" in str(refused([file_of(tmp_path, rows, encoding="iso-8859-2")]))
    assert "is not in Windows-1250" in str(
        refused([file_of(tmp_path, [["\x98"]], encoding="iso-8859-1", heading=["ý"])])
    )


def test_missing_columns_are_named(tmp_path):
    heading = [title for title in HEADING if title not in ("PSČ", "Souřadnice X")]
    assert str(refused([file_of(tmp_path, [], heading=heading)])) == ("adresy.csv lacks the columns PSČ, Souřadnice X.")
    (tmp_path / "jina.csv").write_bytes(b"\0\0")
    assert "no address file" in str(refused([tmp_path / "jina.csv"]))


def test_a_file_without_any_point_of_the_region_is_refused(tmp_path):
    assert "holds no address point of Olomoucký kraj" in str(refused([file_of(tmp_path, [])]))
    path = write_addresses(tmp_path / "a.csv", [Address(1, town=("599001", "Jinde"))])
    assert "holds no address point" in str(refused([path]))


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    bomb = write_archive(tmp_path / "bomba.zip", {"a.csv": b"0" * 50_000_000})
    assert "unpacks to far more" in str(refused([bomb]))
    many = write_archive(tmp_path / "mnoho.zip", {f"{number}.csv": b"" for number in range(ingest.MAX_MEMBERS + 1)})
    assert "unpacks to far more" in str(refused([many]))
    monkeypatch.setattr(ingest, "MAX_BYTES", 2_000)
    rows = [row_of(Address(number)) for number in range(30)]
    assert "unpacks to far more" in str(refused([write_archive(tmp_path / "a.zip", {"a.csv": content_of(rows)})]))
    assert "is larger than" in str(refused([file_of(tmp_path, rows)]))


def test_a_damaged_empty_or_locked_archive_is_refused(tmp_path):
    broken = tmp_path / "zlomeny.zip"
    broken.write_bytes(b"PK\x03\x04 to neni archiv")
    assert "damaged" in str(refused([broken]))
    assert "no address file" in str(refused([write_archive(tmp_path / "p.zip", {"cti.txt": b"x"})]))
    locked = write_archive(tmp_path / "z.zip", {"a.csv": content_of([row_of(HOUSE)])})
    content = bytearray(locked.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1  # the directory says that the part is encrypted
    locked.write_bytes(content)
    assert zipfile.is_zipfile(locked)
    assert "password" in str(refused([locked]))


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(ImportRejected, match="does not exist"):
        read_guarded_addresses([tmp_path / "neni.csv"], SMALL_REGION)
