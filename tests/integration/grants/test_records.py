"""The list of records: filters of the database beside the plain rule, and its file that comes back unchanged."""

from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from sqlalchemy import select

from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell
from portal.core.db import db
from portal.core.import_states import ImportState
from portal.core.permissions import OPERATOR, Actor, Grant, Role
from portal.core.transaction import transaction
from portal.grants import service
from portal.grants.models import GrantFigure
from portal.grants.service.figures import write
from portal.grants.types import Agreement, Contract, Decision, Given, Key, Kind, RecordFilter, Reply, Side, Source
from tests.factories.accounts import login, make_user, municipality_actor
from tests.factories.grants import store_support
from tests.factories.returns import make_reporting_service
from tests.factories.territory import store_small_territory

BLATEC, DOLANY = "500801", "501646"
TOLD = (None, Cell.of(0), Cell.of(500), Cell.of(600), NOT_APPLICABLE, NOT_SUPPLIED)


@pytest.fixture(autouse=True)
def territory(app):
    store_small_territory()


def store_every_pair(first_year=2025):
    """Every pair of what two sides may tell, with every reply, each in a service of its own."""
    services = {}
    for gave, received, reply in product(TOLD, TOLD, (None, Reply.CONFIRMED, Reply.DISPUTED)):
        if gave is None and received is None:
            continue
        stored = make_reporting_service()
        for side, cell in ((Side.MUNICIPALITY, gave), (Side.PROVIDER, received)):
            if cell is not None:
                store_support(stored.id, BLATEC, first_year, {Kind.RUNNING: cell}, side=side)
        services[stored.id] = reply
    for figure in db.session.scalars(select(GrantFigure)):
        figure.reply = services[figure.service_id] if figure.value is not None else None
    db.session.flush()


def test_the_database_decides_about_agreement_as_the_plain_rule_does(queries):
    store_every_pair()
    everything, count = service.list_records(OPERATOR, 2025)
    assert count == len(everything) == len(TOLD) ** 2 * 3 - 3
    assert {line.agreement for line in everything} == set(Agreement)
    ranks = [list(Agreement).index(line.agreement) for line in everything]
    assert ranks == sorted(ranks)
    for wanted in Agreement:
        queries.statements.clear()
        found, number = service.list_records(OPERATOR, 2025, RecordFilter(agreement=wanted), limit=7, offset=1)
        assert queries.count == 1
        expected = [line for line in everything if line.agreement is wanted]
        assert (found, number) == (expected[1:8], len(expected))


def test_filters_of_place_type_kind_and_decision(app):
    one, other = make_reporting_service(type_code="49", forms=["residential"]), make_reporting_service(type_code="40")
    store_support(one.id, BLATEC, 2025, {Kind.RUNNING: 1, Kind.GIFT: 2})
    store_support(other.id, DOLANY, 2025, {Kind.RUNNING: 3})
    with transaction():
        place = {"register_id": other.register_id, "municipality_code": DOLANY, "year": 2025, "kind": Kind.RUNNING}
        service.settle(OPERATOR, state=Decision.EXPLAINED, comment="Ano.", seen=0, **place)

    def amounts(**wanted):
        lines, _count = service.list_records(OPERATOR, 2025, RecordFilter(**wanted))
        return sorted(int(line.gave.number) for line in lines)

    assert amounts(municipality_code=BLATEC) == [1, 2]
    assert amounts(type_code="40") == [3]
    assert amounts(kind=Kind.GIFT) == [2]
    assert amounts(decision=Decision.EXPLAINED) == [3]
    assert amounts(decision=Decision.OPEN) == [1, 2]
    kraj = login(app.test_client(), make_user(role=Role.PLANNER))
    page = kraj.get(f"/dotace/zaznamy?rok=2025&obec={BLATEC}&podpora=gift").text
    assert "1 údaj" in page
    assert kraj.get("/dotace/zaznamy?podpora=nic").status_code == 400
    assert kraj.get("/dotace/zaznamy?druh=nic").status_code == 400
    assert kraj.get("/dotace/zaznamy/soubor.csv?rozhodnuti=nic").status_code == 400


def test_records_are_begun_for_services_that_worked_in_their_year(app):
    ended = make_reporting_service(name="Šance")
    other = make_reporting_service(name="Čas")
    last = make_reporting_service(name="Zdar")
    ended.ended_on = date(2024, 11, 30)
    db.session.flush()
    assert [one.id for one in service.services_to_choose(OPERATOR, 2024)] == [other.id, ended.id, last.id]
    assert [one.id for one in service.services_to_choose(OPERATOR, 2025)] == [other.id, last.id]
    provider = Actor(grants=frozenset({Grant(Role.PROVIDER_EDITOR, ended.provider.ico)}))
    assert [one.id for one in service.services_to_choose(provider, 2024)] == [ended.id]
    assert len(service.services_to_choose(municipality_actor(BLATEC), 2024)) == 3
    assert service.services_to_choose(Actor(grants=frozenset({Grant(Role.AUDITOR)})), 2024) == []


def store_everything_there_may_be():
    store_every_pair()
    stored = make_reporting_service()
    several = Given.under(
        [Contract(Decimal("1000.50"), "SML/1", date(2025, 3, 4)), Contract(Decimal(1234), "00012")], "=dvě smlouvy"
    )
    single = Given(Cell.of(Decimal("4347333.50")), "-12/2025", date(2025, 12, 31), "-po Novém roce; „zbytek“")
    for kind, given in ((Kind.RUNNING, several), (Kind.FOUNDER, single), (Kind.GIFT, Given(NOT_SUPPLIED, note="?"))):
        key = Key(stored.id, DOLANY, 2025, kind)
        write(OPERATOR, key, Side.MUNICIPALITY, given, source=Source.REGION, step="written", figure=None)
    db.session.flush()


@pytest.mark.parametrize("language", ["cs", "en"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_of_records_comes_back_without_any_difference(app, tmp_path, kind, language):
    store_everything_there_may_be()
    kraj = login(app.test_client(), make_user(role=Role.PLANNER))
    kraj.get(f"/jazyk/{language}?zpet=/")
    with kraj.get(f"/dotace/zaznamy/soubor.{kind}?rok=2025") as answer:
        path = tmp_path / f"a.{kind}"
        path.write_bytes(answer.get_data())
    with transaction():
        info = service.take_file(OPERATOR, path, name=path.name)
    assert (info.state, [str(fault.message) for fault in info.faults]) == (ImportState.PREVIEWED, [])
    told = db.session.scalars(select(GrantFigure).where(GrantFigure.side == Side.MUNICIPALITY)).all()
    assert (info.new, info.changed, info.same) == (0, 0, len(told))


def test_a_municipality_downloads_its_own_records_alone(app):
    stored = make_reporting_service()
    for code in (BLATEC, DOLANY):
        store_support(stored.id, code, 2025, {Kind.RUNNING: 700})
    client = login(app.test_client(), make_user(grants=frozenset({Grant(Role.MUNICIPALITY_WORKER, DOLANY)})))
    text = client.get("/dotace/zaznamy/soubor.csv?rok=2025").get_data(as_text=True)
    assert "Dolany" in text
    assert "Blatec" not in text
