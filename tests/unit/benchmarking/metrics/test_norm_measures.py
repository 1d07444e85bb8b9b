"""The two measures of the norms as formulas, against the functions written for them alone."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.benchmarking.calc import measured
from portal.benchmarking.metrics import Catalogue, evaluate, returns_of
from portal.benchmarking.norms import standard_norms
from portal.benchmarking.service import list_lines
from portal.benchmarking.types import ALL_FORMS, FORMS, Measure
from portal.returns.types import Period
from tests.factories.benchmarking import cells
from tests.factories.metrics import FIELDS, make_metric

CATALOGUE = Catalogue(
    [
        make_metric("direct_hours / (direct_care_fte * fund)", name="direct_work_utilisation"),
        make_metric("bed_days_used / (beds * days)", name="occupancy", forms=("residential",)),
    ],
    FIELDS,
)
PERIODS = [Period(2025, 4), Period(2026, 1), Period(2026, 2)]

contents = st.one_of(
    st.none(), st.just("n/a"), st.just(0), st.decimals("0.01", "999999999999", places=2, allow_nan=False)
)
fields = st.sampled_from(["direct_hours", "direct_care_fte", "beds", "bed_days_used", "users_at_end"])
worlds = st.dictionaries(
    st.tuples(st.sampled_from(PERIODS), st.integers(1, 4), st.sampled_from([*FORMS, ALL_FORMS]), fields),
    contents,
    max_size=60,
)
lines = st.sampled_from([*((Measure.DIRECT_WORK, form) for form in (ALL_FORMS, *FORMS)), (Measure.OCCUPANCY, FORMS[2])])


def frame_of(world):
    frame = cells(*((service, form, field, content) for (_, service, form, field), content in world.items()))
    return frame.assign(period=[str(period) for period, *_ in world])


@given(worlds, lines, st.randoms(use_true_random=False))
def test_formulas_give_exactly_what_the_measures_give(world, line, chance):
    measure, form = line
    frame = frame_of(world)
    shuffled = frame.iloc[chance.sample(range(len(frame)), len(frame))]
    found = evaluate(CATALOGUE, measure.metric, shuffled, forms=[form])
    for period in {period for period, *_ in world}:
        expected = measured(frame[frame["period"].eq(str(period))], measure, form, period)
        own = found[found["period"].eq(str(period))].set_index("service_id")
        assert list(own.index) == list(expected.index)
        assert own["state"].tolist() == expected["state"].tolist()
        for column in ("value", "numerator", "denominator"):
            np.testing.assert_array_equal(own[column].to_numpy(), expected[column].to_numpy(dtype=float))
    assert len(found) == len({(period, service) for period, service, *_ in world})


def test_sums_of_forms_keep_their_last_digits():
    hours = [9014.27, 305.9, 254.46]  # added one by one in doubles they lose the last digit
    rows = [(1, form, "direct_hours", number) for form, number in zip(sorted(FORMS), hours, strict=True)]
    rows += [(1, form, "direct_care_fte", 1) for form in FORMS]
    found = evaluate(CATALOGUE, "direct_work_utilisation", cells(*rows).assign(period="2026Q2"), forms=[ALL_FORMS])
    expected = measured(cells(*rows), Measure.DIRECT_WORK, ALL_FORMS, PERIODS[2])
    assert found["numerator"].tolist() == expected["numerator"].tolist() != [hours[0] + hours[1] + hours[2]]


def test_every_line_of_a_norm_can_be_evaluated():
    lines = {
        (line.measure.metric, line.form)
        for norm in standard_norms()
        for line in list_lines(norm.line.type_code, standard_norms())
    }
    for metric, form in lines:
        assert form in CATALOGUE.program(metric, PERIODS[0]).forms


def test_no_cells_are_no_figures():
    assert evaluate(CATALOGUE, "occupancy", cells().assign(period=[])).empty
    assert evaluate(CATALOGUE, "occupancy", returns_of(cells(), ["beds"], period=PERIODS[0])).empty


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
        returns_of(damage(frame), ["direct_hours"], period=PERIODS[0])
    with pytest.raises(ValueError, match=r"need the columns \['period'\]"):
        returns_of(frame, ["direct_hours"])
