"""Searching the catalogue through its page, on both databases."""

import csv
import io
import json
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update

from portal.catalog.models import Provider, Service
from portal.catalog.service import search as search_service
from portal.catalog.service.version import bump_version
from portal.core.clock import frozen_at
from portal.core.db import db
from tests.factories.catalog import make_code_list, make_provider, make_service, secret_places_unchecked

SUMPERK = {"municipality_code": "535532", "municipality_name": "Šumperk", "orp_code": "7111", "orp_name": "Šumperk"}
BLUDOV = {"municipality_code": "540911", "municipality_name": "Bludov", "orp_code": "7111", "orp_name": "Šumperk"}
ZABREH = {"municipality_code": "541354", "municipality_name": "Zábřeh", "orp_code": "7113", "orp_name": "Zábřeh"}
SECRET = {"secret": True, "name": "Dům U Tří lip"}


@pytest.fixture
def catalogue(app):
    make_code_list("target_groups", {"24": "senioři", "30": "osoby žijící s demencí", "5": "oběti domácího násilí"})
    charity = make_provider("Oblastní charita", ico="25596641")
    services = {
        "care": make_service(
            charity, type_code="40", name="Charitní pomoc", facilities=[SUMPERK], target_groups=["24"]
        ),
        "village": make_service(type_code="40", name="Pečovatelky Bludov", facilities=[BLUDOV], target_groups=["24"]),
        "home": make_service(
            charity,
            type_code="49",
            name="Domov Lipová",
            facilities=[SUMPERK],
            target_groups=["24"],
            phone="583 111 222",
        ),
        "regime": make_service(type_code="50", name="Domov Zábřeh", facilities=[ZABREH], target_groups=["30"]),
        "shelter": make_shelter(),
        "debts": make_service(type_code="37", name="Občanská poradna", facilities=[ZABREH], identifier="7654321"),
        "ended": make_service(
            type_code="46", name="Stacionář Slunce", facilities=[SUMPERK], ended_on=date(2020, 1, 31)
        ),
    }
    bump_version()
    db.session.commit()
    return {name: service.register_id for name, service in services.items()}


def make_shelter():
    with secret_places_unchecked():
        return make_service(type_code="60a", name="Intervenční centrum", facilities=[SECRET], region_wide=True)


def names(client, **query) -> list[str]:
    """Names of the services on the page, in order."""
    page = client.get("/katalog", query_string=query)
    assert page.status_code == 200
    return [part.split(">")[1].split("<")[0] for part in page.text.split('catalog-line__name"><a')[1:]]


def test_without_a_question_services_stand_in_czech_order_and_region_wide_ones_last(client, catalogue):
    assert names(client) == [
        "Domov Lipová",
        "Domov Zábřeh",
        "Charitní pomoc",
        "Občanská poradna",
        "Pečovatelky Bludov",
        "Intervenční centrum",
    ]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("domov důchodců", ["Domov Lipová", "Domov Zábřeh"]),
        ("DOMOV DUCHODCU v Šumperku", ["Domov Lipová"]),
        ("dluhy", ["Občanská poradna"]),
        ("pomoc se zadlužením exekuce", ["Občanská poradna"]),
        ("násilí", ["Intervenční centrum"]),
        ("demence", ["Domov Zábřeh"]),
        ("občanské poradny", ["Občanská poradna"]),
        ("obcanska poradan", ["Občanská poradna"]),
        ("25596641", ["Domov Lipová", "Charitní pomoc"]),
        ("255 96 641", ["Domov Lipová", "Charitní pomoc"]),
        ("7654321", ["Občanská poradna"]),
        ("pečovatelka v Bludově", ["Pečovatelky Bludov", "Charitní pomoc"]),
        ("oblastní charitou", ["Domov Lipová", "Charitní pomoc"]),
    ],
)
def test_people_find_services_in_their_own_words(client, catalogue, typed, expected):
    assert names(client, q=typed)[: len(expected)] == expected


def test_a_place_among_the_words_brings_near_services_first_and_region_wide_ones_last(client, catalogue):
    assert names(client, q="v Bludově") == [
        "Pečovatelky Bludov",
        "Domov Lipová",
        "Charitní pomoc",
        "Intervenční centrum",
    ]


def test_a_chosen_municipality_brings_its_services_then_its_orp_then_the_region_wide(client, catalogue):
    page = client.get("/katalog?orp=7111&obec=540911").text
    assert names(client, orp="7111", obec="540911")[0] == "Pečovatelky Bludov"
    assert names(client, orp="7111", obec="540911")[-1] == "Intervenční centrum"
    assert "Přímo v obci" in page
    assert "Jinde ve stejné oblasti" in page
    assert "Domov Zábřeh" not in page


