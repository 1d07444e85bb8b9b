"""The demonstration region fills an empty portal, is told from real data, and is the same for the same seed."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from portal.accounts.models import RoleGrant, User
from portal.catalog.models import Facility, Provider, Service
from portal.cli import cli
from portal.core.clock import frozen_at
from portal.core.db import db
from portal.core.errors import Conflict
from portal.core.permissions import Role
from portal.core.transaction import transaction
from portal.demo.region import clear, create_region, is_demonstration, is_empty
from portal.needs.models import MunicipalNeed
from portal.returns.models import KeyWorkerAssignment, Return, ReturnCell
from portal.territory import service as territory
from portal.waitlists.models import Application, ListImport, ListImportItem, WaitingListOrder
from portal.waitlists.need.models import NeedQuarter
from portal.waitlists.vacancies.models import WaitingSnapshot
from tests.factories.catalog import make_provider

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def count(table, *where):
    return db.session.scalar(select(func.count()).select_from(table).where(*where))


def create():
    with frozen_at(NOW):
        # What is published of it is looked at in tests/integration/releases/test_attacks_on_releases.py.
        return create_region(scale=1, seed=1, with_logins=True, tell=lambda message: None, with_releases=False)


def fingerprint():
    services = db.session.execute(
        select(Service.register_id, Service.name, Service.verified_on).order_by(Service.register_id)
    ).all()
    sums = db.session.execute(
        select(ReturnCell.field, func.count(), func.sum(ReturnCell.value)).group_by(ReturnCell.field)
    ).all()
    return services, sorted((field, n, float(total)) for field, n, total in sums)


def test_every_page_has_something_to_show_and_the_same_seed_makes_the_same_region_again(app):
    assert is_empty()
    region = create()
    assert is_demonstration()
    info = territory.find_current()
    assert info.schematic
    assert region.services > 150
    assert 40 <= count(Provider) <= 90
    assert count(Return) == region.returns > region.services * 6
    assert set(db.session.scalars(select(Return.state).distinct())) == {
        "draft", "submitted", "returned", "accepted", "locked",
    }  # fmt: skip
    assert set(db.session.scalars(select(ReturnCell.state).distinct())) >= {"value", "zero", "not_applicable"}
    assert set(db.session.scalars(select(RoleGrant.role))) == {role.value for role in Role}
    assert set(db.session.scalars(select(MunicipalNeed.state).distinct())) == {
        "value", "zero", "not_applicable", "not_supplied",
    }  # fmt: skip
    assert count(NeedQuarter) == 9, "need is counted for the quarters of the lists and the one that lasts"
    assert_that_the_walk_of_the_readme_works()
    assert_that_lists_show_orders_and_files()
    assert len(set(db.session.scalars(select(KeyWorkerAssignment.user_id)))) == 3
    assert 0 < count(KeyWorkerAssignment) < count(Provider), "some providers have no key worker"
    assert count(WaitingSnapshot, WaitingSnapshot.on_day < NOW.date(), WaitingSnapshot.orp_code == "*") > 26
    first = fingerprint()
    clear()
    assert count(User) == count(Service) == count(Return) == 0
    if db.engine.dialect.name == "sqlite":  # the figures are made before they are stored: once is enough
        create()
        assert fingerprint() == first


def assert_that_the_walk_of_the_readme_works():
    """The demonstration provider has a home for the elderly in Šumperk that waits for its return."""
    ico = db.session.scalar(select(RoleGrant.scope_code).where(RoleGrant.role == Role.PROVIDER_APPROVER))
    homes = db.session.scalars(
        select(Service.id)
        .join(Provider)
        .join(Facility)
        .where(Provider.ico == ico, Service.type_code == "49", Facility.municipality_name == "Šumperk")
    ).all()
    assert homes
    assert count(Return, Return.service_id.in_(homes), Return.period == "2026Q3") == 0
    assert count(Return, Return.service_id.in_(homes), Return.period == "2026Q2") > 0


def assert_that_lists_show_orders_and_files():
    """Some lists stand in the order of points, and the demonstration provider has two files to look at and apply."""
    assert count(WaitingListOrder, WaitingListOrder.rule == "points") > 5
    assert count(Application, Application.points > 0) > 20
    files = db.session.scalars(select(ListImport).order_by(ListImport.id)).all()
    assert [(one.subject, one.state) for one in files] == [("applications", "previewed"), ("stays", "previewed")]
    kinds = db.session.execute(select(ListImportItem.import_id, ListImportItem.kind).distinct())
    assert {tuple(kind) for kind in kinds} >= {(one.id, kind) for one in files for kind in ("new", "changed", "gone")}


def test_real_data_are_never_deleted(app):
    with transaction():
        make_provider()
        db.session.add(Service(**a_service()))
    with pytest.raises(Conflict):
        clear()
    with pytest.raises(Conflict):
        create()
    assert count(Service) == 1


def a_service():
    provider_id = db.session.scalar(select(Provider.id))
    return {
        "register_id": 1,
        "provider_id": provider_id,
        "type_code": "49",
        "name": "Skutečný domov",
        "region_wide": False,
        "record_hash": "0" * 64,
    }


def test_people_are_written_by_command(app, tmp_path):
    arguments = ["people", "generate", "--persons", "50", "--damaged", "0.5", "--seed", "3", "--out", str(tmp_path)]
    printed = app.test_cli_runner().invoke(cli, arguments)
    assert printed.exit_code == 0, printed.output
    records = (tmp_path / "records.csv").read_text(encoding="utf-8").splitlines()
    assert records[0].startswith("record,provider,service_type,")
    assert len(records) == len((tmp_path / "truth.csv").read_text(encoding="utf-8").splitlines()) > 51
