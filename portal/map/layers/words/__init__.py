"""Layers in the reader's words: units, states, classes, sentences for those who do not see the map."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from flask_babel import gettext, ngettext

from portal.catalog.service.names import target_group_names
from portal.catalog.types import service_types
from portal.disclosure import FigureState
from portal.map.access.words import rule_sentence, way_name
from portal.map.layers.calc.classes import NORM_STEPS, Classes
from portal.map.layers.service import FlowLine
from portal.map.layers.types import Kind, Layer, LayerFrame, Method, Source, Times
from portal.map.layers.words.gathered import gathered_label, gathered_sentence, gathered_text, lists_gathered
from portal.map.types import Population
from portal.map.words import PLACES, capitalised, population_name
from portal.returns.residences.situations import adverse_situations
from portal.returns.types import Period
from portal.territory.types import Level
from portal.web.formats import number
from portal.web.languages import current_language, say

__all__ = [
    "STATE_MARKS",
    "address_sentence",
    "attribution",
    "band_names",
    "choice_name",
    "code_label",
    "drawn_lines",
    "figure_places",
    "figure_text",
    "gathered_label",
    "gathered_sentence",
    "gathered_text",
    "level_label",
    "lines_caption",
    "lists_gathered",
    "method_sentence",
    "norm_label",
    "notes_of",
    "own_label",
    "own_mark",
    "own_sentence",
    "people_label",
    "schematic_sentence",
    "script_words",
    "source_name",
    "summary",
    "time_name",
    "title_of",
    "told_sentence",
    "unit_name",
    "value_label",
    "width_sentence",
]

STATE_MARKS = {
    FigureState.VALUE: "v",
    FigureState.ZERO: "0",
    FigureState.NOT_APPLICABLE: "n",
    FigureState.UNDEFINED: "n",
    FigureState.NOT_SUPPLIED: "m",
    FigureState.HIDDEN: "h",
}


def unit_name(frame: LayerFrame) -> str:
    """In what the figures are: "beds per 1,000 people aged 65 and over", "persons"."""
    ask = frame.ask
    if frame.layer.kind is not Kind.RATE:
        return say(frame.layer.unit)
    unit = ask.unit.label if ask.unit is not None else frame.layer.unit
    people = population_name(ask.population or Population.ALL)
    return gettext("%(unit)s per 1,000 %(people)s", unit=say(unit), people=people)


def own_sentence(frame: LayerFrame) -> str | None:
    """Which areas are the reader's own, how they are told, and why others are not."""
    own = [area.name for area in frame.areas if area.code in frame.own]
    if not own:
        return None
    if frame.layer.source is Source.NEEDS:
        told = gettext("exactly, from your own records")
    else:
        told = gettext("roughly: less than 8 persons hidden, others rounded to 5")
    sentence = gettext(
        "Your own territory (%(names)s) is shown to you %(told)s; the public does not see it, so please do not publish "
        "it. All other areas are as the public sees them.",
        names=_some(own),
        told=told,
    )
    return sentence if frame.withheld is None else f"{sentence} {say(frame.withheld.label)}"


def own_label() -> str:
    """The heading of the column that marks the reader's own territory."""
    return gettext("Own territory")


def own_mark(is_own: bool) -> str:
    return gettext("yes, not public") if is_own else ""


def value_label(frame: LayerFrame) -> str:
    return f"{say(frame.layer.label)} ({unit_name(frame)})"


def code_label() -> str:
    return gettext("Code")


def people_label() -> str:
    return capitalised(gettext("inhabitants"))


def norm_label() -> str:
    return gettext("Norm (%)")


def level_label(level: Level) -> str:
    return gettext("Municipality") if level is Level.MUNICIPALITY else gettext("ORP")


def time_name(layer: Layer, time: str | None) -> str:
    """A quarter or year in words; "today" for layers of now."""
    if layer.times is Times.NOW:
        return gettext("today")
    assert time is not None
    return time if layer.times is Times.YEARS else say(Period.parse(time).label)


def source_name(source: Source) -> str:
    return {
        Source.REGISTER: gettext("the public register of social services"),
        Source.VACANCIES: gettext("free places that providers offer"),
        Source.GRANTS: gettext("what municipalities told of their support"),
        Source.RETURNS: gettext("accepted quarterly returns"),
        Source.APPLICATIONS: gettext("waiting lists counted as persons"),
        Source.NEEDS: gettext("needs recorded by municipalities"),
    }[source]


