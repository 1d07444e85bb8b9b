"""The face of municipal support; the modules hold the work, each one part of it."""

from portal.grants.service.applying import apply_import, discard_import, roll_back_import
from portal.grants.service.imports import get_import, list_imports, list_items, take_file
from portal.grants.service.reports import Report, list_years, report

__all__ = [
    "Report",
    "apply_import",
    "discard_import",
    "get_import",
    "list_imports",
    "list_items",
    "list_years",
    "report",
    "roll_back_import",
    "take_file",
]
