"""``portal map access``: access to services on the command line. Data on standard output."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import gettext

from portal.core.cells import Cell
from portal.core.clock import today
from portal.core.import_states import IMPORT_STATES
from portal.core.permissions import OPERATOR
from portal.map.access import service
from portal.map.access.link import parse_question
from portal.map.access.types import NO_PLACES, AccessTable, TravelInfo
from portal.territory.types import Level
from portal.web.importing import import_by_command, roll_back_by_command, tell_faults
from portal.web.languages import say

COLUMNS = ("code", "name", "orp_code", "orp_name", "people", "access_per_1000", "b2sfca", "nearest", "places_within")


@click.command("access")
@click.option("--type", "type_code", required=True, metavar="TYPE", help="Type of service, such as 49 or 60a.")
@click.option("--form", "form", type=click.Choice(["outpatient", "residential"]), help="Without: both.")
@click.option("--unit", metavar="UNIT", help="beds, clients, ...; without: the one most of the services are in.")
@click.option("--level", type=click.Choice(["obec", "orp"]), default="obec", show_default=True)
@click.option("--way", type=click.Choice(["cara", "doby"]), default="cara", show_default=True, help="Line or times.")
@click.option("--radius", metavar="N", help="Reach in km by road, or in minutes with travel times.")
@click.option("--detour", metavar="N", help="Detour factor of the straight line.")
@click.option("--decay", type=click.Choice(["gauss", "stejne"]), default="gauss", show_default=True)
@click.option("--csv", "as_csv", is_flag=True, help="CSV; the only format, and the usual one.")
@with_appcontext
def access_command(
    type_code: str,
    form: str | None,
    unit: str | None,
    level: str,
    way: str,
    radius: str | None,
    detour: str | None,
    decay: str,
    as_csv: bool,
) -> None:
    """Access of municipalities (or ORP) to the services of a type, as CSV with decimal points.

    ``access_per_1000``: places that fall to 1 000 people of the age concerned; times people it adds up to the capacity
    within reach. ``b2sfca``: the index of Paez, Higgins and Vivona (2019), for one person. A cell without a number is
    empty; nothing within reach is a zero. Outreach services have no fixed place, so access to them is empty.
    """
    del as_csv
    query = {
        "druh": type_code,
        "forma": form or "",
        "jednotka": unit or "",
        "cesta": way,
        "dosah": radius or "",
        "okliky": detour or "",
        "utlum": decay,
    }
    question = parse_question(query, service.usual_rule())
    table = service.find_access(today(), question, Level.ORP if level == "orp" else Level.MUNICIPALITY)
    if not table.has_places:
        click.echo(say(NO_PLACES), err=True)
    writer = csv.DictWriter(sys.stdout, fieldnames=COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(access_rows(table))


def access_rows(table: AccessTable) -> Iterator[dict[str, str]]:
    """One row for each area, in Czech order of names."""
    for row in table.rows:
        yield {
            "code": row.code,
            "name": row.name,
            "orp_code": row.orp_code,
            "orp_name": row.orp_name,
            "people": plain(row.people),
            "access_per_1000": plain(row.access),
            "b2sfca": plain(row.balanced),
            "nearest": plain(row.nearest),
            "places_within": str(row.places),
        }


def plain(cell: Cell) -> str:
    """The number with a decimal point, without needless zeros; empty in the other states."""
    if cell.number is None:
        return ""
    return f"{Decimal(cell.number).normalize():f}" if cell.number else "0"


@click.group("times")
def times_group() -> None:
    """Travel times between municipalities: import, list, take back."""


@times_group.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--apply", "apply_it", is_flag=True, help="Put them in force; otherwise only a preview is stored.")
@with_appcontext
def import_command(file: Path, apply_it: bool) -> None:
    """Import a matrix of travel times from FILE (CSV: from, to, minutes), wholly or not at all."""
    import_by_command(service, file, apply_it=apply_it, tell=_tell)


@times_group.command("list")
@with_appcontext
def list_command() -> None:
    """List the last imports."""
    for info in service.list_imports(OPERATOR)[0]:
        mark = "*" if info.is_latest_applied else " "
        click.echo(
            f"{mark}{info.id:>5}  {info.created_at_utc:%Y-%m-%d %H:%M}  {info.state:<11}  {info.pairs:>9}"
            f"  +{info.new} ~{info.changed} ={info.same} -{info.gone}  {info.file_name}"
        )


@times_group.command("rollback")
@click.argument("import_id", type=int)
@with_appcontext
def rollback_command(import_id: int) -> None:
    """Take back IMPORT_ID, if it is in force; the matrix before it is in force again."""
    roll_back_by_command(service, import_id)


def _tell(info: TravelInfo) -> None:
    if info.repeated:
        click.echo(
            gettext("These travel times are in force already (import %(id)s); nothing to do.", id=info.id), err=True
        )
        return
    click.echo(
        gettext(
            "Import %(id)s: %(state)s. Pairs new %(new)s, changed %(changed)s, same %(same)s, gone %(gone)s; faults "
            "%(faults)s.",
            id=info.id,
            state=say(IMPORT_STATES[info.state][0]),
            new=info.new,
            changed=info.changed,
            same=info.same,
            gone=info.gone,
            faults=info.fault_count,
        ),
        err=True,
    )
    tell_faults(info)
