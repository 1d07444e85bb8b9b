"""Formulas that can be read, and those that cannot: what is said about them and where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.benchmarking.metrics import Catalogue, FormulaError, parse
from portal.benchmarking.metrics.nodes import MAX_DEPTH, MAX_NODES
from portal.benchmarking.metrics.parsing import MAX_LENGTH
from portal.benchmarking.metrics.types import Unit, parse_unit
from portal.core.errors import Invalid
from portal.returns.types import Period
from tests.factories.metrics import FIELDS, make_metric

Q2 = Period(2026, 2)


def fault(formula, unit="share"):
    """What is said about a formula, and the text under its pointer."""
    with pytest.raises(FormulaError) as caught:
        Catalogue([make_metric(formula, unit=unit)], FIELDS).program("tried", Q2)
    line, carets = caught.value.place.pointer(formula).split("\n")
    start = carets.index("^")
    return str(caught.value.message), line[start : start + carets.count("^")], caught.value.place.line


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("beds+beds*2", "beds + (beds * 2)"),
        ("beds-beds-beds", "(beds - beds) - beds"),
        ("beds/days/beds", "(beds / days) / beds"),
        ("-beds*2", "(-beds) * 2"),
        ("if(beds>1 or beds>2 and beds>3, 1, 2)", "if((beds>1) or ((beds>2) and (beds>3)), 1, 2)"),
        ("if(not beds>1 and beds>2; 1; 2)", "if((not (beds>1)) and (beds>2), 1, 2)"),
        ("beds × days ÷ days − 1 : 2", "beds * days / days - 1 / 2"),
        ("beds == 1", "beds = 1"),
        ("beds <> 1", "beds != 1"),
        ("sum(beds)", "sum( beds\n\t)"),
        ("iffy + summary + android + notes + order", "iffy+summary+android+notes+order"),
    ],
)
def test_two_ways_to_write_one_formula(one, other):
    assert parse(one) == parse(other)


@pytest.mark.parametrize(
    ("formula", "sentence", "under", "line"),
    [
        ("", "Write a formula.", "", 1),
        (" \n ", "Write a formula.", " ", 1),
        ("beds +", "ends too early", "", 1),
        ("(beds", "ends too early", "", 1),
        ("beds\n * (days", "ends too early", "", 2),
        ("beds)", "“)” does not belong here", ")", 1),
        ("beds days", "operator is missing before “days”", "days", 1),
        ("beds 2", "operator is missing before “2”", "2", 1),
        ("beds ** 2", "“*” does not belong here", "*", 1),
        ("sum()", "“)” does not belong here", ")", 1),
        ("if(beds > 1, 2)", "“)” does not belong here", ")", 1),
        ("beds * 1,5", "decimal number with a dot", ",", 1),
        ("beds / beds\n > 1 > 2", "do not chain", ">", 2),
        ("beds $ 2", "The sign “$” means nothing", "$", 1),
        ("beds.real", "The sign “.” means nothing", ".", 1),
        ("'beds'", "The sign “'” means nothing", "'", 1),
        ("__import__(beds)", "operator is missing before “(”", "(", 1),
        ("beds / 1234567890123456", "too many digits", "1234567890123456", 1),
        ("beds + lambda", "“lambda” is no field and no metric", "lambda", 1),
        ("beds / Beds", "Did you mean beds?", "Beds", 1),
        ("\nlůžka / beds", "“lůžka” is no field", "lůžka", 2),
        ("bed_days_usd / beds", "Did you mean bed_days_used?", "bed_days_usd", 1),
        ("1 + 1", "names no field", "+", 1),
        ("days", "names no field", "days", 1),
        ("direct_hours + direct_care_fte", "Different units do not go together here: h and FTE", "+", 1),
        ("beds / beds - 1 + beds", "number without a unit and beds", "+", 1),
        ("sum(beds, beds, direct_hours)", "beds and h", "direct_hours", 1),
        ("beds + 1", "beds and number without a unit", "+", 1),
        ("if(beds > direct_hours, 1, 2)", "beds and h", ">", 1),
        ("if(beds > 1, beds, direct_hours)", "beds and h", "if", 1),
        ("if(beds, 1, 2)", "A condition belongs here", "beds", 1),
        ("if(beds > 1 and beds, 1, 2)", "A condition belongs here", "beds", 1),
        ("if(not beds, 1, 2)", "A condition belongs here", "beds", 1),
        ("beds > 1", "A number belongs here", ">", 1),
        ("beds / (not beds > 1)", "A number belongs here", ">", 1),
        ("-(beds > 1)", "A number belongs here", ">", 1),
        ("costs_total / direct_hours", "The formula gives CZK/h, but the unit of the metric is number", "/", 1),
        ("bed_days_used", "The formula gives bed-days", "bed_days_used", 1),
        ("1 / bed_days_used / beds", "The formula gives 1/bed-day/bed", "/", 1),
        ("beds * bed_days_used", "The formula gives bed-days × beds", "*", 1),
    ],
)
def test_a_fault_points_at_its_place(formula, sentence, under, line):
    said, pointed, where = fault(formula)
    assert sentence in said
    assert (pointed.strip(), where) == (under.strip(), line)


def test_a_bare_number_takes_the_unit_it_is_compared_with():
    for formula in ("if(beds > 10, beds, 0)", "if(10 < beds, 0, beds)", "if(-1 * 3 < beds, 2 + 1, beds)"):
        assert Catalogue([make_metric(formula, unit="beds")], FIELDS).program("tried", Q2).unit == parse_unit("beds")


@pytest.mark.parametrize(
    "formula",
    [
        "beds" + " + beds" * MAX_DEPTH,
        "-" * MAX_DEPTH + "beds",
        "sum(" + ",".join("1" * MAX_NODES) + ")",
        "sum(" * MAX_DEPTH + "beds" + ")" * MAX_DEPTH,
    ],
)
def test_a_formula_too_large_is_refused(formula):
    assert "too long or too deep" in fault(formula, "beds")[0]


def test_a_text_too_long_is_refused_before_it_is_read():
    assert "longer than 2000 characters" in fault("(" * (MAX_LENGTH + 1))[0]
    assert "ends too early" in fault("(" * MAX_LENGTH)[0]


@given(st.text(alphabet="beds+-*/()<>=,;. \n1if sum andornot", max_size=60))
def test_any_text_is_a_formula_or_has_a_fault_with_a_place(text):
    error = fault_or_none(text)
    assert error is None or str(error.message)
    assert error is None or "^" in error.place.pointer(text)
    assert error is None or 1 <= error.place.line <= text.count("\n") + 1


def fault_or_none(text):
    try:
        Catalogue([make_metric(text)], FIELDS).program("tried", Q2)
    except FormulaError as error:
        return error
    return None


@given(st.lists(st.sampled_from(["hours", "fte", "beds", "bed_days", "czk"]), max_size=4), st.data())
def test_a_unit_is_read_as_it_is_written(above, data):
    below = data.draw(st.lists(st.sampled_from(["persons", "days", "czk", "fte"]), max_size=3))
    unit = Unit()
    for code in above:
        unit = unit.times(Unit.named(code))
    for code in below:
        unit = unit.over(Unit.named(code))
    assert parse_unit(str(unit)) == unit


@pytest.mark.parametrize("text", ["", "crowns", "czk/", "/hours", "czk//hours", "1", "czk*1", "hours/1", "Share"])
def test_a_unit_that_does_not_exist_is_refused(text):
    with pytest.raises(Invalid, match="is not a unit"):
        parse_unit(text)


def test_a_share_and_a_number_have_no_dimension():
    assert parse_unit("share") == parse_unit("number") == parse_unit("beds/beds") == Unit()
    assert parse_unit("bed_days/days") == Unit.named("beds")
