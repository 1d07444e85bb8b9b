"""The face of the needs of municipalities; the modules hold the work, each one part of it."""

from portal.needs.service.applying import apply_import, discard_import, roll_back_import
from portal.needs.service.counting import COUNT_COLUMNS, count_needs, gathered_areas
from portal.needs.service.guides import current_guide, list_guides, write_guide
from portal.needs.service.imports import get_import, list_imports, read_import, take_file
from portal.needs.service.overview import (
    ALL,
    ROW_COLUMNS,
    TOTAL_COLUMNS,
    Overview,
    list_handed_over,
    list_rows,
    list_told_periods,
    read_overview,
)
from portal.needs.service.sheets import (
    Entry,
    Sheet,
    add_figure,
    change_figure,
    correct_figure,
    hand_over,
    mark_situations,
    read_entry,
    read_sheet,
    remove_figure,
    reopen,
    take_over_last,
    withdraw_correction,
)

__all__ = [
    "ALL",
    "COUNT_COLUMNS",
    "ROW_COLUMNS",
    "TOTAL_COLUMNS",
    "Entry",
    "Overview",
    "Sheet",
    "add_figure",
    "apply_import",
    "change_figure",
    "correct_figure",
    "count_needs",
    "current_guide",
    "discard_import",
    "gathered_areas",
    "get_import",
    "hand_over",
    "list_guides",
    "list_handed_over",
    "list_imports",
    "list_rows",
    "list_told_periods",
    "mark_situations",
    "read_entry",
    "read_import",
    "read_overview",
    "read_sheet",
    "remove_figure",
    "reopen",
    "roll_back_import",
    "take_file",
    "take_over_last",
    "withdraw_correction",
    "write_guide",
]
