"""The territory as the other features see it, and its versions."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import shapely
from sqlalchemy import func, select

from portal.core.audit import AuditEntry
from portal.core.clock import frozen_at
from portal.core.db import db
from portal.core.errors import Conflict, NotFound
from portal.core.permissions import OPERATOR
from portal.core.transaction import ConstraintViolated, transaction
from portal.territory import service
from portal.territory.models import TerritoryShape, TerritoryUnit, TerritoryVersion
from portal.territory.types import Level
from tests.factories.territory import small_territory, store_small_territory

AUTUMN = datetime(2026, 10, 1, 12, tzinfo=UTC)


def changed_territory(**changes):
    """The small territory after a census: Blatec has one person more."""
    parsed = small_territory(**changes)
    units = tuple(
        replace(item, unit=replace(item.unit, population=601)) if item.unit.code == "500801" else item
        for item in parsed.units
    )
    return replace(parsed, units=units)


def store(parsed, valid_from=None):
    with transaction():
        return service.store_territory(OPERATOR, parsed=parsed, valid_from=valid_from)


def intervals():
    rows = db.session.execute(
        select(TerritoryVersion.valid_from, TerritoryVersion.valid_to).order_by(TerritoryVersion.id)
    )
    return [tuple(row) for row in rows]


def audited():
    return db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()


def test_before_the_first_import_there_is_no_territory(app):
    assert service.find_current() is None
    assert service.list_units(Level.ORP) == []
    assert service.units_by_mpsv_code() == {}
    assert service.web_shapes(Level.ORP) == {}
    assert service.list_versions() == []


def test_the_stored_territory_is_in_force_since_the_day_after_the_count(app):
    store_small_territory()
    info = service.find_current()
    assert (info.region_code, info.region_name, info.schematic) == ("CZ071", "Olomoucký kraj", True)
    assert (info.valid_from, info.people_on) == (date(2021, 1, 1), date(2020, 12, 31))


def test_units_come_in_czech_order_with_all_they_know(app):
    store_small_territory()
    assert [u.name for u in service.list_units(Level.MUNICIPALITY)] == [
        "Blatec", "Bludov", "Dolany", "Olomouc", "Šumperk",
    ]  # fmt: skip
    expected = {item.unit for item in small_territory().units if item.unit.level is Level.MUNICIPALITY}
    assert set(service.list_units(Level.MUNICIPALITY)) == expected


def test_the_codes_of_the_register_lead_to_units(app):
    store_small_territory()
    found = service.units_by_mpsv_code()
    assert found["Obec/523704"].name == "Šumperk"
    assert found["Okres/3805"].level is Level.DISTRICT
    assert found["Kraj/124"].code == "3123"
    assert len(found) == 1 + 2 + 5


def test_municipalities_know_their_names_and_orp(app):
    store_small_territory()
    assert service.municipality_names()["569178"] == "Bludov"
    assert service.orp_of_municipality()["569178"] == "7111"


def test_web_shapes_are_geojson_geometries_in_degrees(app):
    store_small_territory()
    shapes = service.web_shapes(Level.ORP)
    assert set(shapes) == {"7107", "7111"}
    olomouc = shapely.geometry.shape(shapes["7107"])
    assert olomouc.contains(shapely.Point(17.25, 49.59))


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        (service.find_current, 1),
        (lambda: service.list_units(Level.MUNICIPALITY), 1),
        (service.units_by_mpsv_code, 1),
        (lambda: service.web_shapes(Level.ORP), 1),
        (service.orp_of_municipality, 1),
        (service.list_versions, 2),
    ],
)
def test_reads_ask_the_database_a_fixed_number_of_times(queries, read, expected):
    store_small_territory()
    db.session.expire_all()
    queries.statements.clear()
    read()
    assert queries.count == expected


def test_the_same_content_changes_nothing(app):
    first = store_small_territory()
    second = store(small_territory(source="another file name"), valid_from=date(2026, 1, 1))
    assert (second.stored, second.version_id) == (False, first.version_id)
    assert intervals() == [(date(2021, 1, 1), None)]
    assert audited() == ["territory.imported"]


def test_a_new_version_closes_the_former_on_the_day_it_begins(app):
    first = store_small_territory()
    second = store(changed_territory(), valid_from=date(2026, 7, 1))
    assert second.closed_version_id == first.version_id
    assert intervals() == [(date(2021, 1, 1), date(2026, 7, 1)), (date(2026, 7, 1), None)]
    assert {u.name: u.population for u in service.list_units(Level.MUNICIPALITY)}["Blatec"] == 601


def test_a_later_version_begins_today_unless_told(app):
    store_small_territory()
    with frozen_at(AUTUMN):
        store(changed_territory())
    assert intervals()[-1] == (date(2026, 10, 1), None)


@pytest.mark.parametrize("begins", [date(2021, 1, 1), date(2020, 6, 30)])
def test_a_version_cannot_begin_before_the_one_in_force(app, begins):
    store_small_territory()
    with pytest.raises(Conflict, match="valid from 2021-01-01"):
        store(changed_territory(), valid_from=begins)
    assert intervals() == [(date(2021, 1, 1), None)]
    assert db.session.scalar(select(func.count(TerritoryUnit.id))) == 10


def test_another_region_replaces_a_schematic_one_but_not_a_surveyed_one(app):
    store_small_territory()
    store(changed_territory(region_code="CZ072", schematic=False), valid_from=date(2026, 1, 1))
    with pytest.raises(Conflict, match="region CZ072; data of region CZ071"):
        store(small_territory(schematic=False), valid_from=date(2026, 2, 1))


def test_a_rollback_brings_the_former_version_back(app):
    first = store_small_territory()
    store(changed_territory(), valid_from=date(2026, 7, 1))
    with transaction():
        now_in_force = service.roll_back(OPERATOR)
    assert now_in_force.version_id == first.version_id
    assert intervals() == [(date(2021, 1, 1), None)]
    assert db.session.scalar(select(func.count(TerritoryUnit.id))) == 10
    assert db.session.scalar(select(func.count(TerritoryShape.unit_id))) == 10
    assert audited() == ["territory.imported", "territory.imported", "territory.rolled_back"]


def test_rolling_back_the_only_version_leaves_none(app):
    store_small_territory()
    with transaction():
        assert service.roll_back(OPERATOR) is None
    assert service.find_current() is None
    with pytest.raises(NotFound, match="no territory to take back"), transaction():
        service.roll_back(OPERATOR)


def test_versions_are_listed_with_counts_and_findings(app):
    store_small_territory()
    store(changed_territory(), valid_from=date(2026, 7, 1))
    young, old = service.list_versions()
    assert (young.is_current, old.is_current) == (True, False)
    assert (old.valid_from, old.valid_to) == (date(2021, 1, 1), date(2026, 7, 1))
    assert old.counts == {Level.REGION: 1, Level.DISTRICT: 2, Level.ORP: 2, Level.MUNICIPALITY: 5}
    assert old.population == 10_000
    assert old.findings == small_territory().findings


def test_two_versions_of_a_region_are_never_in_force_together(app):
    store_small_territory()
    second = TerritoryVersion(
        region_code="CZ071",
        valid_from=date(2026, 1, 1),
        schematic=False,
        source="x",
        content_hash="0" * 64,
        findings=[],
        imported_at_utc=AUTUMN,
    )
    with pytest.raises(ConstraintViolated, match="uq_territory_versions"), transaction() as session:
        session.add(second)


def test_what_is_kept_of_the_territory_changes_with_the_name_of_its_source_and_with_nothing_else(app):
    """Maps write the source on what they keep, so the hash by which it is kept tells it; the content is not new."""

    def named(source):
        with transaction():
            return service.store_territory(OPERATOR, parsed=small_territory(), source=source)

    def records():
        query = select(func.count()).where(AuditEntry.action == "territory.source_named")
        return db.session.scalar(query)

    first = named(None)
    before = service.find_current()
    assert service.find_current().content_hash == before.content_hash
    again = named("ČÚZK (CC BY 4.0)")
    assert (again.stored, again.renamed, again.version_id) == (False, True, first.version_id)
    after = service.find_current()
    assert (after.source, after.content_hash == before.content_hash) == ("ČÚZK (CC BY 4.0)", False)
    assert records() == 1
    for source in ("ČÚZK (CC BY 4.0)", None):
        assert not named(source).renamed
        assert service.find_current() == after
    assert records() == 1
