"""``portal report``: the provider's report, and publishing the groups that it shows."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import gettext

from portal.benchmarking import reports, service
from portal.core.permissions import OPERATOR, Actor, Grant, Role
from portal.core.transaction import transaction
from portal.returns.types import Period
from portal.web.downloads import write_xlsx
from portal.web.languages import say
from portal.web.pdf import write_pdf


@click.group("report", invoke_without_command=True)
@click.option("--provider", "ico", metavar="ICO", help="Company number of the provider.")
@click.option("--period", "period_text", metavar="PERIOD", help="Quarter, such as 2026Q2.")
@click.option("--json", "as_json", is_flag=True, help="JSON on standard output.")
@click.option("--xlsx", type=click.Path(dir_okay=False, path_type=Path), help="Write a workbook to the file.")
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Write a document to the file.")
@click.pass_context
@with_appcontext
def report(
    context: click.Context,
    ico: str | None,
    period_text: str | None,
    as_json: bool,
    xlsx: Path | None,
    pdf: Path | None,
) -> None:
    """What a provider sees of a quarter: own figures, norms, own past, groups as published."""
    if context.invoked_subcommand is not None:
        return
    if ico is None or period_text is None:
        raise click.UsageError(gettext("Give the provider (--provider ICO) and the quarter (--period 2026Q2)."))
    if not (as_json or xlsx or pdf):
        raise click.UsageError(gettext("Say what to write: --json, --xlsx FILE or --pdf FILE."))
    found = service.provider_report(_as_the_provider(ico), ico, Period.parse(period_text))
    if as_json:
        click.echo(json.dumps(reports.report_json(found), ensure_ascii=False, indent=2))
    if xlsx is not None:
        with xlsx.open("wb") as target:
            write_xlsx(reports.report_table(found), target)
    if pdf is not None:
        with pdf.open("wb") as target:
            write_pdf(reports.report_document(found), target)


def _as_the_provider(ico: str) -> Actor:
    """The eyes of the provider, so that nothing is written that it could not see."""
    return Actor(name="portal report", grants=frozenset({Grant(Role.PROVIDER_EDITOR, ico)}))


@report.command("freeze")
@click.option("--period", "period_text", metavar="PERIOD", help="Only this quarter; by default every closed one.")
@with_appcontext
def freeze(period_text: str | None) -> None:
    """Publish the groups of closed quarters to providers, each once; what was published stays as it is."""
    periods = [Period.parse(period_text)] if period_text else service.periods_to_publish()
    for period in periods:
        with transaction():
            done = service.freeze_groups(OPERATOR, period)
        label = say(period.label)
        if done:
            click.echo(gettext("Groups of %(period)s published.", period=label), err=True)
        else:
            click.echo(gettext("Groups of %(period)s stay as they were published.", period=label), err=True)
