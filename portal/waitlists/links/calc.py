"""From weighed pairs and decisions to persons. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from portal.vault.linking.clusters import Persons
from portal.waitlists.links.types import Groups, PairState, Verdict, Weighed

_STATE_OF_VERDICT = {Verdict.SAME: PairState.LINKED, Verdict.DIFFERENT: PairState.SPLIT}


def group_people(pairs: Sequence[Weighed], certain: Collection[bytes]) -> Groups:
    """The persons that follow from pairs, and the state of each pair.

    First what people linked, never across what they split; then pairs above the upper threshold, the likeliest first;
    for ``probable`` the proposed ones too. ``certain``: references known by a birth number; two of them are joined by a
    link that holds for themselves, never over a third person (see ``portal.vault.linking.clusters``). A group bears its
    smallest reference. Depends on the order of ``pairs`` nowhere. Persons of no pair stand for themselves.
    """
    refs = sorted({ref for pair in pairs for ref in (pair.a, pair.b)})
    place = {ref: number for number, ref in enumerate(refs)}
    known = frozenset(certain)
    persons = _new_persons(number if ref in known else -1 for number, ref in enumerate(refs))
    ordered = sorted(
        ((place[pair.a], place[pair.b], number, pair) for number, pair in enumerate(pairs)),
        key=lambda one: (-one[3].probability, -one[3].weight, one[0], one[1]),
    )
    states = [PairState.GONE] * len(pairs)
    for verdict, state in _STATE_OF_VERDICT.items():
        for a, b, number, pair in ordered:
            if pair.verdict is verdict:
                states[number] = state
                if verdict is Verdict.SAME:
                    persons.join(a, b, is_told=True)
                else:
                    persons.keep_apart(a, b)
    undecided = [one for one in ordered if one[3].verdict is None and one[3].is_found]
    for a, b, _number, pair in undecided:
        if pair.is_strong:
            persons.join(a, b)
    sure = {ref: refs[persons.find(number)] for number, ref in enumerate(refs)}
    for a, b, number, pair in undecided:
        if sure[pair.a] == sure[pair.b]:  # by itself or through others: there is nothing to decide
            states[number] = PairState.AUTO
        elif pair.is_strong:
            states[number] = PairState.CONFLICT
        else:
            states[number] = PairState.PROPOSED
            persons.join(a, b)
    probable = {ref: refs[persons.find(number)] for number, ref in enumerate(refs)}
    return Groups(sure, probable, states)


def contradicts(pairs: Iterable[Weighed], a: bytes, b: bytes, verdict: Verdict) -> bool:
    """Whether the verdict about a and b cannot stand beside other verdicts of people.

    They cannot be two persons where other links of people make them one, nor one where that would join what was split.
    """
    others = [pair for pair in pairs if pair.verdict is not None and {pair.a, pair.b} != {a, b}]
    refs = sorted({a, b, *(ref for pair in others for ref in (pair.a, pair.b))})
    place = {ref: number for number, ref in enumerate(refs)}
    persons = _new_persons([-1] * len(refs))
    for pair in others:
        if pair.verdict is Verdict.SAME:
            persons.join(place[pair.a], place[pair.b])
    if verdict is Verdict.DIFFERENT:
        return persons.find(place[a]) == persons.find(place[b])
    if verdict is Verdict.SAME:
        persons.join(place[a], place[b])
        return any(
            persons.find(place[pair.a]) == persons.find(place[pair.b])
            for pair in others
            if pair.verdict is Verdict.DIFFERENT
        )
    return False


def _new_persons(numbers: Iterable[int]) -> Persons:
    return Persons(np.array(list(numbers), dtype=np.int64))
