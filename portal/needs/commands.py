"""``portal needs``: needs of municipalities on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from portal.core.permissions import OPERATOR
from portal.needs import service
from portal.needs.types import Progress
from portal.needs.words import in_page_order, needs_words
from portal.returns.types import Period
from portal.web.importing import import_by_command, line_of, roll_back_by_command, tell_figures


@click.group("needs")
def needs() -> None:
    """Needs of municipalities: what their social work cannot solve."""


@needs.command("list")
@click.option("--period", metavar="PERIOD", help="A quarter such as 2026Q2; the last finished one without it.")
@click.option("--orp", metavar="CODE", help="Only municipalities of this ORP.")
@click.option("--json", "as_json", is_flag=True, help="JSON; the only format, and the usual one.")
@with_appcontext
def list_command(period: str | None, orp: str | None, as_json: bool) -> None:
    """Every figure of a quarter as the kraj sees it, in the order of the pages, and how complete the quarter is.

    "persons" is what counts, "said" the original of the municipality; both null unless the state is value or zero. A
    figure without a reason stands for the whole situation.
    """
    del as_json
    found = service.read_overview(OPERATOR, Period.parse(period) if period else None)
    places = [one.place.code for one in found.standings]
    rows = in_page_order(service.list_rows(OPERATOR, [found.period]).rows(), needs_words(), places)
    areas = [area for area in found.areas if orp in (None, area.orp_code)]
    names = {one.place.code: one.place.name for one in found.standings}
    data = {
        "period": str(found.period),
        "municipalities": sum(area.municipalities for area in areas),
        **{str(each): sum(area.counts[each] for area in areas) for each in Progress},
        "needs": [_as_dict(row, names) for row in rows if orp in (None, row["orp_code"])],
    }
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


@needs.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--apply", "apply_it", is_flag=True, help="Take the figures over; otherwise only a preview is stored.")
@with_appcontext
def import_command(file: Path, apply_it: bool) -> None:
    """Import needs of municipalities from FILE (XLSX or CSV), wholly or not at all.

    Exit status: 0 the file was taken (and taken over, where asked), 1 it has faults or something failed.
    """
    import_by_command(service, file, apply_it=apply_it, tell=tell_figures)


@needs.command("imports")
@with_appcontext
def imports_command() -> None:
    """List the last imports."""
    for info in service.list_imports(OPERATOR)[0]:
        click.echo(line_of(info))


@needs.command("rollback")
@click.argument("import_id", type=int)
@with_appcontext
def rollback_command(import_id: int) -> None:
    """Take back IMPORT_ID, if the command line imported it, and no other one later."""
    roll_back_by_command(service, import_id)


def _as_dict(row: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    corrected = row["corrected_source"]
    return {
        "orp_code": row["orp_code"],
        "municipality_code": row["municipality_code"],
        "municipality": names.get(row["municipality_code"], ""),
        "situation": row["situation"],
        "target_group": row["target_group"] or None,
        "reason": row["reason"] or None,
        "wanted_type": row["type_code"] or None,
        "persons": _whole(row["value"]),
        "state": str(row["state"]),
        "said": {"persons": _whole(row["said_value"]), "state": str(row["said_state"]), "source": row["source"]},
        "correction": None if corrected is None else {"source": corrected, "why": row["corrected_why"]},
    }


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
