"""States of a file that is previewed before it is taken over, wholly or not at all."""

from __future__ import annotations

from enum import StrEnum

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
