"""Commands that run the portal."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import gettext, ngettext
from flask_migrate import upgrade
from huey.api import Huey
from huey.consumer import Consumer
from huey.consumer_options import ConsumerConfig
from sqlalchemy.exc import DBAPIError

from portal.core.db import db
from portal.core.messages import Message, _m
from portal.core.settings import current_settings
from portal.demo.commands import demonstrate
from portal.operation.backup import restore_backup, write_backup
from portal.operation.server import serve
from portal.vault.service import ensure_vault
from portal.vault.setup import let_go
from portal.web.gate import declared_permission


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option(
    "--processes", default=lambda: min(os.cpu_count() or 1, 4), help="Server processes; by default one a core."
)
@click.option("--threads", default=4, show_default=True)
@click.option("--prepare", is_flag=True, help="First bring the schema up to date and fill an empty portal.")
@click.option("--scale", default=1, show_default=True, type=click.IntRange(min=1), help="Of the demonstration region.")
@click.option("--seed", default=1, show_default=True, help="Of the demonstration region.")
@with_appcontext
def serve_command(host: str, port: int, processes: int, threads: int, prepare: bool, scale: int, seed: int) -> None:
    """Serve the portal on this machine, with its job worker."""
    if prepare:
        upgrade()
        ensure_vault(current_settings())
        demonstrate(scale=scale, seed=seed, if_empty=True)
        db.session.remove()
        db.engine.dispose()  # the server's processes open connections of their own
        let_go(current_app._get_current_object())  # type: ignore[attr-defined]  # as below
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy does not survive the fork
    click.echo(
        gettext("The portal runs at http://%(host)s:%(port)s - stop it with Ctrl+C.", host=host, port=port), err=True
    )
    serve(app, host=host, port=port, processes=processes, threads=threads)


@click.command("worker")
@with_appcontext
def worker_command() -> None:
    """Do the long jobs (imports) and what is due every day (reminders) until stopped."""
    make_worker(current_app.extensions["portal_queue"]).run()


def make_worker(queue: Huey) -> Consumer:
    """The worker of a queue: one job at a time, and a clock for recurring work."""
    config = ConsumerConfig(workers=1, periodic=True, initial_delay=0.2, max_delay=2.0)
    config.validate()
    return queue.create_consumer(**config.values)


@click.command("routes")
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
@with_appcontext
def routes_command(as_json: bool) -> None:
    """List all addresses with their methods and the permission each needs."""
    rows = [
        {
            "rule": rule.rule,
            "endpoint": rule.endpoint,
            "methods": sorted(rule.methods or ()),
            "permission": declared_permission(current_app, rule.endpoint),
        }
        for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: rule.rule)
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    for row in rows:
        click.echo(f"{row['rule']:50} {','.join(row['methods']):30} {row['permission']}")


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_appcontext
def backup_command(file: Path) -> None:
    """Write the whole database to FILE."""
    counts = write_backup(file, _tell)
    rows = sum(counts.values())
    click.echo(
        ngettext(
            "Backup of %(num)s row written to %(name)s.",
            "Backup of %(num)s rows written to %(name)s.",
            rows,
            name=str(file),
        ),
        err=True,
    )


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--replace", is_flag=True, help="Delete what is in the database first.")
@with_appcontext
def restore_command(file: Path, replace: bool) -> None:
    """Put a backup from FILE into the database."""
    counts = restore_backup(file, replace=replace, report=_tell)
    rows = sum(counts.values())
    click.echo(
        ngettext("Restored %(num)s row from %(name)s.", "Restored %(num)s rows from %(name)s.", rows, name=str(file)),
        err=True,
    )


def _tell(table: str, rows: int) -> None:
    if rows:
        click.echo(f"  {table}: {rows}", err=True)


def database_not_ready(error: DBAPIError) -> Message:
    """What to tell when the database does not answer or has not been set up."""
    reason = str(error.orig).strip().splitlines()[0]
    return _m("The database cannot be used: %(reason)s. Set it up with “portal db upgrade”.", reason=reason)


COMMANDS = (serve_command, worker_command, routes_command, backup_command, restore_command)
