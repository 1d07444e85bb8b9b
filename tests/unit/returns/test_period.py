"""A quarter: its name, its days, its working time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import Invalid
from portal.returns.types import Period, ReportingDates

quarters = st.builds(Period, st.integers(1010, 9980), st.integers(1, 4))


@given(quarters)
def test_what_is_written_is_read_back(period):
    assert Period.parse(str(period)) == period


@given(quarters, quarters)
def test_quarters_sort_by_time_as_objects_and_as_text(one, other):
    assert (one < other) == (str(one) < str(other)) == (one.first_day < other.first_day)


@given(quarters)
def test_quarters_follow_each_other_without_a_gap(period):
    assert period.next.first_day == period.last_day + timedelta(days=1)
    assert period.next.previous == period
    assert period.shifted(4) == Period(period.year + 1, period.quarter)


@given(st.dates(date(1010, 1, 1), date(9980, 12, 31)))
def test_each_day_lies_in_exactly_one_quarter(day):
    period = Period.of(day)
    assert period.first_day <= day <= period.last_day
    assert period.previous.last_day < day < period.next.first_day


@given(quarters)
def test_a_quarter_has_90_to_92_days_and_four_of_them_a_year(period):
    assert 90 <= period.days <= 92
    assert sum(Period(period.year, quarter).days for quarter in (1, 2, 3, 4)) in (365, 366)


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026Q5", "2026Q0", "2026q2", " 2026Q2", "2026Q2\n", "26Q2", "0026Q2", "2026-Q2", "2026Q22", "٢٠٢٦Q2"],
)
def test_anything_else_is_refused_with_a_sentence(text):
    with pytest.raises(Invalid, match="is not a quarter"):
        Period.parse(text)


@pytest.mark.parametrize(("year", "quarter"), [(2026, 0), (2026, 5), (999, 1), (10_000, 1)])
def test_a_quarter_that_cannot_be_is_not_made(year, quarter):
    with pytest.raises(ValueError, match="no such quarter"):
        Period(year, quarter)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        # Counted in a calendar: weekdays of the three months, less the public holidays that fall on them.
        ("2026Q1", 22 + 20 + 22 - 1),  # New Year on Thursday
        ("2026Q2", 22 + 21 + 22 - 4),  # Good Friday, Easter Monday, 1 and 8 May on Fridays
        ("2026Q3", 23 + 21 + 22 - 2),  # 5 July is a Sunday; 6 July and 28 September are Mondays
        ("2024Q4", 23 + 21 + 22 - 4),  # 17 November is a Sunday; 28 October and 24 to 26 December are weekdays
    ],
)
def test_working_days_are_weekdays_that_are_no_public_holiday(text, days):
    period = Period.parse(text)
    assert period.working_days == days
    assert period.working_time_fund_hours == 8 * days


DATES = ReportingDates(Period(2026, 2), on_time_until=date(2026, 7, 26), closes_on=date(2026, 8, 16))


@pytest.mark.parametrize(
    ("instant", "late", "closed"),
    [
        # Prague is two hours ahead of UTC in summer: a day begins at 22:00 of the day before.
        (datetime(2026, 7, 25, 21, 59, 59, tzinfo=UTC), False, False),
        (datetime(2026, 7, 25, 22, 0, tzinfo=UTC), True, False),
        (datetime(2026, 8, 15, 21, 59, 59, tzinfo=UTC), True, False),
        (datetime(2026, 8, 15, 22, 0, tzinfo=UTC), True, True),
    ],
)
def test_late_and_closed_begin_at_midnight_in_prague(instant, late, closed):
    assert DATES.is_late(instant) is late
    assert DATES.is_closed(instant) is closed


def test_people_are_told_the_last_day_that_still_counts():
    assert DATES.last_day_on_time == date(2026, 7, 25)
    assert DATES.last_day_open == date(2026, 8, 15)
    assert DATES.is_late(DATES.late_from)
