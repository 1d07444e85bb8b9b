"""Counts stored by the nightly work are those that loops find, on both databases."""

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, update

from portal.catalog.models import Service
from portal.core.db import db
from portal.core.errors import Forbidden, NotFound
from portal.core.permissions import OPERATOR, Actor, Grant, Role
from portal.core.transaction import transaction
from portal.returns.types import Period
from portal.waitlists import service as waitlists
from portal.waitlists.models import Person
from portal.waitlists.need import jobs, service
from portal.waitlists.need.calc.cube import count_of
from portal.waitlists.need.commands import need_command
from portal.waitlists.need.models import NeedCount
from portal.waitlists.need.queries import stored
from portal.waitlists.need.queries.columns import number_of
from portal.waitlists.need.types import Dimension, Part
from tests.factories.need import count_by_loops, random_rows, store_admitted, store_world
from tests.factories.returns import make_reporting_service, make_return
from tests.factories.territory import store_small_territory
from tests.factories.waitlists import make_listed

CLOSED, OPEN = Period(2026, 2), Period(2026, 3)
TODAY = date(2026, 7, 10)
EDITOR = Actor(7, "Eva Editorová", frozenset({Grant(Role.PROVIDER_EDITOR, "00000000")}))


@pytest.fixture
def world(app):
    store_small_territory()
    rows, users = random_rows(11, 90, number_of(CLOSED.first_day), number_of(CLOSED.last_day))
    store_world(rows, users)
    with transaction():
        waitlists.freeze_quarter(OPERATOR, CLOSED)
    return rows, users


def stored_counts(period):
    query = select(*NeedCount.__table__.columns).where(NeedCount.period == str(period))
    rows = db.session.execute(query).mappings().all()
    return {
        Part(row["type_code"], row["situation"], row["target_group"], row["area"]): count_of(
            {name: [value] for name, value in row.items()}, 0
        )
        for row in rows
    }


def test_a_frozen_quarter_and_the_present_one_agree_with_loops(world):
    rows, users = world
    assert service.recount().quarters == (str(CLOSED), str(OPEN))

    assert stored_counts(CLOSED) == count_by_loops(rows, users, number_of(CLOSED.first_day), number_of(CLOSED.last_day))
    waiting = [row for row in rows if row.state in ("waiting", "offered")]
    assert stored_counts(OPEN) == count_by_loops(waiting, users, number_of(OPEN.first_day), number_of(TODAY))


def test_a_closed_quarter_is_counted_again_only_when_persons_are_linked_anew(world):
    service.recount()
    assert service.recount().quarters == (str(OPEN),)
    before = stored_counts(CLOSED)[Part()]
    with transaction():
        db.session.execute(update(Person).values(probable_group=1))

    assert service.recount().quarters == (str(CLOSED), str(OPEN))
    after = stored_counts(CLOSED)[Part()]
    assert (after.most, after.least["persons"]) == (before.most, 1)
    assert service.recount(everything=True).quarters == (str(CLOSED), str(OPEN))


def test_the_region_reads_a_ladder_with_few_statements(world, queries):
    service.recount()
    queries.statements.clear()
    need = service.read_need(OPERATOR, Part(type_code="49"), CLOSED, Dimension.AREA)
    assert sum(statement.startswith("SELECT") for statement in queries.statements) <= 4
    rows = {row["figure"]: row for row in need.now.rows()}
    expected = stored_counts(CLOSED)[Part(type_code="49")]
    assert rows["unmet"]["value"] == expected.most["unmet"]
    assert rows["unmet"]["least"] == expected.least["unmet"]
    assert rows["waiting_p50"]["value"] == expected.waiting.median
    assert {row["key"] for row in need.beside.rows()} <= {"7107", "7111", "outside", "unknown"}
    assert [str(one.period) for one in need.quarters] == [str(OPEN), str(CLOSED)]
    with pytest.raises(NotFound):
        service.read_need(OPERATOR, Part(), Period(2020, 1))
    with pytest.raises(Forbidden):
        service.read_need(EDITOR, Part(), CLOSED)


