"""Workbooks from outside: what both the returns and the ministry's figures are protected against, in one place."""

import io
import zipfile

import pytest

from portal.core.errors import ImportRejected
from portal.core.workbooks.reading import WorkbookLimits, read_sheets
from portal.core.workbooks.sheets import Kind, RawCell
from tests.factories.return_files import Formula, SheetCells, Shown, packed, parts_of, workbook

DECLARED = b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
PARTS = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml", "xl/styles.xml")


def book(**cells):
    sheet = SheetCells(name="List")
    for address, value in (cells or {"A1": "Náklady"}).items():
        sheet.put(address, value)
    return workbook(sheet)


def read(content, **limits):
    return list(read_sheets(io.BytesIO(content), "soubor.xlsx", WorkbookLimits(**limits)))


def with_changed(part, change):
    parts = parts_of(book())
    parts[part] = change(parts.get(part, b""))
    return packed(parts)


def declared(content):
    head, mark, rest = content.partition(b"?>")
    return head + mark + DECLARED + rest


def spoilt(content):
    """The same archive with its sheet torn."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        info = file.getinfo("xl/worksheets/sheet1.xml")
    place = info.header_offset + 30 + len(info.filename)
    return content[:place] + b"\xff" * 12 + content[place + 12 :]


def flagged(content):
    """The same archive with all parts said to be encrypted, in the directory and in themselves."""
    found = bytearray(content)
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        start = 0
        while (start := found.find(mark, start)) >= 0:
            found[start + offset] |= 1
            start += 4
    return bytes(found)


def packed_oddly(content):
    """The same archive with a way of packing that nobody knows."""
    found = bytearray(content)
    start = 0
    while (start := found.find(b"PK\x01\x02", start)) >= 0:
        found[start + 10] = 97
        start += 4
    return bytes(found)


def test_a_cell_keeps_its_kind_and_its_formula():
    [sheet] = read(
        book(A1="Náklady", B1=1234.5, C1=Shown(0.75, "0%"), D1=Shown(42005, "d. m. yyyy"), E1=Formula("=1+1", 2))
    )
    assert [sheet.cells[1, column] for column in range(1, 6)] == [
        RawCell(Kind.TEXT, "Náklady"),
        RawCell(Kind.NUMBER, "1234.5"),
        RawCell(Kind.PERCENT, "0.75"),
        RawCell(Kind.DATE, "42005"),
        RawCell(Kind.NUMBER, "2", is_formula=True),
    ]


@pytest.mark.parametrize("part", [*PARTS, "xl/worksheets/sheet1.xml"])
def test_no_part_may_declare_anything(part):
    with pytest.raises(ImportRejected, match="damaged"):
        read(with_changed(part, declared))


@pytest.mark.parametrize(
    "change", [spoilt, packed_oddly, lambda content: content[:-30], lambda _content: b"PK\x03\x04"]
)
def test_a_damaged_archive_is_told_as_such(change):
    with pytest.raises(ImportRejected, match="damaged"):
        read(change(book()))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (lambda: flagged(book()), "password"),
        (lambda: with_changed("xl/vbaProject.bin", lambda _old: b"x"), "macros"),
        (lambda: with_changed("mimetype", lambda _old: b"application/vnd.oasis"), "OpenDocument"),
        (lambda: with_changed("xl/media/image1.png", lambda _old: b" " * 70 * 1024 * 1024), "unpacks"),
        (lambda: with_changed("xl/media/image1.png", lambda _old: b" " * 2 * 1024 * 1024), "unpacks"),
        (lambda: packed(dict.fromkeys((f"part{number}" for number in range(501)), b"")), "unpacks"),
        (lambda: packed({"xl/other.xml": b""}), "damaged"),
    ],
)
def test_what_is_refused_before_anything_is_unpacked(content, sentence):
    with pytest.raises(ImportRejected, match=sentence):
        read(content())


def test_limits_are_those_of_the_reader():
    content = book(A1=1, A2=2, A3=3)
    assert len(read(content, cells=3)[0].cells) == 3
    with pytest.raises(ImportRejected, match="more than 2 filled cells"):
        read(content, cells=2)
    with pytest.raises(ImportRejected, match="has 1 sheets"):
        read(content, sheets=0)
    with pytest.raises(ImportRejected, match="unpacks"):
        read(content, unpacked_bytes=100)


def test_signs_that_xml_does_not_keep_are_read_as_people_see_them():
    written = b"radek_x000D_&#10;dalsi a_x005F_x000D_b _xZZZZ_ _x41_ _xD800_ _x0000_"
    [sheet] = read(with_changed("xl/sharedStrings.xml", lambda content: content.replace("Náklady".encode(), written)))
    assert sheet.cells[1, 1].text == "radek\r\ndalsi a_x000D_b _xZZZZ_ _x41_ _xD800_ _x0000_"
