"""Layers over columns against the rules over rows of ``map.calc``, and against plain loops."""

import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalog.types import CapacityUnit
from portal.map.calc import capacity_by_place, capacity_cell, place_shares
from portal.map.calc import usual_unit as usual_unit_of_rows
from portal.map.layers.calc import returns as returns_calc
from portal.map.layers.calc.numbers import NOT_APPLICABLE, NOT_SUPPLIED, VALUE, ZERO
from portal.map.layers.calc.register import (
    build_register,
    capacity,
    services_declared,
    services_with_place,
    usual_unit,
)
from portal.map.layers.calc.support import support_per_inhabitant

AREAS = ["A", "B", "C", "D"]
UNITS = [str(unit) for unit in CapacityUnit]


def world(seed):
    """Services with forms, capacities and facilities of all sorts."""
    dice = random.Random(seed)
    ids = sorted(dice.sample(range(100, 200), dice.randint(0, 12)))
    services = pd.DataFrame(
        {
            "service_id": ids,
            "type_code": [dice.choice(["40", "49", "60a"]) for _ in ids],
            "region_wide": [dice.random() < 0.2 for _ in ids],
        }
    ).astype({"service_id": "int64", "region_wide": bool})
    entries = [
        (one, form, unit, amount)
        for one in ids
        for form in dice.sample(["outreach", "outpatient", "residential"], dice.randint(1, 2))
        for unit, amount in [
            (
                dice.choice([*UNITS[:3], None]),
                dice.choice([float("nan"), 0.0, 7.0, 20.0]),
            )
            for _ in range(dice.randint(1, 2))
        ]
    ]
    capacities = pd.DataFrame(
        [(one, form, unit, float("nan") if unit is None else amount) for one, form, unit, amount in entries],
        columns=["service_id", "form", "unit", "amount"],
    ).astype({"service_id": "int64", "amount": float})
    places = [
        (one, dice.random() < 0.15, dice.choice([*AREAS, "elsewhere", None]))
        for one in ids
        for _ in range(dice.randint(0, 4))
    ]
    facilities = pd.DataFrame(places, columns=["service_id", "secret", "code"]).astype(
        {"service_id": "int64", "secret": bool, "code": object}
    )
    groups = pd.DataFrame(
        [(one, code) for one in ids for code in dice.sample(["g1", "g2"], dice.randint(0, 2))],
        columns=["service_id", "code"],
    )
    return services, capacities, facilities, groups


def register_of(seed, *, is_known=True):
    services, capacities, facilities, groups = world(seed)
    number = {code: place for place, code in enumerate(AREAS)}
    area = [number.get(code, -1) for code in facilities["code"]]
    return build_register(services, capacities, facilities.assign(area=area), groups, len(AREAS), is_known=is_known)


@given(st.integers(0, 10_000), st.sampled_from([None, "49"]), st.sampled_from([None, "residential"]))
def test_capacity_of_columns_is_that_of_rows(seed, type_code, form):
    services, capacities, facilities, _groups = world(seed)
    having = set(capacities.loc[capacities["form"] == form, "service_id"])
    mine = services[
        services["type_code"].eq(type_code or services["type_code"])
        & (services["service_id"].isin(having) if form else True)
    ]
    own = capacities[
        capacities["service_id"].isin(mine["service_id"]) & capacities["form"].eq(form or capacities["form"])
    ]
    stated = own[own["unit"].notna()]
    unit = usual_unit_of_rows(stated, UNITS, "clients")
    shares = place_shares(mine, facilities, set(AREAS))
    by_place = {row["place"]: row for row in capacity_by_place(shares, stated, unit).to_dict("records")}

    register = register_of(seed)
    chosen = register.chosen(type_code, form)
    assert register.service_ids[chosen].tolist() == mine["service_id"].tolist()
    assert usual_unit(register, chosen, form, UNITS, "clients") == unit
    found = capacity(register, chosen, form, unit)
    place_counts = services_with_place(register, chosen)
    for place, code in enumerate(AREAS):
        row = by_place.get(code, {"services": 0, "stated": 0, "unstated": 0, "capacity": 0.0})
        cell = capacity_cell(
            services=row["services"],
            stated=row["stated"],
            unstated=row["unstated"],
            capacity=row["capacity"],
            catalogue_known=True,
        )
        assert found.state_names()[place] == cell.state
        if cell.state.has_number:
            assert found.numbers[place] == float(cell.number)
        assert place_counts.numbers[place] == row["services"]


