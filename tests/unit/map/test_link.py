import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalog.types import CapacityUnit, Form, service_types
from portal.core.errors import Invalid
from portal.map.link import parse_request, request_query, selection_query
from portal.map.types import ALL_LAYERS, Layer, MapRequest, Population, Selection, View
from portal.territory.types import Level

SELECTIONS = st.builds(
    Selection,
    level=st.sampled_from([Level.ORP, Level.DISTRICT, Level.MUNICIPALITY]),
    type_code=st.none() | st.sampled_from(sorted(service_types())),
    form=st.none() | st.sampled_from(Form),
    unit=st.none() | st.sampled_from(CapacityUnit),
    population=st.none() | st.sampled_from(Population),
)
VIEWS = st.builds(
    View,
    lat=st.integers(-800_000, 800_000).map(lambda number: number / 10_000),
    lon=st.integers(-1_800_000, 1_800_000).map(lambda number: number / 10_000),
    zoom=st.integers(20, 76).map(lambda number: number / 4),
)
REQUESTS = st.builds(
    MapRequest,
    selection=SELECTIONS,
    layers=st.frozensets(st.sampled_from(Layer)),
    view=st.none() | VIEWS,
    register_id=st.none() | st.integers(0, 999_999_999),
)


@given(REQUESTS)
def test_a_permanent_link_brings_the_same_view_back(request):
    assert parse_request(request_query(request)) == request


def test_an_address_without_a_query_shows_all_services_by_orp():
    assert parse_request({}) == MapRequest(Selection(Level.ORP), ALL_LAYERS)
    assert request_query(MapRequest()) == {}


def test_an_address_reads_as_words():
    request = MapRequest(
        Selection(Level.DISTRICT, "49", Form.RESIDENTIAL, CapacityUnit.BEDS, Population.AGE_80_PLUS),
        frozenset({Layer.CAPACITY, Layer.SERVICES}),
        View(49.9653, 16.9706, 11.25),
        123,
    )
    assert request_query(request) == {
        "druh": "49",
        "forma": "residential",
        "jednotka": "beds",
        "uzemi": "okres",
        "obyvatel": "80-plus",
        "vrstvy": "kapacita,sluzby",
        "pohled": "49.9653,16.9706,11.25",
        "sluzba": "123",
    }
    assert set(selection_query(request.selection)) == {"druh", "forma", "jednotka", "uzemi", "obyvatel"}


def test_empty_and_unknown_parameters_say_nothing():
    assert parse_request({"druh": "", "forma": " ", "utm_source": "letter"}) == MapRequest()


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("druh", "36"),
        ("druh", "<script>"),
        ("forma", "pob"),
        ("jednotka", "kg"),
        ("uzemi", "kraj"),
        ("obyvatel", "60-plus"),
        ("vrstvy", "kapacita,satelit"),
        ("vrstvy", ","),
        ("pohled", "49.6,17.2"),
        ("pohled", "nan,17.2,9"),
        ("pohled", "89.6,17.2,9"),
        ("pohled", "49.6,181,9"),
        ("pohled", "49.6,17.2,99"),
        ("sluzba", "-1"),
        ("sluzba", "²"),
        ("sluzba", "12345678901234567890"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_sentence(parameter, value):
    with pytest.raises(Invalid) as refused:
        parse_request({parameter: value})
    assert value in str(refused.value.message)
