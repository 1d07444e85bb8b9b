"""The two measures of the norms, metrics like others: figures counted by hand, states, a slow loop in fractions."""

import math
from datetime import timedelta
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.benchmarking.metrics import evaluate, returns_of
from portal.benchmarking.norms import standard_norms
from portal.benchmarking.service import list_lines
from portal.benchmarking.service.releases import shipped_catalogue
from portal.benchmarking.standing import statistics_of
from portal.benchmarking.types import ALL_FORMS, FORMS
from portal.disclosure import FigureState
from portal.returns.types import Period
from tests.factories.benchmarking import cells

CATALOGUE = shipped_catalogue()
Q2 = Period(2026, 2)


def direct_work_utilisation(frame, form, period):
    return evaluate(CATALOGUE, "direct_work_utilisation", frame.assign(period=str(period)), forms=[form]).set_index(
        "service_id"
    )


def occupancy(frame, period):
    return evaluate(CATALOGUE, "occupancy", frame.assign(period=str(period))).set_index("service_id")


def group_median(values):
    return statistics_of(values, None).median


# Weekdays by month and holidays that fall on one, counted by hand in a calendar.
@pytest.mark.parametrize(
    ("period", "weekdays", "holidays_on_weekdays"),
    [
        # 22 + 21 + 22 weekdays; Good Friday 3 April, Easter Monday 6 April, Fridays 1 and 8 May
        (Period(2026, 2), 65, 4),
        # 22 + 20 + 22; 1 January is a Thursday
        (Period(2026, 1), 64, 1),
        # 23 + 21 + 22; Monday 6 July (5 July is a Sunday), Monday 28 September
        (Period(2026, 3), 66, 2),
        # 22 + 21 + 23; Wednesday 28 October, Tuesday 17 November, 24 and 25 December (Thursday, Friday)
        (Period(2026, 4), 66, 4),
        # 23 + 20 + 21 weekdays; 1 January 2015 is a Thursday; Good Friday was no holiday before 2016
        (Period(2015, 1), 64, 1),
        # 22 + 21 + 22; Easter Monday 6 April and both Fridays of May, Good Friday 3 April still a working day
        (Period(2015, 2), 65, 3),
    ],
)
def test_the_working_time_fund_counts_weekdays_without_holidays(period, weekdays, holidays_on_weekdays):
    assert period.working_time_fund_hours == 8 * (weekdays - holidays_on_weekdays)


def test_the_second_quarter_of_2026_has_488_hours_and_91_days():
    assert Q2.working_time_fund_hours == 488
    assert Q2.days == 91


@given(st.integers(2000, 2045), st.integers(1, 4))
def test_a_fund_is_whole_days_and_never_passes_all_weekdays(year, quarter):
    period = Period(year, quarter)
    days = [period.first_day + timedelta(days=day) for day in range(period.days)]
    assert days[-1] == period.last_day
    weekdays = sum(day.weekday() < 5 for day in days)
    fund = period.working_time_fund_hours
    assert fund % 8 == 0
    assert 8 * (weekdays - 5) <= fund <= 8 * weekdays


def test_utilisation_is_hours_over_what_the_staff_could_work():
    frame = cells((1, "outpatient", "direct_hours", 1464), (1, "outpatient", "direct_care_fte", 5))
    found = direct_work_utilisation(frame, "outpatient", Q2)
    assert found.loc[1, "value"] == pytest.approx(1464 / (5 * 488))
    assert found.loc[1, "state"] is FigureState.VALUE
    assert (found.loc[1, "numerator"], found.loc[1, "denominator"]) == (1464, 5 * 488)


def test_occupancy_is_bed_days_over_beds_and_days():
    frame = cells((1, "residential", "beds", 10), (1, "residential", "bed_days_used", 819))
    assert occupancy(frame, Q2).loc[1, "value"] == pytest.approx(0.9)


NUMERATORS_AND_DENOMINATORS = [
    ("n/a", "n/a", FigureState.NOT_APPLICABLE),
    ("n/a", 5, FigureState.NOT_APPLICABLE),
    (100, "n/a", FigureState.NOT_APPLICABLE),
    ("n/a", None, FigureState.NOT_APPLICABLE),
    (None, 5, FigureState.NOT_SUPPLIED),
    (100, None, FigureState.NOT_SUPPLIED),
    (None, 0, FigureState.NOT_SUPPLIED),
    (100, 0, FigureState.UNDEFINED),
    (0, 0, FigureState.UNDEFINED),
    (0, 5, FigureState.ZERO),
    (100, 5, FigureState.VALUE),
]


@pytest.mark.parametrize(("hours", "fte", "state"), NUMERATORS_AND_DENOMINATORS)
@pytest.mark.parametrize("form", ["outreach", ALL_FORMS])
def test_states_of_the_cells_decide_the_state_of_the_ratio(hours, fte, state, form):
    frame = cells((1, "outreach", "direct_hours", hours), (1, "outreach", "direct_care_fte", fte))
    found = direct_work_utilisation(frame, form, Q2).loc[1]
    assert found["state"] is state
    assert math.isnan(found["value"]) != state.has_number