@given(st.integers(0, 10_000), st.sampled_from([None, "g1", "nobody"]))
def test_declared_services_are_those_of_the_area_and_those_of_everywhere(seed, group):
    services, _capacities, facilities, groups = world(seed)
    wanted = set(services["service_id"])
    if group:
        wanted &= set(groups.loc[groups["code"] == group, "service_id"])
    everywhere = {one for one, wide in zip(services["service_id"], services["region_wide"], strict=True) if wide}
    register = register_of(seed)
    found = services_declared(register, register.chosen(group=group))
    for place, code in enumerate(AREAS):
        local = {one for one, secret, lies in facilities.itertuples(index=False) if lies == code and not secret}
        assert found.numbers[place] == len(wanted & (local | everywhere))


def test_an_empty_catalogue_knows_nothing():
    register = register_of(1, is_known=False)
    for found in (
        capacity(register, register.chosen(), None, "beds"),
        services_with_place(register, register.chosen()),
        services_declared(register, register.chosen()),
    ):
        assert set(found.states) == {NOT_SUPPLIED}


def residents_of(rows, states, areas=3):
    frame = pd.DataFrame(rows, columns=["service_id", "area", "target_group", "adverse_situation", "persons"])
    told = pd.DataFrame(states, columns=["service_id", "type_code", "state"])
    return returns_calc.build_residents(frame, told, frame["area"].to_numpy(dtype=np.int64), areas)


RESIDENTS = residents_of(
    [(1, 0, "g1", "housing", 4), (1, 1, None, "debt", 2), (2, 0, "g2", "debt", 3), (2, -1, "g2", "debt", 9)],
    [(1, "49", "supplied"), (2, "40", "supplied"), (3, "49", "not_supplied"), (4, "40", "not_applicable")],
)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ((None, None, None), [7, 2, None]),
        (("49", None, None), [4, 2, None]),
        ((None, "g2", None), [3, None, None]),
        ((None, None, "debt"), [3, 2, None]),
        (("40", None, None), [3, 0, 0]),
        (("40", "g1", None), [0, 0, 0]),
    ],
)
def test_users_are_counted_where_they_live_and_nobody_is_a_zero_once_all_asked_have_told(choice, expected):
    found = returns_calc.users_by_area(RESIDENTS, RESIDENTS.chosen(*choice), choice[0])
    assert [None if np.isnan(one) else one for one in found.numbers] == expected
    states = {None: NOT_SUPPLIED, 0: ZERO}
    assert found.states.tolist() == [states.get(one, VALUE) for one in expected]


def test_services_reach_an_area_by_one_user():
    found = returns_calc.services_by_area(RESIDENTS, RESIDENTS.chosen(None, None, None), None)
    assert found.states.tolist() == [VALUE, VALUE, NOT_SUPPLIED]
    assert found.numbers.tolist()[:2] == [2, 1]
    of_type = returns_calc.services_by_area(RESIDENTS, RESIDENTS.chosen("40", None, None), "40")
    assert of_type.states.tolist() == [VALUE, ZERO, ZERO]


def test_nobody_told_is_no_zero_and_anonymous_services_are_not_asked():
    unknown = returns_calc.users_by_area(RESIDENTS, RESIDENTS.chosen("60a", None, None), "60a")
    assert set(unknown.states) == {NOT_SUPPLIED}
    assert (RESIDENTS.told(None).told, RESIDENTS.told(None).asked) == (2, 3)
    assert (RESIDENTS.told("49").told, RESIDENTS.told("49").asked) == (1, 2)


