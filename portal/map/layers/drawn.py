"""A layer as the browser draws it: numbers in the order of areas, states as one letter each, classes, words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from portal.disclosure import FigureState
from portal.map.colours import colours_of
from portal.map.layers import service, words
from portal.map.layers.calc.classes import Classes, classify, usual_method
from portal.map.layers.service import FlowLine
from portal.map.layers.types import LayerFrame, Method
from portal.territory.types import Level
from portal.web.languages import say

ELSEWHERE = "."  # an area that is not among those asked for


def classes_of(frame: LayerFrame, method: Method | None) -> Classes:
    """Classes of the figures of a view, by the method asked for or the usual one."""
    figures = frame.figures.to_frame()
    values = figures["value"].to_numpy(dtype=np.float64)
    if frame.layer.has_norm:
        norms = figures["norm"].to_numpy(dtype=np.float64)
        if not np.isnan(norms).all():
            return classify(values - norms, Method.NORM)
        return classify(values, method or usual_method(len(values), has_norm=False))
    return classify(values, method or usual_method(len(values), has_norm=False))


def drawing(frame: LayerFrame, method: Method | None, flows: Sequence[FlowLine]) -> dict[str, Any]:
    """What the browser needs of a layer.

    ``states``: one letter for each area of the level (v value, 0 zero, n not applicable, m not supplied, h hidden,
    "." not asked for); ``own``: numbers of the areas that are the reader's own and not public; ``values``: those of
    the areas with v, in their order; ``norms``: those of the areas with v or 0; ``upper``: ends of all classes but the
    last, ``colours`` of all from the lowest; ``flows``: [number of the area of residence, of the service's area,
    persons]; ``gathered``: by area, how many municipalities have told and the same in words, None where the reader is
    not told, under the heading ``gatheredLabel``.
    """
    classes = classes_of(frame, method)
    everything = service.read_areas(frame.ask.level)
    figures = frame.figures.to_frame()
    marks = {str(state): mark for state, mark in words.STATE_MARKS.items()}
    own = [marks[state] for state in figures["state"]]
    if len(own) < len(everything):
        mark_of = dict(zip((area.code for area in frame.areas), own, strict=True))
        states = "".join(mark_of.get(area.code, ELSEWHERE) for area in everything.rows)
    else:
        states = "".join(own)
    told = (figures["state"] == FigureState.VALUE).to_numpy()
    answer: dict[str, Any] = {
        "layer": frame.layer.name,
        "level": "obec" if frame.ask.level is Level.MUNICIPALITY else "orp",
        "title": words.title_of(frame),
        "label": say(frame.layer.label),
        "value": words.value_label(frame),
        "unit": words.unit_name(frame),
        "places": words.figure_places(frame),
        "summary": words.summary(frame),
        "notes": words.notes_of(frame),
        "withheld": say(frame.withheld.label) if frame.withheld else None,
        "time": frame.time,
        "times": [[time, words.time_name(frame.layer, time)] for time in frame.times],
        "method": str(classes.method),
        "classes": words.method_sentence(classes) if classes.bands else "",
        "upper": list(classes.upper),
        "colours": colours_of(len(classes.bands), is_distance=classes.method is Method.NORM),
        "bands": words.band_names(classes, frame) if classes.bands else [],
        "states": states,
        "own": [everything.number[area.code] for area in frame.areas if area.code in frame.own],
        "values": _short(figures["value"].to_numpy(dtype=np.float64)[told]),
        "flows": [
            [everything.number[line.residence.code], everything.number[line.place.code], int(line.persons)]
            for line in flows
        ],
    }
    if words.lists_gathered(frame):
        gathered = [frame.gathered.get(area.code) for area in everything.rows]
        answer["gatheredLabel"] = words.gathered_label(frame)
        answer["gathered"] = [None if one is None else [one.done, words.gathered_text(one)] for one in gathered]
    if classes.method is Method.NORM:
        has_number = told | (figures["state"] == FigureState.ZERO).to_numpy()
        answer["norms"] = _short(figures["norm"].to_numpy(dtype=np.float64)[has_number])
    return answer


def _short(numbers: np.ndarray) -> list[int | float | None]:
    """Numbers as JSON writes them in the fewest signs."""
    return [
        None if number != number else int(number) if number == int(number) else number for number in numbers.tolist()
    ]
