"""Dates in the forms that people and programs write."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.identity.dates import is_day, read_date


@pytest.mark.parametrize(
    "written",
    [
        "1. 2. 1950", "1.2.1950", "01.02.1950", "1950-02-01", "1/2/1950", "01/02/1950", "1-2-1950", "1950/2/1",
        "1950.02.01", "19500201", "1. února 1950", "1. únor 1950", "1. II. 1950", "1950-02-01 00:00:00",
        "1950-02-01T00:00:00.000Z", "1.2.1950 0:00", "1.2.1950 00:00:00", "\u00a01.\u00a02.\u00a01950 ", "1 2 1950",
    ],
)  # fmt: skip
def test_one_day_in_many_forms(written: str) -> None:
    assert read_date(written) == (1950, 2, 1)


@pytest.mark.parametrize(
    "written",
    ["", "1. 2. 50", "31. 2. 1950", "29. 2. 1900", "13/13/1950", "1. 2.", "1950", "1. 2. 1750", "0. 1. 1950",
     "1. x 1950 1", "1. ledna", "1. 1. 1900", "1900-01-01", "18295", "1. foo 1950"],
)  # fmt: skip
def test_what_is_no_date_of_birth(written: str) -> None:
    assert read_date(written) is None


@given(st.dates(dt.date(1850, 1, 1), dt.date(2199, 12, 31)))
def test_the_calendar_is_that_of_the_standard_library(day: dt.date) -> None:
    assert is_day(day.year, day.month, day.day)
    following = day + dt.timedelta(days=1)
    assert is_day(day.year, day.month, day.day + 1) == (following.month == day.month)
