"""What a mistyped address may have meant, on both databases."""

import pytest

from portal.territory.addresses import service
from portal.territory.addresses.calc.naming import without_number
from portal.territory.addresses.types import MOST_SUGGESTED
from tests.factories.addresses import BLATEC, DOLANY, SUMPERK, Address, store_points

TOWN = (
    Address(1, "Horní", "12"),
    Address(2, "Horní náměstí", "12", "3"),
    Address(3, "Lipová", "9", part="Nová Ulice"),
    Address(4, "Palackého", "5"),
    Address(5, "Palackého", "7"),
    Address(6, "Palackého", "5", town=SUMPERK, postcode="78701"),
    Address(7, town=BLATEC, house="45", postcode="78375"),
    Address(8, "17. listopadu", "5"),
    Address(9, "Náves", "8", "7", town=DOLANY, postcode="78316"),
)


@pytest.fixture
def town(app, tmp_path):
    store_points(tmp_path, *TOWN)


def told(text):
    assert not service.find_addresses(text).points
    found = service.suggest_addresses(text)
    return [point.code for point in found.points], [street.label for street in found.streets]


@pytest.mark.parametrize(
    ("text", "points", "streets"),
    [
        ("Palackeho 5, Olomuoc", [4], []),  # two letters swapped
        ("palacekho 5 olomouc", [4], []),
        ("Palackého 5, Šumpersk", [6], []),
        ("Palckeho 5", [4, 6], []),
        ("hrni namesti 12/3", [2], []),
        ("Blatce 45", [7], []),
        ("17. listopdu 5", [8], []),
        ("Dolani 8", [9], []),
        ("Palackého 6, Olomouc", [], ["Palackého, Olomouc"]),  # no such number: the street
        ("Palackehoo, Olomouc", [], ["Palackého, Olomouc"]),
        ("Lipva", [], ["Lipová, Nová Ulice, Olomouc"]),
        ("Palckeho", [], ["Palackého, Olomouc", "Palackého, Šumperk"]),
        ("Krakonošova 5", [], []),
        ("lpv 9", [], []),
        ("5", [], []),
    ],
)
def test_a_mistyped_address_leads_to_those_written_alike(town, text, points, streets):
    assert told(text) == (points, streets)


def test_what_is_suggested_is_found(town):
    for text in ("Palckeho", "Lipva", "Palackého 6, Olomouc"):
        for label in told(text)[1]:
            assert service.find_addresses(label).points


def test_of_many_streets_those_with_the_fewest_errors_are_told(app, tmp_path):
    names = ("Lipovák", "Lipovka", "Lipovek", "Lipovok", "Lipovik", "Lipovar", "Lipovan")
    store_points(tmp_path, *(Address(number, name, "1") for number, name in enumerate(names, start=1)))
    found = service.suggest_addresses("Lipovakk 1")
    assert found.points[0].label.startswith("Lipovák ")
    assert len(found.points) == 1  # the others differ by more
    assert len(service.suggest_addresses("Lipovk").streets) == MOST_SUGGESTED


def test_without_points_nothing_is_suggested_and_queries_do_not_grow(app, tmp_path, queries):
    assert service.suggest_addresses("Palckeho 5").points == ()
    store_points(tmp_path, *TOWN)
    service.suggest_addresses("Palckeho 5")
    counts = []
    for text in ("Palckeho 5", "Palckeho 6 Olomuoc Lipva nmesti"):
        queries.statements.clear()
        service.suggest_addresses(text)
        counts.append(queries.count)
    assert max(counts) <= 6


@pytest.mark.parametrize(
    ("label", "street"),
    [
        ("Horní náměstí 12/3, 779 00 Olomouc", "Horní náměstí, Olomouc"),
        ("Náves 5, Holice, 779 00 Olomouc", "Náves, Holice, Olomouc"),
        ("Blatec 45, 783 75 Blatec", "Blatec"),
        ("17. listopadu 5/12a, 779 00 Olomouc", "17. listopadu, Olomouc"),
        ("Lhota č.ev. 45, 783 75 Blatec", "Lhota, Blatec"),
    ],
)
def test_a_street_is_told_by_the_label_of_a_point_without_its_number(label, street):
    assert without_number(label) == street
