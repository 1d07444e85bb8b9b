"""The ``portal`` command. Exit status 0 only on success; messages on standard error, data on standard output."""

from __future__ import annotations

import sys
from typing import Any

import click
from flask.cli import FlaskGroup, ScriptInfo
from sqlalchemy.exc import OperationalError, ProgrammingError

from portal import __version__
from portal.accounts import commands as accounts
from portal.app import create_app
from portal.benchmarking.commands import benchmark, metrics
from portal.benchmarking.compare_commands import compare
from portal.benchmarking.ministry.commands import mpsv
from portal.benchmarking.report_commands import report
from portal.catalog import commands as catalog
from portal.core.config import ConfigError
from portal.core.errors import ImportRejected, PortalError
from portal.demo import commands as demo
from portal.grants.commands import grants
from portal.identity import commands as identity
from portal.map.commands import map_group
from portal.needs.commands import needs
from portal.operation import commands as operation
from portal.releases.commands import release
from portal.returns import commands as returns
from portal.territory import commands as territory
from portal.vault.commands import vault
from portal.waitlists.commands import waitlists
from portal.waitlists.links.commands import link_command
from portal.waitlists.need.commands import need_command, recount_command
from portal.waitlists.vacancies.commands import vacancies
from portal.web.languages import say


class PortalGroup(FlaskGroup):
    """Turns the domain's errors into a sentence and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PortalError as error:
            with ctx.ensure_object(ScriptInfo).load_app().app_context():
                click.echo(say(error.message), err=True)
                if isinstance(error, ImportRejected):
                    for row in error.rows:
                        where = ", ".join(part for part in (row.row, row.column) if part)
                        click.echo(f"  {where}: {say(row.message)}" if where else f"  {say(row.message)}", err=True)
            ctx.exit(1)
        except (OperationalError, ProgrammingError) as error:
            with ctx.ensure_object(ScriptInfo).load_app().app_context():
                click.echo(say(operation.database_not_ready(error)), err=True)
            ctx.exit(1)


@click.group(cls=PortalGroup, create_app=create_app, add_default_commands=False, add_version_option=False)
@click.version_option(__version__, prog_name="portal")
def cli() -> None:
    """Regional portal of social services."""


COMMANDS: tuple[click.Command, ...] = (
    *operation.COMMANDS,
    *catalog.COMMANDS,
    *demo.COMMANDS,
    *accounts.COMMANDS,
    *territory.COMMANDS,
    *identity.COMMANDS,
    benchmark,
    compare,
    grants,
    map_group,
    metrics,
    mpsv,
    needs,
    release,
    report,
    returns.returns,
    vacancies,
    vault,
    waitlists,
)

for command in (need_command, recount_command, link_command):
    waitlists.add_command(command)
for command in COMMANDS:
    cli.add_command(command)


def main() -> None:
    try:
        cli.main(prog_name="portal")
    except ConfigError as error:
        click.echo(f"portal: {error}", err=True)
        sys.exit(2)
