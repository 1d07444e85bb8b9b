"""Migrations: one head, the same schema as the models, each goes up and down again with rows in the tables."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade

from portal.app import MIGRATIONS, create_app
from portal.core.db import Model, db
from tests.conftest import fresh_database, test_settings

SCRIPTS = ScriptDirectory(str(MIGRATIONS))
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]

# What cannot be made up from the type and the checks of a column: table -> its required values.
GIVEN: dict[str, dict[str, Any]] = {
    "address_points": {"lon": 17.25, "lat": 49.59},
    "grant_figures": {"state": "not_supplied"},
    "grant_imports": {"state": "previewed"},
    "reporting_periods": {"period": "2026Q2", "on_time_until": date(2026, 7, 25), "closes_on": date(2026, 8, 10)},
    "return_cells": {"state": "not_supplied"},
    "ministry_figures": {"state": "not_supplied"},
    "ministry_import_changes": {"after_state": "not_supplied"},
    "return_imports": {"state": "previewed"},
    "return_cell_changes": {"from_state": "not_supplied", "to_state": "not_supplied"},
    "return_residence_changes": {"municipality_code": "523704", "adverse_situation": "housing"},
    "municipal_need_imports": {"state": "previewed"},
    "waiting_list_imports": {"state": "previewed"},
    "travel_imports": {"state": "previewed", "matrix": b"x"},
    "vacancy_places": {"state": "free"},
    "waitlist_rules": {"confirm_after_days": 365},
    "people": {"ref": b"x"},
    "person_pairs": {"a_ref": b"a", "b_ref": b"x", "state": "proposed"},
}
# Rows that another table needs besides the one that is made up.
BESIDES: dict[str, dict[str, Any]] = {"people": {"ref": b"a"}}


@pytest.fixture
def empty(backend: str, tmp_path: Path) -> Iterator[Flask]:
    with fresh_database(backend, tmp_path) as url:
        app = create_app(test_settings(url, tmp_path))
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


def test_there_is_one_head_and_files_are_numbered_in_order() -> None:
    assert SCRIPTS.get_heads() == [REVISIONS[-1]]
    assert [f"{number:04d}" for number in range(1, len(REVISIONS) + 1)] == REVISIONS
    names = sorted(path.name for path in (MIGRATIONS / "versions").glob("*.py"))
    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", name) for name in names)


def test_the_models_equal_the_migrated_schema(empty: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Model.metadata) == []


def test_each_migration_goes_up_and_down_with_rows_in_the_tables(empty: Flask) -> None:
    for revision in REVISIONS:
        older = counts()
        upgrade(revision=revision)
        assert surviving(older) == older, f"{revision}: going up loses rows"
        downgrade(revision="-1")
        assert counts() == older, f"{revision}: going down loses rows or leaves tables behind"
        upgrade(revision=revision)
        assert surviving(older) == older, f"{revision}: going up again loses rows"
        fill()
        assert 0 not in counts().values()
    for _ in REVISIONS:
        downgrade(revision="-1")
    assert counts() == {}
    upgrade()


def counts() -> dict[str, int]:
    """Table -> number of its rows."""
    with db.engine.connect() as connection:
        names = set(sa.inspect(connection).get_table_names()) - {"alembic_version"}
        if not names:
            return {}
        each = (f"SELECT '{name}', (SELECT count(*) FROM \"{name}\")" for name in sorted(names))
        return dict(iter(connection.execute(sa.text(" UNION ALL ".join(each)))))


def surviving(older: dict[str, int]) -> dict[str, int]:
    return {name: rows for name, rows in counts().items() if name in older}


def fill() -> None:
    """A row into each table that has none, made up from types, checks and foreign keys."""
    metadata = sa.MetaData()
    metadata.reflect(db.engine, only=[name for name, rows in counts().items() if not rows])  # and what they refer to
    inspector = sa.inspect(db.engine)
    with db.engine.begin() as connection:
        for table in metadata.sorted_tables:
            if table.name == "alembic_version" or connection.scalar(sa.select(sa.func.count()).select_from(table)):
                continue
            checks = [str(check["sqltext"]) for check in inspector.get_check_constraints(table.name)]
            row = {
                column.name: made_up(connection, table, column, checks)
                for column in table.columns
                if not column.nullable and not (column.primary_key and column.name == "id" and is_number(column))
            }
            row |= GIVEN.get(table.name, {})
            connection.execute(table.insert().values(**row))
            if table.name in BESIDES:
                connection.execute(table.insert().values(**row | BESIDES[table.name]))


def is_number(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, sa.Integer)


def made_up(connection: sa.Connection, table: sa.Table, column: sa.Column[Any], checks: Sequence[str]) -> Any:
    """A value the column takes: of the row it refers to, the first one its check names, or any of its type."""
    for key in column.foreign_keys:
        return connection.scalar(sa.select(key.column).limit(1))
    for check in checks:
        if re.search(rf"\b{column.name}\b", check) and (literal := re.search(r"'([^']+)'", check)):
            return literal.group(1)
    kinds: list[tuple[type, Any]] = [
        (sa.JSON, {}),
        (sa.Boolean, False),
        (sa.DateTime, datetime(2026, 7, 1, tzinfo=UTC)),
        (sa.Date, date(2026, 7, 1)),
        (sa.Integer, 1),
        (sa.Numeric, 1),
        (sa.Float, 1),
        (sa.LargeBinary, b"x"),
        (sa.String, "x"),
    ]
    return next(value for kind, value in kinds if isinstance(column.type, kind))


def test_0007_takes_the_last_traces_of_a_place_from_secret_facilities(empty: Flask) -> None:
    upgrade(revision="0006")
    fill()
    with db.engine.begin() as connection:
        facilities = sa.Table("facilities", sa.MetaData(), autoload_with=connection)
        connection.execute(facilities.delete())
        service = connection.scalar(sa.text("SELECT id FROM services"))
        traces = {"name": "Dům v Dolní", "municipality_name": "Dolní", "orp_code": "7111", "orp_name": "Šumperk"}
        for secret in (True, False):
            row = {"service_id": service, "secret": secret, "point_is_exact": False, **traces}
            connection.execute(facilities.insert().values(row))
    upgrade(revision="0007")
    with db.engine.connect() as connection:
        stored = {row["secret"]: row for row in connection.execute(sa.select(facilities)).mappings()}
    assert {name: stored[True][name] for name in traces} == dict.fromkeys(traces)
    assert {name: stored[False][name] for name in traces} == traces

    for column, value in {**traces, "municipality_code": "523704", "street": "Lipová"}.items():
        with pytest.raises(sa.exc.IntegrityError, match="secret_has_no_address"), db.engine.begin() as connection:
            connection.execute(facilities.update().where(facilities.c.secret).values({column: value}))
    with pytest.raises(sa.exc.IntegrityError, match="point_whole"), db.engine.begin() as connection:
        connection.execute(facilities.update().where(~facilities.c.secret).values(lon=17.0))

    downgrade(revision="0006")
    with db.engine.begin() as connection:
        connection.execute(facilities.update().where(facilities.c.secret).values(traces))
    with pytest.raises(sa.exc.IntegrityError, match="secret_has_no_address"), db.engine.begin() as connection:
        connection.execute(facilities.update().where(facilities.c.secret).values(municipality_code="523704"))
    upgrade()


def test_the_checks_of_the_models_are_those_of_the_migrated_schema(empty: Flask) -> None:
    """Alembic does not compare checks, and SQLite forgets those of a table that a migration copies."""
    upgrade()
    inspector = sa.inspect(db.engine)
    for table in Model.metadata.sorted_tables:
        meant = {str(c.name) for c in table.constraints if isinstance(c, sa.CheckConstraint)}
        assert {check["name"] for check in inspector.get_check_constraints(table.name)} == meant, table.name


def test_returns_keep_the_form_they_were_begun_with_under_its_new_name(empty: Flask) -> None:
    upgrade(revision="0007")
    fill()
    with db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE returns SET form_version = 'quarterly_2020'"))
    upgrade(revision="0008")
    assert form_versions() == ["quarterly_2015"]
    downgrade(revision="0007")
    assert form_versions() == ["quarterly_2020"]
    with db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE return_cells SET field = 'users_new'"))
    upgrade(revision="0008")
    assert form_versions() == ["quarterly_2026"]


def form_versions() -> list[str]:
    with db.engine.connect() as connection:
        return list(connection.scalars(sa.text("SELECT form_version FROM returns")))


NEED_TABLES = ("municipal_needs", "municipal_need_changes", "municipal_need_reports")


@pytest.mark.parametrize("name", NEED_TABLES)
def test_0036_refuses_needs_that_nobody_said_and_then_lets_none_in(
    empty: Flask, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    upgrade(revision="0035")
    fill()
    said(name, "import")
    with pytest.raises(SystemExit):
        upgrade(revision="0036")
    assert f"{name}: 1 rows have the source 'import'" in caplog.text
    said(name, "orp")
    upgrade(revision="0036")
    assert counts()[name] == 1
    for source in ("municipality", "region", "orp"):
        said(name, source)
    with pytest.raises(sa.exc.IntegrityError, match="source_known"):
        said(name, "import")
    checks = {check["name"] for check in sa.inspect(db.engine).get_check_constraints("municipal_needs")}
    assert {"ck_municipal_needs_state_and_persons_agree", "ck_municipal_needs_mark_is_whole"} <= checks
    downgrade(revision="0035")
    said(name, "import")


def said(table: str, source: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE {table} SET source = :source"), {"source": source})
