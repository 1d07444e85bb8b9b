"""``portal grants``: municipal support on the command line.

Exit status: 0 the file was taken (and taken over, where asked), 1 it has faults or something failed.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from flask.cli import with_appcontext

from portal.core.permissions import OPERATOR
from portal.grants import service
from portal.grants.command_tables import SIZE_COLUMNS, csv_columns, csv_rows, size_rows
from portal.grants.types import By
from portal.web.importing import import_by_command, line_of, roll_back_by_command, tell_figures


@click.group("grants")
def grants() -> None:
    """Municipal support: import of what municipalities gave, reports."""


@grants.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--apply", "apply_it", is_flag=True, help="Take the figures over; otherwise only a preview is stored.")
@with_appcontext
def import_command(file: Path, apply_it: bool) -> None:
    """Import municipal support from FILE (XLSX or CSV), wholly or not at all."""
    import_by_command(service, file, apply_it=apply_it, tell=tell_figures)


@grants.command("imports")
@with_appcontext
def imports_command() -> None:
    """List the last imports."""
    for info in service.list_imports(OPERATOR)[0]:
        click.echo(line_of(info))


@grants.command("rollback")
@click.argument("import_id", type=int)
@with_appcontext
def rollback_command(import_id: int) -> None:
    """Take back IMPORT_ID, if whoever read it has applied no other one later."""
    roll_back_by_command(service, import_id)


@grants.command("report")
@click.option("--by", "by", type=click.Choice([str(each) for each in By]), default="service", show_default=True)
@click.option("--year", required=True, type=int)
@click.option("--type", "type_code", metavar="TYPE", help="Only services of this type, such as 49 or 60a.")
@click.option("--full", is_flag=True, help="With services, providers, totals, per inhabitant and share of costs.")
@click.option("--earlier", is_flag=True, help="With totals of the two years before, and lines that have those alone.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV; the only format, and the usual one.")
@with_appcontext
def report_command(by: str, year: int, type_code: str | None, full: bool, earlier: bool, as_csv: bool) -> None:
    """What municipalities gave in a year, in CZK, as CSV with decimal points.

    By service: one row for each, by type in the order of the Act and then by the number in the register. ``count`` is
    the number of municipalities that gave more than nothing; revenue from municipalities is the sum of the year's
    accepted returns, empty while a quarter is missing. By municipality and by ORP there is a row for each, with empty
    cells where nobody told anything. By municipality the last columns set each beside those of its size; ``state``
    tells a true zero from what does not apply and what nobody told.
    """
    del as_csv
    before = (year - 1, year - 2) if earlier else ()
    found = service.report(OPERATOR, year, By(by), type_code=type_code, earlier_years=before)
    _write(csv_columns(found.by, full=full, earlier=earlier), csv_rows(found, full=full, earlier=earlier))


@grants.command("sizes")
@click.option("--year", required=True, type=int)
@click.option("--type", "type_code", metavar="TYPE", help="Only services of this type, such as 49 or 60a.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV; the only format, and the usual one.")
@with_appcontext
def sizes_command(year: int, type_code: str | None, as_csv: bool) -> None:
    """Support per inhabitant by size of the municipality: how many told, median, quartiles, sum, as CSV."""
    del as_csv
    _write(SIZE_COLUMNS, size_rows(service.size_classes(year, type_code)))


def _write(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    writer = csv.DictWriter(sys.stdout, fieldnames=columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
