"""Lists of returns: what a provider has to do, whom the kraj misses."""

from datetime import UTC, date, datetime

import pytest

from portal.core.clock import frozen_at
from tests.factories.accounts import OWN_ICO, login, make_user
from tests.factories.catalog import make_provider
from tests.factories.returns import make_period, make_reporting_service, make_return
from tests.factories.returns_pages import Q2, words

LATE = datetime(2026, 7, 30, 8, 0, tzinfo=UTC)
CLOSED = datetime(2026, 8, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def provider(app):
    make_period(Q2)
    return make_provider("Charita Háj", ico=OWN_ICO)


@pytest.fixture
def editor(app, provider):
    return login(app.test_client(), make_user(role="provider_editor"))


@pytest.fixture
def kraj(app):
    return login(app.test_client(), make_user(role="key_worker"))


def test_a_provider_sees_what_to_do_with_each_of_its_services(provider, editor):
    for state, name in (
        (None, "Nová"),
        ("draft", "Načatá"),
        ("submitted", "Odeslaná"),
        ("returned", "Vrácená"),
        ("accepted", "Přijatá"),
    ):
        service = make_reporting_service(provider, name=name)
        if state:
            make_return(service, Q2, state=state)
    make_reporting_service(name="Cizí služba")
    page = words(editor.get("/vykazy"))
    assert "2. čtvrtletí 2026 Odevzdejte do 24. 7. 2026 včetně." in page
    for name, state, task in (
        ("Nová", "Nezahájeno", "Vyplnit"),
        ("Načatá", "Rozpracováno", "Dokončit a odeslat"),
        ("Odeslaná", "Odesláno", "Počkat na kraj; prohlédnout"),
        ("Vrácená", "Vráceno", "Opravit a znovu odeslat"),
        ("Přijatá", "Přijato", "Nic; prohlédnout"),
    ):
        assert f"{name} Denní stacionáře § 46 {state} {task}" in page
    assert "Cizí služba" not in page


def test_what_was_never_sent_says_so_once_the_quarter_is_closed(provider, editor):
    make_reporting_service(provider)
    with frozen_at(LATE):
        assert "Poslední den pro včasné odevzdání byl 24. 7. 2026." in words(editor.get("/vykazy"))
    with frozen_at(CLOSED):
        assert "Uzavřeno bez odevzdání; obraťte se na kraj" in words(editor.get("/vykazy"))


def test_a_service_is_listed_for_the_quarters_it_worked_in(provider, editor):
    make_period("2026Q1")
    make_reporting_service(provider, name="Končící", ended_on=date(2026, 3, 31))
    make_reporting_service(provider, name="Začínající", started_on=date(2026, 6, 30))
    page = words(editor.get("/vykazy"))
    second, first = page.split("1. čtvrtletí 2026", 1)
    assert "Začínající" in second
    assert "Končící" not in second
    assert "Končící" in first
    assert "Začínající" not in first


def test_without_an_open_quarter_the_lists_say_so(app, kraj):
    make_provider(ico=OWN_ICO)
    editor = login(app.test_client(), make_user(role="provider_editor"))
    assert "Kraj zatím k vykazování neotevřel žádné čtvrtletí" in words(editor.get("/vykazy"))
    assert "Žádné čtvrtletí zatím není otevřené" in words(kraj.get("/vykazy"))


@pytest.fixture
def quarter(app, provider):
    """Five services: one in each of five states, of three providers."""
    other, third = make_provider("Člověk v Šumperku"), make_provider("Úsměv")
    for owner, type_code, state in (
        (other, "46", None),
        (other, "40", "draft"),
        (provider, "46", "submitted"),
        (third, "40", "returned"),
        (third, "40", "accepted"),
    ):
        service = make_reporting_service(owner, type_code=type_code, name=f"Služba {state}")
        if state:
            make_return(service, Q2, state=state)


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ("", ["None", "draft", "submitted", "accepted", "returned"]),
        ("?obdobi=2026Q2", ["None", "draft", "submitted", "accepted", "returned"]),
        ("?stav=not_started", ["None"]),
        ("?stav=missing", ["None", "draft", "returned"]),
        ("?stav=submitted", ["submitted"]),
        ("?druh=40", ["draft", "accepted", "returned"]),
        ("?druh=40&stav=missing", ["draft", "returned"]),
        ("?poskytovatel=clovek", ["None", "draft"]),
        ("?poskytovatel=ÚSMĚV", ["accepted", "returned"]),
        (f"?poskytovatel={OWN_ICO}", ["submitted"]),
        ("?poskytovatel=nikdo", []),
    ],
)
def test_the_kraj_finds_who_has_not_sent(kraj, quarter, query, listed):
    page = words(kraj.get(f"/vykazy{query}"))
    states = ("None", "draft", "submitted", "accepted", "returned")
    assert sorted((page.index(f"Služba {s}"), s) for s in states if f"Služba {s}" in page) == [
        (page.index(f"Služba {s}"), s) for s in sorted(listed, key=lambda s: page.index(f"Služba {s}"))
    ]
    assert {s for s in states if f"Služba {s}" in page} == set(listed)


