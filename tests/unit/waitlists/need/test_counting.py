"""Counts of need agree with loops over persons, whatever the world."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.waitlists.need.calc.cube import count
from portal.waitlists.need.types import PERSON_MEASURES, Measure, Part
from portal.waitlists.types import State, Urgency
from tests.factories.need import Row, UserRow, as_lists, count_by_loops

FIRST, LAST = 20_544, 20_634  # 2026-04-01, 2026-06-30
ENDED = [str(state) for state in State if not state.is_open]


@st.composite
def worlds(draw):
    probable_of = {sure: draw(st.sampled_from([sure, 1])) for sure in range(1, 7)}  # some are probably the first one
    persons = st.sampled_from(sorted(probable_of))
    types = st.sampled_from(["49", "40"])

    def application(state):
        sure = draw(persons)
        received = draw(st.integers(LAST - 900, LAST))
        low = max(FIRST, received)
        town = draw(
            st.sampled_from([("7101", "500001"), ("7101", "500002"), ("7102", "500003"), ("outside", "outside")])
        )
        return Row(
            type_code=draw(types),
            situation=draw(st.sampled_from(["housing", "debts"])),
            group=draw(st.sampled_from(["SENIOR", "not_told"])),
            area=town[0],
            municipality=town[1],
            sure=sure,
            probable=probable_of[sure],
            state=state,
            received=received,
            decided=draw(st.integers(low, LAST)) if state in ENDED else 0,
            confirmed=draw(st.integers(received, LAST)),
            can_start=draw(st.sampled_from([0, LAST, LAST + 1])),
            urgency=draw(st.sampled_from([str(each) for each in Urgency])),
        )

    states = draw(st.lists(st.sampled_from([str(state) for state in State]), max_size=14))
    users = draw(st.lists(st.tuples(types, persons), max_size=3))
    return [application(state) for state in states], [UserRow(kind, sure, probable_of[sure]) for kind, sure in users]


@settings(max_examples=120)
@given(worlds())
def test_every_part_has_the_figures_that_loops_find(world):
    rows, users = world
    table = count(*as_lists(rows, users), FIRST, LAST)

    found = table.counts()
    assert len(found) == len(table.parts)
    assert found == count_by_loops(rows, users, FIRST, LAST)


@settings(max_examples=60)
@given(worlds())
def test_probable_links_never_make_more_persons_and_the_ladder_never_rises(world):
    rows, users = world
    for figures in count(*as_lists(rows, users), FIRST, LAST).counts().values():
        for measure in PERSON_MEASURES:
            assert figures.least[measure] <= figures.most[measure]
        for side in (figures.most, figures.least):
            steps = [side[each] for each in (Measure.PERSONS, Measure.CONFIRMED, Measure.ABLE, Measure.URGENT)]
            assert [figures.applications, *steps] == sorted([figures.applications, *steps], reverse=True)
            assert side[Measure.UNMET] <= side[Measure.PERSONS]


def a_row(sure, **changes):
    given = {
        "type_code": "49",
        "situation": "housing",
        "group": "SENIOR",
        "area": "7101",
        "municipality": "500001",
        "probable": sure,
        "state": "waiting",
        "received": FIRST - 100,
        "decided": 0,
        "confirmed": FIRST,
        "can_start": 0,
        "urgency": "usual",
    }
    return Row(sure=sure, **{**given, **changes})


def test_a_person_at_three_services_is_one_person():
    rows = [a_row(1), a_row(1, situation="debts"), a_row(1, type_code="40")]
    found = count(*as_lists(rows, []), FIRST, LAST).counts()

    assert found[Part()].applications == 3
    assert found[Part()].most[Measure.PERSONS] == 1
    assert found[Part(situation="debts")].most[Measure.PERSONS] == 1


def test_who_uses_a_service_of_the_type_waits_but_is_not_unmet():
    rows = [a_row(1), a_row(2)]
    figures = count(*as_lists(rows, [UserRow("49", 1, 1), UserRow("40", 2, 2)]), FIRST, LAST).counts()[Part()]

    assert figures.most[Measure.PERSONS] == 2
    assert figures.most[Measure.UNMET] == 1


def test_a_confirmation_counts_for_365_days():
    rows = [a_row(1, confirmed=LAST - 364, received=LAST - 800), a_row(2, confirmed=LAST - 365, received=LAST - 800)]

    assert count(*as_lists(rows, []), FIRST, LAST).counts()[Part()].most[Measure.CONFIRMED] == 1


def test_who_withdrew_at_one_place_and_waits_at_another_has_not_left():
    rows = [a_row(1, state="withdrawn", decided=LAST), a_row(1), a_row(2, state="expired", decided=LAST)]

    assert count(*as_lists(rows, []), FIRST, LAST).counts()[Part()].most[Measure.LEFT] == 1


def test_an_empty_world_has_no_parts():
    assert count(*as_lists([], []), FIRST, LAST).parts == []


def test_more_persons_and_parts_than_fit_into_one_number_are_refused(monkeypatch):
    monkeypatch.setattr("portal.waitlists.need.calc.cube.MOST_BITS", 12)

    with pytest.raises(OverflowError, match="too many"):
        count(*as_lists([a_row(1), a_row(2)], []), FIRST, LAST)
