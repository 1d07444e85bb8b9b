"""``portal waitlists``: waiting lists on the command line.

Exit status: 0 the file can be taken (and was, where asked), 1 it has faults, holds identity or something failed.
"""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import gettext

from portal.core.clock import today
from portal.core.errors import Conflict
from portal.core.messages import Message, _m
from portal.core.permissions import OPERATOR
from portal.core.transaction import ConstraintViolated, transaction
from portal.returns.types import Period
from portal.waitlists import service
from portal.waitlists.jobs import current_vault
from portal.waitlists.types import IMPORT_STATE_LABELS, ImportState, ItemKind
from portal.waitlists.words import vocabulary
from portal.web.languages import say

SHOWN_FAULTS = 50


@click.group("waitlists")
def waitlists() -> None:
    """Waiting lists: import of a whole list, the nightly work, frozen quarters."""


@waitlists.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--service", "register_id", type=int, required=True, metavar="ID", help="Number of the service.")
@click.option("--apply", "apply_it", is_flag=True, help="Write it; otherwise only a preview is stored.")
@click.option(
    "--gone",
    type=click.Choice(["close", "keep"]),
    default="close",
    show_default=True,
    help="With --apply: what becomes of applications in no row; closed ones count as withdrawn.",
)
@with_appcontext
@click.pass_context
def import_command(context: click.Context, file: Path, register_id: int, apply_it: bool, gone: str) -> None:
    """Import the whole waiting list of a service from FILE (CSV or XLSX with codes, as “portal code” makes it)."""
    with transaction():
        info = service.take_list(OPERATOR, file, register_id=register_id, words=vocabulary())
    if apply_it and info.state is ImportState.PREVIEWED and not info.changes_nothing:
        try:
            with transaction():
                info = service.apply_import(
                    OPERATOR, register_id=register_id, import_id=info.id, closes_gone=gone == "close"
                )
        except ConstraintViolated as error:
            raise Conflict(_m("Two applications of the list would clash. Read the file again.")) from error
    _tell(info, _m("Applications"))
    context.exit(1 if info.state is ImportState.BLOCKED else 0)


@waitlists.command("rollback")
@click.option("--service", "register_id", type=int, required=True, metavar="ID", help="Number of the service.")
@click.argument("import_id", type=int)
@with_appcontext
def rollback_command(register_id: int, import_id: int) -> None:
    """Take back IMPORT_ID, the last import of a service's list."""
    with transaction():
        info = service.roll_back_import(OPERATOR, register_id=register_id, import_id=import_id)
    click.echo(gettext("Import %(id)s was taken back.", id=info.id), err=True)


@waitlists.command("import-users")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--service", "register_id", type=int, required=True, metavar="ID", help="Number of the service.")
@click.option("--apply", "apply_it", is_flag=True, help="Write it; otherwise only a preview is stored.")
@click.option(
    "--gone",
    type=click.Choice(["end", "keep"]),
    default="keep",
    show_default=True,
    help="With --apply: what becomes of users in no row; “end” ends their stays today, for another reason.",
)
@with_appcontext
@click.pass_context
def import_users_command(context: click.Context, file: Path, register_id: int, apply_it: bool, gone: str) -> None:
    """Import the whole register of users of a service from FILE (CSV or XLSX with codes)."""
    with transaction():
        info = service.take_register(OPERATOR, file, register_id=register_id, words=vocabulary())
    if apply_it and info.state is ImportState.PREVIEWED and not info.changes_nothing:
        try:
            with transaction():
                info = service.apply_register(
                    OPERATOR, register_id=register_id, import_id=info.id, ends_gone=gone == "end"
                )
        except ConstraintViolated as error:
            raise Conflict(_m("Two stays of the register would clash. Read the file again.")) from error
    _tell(info, _m("Stays"))
    context.exit(1 if info.state is ImportState.BLOCKED else 0)


@waitlists.command("rollback-users")
@click.option("--service", "register_id", type=int, required=True, metavar="ID", help="Number of the service.")
@click.argument("import_id", type=int)
@with_appcontext
def rollback_users_command(register_id: int, import_id: int) -> None:
    """Take back IMPORT_ID, the last import of a service's register of users."""
    with transaction():
        info = service.roll_back_register(OPERATOR, register_id=register_id, import_id=import_id)
    click.echo(gettext("Import %(id)s was taken back.", id=info.id), err=True)


@waitlists.command("night")
@with_appcontext
def night_command() -> None:
    """Do the nightly work now: expiry, who waits elsewhere, the quarter that ended. The worker does it by itself."""
    night = service.do_night(current_vault())
    click.echo(
        gettext(
            "Expired %(expired)s, to be confirmed after an admission elsewhere %(asked)s, counted %(counted)s.",
            expired=night.expired,
            asked=night.asked,
            counted=night.counted,
        ),
        err=True,
    )


@waitlists.command("freeze")
@click.option("--period", metavar="PERIOD", help="A quarter such as 2026Q2; the last finished one without it.")
@with_appcontext
def freeze_command(period: str | None) -> None:
    """Freeze the waiting lists as they stood at the last day of a quarter; one that is frozen stays as it is."""
    wanted = Period.parse(period) if period else Period.of(today()).previous
    with transaction():
        rows = service.freeze_quarter(OPERATOR, wanted)
    click.echo(gettext("%(period)s: applications %(rows)s.", period=str(wanted), rows=rows), err=True)


def _tell(info: service.ImportInfo, subject: Message) -> None:
    click.echo(
        gettext(
            "Import %(id)s: %(state)s. %(subject)s new %(new)s, changed %(changed)s, gone %(gone)s, same %(same)s;"
            " faults %(faults)s.",
            id=info.id,
            subject=say(subject),
            state=say(IMPORT_STATE_LABELS[info.state]),
            new=info.counts[ItemKind.NEW],
            changed=info.counts[ItemKind.CHANGED],
            gone=info.counts[ItemKind.GONE],
            same=info.counts[ItemKind.SAME],
            faults=info.problem_count,
        ),
        err=True,
    )
    for problem in info.problems[:SHOWN_FAULTS]:
        click.echo(f"  {problem.column or problem.row}: {say(problem.message)}", err=True)
    if info.changes_nothing:
        click.echo(gettext("The list already says what the file says; there is nothing to write."), err=True)
