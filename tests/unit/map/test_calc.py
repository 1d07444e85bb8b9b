"""The rules of the map's figures, against plain loops and against their own properties."""

import itertools
import math
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalog.types import Form
from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell, CellState
from portal.map.calc import (
    capacity_by_place,
    capacity_cell,
    class_index,
    natural_classes,
    place_shares,
    points_by_place,
    population_for,
    rate_cell,
    rounded,
    unit_of_forms,
    usual_unit,
)
from portal.map.types import MapClass, Population, Rest

CODES = ("7101", "7102", "7103")


def services_of(*rows):
    return pd.DataFrame(rows, columns=["service_id", "region_wide"])


def facilities_of(*rows):
    return pd.DataFrame(rows, columns=["service_id", "secret", "code"])


def capacities_of(*rows):
    frame = pd.DataFrame(rows, columns=["service_id", "unit", "amount"])
    return frame.astype({"amount": float})


def shares_by_place(shares):
    return {(row.service_id, row.place): row.share for row in shares.itertuples()}


def by_place(frame):
    return {row.place: row for row in frame.itertuples()}


# Where the signs of the map count


def test_a_service_counts_once_at_each_of_its_points():
    rows = [
        (1, False, "7101", 17.0, 49.0),
        (1, False, "7101", 17.000001, 49.0),  # the same point
        (1, False, "7101", 17.1, 49.0),
        (2, False, "7101", 17.0, 49.0),
        (2, False, "6203", 15.0, 49.0),
        (2, False, None, 18.0, 49.0),
        (2, False, "7102", math.nan, math.nan),  # no point
        (2, True, "7103", 17.3, 49.0),
        (3, False, "7102", 17.5, 49.0),  # not chosen
    ]
    facilities = pd.DataFrame(rows, columns=["service_id", "secret", "code", "lon", "lat"])
    found = points_by_place(services_of((1, False), (2, False)), facilities, CODES)
    assert found == {"7101": 3, Rest.OUTSIDE: 1, Rest.UNKNOWN: 1}
    assert points_by_place(services_of((9, True)), facilities, CODES) == {}


# Where capacity counts


def test_a_service_with_facilities_in_several_units_is_counted_once_in_equal_parts():
    shares = place_shares(
        services_of((1, False)),
        facilities_of((1, False, "7101"), (1, False, "7101"), (1, False, "7102"), (1, False, "7103")),
        CODES,
    )
    assert shares_by_place(shares) == {(1, "7101"): 0.5, (1, "7102"): 0.25, (1, "7103"): 0.25}


def test_the_part_of_a_secret_facility_goes_to_no_unit_even_if_its_unit_is_known():
    shares = place_shares(services_of((1, False)), facilities_of((1, True, "7101"), (1, False, "7102")), CODES)
    assert shares_by_place(shares) == {(1, Rest.SECRET): 0.5, (1, "7102"): 0.5}


def test_a_place_outside_the_region_or_unknown_has_a_row_of_its_own():
    shares = place_shares(services_of((1, True)), facilities_of((1, False, "6203"), (1, False, None)), CODES)
    assert shares_by_place(shares) == {(1, Rest.OUTSIDE): 0.5, (1, Rest.UNKNOWN): 0.5}


def test_a_service_without_facilities_belongs_to_the_whole_region_only_if_it_works_there():
    shares = place_shares(services_of((1, True), (2, False)), facilities_of(), CODES)
    assert shares_by_place(shares) == {(1, Rest.WHOLE_REGION): 1.0, (2, Rest.UNKNOWN): 1.0}


def test_no_services_have_no_shares_whatever_the_facilities_of_others():
    shares = place_shares(services_of(), facilities_of((9, False, "7101")), CODES)
    assert list(shares.columns) == ["service_id", "place", "share"]
    assert shares.empty


def test_units_of_capacity_are_never_added_together():
    shares = place_shares(services_of((1, False)), facilities_of((1, False, "7101")), CODES)
    capacities = capacities_of((1, "beds", 40), (1, "clients", 25), (1, "beds", 2))
    assert by_place(capacity_by_place(shares, capacities, "beds"))["7101"].capacity == 42
    assert by_place(capacity_by_place(shares, capacities, "clients"))["7101"].capacity == 25


def test_stated_unstated_and_registered_in_other_units_are_told_apart():
    shares = place_shares(
        services_of((1, False), (2, False), (3, False), (4, False)),
        facilities_of(*((number, False, "7101") for number in (1, 2, 3, 4))),
        CODES,
    )
    capacities = capacities_of((1, "beds", 10), (2, "beds", None), (3, "clients", 5))
    row = by_place(capacity_by_place(shares, capacities, "beds"))["7101"]
    assert (row.services, row.stated, row.unstated, row.other_units, row.capacity) == (4, 1, 2, 1, 10)


