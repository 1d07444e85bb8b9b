"""The frame of cells that calculations are made from."""

import math
from decimal import Decimal

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from portal.core.db import db
from portal.returns.definition import definition_for
from portal.returns.models import Return, ReturnCell
from portal.returns.service import CELL_COLUMNS, cells_frame
from portal.returns.types import Period
from tests.factories.returns import NA, make_reporting_service, make_return

Q2 = Period(2026, 2)


def value_of(frame, field, form="all"):
    row = frame[(frame.field == field) & (frame.form == form)].iloc[0]
    return row.state, row.value


def test_the_four_states_of_a_cell_stay_four_states(app):
    service = make_reporting_service(forms=("outpatient",))
    make_return(
        service,
        Q2,
        {"direct_hours": "5821.5", "direct_care_fte": None, "users_in_quarter": 0, "users_at_end": NA},
    )
    frame = cells_frame(Q2)
    assert tuple(frame.columns) == CELL_COLUMNS
    assert value_of(frame, "direct_hours", "outpatient") == ("value", 5821.5)
    assert value_of(frame, "users_in_quarter") == ("zero", 0.0)
    state, value = value_of(frame, "users_at_end")
    assert (state, math.isnan(value)) == ("not_applicable", True)
    state, value = value_of(frame, "direct_care_fte", "outpatient")
    assert (state, math.isnan(value)) == ("not_supplied", True)


def test_only_accepted_and_locked_returns_are_counted_unless_asked_otherwise(app):
    for state in ("draft", "submitted", "returned", "accepted", "locked"):
        make_return(make_reporting_service(), Q2, state=state)
    assert set(cells_frame(Q2).return_state) == {"accepted", "locked"}
    assert set(cells_frame(Q2, states=("draft",)).return_state) == {"draft"}


def test_the_frame_can_be_of_one_type_or_one_provider(app):
    home = make_reporting_service(type_code="49", forms=("residential",))
    centre = make_reporting_service(type_code="46")
    for service in (home, centre):
        make_return(service, Q2)
    make_return(centre, "2026Q1")
    assert set(cells_frame(Q2, type_code="49").register_id) == {home.register_id}
    assert set(cells_frame(Q2, provider_ico=centre.provider.ico).register_id) == {centre.register_id}
    assert set(cells_frame(Q2).period) == {"2026Q2"}


def test_rows_come_in_the_order_of_the_register(app):
    services = [make_reporting_service(forms=("residential", "outreach")) for _ in range(3)]
    for service in reversed(services):
        make_return(service, Q2)
    frame = cells_frame(Q2)
    assert frame.equals(frame.sort_values(["register_id", "form", "field"], kind="stable").reset_index(drop=True))
    asked = definition_for(Q2).cells_for(services[0].type_code, ("residential", "outreach"))
    assert len(frame) == 3 * len(asked)


def test_an_empty_quarter_gives_an_empty_frame_with_the_same_columns_and_types(app):
    make_return(make_reporting_service(), Q2)
    empty = cells_frame(Period(2019, 1))
    assert empty.empty
    assert tuple(empty.columns) == CELL_COLUMNS
    assert empty.value.dtype == cells_frame(Q2).value.dtype


@pytest.mark.parametrize("number", ["0.01", "6.75", "999999999999.99", "123456789012.34"])
def test_a_number_comes_back_from_the_database_as_it_went_in(app, number):
    made = make_return(make_reporting_service(), Q2, {"direct_hours": number})
    db.session.expire_all()
    stored = db.session.scalar(
        select(ReturnCell.value).where(ReturnCell.return_id == made.id, ReturnCell.field == "direct_hours")
    )
    assert stored == Decimal(number)
    assert str(stored) == str(Decimal(number))


@pytest.mark.parametrize(
    ("state", "value"),
    [("value", None), ("value", 0), ("zero", 1), ("zero", None), ("not_applicable", 0), ("not_supplied", 3), ("?", 1)],
)
def test_the_database_refuses_a_state_that_contradicts_its_number(app, state, value):
    made = make_return(make_reporting_service(), Q2)
    change = update(ReturnCell).where(ReturnCell.return_id == made.id).values(state=state, value=value)
    with pytest.raises(IntegrityError, match="state_and_value_agree"):
        db.session.execute(change)


def test_the_database_refuses_a_second_return_of_the_same_quarter(app):
    made = make_return(make_reporting_service(), Q2)
    columns = [column.key for column in Return.__table__.columns if column.key != "id"]
    twin = {column: getattr(made, column) for column in columns}
    with pytest.raises(IntegrityError):
        db.session.execute(insert(Return).values(twin))