def test_filters_hold_together_and_values_of_one_are_alternatives(client, catalogue):
    assert names(client, druh=["40", "49"], orp="7111") == ["Domov Lipová", "Charitní pomoc", "Pečovatelky Bludov"]
    assert names(client, druh="40", skupina="24", forma="outreach") == ["Charitní pomoc", "Pečovatelky Bludov"]
    assert names(client, druh="40", skupina="30") == []


def test_a_choice_says_how_many_services_it_would_give(client, catalogue):
    page = client.get("/katalog?druh=40").text
    assert "Pečovatelská služba (2)" in page
    assert "Domovy pro seniory (1)" in page  # counted without the filter of its own kind
    assert "senioři (2)" in page
    assert "Zábřeh (" not in page  # nothing of this kind there


def test_an_ended_service_is_out_of_the_way_but_reachable_and_marked(client, catalogue):
    assert "Stacionář Slunce" not in names(client, q="stacionář")
    assert names(client, q="stacionář slunce", ukoncene="1")[0] == "Stacionář Slunce"
    page = client.get(f"/katalog/sluzba/{catalogue['ended']}")
    assert page.status_code == 200
    assert "Tato služba skončila 31." in page.text


def test_a_typing_error_is_corrected_and_said(client, catalogue):
    page = client.get("/katalog?q=intervencni+cetrum").text
    assert "Hledali jste" in page
    assert "Intervenční centrum" in page


def test_an_unknown_word_is_named_and_the_others_still_answer(client, catalogue):
    page = client.get("/katalog?q=poradna+qwxqwx").text
    assert "Katalog nezná" in page
    assert "qwxqwx" in page
    assert names(client, q="poradna qwxqwx") == ["Občanská poradna"]


def test_an_empty_result_offers_ways_that_lead_somewhere(client, catalogue):
    page = client.get("/katalog?q=dluhy&orp=7111").text
    assert "0 služeb" in page
    assert 'href="/katalog?q=dluhy">hledat v celém kraji (1)' in page


@pytest.mark.parametrize(
    "typed",
    ["'", '"', "a* OR b", "NEAR(a b)", "domov AND NOT", "%", "_", "\\", "(", "^senior", "{a} : b",
     "'; DROP TABLE services;--", "<script>alert(1)</script>", "-domov", "domov\x00důchodců", "à" * 500, "🙂"],
)  # fmt: skip
def test_signs_of_query_languages_are_no_commands(client, catalogue, typed):
    page = client.get("/katalog", query_string={"q": typed})
    assert page.status_code == 200
    assert "<script>alert" not in page.text


@pytest.mark.parametrize(
    "query",
    ["druh=99", "forma=flying", "orp=1234", "obec=x", "skupina=999", "strana=0", "strana=-1", "strana=a", "ukoncene=2"],
)
def test_a_damaged_link_gets_a_sentence(client, catalogue, query):
    page = client.get(f"/katalog?{query}")
    assert page.status_code == 400
    assert "Odkaz" in page.text


def test_empty_values_of_a_form_mean_no_wish(client, catalogue):
    assert names(client, q="", orp="", druh="", forma="", skupina="", obec="", ukoncene="", strana="") == names(client)


def test_the_permanent_link_has_every_state_in_one_order(client, catalogue):
    one = client.get("/katalog?orp=7111&druh=49&q=dom%C5%AF&druh=40&strana=1").text
    assert 'rel="canonical" href="/katalog?q=dom%C5%AF&amp;druh=40&amp;druh=49&amp;orp=7111"' in one


def test_pages_follow_each_other_without_loss(client, app):
    provider = make_provider()
    for number in range(45):
        make_service(provider, type_code="40", name=f"Služba {number:02d}")
    bump_version()
    shown = [name for page in (1, 2, 3) for name in names(client, strana=page)]
    assert len(shown) == len(set(shown)) == 45
    assert names(client, strana=99) == names(client, strana=3)  # a page beyond the last is the last


def test_confirmed_entries_stand_before_stale_ones(client, app):
    with frozen_at(datetime(2026, 8, 1, 12, tzinfo=UTC)):
        make_service(name="A dávno", verified_on=date(2024, 1, 1))
        make_service(name="B nikdy")
        make_service(name="C čerstvě", verified_on=date(2026, 7, 1))
        make_service(name="D loni", verified_on=date(2025, 11, 1))
        bump_version()
        assert names(client) == ["C čerstvě", "D loni", "A dávno", "B nikdy"]


def test_the_page_asks_the_database_once_however_many_services_there_are(client, catalogue, queries):
    names(client)
    counts = []
    for query in ({}, {"q": "domov"}, {"orp": "7111", "druh": ["40", "49"]}):
        queries.statements.clear()
        names(client, **query)
        counts.append(queries.count)
    assert len(set(counts)) == 1
    assert counts[0] <= 2  # the version of the catalogue, for the page and for the index


