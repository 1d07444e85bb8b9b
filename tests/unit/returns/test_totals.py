"""Computed totals: made from their parts, with the states of the parts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell, CellState
from portal.returns.calc import with_totals
from portal.returns.definition import definition_for
from portal.returns.types import ALL, CellKey, Period

FORM = definition_for(Period(2026, 2))
KEYS = FORM.cells_for("44", ("outreach", "residential"))
STAFF = ("fte_social_workers", "fte_service_workers", "fte_other_direct")
REFUSED = ("refused_other_service", "refused_capacity", "refused_health", "refused_terminated")
ZERO = Cell.of(0)


def total(form, parts, *cells):
    code = "direct_care_fte" if parts is STAFF else "refused_applicants"
    given_cells = {CellKey(form, part): cell for part, cell in zip(parts, cells, strict=True)}
    return with_totals(FORM, KEYS, given_cells)[CellKey(form, code)]


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ((Cell.of("1.25"), Cell.of("5.5"), Cell.of("0.25")), Cell.of(7)),
        ((Cell.of("1.25"), ZERO, NOT_APPLICABLE), Cell.of("1.25")),
        ((ZERO, ZERO, ZERO), ZERO),
        ((ZERO, NOT_APPLICABLE, NOT_APPLICABLE), ZERO),
        ((NOT_APPLICABLE, NOT_APPLICABLE, NOT_APPLICABLE), NOT_APPLICABLE),
        ((Cell.of(5), Cell.of(5), NOT_SUPPLIED), NOT_SUPPLIED),
        ((NOT_APPLICABLE, NOT_APPLICABLE, NOT_SUPPLIED), NOT_SUPPLIED),
    ],
)
def test_a_total_has_the_sum_or_the_state_of_its_parts(parts, whole):
    assert total("outreach", STAFF, *parts) == whole


def test_each_form_has_a_total_of_its_own():
    cells = {CellKey("outreach", part): Cell.of(1) for part in STAFF}
    completed = with_totals(FORM, KEYS, cells)
    assert completed[CellKey("outreach", "direct_care_fte")] == Cell.of(3)
    assert completed[CellKey("residential", "direct_care_fte")] == NOT_SUPPLIED


def test_what_is_not_asked_of_a_service_does_not_count():
    keys = FORM.cells_for("40", ("outreach",))
    cells = {CellKey(ALL, part): Cell.of(1) for part in REFUSED}
    assert CellKey(ALL, "refused_health") not in keys
    assert with_totals(FORM, keys, cells)[CellKey(ALL, "refused_applicants")] == Cell.of(3)
    without = {key: cell for key, cell in cells.items() if key.field != "refused_health"}
    assert with_totals(FORM, keys, without)[CellKey(ALL, "refused_applicants")] == Cell.of(3)


def test_a_number_that_somebody_put_in_place_of_a_total_is_not_believed():
    key = CellKey("outreach", "direct_care_fte")
    assert with_totals(FORM, KEYS, {key: Cell.of(99)})[key] == NOT_SUPPLIED


def test_a_form_whose_total_is_typed_keeps_it():
    old = definition_for(Period(2025, 4))
    key = CellKey("outreach", "direct_care_fte")
    assert with_totals(old, old.cells_for("40", ("outreach",)), {key: Cell.of(99)})[key] == Cell.of(99)


hundredths = st.integers(0, 10**6).map(lambda number: Cell.of(Decimal(number) / 100))
some_cell = st.one_of(hundredths, st.just(NOT_APPLICABLE), st.just(NOT_SUPPLIED))


@given(st.lists(some_cell, min_size=4, max_size=4))
def test_a_total_agrees_with_a_plain_loop(cells):
    made = total(ALL, REFUSED, *cells)
    expected, states = Decimal(0), set()
    for cell in cells:
        states.add(cell.state)
        expected += cell.number or 0
    if CellState.NOT_SUPPLIED in states:
        assert made == NOT_SUPPLIED
    elif states == {CellState.NOT_APPLICABLE}:
        assert made == NOT_APPLICABLE
    else:
        assert made == Cell.of(expected)
