"""Runs the migrations on the database of the application; SQLite alters tables by copying them ("batch")."""

from alembic import context
from flask import current_app

from portal.core.db import ExactNumber, Model, UtcDateTime

migrate = current_app.extensions["migrate"]


def render_item(kind, item, autogen_context):
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, ExactNumber):
        return "sa.Numeric(precision=14, scale=2)"
    return False


def run() -> None:
    engine = migrate.db.engine
    connectable = context.config.attributes.get("connection")
    if connectable is not None:
        run_on(connectable)
        return
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # Copying a table must not cascade into those that refer to it. The pragma counts only outside a
            # transaction, and any statement through SQLAlchemy would begin one.
            driver = connection.connection.driver_connection
            driver.execute("PRAGMA foreign_keys = OFF")
            try:
                run_on(connection)
                broken = driver.execute("PRAGMA foreign_key_check").fetchall()
            finally:
                driver.execute("PRAGMA foreign_keys = ON")
            if broken:
                raise RuntimeError(f"the migration left references to missing rows: {broken[:5]}")
        else:
            run_on(connection)


def run_on(connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        compare_server_default=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
