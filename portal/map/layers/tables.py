"""A layer as rows of files and as shapes with properties. They take figures from disclosed frames alone."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import geopandas as gpd
import numpy as np
import shapely.geometry

from portal.core.cells import HIDDEN, NOT_APPLICABLE, NOT_SUPPLIED, Cell
from portal.disclosure import Audience, FigureState
from portal.map.layers import words
from portal.map.layers.types import Layer, LayerFrame
from portal.territory.types import Level
from portal.web.downloads import Column, Feature, Kind, Table
from portal.web.languages import say

CSV_COLUMNS = ("code", "name", "orp_code", "inhabitants", "value", "state", "norm", "unit", "time", "audience")
GATHERED_COLUMNS = ("municipalities_told", "municipalities")  # behind them, of layers that municipalities tell
_CELLS = {
    FigureState.NOT_APPLICABLE: NOT_APPLICABLE,
    FigureState.NOT_SUPPLIED: NOT_SUPPLIED,
    FigureState.UNDEFINED: NOT_APPLICABLE,
    FigureState.HIDDEN: HIDDEN,
}


def exact(value: float) -> Decimal:
    """The shortest decimal of a figure, whole ones without a point."""
    found = Decimal(repr(float(value)))
    return found.quantize(Decimal(1)) if found == found.to_integral_value() else found


def cell_of(value: float | None, state: FigureState) -> Cell:
    """A figure as a cell; a ratio of nothing is not applicable."""
    return _CELLS[state] if value is None else Cell.of(exact(value))


def columns_of(layer: Layer) -> tuple[str, ...]:
    """Columns of the files for programs: the same of a layer at every level, for every reader."""
    return (*CSV_COLUMNS, *GATHERED_COLUMNS) if layer.source.is_gathered else CSV_COLUMNS


def rows_of(frame: LayerFrame) -> Iterator[dict[str, Any]]:
    """A row for each area: ``columns_of`` the layer, ``value`` and ``norm`` None where there is no number.

    ``audience``: who may see the row: public, region, or municipality for its own territory. ``municipalities_told`` of
    the ``municipalities`` of the area have told all that they tell; both None where the reader is not told.
    """
    unit = words.unit_name(frame)
    figures = frame.figures.columns_of("value", "state", "norm")
    others = Audience.PUBLIC if frame.own else frame.figures.audience
    for area, (value, state, norm) in zip(frame.areas, figures, strict=True):
        row = {
            "code": area.code,
            "name": area.name,
            "orp_code": area.parent_code if frame.ask.level is Level.MUNICIPALITY else area.code,
            "inhabitants": area.population,
            "value": value,
            "state": str(FigureState(state)),
            "norm": norm,
            "unit": unit,
            "time": frame.time or "",
            "audience": str(Audience.MUNICIPALITY if area.code in frame.own else others),
        }
        if frame.layer.source.is_gathered:
            gathered = frame.gathered.get(area.code)
            counts = (None, None) if gathered is None else (gathered.done, gathered.municipalities)
            row.update(zip(GATHERED_COLUMNS, counts, strict=True))
        yield row


def write_csv(frame: LayerFrame, target: IO[str]) -> None:
    """``columns_of`` the layer with commas and decimal points, an empty cell for no number: for programs."""
    writer = csv.DictWriter(target, fieldnames=columns_of(frame.layer), lineterminator="\n")
    writer.writeheader()
    for row in rows_of(frame):
        writer.writerow({name: _plain(value) for name, value in row.items()})


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return f"{exact(value):f}" if isinstance(value, float) else str(value)


def table_of(frame: LayerFrame) -> Table:
    """The twin of the map as a download for people, states in words."""
    columns = [
        Column("code", words.code_label(), Kind.TEXT, 10),
        Column("name", words.level_label(frame.ask.level), Kind.TEXT, 32),
        Column("inhabitants", words.people_label(), Kind.NUMBER, 12),
        Column("value", words.value_label(frame), Kind.CELL, 24),
    ]
    if frame.layer.has_norm:
        columns.append(Column("norm", words.norm_label(), Kind.NUMBER, 12))
    if words.lists_gathered(frame):
        columns.append(Column("gathered", words.gathered_label(frame), Kind.TEXT, 18))
    if frame.has_own:
        columns.append(Column("own", words.own_label(), Kind.TEXT, 18))
    figures = frame.figures.columns_of("value", "state", "norm")
    rows = [
        {
            "code": area.code,
            "name": area.name,
            "inhabitants": area.population,
            "value": cell_of(value, FigureState(state)),
            "norm": norm,
            "gathered": words.gathered_text(frame.gathered.get(area.code)),
            "own": words.own_mark(area.code in frame.own),
        }
        for area, (value, state, norm) in zip(frame.areas, figures, strict=True)
    ]
    return Table(say(frame.layer.label), columns, rows)


def page_rows(frame: LayerFrame, sort: str, first: int, count: int) -> list[dict[str, Any]]:
    """Some rows of the table on the page, with the figure as a cell and the ORP of a municipality.

    ``sort``: "nazev", "hodnota" or "obyvatel", backwards after "-"; what has no number is always last.
    """
    places = _order(frame, sort)[first : first + count]
    figures = frame.figures.to_frame().iloc[places]
    rows = []
    for place, value, state, norm in zip(places, figures["value"], figures["state"], figures["norm"], strict=True):
        area = frame.areas[place]
        rows.append(
            {
                "code": area.code,
                "name": area.name,
                "orp": area.parent_code,
                "inhabitants": area.population,
                "cell": cell_of(None if np.isnan(value) else float(value), FigureState(state)),
                "norm": None if np.isnan(norm) else float(norm),
                "gathered": words.gathered_text(frame.gathered.get(area.code)),
                "own": words.own_mark(area.code in frame.own),
            }
        )
    return rows


def _order(frame: LayerFrame, sort: str) -> list[int]:
    """Numbers of the areas as the table lists them; they come in the order of their names."""
    key, is_backwards = sort.removeprefix("-"), sort.startswith("-")
    everything = list(range(len(frame.areas)))
    if key == "nazev":
        return everything[::-1] if is_backwards else everything
    column = {
        "hodnota": lambda: frame.figures.to_frame()["value"].to_numpy(dtype=np.float64),
        "obyvatel": lambda: np.array([area.population for area in frame.areas], dtype=np.float64),
    }[key]()
    order = np.argsort(-column if is_backwards else column, kind="stable")  # NaN comes last either way
    return [int(place) for place in order]


def features_of(frame: LayerFrame, shapes: Mapping[str, Mapping[str, Any]]) -> Iterator[Feature]:
    """GeoJSON features (WGS 84); an area without a shape has no geometry."""
    for row in rows_of(frame):
        yield Feature(shapes.get(row["code"]), {**row, "layer": frame.layer.name}, row["code"])


def geopackage(frame: LayerFrame, shapes: Mapping[str, Mapping[str, Any]]) -> bytes:
    """A GeoPackage with one table named after the layer."""
    rows = list(rows_of(frame))
    geometries = [shapely.geometry.shape(dict(shapes[row["code"]])) if row["code"] in shapes else None for row in rows]
    columns = columns_of(frame.layer)
    table = gpd.GeoDataFrame(rows, geometry=geometries, crs="EPSG:4326", columns=[*columns, "geometry"])
    whole = [name for name in ("inhabitants", *GATHERED_COLUMNS) if name in columns]
    table = table.astype({"value": float, "norm": float, **dict.fromkeys(whole, "Int64")})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layer.gpkg"
        table.to_file(path, layer=frame.layer.name, driver="GPKG", engine="pyogrio")
        return path.read_bytes()
