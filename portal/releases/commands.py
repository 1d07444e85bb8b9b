"""``portal release``: prepare, audit and publish the public figures of a quarter.

Exit status: 0 done; 1 the audit opened a cell, or something failed.
"""

from __future__ import annotations

import json

import click
from flask.cli import with_appcontext
from flask_babel import gettext

from portal.core.permissions import OPERATOR
from portal.core.settings import current_settings
from portal.releases import service
from portal.releases.files import releases_folder
from portal.releases.words import audit_sentences
from portal.returns.types import Period

PERIOD = click.option("--period", required=True, metavar="PERIOD", help="A closed quarter such as 2026Q2.")


@click.group("release")
def release() -> None:
    """Public figures about persons and money, frozen by quarter."""


@release.command("build")
@PERIOD
@with_appcontext
def build_command(period: str) -> None:
    """Prepare the figures of a quarter anew from what was accepted and frozen; a draft, which the audit has to pass."""
    service.build(OPERATOR, Period.parse(period))
    click.echo(gettext("The figures of %(period)s are prepared. Audit them next.", period=period), err=True)


@release.command("audit")
@PERIOD
@click.option("--json", "as_json", is_flag=True, help="The report as JSON on standard output.")
@with_appcontext
@click.pass_context
def audit_command(context: click.Context, period: str, as_json: bool) -> None:
    """Attack the figures: everybody, each provider, all releases together. Exit status 1 if a cell falls."""
    report = service.audit_release(OPERATOR, Period.parse(period))
    if as_json:
        click.echo(json.dumps({"period": period, **report}, ensure_ascii=False, indent=2))
    for sentence in audit_sentences(report):
        click.echo(sentence, err=True)
    context.exit(0 if report["passed"] else 1)


@release.command("publish")
@PERIOD
@with_appcontext
def publish_command(period: str) -> None:
    """Publish figures that passed the audit, once; their files are written again where they were lost."""
    folder = releases_folder(current_settings().instance_dir)
    done = service.publish(OPERATOR, Period.parse(period), folder)
    said = gettext("%(period)s is published.") if done else gettext("%(period)s was published before.")
    click.echo(said % {"period": period}, err=True)
