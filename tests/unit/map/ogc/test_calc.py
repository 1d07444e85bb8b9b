"""Parameters of OGC API Features, and the items they choose."""

import pytest

from portal.core.errors import Invalid
from portal.map.ogc.calc import extent_of, known_parameters, meets, page_of, parse_asked
from portal.map.ogc.types import Asked, Item


def item(number, bounds):
    return Item(str(number), None, bounds, {})


ITEMS = [item(n, (16.0 + n / 10, 49.5, 16.05 + n / 10, 49.6)) for n in range(10)] + [item(99, None)]


def test_without_parameters_the_first_thousand_are_asked_for():
    assert parse_asked({}) == Asked(1_000, 0, None)


def test_a_limit_above_the_greatest_is_taken_for_it():
    assert parse_asked({"limit": "999999", "offset": "7", "f": "json"}) == Asked(10_000, 7, None)


def test_a_box_may_have_heights_that_are_not_looked_at():
    assert parse_asked({"bbox": "16,49,17,50"}).box == (16, 49, 17, 50)
    assert parse_asked({"bbox": "16,49,0,17,50,900"}).box == (16, 49, 17, 50)


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "x"},
        {"offset": "1.5"},
        {"bbox": "1,2,3"},
        {"bbox": "1,2,3,4,5"},
        {"bbox": "a,2,3,4"},
        {"bbox": "nan,2,3,4"},
        {"bbox": "16,50,17,49"},
        {"datetime": "yesterday"},
        {"datetime": "/"},
        {"f": "html"},
        {"bbox-crs": "x"},
        {"strana": "2"},
    ],
)
def test_what_cannot_be_meant_or_is_not_known_is_refused(query):
    with pytest.raises(Invalid):
        parse_asked(query)


@pytest.mark.parametrize(
    "text", ["2026-08-03", "2026-08-03T10:00:00Z", "../2026-08-03", "2026-01-01/..", "2026-01-01/2026-02-01"]
)
def test_times_of_the_standard_are_taken(text):
    assert parse_asked({"datetime": text}) == Asked()


def test_other_pages_know_the_format_alone():
    known_parameters({"f": "json"})
    with pytest.raises(Invalid):
        known_parameters({"limit": "5"})


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((16.0, 49.0, 16.05, 50.0), [0]),
        ((16.05, 49.6, 16.1, 50.0), [0, 1]),  # edges count
        ((16.0, 49.61, 17.0, 50.0), []),
        ((16.85, 49.0, 16.02, 50.0), [0, 8, 9]),  # over the 180th meridian
    ],
)
def test_a_box_chooses_what_has_a_point_in_it(box, expected):
    assert [int(one.id) for one in page_of(ITEMS, Asked(box=box)).items] == expected


def test_parts_follow_one_another_without_a_gap():
    parts = [page_of(ITEMS, Asked(limit=4, offset=offset)) for offset in (0, 4, 8, 12)]
    assert [one.id for part in parts for one in part.items] == [one.id for one in ITEMS]
    assert {part.matched for part in parts} == {11}


def test_what_has_no_place_is_in_no_box_and_in_no_extent():
    assert not meets(None, (-180, -90, 180, 90))
    assert extent_of(one.bounds for one in ITEMS) == (16.0, 49.5, 16.95, 49.6)
    assert extent_of([None]) is None
