"""Words of linking for pages: what agreed, colours of states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portal.core.messages import Message, _m
from portal.identity.kinds import KINDS
from portal.waitlists.links.types import PairState, View
from portal.web.languages import say

STATE_COLOURS: Mapping[str, str] = {
    PairState.PROPOSED: "yellow",
    PairState.CONFLICT: "orange",
    PairState.AUTO: "blue",
    PairState.LINKED: "green",
    PairState.SPLIT: "grey",
    PairState.GONE: "grey",
}
VIEW_LABELS: Mapping[View, Message] = {
    View.OPEN: _m("to be decided"),
    View.LINKED: _m("linked by a person"),
    View.SPLIT: _m("two persons"),
    View.AUTO: _m("linked automatically"),
    View.ALL: _m("all"),
}
# By the kinds of portal.identity.kinds. That they agree is known by digests alone; nobody here has what stands there.
EVIDENCE: Mapping[str, Message] = {
    "birth_number": _m("birth number"),
    "names_either_way_born": _m("names in either order, date of birth with day and month in either order"),
    "sounds_born": _m("sound of the names, date of birth"),
    "given_initial_born": _m("given name, first letter of the surname, date of birth"),
    "given_tail_born": _m("given name, end of the surname, date of birth"),
    "given_born_municipality": _m("given name, date of birth, municipality"),
    "surname_initial_born": _m("surname, first letter of the given name, date of birth"),
    "surname_tail_born": _m("surname, end of the given name, date of birth"),
    "names_year_month": _m("names, year and month of birth"),
    "names_year_day": _m("names, year and day of birth"),
    "names_day_of_year": _m("names, day and month of birth"),
    "names_municipality": _m("names, municipality"),
}


def evidence(agreeing: int) -> tuple[Sequence[str], Sequence[str]]:
    """What agreed and what did not (or was not known), in the reader's language."""
    said = [say(EVIDENCE[kind.code]) for kind in KINDS]
    return (
        [text for number, text in enumerate(said) if agreeing >> number & 1],
        [text for number, text in enumerate(said) if not agreeing >> number & 1],
    )
