"""Whether coordinates can be what they say: S-JTSK exchanged, mirrored or mistaken for degrees is told apart."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from portal.core.messages import Message, _m
from portal.territory.calc.projection import SJTSK_BOUNDS, WGS84_BOUNDS

Bounds = tuple[float, float, float, float]


class Placement(StrEnum):
    SJTSK = "EPSG:5514"
    WGS84 = "WGS 84"


def placement_fault(placement: Placement, bounds: Sequence[float]) -> Message | None:
    """What is wrong with a layer whose coordinates span ``bounds`` (min x, min y, max x, max y), or None.

    EPSG:5514 has both numbers negative in Czechia, x about -430 to -905 thousand, y -935 to -1 230 thousand;
    address files give the same two numbers positive and in the order Y, X.
    """
    west, south, east, north = (float(value) for value in bounds)
    if not all(value == value and abs(value) != float("inf") for value in (west, south, east, north)):
        return _m("there are no coordinates in it.")
    here: Bounds = (west, south, east, north)
    exchanged: Bounds = (south, west, north, east)
    mirrored: Bounds = (-east, -north, -west, -south)
    both: Bounds = (-north, -east, -south, -west)
    own, other = (SJTSK_BOUNDS, WGS84_BOUNDS) if placement is Placement.SJTSK else (WGS84_BOUNDS, SJTSK_BOUNDS)
    if _within(here, own):
        return None
    numbers = {"x": _span(west, east), "y": _span(south, north)}
    if _within(here, other):
        if placement is Placement.SJTSK:
            return _m("the file says S-JTSK, but x %(x)s and y %(y)s are degrees (WGS 84).", **numbers)
        return _m("the file says WGS 84, but x %(x)s and y %(y)s are metres of S-JTSK.", **numbers)
    if _within(exchanged, own):
        return _m("the axes are exchanged: x %(x)s, y %(y)s; x has to come first.", **numbers)
    if placement is Placement.SJTSK and _within(mirrored, own):
        return _m("the sign is wrong: x %(x)s, y %(y)s; in EPSG:5514 both are negative.", **numbers)
    if placement is Placement.SJTSK and _within(both, own):
        return _m(
            "the axes are exchanged and the sign is wrong: x %(x)s, y %(y)s; in EPSG:5514 both are negative "
            "and the smaller one in size comes first.",
            **numbers,
        )
    return _m("the coordinates lie outside Czechia: x %(x)s, y %(y)s.", **numbers)


def _within(bounds: Bounds, frame: Bounds) -> bool:
    return bounds[0] >= frame[0] and bounds[1] >= frame[1] and bounds[2] <= frame[2] and bounds[3] <= frame[3]


def _span(low: float, high: float) -> str:
    digits = 0 if max(abs(low), abs(high)) >= 1000 else 2
    return f"{low:.{digits}f} … {high:.{digits}f}"
