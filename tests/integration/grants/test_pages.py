"""Pages of municipal support."""

import re
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.core.cells import Cell
from portal.core.db import db
from portal.core.permissions import OPERATOR, Actor, Grant, Role
from portal.core.transaction import transaction
from portal.grants import service
from portal.grants.models import GrantChange, GrantFigure, GrantSettlement
from portal.grants.types import Agreement, Kind, Side
from tests.factories.accounts import login, make_user
from tests.factories.grants import csv_file, store_support
from tests.factories.returns import make_reporting_service
from tests.factories.territory import store_small_territory

BLATEC, DOLANY = "500801", "501646"


@pytest.fixture
def stored(app):
    store_small_territory()
    made = make_reporting_service()
    store_support(made.id, BLATEC, 2025, {Kind.RUNNING: 600})
    return made


def post(client, address, form):
    token = client.get(address).text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    return client.post(address, data={"csrf_token": token, **form})


def address(stored, code=BLATEC, year=2025):
    return f"/dotace/zaznamy/{year}/{code}/{stored.register_id}"


def test_the_public_reads_reports_and_takes_them_away(client, stored, queries):
    queries.statements.clear()
    assert client.get("/dotace?rok=2025").status_code == 200
    assert queries.count <= 8, "all of it is read once, and then marks alone"
    for view in ("sluzby", "druhy", "poskytovatele", "obce", "orp"):
        queries.statements.clear()
        page = client.get(f"/dotace?rok=2025&podle={view}")
        assert page.status_code == 200
        assert queries.count <= 5
        assert "600" in page.text
        assert "Výnosy z obcí podle výkazů" not in page.text
    lines = client.get("/dotace/soubor.csv?rok=2025&podle=obce").get_data(as_text=True).splitlines()
    assert lines[0].startswith("\ufeffRok;Kód;ORP;Obec;")
    assert lines[1].split(";")[:7] == ["2025", BLATEC, "Olomouc", "Blatec", "1", "600,00", "neuvedeno"]
    with client.get("/dotace/soubor.xlsx") as workbook:
        assert workbook.data.startswith(b"PK")
    assert "1,00" in client.get(f"/dotace/obec/{BLATEC}").text
    assert client.get("/dotace?podle=nic").status_code == 400


def test_a_municipality_writes_its_own_amounts_and_nothing_typed_is_lost(app, stored):
    client = app.test_client()
    login(client, make_user(grants=frozenset({Grant(Role.MUNICIPALITY_WORKER, DOLANY)})))
    assert client.get(address(stored)).status_code == 404
    form = {"what": "amounts-municipality", "gift-amount": "4.347", "gift-note": "ze sbírky"}
    form |= {f"{kind}-seen": "0" for kind in Kind}
    refused = post(client, address(stored, DOLANY), form)
    assert refused.status_code == 422
    assert "ze sbírky" in refused.text
    form |= {"gift-amount": "4 347,50", "rent-amount": "x"}
    assert post(client, address(stored, DOLANY), form).status_code == 303
    assert post(client, address(stored, DOLANY), form).status_code == 409
    rows = db.session.scalars(select(GrantFigure).where(GrantFigure.municipality_code == DOLANY))
    assert {(row.kind, row.state, row.source) for row in rows} == {
        ("gift", "value", "municipality"),
        ("rent", "not_applicable", "municipality"),
    }
    assert post(client, address(stored, DOLANY), form | {"what": "amounts-provider"}).status_code == 403


def test_the_two_sides_and_the_kraj(app, stored):
    provider, kraj = app.test_client(), app.test_client()
    login(provider, make_user(grants=frozenset({Grant(Role.PROVIDER_EDITOR, stored.provider.ico)})))
    login(kraj, make_user(grants=frozenset({Grant(Role.KEY_WORKER)})))
    there = address(stored)
    dispute = {"what": "disputed-running", "running-text": "", "running-reply-seen": "1"}
    assert post(provider, there, dispute).status_code == 422
    assert post(provider, there, dispute | {"running-text": "Přišlo 500 Kč."}).status_code == 303
    store_support(stored.id, BLATEC, 2025, {Kind.RUNNING: Cell.of(500)}, side=Side.PROVIDER)
    assert "Přišlo 500 Kč." in kraj.get(there).text
    settled = {"what": "settle-running", "running-state": "explained", "running-settle-seen": "0"}
    assert post(provider, there, settled | {"running-comment": "x"}).status_code == 403
    assert post(kraj, there, settled).status_code == 422
    assert post(kraj, there, settled | {"running-comment": "Stovka přišla v lednu."}).status_code == 303
    assert db.session.scalars(select(GrantSettlement.state)).all() == ["explained"]
    assert {step.step for step in db.session.scalars(select(GrantChange))} == {"written", "replied", "settled"}
    listed = kraj.get("/dotace/zaznamy?rok=2025").text
    assert re.search(r"liší se</strong>.*vysvětleno", listed, re.S)
    assert Agreement.DIFFERS in {
        line.agreement for line in service.list_records(Actor(grants=frozenset({Grant(Role.AUDITOR)})), 2025)[0]
    }


