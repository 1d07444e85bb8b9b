"""The rules of states and of wholes, against a slow loop over single services in exact fractions."""

import math
import operator
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.benchmarking.metrics import Catalogue, Over, Year, evaluate, parse, state_counts
from portal.benchmarking.metrics.nodes import Arithmetic, Comparison, If, Logic, Name, Negative, Not, Number, Sum
from portal.benchmarking.types import ALL_FORMS, FORMS
from portal.disclosure import FigureState
from portal.returns.types import Period
from tests.factories.benchmarking import cells
from tests.factories.metrics import FIELDS, make_metric

NA, NS, UNDEFINED = "n/a", None, "undefined"
QUARTERS = Year(2026).quarters
BY_CODE = {field.code: field for field in FIELDS}


def worst(*values):
    return next((state for state in (NA, NS, UNDEFINED) if any(value is state for value in values)), 0)


def known(*values):
    return not any(value in (NA, NS, UNDEFINED) for value in values)


ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul}
COMPARED = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}


def computed(node, values):
    """The formula for one service; a value is a fraction, True, False, NA, NS or UNDEFINED."""
    if isinstance(node, Number):
        return Fraction(node.value)
    if isinstance(node, Name):
        return values[node.code]
    if isinstance(node, If):
        holds = computed(node.condition, values)
        return computed(node.then if holds else node.otherwise, values) if known(holds) else holds
    parts = [computed(part, values) for part in node.parts]
    if isinstance(node, Sum):
        parts = [part for part in parts if part != NA]
        return NA if not parts else sum(parts) if known(*parts) else worst(*parts)
    if isinstance(node, Logic) and any(part is (node.operator == "or") for part in parts):
        return node.operator == "or"
    return of_numbers(node, *parts) if known(*parts) else worst(*parts)


def of_numbers(node, left, right=None):
    match node:
        case Negative():
            return -left
        case Not():
            return not left
        case Logic():
            return node.operator == "and"
        case Comparison():
            return COMPARED[node.operator](left, right)
        case Arithmetic():
            if node.operator == "/":
                return UNDEFINED if right == 0 else left / right
            return ARITHMETIC[node.operator](left, right)


def plain(formula, world, service, form, quarters):
    """The formula for a service over quarters, all of them due; ``world``: content by quarter, service, form, field."""
    node = parse(formula)
    codes = sorted(code for code in BY_CODE if code in formula)
    forms = [form] if form != ALL_FORMS else list(FORMS)
    of_forms = [code for code in codes if not BY_CODE[code].is_of_whole_service]
    of_service = [code for code in codes if BY_CODE[code].is_of_whole_service]

    def part(quarter, form, codes):
        keys = {code: (quarter, service, form, code) for code in codes}
        if not any(key in world for key in keys.values()):
            return dict.fromkeys(codes, NA)
        return {code: fraction(world.get(key)) for code, key in keys.items()}

    taking_part = []
    for quarter in quarters:
        whole = part(quarter, ALL_FORMS, of_service)
        factors = {"days": Fraction(quarter.days), "fund": Fraction(quarter.working_time_fund_hours)}
        alone = [part(quarter, one, of_forms) for one in forms] if of_forms else [{}]
        applicable = [cells for cells in alone if computed(node, {**factors, **whole, **cells}) != NA]
        if applicable:
            taking_part.append((quarter, [*applicable, whole]))
    values = {
        "days": Fraction(sum(quarter.days for quarter in quarters)),
        "fund": Fraction(sum(quarter.working_time_fund_hours for quarter in quarters)),
    }
    for code in codes:
        own = [cells[code] for _, parts in taking_part for cells in parts if code in cells and cells[code] != NA]
        total = NA if not own else NS if None in own else sum(own)
        is_mean = BY_CODE[code].over_year is Over.MEAN and known(total)
        values[code] = total / len(quarters) if is_mean else total
    result = computed(node, values)
    lost = any(all((quarter, service) != key[:2] for key in world) for quarter in quarters)
    return NS if lost and result != NA else result


def fraction(content):
    return content if content in (NA, NS) else Fraction(content)


# Comparisons are with plain numbers and quotients of counts, where doubles and fractions agree on equality.
FORMULAS = (
    ("direct_hours / (direct_care_fte * fund)", "share"),
    ("bed_days_used / (beds * days)", "share"),
    ("costs_total / direct_hours", "czk/hours"),
    ("costs_total / sum(direct_hours, direct_hours)", "czk/hours"),
    ("users_at_end / direct_care_fte", "persons/fte"),
    ("sum(direct_care_fte, fte_management) * 2 - fte_management", "fte"),
    ("if(beds > 2 and not direct_hours < 5, bed_days_used / (beds * days), direct_hours / direct_hours)", "share"),
    ("if(users_at_end = 0 or direct_hours / direct_care_fte >= 1, users_at_end, 2 * users_at_end)", "persons"),
    ("if(sum(beds, beds) != 4, -direct_hours, direct_hours + direct_hours)", "hours"),
    ("if(users_at_end <= 3, 1, 0)", "number"),
    ("costs_total - revenues_total", "czk"),
    ("1 / users_at_end", "1/persons"),
    ("costs_total / (costs_total - revenues_total)", "share"),
)


