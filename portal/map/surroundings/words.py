"""Surroundings in the reader's words: columns of files, figures with their states."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import gettext

from portal.catalog.types import service_types
from portal.core.cells import Cell
from portal.map.layers import words as layer_words
from portal.map.layers.tables import cell_of
from portal.map.layers.types import LayerFrame, Times, Withheld
from portal.map.surroundings.service import Town
from portal.map.surroundings.types import Figure, FigureLine, NearService
from portal.map.words import population_name
from portal.web.downloads import Column, Kind, Table
from portal.web.formats import cell_text, number
from portal.web.languages import current_language, say


def type_name(code: str) -> str:
    kind = service_types().get(code)
    return kind.name_with_section(current_language()) if kind else code


def figure_text(figure: Figure | None, frame: LayerFrame) -> str:
    """A figure of a layer with its usual decimals, or its state in words."""
    if figure is None:
        return cell_text(Cell.of(None))
    if figure.value is None:
        return cell_text(cell_of(None, figure.state))
    return layer_words.figure_text(figure.value, frame)


def times_of(town: Town, line: FigureLine) -> list[str]:
    """Of when the figures of a line are: once where both are of the same time, otherwise of each."""
    own, orp = _time_name(line.frame), _time_name(line.orp_frame)
    if own == orp or line.orp is None:
        return [own]
    return [f"{town.unit.name}: {own}", f"{gettext('ORP')}: {orp}"]


def _time_name(frame: LayerFrame) -> str:
    """Of when figures are; what the reader does not see, or nobody told, is of no time."""
    if frame.time is None and frame.layer.times is not Times.NOW:
        return gettext("none")
    return layer_words.time_name(frame.layer, frame.time)


def around_table(services: Iterable[NearService], place: str) -> Table:
    """Services near a place, for a file."""
    columns = [
        Column("km", gettext("Distance in a straight line (km)"), Kind.NUMBER, 12),
        Column("register_id", gettext("Number in the register"), Kind.NUMBER, 12),
        Column("name", gettext("Service"), width=40),
        Column("type", gettext("Type of service"), width=36),
        Column("provider", gettext("Provider"), width=40),
        Column("address", gettext("Address"), width=40),
        Column("exact", gettext("Exact point"), width=10),
    ]
    rows = (
        {
            "km": round(one.km, 1),
            "register_id": one.register_id,
            "name": one.name,
            "type": type_name(one.type_code),
            "provider": one.provider_name,
            "address": one.address,
            "exact": one.is_exact,
        }
        for one in services
    )
    return Table(gettext("Services around %(place)s", place=place), columns, rows)


def services_table(town: Town) -> Table:
    """Services of a municipality and of the whole region, for a file."""
    columns = [
        Column("how", gettext("How it reaches the municipality"), width=30),
        Column("register_id", gettext("Number in the register"), Kind.NUMBER, 12),
        Column("name", gettext("Service"), width=40),
        Column("type", gettext("Type of service"), width=36),
        Column("provider", gettext("Provider"), width=40),
        Column("address", gettext("Address"), width=40),
    ]
    ways = ((gettext("has a place here"), town.register.inside), (gettext("whole region"), town.register.declared))
    rows = (
        {
            "how": how,
            "register_id": line.register_id,
            "name": line.name,
            "type": type_name(line.type_code),
            "provider": line.provider_name,
            "address": line.address,
        }
        for how, lines in ways
        for line in lines
    )
    return Table(gettext("Services"), columns, rows)


def reach_table(town: Town) -> Table:
    """Access of a municipality to each type, for a file."""
    columns = [
        Column("type", gettext("Type of service"), width=36),
        Column("unit", gettext("Unit of capacity"), width=14),
        Column("people", gettext("Per 1,000"), width=28),
        Column("access", gettext("Within reach"), Kind.CELL),
        Column("mean", gettext("Mean of the region"), Kind.CELL),
        Column("nearest", gettext("Nearest place (km)"), Kind.CELL),
        Column("nearest_name", gettext("Nearest service"), width=40),
        Column("places", gettext("Places within reach"), Kind.NUMBER, 12),
    ]
    rows = (
        {
            "type": type_name(line.type_code),
            "unit": say(line.unit.label),
            "people": population_name(line.population),
            "access": line.access,
            "mean": line.mean,
            "nearest": line.nearest,
            "nearest_name": line.nearest_name,
            "places": line.places,
        }
        for line in town.reach
    )
    return Table(gettext("Access to services"), columns, rows)


def figures_table(town: Town) -> Table:
    """Figures of the map of a municipality and its ORP, for a file."""
    columns = [
        Column("layer", gettext("Figure"), width=44),
        Column("unit", gettext("Unit"), width=30),
        Column("time", gettext("Period"), width=10),
        Column("own", town.unit.name, Kind.CELL, 16),
        Column("orp_time", gettext("Period of the ORP"), width=10),
        Column("orp", gettext("ORP"), Kind.CELL, 16),
    ]
    if any(own_names(town, line) for line in town.figures):
        columns.append(Column("not_public", gettext("Own territory, not public"), width=24))
    rows = (
        {
            "layer": line.frame.layer.label,
            "unit": layer_words.unit_name(line.frame),
            "time": line.frame.time or "",
            "own": cell_of(line.own.value, line.own.state),
            "orp_time": line.orp_frame.time or "",
            "orp": cell_of(line.orp.value, line.orp.state) if line.orp else Cell.of(None),
            "not_public": ", ".join(own_names(town, line)),
        }
        for line in town.figures
    )
    return Table(gettext("Figures of the map"), columns, rows)


def own_names(town: Town, line: FigureLine) -> list[str]:
    """Which figures of a line only the reader and the region see: names of their columns."""
    named = ((line.own, town.unit.name), (line.orp, gettext("ORP")))
    return [name for figure, name in named if figure is not None and figure.is_own]


def withheld_sentences(town: Town) -> Sequence[str]:
    """Why the reader sees no figures of some layers: each reason once, with the layers that nobody told anything of."""
    layers: dict[Withheld, list[str]] = {}
    for line in town.figures:
        if line.frame.withheld is not None:
            layers.setdefault(line.frame.withheld, []).append(say(line.frame.layer.label))
    return [
        gettext("There are no data yet: %(layers)s.", layers=", ".join(names))
        if reason is Withheld.NO_DATA
        else say(reason.label)
        for reason, names in sorted(layers.items())
    ]


def months_text(months: tuple[int, int] | None) -> str:
    """The range of waiting as the page of waiting says it."""
    if months is None:
        return gettext("cannot be said")
    least, most = months
    if most <= 1:
        return gettext("mostly up to one month")
    return gettext("mostly %(least)s to %(most)s months", least=number(least), most=number(most))
