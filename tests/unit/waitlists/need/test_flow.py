"""The way of persons through a type of service agrees with following each of them by hand."""

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.waitlists.need.calc.flow import flow_of_year
from portal.waitlists.need.types import STILL, Asked, Stays
from tests.factories.need import AskedRow, StayRow, flow_by_loops, whole

FIRST, LAST = 20_454, 20_818  # 2026
TYPES = ("40", "49", "50")
PERSONS = 5
days = st.integers(FIRST - 120, LAST + 120)


@st.composite
def applications(draw):
    received = draw(days)
    is_open = draw(st.booleans())
    ended = STILL if is_open else received + draw(st.integers(0, 400))
    state = "waiting" if is_open else draw(st.sampled_from(["admitted", "deceased", "withdrawn"]))
    return AskedRow(draw(st.integers(0, 2)), draw(st.integers(0, PERSONS - 1)), received, ended, state)


@st.composite
def stays(draw):
    started = draw(days)
    ended = draw(st.one_of(st.just(STILL), st.integers(started, started + 300)))
    died = ended != STILL and draw(st.booleans())
    return StayRow(draw(st.integers(0, 2)), draw(st.integers(0, PERSONS - 1)), started, ended, died)


def computed(asked, used):
    return flow_of_year(
        Asked(
            whole(row.kind for row in asked),
            whole(row.person for row in asked),
            whole(row.received for row in asked),
            whole(row.ended for row in asked),
            np.array([row.state == "admitted" for row in asked], dtype=bool),
            np.array([row.state == "deceased" for row in asked], dtype=bool),
        ),
        Stays(
            whole(row.kind for row in used),
            whole(row.person for row in used),
            whole(row.started for row in used),
            whole(row.ended for row in used),
            np.array([row.is_deceased for row in used], dtype=bool),
        ),
        TYPES,
        PERSONS,
        FIRST,
        LAST,
    )


@settings(max_examples=150)
@given(st.lists(applications(), max_size=8), st.lists(stays(), max_size=8, unique=True))
def test_every_way_is_the_one_found_by_hand(asked, used):
    assert computed(asked, used) == flow_by_loops(asked, used, TYPES, FIRST, LAST)


@settings(max_examples=60)
@given(st.lists(applications(), max_size=10), st.lists(stays(), max_size=10))
def test_what_comes_into_a_station_leaves_it(asked, used):
    into, out = Counter(), Counter()
    for (kind, source, target), persons in computed(asked, used).items():
        out[(kind, source)] += persons
        into[(kind, target)] += persons
    for station in [(kind, name) for kind in range(3) for name in ("user", "left")]:
        assert into[station] == out[station]


def test_a_move_on_the_same_day_is_a_next_service():
    used = [StayRow(1, 0, FIRST - 50, FIRST + 10, False), StayRow(0, 0, FIRST + 10, STILL, False)]
    assert computed([], used)[(1, "left", "next:40")] == 1


def test_a_stay_of_one_day_does_not_follow_itself():
    assert computed([], [StayRow(1, 0, FIRST + 5, FIRST + 5, False)])[(1, "left", "nowhere")] == 1
