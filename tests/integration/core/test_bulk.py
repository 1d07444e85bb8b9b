"""Rows that go to the driver as they are, on both databases."""

from datetime import date

import pytest

from portal.core.bulk import store_columns
from portal.core.db import db
from portal.core.transaction import ConstraintViolated, transaction
from portal.waitlists.need.models import NeedFlow, NeedQuarter
from portal.waitlists.need.types import ALL

COLUMNS = {"year": [2026, 2026], "type_code": ["49", ALL], "source": ["used", "it's"], "target": ["user", "left"],
           "most": [3, 2**31 - 1], "least": [3, 7]}  # fmt: skip


def stored() -> list[tuple[object, ...]]:
    query = db.select(
        NeedFlow.year, NeedFlow.type_code, NeedFlow.source, NeedFlow.target, NeedFlow.most, NeedFlow.least
    )
    return sorted(tuple(row) for row in db.session.execute(query))


def test_columns_become_rows(app):
    with transaction():
        store_columns(NeedFlow, COLUMNS)
    assert stored() == sorted(zip(*COLUMNS.values(), strict=True))


def test_no_rows_are_no_statement(app):
    with transaction():
        store_columns(NeedFlow, {name: [] for name in COLUMNS})
    assert stored() == []


def test_columns_of_several_lengths_and_values_that_need_translation_are_mistakes(app):
    with pytest.raises(ValueError, match=r"shorter|longer"), transaction():
        store_columns(NeedFlow, {**COLUMNS, "least": [1]})
    with pytest.raises(TypeError, match="counted_on"), transaction():
        store_columns(NeedQuarter, {"period": ["2026Q1"], "counted_on": [date(2026, 3, 31)]})
    assert stored() == []


def test_a_constraint_that_fails_is_told_by_its_name(app):
    with pytest.raises(ConstraintViolated), transaction():
        store_columns(NeedFlow, {name: [values[0]] * 2 for name, values in COLUMNS.items()})
    assert stored() == []
