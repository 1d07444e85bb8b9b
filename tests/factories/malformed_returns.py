"""Files that are no good, each with what has to be said of it: named cases."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from tests.factories.return_files import (
    CENTRE_COLUMN,
    HOME_COMMENTS,
    PERIOD,
    SHEET,
    Formula,
    SheetCells,
    Shown,
    good_lines,
    good_sheet,
    list_of,
    packed,
    parts_of,
    place_of,
    row_of,
    with_part,
    workbook,
)

Content = bytes | Callable[[], bytes]
RELATIONS = "xl/_rels/workbook.xml.rels"
SHEET_XML = "xl/worksheets/sheet1.xml"


@dataclass(frozen=True)
class Case:
    """``place`` None: the file is refused as a whole."""

    name: str
    content: Content
    place: str | None
    sentence: str  # part of the English sentence
    file_name: str = "vykaz.xlsx"

    @property
    def bytes(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else self.content()


def cell(name: str, value: object, sentence: str, key: str = "residential-direct_hours") -> Case:
    return Case(name, lambda: workbook(good_sheet().at(key, value)), place_of(key), sentence)


def sheet(name: str, change: Callable[[SheetCells], object], place: str | None, sentence: str) -> Case:
    def content() -> bytes:
        cells = good_sheet()
        change(cells)
        return workbook(cells)

    return Case(name, content, place, sentence)


def refused(name: str, content: Content, sentence: str, file_name: str = "vykaz.xlsx") -> Case:
    return Case(name, content, None, sentence, file_name)


def listed(name: str, lines: Callable[[], list[str]], place: str, sentence: str) -> Case:
    return Case(name, lambda: list_of(*lines()), place, sentence, "vykaz.csv")


NUMBER = "Write a number"
TWO_THINGS = "can mean two things"

CELLS = (
    cell("words", "asi čtyřicet", NUMBER),
    cell("number with unit", "4000 hod", NUMBER),
    cell("two numbers in one cell", "12 34", NUMBER),
    cell("several lines", "12\n13", NUMBER),
    cell("comma of thousands or of decimals", "1,234,567", NUMBER),
    cell("two decimal commas", "4,000,5", NUMBER),
    cell("range", "10-20", NUMBER),
    cell("currency", "1 000 Kč", NUMBER, "all-costs_energy"),
    cell("exponent in a text", "1e5", NUMBER),
    cell("other digits", "٣٤", NUMBER),
    cell("sign of about", "~40", NUMBER),
    cell("not a number in words", "NaN", NUMBER),
    cell("infinite", "inf", NUMBER),
    cell("tag", "<b>40</b>", NUMBER),
    cell("text that begins as a formula", "=40", NUMBER),
    cell("negative number", -5, "cannot be negative"),
    cell("negative text", "-5", "cannot be negative"),
    cell("negative with the true minus", "\u22125", "cannot be negative"),
    cell("too large", 10**13, "too large"),
    cell("too large as a text", "9" * 30, "too large"),
    cell("too many decimals", 12.345, "at most 2 decimal places"),
    cell("too many decimals as a text", "12,345", "at most 2 decimal places"),
    cell("decimals of a count", 38.5, "whole number", "all-users_at_end"),
    cell("decimals of a count as a text", "38,5", "whole number", "all-users_at_end"),
    cell("dash", "-", TWO_THINGS),
    cell("long dash", "–", TWO_THINGS),
    cell("cross", "x", TWO_THINGS),
    cell("question mark", "?", TWO_THINGS),
    cell("hidden", "skryto", "hidden figure"),
    cell("date", date(2026, 6, 30), "made a date"),
    cell("decimal that became a date", Shown(46199, "d. mmm"), "made a date"),
    cell("hours that became a time", Shown(0.5, "[h]:mm"), "made a date"),
    cell("month in a built-in format", Shown(46199, "mmm-yy"), "made a date"),
    cell("per cent", Shown(0.75, "0%"), "per cent"),
    cell("per cent with decimals", Shown(0.75, "0.00%"), "per cent"),
    cell("truth value", True, "yes or no"),
    cell("formula", Formula("=2000*2", 4000), "holds a formula"),
    cell("formula with a text", Formula('="4000"', "4000"), "holds a formula"),
    cell("formula to another file", Formula("=[1]List1!A1", 4000), "holds a formula"),
    cell("formula that failed", Formula("=1/0", "#DIV/0!"), "holds a formula"),
    Case(
        "error value",
        lambda: with_part(
            SHEET_XML,
            lambda xml: xml.replace(
                b"</sheetData>", b'<row r="900"><c r="A900" t="e"><v>#REF!</v></c></row></sheetData>'
            ),
        ),
        f"{SHEET}!A900",
        "no such row",
    ),
)
MEANING = (
    cell("more bed-days than beds give", 99999, "bed-days", "residential-bed_days_used"),
    cell("more users at the end than at all", 99, "more users", "all-users_at_end"),
    cell("nothing in a cell", None, "Fill in the figure", "all-costs_energy"),
    cell("spaces in a cell", " \u00a0 ", "Fill in the figure", "all-costs_energy"),
    cell("figure that is not asked", "5", "not asked", "outpatient-direct_hours"),
    sheet(
        "comment of a novel",
        lambda s: s.at("all-users_new", "x" * 2_100, HOME_COMMENTS),
        place_of("all-users_new", HOME_COMMENTS),
        "longer than 2000",
    ),
    sheet(
        "foreign total",
        lambda s: s.at("all-costs_total", 1),
        place_of("all-costs_total"),
        "the portal computes",
    ),
)
SHAPE = (
    sheet(
        "merged with the next cell",
        lambda s: s.merged.append(f"E{row_of('all-users_new')}:F{row_of('all-users_new')}"),
        place_of("all-users_new"),
        "merged",
    ),
    sheet(
        "merged downwards",
        lambda s: s.merged.append(f"E{row_of('all-users_new')}:E{row_of('all-users_left')}"),
        place_of("all-users_left"),
        "merged",
    ),
    sheet("same service twice", lambda s: s.put("G1", s.cells[1, 5]), f"{SHEET}!G5", "twice"),
    sheet("mark of a service spoilt", lambda s: s.put("G1", "1002"), f"{SHEET}!G1", "not known whose column"),
    sheet("form that is none", lambda s: s.put("G1", "1002|46|both|0"), f"{SHEET}!G1", "not known whose column"),
    sheet(
        "row of a figure twice",
        lambda s: s.put(f"A{row_of('all-users_left')}", "all-users_new"),
        f"{SHEET}!B{row_of('all-users_left')}",
        "twice",
    ),
    sheet(
        "row of an unknown figure",
        lambda s: s.put(f"A{row_of('all-users_left')}", "all-users_lost"),
        f"{SHEET}!A{row_of('all-users_left')}",
        "no such row",
    ),
    sheet(
        "row without its mark",
        lambda s: s.cells.pop((row_of("all-users_left"), 1)),
        place_of("all-users_left"),
        "would be lost",
    ),
    sheet(
        "column of nobody",
        lambda s: s.put(f"J{row_of('all-users_new')}", 7),
        f"{SHEET}!J{row_of('all-users_new')}",
        "belongs to no service",
    ),
    sheet(
        "fault in the second service",
        lambda s: s.at("outpatient-direct_hours", "mnoho", CENTRE_COLUMN),
        place_of("outpatient-direct_hours", CENTRE_COLUMN),
        NUMBER,
    ),
    sheet(
        "no service at all",
        lambda s: [s.cells.pop(place) for place in list(s.cells) if place[0] == 1 and place[1] > 4],
        f"{SHEET}!E1",
        "no service",
    ),
    Case(
        "nothing filled in",
        lambda: workbook(
            SheetCells({place: value for place, value in good_sheet().cells.items() if place[0] < 8 or place[1] < 3})
        ),
        f"{SHEET}!B1",
        "Nothing is filled in",
    ),
)
IDENTITY = (
    sheet("quarter that is none", lambda s: s.put("B1", "2026Q5"), None, "not a quarter"),
    sheet("quarter as people write it", lambda s: s.put("B1", "2. čtvrtletí 2026"), None, "not a quarter"),
    sheet("quarter of another form", lambda s: s.put("B1", "2016Q1"), None, "is not the one for"),
    sheet("form that nobody knows", lambda s: s.put("C1", "quarterly_1999"), None, "does not know the form"),
    sheet("form of other years", lambda s: s.put("C1", "quarterly_2015"), None, "is not the one for"),
    sheet("layout of another portal", lambda s: s.put("D1", "7"), None, "another version of the portal"),
    sheet(
        "hidden row deleted", lambda s: [s.cells.pop(p) for p in list(s.cells) if p[0] == 1], None, "hidden first row"
    ),
    refused("a workbook of something else", lambda: workbook(SheetCells({(1, 1): "Rozpočet"})), "hidden first row"),
    refused(
        "two sheets of returns",
        lambda: workbook(good_sheet(), SheetCells(good_sheet().cells, [], "Kopie")),
        "two sheets",
    ),
)


def bomb() -> bytes:
    """Some kilobytes that unpack to 300 MB."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", b"<workbook/>")
        with file.open(SHEET_XML, "w") as part:
            for _ in range(300):
                part.write(b" " * 1_048_576)
    return buffer.getvalue()


