"""What the public sees of persons on the map: the published release, nothing nearer and nothing newer."""

from datetime import date

import html5lib
import pytest

from portal.core.cells import NOT_APPLICABLE
from portal.core.permissions import OPERATOR, PUBLIC_ACTOR
from portal.map.layers import service
from portal.map.layers.types import Ask, Told, Withheld
from portal.map.types import Population
from portal.returns.types import Period
from portal.territory.types import Level
from portal.waitlists.vacancies.types import Upkeep
from tests.factories.catalog import make_code_list, make_service
from tests.factories.layers import cells
from tests.factories.needs import hand_over_needs, make_need
from tests.factories.releases import closed_quarter, make_told_needs, published
from tests.factories.residences import store_residents
from tests.factories.territory import store_small_territory

DAY = date(2026, 11, 3)
QUARTER = Period(2026, 2)
SUMPERK = {"municipality_code": "523704", "orp_code": "7111", "lon": 16.97, "lat": 49.97}


def read(name, actor=PUBLIC_ACTOR, **asked):
    return service.read_layer(actor, Ask(name, **asked), day=DAY, upkeep=Upkeep(30, 60), nearest=True)


@pytest.fixture
def home(app):
    """Homes of twelve providers with 48 users from Olomouc and 3 from Šumperk in a quarter that was published."""
    store_small_territory()
    for number in range(12):
        made = make_service(type_code="49", forms={"residential": {"beds": 60}}, facilities=[SUMPERK])
        store_residents(made, [("500496", None, "housing", 4), *([("523704", None, "housing", 1)] * (number < 3))])
    closed_quarter(QUARTER)
    published(QUARTER)


def test_the_public_sees_rounded_counts_of_the_release_and_small_ones_hidden(home):
    frame = read("uzivatele", type_code="49")
    assert cells(frame) == {"Olomouc": 50, "Šumperk": "hidden"}
    assert (frame.time, frame.times, frame.from_release, frame.withheld) == ("2026Q2", ("2026Q2",), True, None)
    assert cells(read("uzivatele")) == {"Olomouc": 50, "Šumperk": "hidden"}
    exact = read("uzivatele", OPERATOR)
    assert (exact.time, exact.told) == ("2026Q2", Told(12, 12))
    assert cells(exact) == {"Olomouc": 48, "Šumperk": 3}


def test_a_rate_divides_what_the_release_tells_by_the_people_concerned(home):
    everybody = read("uzivatele-na-1000", type_code="49", population=Population.ALL)
    assert cells(everybody) == {"Olomouc": 8.33, "Šumperk": "hidden"}  # 50 of 6 000 people
    concerned, exact = read("uzivatele-na-1000", type_code="49"), read("uzivatele-na-1000", OPERATOR, type_code="49")
    assert concerned.ask.population == exact.ask.population != Population.ALL
    assert cells(concerned)["Olomouc"] == pytest.approx(cells(exact)["Olomouc"] / 48 * 50, abs=0.02)


def test_a_figure_that_changes_later_stays_as_it_was_published(home):
    other = make_service(type_code="49", facilities=[SUMPERK])
    store_residents(other, [("523704", None, "housing", 500)])
    assert cells(read("uzivatele"))["Šumperk"] == "hidden"
    assert cells(read("uzivatele", OPERATOR))["Šumperk"] == 503


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("uzivatele", {"level": Level.MUNICIPALITY}),
        ("uzivatele", {"situation": "housing"}),
        ("uzivatele-na-1000", {"level": Level.MUNICIPALITY}),
        ("pokryti", {}),
        ("obloznost", {}),
        ("potreby", {}),
        ("potreby-na-1000", {}),
    ],
)
def test_what_the_release_does_not_tell_stays_hidden(home, name, asked):
    frame = read(name, **asked)
    assert frame.withheld is Withheld.NOT_IN_RELEASE
    assert set(cells(frame).values()) == {"hidden"}


@pytest.fixture
def needs(home):
    """A later quarter in which municipalities of Olomouc told of 25 persons in debt, those of Šumperk of no number."""
    make_told_needs(QUARTER.next)
    for code in ("523704", "569178"):
        make_need(code, NOT_APPLICABLE, period=QUARTER.next, situation="housing", reason="")
    hand_over_needs("523704", "569178", period=QUARTER.next)
    closed_quarter(QUARTER.next)
    published(QUARTER.next)


def test_needs_are_told_as_the_release_tells_them_with_their_states(needs):
    assert cells(read("potreby", situation="debts")) == {"Olomouc": 25, "Šumperk": "not_supplied"}
    assert cells(read("potreby", situation="housing")) == {"Olomouc": "hidden", "Šumperk": "not_applicable"}
    assert cells(read("potreby", type_code="37")) == {"Olomouc": 25, "Šumperk": "not_applicable"}
    frame = read("potreby")
    assert (frame.times, frame.from_release) == (("2026Q3",), True)  # the quarter before told no needs
    assert cells(frame) == {"Olomouc": 25, "Šumperk": "not_supplied"}
    assert cells(read("potreby", OPERATOR, period=QUARTER.next)) == {
        "Olomouc": 28,
        "Šumperk": "not_applicable",  # both of its municipalities have said that of all they told
    }


def said(client) -> str:
    """The words of the page of needs for the public."""
    tree = html5lib.parse(client.get("/mapa/vrstvy?vrstva=potreby").text, namespaceHTMLElements=False)
    return " ".join("".join(tree.find(".//main").itertext()).split())


def test_how_many_handed_over_is_told_as_it_was_when_the_release_was_made(client, home):
    """What is told later changes neither the count for the public nor anything else that it sees."""
    make_told_needs(QUARTER.next)
    make_need("523704", NOT_APPLICABLE, period=QUARTER.next, situation="housing", reason="")
    hand_over_needs("500496", period=QUARTER.next)
    closed_quarter(QUARTER.next)
    published(QUARTER.next)
    before = said(client)
    gathered = read("potreby").gathered
    assert {code: (one.done, one.municipalities) for code, one in gathered.items()} == {"7107": (1, 3), "7111": (0, 2)}
    make_need("523704", 4, period=QUARTER.next, situation="debts")
    hand_over_needs("523704", period=QUARTER.next)
    assert read("potreby").gathered == gathered
    assert read("potreby", OPERATOR, period=QUARTER.next).gathered != gathered
    assert said(client) == before
    assert "1 z 5 obcí předala své údaje za období." in before


def test_needs_per_inhabitant_divide_what_the_release_tells(needs):
    assert cells(read("potreby-na-1000", situation="debts")) == {
        "Olomouc": 4.17,  # 25 of 6 000 people, rounded as all rates are
        "Šumperk": "not_supplied",
    }
    assert cells(read("potreby-na-1000", situation="housing"))["Olomouc"] == "hidden"


@pytest.mark.parametrize(
    "asked", [{"level": Level.MUNICIPALITY}, {"group": "12"}, {"situation": "debts", "type_code": "37"}]
)
def test_needs_by_more_than_the_release_divides_stay_hidden(needs, asked):
    make_code_list("target_groups", {"12": "senioři"})
    assert read("potreby", **asked).withheld is Withheld.NOT_IN_RELEASE


def test_the_page_says_that_the_figures_come_from_the_release(client, home):
    text = client.get("/mapa/vrstvy?vrstva=uzivatele").text
    assert "zmrazeného vydání kraje: malé počty jsou skryté" in text
    assert ";48" not in client.get("/mapa/vrstvy/soubor.csv?vrstva=uzivatele").text
