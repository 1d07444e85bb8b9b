"""The face of municipal support; the modules hold the work, each one part of it."""

from portal.grants.service.applying import apply_import, discard_import, roll_back_import
from portal.grants.service.imports import get_import, list_imports, list_items, take_file
from portal.grants.service.reports import (
    COSTS,
    REVENUE,
    MunicipalityPage,
    Report,
    list_years,
    municipality_page,
    report,
)

__all__ = [
    "COSTS",
    "REVENUE",
    "MunicipalityPage",
    "Report",
    "apply_import",
    "discard_import",
    "get_import",
    "list_imports",
    "list_items",
    "list_years",
    "municipality_page",
    "report",
    "roll_back_import",
    "take_file",
]