def swollen() -> bytes:
    """One part that is a few thousand times its packed size, below the limit of the whole."""
    return with_part("xl/media/image1.png", lambda _old: b"\0" * 20_000_000)


def encrypted() -> bytes:
    content = bytearray(workbook(good_sheet()))
    place = -1
    while (place := content.find(b"PK\x01\x02", place + 1)) >= 0:
        content[place + 8] |= 1
    return bytes(content)


def twice_the_same_part() -> bytes:
    """A ZIP of which one program reads the first and another the second."""
    content = packed({**parts_of(workbook(good_sheet())), "xl/worksheets/sheetX.xml": b"<worksheet/>"})
    return content.replace(b"xl/worksheets/sheetX.xml", b"xl/worksheets/sheet1.xml")


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><worksheet><sheetData><row r="1"><c r="A1" t="str"><v>&c;</v></c></row>'
    b"</sheetData></worksheet>"
)
FETCHED = (
    b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet><sheetData>'
    b'<row r="1"><c r="A1" t="str"><v>&x;</v></c></row></sheetData></worksheet>'
)


def rows_of_cells(*cells: str) -> bytes:
    content = f'<worksheet><sheetData><row r="1">{"".join(cells)}</row></sheetData></worksheet>'.encode()
    return with_part(SHEET_XML, lambda _old: content)