def choice_name(frame: LayerFrame) -> str:
    """What the layer was narrowed to: type, form, target group, situation; and what distance is."""
    ask = frame.ask
    parts = []
    if ask.type_code is not None:
        parts.append(service_types()[ask.type_code].name(current_language()))
    if ask.form is not None:
        parts.append(say(ask.form.label))
    if ask.group is not None:
        parts.append(target_group_names().get(ask.group, ask.group))
    if ask.situation is not None:
        parts.append(adverse_situations()[ask.situation].of(current_language()))
    parts = parts or [gettext("all types of services")]
    if frame.rule is not None:
        parts.append(way_name(frame.rule.way))
    return ", ".join(parts)


def title_of(frame: LayerFrame) -> str:
    """What the map shows in one line."""
    parts = [choice_name(frame)]
    if frame.time is not None or frame.layer.times is Times.NOW:
        parts.append(time_name(frame.layer, frame.time))
    return f"{say(frame.layer.label)}: {', '.join(parts)}"


def figure_text(value: float, frame: LayerFrame) -> str:
    """A number as it is read: as its column is written, a small one with as many as it has.

    The script of the map writes figures in the same way (``written`` in ``assets/_view.js``).
    """
    if value and value < 0.1:
        return number(value, 1 - math.floor(math.log10(value)))
    return number(value, figure_places(frame) if value else None)


def figure_places(frame: LayerFrame) -> int | None:
    """Places of the figures of a layer, so that they stand under each other; None where all are whole."""
    values = frame.figures.to_frame()["value"].to_numpy(dtype=np.float64)
    return PLACES if (values[~np.isnan(values)] % 1).any() else None


def summary(frame: LayerFrame) -> str:
    """The view in sentences, for those who do not see it: least, most, how many are without a number."""
    values = frame.figures.to_frame()["value"].to_numpy(dtype=np.float64)
    title = title_of(frame)
    own = own_sentence(frame)
    if frame.withheld is not None and own is None:
        return f"{title}. {say(frame.withheld.label)}"
    if np.isnan(values).all():
        nothing = gettext("%(title)s. No area has a number.", title=title)
        return " ".join(one for one in (nothing, gathered_sentence(frame), own) if one)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))

    def names(value: float) -> str:
        return _some([frame.areas[place].name for place in np.flatnonzero(values == value)])

    unit = unit_name(frame)
    sentences = [f"{title}."]
    if low == high:
        sentences.append(
            gettext("All areas with a number have %(value)s (%(unit)s).", value=figure_text(low, frame), unit=unit)
        )
    else:
        sentences.append(
            gettext(
                "Least: %(low_names)s, %(low)s; most: %(high_names)s, %(high)s (%(unit)s).",
                low_names=names(low),
                low=figure_text(low, frame),
                high_names=names(high),
                high=figure_text(high, frame),
                unit=unit,
            )
        )
    without = int(np.isnan(values).sum())
    if without:
        sentences.append(
            ngettext("%(count)s area has no number.", "%(count)s areas have no number.", without, count=number(without))
        )
    return " ".join([*sentences, *(one for one in (gathered_sentence(frame), own) if one)])


def _some(names: Sequence[str], most: int = 3) -> str:
    """The first names, and how many more there are."""
    shown = ", ".join(names[:most])
    rest = len(names) - most
    if rest <= 0:
        return shown
    return ngettext("%(names)s and %(num)s more", "%(names)s and %(num)s more", rest, names=shown)


def told_sentence(frame: LayerFrame) -> str | None:
    """On how many services the figures stand."""
    if frame.told is None:
        return None
    return gettext(
        "The figures stand on %(told)s of %(asked)s services that should have told them.",
        told=number(frame.told.told),
        asked=number(frame.told.asked),
    )


def notes_of(frame: LayerFrame) -> list[str]:
    """Everything one should know about the figures of a view."""
    notes = [say(frame.layer.meaning), gettext("Source: %(source)s.", source=source_name(frame.layer.source))]
    rule = None if frame.rule is None else rule_sentence(frame.rule)
    notes += [note for note in (rule, own_sentence(frame), told_sentence(frame), gathered_sentence(frame)) if note]
    if frame.from_release:
        notes.append(
            gettext("The figures come from the frozen release of the region: small counts are hidden, others rounded.")
        )
    return [*notes, *(say(note) for note in frame.notes)]


