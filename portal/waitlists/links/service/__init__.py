"""The face of linking; the modules hold the work, each one part of it."""

from portal.waitlists.links.service.deciding import decide, undo
from portal.waitlists.links.service.linking import do_linking, is_linked_on
from portal.waitlists.links.service.reading import (
    GroupDetail,
    PairDetail,
    PairLine,
    PairPage,
    Stored,
    list_pairs,
    read_group,
    read_pair,
    read_stored,
)
from portal.waitlists.links.service.runs import LINK_JOB, FailedRun, LinkingState, linking_state

__all__ = [
    "LINK_JOB",
    "FailedRun",
    "GroupDetail",
    "LinkingState",
    "PairDetail",
    "PairLine",
    "PairPage",
    "Stored",
    "decide",
    "do_linking",
    "is_linked_on",
    "linking_state",
    "list_pairs",
    "read_group",
    "read_pair",
    "read_stored",
    "undo",
]
