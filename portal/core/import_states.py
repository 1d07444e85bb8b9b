"""States of a file that is previewed before it is taken over, wholly or not at all, and what it tells of itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.core.errors import RowError
from portal.core.messages import _m


class ImportState(StrEnum):
    PREVIEWED = "previewed"
    REJECTED = "rejected"  # it has faults
    APPLIED = "applied"
    ROLLED_BACK = "rolled_back"
    DISCARDED = "discarded"

    @property
    def is_open(self) -> bool:
        return self in (ImportState.PREVIEWED, ImportState.REJECTED)


# Words and colours of the states.
IMPORT_STATES = {
    ImportState.PREVIEWED: (_m("ready to be taken over"), "blue"),
    ImportState.REJECTED: (_m("has faults"), "red"),
    ImportState.APPLIED: (_m("taken over"), "green"),
    ImportState.ROLLED_BACK: (_m("taken back"), "grey"),
    ImportState.DISCARDED: (_m("put aside"), "grey"),
}


@dataclass(frozen=True, kw_only=True)
class ImportFacts:
    """One import as pages and commands tell it. ``faults`` are the first of ``fault_count``.

    ``is_latest_applied``: it alone can be taken back, see ``import_steps.latest_applied``. ``may_write``: who asks may
    take it over and take it back. ``repeated``: the same content is live already, and nothing was done.
    """

    id: int
    file_name: str
    state: ImportState
    faults: tuple[RowError, ...]
    fault_count: int
    created_at_utc: datetime
    actor_name: str
    applied_at_utc: datetime | None
    rolled_back_at_utc: datetime | None
    is_latest_applied: bool
    may_write: bool
    repeated: bool = False


@dataclass(frozen=True, kw_only=True)
class ImportInfo(ImportFacts):
    """An import of figures: ``rows`` of the file, figures that are ``new``, ``changed`` or the ``same`` as now."""

    rows: int
    new: int
    changed: int
    same: int
