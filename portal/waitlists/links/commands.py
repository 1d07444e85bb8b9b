"""``portal waitlists link``: linking of persons on the command line."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import gettext

from portal.core.permissions import OPERATOR
from portal.waitlists.jobs import current_vault
from portal.waitlists.links import service
from portal.waitlists.links.types import OPEN_STATES, PairRow, PairState


@click.command("link")
@click.option("--json", "as_json", is_flag=True, help="Write pairs, counts and thresholds to standard output.")
@click.option("--stored", is_flag=True, help="Only tell what the last linking left, without linking anew.")
@with_appcontext
def link_command(as_json: bool, stored: bool) -> None:
    """Find out which persons of the waiting lists are one. The worker does it every night by itself.

    Persons are told by their references, which are random. Exit status: 0, or 1 when the vault cannot be asked.
    """
    if not stored:
        service.do_linking(current_vault())
    left = service.read_stored(OPERATOR)
    if as_json:
        click.echo(json.dumps(as_dict(left), ensure_ascii=False, indent=1))
        return
    click.echo(
        gettext(
            "Pairs to decide %(open)s, linked automatically %(auto)s, linked by people %(linked)s, split %(split)s;"
            " persons %(least)s to %(most)s.",
            open=sum(left.counts.get(state, 0) for state in OPEN_STATES),
            auto=left.counts.get(PairState.AUTO, 0),
            linked=left.counts.get(PairState.LINKED, 0),
            split=left.counts.get(PairState.SPLIT, 0),
            least=left.least,
            most=left.most,
        ),
        err=True,
    )


def as_dict(left: service.Stored) -> dict[str, Any]:
    """What ``--json`` writes: ``run`` is null where linking never ran."""
    run = left.run
    return {
        "run": None
        if run is None
        else {
            "at": run.at_utc.isoformat(),
            "rules_version": run.rules_version,
            "lower": run.lower,
            "upper": run.upper,
            "persons": run.persons,
            "records": run.records,
            "pairs_compared": run.compared,
            "pairs_left_out": run.left_out,
            "seconds": round(run.seconds, 3),
        },
        "persons": {"least": left.least, "most": left.most},
        "counts": {str(state): left.counts.get(state, 0) for state in PairState},
        "candidates": _pairs(left.rows, OPEN_STATES),
        "linked": _pairs(left.rows, (PairState.AUTO, PairState.LINKED)),
        "split": _pairs(left.rows, (PairState.SPLIT,)),
    }


def _pairs(rows: Collection[PairRow], states: Collection[PairState]) -> list[dict[str, Any]]:
    return [
        {
            "id": row.id,
            "a": row.a_ref.hex(),
            "b": row.b_ref.hex(),
            "weight": round(row.weight, 3),
            "probability": round(row.probability, 6),
            "state": str(row.state),
        }
        for row in rows
        if row.state in states
    ]
