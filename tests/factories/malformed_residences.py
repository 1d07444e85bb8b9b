"""Sheets of residences that are no good, each with what has to be said of it: named cases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from tests.factories.malformed_returns import NUMBER, Case, refused
from tests.factories.return_files import (
    HOME,
    PART,
    PART_HEADING,
    PERIOD,
    Formula,
    SheetCells,
    Shown,
    good_sheet,
    list_of,
    lists_sheet,
    part_sheet,
    workbook,
)

SENIORS = ("Šumperk", "senioři", "závislost na péči jiné osoby", 40)
HOUSING = ("Bludov", "", "bydlení", 3)


def book(part: SheetCells, *more: SheetCells) -> Callable[[], bytes]:
    return lambda: workbook(good_sheet(), part, lists_sheet(), *more)


def row(name: str, values: tuple[Any, ...], cell: str, sentence: str) -> Case:
    """The second of two rows is spoilt."""
    return Case(f"residences: {name}", book(part_sheet(SENIORS, values)), f"{PART}!{cell}", sentence)


def sheet(name: str, change: Callable[[SheetCells], object], cell: str | None, sentence: str) -> Case:
    part = part_sheet(SENIORS, HOUSING)
    change(part)
    return Case(f"residences: {name}", book(part), None if cell is None else f"{PART}!{cell}", sentence)


def listed(name: str, line: str, cell: str, sentence: str) -> Case:
    content = list_of(f"{PERIOD};{HOME};Šumperk;;bydlení;40;;", line, heading=PART_HEADING)
    return Case(f"residences: {name}", content, f"CSV!{cell}", sentence, "bydliste.csv")


def merged(part: SheetCells) -> None:
    part.merged.append("B6:B7")
    del part.cells[7, 2]


PART_CASES = (
    row("unknown municipality", ("Praha", "", "bydlení", 3), "B7", "has no municipality “Praha”"),
    row("beginning of a name", ("Blu", "", "bydlení", 3), "B7", "Did you mean Bludov?"),
    row("no municipality", ("", "senioři", "bydlení", 3), "B7", "Write the municipality"),
    row("unknown group", ("Bludov", "děti", "bydlení", 3), "C7", "Choose the target group"),
    row("unknown situation", ("Bludov", "", "hlad", 3), "D7", "Choose the adverse situation"),
    row("no situation", ("Bludov", "", "", 3), "D7", "Choose the adverse situation"),
    row("no number", ("Bludov", "", "bydlení", None), "E7", "Write how many persons"),
    row("nobody", ("Bludov", "", "bydlení", 0), "E7", "at least 1"),
    row("half a person", ("Bludov", "", "bydlení", 1.5), "E7", "whole number"),
    row("negative number", ("Bludov", "", "bydlení", -3), "E7", "cannot be negative"),
    row("number in words", ("Bludov", "", "bydlení", "tři"), "E7", NUMBER),
    row("too many persons", ("Bludov", "", "bydlení", 10**7), "E7", "too large"),
    row("number with a dash", ("Bludov", "", "bydlení", "-"), "E7", NUMBER),
    row("date", ("Bludov", "", "bydlení", date(2026, 3, 1)), "E7", "made a date"),
    row("per cent", ("Bludov", "", "bydlení", Shown(0.5, "0%")), "E7", "per cent"),
    row("truth value", ("Bludov", "", "bydlení", True), "E7", "yes or no"),
    row("formula", ("Bludov", "", "bydlení", Formula("=1+2", 3)), "E7", "holds a formula"),
    row("formula of a name", (Formula("=B6", "Šumperk"), "", "bydlení", 3), "B7", "holds a formula"),
    row("the same twice", SENIORS, "B7", "A row above says the same"),
    row("unknown word", ("", "", "", None, "všichni"), "F7", "none of what a service as a whole can say"),
    row("rows and a word", ("", "", "", None, "nikdo"), "F7", "Leave either the rows or one state"),
    row("row with a word", ("Bludov", "", "bydlení", 3, "nikdo"), "F7", "Leave either the rows or one state"),
    row("more persons than users", ("Bludov", "", "bydlení", 30), "A6", "more persons (70)"),
    row("fewer persons than users", ("Bludov", "", "bydlení", 1), "A6", "fewer persons (41)"),
    sheet("two words", lambda s: s.put("F7", "nikdo"), "F7", "Leave either"),
    sheet("no service", lambda s: s.put("A7", None), "A7", "Choose the service"),
    sheet("service by its name", lambda s: s.put("A7", "Domov Pod Lipami"), "A7", "no number of a service"),
    sheet("service with a long number", lambda s: s.put("A7", "12345678901"), "A7", "no number of a service"),
    sheet("merged cells", merged, "B6", "merged with others"),
    sheet("another quarter", lambda s: s.put("B1", "2026Q3"), "B1", "the figures are for another quarter"),
    sheet("no quarter", lambda s: s.put("B1", "léto"), None, "hidden first row was changed"),
    sheet("another form", lambda s: s.put("C1", "quarterly_1999"), None, "hidden first row was changed"),
    sheet("another layout", lambda s: s.put("D1", "9"), None, "another version of the portal"),
    sheet("a column less", lambda s: s.put("E4", None), None, "no column “pocet”"),
    refused(
        "residences: two sheets",
        book(part_sheet(SENIORS), SheetCells(part_sheet(SENIORS).cells, name="Kopie")),
        "two sheets of residences",
    ),
    Case(
        "residences: quarter whose form does not ask",
        list_of("2020Q1;1001;Šumperk;;bydlení;40;;", heading=PART_HEADING),
        "CSV!A2",
        "does not ask where the users live",
        "bydliste.csv",
    ),
    listed("list of two quarters", f"2026Q1;{HOME};Bludov;;bydlení;3;;", "A3", "A file is for one quarter"),
    listed("list without a situation", f"{PERIOD};{HOME};Bludov;;;3;;", "E3", "Choose the adverse situation"),
    listed("list with a number in words", f"{PERIOD};{HOME};Bludov;;bydlení;tři;;", "F3", NUMBER),
    listed("list with a formula", f"{PERIOD};{HOME};Bludov;;bydlení;=3;;", "F3", "holds a formula"),
    listed("list with a word and rows", f"{PERIOD};{HOME};;;;;nikdo;", "G3", "Leave either"),
    refused(
        "residences: list without numbers",
        list_of(heading="ctvrtleti;sluzba;obec;situace;cilova_skupina"),
        "no column “pocet”",
        "bydliste.csv",
    ),
    refused("residences: list of no quarter", list_of("léto;1;B;;x;1;;", heading=PART_HEADING), "CSV!A2", "b.csv"),
    refused("residences: heading alone", list_of(heading=PART_HEADING), "nothing under it", "b.csv"),
)
