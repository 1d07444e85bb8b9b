"""Figures of the demonstration region are plausible, repeatable and do not depend on its size."""

from decimal import Decimal

from portal.core.cells import CellState
from portal.demo.figures import ServiceFacts, simulate
from portal.returns.definition import definition_for
from portal.returns.types import ALL, CellKey, Period

PERIODS = [Period(2025, 3), Period(2025, 4), Period(2026, 1)]
HOME = ServiceFacts(service_id=4, register_id=200004, type_code="49", forms=("residential",), beds=80)
CARE = ServiceFacts(service_id=9, register_id=200009, type_code="40", forms=("outpatient", "outreach"), beds=None)


def figures(services, seed=1):
    return {(f.service_id, f.period): f.cells for f in simulate(services, PERIODS, {"49": 0.98, "40": 0.45}, seed=seed)}


def test_every_asked_cell_and_no_other_is_there():
    for facts in (HOME, CARE):
        for period in PERIODS:
            asked = definition_for(period).cells_for(facts.type_code, set(facts.forms))
            assert set(figures([facts])[facts.service_id, period]) == set(asked)


def test_the_same_seed_gives_the_same_figures_whoever_else_is_there():
    alone, together = figures([HOME]), figures([CARE, HOME])
    assert all(together[key] == cells for key, cells in alone.items())
    assert figures([HOME], seed=2) != alone


def test_a_home_never_has_more_bed_days_than_beds_and_days_allow():
    many = [ServiceFacts(i, i, "49", ("residential",), beds=i % 90 + 1) for i in range(300)]
    for (_, period), cells in figures(many).items():
        used = cells[CellKey("residential", "bed_days_used")].number
        beds = cells[CellKey("residential", "beds")].number
        assert 0 <= used <= beds * period.days


def test_hours_fit_into_the_working_time_of_the_staff():
    many = [ServiceFacts(i, i, "40", ("outreach",), beds=None) for i in range(300)]
    for (_, period), cells in figures(many).items():
        hours = cells[CellKey("outreach", "direct_hours")].number
        fte = cells[CellKey("outreach", "direct_care_fte")].number
        assert 0 < hours <= fte * period.working_time_fund_hours
        assert hours % Decimal("0.5") == 0


def test_true_zeros_and_cells_that_do_not_apply_occur():
    many = [ServiceFacts(i, i, "37", ("outpatient",), beds=None) for i in range(400)]
    states = {cells[CellKey(ALL, "refused_applicants")].state for cells in figures(many).values()}
    assert states == {CellState.VALUE, CellState.ZERO, CellState.NOT_APPLICABLE}
