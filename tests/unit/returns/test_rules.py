"""Rules of the return: what blocks it, what asks for a comment."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell
from portal.returns.calc import blocking, merge, relative_change
from portal.returns.definition import definitions
from portal.returns.rules import checking
from portal.returns.rules.pack import rules_for
from portal.returns.rules.types import Subject
from portal.returns.types import ALL, CellInput, CellKey, Period, Severity

FORM = definitions()[0]
Q2 = Period(2026, 2)  # 91 days, 488 working hours


def core(type_code, *forms):
    """The cells without money, which the rules below do not look at."""
    keys = FORM.cells_for(type_code, forms)
    return tuple(key for key in keys if not key.field.startswith(("costs_", "revenue")))


HOME = core("49", "residential")
HOURS, FTE, BEDS, BED_DAYS = (
    CellKey("residential", field) for field in ("direct_hours", "direct_care_fte", "beds", "bed_days_used")
)
AT_END, IN_QUARTER, REFUSED = (CellKey(ALL, f) for f in ("users_at_end", "users_in_quarter", "refused_applicants"))
GOOD = {HOURS: 4000, FTE: "9.5", BEDS: 40, BED_DAYS: 3500, AT_END: 38, IN_QUARTER: 45, REFUSED: 0}


def cells(numbers):
    return {key: value if isinstance(value, Cell) else Cell.of(value) for key, value in numbers.items()}


def subject(changes=(), previous=(), keys=HOME, period=Q2):
    now, before = cells({**GOOD, **dict(changes)}), cells(dict(previous))
    return Subject(FORM, "49", period, keys, now, {period.previous: before})


def check(subject):
    return checking.check(subject, rules_for(subject.period))


def rules(found):
    return [(finding.key, finding.rule) for finding in found]


def test_a_return_in_order_is_left_alone():
    assert check(subject(previous=GOOD)) == ()


@pytest.mark.parametrize("key", HOME)
def test_a_missing_cell_blocks_unless_it_is_marked_as_not_applicable(key):
    assert (key, "missing") in rules(check(subject({key: NOT_SUPPLIED})))
    assert (key, "missing") not in rules(check(subject({key: NOT_APPLICABLE})))
    assert (key, "missing") not in rules(check(subject({key: 0})))


def test_a_cell_that_nobody_touched_is_missing_too():
    empty = Subject(FORM, "49", Q2, HOME, {})
    assert rules(check(empty)) == [(key, "missing") for key in HOME]


def test_more_users_on_the_last_day_than_in_the_quarter_cannot_be():
    found = check(subject({AT_END: 46}))
    assert rules(found) == [(AT_END, "users_at_end_within_quarter")]
    assert found[0].severity is Severity.ERROR
    assert "(46)" in str(found[0].message)
    assert check(subject({AT_END: 45})) == ()
    assert check(subject({AT_END: 46, IN_QUARTER: NOT_APPLICABLE})) == ()
    assert check(subject({AT_END: NOT_APPLICABLE})) == ()


def test_bed_days_cannot_exceed_beds_times_the_days_of_the_quarter():
    assert check(subject({BED_DAYS: 40 * 91})) == ()
    found = check(subject({BED_DAYS: 40 * 91 + 1}))
    assert rules(found) == [(BED_DAYS, "bed_days_within_beds")]
    assert "at most 3640" in str(found[0].message)
    assert rules(check(subject({BED_DAYS: 40 * 91}, period=Period(2026, 1)))) == [(BED_DAYS, "bed_days_within_beds")]
    assert rules(check(subject({BEDS: 0}))) == [(BED_DAYS, "bed_days_within_beds")]
    assert check(subject({BEDS: NOT_APPLICABLE})) == ()
    assert check(subject({BED_DAYS: NOT_APPLICABLE})) == ()


@pytest.mark.parametrize("nobody", [0, NOT_APPLICABLE])
def test_hours_without_staff_cannot_be(nobody):
    assert rules(check(subject({FTE: nobody}))) == [(FTE, "hours_need_staff")]
    assert check(subject({FTE: nobody, HOURS: 0})) == ()
    assert check(subject({FTE: nobody, HOURS: NOT_APPLICABLE})) == ()


def test_more_hours_than_the_staff_can_work_want_a_comment():
    most = Decimal("9.5") * 488
    assert check(subject({HOURS: most})) == ()
    found = check(subject({HOURS: most + Decimal("0.01")}))
    assert rules(found) == [(HOURS, "utilisation_within_fund")]
    assert found[0].severity is Severity.WARNING


def test_only_the_forms_of_the_service_are_judged():
    keys = core("40", "outreach")
    stray = {CellKey("residential", "bed_days_used"): 10**6, CellKey("residential", "beds"): 1}
    own = {CellKey("outreach", "direct_hours"): 100, CellKey("outreach", "direct_care_fte"): 1}
    assert check(subject({**stray, **own}, keys=keys)) == ()


@pytest.mark.parametrize(
    ("before", "now", "is_notable"),
    [
        (100, 150, False),  # exactly half
        (100, 151, True),
        (100, 49, True),
        (100, 50, False),
        (4, 8, False),  # doubled, but only four persons
        (4, 9, True),
        (0, 5, True),
        (0, 4, False),
        (5, 0, True),
        (0, 0, False),
    ],
)
def test_a_change_over_half_wants_a_comment_where_it_is_no_trifle(before, now, is_notable):
    found = check(subject({REFUSED: now}, {REFUSED: before}))
    assert rules(found) == [(REFUSED, "change_since_last_quarter")] * is_notable


def test_a_figure_that_ceased_to_apply_wants_a_comment():
    found = check(subject({REFUSED: NOT_APPLICABLE}, {REFUSED: 3}))
    assert rules(found) == [(REFUSED, "change_since_last_quarter")]
    assert rules(check(subject({REFUSED: NOT_APPLICABLE}, {REFUSED: 1}))) == [(REFUSED, "change_since_last_quarter")]
    assert check(subject({REFUSED: NOT_APPLICABLE}, {REFUSED: NOT_APPLICABLE})) == ()
    assert check(subject({REFUSED: 90}, {REFUSED: NOT_APPLICABLE})) == ()
    assert rules(check(subject({REFUSED: NOT_SUPPLIED}, {REFUSED: 3}))) == [(REFUSED, "missing")]


def test_a_zero_that_is_now_not_applicable_wants_no_comment():
    assert check(subject({REFUSED: NOT_APPLICABLE}, {REFUSED: 0})) == ()


def test_findings_come_in_the_order_of_the_page():
    found = check(subject({HOURS: 10**6, FTE: NOT_SUPPLIED, REFUSED: NOT_SUPPLIED}, {HOURS: 1, REFUSED: 1}))
    assert rules(found) == [(HOURS, "change_since_last_quarter"), (FTE, "missing"), (REFUSED, "missing")]


def test_a_figure_that_is_wrong_is_not_called_unusual_as_well():
    assert rules(check(subject({BED_DAYS: 10**6}, {BED_DAYS: 3500}))) == [(BED_DAYS, "bed_days_within_beds")]


def test_a_comment_lets_a_warning_pass_but_never_an_error():
    found = check(subject({HOURS: 10**5, AT_END: 46}))
    assert {finding.key for finding in blocking(found, {})} == {HOURS, AT_END}
    assert {finding.key for finding in blocking(found, {HOURS: "  "})} == {HOURS, AT_END}
    assert {finding.key for finding in blocking(found, {HOURS: "Přesčasy.", AT_END: "Opravdu."})} == {AT_END}


@pytest.mark.parametrize(
    ("now", "before", "change"),
    [(150, 100, "0.5"), (0, 100, "-1"), (5, 0, None), (0, 0, None), (NOT_SUPPLIED, 5, None), (5, NOT_APPLICABLE, None)],
)
def test_a_relative_change_needs_two_numbers_and_something_to_divide_by(now, before, change):
    pair = cells({HOURS: now, FTE: before})
    assert relative_change(pair[HOURS], pair[FTE]) == (None if change is None else Decimal(change))


def test_two_people_who_edit_lose_nothing():
    base = cells({HOURS: 1, FTE: 2, BEDS: 3, BED_DAYS: 4})
    stored = cells({HOURS: 1, FTE: 20, BEDS: 30, BED_DAYS: 40})
    typed = {
        HOURS: CellInput("100"),  # only I changed it
        FTE: CellInput("2"),  # only the other did
        BEDS: CellInput("300"),  # both did, differently
        BED_DAYS: CellInput("40"),  # both did, alike
    }
    read = cells({key: one.text for key, one in typed.items()})
    shown, conflicts = merge(typed, read, base, stored)
    assert shown == {HOURS: typed[HOURS], FTE: None, BEDS: typed[BEDS], BED_DAYS: typed[BED_DAYS]}
    assert [(one.key, one.stored, one.both_changed) for one in conflicts] == [
        (FTE, Cell.of(20), False),
        (BEDS, Cell.of(30), True),
    ]


def test_garbage_typed_over_a_changed_figure_is_shown_again():
    fault = check(subject({HOURS: NOT_SUPPLIED}))[0].message
    shown, conflicts = merge({HOURS: CellInput("sedm")}, {HOURS: fault}, {}, cells({HOURS: 7}))
    assert shown == {HOURS: CellInput("sedm")}
    assert conflicts[0].both_changed


small = st.integers(0, 4).map(Cell.of)


@given(*[st.dictionaries(st.sampled_from(HOME), small) for _ in range(3)])
def test_after_a_conflict_each_cell_shows_what_its_last_changer_meant(base, stored, mine):
    typed = {key: CellInput(str(cell.number)) for key, cell in mine.items()}
    shown, conflicts = merge(typed, mine, base, stored)
    for key, cell in mine.items():
        before, now = base.get(key, NOT_SUPPLIED), stored.get(key, NOT_SUPPLIED)
        offered = cell if shown[key] is not None else now
        assert offered == (cell if cell != before else now)
        differs = key in {one.key for one in conflicts}
        assert differs == (now != before and cell != now)
