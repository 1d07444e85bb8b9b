"""``portal waitlists need`` and ``recount``; joined to the group of the waiting lists in ``portal.cli``."""

from __future__ import annotations

import json
from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import gettext

from portal.core.errors import NotFound
from portal.core.messages import _m
from portal.core.permissions import OPERATOR
from portal.returns.types import Period
from portal.waitlists.need import service
from portal.waitlists.need.jobs import public_limits
from portal.waitlists.need.service.reading import REFUSED, STATISTICS, WAITS
from portal.waitlists.need.types import ALL, LADDER, MOVEMENTS, Measure, Part


@click.command("recount")
@click.option("--all", "everything", is_flag=True, help="All quarters, also those whose lists and links are as before.")
@with_appcontext
def recount_command(everything: bool) -> None:
    """Count need anew; the worker does it every night."""
    done = service.recount(everything=everything, limits=public_limits())
    click.echo(gettext("Counted: %(quarters)s.", quarters=", ".join(done.quarters)), err=True)


@click.command("need")
@click.option("--period", metavar="PERIOD", help="A quarter such as 2026Q2; the latest one without it.")
@click.option("--type", "type_code", default=ALL, metavar="TYPE", help="Only this type, such as 49 or 60a.")
@click.option("--situation", default=ALL, metavar="CODE", help="Only this adverse situation.")
@click.option("--group", default=ALL, metavar="CODE", help="Only this target group.")
@click.option("--orp", default=ALL, metavar="CODE", help="Only who lives in this ORP.")
@click.option("--json", "as_json", is_flag=True, help="JSON; the only format, and the usual one.")
@with_appcontext
def need_command(period: str | None, type_code: str, situation: str, group: str, orp: str, as_json: bool) -> None:
    """The ladder of a quarter as the kraj sees it: applications, persons, confirmed, able to start, urgent.

    Counts of persons are pairs: "most" by confirmed links alone, "least" by all probable links. What is not known is
    null. Counts come from the last recount ("counted_at").
    """
    del as_json
    part = Part(type_code, situation, group, orp)
    found = service.read_need(OPERATOR, part, Period.parse(period) if period else None)
    if found is None:
        raise NotFound(_m("Nothing was counted yet. Run “portal waitlists recount”."))
    click.echo(json.dumps(_as_dict(found), ensure_ascii=False, indent=2))


def _as_dict(found: service.Need) -> dict[str, Any]:
    rows = {row["figure"]: row for row in found.now.rows()}

    def persons(measure: Measure) -> dict[str, Any]:
        return {"most": _whole(rows[measure]["value"]), "least": _whole(rows[measure]["least"])}

    return {
        "period": str(found.counted.period),
        "as_of": found.counted.counted_on.isoformat(),
        "counted_at": found.counted.counted_at_utc.isoformat(),
        "is_closed": found.counted.is_closed,
        "part": vars(found.part),
        "ladder": {
            str(each): _whole(rows[each]["value"]) if each is Measure.APPLICATIONS else persons(each) for each in LADDER
        },
        **{str(each): persons(each) for each in MOVEMENTS},
        **{
            f"{what}_days": {
                "n": _whole(rows[f"{what}_p50"]["n"]),
                **{each: rows[f"{what}_{each}"]["value"] for each in STATISTICS},
            }
            for what in WAITS
        },
        REFUSED: {"requests": _whole(rows[REFUSED]["value"]), "services": _whole(rows[REFUSED]["n"])},
    }


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
