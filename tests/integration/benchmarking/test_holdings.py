"""Holdings: recorded by the kraj, counted once in the groups of quarters published after that."""

from datetime import date

import pytest

from portal.benchmarking import service as benchmarking
from portal.benchmarking.models import GroupRelease, HoldingMember
from portal.benchmarking.service.holdings import (
    add_member,
    end_member,
    get_holding,
    holdings_in,
    list_holdings,
    save_holding,
)
from portal.core.audit import AuditEntry
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.permissions import Actor, Grant, Role
from portal.returns.types import Period
from tests.factories.accounts import login, make_user
from tests.factories.benchmarking import make_reported_service, publish
from tests.factories.catalog import make_provider

Q1, Q2 = Period(2026, 1), Period(2026, 2)
KEY_WORKER = Actor(user_id=1, name="Klíčová", grants=frozenset({Grant(Role.KEY_WORKER)}))


def make_holding(name, *providers, valid_from=date(2026, 1, 1)):
    holding_id = save_holding(KEY_WORKER, name=name)
    for seen, provider in enumerate(providers, start=1):
        put(holding_id, provider, valid_from, seen)
    return holding_id


def put(holding_id, provider, valid_from, seen):
    why = "obchodní rejstřík"
    add_member(KEY_WORKER, holding_id=holding_id, ico=provider.ico, valid_from=valid_from, reason=why, seen=seen)


def end(holding_id, place, day, seen, *, as_mistake=False):
    member = get_holding(KEY_WORKER, holding_id).members[place]
    end_member(
        KEY_WORKER,
        holding_id=holding_id,
        member_id=member.id,
        valid_to=day,
        reason="prodej",
        seen=seen,
        as_mistake=as_mistake,
    )


def test_a_holding_counts_once_and_what_was_published_stays(app):
    services = [make_reported_service(Q1, share) for share in (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)]
    publish(Q1)
    make_holding("Skupina Háj", services[0].provider, services[1].provider)
    for service, share in zip(services, (0.4, 0.5, 0.6, 0.7, 0.8, 0.9), strict=True):
        make_reported_service(Q2, share, provider=service.provider)
    publish(Q2)
    reader = Actor(grants=frozenset({Grant(Role.PROVIDER_EDITOR, services[5].provider.ico)}))
    groups = benchmarking.provider_report(reader, services[5].provider.ico, Q2).groups.rows()
    medians = {row["period"]: row["value"] for row in groups if row["statistic"] == "median"}
    assert medians["2026Q1"] is not None
    assert medians["2026Q2"] is None
    frozen = db.session.get(GroupRelease, "2026Q2").holdings
    assert frozen == {"Skupina Háj": sorted(service.provider.ico for service in services[:2])}
    planner = Actor(grants=frozenset({Grant(Role.PLANNER)}))
    assert all(benchmarking.read_release(planner, period)[2] for period in (Q1, Q2))


def test_who_belonged_on_any_day_of_the_quarter_counts(app):
    first, second = make_provider("Prvá"), make_provider("Druhá")
    holding_id = make_holding("Háj", first, second, valid_from=date(2026, 3, 31))
    together = {"Háj": sorted([first.ico, second.ico])}
    assert holdings_in(Period(2025, 4)) == {}
    assert holdings_in(Q1) == holdings_in(Q2) == together
    end(holding_id, 0, date(2026, 4, 1), seen=3)
    assert holdings_in(Q2) == together
    assert holdings_in(Period(2026, 3)) == {}  # one company alone is no holding
    end(holding_id, 0, None, seen=4, as_mistake=True)
    assert db.session.query(HoldingMember).count() == 1
    actions = [entry.action for entry in get_holding(KEY_WORKER, holding_id).changes]
    assert actions == [
        "holding.member.removed",
        "holding.member.ended",
        "holding.member.added",
        "holding.member.added",
        "holding.saved",
    ]
    assert db.session.query(AuditEntry).filter_by(object_kind="holding").count() == 5


def test_wrong_input_is_told_at_its_field(app):
    first = make_provider("Prvá")
    holding_id = make_holding("Háj", first)
    other = make_holding("Jiný")
    with pytest.raises(Invalid) as caught:
        add_member(KEY_WORKER, holding_id=other, ico=first.ico, valid_from=date(2026, 2, 1), reason=" ", seen=1)
    assert set(caught.value.fields) == {"ico", "reason"}
    with pytest.raises(Invalid) as caught:
        add_member(KEY_WORKER, holding_id=other, ico="abc", valid_from=None, reason="x", seen=2)
    assert set(caught.value.fields) == {"ico", "valid_from"}
    with pytest.raises(Invalid) as caught:
        end(holding_id, 0, date(2025, 1, 1), seen=2)
    assert set(caught.value.fields) == {"valid_to"}
    with pytest.raises(Invalid) as caught:
        end(holding_id, 0, date(2999, 1, 1), seen=3)
    assert set(caught.value.fields) == {"valid_to"}
    with pytest.raises(Invalid):
        save_holding(KEY_WORKER, name="Háj")
    with pytest.raises(Conflict):
        save_holding(KEY_WORKER, name="Nový", holding_id=holding_id, seen=1)
    with pytest.raises(Forbidden):
        save_holding(Actor(grants=frozenset({Grant(Role.AUDITOR)})), name="Nový")
    assert [row.name for row in list_holdings(KEY_WORKER)] == ["Háj", "Jiný"]


def test_the_key_worker_records_a_holding_in_the_browser(client):
    first = make_provider("Charita Háj")
    browser = login(client, make_user(role="key_worker"))

    def post(address, **data):
        token = browser.get(address).text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
        return browser.post(address, data={"csrf_token": token, **data}, follow_redirects=True)

    assert "každý poskytovatel se počítá sám" in browser.get("/srovnani/holdingy").text
    assert post("/srovnani/holdingy", name=" ").status_code == 422
    page = post("/srovnani/holdingy", name="Skupina Háj")
    assert "zatím nikdo nepatří" in page.text
    address = page.request.path
    wrong = post(address, do="add", seen="1", ico=first.ico, valid_from="31. 2. 2026", reason="obchodní rejstřík")
    assert wrong.status_code == 422
    assert "Napište den jako" in wrong.text
    assert 'value="31. 2. 2026"' in wrong.text
    done = post(address, do="add", seen="1", ico=first.ico, valid_from="1. 2. 2026", reason="obchodní rejstřík")
    assert "Charita Háj" in done.text
    assert post(address, do="rename", seen="1", name="Jiný název").status_code == 409
    assert "Jiný název" in post(address, do="rename", seen="2", name="Jiný název").text
    assert "Charita Háj" in browser.get("/srovnani/holdingy").text