def simple_register(places, region_wide=()):
    """Services 1 ... with the areas of their facilities."""
    ids = sorted(places)
    services = pd.DataFrame(
        {"service_id": ids, "type_code": ["49"] * len(ids), "region_wide": [one in region_wide for one in ids]}
    )
    facilities = pd.DataFrame(
        [(one, False, area) for one in ids for area in places[one]], columns=["service_id", "secret", "area"]
    )
    capacities = pd.DataFrame(
        [(one, "residential", "beds", 1.0) for one in ids], columns=["service_id", "form", "unit", "amount"]
    )
    groups = pd.DataFrame([], columns=["service_id", "code"])
    return build_register(services, capacities, facilities, groups, 3, is_known=True)


def test_lines_lead_from_residence_to_where_most_of_a_service_is():
    register = simple_register({1: [2, 2, 0], 2: [1]})
    found = returns_calc.flows(RESIDENTS, RESIDENTS.chosen(None, None, None), register)
    assert [(flow.residence, flow.place, flow.persons) for flow in found] == [(0, 2, 4), (0, 1, 3), (1, 2, 2)]
    assert returns_calc.flows(RESIDENTS, RESIDENTS.chosen(None, None, None), register, most=1) == found[:1]


def test_a_service_without_a_place_has_no_lines():
    assert returns_calc.flows(RESIDENTS, RESIDENTS.chosen(None, None, None), simple_register({1: [-1], 3: [0]})) == []
    assert returns_calc.flows(RESIDENTS, RESIDENTS.chosen(None, None, None), simple_register({})) == []


def test_a_share_of_an_area_is_that_of_its_services_together_with_the_norm_they_have():
    register = simple_register({1: [0], 2: [0, 1], 3: [2], 4: [2]})
    values = {
        "numerator": np.array([30.0, 80.0, np.nan, 0.0]),
        "denominator": np.array([100.0, 100.0, np.nan, 0.0]),
        "norm": np.array([0.6, 0.8, 0.5, 0.5]),
    }
    found, told = returns_calc.share_of_sums(register, register.chosen(), **values)
    assert found.numbers[:2].tolist() == [pytest.approx(100 * 70 / 150, abs=0.01), 80]
    assert found.norm[:2].tolist() == [66.67, 80]
    assert found.states[2] == NOT_SUPPLIED
    assert (told.told, told.asked) == (2, 4)
    none, _ = returns_calc.share_of_sums(simple_register({1: [0]}), np.array([False]), *[np.array([1.0])] * 3)
    assert set(none.states) == {NOT_APPLICABLE}


def test_values_of_services_are_put_beside_those_of_the_register():
    register = simple_register({1: [0], 3: [0], 5: [1]})
    found = returns_calc.by_service(register, [3, 4, 9], np.array([7.0, 8.0, 9.0]))
    assert np.isnan(found[[0, 2]]).all()
    assert found[1] == 7


def test_support_adds_what_was_told_and_takes_silence_for_no_zero():
    places = np.array([0, 0, 1, 1, 2, 2, 3, 4, 4, 5, -1, -1])
    nan = np.nan
    found, told = support_per_inhabitant(
        places,
        np.array([100.0, nan, 0.0, nan, nan, nan, nan, 0.0, nan, 9.0, 70.0, nan]),
        np.array([False, False, False, True, True, True, True, False, False, False, False, True]),
        np.array([50.0, 10.0, 10.0, 10.0, 10.0, 0.0, 10.0]),
        np.array([3.0, 2.0, 2.0, 2.0, 2.0, 1.0, 0.0]),
    )
    assert [str(state) for state in found.state_names()] == [
        "value",
        "zero",
        "not_applicable",
        "not_supplied",
        "not_supplied",
        "not_applicable",
        "not_supplied",
    ]
    assert found.numbers[0] == 2
    assert told.tolist() == [1, 2, 2, 1, 1, 1, 0]