def test_faults_are_told_in_the_order_of_the_fields_with_their_kind(app, stored):
    client = app.test_client()
    login(client, make_user(grants=frozenset({Grant(Role.MUNICIPALITY_WORKER, DOLANY)})))
    form = {f"{kind}-seen": "0" for kind in Kind} | {"what": "amounts-municipality"}
    form |= {"running-amount": "padesát", "running-date": "1. 1. 2999", "running-note": "paní 905512/1234"}
    page = post(client, address(stored, DOLANY), form | {"gift-amount": "-5"}).text
    summary = page[page.index("govuk-error-summary") : page.index("<h1")]
    told = re.findall(r'<a href="#([a-z-]+)">([^:<]+):', summary)
    assert told == [
        *(("running-amount", "Dotace na provoz"), ("running-date", "Dotace na provoz")),
        *(("running-note", "Dotace na provoz"), ("gift-amount", "Dary")),
    ]


def test_a_reply_is_asked_for_where_the_two_sides_do_not_say_the_same(app, stored):
    store_support(stored.id, BLATEC, 2025, {Kind.RUNNING: 600, Kind.GIFT: 50}, side=Side.PROVIDER)
    store_support(stored.id, BLATEC, 2025, {Kind.RENT: 20, Kind.INVESTMENT: 30})
    store_support(stored.id, BLATEC, 2025, {Kind.RENT: 25}, side=Side.PROVIDER)
    town, provider = app.test_client(), app.test_client()
    login(town, make_user(grants=frozenset({Grant(Role.MUNICIPALITY_WORKER, BLATEC)})))
    login(provider, make_user(grants=frozenset({Grant(Role.PROVIDER_EDITOR, stored.provider.ico)})))

    def asked(client):
        return re.findall(r'value="confirmed-([a-z]+)"', client.get(address(stored)).text)

    assert asked(town) == ["rent", "gift"]
    assert asked(provider) == ["investment", "rent"]
    page = provider.get(address(stored)).text
    assert page.count("Částku uvedly obě strany.") == 1


def test_replies_stand_under_the_side_that_they_are_about_and_in_the_history(app, stored):
    store_support(stored.id, BLATEC, 2025, {Kind.RUNNING: 500}, side=Side.PROVIDER)
    provider, town = app.test_client(), app.test_client()
    login(provider, make_user(grants=frozenset({Grant(Role.PROVIDER_EDITOR, stored.provider.ico)})))
    login(town, make_user(grants=frozenset({Grant(Role.MUNICIPALITY_WORKER, BLATEC)})))
    dispute = {"what": "disputed-running", "running-text": "Přišlo 500 Kč.", "running-reply-seen": "1"}
    assert post(provider, address(stored), dispute).status_code == 303
    confirm = {"what": "confirmed-running", "running-reply-seen": "1"}
    assert post(town, address(stored), confirm).status_code == 303
    page = town.get(address(stored)).text
    assert re.search(r"K údaji obce</span>.*?zpochybněno.*?K údaji poskytovatele</span>.*?potvrzeno", page, re.S)
    history = page[page.index("Historie") :]
    assert "Obec poskytla: zpochybněno" in history
    assert "Poskytovatel obdržel: potvrzeno" in history


def test_several_contracts_of_a_kind_add_up_and_nothing_typed_is_lost(app, stored):
    client = app.test_client()
    login(client, make_user(grants=frozenset({Grant(Role.MUNICIPALITY_WORKER, DOLANY)})))
    there = address(stored, DOLANY)
    form = {f"{kind}-seen": "0" for kind in Kind} | {"running-amount": "1 000", "running-contract": "SML/1"}
    more = post(client, there, form | {"what": "more", "more": "running"})
    assert more.status_code == 200
    assert 'name="running-amount-2"' in more.text
    assert 'value="1 000"' in more.text
    assert not db.session.scalars(select(GrantFigure).where(GrantFigure.municipality_code == DOLANY)).all()
    form |= {"what": "amounts-municipality", "running-amount-2": "", "running-contract-2": "SML/1"}
    wrong = post(client, there, form)
    assert wrong.status_code == 422
    assert "Tato smlouva už tu je." in wrong.text
    assert "má každá svou částku" in wrong.text
    form |= {"running-amount-2": "250,50", "running-contract-2": "SML/2", "running-date-2": "3. 4. 2025"}
    assert post(client, there, form).status_code == 303
    figure = db.session.scalars(select(GrantFigure).where(GrantFigure.municipality_code == DOLANY)).one()
    assert (figure.value, figure.contract, figure.granted_on) == (Decimal("1250.50"), "", None)
    page = client.get(there).text
    assert 'value="250,50"' in page
    assert page.count("SML/2") == 2
    seen = {f"{kind}-seen": "0" for kind in Kind} | {"running-seen": "1"}
    alone = seen | {"what": "amounts-municipality", "running-amount": "1 250,50", "running-contract": "SML/3"}
    assert post(client, there, alone).status_code == 303
    db.session.refresh(figure)
    assert (figure.contract, figure.contracts) == ("SML/3", None)


