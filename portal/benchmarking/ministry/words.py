"""States of the ministry's reporting in words."""

from __future__ import annotations

from portal.benchmarking.ministry.types import ChangeKind, Comparison, Decision, ImportState, MessageKind
from portal.core.messages import _m

IMPORT_STATES = {
    ImportState.MAPPING: (_m("columns to be chosen"), "yellow"),
    ImportState.PREVIEWED: (_m("ready to be taken over"), "blue"),
    ImportState.WAITING: (_m("waits for a confirmation"), "yellow"),
    ImportState.REJECTED: (_m("has faults"), "red"),
    ImportState.APPLIED: (_m("taken over"), "green"),
    ImportState.ROLLED_BACK: (_m("taken back"), "grey"),
    ImportState.DISCARDED: (_m("put aside"), "grey"),
}
CHANGES = {
    ChangeKind.NEW: _m("New figures"),
    ChangeKind.CHANGED: _m("Changed figures"),
    ChangeKind.SAME: _m("Same as now"),
}
COMPARISONS = {
    Comparison.DIFFERS: (_m("differs"), "orange"),
    Comparison.B_INCOMPLETE: (_m("returns incomplete"), "yellow"),
    Comparison.B_MISSING: (_m("no accepted return"), "yellow"),
    Comparison.M_MISSING: (_m("not supplied by the ministry"), "yellow"),
    Comparison.NOT_APPLICABLE: (_m("not applicable"), "grey"),
    Comparison.AGREES: (_m("agrees"), "green"),
}
DECISIONS = {
    Decision.OPEN: (_m("not decided"), "blue"),
    Decision.EXPLAINED: (_m("explained"), "green"),
    Decision.TO_CORRECT: (_m("to correct"), "orange"),
    Decision.ACCEPTED: (_m("accepted"), "green"),
}
WAITS_FOR = {"provider": _m("asked, no answer yet"), "region": _m("answered, to be decided")}
LETTERS = {
    "waiting": (_m("waits for sending"), "blue"),
    "sending": (_m("is being sent"), "blue"),
    "sent": (_m("sent"), "green"),
    "failed": (_m("did not go"), "red"),
    "dropped": (_m("no longer needed"), "grey"),
}
MESSAGES = {
    MessageKind.COMMENT: _m("Comment of the region, not shown to the provider"),
    MessageKind.QUESTION: _m("Question of the region"),
    MessageKind.ANSWER: _m("Answer of the provider"),
}