@cache
def catalogue_of(formula, unit):
    return Catalogue([make_metric(formula, unit=unit)], FIELDS)


contents = st.one_of(st.none(), st.just(NA), st.just(0), st.integers(1, 6))
per_form = st.tuples(
    st.sampled_from(QUARTERS),
    st.integers(1, 2),
    st.sampled_from(FORMS),
    st.sampled_from(["direct_hours", "direct_care_fte", "fte_management", "beds", "bed_days_used"]),
)
whole = st.tuples(
    st.sampled_from(QUARTERS),
    st.integers(1, 2),
    st.just(ALL_FORMS),
    st.sampled_from(["costs_total", "revenues_total", "users_at_end"]),
)
some = st.dictionaries(st.one_of(per_form, whole), contents, max_size=60)
# Almost every cell is there, as in real returns; otherwise years would nearly always miss something.
EVERY_CELL = [
    (quarter, 1, form, field.code)
    for quarter in QUARTERS
    for field in FIELDS
    for form in field.forms
    if field.code not in ("contacts", "users_new", "users_in_quarter", "refused_applicants")
]
full = st.lists(
    st.sampled_from([0, 1, 2, 3, 3, 4, 5, NA, NA, NA]), min_size=len(EVERY_CELL), max_size=len(EVERY_CELL)
).map(lambda contents: dict(zip(EVERY_CELL, contents, strict=True)))
worlds = st.one_of(some, full)


def frame_of(world):
    frame = cells(*((service, form, field, content) for (_, service, form, field), content in world.items()))
    return frame.assign(period=[str(quarter) for quarter, *_ in world])


def assert_same(found, expected):
    state = {NA: FigureState.NOT_APPLICABLE, NS: FigureState.NOT_SUPPLIED, UNDEFINED: FigureState.UNDEFINED}
    if expected in state:
        assert (found["state"], math.isnan(found["value"])) == (state[expected], True)
    else:
        assert found["state"] is (FigureState.ZERO if expected == 0 else FigureState.VALUE)
        assert found["value"] == pytest.approx(float(expected), rel=1e-12)


@pytest.mark.parametrize(("formula", "unit"), FORMULAS)
@settings(max_examples=40)
@given(world=worlds)
def test_quarters_equal_the_plain_loop(formula, unit, world):
    found = evaluate(catalogue_of(formula, unit), "tried", frame_of(world))
    forms = catalogue_of(formula, unit).program("tried", QUARTERS[0]).forms
    assert len(found) == len(forms) * len({key[:2] for key in world})
    for _, row in found.iterrows():
        assert_same(row, plain(formula, world, row["service_id"], row["form"], [Period.parse(row["period"])]))


@pytest.mark.parametrize(("formula", "unit"), FORMULAS)
@settings(max_examples=40)
@given(world=worlds)
@example(world={})
def test_years_equal_the_plain_loop(formula, unit, world):
    found = evaluate(catalogue_of(formula, unit), "tried", frame_of(world), [Year(2026)])
    assert set(found["service_id"]) == {service for _, service, *_ in world}
    for _, row in found.iterrows():
        assert_same(row, plain(formula, world, row["service_id"], row["form"], QUARTERS))


def year_of(content_by_quarter, *, due=None):
    world = {
        (QUARTERS[number], 1, form, field): content
        for number, cells in content_by_quarter.items()
        for (form, field), content in cells.items()
    }
    return evaluate(
        catalogue_of(*FORMULAS[0]), "tried", frame_of(world), [Year(2026)], forms=[ALL_FORMS], due=due
    ).iloc[0]


HALF = {("outreach", "direct_hours"): 240, ("outreach", "direct_care_fte"): 1}


def test_a_service_that_began_in_the_middle_of_the_year_has_half_of_the_time():
    due = pd.DataFrame({"service_id": [1, 1], "period": ["2026Q3", "2026Q4"]})
    found = year_of({2: HALF, 3: HALF}, due=due)
    fund = sum(quarter.working_time_fund_hours for quarter in QUARTERS[2:])
    assert found["value"] == pytest.approx(480 / fund)
    assert (found["numerator"], found["denominator"]) == (480, fund)


def test_a_year_with_a_return_due_and_missing_is_not_supplied():
    assert year_of({2: HALF, 3: HALF})["state"] is FigureState.NOT_SUPPLIED


def test_a_form_that_ended_in_the_year_has_the_time_of_the_quarters_it_worked():
    ended = {("outreach", "direct_hours"): "n/a", ("outreach", "direct_care_fte"): "n/a"}
    found = year_of({0: HALF, 1: HALF, 2: ended, 3: ended})
    fund = sum(quarter.working_time_fund_hours for quarter in QUARTERS)
    assert found["value"] == pytest.approx(480 / (0.5 * fund))


