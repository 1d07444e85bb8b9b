"""The sheet of where users live, with drop-down lists of names, and the same as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from portal.core.workbooks.sheets import column_letters
from portal.returns.files.filed import SheetReturn
from portal.returns.files.layout import LAYOUT_VERSION
from portal.returns.files.looks import Formats
from portal.returns.files.residences import layout
from portal.returns.files.residences.layout import PartSheet, Says
from portal.returns.residences.types import ResidenceState
from portal.returns.residences.words import ResidenceWords
from portal.returns.types import FormDefinition, Period
from portal.web.languages import current_language, say

WIDTHS = {
    "service": 44,
    "municipality": 28,
    "target_group": 40,
    "situation": 36,
    "persons": 10,
    "says": 18,
    "version": 4,
}
OPEN = {"insert_rows": True, "delete_rows": True, "format_columns": True, "format_rows": True, "sort": True}
SAYS = {
    ResidenceState.NO_ONE: Says.NO_ONE,
    ResidenceState.NOT_APPLICABLE: Says.NOT_APPLICABLE,
}
Line = dict[str, str | int]


@dataclass(frozen=True)
class Lists:
    """Where the names stand that the drop-down lists offer: meaning to a range of the sheet of lists."""

    ranges: dict[str, str]


def part_title() -> str:
    return gettext("Residence of users")


def lists_title() -> str:
    return gettext("Lists")


def write_part(
    workbook: Any, period: Period, definition: FormDefinition, returns: Sequence[SheetReturn], words: ResidenceWords
) -> None:
    """The sheet with a row for each service, municipality, group and situation, and the hidden sheet of names.

    A service without rows has one row, to be filled in, or with the word for the whole of it.
    """
    sheet, formats = workbook.add_worksheet(part_title()), Formats(workbook)
    for column, text in enumerate((layout.MARKER, str(period), definition.code, LAYOUT_VERSION)):
        sheet.write_string(layout.MARK_ROW - 1, column, text)
    sheet.write_string(layout.TITLE_ROW - 1, 0, f"{part_title()}: {say(period.label)}", formats["title"])
    sheet.write_string(layout.HOW_TO_ROW - 1, 0, _how_to(), formats["how"])
    for column, (meaning, heading) in enumerate(zip(layout.SHEET_COLUMNS, headings(), strict=True)):
        sheet.write_string(layout.CODES_ROW - 1, column, layout.COLUMNS[meaning][0])
        sheet.write_string(layout.HEADING_ROW - 1, column, heading, formats["head"])
    row = layout.FIRST_BODY_ROW - 1
    for one in returns:
        for line in lines_of(one, words):
            for column, meaning in enumerate(layout.SHEET_COLUMNS):
                value = line.get(meaning, "")
                if isinstance(value, int):
                    sheet.write_number(row, column, value, formats["entry"])
                elif value:
                    sheet.write_string(row, column, value, formats["entry"])
            row += 1
    lists = write_lists(workbook, returns, words)
    where = {meaning: column for column, meaning in enumerate(layout.SHEET_COLUMNS, start=1)}
    dress(sheet, formats, PartSheet(part_title(), where, layout.FIRST_BODY_ROW), lists, last_row=row)


def write_lists(workbook: Any, returns: Sequence[SheetReturn], words: ResidenceWords) -> Lists:
    """The hidden sheet: codes and names of municipalities and groups, names of situations, words, services."""
    columns = {
        "municipality": [*words.places.labels.items()],
        "target_group": [*words.groups.items()],
        "situation": [*words.situations.items()],
        "says": [(str(says), layout.word_of(says, current_language())) for says in Says],
        "service": [
            (str(one.mark.register_id), layout.service_label(one.mark.register_id, one.service_name)) for one in returns
        ],
    }
    sheet = workbook.add_worksheet(lists_title())
    sheet.write_string(0, 0, layout.LISTS_MARKER)
    for place, pairs in enumerate(columns.values()):
        for row, pair in enumerate(pairs, start=1):
            for column, text in enumerate(pair):
                sheet.write_string(row, 2 * place + column, text)
    sheet.hide()
    sheet.protect("")
    return Lists(ranges_of(lists_title(), {meaning: len(pairs) for meaning, pairs in columns.items()}))


def ranges_of(title: str, counts: dict[str, int]) -> dict[str, str]:
    """The ranges with the names of each list, as a formula names them; empty lists are left out."""
    quoted = title.replace("'", "''")
    return {
        meaning: f"='{quoted}'!${(letters := column_letters(2 * place + 2))}$2:${letters}${count + 1}"
        for place, (meaning, count) in enumerate(counts.items())
        if count
    }


def dress(sheet: Any, formats: Formats, found: PartSheet, lists: Lists | None, *, last_row: int) -> None:
    """Widths, hidden names, headings that stay in view, drop-down lists, hints; only rows to fill in are open.

    ``last_row`` is the last that is filled in; below it there is room for as many as people add.
    """
    for meaning, column in found.columns.items():
        hidden = {"hidden": True} if meaning == "version" else {}
        sheet.set_column(column - 1, column - 1, WIDTHS.get(meaning, 14), formats["entry"], hidden)
    last_used = max(found.columns.values())
    sheet.set_column(last_used, 16_383, None, formats["entry"])
    for row in range(found.first_row - 1):
        sheet.set_row(row, None, formats["locked"], {"hidden": row in (0, found.first_row - 3)})
    first, last = found.first_row - 1, last_row + layout.SPARE_ROWS
    for meaning, (title, hint) in _prompts().items():
        options: dict[str, Any] = {"input_title": title[:32], "input_message": hint[:255], "show_error": False}
        if meaning == "persons":
            options |= {"validate": "integer", "criteria": ">=", "value": 1}
        elif lists is not None and meaning in lists.ranges:
            options |= {"validate": "list", "source": lists.ranges[meaning]}
        else:
            options |= {"validate": "any"}
        if (at := found.columns.get(meaning)) is not None:
            sheet.data_validation(first, at - 1, last, at - 1, options)
    sheet.freeze_panes(found.first_row - 1, 1)
    sheet.protect("", OPEN)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def part_lines(period: Period, returns: Iterable[SheetReturn], words: ResidenceWords) -> str:
    """The rows as CSV: UTF-8 with BOM, ``;``; a row for each service, municipality, group and situation."""
    buffer = io.StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    place = 1 if current_language() == "en" else 0
    writer.writerow([layout.COLUMNS[meaning][place] for meaning in layout.TEXT_COLUMNS])
    for one in returns:
        for line in lines_of(one, words):
            named = {
                **line,
                "period": str(period),
                "service": one.mark.register_id,
                "service_name": _as_text(one.service_name),
            }
            writer.writerow([named.get(meaning, "") for meaning in layout.TEXT_COLUMNS])
    return buffer.getvalue()


def lines_of(one: SheetReturn, words: ResidenceWords) -> list[Line]:
    """The rows of one service; a part that is not supplied gives one row with nothing but the service."""
    head: Line = {
        "service": layout.service_label(one.mark.register_id, one.service_name),
        "version": one.residences.version,
    }
    if one.residences.state is not ResidenceState.SUPPLIED:
        says = SAYS.get(one.residences.state)
        return [head if says is None else {**head, "says": layout.word_of(says, current_language())}]
    found: list[Line] = []
    for key, persons in words.in_order(one.residences.rows):
        municipality, group, situation = words.label(key)
        found.append(
            {
                **head,
                "municipality": municipality,
                "target_group": group or "",
                "situation": situation,
                "persons": persons,
            }
        )
    return found


def headings() -> tuple[str, ...]:
    return (
        gettext("Service"),
        gettext("Municipality"),
        gettext("Target group"),
        gettext("Adverse situation"),
        gettext("Persons"),
        gettext("Instead of rows"),
        gettext("Version"),
    )


def _how_to() -> str:
    return gettext(
        "One row for each municipality, target group and situation; copy the service into as many rows as you need."
        " The rows of a service replace those in the portal. A service with nothing beside its name is left as it is."
    )


def _prompts() -> dict[str, tuple[str, str]]:
    no_change, no_one, not_applicable, not_supplied = (layout.word_of(says, current_language()) for says in Says)
    return {
        "service": (gettext("Service"), gettext("Choose it from the list; it is found by the number.")),
        "municipality": (
            gettext("Municipality"),
            gettext("Where the user lives. Choose it or write its name; outside the region and unknown are last."),
        ),
        "target_group": (gettext("Target group"), gettext("May stay empty where you do not know it.")),
        "situation": (gettext("Adverse situation"), gettext("One user has one, the main one.")),
        "persons": (gettext("Persons"), gettext("A whole number, at least 1. What nobody belongs to has no row.")),
        "says": (
            gettext("Instead of rows"),
            gettext(
                "“%(no_change)s”: as last quarter. “%(no_one)s”: nobody used the service. “%(not_applicable)s”: users"
                " are anonymous. “%(not_supplied)s”: empties what the portal has.",
                no_change=no_change,
                no_one=no_one,
                not_applicable=not_applicable,
                not_supplied=not_supplied,
            ),
        ),
    }


def _as_text(text: str) -> str:
    """So marked that a spreadsheet does not take it for a formula; the reading takes the mark off."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else text
