"""Figures of years that support cannot be of: the kraj sees them and removes them, nobody else."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from portal.core.audit import AuditEntry
from portal.core.clock import frozen_at
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, NotFound
from portal.core.permissions import PUBLIC_ACTOR, Actor, Grant, Role
from portal.core.transaction import transaction
from portal.grants import service
from portal.grants.models import GrantChange, GrantFigure, GrantSettlement
from portal.grants.types import Kind, Side
from tests.factories.accounts import login, make_user
from tests.factories.grants import store_support
from tests.factories.returns import make_reporting_service
from tests.factories.territory import store_small_territory

BLATEC, DOLANY = "500801", "501646"
ADDRESS = "/dotace/zaznamy/mimo-roky"


@pytest.fixture(autouse=True)
def november():
    with frozen_at(datetime(2026, 11, 28, 12, tzinfo=UTC)):
        yield


@pytest.fixture
def stored(app):
    store_small_territory()
    made = make_reporting_service()
    for year in (2014, 2015, 2027, 2099):
        store_support(made.id, BLATEC, year, {Kind.RUNNING: year})
    store_support(made.id, DOLANY, 2099, {Kind.GIFT: 7}, side=Side.PROVIDER)
    return made


@pytest.fixture
def kraj(app):
    return login(app.test_client(), make_user(grants=frozenset({Grant(Role.KEY_WORKER)})))


def remove(client, page, year):
    part = page[page.index(f'name="year" value="{year}"') :]
    seen = part.split('name="seen" value="', 1)[1].split('"', 1)[0]
    token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    return client.post(ADDRESS, data={"csrf_token": token, "year": str(year), "seen": seen})


def years():
    return sorted(db.session.scalars(select(GrantFigure.year)))


def test_the_kraj_sees_them_and_removes_a_year_as_it_saw_it(stored, kraj, queries):
    queries.statements.clear()
    actor = Actor(grants=frozenset({Grant(Role.PLANNER)}))
    assert [(one.year, one.figures) for one in service.outside_years(actor)] == [(2014, 1), (2099, 2)]
    assert queries.count == 1
    assert "Jsou uloženy 3 údaje s rokem, za který podpora být nemůže" in kraj.get("/dotace/zaznamy?rok=2027").text
    page = kraj.get(ADDRESS).text
    assert "2015 až 2027" in page
    assert "Poskytovatel obdržel" in page
    assert remove(kraj, page, 2099).status_code == 303
    assert years() == [2014, 2015, 2027]
    steps = db.session.scalars(select(GrantChange).where(GrantChange.year == 2099, GrantChange.after.is_(None))).all()
    assert sorted(step.before["value"] for step in steps) == ["2099.00", "7.00"]
    assert "2 údaje odstraněny" in kraj.get(ADDRESS).text


def test_nothing_that_came_in_between_is_removed(stored, kraj):
    page = kraj.get(ADDRESS).text
    with transaction():
        store_support(stored.id, DOLANY, 2099, {Kind.RENT: 5})
    answer = remove(kraj, page, 2099)
    assert answer.status_code == 409
    assert "Údaje mezitím někdo změnil" in answer.text
    assert years().count(2099) == 3


def test_a_figure_taken_back_and_another_one_changed_are_noticed(stored, kraj):
    page = kraj.get(ADDRESS).text
    with transaction():
        gone, changed = db.session.scalars(select(GrantFigure).where(GrantFigure.year == 2099).order_by(GrantFigure.id))
        db.session.delete(gone)
        changed.version += 1
    assert remove(kraj, page, 2099).status_code == 409
    assert years().count(2099) == 1


def test_a_year_that_support_can_be_of_is_not_removed(stored):
    actor = Actor(grants=frozenset({Grant(Role.KEY_WORKER)}))
    for year in (2015, 2027, 2050):
        with pytest.raises(NotFound):
            service.remove_outside_year(actor, year, seen="1-1")
    with pytest.raises(Conflict):
        service.remove_outside_year(actor, 2099, seen="")
    assert len(years()) == 5


def test_what_the_kraj_decided_goes_with_the_figures(stored):
    actor = Actor(user_id=9, grants=frozenset({Grant(Role.KEY_WORKER)}))
    place = {"service_id": stored.id, "municipality_code": BLATEC, "kind": "running", "state": "explained"}
    rest = {"comment": "Ano.", "version": 1, "changed_at_utc": datetime.now(UTC), "actor_name": "Kraj"}
    db.session.add_all([GrantSettlement(year=year, **place, **rest) for year in (2027, 2099)])
    db.session.flush()
    seen = next(one.mark for one in service.outside_years(actor) if one.year == 2099)
    with transaction():
        assert service.remove_outside_year(actor, 2099, seen=seen) == 2
    assert db.session.scalars(select(GrantSettlement.year)).all() == [2027]
    steps = db.session.scalars(select(GrantChange).where(GrantChange.step == "settled"))
    assert [(step.year, step.before, step.after) for step in steps] == [
        (2099, {"state": "explained", "comment": "Ano."}, None)
    ]
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "grants.figures.removed"))
    assert [(entry.object_key, entry.details) for entry in entries] == [("2099", {"figures": 2})]


def test_nobody_else_reaches_them(app, stored):
    worker = Actor(grants=frozenset({Grant(Role.MUNICIPALITY_WORKER, BLATEC)}))
    auditor = Actor(grants=frozenset({Grant(Role.AUDITOR)}))
    for actor in (PUBLIC_ACTOR, worker, auditor):
        with pytest.raises(Forbidden):
            service.outside_years(actor)
        with pytest.raises(Forbidden):
            service.outside_figures(actor)
        with pytest.raises(Forbidden):
            service.remove_outside_year(actor, 2099, seen="1-1")
    client = login(app.test_client(), make_user(grants=frozenset({Grant(Role.MUNICIPALITY_WORKER, BLATEC)})))
    records = client.get("/dotace/zaznamy?rok=2027")
    assert (records.status_code, "podpora být nemůže" in records.text) == (200, False)