def test_the_part_of_a_kind_is_open_where_it_is_filled_or_faulty_and_says_what_is_stored(app, stored):
    client = app.test_client()
    login(client, make_user(grants=frozenset({Grant(Role.MUNICIPALITY_WORKER, DOLANY)})))
    there = address(stored, DOLANY)

    def parts(page):
        found = re.findall(r'<details class="portal-fold"( open)?><summary>([^<]+).*?uloženo: ([^<]+)<', page)
        assert len(found) == len(Kind)
        return {name: (bool(is_open), amount) for is_open, name, amount in found}

    empty = parts(client.get(there).text)
    assert set(empty.values()) == {(False, "neuvedeno")}
    form = {f"{kind}-seen": "0" for kind in Kind} | {"what": "amounts-municipality"}
    refused = parts(
        post(client, there, form | {"rent-amount": "12", "gift-date": "1. 1. 2999", "running-note": "a"}).text
    )
    assert [name for name, (is_open, _amount) in refused.items() if is_open] == [
        *("Dotace na provoz", "Prominuté nájemné", "Dary")
    ]
    assert refused["Prominuté nájemné"] == (True, "neuvedeno"), "what was typed is not stored yet"
    more = parts(post(client, there, form | {"what": "more", "more": "founder"}).text)
    assert [name for name, (is_open, _amount) in more.items() if is_open] == ["Příspěvek zřizovatele"]
    several = {"gift-amount": "", "gift-amount-2": "", "gift-contract-2": "SML/2"}
    assert parts(post(client, there, form | several | {"rent-amount": "a"}).text)["Dary"][0]
    stored_ones = {"rent-amount": "1 250,50", "gift-amount": "0", "founder-amount": "x"}
    assert post(client, there, form | stored_ones).status_code == 303
    filled = parts(client.get(there).text)
    assert filled == {
        "Dotace na provoz": (False, "neuvedeno"),
        "Investiční dotace": (False, "neuvedeno"),
        "Prominuté nájemné": (True, "1\u00a0250,50 Kč"),
        "Dary": (True, "0 Kč"),
        "Příspěvek zřizovatele": (True, "netýká se"),
    }


def test_hellers_are_two_places_and_whole_crowns_none(app, client, stored):
    store_support(stored.id, DOLANY, 2025, {Kind.GIFT: Cell.of(Decimal("12000.50"))})
    listed = client.get("/dotace?rok=2025&podle=obce").text
    assert "12\u00a0000,50<" in listed
    assert ">600<" in listed
    assert "12\u00a0000,50<" in client.get(f"/dotace/obec/{DOLANY}").text
    assert "12\u00a0600,50 Kč</strong>" in listed, "the total of all lines"
    kraj = login(app.test_client(), make_user(grants=frozenset({Grant(Role.KEY_WORKER)})))
    assert "12\u00a0000,50<" in kraj.get("/dotace/zaznamy?rok=2025").text
    record = kraj.get(address(stored, DOLANY)).text
    assert "12\u00a0000,50<" in record
    assert ": 12\u00a0000,50 Kč (" in record, "its history"


def test_an_import_tells_what_was_before_it_once_it_is_no_preview(app, stored, tmp_path):
    kraj = login(app.test_client(), make_user(grants=frozenset({Grant(Role.PLANNER)})))
    path = csv_file(tmp_path / "a.csv", [[stored.register_id, BLATEC, 2025, "700,50"]])
    with transaction():
        info = service.take_file(OPERATOR, path, name="a.csv")
    where = f"/dotace/importy/{info.id}"

    def headings():
        page = kraj.get(where).text
        assert "700,50<" in page
        return [heading for heading in ("Teď (Kč)", "Před importem (Kč)") if page.count(heading) == 2]

    assert headings() == ["Teď (Kč)"]
    with transaction():
        service.apply_import(OPERATOR, info.id)
    assert headings() == ["Před importem (Kč)"]
    with transaction():
        service.roll_back_import(OPERATOR, info.id)
    assert headings() == ["Před importem (Kč)"]