def test_providers_come_in_czech_order(kraj, quarter):
    page = words(kraj.get("/vykazy"))
    assert page.index("Člověk v Šumperku") < page.index("Charita Háj") < page.index("Úsměv")


def test_counts_by_state_follow_the_other_filters(kraj, quarter):
    page = words(kraj.get("/vykazy?stav=draft"))
    assert "Zatím neodevzdáno 3 Nezahájeno 1 Rozpracováno 1 Odesláno 1 Vráceno 1 Přijato 1 Uzamčeno 0" in page
    page = words(kraj.get("/vykazy?druh=40"))
    assert "Zatím neodevzdáno 2 Nezahájeno 0 Rozpracováno 1 Odesláno 0 Vráceno 1 Přijato 1 Uzamčeno 0" in page


def test_an_identifier_finds_one_service(kraj, quarter, provider):
    service = make_reporting_service(provider, name="Hledaná", identifier="7654321")
    page = words(kraj.get("/vykazy?poskytovatel=7654321"))
    assert "Hledaná" in page
    assert "1 služba za 2. čtvrtletí 2026" in page
    assert service.identifier == "7654321"


def test_the_late_ones_are_those_that_came_after_the_day_or_never(kraj, quarter, provider):
    assert "Těmto podmínkám neodpovídá žádná služba." in words(kraj.get("/vykazy?po-terminu=1"))
    with frozen_at(LATE):
        make_return(make_reporting_service(provider, name="Opozdilá"), Q2, state="submitted")
        page = words(kraj.get("/vykazy?po-terminu=1"))
        assert "Opozdilá" in page
        assert "Služba None" in page
        assert "Služba draft" in page
        assert "Služba submitted" not in page


def test_long_lists_have_pages_and_each_service_is_on_one_of_them(kraj, provider):
    names = {
        make_reporting_service(make_provider(f"Poskytovatel {n // 3}"), name=f"Jméno{n:03}x").name for n in range(120)
    }
    seen: list[str] = []
    for page in (1, 2, 3):
        text = words(kraj.get(f"/vykazy?strana={page}"))
        found = [name for name in names if name in text]
        assert len(found) == (50 if page < 3 else 20)
        seen += found
    assert sorted(seen) == sorted(names)
    assert words(kraj.get("/vykazy?strana=99")).count("Jméno") == 20


@pytest.mark.parametrize(
    ("query", "status"),
    [("?obdobi=2026", 400), ("?obdobi=2031Q1", 404), ("?stav=x", 400), ("?druh=99", 400), ("?strana=x", 400)],
)
def test_a_list_that_cannot_be_is_answered_by_a_sentence(kraj, provider, query, status):
    assert kraj.get(f"/vykazy{query}").status_code == status


def test_the_number_of_queries_does_not_grow_with_the_list(kraj, editor, provider, queries):
    def count(client):
        queries.statements.clear()
        assert client.get("/vykazy").status_code == 200
        return queries.count

    for n in range(3):
        make_return(make_reporting_service(provider if n else None), Q2, state="submitted")
    few = count(kraj), count(editor)
    for n in range(40):
        service = make_reporting_service(provider if n % 2 else None)
        make_return(service, Q2, state="draft")
        make_return(service, "2026Q1", state="accepted")
    assert (count(kraj), count(editor)) == few
    # One is the visitor's own account; the kraj's list reads the key workers to choose from.
    assert few == (6, 6), queries.statements


def test_the_number_of_queries_of_a_return_is_fixed(kraj, provider, queries):
    service = make_reporting_service(provider, forms=("outreach", "outpatient", "residential"))
    make_return(service, Q2, state="submitted")
    for quarter in ("2026Q1", "2025Q4", "2025Q3"):
        make_return(service, quarter, state="accepted")
    address = f"/vykazy/{service.register_id}/{Q2}/kontrola"
    kraj.get(address)
    queries.statements.clear()
    assert kraj.get(address).status_code == 200
    assert queries.count <= 17, queries.statements
