"""What reaches my municipality.

A mayor or a social worker of a small town, twice a year: before the budget, and when somebody asks "what is there for
us". They print it and lay it on the table of the council. They fear to look poorer or richer than they are because
something was left out; so each figure says its period and its source of silence (not supplied, hidden, zero), and the
neighbours stand beside. The kraj sees figures of persons here that the public does not.
"""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.core.clock import today
from portal.core.errors import NotFound
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.map import words as map_words
from portal.map.access.words import distance_decimals
from portal.map.layers import words as layer_words
from portal.map.layers.registry import LAYERS
from portal.map.surroundings import service, words
from portal.map.surroundings.service import BESIDE
from portal.map.surroundings.types import NEAR_KM
from portal.map.surroundings.views.blueprint import bp, check_kind, file_of, upkeep
from portal.territory.service import list_units
from portal.territory.types import Level
from portal.waitlists.need.words import period_label
from portal.web.formats import held
from portal.web.gate import current_actor, requires
from portal.web.languages import say

FILES = {"sluzby": words.services_table, "dostupnost": words.reach_table, "udaje": words.figures_table}


@bp.get("/obec")
@requires(Permission.PUBLIC)
def choose() -> str | AnyResponse:
    """The list of municipalities; with one chosen in the form, its page."""
    chosen, units = request.args.get("kod", "").strip(), list_units(Level.MUNICIPALITY)
    if any(unit.code == chosen for unit in units):
        return redirect(url_for("surroundings.town", code=chosen), code=303)
    orps = {unit.code: unit.name for unit in list_units(Level.ORP)}
    return render_template(
        "surroundings/choose.html",
        choices=[(unit.code, f"{unit.name} (ORP {orps.get(unit.parent_code or '', '')})") for unit in units],
    )


@bp.get("/obec/<code>")
@requires(Permission.PUBLIC)
def town(code: str) -> str:
    """Everything about one municipality."""
    found = service.read_town(current_actor(), code, day=today(), upkeep=upkeep())
    return render_template(
        "surroundings/town.html",
        town=found,
        figure_text=words.figure_text,
        withheld=words.withheld_sentences(found),
        beside=[(name, say(LAYERS[name].label)) for name in BESIDE],
        frames={line.frame.layer.name: line.frame for line in found.figures},
        unit_name=layer_words.unit_name,
        times_of=words.times_of,
        type_name=lambda type_code: held(words.type_name(type_code)),
        waits_rows=[(words.type_name(code), words.months_text(months)) for code, months in found.waits.items()],
        waits_period=None if found.waits_period is None else period_label(found.waits_period),
        people_source=map_words.people_source(found.info),
        population_name=map_words.population_name,
        distance_decimals=distance_decimals,
        decimals=map_words.column_decimals,
        near_km=NEAR_KM,
        file_address=lambda what, kind: url_for("surroundings.town_file", code=code, what=what, kind=kind),
    )


@bp.get("/obec/<code>/<what>.<kind>")
@requires(Permission.PUBLIC)
def town_file(code: str, what: str, kind: str) -> Response:
    """One of the tables of the page: sluzby, dostupnost, udaje."""
    check_kind(kind)
    if what not in FILES:
        raise NotFound(_m("There is no such file."))
    found = service.read_town(current_actor(), code, day=today(), upkeep=upkeep())
    return file_of(FILES[what](found), f"{what}-{code}", kind)
