"""The face of need."""

from portal.waitlists.need.service.by_provider import PersonTable, PersonTables, person_tables
from portal.waitlists.need.service.local import LocalNeed, read_local_need, read_own_unmet
from portal.waitlists.need.service.reading import (
    FlowReading,
    Need,
    WaitLine,
    list_quarters,
    read_area_waits,
    read_areas,
    read_flow,
    read_need,
    read_waits,
)
from portal.waitlists.need.service.recount import Recounted, is_counted, recount

__all__ = [
    "FlowReading",
    "LocalNeed",
    "Need",
    "PersonTable",
    "PersonTables",
    "Recounted",
    "WaitLine",
    "is_counted",
    "list_quarters",
    "person_tables",
    "read_area_waits",
    "read_areas",
    "read_flow",
    "read_local_need",
    "read_need",
    "read_own_unmet",
    "read_waits",
    "recount",
]
