import csv
from datetime import date
from decimal import Decimal

import pytest

from portal.benchmarking.norms import NormsError, breaks, lines_of, load_norms, norm_on, norms_with, standard_norms
from portal.benchmarking.types import ALL_FORMS, Line, Measure, Norm, NormChange
from portal.catalog.types import service_types
from tests.factories.paths import shared_data

FORM_IN_CSV = {"": ALL_FORMS, "terenni": "outreach", "ambulantni": "outpatient", "pobytova": "residential"}
KNOWN_TYPES = {"44", "46", "49"}


def published_rows():
    with shared_data("seed_tables", "norms_2015.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def share(cell):
    return None if cell == "" else Decimal(cell) / 100


def test_the_norms_are_the_published_ones_cell_by_cell():
    rows = published_rows()
    norms = standard_norms()
    published = [
        (
            row["section"],
            row["measure"],
            FORM_IN_CSV[row["form"]],
            share(row["norm_pct"]),
            share(row["median_2015_pct"]),
        )
        for row in rows
    ]
    shipped = [(n.line.type_code, n.line.measure, n.line.form, n.share, n.median_2015_share) for n in norms]
    assert shipped == published
    assert {type_code for type_code, *_ in shipped} == set(service_types())


def test_each_norm_says_where_it_comes_from_and_since_when():
    norms = standard_norms()
    assert all(norm.source and norm.valid_from == date(2015, 1, 1) and norm.valid_to is None for norm in norms)


def test_an_unknown_median_is_no_zero_and_a_zero_is_known():
    norms = standard_norms()
    medians = {norm.line: norm.median_2015_share for norm in norms}
    assert medians[Line("60a", Measure.OCCUPANCY, "residential")] is None
    assert medians[Line("42", Measure.DIRECT_WORK, ALL_FORMS)] == 0


ENTRY = {"type": '"46"', "measure": '"direct_work"', "norm_pct": "60", "valid_from": "2015-01-01"}


def norms_file(tmp_path, *entries):
    text = "\n".join("[[norm]]\n" + "\n".join(f"{key} = {value}" for key, value in entry.items()) for entry in entries)
    path = tmp_path / "norms.toml"
    path.write_text(text, encoding="utf-8")
    return path


def without(key):
    return {name: value for name, value in ENTRY.items() if name != key}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"type": '"99"'}, r"entry 1 \(type 99, direct_work\): unknown type of service"),
        ({"measure": '"mood"'}, "unknown measure; use direct_work or occupancy"),
        ({"form": '"pobytova"'}, "form pobytova does not go with the measure"),
        ({"measure": '"occupancy"'}, "form all does not go with the measure; use residential"),
        ({"norm_pct": "101"}, "norm_pct is 101; a percentage lies between 0 and 100"),
        ({"norm_pct": "-1"}, "norm_pct is -1"),
        ({"norm_pct": "nan"}, "norm_pct is NaN"),
        ({"norm_pct": "true"}, "norm_pct is True"),
        ({"norm_pct": '"much"'}, "norm_pct is 'much', not a number"),
        ({"median_2015_pct": "100.5"}, "median_2015_pct is 100.5"),
        ({"valid_from": '"2015"'}, "'2015' is not a date"),
        ({"valid_from": "2015-01-01T00:00:00"}, "is not a date"),
        ({"valid_to": "2014-12-31"}, "ends on 2014-12-31, before it begins on 2015-01-01"),
        ({"nrom": "60"}, "unknown key nrom"),
    ],
)
def test_a_norm_that_cannot_be_meant_is_refused_with_a_sentence(tmp_path, changes, sentence):
    with pytest.raises(NormsError, match=sentence):
        load_norms(norms_file(tmp_path, {**ENTRY, **changes}), KNOWN_TYPES)


@pytest.mark.parametrize("key", ["type", "measure", "norm_pct", "valid_from"])
def test_what_a_norm_needs_is_asked_for_by_name(tmp_path, key):
    with pytest.raises(NormsError, match=f"entry 1: {key} is missing"):
        load_norms(norms_file(tmp_path, without(key)), KNOWN_TYPES)


