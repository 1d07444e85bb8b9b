"""What a layer of the map says of its areas."""

from __future__ import annotations

from portal.map.layers.types import LayerFrame


def cells(frame: LayerFrame) -> dict[str, float | str]:
    """Value, or the state where there is none, by the name of the area."""
    return _cells(frame, [area.name for area in frame.areas])


def cells_by_code(frame: LayerFrame) -> dict[str, float | str]:
    """The same by the code of the area."""
    return _cells(frame, [area.code for area in frame.areas])


def _cells(frame: LayerFrame, areas: list[str]) -> dict[str, float | str]:
    return {
        area: value if value is not None else str(state)
        for area, (value, state) in zip(areas, frame.figures.columns_of("value", "state"), strict=True)
    }
