"""What pages, files and the command line call measures, forms and states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.benchmarking.metrics import Direction
from portal.benchmarking.types import ALL_FORMS, Line, Measure
from portal.core.messages import Message, _m
from portal.disclosure import FigureState, Reason

MEASURES = {
    Measure.DIRECT_WORK: _m("Use of direct-work capacity"),
    Measure.OCCUPANCY: _m("Occupancy"),
}
MEANINGS = {
    Measure.DIRECT_WORK: _m(
        "Hours of direct work divided by the working time of the direct-care staff (full-time equivalents times"
        " the working time fund of the quarter)."
    ),
    Measure.OCCUPANCY: _m("Bed-days used divided by all bed-days of the quarter (beds times days)."),
}
FORMS = {
    ALL_FORMS: _m("whole service"),
    "outreach": _m("outreach"),
    "outpatient": _m("outpatient"),
    "residential": _m("residential"),
}
STATES = {
    FigureState.NOT_APPLICABLE: _m("not applicable"),
    FigureState.NOT_SUPPLIED: _m("not supplied"),
    FigureState.UNDEFINED: _m("cannot be computed"),
    FigureState.HIDDEN: _m("hidden"),
}
DIRECTIONS = {
    Direction.HIGHER: _m("higher is better"),
    Direction.LOWER: _m("lower is better"),
    Direction.NORM: _m("near the norm"),
    Direction.NONE: _m("neither"),
}
UNIT_SHARE = _m("share (in per cent)")
RETURN_NOT_ACCEPTED = _m("return not accepted")
# What a provider is told of a hidden group: one sentence for every reason, since the reason tells about the group.
WHY_HIDDEN = _m(
    "The group is not shown, since its figures could tell something about a single provider. The norm stands alone."
)
WHY_HIDDEN_WITHOUT_NORM = _m("The group is not shown, since its figures could tell something about a single provider.")
# The same at more length, in the order to be read.
ABOUT_GROUPS = (
    _m(
        "Nobody may read another provider's figure from this report, and nobody reads yours. That is why the group is"
        " shown only when at least six providers are in it and no one or two of them make up most of it, why its median"
        " is computed from two neighbouring percentiles and rounded, and why the lowest, the highest, the ranking and"
        " the number of providers are not shown."
    ),
    _m(
        "A group is also hidden when it could be worked out from others that are shown. Which of these reasons applies"
        " is not said, since that would tell about the group."
    ),
    _m(
        "The figures of a group are counted once, when the quarter has closed, and do not change afterwards."
        " Later corrections do not show in them."
    ),
    _m(
        "A provider with several services of the type counts once, with their sum. The median can therefore differ"
        " slightly from the one that the region sees."
    ),
)
NOT_YET_PUBLISHED = _m("The group will be published once the quarter has closed.")
REASONS = {
    Reason.TOO_FEW_PROVIDERS: _m("fewer than six providers"),
    Reason.TOO_CONCENTRATED: _m("one or two providers make up most of the group"),
    Reason.TOLD_BY_OTHERS: _m("figures of other lines would tell of a hidden group"),
}
GOOD_WAY = {
    Direction.HIGHER: _m("A higher figure is better."),
    Direction.LOWER: _m("A lower figure is better."),
    Direction.NORM: _m("Good is a figure at the norm or a little above it."),
    Direction.NONE: _m("Neither a high nor a low figure is good in itself."),
}


def line_name(line: Line) -> Message:
    """Measure and form, e.g. "Occupancy: residential"."""
    return _m("%(measure)s: %(form)s", measure=MEASURES[line.measure], form=FORMS[line.form])


def state_of(row: Mapping[str, Any]) -> Message | None:
    """The state of a figure in words; None when it has a number."""
    state = FigureState(row["state"])
    if state.has_number:
        return None
    return RETURN_NOT_ACCEPTED if not row.get("has_return", True) else STATES[state]