PLACES = st.one_of(st.sampled_from([*CODES, "9999"]), st.none())
AMOUNTS = st.one_of(st.none(), st.integers(0, 300))
WORLDS = st.lists(
    st.tuples(
        st.booleans(),
        st.lists(st.tuples(st.booleans(), PLACES), max_size=4),
        st.lists(
            st.tuples(st.sampled_from(["beds", "clients"]), st.one_of(st.none(), st.integers(0, 300))), max_size=3
        ),
    ),
    max_size=8,
)


def frames_of(world):
    services = services_of(*((number, wide) for number, (wide, _, _) in enumerate(world)))
    facilities = facilities_of(*((n, *place) for n, (_, places, _) in enumerate(world) for place in places))
    capacities = capacities_of(*((n, *entry) for n, (_, _, entries) in enumerate(world) for entry in entries))
    return services, facilities, capacities


def capacity_by_plain_loops(world, unit):
    """The rule again, slowly, in exact fractions."""
    found = defaultdict(lambda: [0, 0, 0, 0, Fraction(0)])
    for wide, places, given_ in world:
        names = []
        for secret, code in places:
            if secret:
                names.append(Rest.SECRET.value)
            elif code is None:
                names.append(Rest.UNKNOWN.value)
            else:
                names.append(code if code in CODES else Rest.OUTSIDE.value)
        if not places:
            names.append(Rest.WHOLE_REGION.value if wide else Rest.UNKNOWN.value)
        amounts = [amount for name, amount in given_ if name == unit and amount is not None]
        for name in set(names):
            entry = found[name]
            entry[0] += 1
            if amounts:
                entry[1] += 1
                entry[4] += Fraction(sum(amounts) * names.count(name), len(names))
            elif given_ and all(name != unit for name, _ in given_):
                entry[3] += 1
            else:
                entry[2] += 1
    return dict(found)


@given(WORLDS)
def test_capacity_by_place_equals_the_plain_loop(world):
    services, facilities, capacities = frames_of(world)
    frame = capacity_by_place(place_shares(services, facilities, CODES), capacities, "beds")
    expected = capacity_by_plain_loops(world, "beds")
    assert set(frame["place"]) == set(expected)
    for row in frame.itertuples():
        counts = (row.services, row.stated, row.unstated, row.other_units)
        assert counts == tuple(expected[row.place][:4])
        assert row.capacity == pytest.approx(float(expected[row.place][4]), abs=1e-9)


@given(WORLDS)
def test_the_parts_sum_to_what_is_registered_and_row_order_does_not_matter(world):
    services, facilities, capacities = frames_of(world)
    frame = capacity_by_place(place_shares(services, facilities, CODES), capacities, "beds")
    registered = capacities.loc[capacities["unit"] == "beds", "amount"].sum()
    assert frame["capacity"].sum() == pytest.approx(registered)
    backwards = capacity_by_place(place_shares(services[::-1], facilities[::-1], CODES), capacities[::-1], "beds")
    pd.testing.assert_frame_equal(frame, backwards)


# States


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"services": 0, "stated": 0, "unstated": 0, "capacity": 0.0}, Cell.of(0)),
        ({"services": 2, "stated": 1, "unstated": 1, "capacity": 12.5}, Cell.of("12.5")),
        ({"services": 1, "stated": 1, "unstated": 0, "capacity": 0.0}, Cell.of(0)),
        ({"services": 1, "stated": 0, "unstated": 1, "capacity": 0.0}, NOT_SUPPLIED),
        ({"services": 1, "stated": 0, "unstated": 0, "capacity": 0.0}, NOT_APPLICABLE),
    ],
)
def test_no_data_is_not_zero(counts, expected):
    assert capacity_cell(**counts, catalogue_known=True) == expected
    assert capacity_cell(**counts, catalogue_known=False) is NOT_SUPPLIED


def test_a_rate_is_capacity_per_thousand_people():
    assert rate_cell(Cell.of(150), 12_000) == Cell.of("12.5")
    assert rate_cell(Cell.of(0), 12_000).state is CellState.ZERO


def test_a_rate_without_people_is_no_number():
    assert rate_cell(Cell.of(5), None) is NOT_SUPPLIED
    assert rate_cell(Cell.of(5), 0) is NOT_APPLICABLE


