"""What the rows of a file say of where the users of a service live, by the rules of the page. Pure."""

from __future__ import annotations

from portal.core.messages import _m
from portal.returns.files.filed import FiledResidences, Problem
from portal.returns.files.residences.layout import Says
from portal.returns.residences.places import Places
from portal.returns.residences.rows import MAX_ROWS, read_rows
from portal.returns.residences.types import ResidenceInput, Residences, ResidenceState
from portal.returns.residences.words import ResidenceWords, plain, situation_codes
from portal.returns.types import Severity

STATES = {
    Says.NO_ONE: ResidenceState.NO_ONE,
    Says.NOT_APPLICABLE: ResidenceState.NOT_APPLICABLE,
    Says.NOT_SUPPLIED: ResidenceState.NOT_SUPPLIED,
}


class _AnyPlaces(Places):
    """For a file that is read where the municipalities of the region are not known: every name may be right."""

    def __init__(self) -> None:
        super().__init__([], "cs")

    def find(self, typed: str) -> str:
        return plain(typed)


def resolve(
    filed: FiledResidences, words: ResidenceWords | None, last: Residences | None
) -> tuple[Residences | None, list[Problem]]:
    """The part as the file has it, and what is wrong.

    ``words`` None: municipalities and groups are not known here, so any name is taken. ``last`` is the quarter before,
    None where that is not known; then “no change” cannot be told and the part is None, as it is with faults.
    """
    if filed.says is Says.NO_CHANGE:
        if last is None:
            return None, []
        if last.state is ResidenceState.NOT_SUPPLIED:
            message = _m("Last quarter's return does not tell where the users live, so there is nothing to take over.")
            return None, [Problem(filed.place_of_says, Severity.ERROR, message)]
        return Residences(last.state, 0, last.rows), []
    if filed.says is not None:
        return Residences(STATES[filed.says]), []
    if len(filed.rows) > MAX_ROWS:
        place = filed.place_at(filed.rows[MAX_ROWS].row, "service")
        return None, [Problem(place, Severity.ERROR, _m("A return can have at most %(most)s rows.", most=MAX_ROWS))]
    typed = [_with_codes(row.typed, words) for row in filed.rows]
    places = words.places if words is not None else _AnyPlaces()
    groups = set(words.groups) if words is not None else {one.target_group for one in typed}
    rows, faults = read_rows(typed, places, groups, set(situation_codes().values()))
    problems = [
        Problem(filed.place_at(filed.rows[number].row, name), Severity.ERROR, sentence)
        for number, wrong in faults.items()
        for name, sentence in wrong.items()
    ]
    if problems or filed.has_faults or not rows:
        return None, problems
    return Residences(ResidenceState.SUPPLIED, 0, rows), problems


def _with_codes(typed: ResidenceInput, words: ResidenceWords | None) -> ResidenceInput:
    group = words.group_code(typed.target_group) if words is not None else plain(typed.target_group)
    situation = situation_codes().get(plain(typed.situation), typed.situation.strip())
    return ResidenceInput(typed.municipality, group, situation, typed.persons)
