"""How addresses are written, and by which words they are found."""

import pytest

from portal.core.addresses import address_words
from portal.territory.addresses.calc.finding import ChosenStreet, chosen_streets, wanted_of
from portal.territory.addresses.calc.naming import assembled, label_of, numbers_of, starts_of
from portal.territory.addresses.types import AddressRow, ParsedStreet


def row(**changes):
    values = {
        "code": 1, "municipality_code": "500496", "municipality_name": "Olomouc", "part": "Olomouc",
        "street": "Horní náměstí", "is_registered": False, "house": 12, "orientation": "3", "postcode": "77900",
        "lon": 17.25, "lat": 49.59,
    }  # fmt: skip
    return AddressRow(**{**values, **changes})


VILLAGE = {"municipality_name": "Blatec", "part": "Blatec", "street": "", "orientation": "", "postcode": "78375"}


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({}, "Horní náměstí 12/3, 779 00 Olomouc"),
        ({"orientation": ""}, "Horní náměstí 12, 779 00 Olomouc"),
        ({"orientation": "3a"}, "Horní náměstí 12/3a, 779 00 Olomouc"),
        ({"part": "Holice"}, "Horní náměstí 12/3, Holice, 779 00 Olomouc"),
        ({**VILLAGE, "house": 45}, "Blatec 45, 783 75 Blatec"),
        ({**VILLAGE, "part": "Lhota", "house": 7}, "Lhota 7, 783 75 Blatec"),
        ({**VILLAGE, "is_registered": True}, "Blatec č.ev. 12, 783 75 Blatec"),
        ({**VILLAGE, "part": "", "postcode": ""}, "Blatec 12, Blatec"),
    ],
)
def test_an_address_is_written_as_people_write_it(changes, label):
    assert label_of(row(**changes)) == label


def test_numbers_stand_between_spaces():
    assert numbers_of(row(orientation="3A")) == " 12 3a 77900 "
    assert numbers_of(row(orientation="", postcode="")) == " 12 "


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Horní 12, Olomouc", ["horni", "12", "olomouc"]),
        ("HORNÍ NÁM. 12/3a,779 00 Olomouc", ["horni", "namesti", "12", "3a", "77900", "olomouc"]),
        ("Blatec č.p. 45", ["blatec", "45"]),
        ("Blatec čp 45", ["blatec", "45"]),
        ("Blatec č. ev. 45", ["blatec", "45"]),
        ("Blatec č. 45", ["blatec", "45"]),
        ("ul. Dlouhá 7", ["dlouha", "7"]),
        ("tř. Míru", ["trida", "miru"]),
        ("ulice Dlouhá 7", ["dlouha", "7"]),
        ("Olomouc, ulice Dlouhá 7", ["olomouc", "dlouha", "7"]),
        ("Nová Ulice 5", ["nova", "ulice", "5"]),
        ("Ulice", ["ulice"]),
        ("Cechova 5", ["cechova", "5"]),
        ("", []),
    ],
)
def test_words_of_an_address(text, words):
    assert address_words(text) == words


def test_a_street_is_found_from_each_of_its_words_but_not_from_a_number():
    assert starts_of(ParsedStreet(1, ("17", "listopadu"), ())) == ["listopadu"]
    assert starts_of(ParsedStreet(1, ("bedricha", "smetany"), ())) == ["bedricha smetany", "smetany"]
    assert starts_of(ParsedStreet(1, ("horni",), (), ("nova", "ulice"))) == ["horni", "=nova ulice"]


def test_a_street_has_a_part_beside_its_name_and_a_village_without_streets_is_one():
    streets = assembled(
        [row(code=1, part="Holice"), row(code=2, part=""), row(code=3, **VILLAGE)], source="a.csv"
    ).streets
    assert {street.words: street.part_words for street in streets[:1]} == {("blatec",): ()}
    assert sorted(street.part_words for street in streets[1:]) == [("holice",), ("olomouc",)]


def test_points_stand_in_the_order_of_codes_and_streets_in_czech_order():
    rows = [row(code=9, street="Čechova"), row(code=3, street="Cihelní"), row(code=5, street="Čechova", house=1)]
    parsed = assembled(rows, source="a.csv")
    assert parsed.points.code == [3, 5, 9]
    assert parsed.points.street_number == [1, 2, 2]
    assert [street.words for street in parsed.streets] == [("cihelni",), ("cechova",)]
    assert parsed.municipalities == 1


def test_streets_of_one_name_in_two_towns_or_parts_are_apart():
    rows = [
        row(code=1),
        row(code=2, part="Holice"),
        row(code=3, municipality_code="523704", municipality_name="Šumperk"),
    ]
    assert len(assembled(rows, source="a.csv").streets) == 3


HORNI = ParsedStreet(1, ("horni",), ("olomouc",))
SQUARE = ParsedStreet(2, ("horni", "namesti"), ("olomouc",))
ELSEWHERE = ParsedStreet(3, ("horni",), ("holice", "sumperk"))
NOVEMBER = ParsedStreet(4, ("17", "listopadu"), ("olomouc",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Horní 12, Olomouc", [ChosenStreet(1, ("12",), True), ChosenStreet(2, ("12",), False)]),
        ("olomouc horni 12", [ChosenStreet(1, ("12",), True), ChosenStreet(2, ("12",), False)]),
        ("horn 12 olom", [ChosenStreet(1, ("12",), False), ChosenStreet(2, ("12",), False)]),
        ("Horní náměstí 12/3", [ChosenStreet(2, ("12", "3"), True)]),
        ("Horní 5, Holice", [ChosenStreet(3, ("5",), True)]),
        ("17. listopadu 5", [ChosenStreet(4, ("5",), True)]),
        ("17. listopadu 17", [ChosenStreet(4, ("17",), True)]),
        ("listopadu 5", [ChosenStreet(4, ("5",), False)]),
        ("Horní 12, Blatec", []),
    ],
)
def test_streets_that_the_words_may_mean(text, expected):
    assert (
        chosen_streets([HORNI, SQUARE, ELSEWHERE, NOVEMBER, HORNI], wanted_of(text))[: len(expected) or None]
        == expected
    )


PART = ParsedStreet(1, ("horni",), ("nova", "ulice", "olomouc"), ("nova", "ulice"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nová Ulice 5", [ChosenStreet(1, ("5",), True, (5,))]),
        ("Nová Ulice 5, 779 00 Olomouc", [ChosenStreet(1, ("5", "77900"), True, (5,))]),
        ("Nová 5", [ChosenStreet(1, ("5",), False, (5,))]),
        ("Olomouc 5", [ChosenStreet(1, ("5",), False, (5,))]),
        ("Horní 5", []),  # by its name, not by its part
        ("Nová Ulice", []),
        ("Nová Ulice 779 00", []),
        ("Nová Ulice 5a", []),
    ],
)
def test_a_part_is_meant_with_the_number_of_a_house(text, expected):
    assert chosen_streets([PART], wanted_of(text)) == expected


def test_of_two_readings_of_a_street_the_exact_one_is_taken():
    named = ParsedStreet(1, ("olomoucka",), ("olomouc",))
    part = ParsedStreet(1, ("olomoucka",), ("olomouc",), ("olomouc",))
    for streets in ([named, part], [part, named]):
        assert chosen_streets(streets, wanted_of("Olomouc 5")) == [ChosenStreet(1, ("5",), True, (5,))]
