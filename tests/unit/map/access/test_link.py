"""Addresses of questions about access: read and written."""

from decimal import Decimal

import pytest

from portal.catalog.types import CapacityUnit, Form
from portal.core.errors import Invalid
from portal.map.access.link import parse_amount, parse_question, question_query, scenario_query
from portal.map.access.types import AccessRule, Change, Decay, Question, Way
from portal.map.types import Population

USUAL = AccessRule()
QUESTIONS = (
    Question(),
    Question("46", Form.OUTPATIENT, CapacityUnit.CLIENTS, Population.ALL, AccessRule(radius=12.5, detour=1.25)),
    Question("49", Form.RESIDENTIAL, None, None, AccessRule(Way.TIMES, 45.0, 1.3, Decay.UNIFORM)),
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_is_written_is_read_back(question):
    assert parse_question(question_query(question), USUAL) == question


def test_a_comma_is_taken_in_numbers():
    assert parse_question({"okliky": "1,25", "dosah": " 12,5 "}, USUAL).rule == AccessRule(radius=12.5, detour=1.25)


def test_travel_times_have_a_usual_reach_in_minutes():
    assert parse_question({"cesta": "doby"}, USUAL).rule == AccessRule(Way.TIMES, 40.0)
    assert parse_question({}, AccessRule(detour=1.4)).rule.detour == 1.4


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("druh", "1"),
        ("forma", "outreach"),
        ("forma", "doma"),
        ("jednotka", "kg"),
        ("obyvatel", "deti"),
        ("cesta", "letadlo"),
        ("dosah", "0,5"),
        ("dosah", "nan"),
        ("dosah", "1000"),
        ("okliky", "0,9"),
        ("okliky", "x"),
        ("utlum", "nic"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_field(field, text):
    with pytest.raises(Invalid) as caught:
        parse_question({field: text, "druh": "49"} if field != "druh" else {field: text}, USUAL)
    assert set(caught.value.fields) == {field}


@pytest.mark.parametrize("text", ["0", "1,5", "tři", "100001", "-100001"])
def test_a_change_is_a_whole_number_of_places_but_not_none(text):
    with pytest.raises(Invalid):
        parse_amount(text)


def test_a_change_may_take_away():
    assert [parse_amount(text) for text in ("20", "+20", "-10", "−10")] == [20, 20, -10, -10]
    assert scenario_query([Change("sluzba:7", Decimal(20)), Change("obec:500496", Decimal(-1))]) == {
        "misto-1": "sluzba:7",
        "zmena-1": "20",
        "misto-2": "obec:500496",
        "zmena-2": "-1",
    }
