"""A layer as the browser draws it: numbers in the order of areas, states as one letter each, classes, words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from portal.disclosure import FigureState
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
    "." not asked for); ``values`` and ``norms``: numbers of the areas with v, in their order; ``upper``: ends of all
    classes but the last; ``flows``: [number of the area of residence, of the service's area, persons].
    """
    classes = classes_of(frame, method)
    everything = service.read_areas(frame.ask.level)
    told = {
        area.code: row
        for area, row in zip(frame.areas, frame.figures.columns_of("value", "state", "norm"), strict=True)
    }
    rows = [told.get(area.code) for area in everything.rows]
    marks = {str(state): mark for state, mark in words.STATE_MARKS.items()}
    states = "".join(ELSEWHERE if row is None else marks[str(row[1])] for row in rows)
    given = [row for row in rows if row is not None and row[1] == FigureState.VALUE]
    answer: dict[str, Any] = {
        "layer": frame.layer.name,
        "level": "obec" if frame.ask.level is Level.MUNICIPALITY else "orp",
        "title": words.title_of(frame),
        "label": say(frame.layer.label),
        "value": words.value_label(frame),
        "unit": words.unit_name(frame),
        "summary": words.summary(frame),
        "notes": words.notes_of(frame),
        "withheld": say(frame.withheld.label) if frame.withheld else None,
        "time": frame.time,
        "times": [[time, words.time_name(frame.layer, time)] for time in frame.times],
        "method": str(classes.method),
        "classes": words.method_sentence(classes) if classes.bands else "",
        "upper": list(classes.upper),
        "bands": words.band_names(classes, frame) if classes.bands else [],
        "states": states,
        "values": [_short(row[0]) for row in given],
        "flows": [
            [everything.number[line.residence.code], everything.number[line.place.code], _short(line.persons)]
            for line in flows
        ],
    }
    if classes.method is Method.NORM:
        answer["norms"] = [None if row[2] is None else _short(row[2]) for row in given]
    return answer


def _short(number: float) -> int | float:
    return int(number) if number == int(number) else number