def many_cells() -> bytes:
    row = "".join(f"<c><v>{number}</v></c>" for number in range(1_000))
    content = f"<worksheet><sheetData>{f'<row>{row}</row>' * 201}</sheetData></worksheet>".encode()
    return with_part(SHEET_XML, lambda _old: content)


DAMAGED = "damaged or is no XLSX"
FILES = (
    refused("empty file", b"", "is empty"),
    refused("old workbook or password", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old .xls"),
    refused("picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "neither an XLSX"),
    refused("page of the web under a foreign name", b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
    refused("half of a workbook", lambda: workbook(good_sheet())[:4000], DAMAGED),
    refused("ZIP without a workbook", packed({"readme.txt": b"ahoj"}), DAMAGED),
    refused("OpenDocument", packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "OpenDocument"),
    refused("macros", with_part("xl/vbaProject.bin", lambda _old: b"\0" * 100), "macros"),
    refused("encrypted parts", encrypted, "password"),
    refused("bomb of 300 MB", bomb, "unpacks to far more"),
    refused("swollen part", swollen, "unpacks to far more"),
    refused("too many parts", packed({f"xl/{number}.xml": b"" for number in range(600)}), "unpacks to far more"),
    refused("the same part twice", twice_the_same_part, DAMAGED),
    refused("entities that grow", with_part(SHEET_XML, lambda _old: ENTITIES), DAMAGED),
    refused("entity of a file", with_part(SHEET_XML, lambda _old: FETCHED), DAMAGED),
    refused("entities in the texts", with_part("xl/sharedStrings.xml", lambda _old: ENTITIES), DAMAGED),
    refused("XML that ends in the middle", with_part(SHEET_XML, lambda old: old[: len(old) // 2]), DAMAGED),
    refused(
        "sheet that is not there",
        with_part("xl/_rels/workbook.xml.rels", lambda o: o.replace(b"sheet1", b"s9")),
        DAMAGED,
    ),
    refused("text that is not there", rows_of_cells('<c r="A1" t="s"><v>99999</v></c>'), DAMAGED),
    refused("address that is none", rows_of_cells('<c r="1A"><v>1</v></c>'), DAMAGED),
    refused("cell in a foreign row", rows_of_cells('<c r="A7"><v>1</v></c>'), DAMAGED),
    refused("cell twice", rows_of_cells('<c r="A1"><v>1</v></c>', '<c r="A1"><v>2</v></c>'), DAMAGED),
    refused("column beyond the sheet", rows_of_cells('<c r="ZZZ1"><v>1</v></c>'), DAMAGED),
    refused("number that is none", rows_of_cells('<c r="A1"><v>abc</v></c>'), DAMAGED),
    refused("number without end", rows_of_cells('<c r="A1"><v>1e999</v></c>'), DAMAGED),
    refused("more cells than can be meant", many_cells, "more than 200000"),
    refused("thirty sheets", lambda: workbook(*(SheetCells({}, [], f"S{n}") for n in range(30))), "30 sheets"),
)


def changed(place: int, line: str) -> list[str]:
    lines = good_lines()
    lines[place] = line
    return lines


Q = str(PERIOD)
LISTS = (
    listed("list with a word", lambda: changed(0, f"{Q};1001;49;all;users_at_end;mnoho;"), "CSV!F2", NUMBER),
    listed("list with a formula", lambda: changed(1, f"{Q};1001;49;all;users_in_quarter;=40+5;"), "CSV!F3", "formula"),
    listed("list of two quarters", lambda: changed(2, "2026Q1;1001;49;all;users_new;6;"), "CSV!A4", "one quarter"),
    listed(
        "list with a number of no service", lambda: changed(3, f"{Q};abc;49;all;users_left;7;"), "CSV!B5", "no number"
    ),
    listed("list with an unknown form", lambda: changed(0, f"{Q};1001;49;doma;users_at_end;1;"), "CSV!D2", "none of"),
    listed("list with an unknown figure", lambda: changed(0, f"{Q};1001;49;all;lidi;1;"), "CSV!E2", "no figure"),
    listed("figure of another form", lambda: changed(0, f"{Q};1001;49;all;direct_hours;1;"), "CSV!E2", "no figure"),
    listed("list with a figure twice", lambda: [*good_lines(), good_lines()[0]], "CSV!E30", "twice"),
    listed(
        "list with two types",
        lambda: changed(5, f"{Q};1001;50;residential;fte_social_workers;1;"),
        "CSV!C7",
        "another type",
    ),
    refused("list without values", list_of(heading="ctvrtleti;sluzba;forma;udaj"), "no column “hodnota”", "a.csv"),
    refused("list with its heading alone", list_of(), "nothing under it", "a.csv"),
    refused("list of no quarter", list_of("léto;1001;49;all;users_new;1;"), "CSV!A2", "a.csv"),
    refused("text of something else", "jméno;příjmení\r\nEva;Nová\r\n".encode(), "hidden first row", "a.csv"),
    refused("quotation marks that do not match", list_of(f'{Q};"1001;49;all;users_new;1;'), "no CSV file", "a.csv"),
    refused("zero bytes", b"ctvrtleti;sluzba\0;udaj", "neither an XLSX", "a.csv"),
)
CASES = (*CELLS, *MEANING, *SHAPE, *IDENTITY, *FILES, *LISTS)
