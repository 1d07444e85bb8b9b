"""A backup shows one moment and comes back wholly or not at all, on either database and between them."""

import json
import stat
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import User
from portal.app import create_app
from portal.catalog.models import Provider, Service
from portal.core.audit import AuditEntry
from portal.core.db import Model, db
from portal.core.errors import Invalid
from portal.core.transaction import transaction
from portal.operation.backup import restore_backup, write_backup
from portal.territory.models import TerritoryShape, TerritoryUnit, TerritoryVersion
from tests.conftest import migrated_database, test_settings
from tests.factories.accounts import login, make_user


def quiet(_table: str, _rows: int) -> None:
    pass


@pytest.fixture
def new_portal(tmp_path: Path):
    """Makes further portals, each on an empty migrated database of its own."""
    open_databases = []

    def make(backend: str) -> Flask:
        database = migrated_database(backend, tmp_path)
        app = create_app(test_settings(database.__enter__(), tmp_path))
        open_databases.append((app, database))
        return app

    yield make
    for app, database in reversed(open_databases):
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        database.__exit__(None, None, None)


def fill() -> None:
    with transaction() as session:
        provider = Provider(ico="25596641", name="Charita Žďár; „Dům“ =1+1")
        session.add(provider)
        session.add(
            AuditEntry(
                at_utc=datetime(2026, 5, 1, 8, tzinfo=UTC),
                actor_name="x",
                action="a",
                object_kind="k",
                object_key="1",
                details={"d": "2020-01-01", "list": [1, None, {"n": "1"}]},
            )
        )
        session.flush()
        session.add(
            Service(
                register_id=7,
                provider_id=provider.id,
                type_code="60a",
                name="Intervenční centrum",
                started_on=date(2007, 1, 1),
                region_wide=True,
                record="{}",
                record_hash="0" * 64,
            )
        )
        version = TerritoryVersion(
            region_code="CZ071", valid_from=date(2026, 1, 1), schematic=True, source="-", content_hash="1",
            imported_at_utc=datetime(2026, 1, 1, 12, 30, 5, 250000, tzinfo=UTC),
        )  # fmt: skip
        session.add(version)
        session.flush()
        unit = TerritoryUnit(version_id=version.id, level="orp", code="7112", name="Šumperk", seat_lon=16.97)
        session.add(unit)
        session.flush()
        session.add(TerritoryShape(unit_id=unit.id, surveyed_wkb=b"\x00\xff\x01", web_geojson="{}"))


def contents() -> dict[str, list[tuple]]:
    tables = Model.metadata.sorted_tables
    return {
        table.name: [tuple(row) for row in db.session.execute(select(table).order_by(*table.primary_key.columns))]
        for table in tables
    }


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_what_was_backed_up_is_there_again(new_portal, backend, target, tmp_path):
    file = tmp_path / "backup.zip"
    with new_portal(backend).app_context():
        fill()
        before = contents()
        counts = write_backup(file, quiet)
    assert counts["providers"] == counts["territory_shapes"] == 1
    with new_portal(target).app_context():
        assert restore_backup(file, replace=False, report=quiet) == counts
        assert contents() == before
        with transaction() as session:
            session.add(Provider(ico="00000019", name="The next row gets the next number"))
        assert db.session.scalar(select(func.max(Provider.id))) == before["providers"][0][0] + 1


def test_everybody_has_to_sign_in_again_after_a_restore(new_portal, backend, tmp_path):
    app, file = new_portal(backend), tmp_path / "backup.zip"
    with app.app_context():
        people = [make_user(role="administrator"), make_user(role="auditor")]
        before = {user.id: user.session_token for user in people}
        signed_in = login(app.test_client(), people[0])
        write_backup(file, quiet)
        db.session.remove()
    assert signed_in.get("/ucet").status_code == 200
    with app.app_context():
        restore_backup(file, replace=True, report=quiet)
        tokens = dict(db.session.execute(select(User.id, User.session_token)).all())
        db.session.remove()
    assert tokens.keys() == before.keys()
    assert len({*tokens.values(), *before.values()}) == 4
    assert "/prihlaseni" in signed_in.get("/ucet").location


def test_only_the_owner_can_read_a_backup(new_portal, tmp_path):
    file = tmp_path / "backup.zip"
    with new_portal("sqlite").app_context():
        write_backup(file, quiet)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not list(tmp_path.glob("*.partial"))


def test_rows_in_the_way_are_deleted_only_when_asked(new_portal, tmp_path):
    file = tmp_path / "backup.zip"
    with new_portal("sqlite").app_context():
        fill()
        write_backup(file, quiet)
        with transaction() as session:
            session.add(Provider(ico="00000019", name="Later"))
        with pytest.raises(Invalid, match="not empty"):
            restore_backup(file, replace=False, report=quiet)
        restore_backup(file, replace=True, report=quiet)
        assert db.session.scalar(select(func.count()).select_from(Provider)) == 1


def rewrite(file: Path, change) -> None:
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)


def test_a_backup_with_rows_missing_changes_nothing(new_portal, tmp_path):
    file = tmp_path / "backup.zip"
    with new_portal("sqlite").app_context():
        fill()
        write_backup(file, quiet)
        rewrite(file, lambda parts: parts.update({"services.jsonl": b""}))
        before = contents()
        with pytest.raises(Invalid, match="incomplete"):
            restore_backup(file, replace=True, report=quiet)
        assert contents() == before


def test_a_backup_of_another_schema_is_refused(new_portal, tmp_path):
    file = tmp_path / "backup.zip"

    def older(parts):
        manifest = json.loads(parts["manifest.json"])
        manifest["revision"] = "0000"
        parts["manifest.json"] = json.dumps(manifest).encode()

    with new_portal("sqlite").app_context():
        write_backup(file, quiet)
        rewrite(file, older)
        with pytest.raises(Invalid, match="schema revision 0000"):
            restore_backup(file, replace=True, report=quiet)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + b"\0" * 18])
def test_a_file_that_is_no_backup_is_refused(new_portal, tmp_path, content):
    file = tmp_path / "other.zip"
    file.write_bytes(content)
    with new_portal("sqlite").app_context(), pytest.raises(Invalid, match="not a backup"):
        restore_backup(file, replace=True, report=quiet)
