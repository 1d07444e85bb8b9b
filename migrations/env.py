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
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            # Copying a table must not cascade into those that refer to it.
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.commit()
        run_on(connection)
        if is_sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")


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
