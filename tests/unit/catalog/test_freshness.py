"""The state of an entry by the age of its confirmation."""

from datetime import date

import pytest

from portal.catalog.calc.freshness import Freshness, add_months, freshness

TODAY = date(2026, 8, 31)


@pytest.mark.parametrize(
    ("verified_on", "state"),
    [
        (None, Freshness.NEVER),
        (TODAY, Freshness.FRESH),
        (date(2026, 9, 1), Freshness.FRESH),
        (date(2026, 2, 28), Freshness.DUE),
        (date(2026, 3, 1), Freshness.FRESH),
        (date(2025, 8, 31), Freshness.DUE),
        (date(2025, 8, 30), Freshness.OVERDUE),
    ],
)
def test_half_a_year_is_fresh_and_a_whole_one_due(verified_on, state):
    assert freshness(verified_on, TODAY) is state


def test_a_month_later_is_the_same_day_or_the_last_one():
    assert add_months(date(2025, 8, 31), 6) == date(2026, 2, 28)
    assert add_months(date(2023, 8, 31), 6) == date(2024, 2, 29)
    assert add_months(date(2025, 11, 15), 14) == date(2027, 1, 15)