def test_two_norms_of_one_line_on_one_day_are_refused(tmp_path):
    old, new = {**ENTRY, "valid_to": "2020-12-31"}, {**ENTRY, "valid_from": "2020-12-31"}
    with pytest.raises(NormsError, match="two norms of type 46, direct_work, all are valid on 2020-12-31"):
        load_norms(norms_file(tmp_path, new, old), KNOWN_TYPES)


def test_a_norm_without_end_overlaps_every_later_one(tmp_path):
    with pytest.raises(NormsError, match="are valid on 2030-01-01"):
        load_norms(norms_file(tmp_path, ENTRY, {**ENTRY, "valid_from": "2030-01-01"}), KNOWN_TYPES)


def test_each_day_has_the_norm_that_was_valid_on_it(tmp_path):
    old, new = {**ENTRY, "valid_to": "2020-12-31"}, {**ENTRY, "norm_pct": "62.5", "valid_from": "2021-01-01"}
    norms = load_norms(norms_file(tmp_path, old, new), KNOWN_TYPES)
    line = Line("46", Measure.DIRECT_WORK, ALL_FORMS)
    shares = [norm_on(norms, line, day) for day in (date(2014, 12, 31), date(2020, 12, 31), date(2021, 1, 1))]
    assert [norm and norm.share for norm in shares] == [None, Decimal("0.6"), Decimal("0.625")]
    assert lines_of(norms, "46") == [line]


def test_forms_of_one_type_may_have_norms_of_their_own(tmp_path):
    entries = [{**ENTRY, "form": f'"{form}"'} for form in ("outreach", "outpatient")]
    norms = load_norms(norms_file(tmp_path, *entries), KNOWN_TYPES)
    assert [line.form for line in lines_of(norms, "46")] == ["outreach", "outpatient"]


@pytest.mark.parametrize(("text", "sentence"), [("[[norm]", "cannot be read"), ("", "no .*norm.* entries")])
def test_a_file_that_holds_no_norms_is_refused(tmp_path, text, sentence):
    path = tmp_path / "norms.toml"
    path.write_text(text)
    with pytest.raises(NormsError, match=sentence):
        load_norms(path, KNOWN_TYPES)


def test_a_file_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "norms.toml"
    path.write_bytes("source = 'Zařízení'".encode("cp1250"))
    with pytest.raises(NormsError, match=r"norms\.toml cannot be read"):
        load_norms(path, KNOWN_TYPES)


def test_occupancy_has_beds_and_no_other_form():
    with pytest.raises(ValueError, match="not measured for the form 'outreach'"):
        Line("49", Measure.OCCUPANCY, "outreach")


LINE = Line("46", Measure.DIRECT_WORK, ALL_FORMS)


def shipped(percent, start, end=None):
    return Norm(LINE, Decimal(percent) / 100, start, end, None, "file")


def decided(percent, start):
    return NormChange(LINE, None if percent is None else Decimal(percent) / 100, start, "reason")


def spans(norms):
    return [(int(norm.share * 100), norm.valid_from.year, norm.valid_to and norm.valid_to.year) for norm in norms]


@pytest.mark.parametrize(
    ("changes", "expected", "broken"),
    [
        ([], [(60, 2015, 2019), (50, 2022, None)], [2020, 2022]),
        ([(55, 2017)], [(60, 2015, 2016), (55, 2017, 2021), (50, 2022, None)], [2017, 2022]),
        ([(55, 2024), (57, 2024)], [(60, 2015, 2019), (50, 2022, 2023), (57, 2024, None)], [2020, 2022, 2024]),
        ([(None, 2024)], [(60, 2015, 2019), (50, 2022, 2023)], [2020, 2022, 2024]),
        ([(40, 2010)], [(40, 2010, 2014), (60, 2015, 2019), (50, 2022, None)], [2015, 2020, 2022]),
        ([(60, 2020), (50, 2021)], [(60, 2015, 2019), (60, 2020, 2020), (50, 2021, 2021), (50, 2022, None)], [2021]),
    ],
)
def test_a_change_holds_until_the_next_norm_and_breaks_the_series(changes, expected, broken):
    norms = [shipped(60, date(2015, 1, 1), date(2019, 12, 31)), shipped(50, date(2022, 1, 1))]
    found = norms_with(norms, [decided(percent, date(year, 1, 1)) for percent, year in changes])
    assert spans(found) == expected
    assert [each.day for each in breaks(found, LINE)] == [date(year, 1, 1) for year in broken]