def test_the_pages_of_a_service_and_a_provider_ask_a_fixed_number_of_times(client, catalogue, queries):
    def asked(path):
        queries.statements.clear()
        db.session.expunge_all()
        assert client.get(path).status_code == 200
        return queries.count

    asked("/katalog/poskytovatel/25596641")  # builds the index
    first = asked(f"/katalog/sluzba/{catalogue['home']}")
    provider_first = asked("/katalog/poskytovatel/25596641")
    for number in range(5):
        provider = db.session.scalars(select(Provider).where(Provider.ico == "25596641")).one()
        make_service(provider, name=f"Další {number}", facilities=[SUMPERK, BLUDOV])
    bump_version()
    asked("/katalog/poskytovatel/25596641")  # builds the index again
    assert asked(f"/katalog/sluzba/{catalogue['home']}") == first <= 12
    assert asked("/katalog/poskytovatel/25596641") == provider_first <= 4


def test_a_change_is_seen_at_once(client, catalogue):
    names(client)
    db.session.execute(update(Service).where(Service.register_id == catalogue["home"]).values(name="Domov Kaštanová"))
    bump_version()
    db.session.commit()
    assert "Domov Kaštanová" in names(client, q="kaštanové")


def test_a_secret_place_shows_nothing_of_itself(client, catalogue):
    register_id = catalogue["shelter"]
    pages = [client.get(path).text for path in ("/katalog", f"/katalog/sluzba/{register_id}")]
    assert all("adresa se nezveřejňuje" in page.lower() for page in pages)
    assert "Intervenční centrum" not in names(client, q="tří lip")
    everything = (
        "".join(pages) + client.get("/katalog/vysledek.csv").text + client.get("/katalog/vysledek.geojson").text
    )
    assert "lip" not in everything.replace("Lipová", "")


def test_the_result_can_be_taken_away_as_csv(client, catalogue):
    answer = client.get("/katalog/vysledek.csv?druh=49")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert [row["Služba"] for row in rows] == ["Domov Lipová"]
    assert rows[0]["Registrovaná kapacita"] == "pobytová: 20 (lůžka)"
    assert rows[0]["Pro koho"] == "senioři"
    assert "583 111 222" in rows[0]["Telefon"]


def test_the_places_of_the_result_can_be_taken_away_as_geojson(client, catalogue):
    answer = client.get("/katalog/vysledek.geojson?q=pečovatelka")
    features = json.loads(answer.text)["features"]
    assert {feature["properties"]["municipality"] for feature in features} == {"Šumperk", "Bludov"}
    assert all(feature["geometry"]["type"] == "Point" for feature in features)
    assert json.loads(client.get("/katalog/vysledek.geojson?druh=60a").text)["features"] == []


def test_the_result_can_be_taken_away_as_a_workbook(client, catalogue):
    with client.get("/katalog/vysledek.xlsx") as answer:
        assert answer.status_code == 200
        assert answer.data[:2] == b"PK"


def test_the_catalogue_speaks_english_too(client, catalogue):
    client.set_cookie("lang", "en")
    page = client.get("/katalog?q=homes+for+the+elderly").text
    assert "Domov Lipová" in page
    assert "Find a service" in page


def test_a_catalogue_without_services_says_so(client, app):
    assert names(client) == []
    assert "0 služeb" in client.get("/katalog").text


def test_both_halves_of_the_cache_agree(app, catalogue):
    """The index is kept while the catalogue does not change, and built anew for another day."""
    first = search_service.present_snapshot()
    assert search_service.present_snapshot() is first
    with frozen_at(datetime(2031, 1, 1, tzinfo=UTC)):
        assert search_service.present_snapshot() is not first


def test_the_place_asked_for_is_named_where_a_service_has_many(client, catalogue):
    towns = [{**ZABREH, "municipality_name": name} for name in ("Postřelmov", "Lukavice", "Leština")]
    make_service(type_code="40", name="Pečovatelky od řeky", facilities=[*towns, SUMPERK])
    bump_version()
    db.session.commit()

    def where(**query):
        line = client.get("/katalog", query_string=query).text.split("Pečovatelky od řeky")[1]
        return line.split('catalog-line__where">')[1].split("<span")[0].split("</p>")[0]

    usual = "Postřelmov, Lukavice, Leština a 1 další místo"
    assert where(q="pečovatelky Šumperk").startswith(f"<strong>Šumperk</strong> · {usual}")
    assert where(obec="535532").startswith(f"<strong>Šumperk</strong> · {usual}")
    assert where(q="pečovatelky").startswith(usual)
    assert where(q="pečovatelky Postřelmov").startswith(usual)


def test_the_closed_filters_say_how_many_are_set(client, catalogue):
    def summary(query):
        return client.get(f"/katalog{query}").text.split('catalog-filters portal-fold">')[1].split("</summary>")[0]

    assert summary("").endswith("Filtrovat výsledky")
    assert summary("?druh=40&forma=outreach").endswith("Filtrovat výsledky (2 nastavené)")
