"""``portal map layer``: a layer of the map as a file on standard output."""

from __future__ import annotations

import sys

import click
from flask.cli import with_appcontext

from portal.catalog.types import Form
from portal.core.clock import today
from portal.core.permissions import OPERATOR, PUBLIC_ACTOR
from portal.core.settings import current_settings
from portal.map.access.link import WAY_WORDS
from portal.map.layers import service, tables
from portal.map.layers.registry import LAYERS
from portal.map.layers.types import Ask
from portal.returns.types import Period
from portal.territory.service import web_shapes
from portal.territory.types import Level
from portal.waitlists.vacancies.types import Upkeep
from portal.web.downloads import geojson_pieces
from portal.web.languages import say

LEVELS = {"orp": Level.ORP, "obec": Level.MUNICIPALITY}


@click.command("layer")
@click.argument("name", type=click.Choice(list(LAYERS)))
@click.option("--period", help="Quarter such as 2026Q2 (a year for layers told by years); the latest without it.")
@click.option("--level", type=click.Choice(list(LEVELS)), default="orp", show_default=True)
@click.option("--format", "form_of_file", type=click.Choice(["geojson", "csv"]), default="csv", show_default=True)
@click.option("--type", "type_code", metavar="TYPE", help="Only services of this type, such as 49 or 60a.")
@click.option("--form", type=click.Choice([str(form) for form in Form]), help="Only services in this form.")
@click.option("--group", help="Only for this target group (its code in the register).")
@click.option("--situation", help="Only in this adverse situation (its code).")
@click.option("--way", type=click.Choice(list(WAY_WORDS)), help="Of dostupnost: straight line, or travel times.")
@click.option("--public", "as_public", is_flag=True, help="Only what the public may see; otherwise exact figures.")
@with_appcontext
def layer_command(
    name: str,
    period: str | None,
    level: str,
    form_of_file: str,
    type_code: str | None,
    form: str | None,
    group: str | None,
    situation: str | None,
    way: str | None,
    as_public: bool,
) -> None:
    """Write the layer NAME by area.

    CSV has the columns code, name, orp_code, inhabitants, value, state, norm, unit, time and audience (public or
    region: who may see it), of layers that municipalities tell (needs, support) also municipalities_told and
    municipalities, with decimal points and an empty value where there is no number; ``state`` says which of
    value, zero, not_applicable, not_supplied, hidden and undefined it is. GeoJSON (WGS 84) has the same properties.
    """
    year = int(period) if period is not None and period.isdecimal() else None
    quarter = Period.parse(period) if period is not None and year is None else None
    ask = Ask(
        name,
        LEVELS[level],
        quarter,
        year,
        type_code,
        Form(form) if form is not None else None,
        group,
        situation,
        way=WAY_WORDS[way] if way is not None else None,
    )
    settings = current_settings()
    upkeep = Upkeep(settings.vacancy_stale_days, settings.vacancy_hidden_days)
    frame = service.read_layer(PUBLIC_ACTOR if as_public else OPERATOR, ask, day=today(), upkeep=upkeep)
    if frame.withheld is not None:
        click.echo(say(frame.withheld.label), err=True)
    for note in frame.notes:
        click.echo(say(note), err=True)
    if form_of_file == "csv":
        tables.write_csv(frame, sys.stdout)
        return
    for piece in geojson_pieces(tables.features_of(frame, web_shapes(frame.ask.level))):
        click.echo(piece, nl=False)
