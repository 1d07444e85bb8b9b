"""Metrics among metrics: versions, circles, forms, types; the shipped ones; the fields of the return."""

from dataclasses import replace
from pathlib import Path

import pytest

from portal.benchmarking.metrics import Catalogue, FormulaError, Over, Year, parse_span
from portal.benchmarking.metrics.catalogue import MAX_METRICS_DEEP
from portal.benchmarking.metrics.shipped import MetricsError, fields_of, load_metrics
from portal.catalog.types import service_types
from portal.core.errors import Invalid, NotFound
from portal.returns.definition import definitions
from portal.returns.types import Period
from tests.factories.metrics import FIELDS, make_metric

Q1, Q2 = Period(2026, 1), Period(2026, 2)
SHIPPED = Path(__file__).resolve().parents[4] / "portal/benchmarking/definitions/metrics.toml"


def catalogue(*versions):
    return Catalogue(versions, FIELDS)


def fault(name, *versions, period=Q2):
    with pytest.raises(FormulaError) as caught:
        catalogue(*versions).program(name, period)
    return caught.value


def test_a_circle_is_refused_at_the_name_that_closes_it():
    formulas = {"a": "beds / beds + b", "b": "2 *\n c", "c": "a"}
    error = fault("a", *(make_metric(formula, name=name) for name, formula in formulas.items()))
    assert "a → b → c → a" in str(error.message)
    assert (error.place.line, error.place.column) == (1, 15)
    assert "a → a" in str(fault("a", make_metric("a", name="a")).message)


def test_metrics_that_end_in_a_circle_of_others_are_refused_too():
    versions = [make_metric(formula, name=name) for name, formula in [("a", "b"), ("b", "c"), ("c", "b")]]
    assert "b → c → b" in str(fault("a", *versions).message)


def test_versions_of_different_quarters_make_no_circle():
    versions = [
        make_metric("b", name="a", last="2026Q1"),
        make_metric("beds / beds", name="b", last="2026Q1"),
        make_metric("beds / beds", name="a", first="2026Q2"),
        make_metric("a", name="b", first="2026Q2"),
    ]
    assert set(catalogue(*versions).program("a", Q1).metrics) == {"b"}
    assert set(catalogue(*versions).program("b", Q2).metrics) == {"a"}
    assert catalogue(*versions).changes() == [Period(2015, 1), Q2]


@pytest.mark.parametrize("order", [1, -1])  # whether the lower ones were made ready before plays no part
def test_too_many_metrics_upon_one_another_are_refused(order):
    chain = [make_metric("beds / beds", name="m0")]
    chain += [make_metric(f"m{number}", name=f"m{number + 1}") for number in range(MAX_METRICS_DEEP)]
    made = catalogue(*chain)
    names = [version.name for version in chain[:-1]][::order]
    assert [made.program(name, Q2).deep for name in names] == list(range(1, MAX_METRICS_DEEP + 1))[::order]
    with pytest.raises(FormulaError, match="stand one upon another"):
        made.program(f"m{MAX_METRICS_DEEP}", Q2)


def test_a_fault_of_a_used_metric_is_told_with_its_name():
    error = fault("a", make_metric("b * 2", name="a"), make_metric("beds + direct_hours", name="b"))
    assert "“b” has a fault: Different units" in str(error.message)
    assert error.place.column == 1


def test_a_metric_not_yet_valid_is_said_to_be_so():
    assert "not valid for the whole time" in str(
        fault("a", make_metric("b", name="a"), make_metric("beds / beds", name="b", first="2027Q1")).message
    )
    with pytest.raises(NotFound):
        catalogue(make_metric("beds / beds", first="2026Q2")).program("tried", Q1)


def test_a_field_goes_before_a_metric_of_its_name():
    made = catalogue(make_metric("beds", name="a", unit="beds"), make_metric("direct_hours", name="beds", unit="hours"))
    assert made.program("a", Q2).fields.keys() == {"beds"}


def test_two_versions_valid_at_once_are_refused():
    with pytest.raises(ValueError, match=r"two versions of the metric 'tried' are valid for 2026Q2"):
        catalogue(make_metric("beds", last="2026Q2"), make_metric("beds", first="2026Q2"))


@pytest.mark.parametrize(
    ("formula", "unit", "asked", "forms"),
    [
        ("direct_hours", "hours", (), ("outreach", "outpatient", "residential", "all")),
        ("direct_hours / beds", "hours/beds", (), ("residential", "all")),
        ("costs_total / beds", "czk/beds", (), ("all",)),
        ("beds", "beds", ("residential",), ("residential",)),
        ("direct_hours", "hours", ("all", "outreach"), ("outreach", "all")),
    ],
)
def test_a_formula_is_counted_for_the_forms_that_have_all_its_fields(formula, unit, asked, forms):
    assert catalogue(make_metric(formula, unit=unit, forms=asked)).program("tried", Q2).forms == forms