def drawn_lines(flows: Sequence[FlowLine]) -> list[FlowLine]:
    """The lines that the map can draw: between two areas whose seats are known, the strongest first."""

    def is_drawn(line: FlowLine) -> bool:
        ends = (line.residence, line.place)
        return line.residence.code != line.place.code and all(end.lon is not None for end in ends)

    return [line for line in flows if is_drawn(line)]


def width_sentence(lines: Sequence[FlowLine]) -> str:
    """What the width of a line means; the strongest line comes first."""
    return _width_words(number(lines[-1].persons), number(lines[0].persons)) if lines else ""


def _width_words(least: str, most: str) -> str:
    return gettext(
        "The wider the line, the more persons: the narrowest %(least)s, the widest %(most)s. "
        "The dot is at the place of the service.",
        least=least,
        most=most,
    )


def lines_caption(title: str) -> str:
    return gettext("The lines of the map in words: %(title)s", title=title)


def band_names(classes: Classes, frame: LayerFrame) -> list[str]:
    """Classes in the words of the legend, from the lowest."""
    if classes.method is Method.NORM:
        return _norm_bands()
    names = []
    for band in classes.bands:
        low, high = figure_text(band.low, frame), figure_text(band.high, frame)
        names.append(low if low == high else f"{low} – {high}")
    return names


def _norm_bands() -> list[str]:
    names = []
    for low, high in zip((None, *NORM_STEPS), (*NORM_STEPS, None), strict=True):
        if low is None and high is not None:
            names.append(gettext("more than %(points)s points below the norm", points=number(-high)))
        elif high is None and low is not None:
            names.append(gettext("%(points)s points above the norm and more", points=number(low)))
        elif low is not None and high is not None and high <= 0:
            names.append(gettext("%(low)s to %(high)s points below the norm", low=number(-high), high=number(-low)))
        elif low is not None and high is not None:
            names.append(gettext("%(low)s to %(high)s points above the norm", low=number(low), high=number(high)))
    return names


def method_sentence(classes: Classes) -> str:
    """How the classes were made."""
    return gettext("Classes: %(method)s.", method=say(classes.method.label))


def schematic_sentence() -> str:
    return gettext("The boundaries are schematic: computed from the seats of the areas, not surveyed.")


def attribution(source: str) -> str:
    return gettext("Boundaries: %(source)s | Drawn by Leaflet", source=source)


def address_sentence(address: str) -> str:
    """Where a picture or a print of the view leads back to."""
    return gettext("This view of the map: %(address)s", address=address)


def script_words(source: str) -> dict[str, Any]:
    """Words of the controls in the browser."""
    return {
        "zoomIn": gettext("Zoom in"),
        "zoomOut": gettext("Zoom out"),
        "attribution": attribution(source),
        "failed": gettext("The map could not be loaded in full. The same figures are in the table below."),
        "unchanged": gettext("The figures could not be loaded. What is shown is still: %(title)s", title="{title}"),
        "states": {
            "0": gettext("0"),
            "n": gettext("not applicable"),
            "m": gettext("not supplied"),
            "h": gettext("hidden"),
        },
        "legend": {
            "0": gettext("zero"),
            "n": gettext("not applicable"),
            "m": gettext("not supplied (not zero)"),
            "h": gettext("hidden to protect somebody"),
            "x": gettext("without a norm"),
            "own": gettext("own territory, not public"),
            "place": gettext("place of one service or more"),
        },
        "own": {"label": own_label(), "yes": own_mark(True)},
        "schematic": schematic_sentence(),
        "address": address_sentence("{address}"),
        "norm": gettext("norm"),
        "normColumn": norm_label(),
        "flows": gettext("Lines from residence to service"),
        "flow": gettext("users"),
        "flowWidth": _width_words("{least}", "{most}"),
        "flowCaption": lines_caption("{title}"),
        "places": gettext("Where services are"),
        "show": gettext("Show on the map"),
        "more": gettext("Show %(count)s more rows", count="{n}"),
        "areas": {word: level_label(level) for word, level in (("orp", Level.ORP), ("obec", Level.MUNICIPALITY))},
        "orp": gettext("ORP"),
        "people": people_label(),
        "figures": gettext("The figures of the map: %(title)s", title="{title}"),
    }