def test_the_command_prints_the_ladder(world, app):
    service.recount()
    result = app.test_cli_runner().invoke(need_command, ["--period", "2026Q2", "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    expected = stored_counts(CLOSED)[Part()]
    assert told["ladder"]["applications"] == expected.applications
    assert told["ladder"]["urgent"] == {"most": expected.most["urgent"], "least": expected.least["urgent"]}
    assert told["refused_capacity"] == {"requests": None, "services": 0}


def test_a_range_of_waiting_is_told_once_for_a_frozen_quarter(world):
    first = service.recount()
    assert first.told == (str(CLOSED),)
    assert service.recount(everything=True).told == ()
    assert service.read_waits("49")[0] == CLOSED


@pytest.fixture
def admitted_ones(app) -> None:
    """Twelve persons of one area and four of another, admitted by three providers."""
    store_small_territory()
    admitted = [
        replace(
            row,
            state="admitted",
            municipality="500801" if place < 12 else "523704",
            received=number_of(date(2025, 6, 1)) - place,
            decided=number_of(date(2026, 6, 1)),
            confirmed=number_of(date(2026, 5, 1)),
            sure=place + 1,
            probable=place + 1,
        )
        for place, row in enumerate(random_rows(3, 30, 19_000, 20_000)[0][:16])
    ]
    store_admitted(admitted, [make_listed(ico) for ico in ("25596641", "44555601", "70890692")])
    with transaction():
        waitlists.freeze_quarter(OPERATOR, CLOSED)


def test_waiting_of_enough_persons_is_told_and_of_few_it_is_said_that_it_cannot_be(admitted_ones):
    service.recount()

    _, lines = service.read_waits("49")
    assert {(line.level, line.area): line.months for line in lines} == {
        ("region", "all"): (12, 13),
        ("district", "40789"): (12, 13),
        ("orp", "7107"): (12, 13),
        ("district", "40819"): None,
        ("orp", "7111"): None,
    }


def test_refused_requests_come_from_returns_accepted_since_of_services_without_lists(world, app):
    service.recount()
    with transaction():
        listed = db.session.scalars(select(Service).where(Service.type_code == "40")).first()
        for one, cells in (
            (make_reporting_service(type_code="40"), {"refused_capacity": 7}),
            (make_reporting_service(type_code="46"), {"refused_capacity": 5}),
            (make_reporting_service(type_code="46"), {"refused_capacity": 0}),
            (make_reporting_service(type_code="46"), {}),
            (listed, {"refused_capacity": 90}),
        ):
            make_return(one, CLOSED, cells)
        waits = make_return(make_reporting_service(type_code="46"), CLOSED, {"refused_capacity": 60}, state="submitted")
    assert service.recount().quarters == (str(OPEN),)

    def told(type_code="all", *options):
        arguments = ["--period", str(CLOSED), "--type", type_code, *options]
        return json.loads(app.test_cli_runner().invoke(need_command, arguments).output)["refused_capacity"]

    assert told() == {"requests": 12, "services": 3}
    assert told("40") == {"requests": 7, "services": 1}
    assert told("46") == {"requests": 5, "services": 2}
    assert told("49") == {"requests": None, "services": 0}
    assert told("46", "--orp", "7107") == {"requests": None, "services": None}
    with transaction():
        waits.state = "accepted"
    service.recount()
    assert told("46") == {"requests": 65, "services": 3}


def test_refused_requests_stay_known_while_quarters_are_counted_anew_and_when_that_fails(world, monkeypatch):
    with transaction():
        make_return(make_reporting_service(type_code="46"), CLOSED, {"refused_capacity": 5})
    service.recount()

    def broken(**_asked):
        assert stored.refusals_of("46") == {str(CLOSED): (5, 1)}, "others read in the meantime"
        raise RuntimeError

    monkeypatch.setattr("portal.returns.service.figures_frame", broken)
    with pytest.raises(RuntimeError):
        service.recount(everything=True)
    assert stored.refusals_of("46") == {str(CLOSED): (5, 1)}


def test_the_flow_of_a_type_follows_the_stays(world):
    _rows, users = world
    assert service.recount().years[-1] == 2026
    found = service.read_flow(OPERATOR, 2026, "49")
    told = {(row["source"], row["target"]): row["value"] for row in found.figures.rows()}
    persons_with_stays = {user.sure for user in users if user.type_code == "49"}
    assert told[("user", "stays")] >= len(persons_with_stays)
    assert told[("used", "user")] == len(persons_with_stays)
    with pytest.raises(Forbidden):
        service.read_flow(EDITOR)


@pytest.mark.parametrize("stricter", [{"wait_persons": 17}, {"wait_providers": 4}, {"wait_share_percent": 30}])
def test_a_region_that_asks_for_more_tells_less(app, admitted_ones, monkeypatch, stricter):
    settings = replace(app.extensions["portal_settings"], **stricter)
    monkeypatch.setitem(app.extensions, "portal_settings", settings)
    jobs.count_in_job(OPERATOR, lambda _done, _total: None, {})
    _, lines = service.read_waits("49")
    assert lines
    assert {line.months for line in lines} == {None}