@pytest.mark.parametrize("state", [NOT_SUPPLIED, NOT_APPLICABLE])
def test_a_rate_keeps_the_state_of_its_capacity(state):
    assert rate_cell(state, 1000) is state


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        (0, "0"),
        (12.345, "12.35"),
        (0.125, "0.13"),
        (40.0, "40"),
        (0.00456, "0.0046"),
        (0.0999, "0.1"),
        (1000.0, "1000"),
    ],
)
def test_rounding_keeps_a_little_from_looking_like_nothing(figure, expected):
    assert rounded(figure) == Decimal(expected)


@given(st.floats(1e-9, 1e9))
def test_a_positive_figure_never_rounds_to_zero(figure):
    assert rounded(figure) > 0
    assert float(rounded(figure)) == pytest.approx(figure, rel=0.06)


def test_people_of_an_age_are_taken_only_where_the_act_names_the_age():
    assert population_for("49") is Population.AGE_65_PLUS
    assert population_for("54") is Population.AGE_0_14
    assert population_for("50") is Population.ALL
    assert population_for(None) is Population.ALL


def test_the_usual_unit_is_that_of_most_services():
    order = ("beds", "clients", "calls")
    capacities = capacities_of((1, "clients", 5), (2, "clients", None), (3, "beds", 4), (3, "beds", 4), (3, "beds", 1))
    assert usual_unit(capacities, order, "beds") == "clients"
    assert usual_unit(capacities_of((1, "calls", 5), (2, "clients", 3)), order, "beds") == "clients"


@pytest.mark.parametrize(
    ("type_code", "form", "unit"),
    [
        (None, None, "beds"),
        ("49", None, "beds"),
        ("39", None, "clients"),
        ("40", None, "clients"),
        ("44", None, "clients"),
        ("44", Form.RESIDENTIAL, "beds"),
        (None, Form.OUTREACH, "clients"),
    ],
)
def test_without_services_the_unit_is_that_of_the_forms_of_the_type(type_code, form, unit):
    assert usual_unit(capacities_of(), ("beds", "clients", "calls"), unit_of_forms(type_code, form)) == unit


# Classes


def squares(groups):
    total = 0.0
    for group in groups:
        mean = math.fsum(group) / len(group)
        total += math.fsum((figure - mean) ** 2 for figure in group)
    return total


def grouped(figures, classes):
    groups = [[] for _ in classes]
    for figure in figures:
        groups[class_index(figure, classes)].append(figure)
    return groups


def cheapest_split(figures, most):
    """Every split of the sorted distinct figures, tried one after the other."""
    distinct = sorted(set(figures))
    wanted = min(most, len(distinct))
    best = math.inf
    for cuts in itertools.combinations(range(1, len(distinct)), wanted - 1):
        bounds = [0, *cuts, len(distinct)]
        parts = [set(distinct[a:b]) for a, b in itertools.pairwise(bounds)]
        best = min(best, squares([[f for f in figures if f in part] for part in parts]))
    return best


@given(st.lists(st.integers(1, 400).map(lambda number: number / 8), min_size=1, max_size=9), st.integers(1, 5))
def test_classes_are_the_cheapest_of_all_splits(figures, most):
    classes = natural_classes(figures, most)
    assert len(classes) == min(most, len(set(figures)))
    assert squares(grouped(figures, classes)) == pytest.approx(cheapest_split(figures, most), abs=1e-6)


@given(st.lists(st.floats(0, 1e6).map(lambda f: round(f, 2)), max_size=60))
def test_every_positive_figure_is_in_exactly_one_class_and_classes_do_not_touch(figures):
    classes = natural_classes(figures)
    for figure in figures:
        holding = [band for band in classes if band.low <= figure <= band.high]
        assert len(holding) == (1 if figure > 0 else 0)
    assert all(band.low <= band.high for band in classes)
    assert all(lower.high < upper.low for lower, upper in itertools.pairwise(classes))


def test_groups_that_the_eye_sees_become_the_classes():
    classes = natural_classes([1, 2, 2, 3, 40, 41, 90], most=3)
    assert classes == [MapClass(1, 3), MapClass(40, 41), MapClass(90, 90)]


def test_zeros_and_missing_figures_make_no_class():
    assert natural_classes([0, math.nan, 0.0]) == []
    assert natural_classes([]) == []
    assert natural_classes([0, 7, 7, math.nan]) == [MapClass(7, 7)]
    assert class_index(0, [MapClass(7, 7)]) is None


def test_a_figure_foreign_to_the_classes_is_refused():
    with pytest.raises(ValueError, match="none of the classes"):
        class_index(5, [MapClass(7, 7)])