def test_a_cell_without_its_counterpart_waits_for_it():
    frame = cells((1, "outreach", "direct_hours", 100), (2, "outreach", "direct_care_fte", 2))
    assert list(direct_work_utilisation(frame, "outreach", Q2)["state"]) == [FigureState.NOT_SUPPLIED] * 2


def test_a_service_without_the_form_is_not_measured_in_it():
    frame = cells((1, "outreach", "direct_hours", 100), (1, "outreach", "direct_care_fte", 2))
    assert direct_work_utilisation(frame, "residential", Q2).loc[1, "state"] is FigureState.NOT_APPLICABLE
    assert occupancy(frame, Q2).loc[1, "state"] is FigureState.NOT_APPLICABLE


def two_forms(first, second):
    (hours_a, fte_a), (hours_b, fte_b) = first, second
    return cells(
        (7, "outreach", "direct_hours", hours_a),
        (7, "outreach", "direct_care_fte", fte_a),
        (7, "outpatient", "direct_hours", hours_b),
        (7, "outpatient", "direct_care_fte", fte_b),
    )


@pytest.mark.parametrize(
    ("first", "second", "state", "value"),
    [
        ((488, 2), (488, 2), FigureState.VALUE, 0.5),
        ((488, 1), ("n/a", "n/a"), FigureState.VALUE, 1.0),
        ((488, 1), (488, "n/a"), FigureState.VALUE, 1.0),  # hours of a form that has no staff stay out with it
        ((488, 1), (None, 1), FigureState.NOT_SUPPLIED, None),
        ((488, 1), (100, None), FigureState.NOT_SUPPLIED, None),
        ((488, 1), (None, "n/a"), FigureState.VALUE, 1.0),
        (("n/a", "n/a"), ("n/a", "n/a"), FigureState.NOT_APPLICABLE, None),
        ((0, 1), (0, 1), FigureState.ZERO, 0.0),
        ((10, 0), (10, 0), FigureState.UNDEFINED, None),
        ((488, 1), (488, 0), FigureState.VALUE, 2.0),
    ],
)
def test_the_service_as_a_whole_is_the_sum_of_its_forms(first, second, state, value):
    found = direct_work_utilisation(two_forms(first, second), ALL_FORMS, Q2).loc[7]
    assert found["state"] is state
    assert found["value"] == pytest.approx(math.nan if value is None else value, nan_ok=True)


def test_cells_of_the_service_as_a_whole_are_not_a_form():
    frame = cells((1, "all", "users_at_end", 30), (1, "all", "direct_hours", 30), (1, "all", "direct_care_fte", 30))
    assert list(direct_work_utilisation(frame, ALL_FORMS, Q2)["state"]) == [FigureState.NOT_APPLICABLE]


@pytest.mark.parametrize("form", ["outreach", ALL_FORMS])
def test_no_cells_are_no_services(form):
    assert direct_work_utilisation(cells(), form, Q2).empty


# The same definitions once more, slowly: a loop over services and forms in exact fractions.


def plain_ratio(numerator, denominator, factor):
    if "n/a" in (numerator, denominator):
        return FigureState.NOT_APPLICABLE, None
    if None in (numerator, denominator):
        return FigureState.NOT_SUPPLIED, None
    if denominator == 0:
        return FigureState.UNDEFINED, None
    share = Fraction(numerator) / (Fraction(denominator) * factor)
    return (FigureState.ZERO if share == 0 else FigureState.VALUE), share


def plain_utilisation(content, services, form, factor):
    found = {}
    for service in services:
        pairs = []
        for one in FORMS if form == ALL_FORMS else [form]:
            keys = [(service, one, field) for field in ("direct_hours", "direct_care_fte")]
            if any(key in content for key in keys):
                pairs.append(tuple(content.get(key) for key in keys))
        pairs = [pair for pair in pairs if "n/a" not in pair]
        if not pairs:
            found[service] = FigureState.NOT_APPLICABLE, None
        elif any(None in pair for pair in pairs):
            found[service] = FigureState.NOT_SUPPLIED, None
        else:
            hours, fte = (sum(Fraction(part) for part in side) for side in zip(*pairs, strict=True))
            found[service] = plain_ratio(hours, fte, factor)
    return found


content_of_cell = st.one_of(
    st.none(), st.just("n/a"), st.just(0), st.decimals("0.01", "50000", places=2, allow_nan=False)
)
key_of_cell = st.tuples(
    st.integers(1, 5), st.sampled_from(FORMS), st.sampled_from(["direct_hours", "direct_care_fte", "beds"])
)
worlds = st.dictionaries(key_of_cell, content_of_cell, max_size=40)