def test_the_last_quarter_speaks_for_the_year_where_a_field_says_so():
    fields = [field if field.code != "beds" else replace(field, over_year=Over.LAST) for field in FIELDS]
    world = {(quarter, 1, "residential", "beds"): 10 + number for number, quarter in enumerate(QUARTERS)}
    catalogue = Catalogue([make_metric("beds", unit="beds")], fields)
    assert evaluate(catalogue, "tried", frame_of(world), [Year(2026)])["value"].tolist() == [13, 13]
    last_is_out = {**world, (QUARTERS[3], 1, "residential", "beds"): "n/a"}
    found = evaluate(catalogue, "tried", frame_of(last_is_out), [Year(2026)])
    assert set(found["state"]) == {FigureState.NOT_APPLICABLE}


def test_types_that_are_not_asked_for_a_field_have_no_such_figure():
    catalogue = Catalogue([make_metric("beds", unit="beds", types=["49"])], FIELDS)
    frame = cells((1, "residential", "beds", 5), (2, "residential", "beds", 6)).assign(type_code=["49", "60a"])
    found = evaluate(catalogue, "tried", frame.assign(period="2026Q1"), forms=["residential"])
    assert found["state"].tolist() == [FigureState.VALUE, FigureState.NOT_APPLICABLE]
    assert state_counts(found)[FigureState.NOT_APPLICABLE] == 1


def test_a_metric_named_in_a_formula_has_its_own_value():
    catalogue = Catalogue(
        [
            make_metric("direct_hours / (direct_care_fte * fund)", name="use"),
            make_metric("costs_total * use", name="tried", unit="czk"),
        ],
        FIELDS,
    )
    world = {
        (QUARTERS[0], 1, "outreach", "direct_hours"): 496,
        (QUARTERS[0], 1, "outreach", "direct_care_fte"): 2,
        (QUARTERS[0], 1, "outpatient", "direct_hours"): 10,
        (QUARTERS[0], 1, "outpatient", "direct_care_fte"): "n/a",
        (QUARTERS[0], 1, ALL_FORMS, "costs_total"): 100,
    }
    found = evaluate(catalogue, "tried", frame_of(world)).iloc[0]
    assert found["value"] == pytest.approx(100 * 496 / (2 * QUARTERS[0].working_time_fund_hours))
    assert math.isnan(found["numerator"])


def test_a_number_too_large_cannot_be_computed():
    formula, unit = "*".join(["costs_total"] * 30), "*".join(["czk"] * 30)
    catalogue = Catalogue([make_metric(formula, unit=unit)], FIELDS)
    world = {(QUARTERS[0], 1, ALL_FORMS, "costs_total"): 10**12}
    assert evaluate(catalogue, "tried", frame_of(world))["state"].tolist() == [FigureState.UNDEFINED]


def test_each_quarter_is_computed_by_the_version_valid_in_it():
    catalogue = Catalogue(
        [make_metric("beds", unit="beds", last="2026Q2"), make_metric("2 * beds", unit="beds", first="2026Q3")], FIELDS
    )
    world = {(quarter, service, "residential", "beds"): 4 for quarter in QUARTERS for service in (1, 2)}
    found = evaluate(catalogue, "tried", frame_of(world), [QUARTERS[3], QUARTERS[0], Year(2026)], forms=["residential"])
    assert found["period"].tolist() == ["2026Q4"] * 2 + ["2026Q1"] * 2 + ["2026"] * 2
    assert found["value"].tolist() == [8, 8, 4, 4, 8, 8]
    assert found["service_id"].tolist() == [1, 2] * 3


def test_quarters_far_apart_and_without_returns_are_evaluated_together():
    catalogue = Catalogue([make_metric("beds", unit="beds")], FIELDS)
    world = {(QUARTERS[n], service, "residential", "beds"): n + 1 for n in (0, 1, 3) for service in (1, 2)}
    spans = [QUARTERS[0], QUARTERS[2], QUARTERS[3]]
    found = evaluate(catalogue, "tried", frame_of(world), spans, forms=["residential"])
    assert found["value"].tolist() == [1, 1, 4, 4]
    assert found["period"].tolist() == ["2026Q1", "2026Q1", "2026Q4", "2026Q4"]


def test_columns_of_categories_give_the_same():
    world = {(QUARTERS[n], 1, "residential", "beds"): content for n, content in enumerate([0, 2, NA, NS])}
    frame = frame_of(world)
    catalogue = Catalogue([make_metric("beds", unit="beds")], FIELDS)
    categories = frame.astype(dict.fromkeys(["form", "field", "state", "period"], "category"))
    pd.testing.assert_frame_equal(evaluate(catalogue, "tried", categories), evaluate(catalogue, "tried", frame))
