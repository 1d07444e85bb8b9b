"""``portal mpsv``: the ministry's yearly figures on the command line.

Exit status: 0 the file was taken (and taken over, where asked), 1 it has faults or something failed, 3 it waits for a
person (columns to be chosen, or rows of unknown services: ``--apply --confirm``).
"""

from __future__ import annotations

import csv
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import gettext

from portal.benchmarking.ministry import service
from portal.benchmarking.ministry.tables import PUBLISHED_COLUMNS, full_rows, published_rows
from portal.benchmarking.ministry.types import ImportInfo, ImportState, Tolerance
from portal.benchmarking.ministry.words import IMPORT_STATES
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.web.languages import say

WAITS = 3
SHOWN_FAULTS = 50


@click.group("mpsv")
def mpsv() -> None:
    """The ministry's yearly reporting: import of its figures, reconciliation with the returns."""


@mpsv.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--source", required=True, metavar="NAME", help="Where the file comes from; its columns are remembered.")
@click.option("--year", type=int, help="The year of the figures, unless a column of the file tells it.")
@click.option("--column", "columns", multiple=True, metavar="MEANING=HEADING", help="What a column means; repeatable.")
@click.option("--apply", "apply_it", is_flag=True, help="Take the figures over; otherwise only a preview is stored.")
@click.option("--confirm", is_flag=True, help="With --apply: leave out rows of services that the portal does not know.")
@with_appcontext
@click.pass_context
def import_command(
    context: click.Context,
    file: Path,
    source: str,
    year: int | None,
    columns: tuple[str, ...],
    apply_it: bool,
    confirm: bool,
) -> None:
    """Import the ministry's figures from FILE (XLSX, CSV or XML)."""
    if confirm and not apply_it:
        raise click.UsageError(gettext("--confirm goes with --apply."))
    if any("=" not in column for column in columns):
        raise click.UsageError(gettext("Write --column as MEANING=HEADING, for example register_id=Číslo."))
    chosen = dict(column.split("=", 1) for column in columns) or None
    with transaction():
        info = service.take_file(OPERATOR, file, name=file.name, source=source, year=year, columns=chosen)
    if apply_it and (info.state is ImportState.PREVIEWED or (confirm and info.state is ImportState.WAITING)):
        with transaction():
            info = service.apply_import(OPERATOR, import_id=info.id, confirmed=confirm)
    _tell(info)
    codes = {ImportState.MAPPING: WAITS, ImportState.WAITING: WAITS, ImportState.REJECTED: 1}
    context.exit(codes.get(info.state, 0))


@mpsv.command("imports")
@with_appcontext
def imports_command() -> None:
    """List the last imports."""
    for info in service.list_imports(OPERATOR)[0]:
        year = "" if info.year is None else str(info.year)
        click.echo(
            f"{info.id:>5}  {info.created_at_utc:%Y-%m-%d %H:%M}  {info.state:<11}  {year:>4}"
            f"  +{info.new} ~{info.changed} ={info.same}  {info.file_name} ({info.source})"
        )


@mpsv.command("rollback")
@click.argument("import_id", required=False, type=int)
@with_appcontext
def rollback_command(import_id: int | None) -> None:
    """Take back the import applied last (or IMPORT_ID, if it is the last of its year)."""
    with transaction():
        info = service.roll_back_import(OPERATOR, import_id=import_id)
    click.echo(gettext("Import %(id)s was taken back.", id=info.id), err=True)


@mpsv.command("reconcile")
@click.option("--year", required=True, type=int)
@click.option("--type", "type_code", metavar="TYPE", help="Only services of this type, such as 46 or 60a.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV; the only format, and the usual one.")
@click.option("--full", is_flag=True, help="With services, providers, differences and states; the worst first.")
@click.option(
    "--percent", type=str, default="1", show_default=True, help="Tolerance in per cent of the ministry's figure."
)
@click.option("--czk", type=int, default=1000, show_default=True, help="Tolerance in CZK; a difference exceeds both.")
@with_appcontext
def reconcile_command(year: int, type_code: str | None, as_csv: bool, full: bool, percent: str, czk: int) -> None:
    """Costs and revenues of the ministry beside the sums of the returns, as CSV with decimal points.

    One row for each service, by type in the order of the Act and then in the order of the ministry's file; an empty
    cell is a figure that one side has not supplied (returns of some quarters missing included). Services of which
    neither side has anything have no row.
    """
    del as_csv
    found = service.reconcile(OPERATOR, year, type_code=type_code, tolerance=Tolerance(_percent(percent), Decimal(czk)))
    rows: list[dict[str, Any]] = full_rows(found) if full else published_rows(found)
    writer = csv.DictWriter(
        sys.stdout, fieldnames=list(rows[0]) if full and rows else PUBLISHED_COLUMNS, lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(rows)


def _percent(text: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", "."))
    except ArithmeticError:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0:
        raise click.UsageError(gettext("Write per cent as a number, for example 60 or 62,5."))
    return number


def _tell(info: ImportInfo) -> None:
    if info.repeated and info.state is ImportState.APPLIED:
        click.echo(gettext("This file is live already (import %(id)s); nothing to do.", id=info.id), err=True)
        return
    click.echo(
        gettext(
            "Import %(id)s: %(state)s. Figures new %(new)s, changed %(changed)s, same %(same)s;"
            " rows of unknown services %(unknown)s; faults %(faults)s.",
            id=info.id,
            state=say(IMPORT_STATES[info.state][0]),
            new=info.new,
            changed=info.changed,
            same=info.same,
            unknown=len(info.unknown),
            faults=info.fault_count,
        ),
        err=True,
    )
    for fault in info.faults[:SHOWN_FAULTS]:
        where = ", ".join(part for part in (fault.row and gettext("row %(row)s", row=fault.row), fault.cell) if part)
        click.echo(f"  {where}: {say(fault.message)}" if where else f"  {say(fault.message)}", err=True)
    for row, named in info.unknown[:SHOWN_FAULTS]:
        click.echo("  " + gettext("row %(row)s: the portal knows no service %(name)s", row=row, name=named), err=True)
    if info.state is ImportState.MAPPING:
        headings = ", ".join(heading for heading in info.headings if heading)
        click.echo(gettext("Say what the columns mean by --column. The file has: %(names)s.", names=headings), err=True)
    if info.state is ImportState.WAITING:
        click.echo(gettext("To take over the other rows, add --apply --confirm."), err=True)
