"""The face of need."""

from portal.waitlists.need.service.reading import (
    FlowReading,
    Need,
    WaitLine,
    list_quarters,
    read_areas,
    read_flow,
    read_need,
    read_waits,
)
from portal.waitlists.need.service.recount import Recounted, is_counted, recount

__all__ = [
    "FlowReading",
    "Need",
    "Recounted",
    "WaitLine",
    "is_counted",
    "list_quarters",
    "read_areas",
    "read_flow",
    "read_need",
    "read_waits",
    "recount",
]
