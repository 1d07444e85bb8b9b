"""From pairs to persons, against a plain reading of the rule."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.identity.kinds import KINDS
from portal.waitlists.links.calc import contradicts, group_people
from portal.waitlists.links.types import PairState, Verdict, Weighed
from portal.waitlists.links.words import EVIDENCE

SAME, DIFFERENT = Verdict.SAME, Verdict.DIFFERENT
A, B, C, D = (bytes([number]) for number in range(1, 5))


def weigh(a, b, probability=0.9, verdict=None, *, found=True):
    return Weighed(min(a, b), max(a, b), probability, probability, probability >= 0.6, found, verdict)


class Plain:
    """Sets of persons, joined one pair after the other; everything is looked through anew for each."""

    def __init__(self, pairs, certain):
        self.groups = [{ref} for ref in {ref for pair in pairs for ref in (pair.a, pair.b)}]
        self.split = [{pair.a, pair.b} for pair in pairs if pair.verdict is DIFFERENT]
        self.certain = certain

    def join(self, pair):
        one, other = (next(group for group in self.groups if ref in group) for ref in (pair.a, pair.b))
        if one is other:
            return True
        if any(apart & one and apart & other for apart in self.split):
            return False
        both = pair.a in self.certain and pair.b in self.certain
        if pair.verdict is None and one & self.certain and other & self.certain and not both:
            return False
        one |= other
        self.groups.remove(other)
        return True

    def reading(self):
        return {ref: min(group) for group in self.groups for ref in group}


def plainly(pairs, certain):
    plain, states = Plain(pairs, certain), {}
    ordered = sorted(pairs, key=lambda pair: (-pair.probability, pair.a, pair.b))
    for pair in ordered:
        if pair.verdict is not None:
            states[pair] = PairState.LINKED if pair.verdict is SAME and plain.join(pair) else PairState.SPLIT
    undecided = [pair for pair in ordered if pair not in states]
    for pair in undecided:
        if pair.is_strong:
            plain.join(pair)
    sure = plain.reading()
    for pair in undecided:
        states[pair] = PairState.CONFLICT if pair.is_strong else PairState.PROPOSED
        if sure[pair.a] == sure[pair.b]:
            states[pair] = PairState.AUTO
        elif not pair.is_strong:
            plain.join(pair)
    return sure, plain.reading(), [states[pair] for pair in pairs]


@st.composite
def worlds(draw):
    """Pairs without two decisions of people that contradict each other, as the service lets none arise."""
    refs = [bytes([number]) for number in range(draw(st.integers(2, 7)))]
    pairs = []
    for position, a in enumerate(refs):
        for b in refs[position + 1 :]:
            if draw(st.booleans()):
                probability = draw(st.sampled_from([0.2, 0.3, 0.5, 0.7, 0.8, 0.95]))
                verdict = draw(st.sampled_from([None, None, SAME, DIFFERENT]))
                if verdict and contradicts(pairs, a, b, verdict):
                    verdict = None
                pairs.append(weigh(a, b, probability, verdict, found=draw(st.booleans()) or verdict is None))
    return pairs, draw(st.sets(st.sampled_from(refs)))


@given(worlds(), st.randoms())
@settings(max_examples=150)
def test_grouping_is_what_the_plain_reading_says_in_any_order(world, chance: random.Random):
    pairs, certain = world
    sure, probable, states = plainly(pairs, certain)
    groups = group_people(pairs, certain)
    assert (groups.sure, groups.probable, groups.states) == (sure, probable, states)
    mixed = chance.sample(pairs, len(pairs))
    again = group_people(mixed, certain)
    assert (again.sure, again.probable) == (sure, probable)
    assert set(zip(mixed, again.states, strict=True)) == set(zip(pairs, states, strict=True))
    assert len(set(probable.values())) <= len(set(sure.values()))


def test_a_proposal_counts_in_the_generous_reading_alone():
    groups = group_people([weigh(A, B), weigh(B, C, 0.3), weigh(C, D, 0.3, found=False)], set())
    assert groups.sure == {A: A, B: A, C: C, D: D}
    assert groups.probable == {A: A, B: A, C: A, D: D}
    assert groups.states == [PairState.AUTO, PairState.PROPOSED, PairState.GONE]


def test_two_birth_numbers_are_not_joined_over_a_third_person():
    groups = group_people([weigh(A, B, 0.9), weigh(B, C, 0.8)], {A, C})
    assert groups.sure == {A: A, B: A, C: C}
    assert groups.states == [PairState.AUTO, PairState.CONFLICT]


def test_there_is_nothing_to_decide_of_two_who_are_one_through_others():
    pairs = [weigh(A, B, 0.95, SAME), weigh(B, C, 0.9), weigh(A, C, 0.3), weigh(C, D, 0.3)]
    assert group_people(pairs, set()).states == [PairState.LINKED, PairState.AUTO, PairState.AUTO, PairState.PROPOSED]
    # A and C bear birth numbers and B does not: held back at first, A and B are one over C in the end.
    told = [weigh(B, C, 0.7, SAME), weigh(A, B, 0.95), weigh(A, C, 0.8)]
    assert group_people(told, {A, C}).states == [PairState.LINKED, PairState.AUTO, PairState.AUTO]


def test_what_was_split_stays_apart_over_others_too():
    groups = group_people([weigh(A, B, 0.9), weigh(B, C, 0.8), weigh(A, C, 0.95, DIFFERENT)], set())
    assert groups.sure == {A: A, B: A, C: C}
    assert groups.states == [PairState.AUTO, PairState.CONFLICT, PairState.SPLIT]


@pytest.mark.parametrize(
    ("others", "verdict", "expected"),
    [
        ([weigh(A, B, verdict=SAME), weigh(B, C, verdict=SAME)], DIFFERENT, True),
        ([weigh(A, B, verdict=SAME), weigh(B, C)], DIFFERENT, False),
        ([weigh(A, B, verdict=SAME), weigh(B, C, verdict=DIFFERENT)], SAME, True),
        ([weigh(A, B, verdict=SAME), weigh(B, D, verdict=DIFFERENT)], SAME, False),
        ([weigh(A, C, verdict=SAME)], DIFFERENT, False),
        ([weigh(A, B, verdict=SAME), weigh(B, C, verdict=SAME)], Verdict.LATER, False),
    ],
)
def test_decisions_do_not_contradict_each_other(others, verdict, expected):
    assert contradicts(others, A, C, verdict) is expected


def test_every_kind_of_evidence_has_its_words():
    assert {kind.code for kind in KINDS} == set(EVIDENCE)
