"""What support cannot say: years and days that are yet to come, birth numbers."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from portal.core.cells import NOT_SUPPLIED
from portal.core.clock import frozen_at
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.import_states import ImportState
from portal.core.permissions import OPERATOR, PUBLIC_ACTOR, Actor, Grant, Role
from portal.core.transaction import transaction
from portal.grants import service
from portal.grants.models import GrantFigure
from portal.grants.types import By, Decision, Kind, Reply, Side
from tests.factories.accounts import login, make_user
from tests.factories.grants import csv_file, store_support
from tests.factories.returns import make_reporting_service
from tests.factories.territory import store_small_territory

BLATEC, DOLANY = "500801", "501646"


@pytest.fixture(autouse=True)
def territory(app):
    store_small_territory()


@pytest.fixture(autouse=True)
def november():
    with frozen_at(datetime(2026, 11, 28, 12, tzinfo=UTC)):
        yield


@pytest.fixture
def stored(app):
    return make_reporting_service()


@pytest.fixture
def worker(app, stored):
    return login(app.test_client(), make_user(grants=frozenset({Grant(Role.MUNICIPALITY_WORKER, DOLANY)})))


def address(stored, year=2025):
    return f"/dotace/zaznamy/{year}/{DOLANY}/{stored.register_id}"


def post(client, stored, year=2025, **typed):
    token = client.get(address(stored, 2025)).text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    form = {f"{kind}-seen": "0" for kind in Kind} | {"what": "amounts-municipality"}
    form |= {name.replace("_", "-"): text for name, text in typed.items()}
    return client.post(address(stored, year), data={"csrf_token": token, **form})


def figures():
    return db.session.scalar(select(func.count()).select_from(GrantFigure))


def test_no_year_after_the_next_one_is_opened_stored_or_reported(client, worker, stored):
    assert worker.get(address(stored, 2027)).status_code == 200
    for year in (2028, 2099):
        assert worker.get(address(stored, year)).status_code == 404
        assert post(worker, stored, year, running_amount="10").status_code == 404
        assert worker.get(f"/dotace/zaznamy?rok={year}").status_code == 400
        assert client.get(f"/dotace?rok={year}").status_code == 400
        with pytest.raises(Invalid):
            service.municipal_totals(year)
        with pytest.raises(Invalid):
            service.report(PUBLIC_ACTOR, year, By.TYPE)
    assert figures() == 0
    assert post(worker, stored, 2027, running_amount="10").status_code == 303
    assert service.list_years() == [2027]


def test_a_year_without_a_number_is_neither_offered_nor_opened(client, stored, queries):
    store_support(stored.id, BLATEC, 2025, {Kind.RUNNING: 600, Kind.GIFT: NOT_SUPPLIED})
    store_support(stored.id, DOLANY, 2024, {Kind.RUNNING: 0})
    store_support(stored.id, DOLANY, 2026, {Kind.RUNNING: NOT_SUPPLIED})
    store_support(stored.id, DOLANY, 2026, {Kind.RUNNING: 70}, side=Side.PROVIDER)
    for year in (2014, 2099):
        store_support(stored.id, DOLANY, year, {Kind.RUNNING: 1})  # as somebody stored it before it was refused
    queries.statements.clear()
    assert service.list_years() == [2025, 2024], "a zero is a number; what providers say is not public"
    assert queries.count == 1
    page = client.get("/dotace").text
    assert "Podpora obcí 2025" in page
    assert "2026</option>" not in page
    assert "2099" not in page
    assert "2014" not in page
    assert [year for year, _line in service.municipality_page(DOLANY).years] == [2024], (
        "2026 holds no number of anybody"
    )


def test_a_portal_with_figures_of_impossible_years_alone_still_opens(client, stored):
    store_support(stored.id, DOLANY, 2014, {Kind.RUNNING: 1})
    assert client.get("/dotace").status_code == 200
    assert client.get(f"/dotace/obec/{DOLANY}").status_code == 200


def test_the_page_of_a_municipality_opens_on_its_latest_number(stored):
    store_support(stored.id, BLATEC, 2026, {Kind.RUNNING: 5})
    store_support(stored.id, DOLANY, 2026, {Kind.RUNNING: NOT_SUPPLIED})
    store_support(stored.id, DOLANY, 2025, {Kind.RUNNING: 7})
    page = service.municipality_page(DOLANY)
    assert page.year == 2025
    assert [year for year, _line in page.years] == [2026, 2025]


def test_the_form_refuses_a_day_outside_its_year_and_says_why(worker, stored):
    future = post(worker, stored, running_amount="1", running_date="29. 11. 2026")
    assert (future.status_code, "teprve nastane" in future.text) == (422, True)
    late = post(worker, stored, 2024, running_amount="1", running_date="1. 1. 2026")
    assert (late.status_code, "po konci roku 2025" in late.text) == (422, True)
    old = post(worker, stored, running_amount="1", running_date="31. 12. 1994")
    assert (old.status_code, "před rokem 1995" in old.text) == (422, True)
    assert figures() == 0
    assert post(worker, stored, running_amount="1", running_date="28. 11. 2026").status_code == 303


def test_the_form_refuses_a_birth_number_beside_a_figure(worker, stored):
    for field in ("running_note", "running_contract"):
        refused = post(worker, stored, running_amount="1", **{field: "paní 905512/1234"})
        assert refused.status_code == 422
        assert "vypadá jako rodné číslo" in refused.text
    assert figures() == 0


def test_what_the_sides_and_the_kraj_write_to_each_other_holds_no_birth_number(stored):
    store_support(stored.id, DOLANY, 2025, {Kind.RUNNING: 7})
    place = {"register_id": stored.register_id, "municipality_code": DOLANY, "year": 2025, "kind": Kind.RUNNING}
    text = "Paní 905512/1234 to vrátila."
    kraj, provider = (
        Actor(user_id=9, grants=frozenset({grant}))
        for grant in (Grant(Role.KEY_WORKER), Grant(Role.PROVIDER_EDITOR, stored.provider.ico))
    )
    with pytest.raises(Invalid) as caught:
        service.reply(provider, answer=Reply.DISPUTED, text=text, seen=1, **place)
    assert list(caught.value.fields) == ["text"]
    with pytest.raises(Invalid) as caught:
        service.settle(kraj, state=Decision.EXPLAINED, comment=text, seen=0, **place)
    assert list(caught.value.fields) == ["comment"]


def test_a_file_is_refused_at_the_cells_of_years_days_and_birth_numbers(stored, tmp_path):
    number = stored.register_id
    rows = [
        [number, DOLANY, 2028, 1],
        [number, DOLANY, 2024, 1, "", "", "", "", "", "1. 1. 2026"],
        [number, DOLANY, 2025, 1, "", "", "", "", "", "29. 11. 2026"],
        [number, BLATEC, 2025, 1, "", "", "", "", "SML 905512/1234", "", "paní 905512/1234"],
        [number, "905512/1234", 2025, 1],
        [number, BLATEC, 2024, "905512/1234"],
        [number, BLATEC, 2023, "99999999999999999999"],
    ]
    with transaction():
        info = service.take_file(OPERATOR, csv_file(tmp_path / "a.csv", rows), name="a.csv")
    assert info.state is ImportState.REJECTED
    told = [fault.column for fault in info.faults]
    assert told == ["C2", "J3", "J4", "I5", "K5", "B6", "D7", "D8"]
    sentences = " ".join(str(fault.message) for fault in info.faults)
    assert "905512" not in sentences
    assert "too large" in sentences.splitlines()[-1]