@pytest.mark.parametrize(
    ("formula", "unit", "forms", "sentence"),
    [
        ("costs_total", "czk", ("outreach", "all"), "for the service as a whole only"),
        ("beds", "beds", ("outreach",), "for every form"),
        ("own * costs_total", "czk*beds", (), "different forms do not go together"),
    ],
)
def test_forms_that_a_formula_cannot_have_are_refused(formula, unit, forms, sentence):
    own = make_metric("beds", unit="beds", forms=("residential",), name="own")
    assert sentence in str(fault("tried", own, make_metric(formula, unit=unit, forms=forms)).message)


def test_types_are_those_that_are_asked_for_all_that_is_needed():
    types = {"beds": frozenset({"49", "50"}), "contacts": frozenset({"50", "59"})}
    fields = [replace(field, service_types=types.get(field.code)) for field in FIELDS]
    made = Catalogue(
        [
            make_metric("beds / contacts", name="both", unit="beds/contacts"),
            make_metric("sum(beds / beds, contacts / contacts)", name="one"),
            make_metric("sum(beds / beds, direct_hours / direct_hours)", name="all"),
            make_metric("beds / beds * one", name="upon", types=["50", "52"]),
        ],
        fields,
    )
    found = {name: made.program(name, Q2).service_types for name in made}
    assert found == {"both": {"50"}, "one": {"49", "50", "59"}, "all": None, "upon": {"50"}}


def test_a_candidate_is_tried_beside_the_others():
    old = make_metric("beds", unit="beds")
    made = catalogue(old, make_metric("tried * 2", name="upon", unit="beds"))
    tried = made.with_version(make_metric("direct_hours", unit="hours"), instead_of=old)
    assert str(made.program("upon", Q2).unit) == "beds"
    with pytest.raises(FormulaError, match="gives h"):
        tried.program("upon", Q2)


def test_every_shipped_metric_can_be_evaluated():
    made = Catalogue(load_metrics(SHIPPED, service_types()), fields_of(definitions()))
    assert {name: made.program(name, Q2).forms for name in made} == {
        "direct_work_utilisation": ("outreach", "outpatient", "residential", "all"),
        "occupancy": ("residential",),
        **dict.fromkeys(["cost_per_direct_hour", "cost_per_bed_day", "cost_per_user", "users_per_fte"], ("all",)),
        **dict.fromkeys(["municipal_share", "refused_per_admitted", "direct_hours_per_user"], ("all",)),
        "direct_care_fte_share": ("all",),
    }


ENTRY = """
[[metric]]
name = "m"
label = {cs = "M", en = "M"}
unit = "beds"
decimals = 0
formula = "beds"
direction = "none"
note = {cs = "", en = ""}
first_period = "2026Q1"
"""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[metric]", "cannot be read"),
        ("", "has no"),
        (ENTRY.replace('unit = "beds"', ""), "unit is missing"),
        (ENTRY + "more = 1", "unknown key more"),
        (ENTRY.replace('"m"', '"M m"'), "must be lower-case"),
        (ENTRY.replace('"m"', '"fund"'), "no word of formulas"),
        (ENTRY.replace('unit = "beds"', 'unit = "czech"'), "not a unit"),
        (ENTRY.replace('formula = "beds"', 'formula = "beds +"'), r"(?s)ends too early.*line 1, column 7.*\n      \^"),
        (ENTRY.replace("decimals = 0", "decimals = 9"), "decimals must be"),
        (ENTRY.replace('direction = "none"', 'direction = "up"'), "'up' is not a valid Direction"),
        (ENTRY.replace("2026Q1", "2026"), "is not a quarter"),
        (ENTRY.replace('{cs = "M", en', '{en'), "cs"),
        (ENTRY + 'last_period = "2025Q4"', "before it begins"),
        (ENTRY + 'forms = ["street"]', "unknown forms"),
        (ENTRY + 'service_types = ["1"]', "unknown types"),
        (ENTRY + ENTRY, "two versions of m are valid for 2026Q1"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_meant_is_refused(text, sentence, tmp_path):
    path = tmp_path / "metrics.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MetricsError, match=sentence):
        load_metrics(path, service_types())


def test_fields_of_the_return_know_how_they_become_a_year():
    fields = {field.code: field for field in fields_of(definitions())}
    assert {code: fields[code].over_year for code in ("direct_hours", "direct_care_fte", "beds", "bed_days_used")} == {
        "direct_hours": Over.SUM,
        "direct_care_fte": Over.MEAN,
        "beds": Over.MEAN,
        "bed_days_used": Over.SUM,
    }
    persons = {code: fields[code].over_year for code in ("users_at_end", "users_in_quarter", "refused_applicants")}
    assert persons == {"users_at_end": Over.LAST, "users_in_quarter": Over.MEAN, "refused_applicants": Over.SUM}
    assert fields["users_at_end"].is_of_whole_service
    assert fields["direct_hours"].label.cs == "Hodiny přímé sociální práce"


def test_spans_are_quarters_and_years():
    assert parse_span("2026") == Year(2026)
    assert parse_span("2026Q2") == Q2
    for text in ("", "26", "2026Q5", "2026-01", "２０２６"):
        with pytest.raises(Invalid, match="no quarter and no year"):
            parse_span(text)
