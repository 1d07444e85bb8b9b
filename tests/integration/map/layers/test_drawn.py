"""A layer as the browser gets it: what goes with which area."""

import pandas as pd
import pytest

from portal.disclosure import FigureState, from_public_source
from portal.map.layers.drawn import drawing
from portal.map.layers.registry import get_layer
from portal.map.layers.service import read_areas
from portal.map.layers.types import Ask, LayerFrame
from portal.territory.types import Level
from tests.factories.territory import store_small_territory


@pytest.fixture
def areas(app):
    store_small_territory()
    return read_areas(Level.MUNICIPALITY).rows


def test_each_number_also_a_zero_has_its_norm_and_each_state_its_letter(areas):
    told = {
        "Blatec": (0.0, FigureState.ZERO, 70.0),
        "Bludov": (None, FigureState.HIDDEN, 71.0),
        "Dolany": (None, FigureState.NOT_APPLICABLE, 72.0),
        "Olomouc": (55.5, FigureState.VALUE, 73.0),
        "Šumperk": (None, FigureState.NOT_SUPPLIED, 74.0),
    }
    rows = [(area.code, *told[area.name]) for area in areas]
    figures = pd.DataFrame(rows, columns=["code", "value", "state", "norm"]).astype({"value": float})
    layer = get_layer("obloznost")
    ask = Ask(layer.name, Level.MUNICIPALITY)
    frame = LayerFrame(layer, ask, areas, from_public_source(figures), time="2026Q2")
    drawn = drawing(frame, None, ())
    assert [area.name for area in areas] == ["Blatec", "Bludov", "Dolany", "Olomouc", "Šumperk"]
    assert (drawn["states"], drawn["values"], drawn["norms"]) == ("0hnvm", [55.5], [70, 73])
