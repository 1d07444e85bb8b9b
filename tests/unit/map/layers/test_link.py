"""The permanent link: every view has an address, and the address brings the view back."""

from itertools import product

import pytest

from portal.catalog.types import Form
from portal.core.errors import Invalid, NotFound
from portal.map.layers.link import parse_request, request_query
from portal.map.layers.registry import LAYERS
from portal.map.layers.types import Ask, Method
from portal.returns.types import Period
from portal.territory.types import Level


@pytest.mark.parametrize(("name", "level"), list(product(LAYERS, ["orp", "obec"])))
def test_an_address_comes_back_as_it_was(name, level):
    query = {"vrstva": name, "uzemi": level, "obdobi": "2025Q4", "druh": "49", "orp": "7107", "tridy": "kvantily"}
    query |= {"vedle": "podpora-obci", "vedle-obdobi": "2024", "pohled": "49.6000,17.2000,9.5", "razeni": "-hodnota"}
    query |= {"strana": "3", "cesta": "doby", "cary": "1", "mista": "1"}
    request = parse_request(query)
    again = parse_request(request_query(request))
    assert again == request
    assert request_query(again) == request_query(request)


def test_without_anything_the_first_layer_is_shown():
    request = parse_request({"vrstva": " ", "cosi": "1"})
    assert (request.ask, request.method, request.beside) == (Ask("kapacita"), None, None)


def test_filters_that_a_layer_does_not_have_are_left_out():
    query = {"vrstva": "neuspokojeni", "uzemi": "obec", "forma": "residential", "situace": "housing", "druh": "49"}
    ask = parse_request(query).ask
    assert (ask.form, ask.situation, ask.type_code, ask.level) == (None, None, "49", Level.MUNICIPALITY)
    assert parse_request(query | {"vrstva": "sluzby"}).ask.form is Form.RESIDENTIAL


def test_times_are_quarters_or_years_as_the_layer_has_them():
    assert parse_request({"vrstva": "podpora-obci", "obdobi": "2024"}).ask.year == 2024
    assert parse_request({"vrstva": "uzivatele", "obdobi": "2024"}).ask.period == Period(2024, 4)
    assert parse_request({"vrstva": "volna-mista", "obdobi": "2024Q1"}).ask.period is None


def test_the_second_map_has_a_time_of_its_own():
    request = parse_request({"vedle": "uzivatele", "vedle-obdobi": "2025Q1", "obdobi": "2026Q1", "tridy": "intervaly"})
    assert (request.beside.period, request.ask.period, request.method) == (
        Period(2025, 1),
        Period(2026, 1),
        Method.EQUAL,
    )


@pytest.mark.parametrize(
    ("field", "word"),
    [
        ("uzemi", "okres"),
        ("forma", "x"),
        ("jednotka", "kg"),
        ("obyvatel", "x"),
        ("tridy", "x"),
        ("obdobi", "2026K1"),
    ],
)
def test_what_cannot_be_meant_is_answered_at_the_field(field, word):
    with pytest.raises(Invalid) as caught:
        parse_request({field: word})
    assert list(caught.value.fields) == [field]
    assert word in str(caught.value.message)


def test_an_unknown_layer_is_a_missing_page():
    with pytest.raises(NotFound):
        parse_request({"vrstva": "x"})
