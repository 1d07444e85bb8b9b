"""The face of municipal support; the modules hold the work, each one part of it."""

from portal.grants.service.applying import apply_import, discard_import, roll_back_import
from portal.grants.service.imports import get_import, list_imports, read_import, take_file
from portal.grants.service.outside import outside_figures, outside_years, remove_outside_year
from portal.grants.service.records import (
    Record,
    RecordLine,
    list_records,
    municipality_names,
    read_record,
    reply,
    services_to_choose,
    settle,
    write_amounts,
)
from portal.grants.service.reports import (
    MunicipalityPage,
    Report,
    list_years,
    municipal_totals,
    municipality_page,
    report,
    size_classes,
    support_mark,
)
from portal.grants.service.returns import COSTS, REVENUE

__all__ = [
    "COSTS",
    "REVENUE",
    "MunicipalityPage",
    "Record",
    "RecordLine",
    "Report",
    "apply_import",
    "discard_import",
    "get_import",
    "list_imports",
    "list_records",
    "list_years",
    "municipal_totals",
    "municipality_names",
    "municipality_page",
    "outside_figures",
    "outside_years",
    "read_import",
    "read_record",
    "remove_outside_year",
    "reply",
    "report",
    "roll_back_import",
    "services_to_choose",
    "settle",
    "size_classes",
    "support_mark",
    "take_file",
    "write_amounts",
]
