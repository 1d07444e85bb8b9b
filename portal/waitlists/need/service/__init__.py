"""The face of need."""

from portal.waitlists.need.service.reading import Need, list_quarters, read_need
from portal.waitlists.need.service.recount import Recounted, is_counted, recount

__all__ = ["Need", "Recounted", "is_counted", "list_quarters", "read_need", "recount"]