def frame_of(world):
    return cells(*((*key, content) for key, content in world.items()))


@given(worlds, st.sampled_from([ALL_FORMS, *FORMS]))
def test_the_vectorised_metric_equals_the_plain_loop(world, form):
    found = direct_work_utilisation(frame_of(world), form, Q2)
    services = sorted({service for service, _, _ in world})
    expected = plain_utilisation(world, services, form, 488)
    assert list(found.index) == services
    for service, (state, share) in expected.items():
        assert found.loc[service, "state"] is state
        value = found.loc[service, "value"]
        assert math.isnan(value) if share is None else value == pytest.approx(float(share), rel=1e-12)


@given(worlds, st.sampled_from([ALL_FORMS, *FORMS]), st.randoms(use_true_random=False))
def test_the_order_of_cells_plays_no_part(world, form, chance):
    frame = frame_of(world)
    order = chance.sample(range(len(frame)), len(frame))
    one = direct_work_utilisation(frame, form, Q2)
    other = direct_work_utilisation(frame.iloc[order].reset_index(drop=True), form, Q2)
    pd.testing.assert_frame_equal(one, other)


@given(worlds, st.sampled_from([ALL_FORMS, *FORMS]))
def test_a_service_that_supplied_nothing_changes_no_other(world, form):
    more = {**world, **{(99, one, field): None for one in FORMS for field in ("direct_hours", "direct_care_fte")}}
    before = direct_work_utilisation(frame_of(world), form, Q2)
    after = direct_work_utilisation(frame_of(more), form, Q2)
    assert after.loc[99, "state"] is FigureState.NOT_SUPPLIED
    numbers = ["value", "numerator", "denominator"]
    pd.testing.assert_frame_equal(after.drop(index=99)[numbers], before[numbers], check_index_type=False)
    assert after.drop(index=99)["state"].tolist() == before["state"].tolist()
    assert group_median(after["value"]) == group_median(before["value"])


def test_the_median_of_services_is_exact_and_skips_those_without_a_number():
    assert group_median(pd.Series([0.5, math.nan, 0.9, 0.6])) == 0.6
    assert group_median(pd.Series([0.0])) == 0
    assert group_median(pd.Series([math.nan])) is None
    assert group_median(pd.Series([], dtype=float)) is None


def test_a_ratio_that_is_undefined_has_no_sides():
    frame = cells((1, "residential", "beds", 0), (1, "residential", "bed_days_used", 5))
    found = occupancy(frame, Q2)
    assert found.loc[1, "state"] is FigureState.UNDEFINED
    assert math.isnan(found.loc[1, "numerator"])
    assert math.isnan(found.loc[1, "denominator"])


def test_sums_of_forms_keep_their_last_digits():
    hours = [9014.27, 305.9, 254.46]  # added one by one in doubles they lose the last digit
    rows = [(1, form, "direct_hours", number) for form, number in zip(sorted(FORMS), hours, strict=True)]
    rows += [(1, form, "direct_care_fte", 1) for form in FORMS]
    found = direct_work_utilisation(cells(*rows), ALL_FORMS, Q2)
    assert found["numerator"].tolist() == [math.fsum(hours)] != [hours[0] + hours[1] + hours[2]]


def test_every_line_of_a_norm_can_be_evaluated():
    lines = {
        (line.measure.metric, line.form)
        for norm in standard_norms()
        for line in list_lines(norm.line.type_code, standard_norms())
    }
    for metric, form in lines:
        assert form in CATALOGUE.program(metric, Q2).forms


def test_no_cells_are_no_figures():
    assert evaluate(CATALOGUE, "occupancy", cells().assign(period=[])).empty
    assert evaluate(CATALOGUE, "occupancy", returns_of(cells(), ["beds"], period=Q2)).empty


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda frame: pd.concat([frame, frame.head(1)]), "stands twice"),
        (lambda frame: frame.assign(state="hidden"), "unknown states"),
        (lambda frame: frame.assign(state=None), "unknown states"),
        (lambda frame: frame.assign(value=-1.0), "does not go with the state"),
        (lambda frame: frame.assign(value=np.nan), "does not go with the state"),
        (lambda frame: frame.assign(value=0.0), "does not go with the state"),
        (lambda frame: frame.assign(state="zero"), "does not go with the state"),
        (lambda frame: frame.assign(state="not_supplied"), "does not go with the state"),
        (lambda frame: frame.drop(columns="state"), r"need the columns \['state'\]"),
    ],
)
def test_cells_that_contradict_their_contract_are_refused(damage, sentence):
    frame = cells((1, "outreach", "direct_hours", 100), (1, "outreach", "direct_care_fte", 2))
    with pytest.raises(ValueError, match=sentence):
        returns_of(damage(frame), ["direct_hours"], period=Q2)
    with pytest.raises(ValueError, match=r"need the columns \['period'\]"):
        returns_of(frame, ["direct_hours"])
