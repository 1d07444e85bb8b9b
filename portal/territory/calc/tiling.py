"""Whether municipalities tile their ORP: each in the ORP it names, none missing, seats inside.

The two layers need not be equally exact: a generalised one moves a boundary by some hundreds of metres. In the
layers of Olomoucký kraj the widest difference holds a circle of radius 283 m, up to 15 % of a municipality lies
beyond its ORP, and one seat lies 52 m outside its municipality. What holds a circle of MAX_SHIFT_M is no
generalisation any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from portal.core.errors import ImportRejected, RowError
from portal.core.messages import Message, _m
from portal.territory.calc.arrays import Shapes
from portal.territory.types import Finding

MAX_SHIFT_M = 500.0
MIN_SHARE_INSIDE = 0.5  # of a municipality's area in the ORP it belongs to
TOLD_FROM_M2 = 10_000.0  # differences below one hectare in an ORP are not worth a line
SAME_EDGE_M = 0.001
_CIRCLE_PRECISION_M = 5.0


@dataclass(frozen=True)
class Units:
    """Parallel sequences of one layer; shapes in EPSG:5514."""

    label: str
    codes: Sequence[str]
    names: Sequence[str]
    shapes: Shapes


@dataclass(frozen=True)
class _Difference:
    """Where one shape reaches beyond another: area, and the radius of the largest circle within one part of it."""

    area_m2: float
    depth_m: float
    deepest: shapely.Geometry


_NO_DIFFERENCE = _Difference(0.0, 0.0, shapely.Point())


def check_tiling(orp: Units, municipalities: Units, orp_of: Sequence[str]) -> tuple[Finding, ...]:
    """Compare the municipalities of each ORP with the ORP; differences of generalisation come back as findings.

    ``orp_of`` is the code of the ORP of each municipality. Raises ImportRejected naming each municipality that lies
    elsewhere, and each ORP whose municipalities leave or claim more than generalisation explains.
    """
    if errors := list(_misplaced(orp, municipalities, orp_of)):
        raise ImportRejected(_m("Some municipalities do not lie in the ORP that the list gives them."), errors)
    findings: list[Finding] = []
    owners = np.array(orp_of, dtype=object)
    for code, name, shape in zip(orp.codes, orp.names, orp.shapes, strict=True):
        members = np.flatnonzero(owners == code)
        together = shapely.coverage_union_all(municipalities.shapes[members])
        beyond = _difference(together, shape)
        bare = _difference(shape, together)
        if beyond.depth_m > MAX_SHIFT_M:
            errors.append(RowError(_reaches_beyond(name, beyond, municipalities, members)))
        if bare.depth_m > MAX_SHIFT_M:
            errors.append(RowError(_left_bare(name, bare)))
        if beyond.area_m2 + bare.area_m2 > TOLD_FROM_M2:
            findings.append(_slight(name, beyond, bare))
    if errors:
        raise ImportRejected(_m("Municipalities do not tile their ORP."), errors)
    return tuple(findings)


def check_seats(municipalities: Units, seats: Shapes) -> tuple[Finding, ...]:
    """Each seat (point in EPSG:5514) lies in its municipality, or so near that generalisation explains it.

    Raises ImportRejected naming each seat farther than MAX_SHIFT_M and where it lies instead.
    """
    distances = shapely.distance(municipalities.shapes, seats)
    tree = shapely.STRtree(municipalities.shapes)
    errors: list[RowError] = []
    findings: list[Finding] = []
    for index in np.flatnonzero(distances > 0).tolist():
        name, metres = municipalities.names[index], round(float(distances[index]))
        if distances[index] <= MAX_SHIFT_M:
            findings.append(
                Finding(_m("The seat of %(unit)s lies %(metres)s m outside its shape.", unit=name, metres=metres))
            )
            continue
        hosts = tree.query(seats[index], predicate="intersects")
        if len(hosts):
            host = municipalities.names[int(hosts[0])]
            message = _m(
                "The seat of %(unit)s lies %(metres)s m outside its shape, in %(host)s.",
                unit=name,
                metres=metres,
                host=host,
            )
        else:
            message = _m("The seat of %(unit)s lies %(metres)s m outside its shape.", unit=name, metres=metres)
        errors.append(RowError(message))
    if errors:
        raise ImportRejected(_m("Some seats do not lie in their municipalities."), errors)
    return tuple(findings)


def _misplaced(orp: Units, municipalities: Units, orp_of: Sequence[str]) -> Iterator[RowError]:
    position = {code: index for index, code in enumerate(orp.codes)}
    own = orp.shapes[[position[code] for code in orp_of]]
    inside = shapely.area(shapely.intersection(municipalities.shapes, own)) / shapely.area(municipalities.shapes)
    for index in np.flatnonzero(inside < MIN_SHARE_INSIDE).tolist():
        shape = municipalities.shapes[index]
        shares = shapely.area(shapely.intersection(orp.shapes, shape)) / shape.area
        most = int(np.argmax(shares))
        said = {"unit": municipalities.names[index], "orp": orp.names[position[orp_of[index]]]}
        if shares[most] < MIN_SHARE_INSIDE:
            yield RowError(_m("%(unit)s lies outside the ORP %(orp)s, which the list gives it.", **said))
        else:
            yield RowError(
                _m(
                    "%(unit)s lies in the ORP %(host)s (%(share)s %% of its area), but the list gives it to %(orp)s.",
                    host=orp.names[most],
                    share=round(100 * float(shares[most])),
                    **said,
                )
            )


def _difference(shape: shapely.Geometry, other: shapely.Geometry) -> _Difference:
    # Layers of one origin have the same edges; comparing them costs a tenth of an overlay.
    if shapely.equals_exact(shape, other, tolerance=SAME_EDGE_M, normalize=True):
        return _NO_DIFFERENCE
    parts = shapely.get_parts(shapely.difference(shape, other))
    parts = parts[shapely.get_dimensions(parts) == 2]
    if not len(parts):
        return _NO_DIFFERENCE
    areas = shapely.area(parts)
    best_depth, best = 0.0, parts[0]
    for index in np.argsort(-areas):
        if np.sqrt(areas[index] / np.pi) <= best_depth:
            break  # no circle in it, or in the smaller ones, can be larger
        radius = float(shapely.maximum_inscribed_circle(parts[index], _CIRCLE_PRECISION_M).length)
        if radius > best_depth:
            best_depth, best = radius, parts[index]
    return _Difference(float(areas.sum()), best_depth, best)


def _reaches_beyond(name: str, beyond: _Difference, units: Units, members: NDArray[np.intp]) -> Message:
    shares = shapely.area(shapely.intersection(units.shapes[members], beyond.deepest))
    culprit = units.names[int(members[int(np.argmax(shares))])]
    return _m(
        "ORP %(orp)s: its municipalities reach %(hectares)s ha beyond it, most of all %(unit)s.",
        orp=name,
        hectares=_hectares(beyond.area_m2),
        unit=culprit,
    )


def _left_bare(name: str, bare: _Difference) -> Message:
    point = shapely.point_on_surface(bare.deepest)
    return _m(
        "ORP %(orp)s: its municipalities leave %(hectares)s ha of it uncovered, most around x %(x)s, y %(y)s.",
        orp=name,
        hectares=_hectares(bare.area_m2),
        x=round(point.x),
        y=round(point.y),
    )


def _slight(name: str, beyond: _Difference, bare: _Difference) -> Finding:
    message = _m(
        "ORP %(orp)s: its municipalities reach %(beyond)s ha beyond it and leave %(bare)s ha uncovered, nowhere "
        "wider than %(metres)s m; the layers are generalised differently.",
        orp=name,
        beyond=_hectares(beyond.area_m2),
        bare=_hectares(bare.area_m2),
        metres=round(2 * max(beyond.depth_m, bare.depth_m)),
    )
    return Finding(message, beyond.area_m2 + bare.area_m2)


def _hectares(area_m2: float) -> int:
    return round(area_m2 / 10_000)
