"""Lists of people as files: which column is what, who is told apart, and what must not be handed on."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from portal.core.errors import ImportRejected
from portal.identity.kinds import linkage_inputs
from portal.identity.people import Listed, divide_name, find_columns, list_people
from portal.identity.tables import Line, read_lines
from portal.identity.types import Identity
from tests.factories.node import ask_twin
from tests.unit.identity.test_twins import random_identity

HEADINGS = ("Spisová značka", "Příjmení", "Jméno", "Datum nar.", "RČ", "Obec", "Adresa", "Datum podání žádosti")
JANA = ("SOC-1", "Nováková", "Jana", "1. 2. 1950", "505201/123", "Olomouc", "Dlouhá 1", "3. 4. 2026")
TODAY = (2026, 11, 27)


def people_of(headings: Sequence[str], *rows: Sequence[str], keep: Sequence[str] = ()) -> list[Listed]:
    lines = [Line(number, tuple(row)) for number, row in enumerate(rows, start=2)]
    return list(list_people(lines, find_columns(headings, keep), TODAY))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_text_file_is_read_as_czech_programs_write_it(tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "seznam.csv"
    path.write_bytes(f"Příjmení{separator}Jméno\r\n\r\nŽižka {separator} Řehoř\r\n".encode(encoding))
    assert read_lines(path) == [Line(1, ("Příjmení", "Jméno")), Line(3, ("Žižka", "Řehoř"))]


def test_a_workbook_gives_dates_and_numbers_as_texts(tmp_path: Path) -> None:
    path = tmp_path / "seznam.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("prázdný")
        sheet = book.add_worksheet("seznam")
        sheet.write_row(1, 0, ["Příjmení", "Jméno", "Datum narození", "RČ"])
        sheet.write_row(3, 0, ["Nováková", "Jana"])
        sheet.write_datetime(3, 2, date(1950, 2, 1), book.add_format({"num_format": "d. m. yyyy"}))
        sheet.write_number(3, 3, 505201123)
    first, jana = read_lines(path)
    assert first == Line(2, ("Příjmení", "Jméno", "Datum narození", "RČ"))
    assert jana == Line(4, ("Nováková", "Jana", "1950-02-01", "505201123"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "is empty"), (b"\n;;\n", "is empty"), (b"PK\x03\x04", "damaged"), (b"\xd0\xcf\x11\xe0", "old or locked"),
     (b'a;"b\n', "no CSV file"), (b"a\0b", "no CSV file")],
)  # fmt: skip
def test_what_is_no_list_is_refused_with_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "seznam.csv"
    path.write_bytes(content)
    with pytest.raises(ImportRejected, match=sentence):
        read_lines(path)
    with pytest.raises(ImportRejected, match="cannot be opened"):
        read_lines(tmp_path / "neni.csv")


def test_headings_are_recognised_in_their_variants() -> None:
    columns = find_columns(HEADINGS)
    assert columns.places == {"mark": 0, "surname": 1, "given": 2, "born": 3, "birth_number": 4}
    assert [heading for heading, _ in columns.kept] == ["značka", "Obec", "Datum podání žádosti"]
    assert columns.is_enough
    both = find_columns(["RČ", "Obec", "Kód obce", "Obec bydliště", "Pohlaví"])
    assert both.kept == [("obec", 2), ("pohlaví", 4)]
    assert not find_columns(["Příjmení", "Jméno"]).is_enough
    assert find_columns(["Jméno a příjmení", "Narozen/a"]).is_enough
    assert find_columns(["R.Č."]).is_enough


def test_a_person_of_a_list_has_inputs_and_what_may_be_handed_on() -> None:
    [jana] = people_of(HEADINGS, JANA)
    assert jana.inputs[0] == "505201123"
    assert jana.inputs == linkage_inputs(Identity("Jana", "Nováková", "1. 2. 1950", "505201/123"))
    assert (jana.birth_year, jana.kept, jana.faults) == (1950, ("SOC-1", "Olomouc", "3. 4. 2026"), ())


def test_other_columns_are_handed_on_only_when_they_are_named() -> None:
    assert people_of((*HEADINGS, "Patro"), (*JANA, "2"))[0].kept == ("SOC-1", "Olomouc", "3. 4. 2026")
    assert people_of((*HEADINGS, "Patro"), (*JANA, "2"), keep=["PATRO"])[0].kept[-1] == "2"


@pytest.mark.parametrize(
    "mark", ["Nováková", "novakova jana", "505201123", "505201/123", "č. 505201 123", "505201", "1.2.1950"]
)
def test_a_cell_that_tells_the_person_is_left_out(mark: str) -> None:
    [jana] = people_of(HEADINGS, (mark, *JANA[1:]))
    assert jana.kept[0] == ""
    assert [(fault.code, fault.field) for fault in jana.faults] == [("telling", "značka")]
    assert jana.is_coded


def test_a_municipality_may_be_called_as_the_person() -> None:
    [one] = people_of(("Příjmení", "Jméno", "Datum narození", "Obec"), ("Jeseník", "Jan", "1. 2. 1950", "Jeseník"))
    assert one.kept == ("Jeseník",)


@pytest.mark.parametrize(
    ("cells", "codes", "is_coded"),
    [
        (("", "", "", "", ""), ["not_enough"], False),
        (("", "Nováková", "Jana", "", ""), ["not_enough"], False),
        (("", "Nováková", "Jana", "1. 2. 50", ""), ["no_date", "not_enough"], False),
        (("", "Nováková", "Jana", "31. 2. 1950", "505201/123"), ["no_date"], False),
        (("", "Nováková", "Jana", "1. 2. 1950", "736028/5164"), ["check_digit"], True),
        (("", "Nováková", "Jana", "1. 2. 1951", "505201/123"), ["other_date"], True),
        (("", "", "", "", "736028/5163"), [], True),
    ],
)
def test_what_cannot_be_coded_or_is_doubtful_is_told(cells: tuple[str, ...], codes: list[str], is_coded: bool) -> None:
    [one] = people_of(HEADINGS, cells)
    assert [fault.code for fault in one.faults] == codes
    assert one.is_coded == is_coded


@pytest.mark.parametrize(
    ("text", "surname_first", "expected"),
    [
        ("Jan Pavel Novák", False, ("Jan Pavel", "Novák")),
        ("Ing. Jana Malá-Nová Ph.D.", False, ("Jana", "Malá-Nová")),
        ("Novák Jan Pavel", True, ("Jan Pavel", "Novák")),
        ("Novák, Ing. Jan", True, ("Jan", "Novák,")),
        ("", True, ("", "")),
    ],
)
def test_a_whole_name_is_divided(text: str, surname_first: bool, expected: tuple[str, str]) -> None:
    assert divide_name(text, surname_first=surname_first) == expected


def test_the_browser_reads_the_same_list_alike() -> None:
    rng = random.Random(3)
    headings = ("Značka", "Příjmení", "Jméno", "Datum narození", "Rodné číslo", "Pohlaví", "Obec", "Kód obce", "Jiné")
    rows = [JANA]
    for _ in range(400):
        who: Identity = random_identity(rng)
        typed = asdict(who)
        mark = rng.choice(["SOC-1", who.surname, who.birth_number, who.born])
        rows.append((mark, typed["surname"], typed["given"], typed["born"], typed["birth_number"], typed["sex"], "Obec",
                     typed["municipality"], "x"))  # fmt: skip
    rows = [tuple(cell.strip() for cell in row) for row in rows]
    whole = ("Jméno a příjmení", "Nar.", "RČ")
    names = [(f"{row[2]} {row[1]}", row[3], row[4]) for row in rows]
    for head, lines in ((headings, rows), (whole, names)):
        theirs, places = ask_twin(["listed", head, lines, TODAY], ["columns", head])
        ours = people_of(head, *lines)
        assert places == dict(find_columns(head).places)
        assert [one["inputs"] for one in theirs] == [list(one.inputs) for one in ours]
        assert [one["kept"] for one in theirs] == [list(one.kept) for one in ours]
        assert [one["birthYear"] for one in theirs] == [one.birth_year for one in ours]
        assert [[(fault["code"], fault["field"], fault["isWarning"]) for fault in one["faults"]] for one in theirs] == [
            [(fault.code, fault.field, fault.is_warning) for fault in one.faults] for one in ours
        ]
        assert any(one.faults for one in ours)
