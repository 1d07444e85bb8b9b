"""``portal map access``: access to services on the command line. Data on standard output."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from decimal import Decimal

import click
from flask.cli import with_appcontext

from portal.core.cells import Cell
from portal.core.clock import today
from portal.map.access import service
from portal.map.access.link import parse_question
from portal.map.access.types import AccessTable
from portal.territory.types import Level

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
    empty; nothing within reach is a zero.
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
