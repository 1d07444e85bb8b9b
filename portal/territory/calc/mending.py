"""Shapes made sound: valid polygons alone, and a coverage without hair-thin overlaps and gaps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from portal.core.errors import ImportRejected, RowError
from portal.core.messages import _m, _mn
from portal.territory.calc.arrays import Shapes
from portal.territory.types import Finding

SLIVER_WIDTH_M = 0.5  # parts thinner than this on average are residue of a broken ring, not land
LAYER_FAULT_M2 = 10_000.0  # one hectare: an overlap or gap inside one layer above this is refused
CLOSED_GAP_WIDTH_M = 120.0  # a round gap of LAYER_FAULT_M2 is 113 m wide; up to this a gap goes to a neighbour
NOISE_M2 = 1.0  # smaller overlaps and gaps are rounding, closed without a word
NEIGHBOUR_M = 1.0  # who lies this near to a gap is named with it


@dataclass(frozen=True)
class Fault:
    """An overlap of two units or a gap among units, by their positions."""

    units: tuple[int, ...]
    area_m2: float


def mended(shapes: Shapes, names: Sequence[str], label: str) -> tuple[Shapes, tuple[Finding, ...]]:
    """Valid polygons of the same units (EPSG:5514), and what had to be repaired.

    Lines and points that a repair leaves, and slivers, are dropped. Raises ImportRejected for a unit of which
    no area remains.
    """
    valid = shapely.is_valid(shapes)
    findings: list[Finding] = []
    errors: list[RowError] = []
    result = np.array(shapes, dtype=object)
    for index, shape in enumerate(shapes):
        repaired = shape if valid[index] else shapely.make_valid(shape, method="structure", keep_collapsed=False)
        parts = shapely.get_parts(shapely.get_parts(repaired))
        parts = parts[shapely.get_dimensions(parts) == 2]
        sliver = 2 * shapely.area(parts) < SLIVER_WIDTH_M * shapely.length(parts)
        if not len(parts) or sliver.all():
            errors.append(RowError(_m("%(unit)s is no area.", unit=names[index])))
            continue
        if not valid[index]:
            message = _m(
                "%(layer)s: the shape of %(unit)s was repaired (%(where)s).",
                layer=label,
                unit=names[index],
                where=_where(shape),
            )
            findings.append(Finding(message, abs(float(shapely.area(repaired) - shapely.area(shape)))))
        if sliver.any():
            area = float(shapely.area(parts[sliver]).sum())
            message = _mn(
                "%(layer)s: %(num)s sliver of %(unit)s left out (%(area)s m²).",
                "%(layer)s: %(num)s slivers of %(unit)s left out (%(area)s m²).",
                int(sliver.sum()),
                layer=label,
                unit=names[index],
                area=round(area),
            )
            findings.append(Finding(message, area))
        kept = parts[~sliver]
        result[index] = kept[0] if len(kept) == 1 else shapely.MultiPolygon(kept.tolist())
    if errors:
        raise ImportRejected(_m("%(name)s: some units have no area.", name=label), errors)
    return result, tuple(findings)


def _where(shape: shapely.Geometry) -> str:
    """Where a shape is not valid: "x ..., y ..." in metres, or a dash where GEOS does not say."""
    found = re.search(r"\[(-?[\d.]+) (-?[\d.]+)", shapely.is_valid_reason(shape))
    return f"x {float(found[1]):.0f}, y {float(found[2]):.0f}" if found else "-"


def overlaps(shapes: Shapes) -> list[Fault]:
    """Pairs of units that share area, largest first."""
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = first < second
    first, second = first[pairs], second[pairs]
    areas = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    found = [
        Fault((int(a), int(b)), float(area)) for a, b, area in zip(first, second, areas, strict=True) if area > NOISE_M2
    ]
    return sorted(found, key=lambda fault: -fault.area_m2)


def gaps(shapes: Shapes, inside: shapely.Geometry | None = None) -> list[Fault]:
    """Holes that the units leave among themselves, largest first.

    With ``inside`` (EPSG:5514) a hole counts only when that covers more than half of it: another region may lie
    within this one, as Praha does.
    """
    together = shapely.coverage_union_all(shapes) if shapely.coverage_is_valid(shapes) else shapely.union_all(shapes)
    tree = shapely.STRtree(shapes)
    found = []
    for hole in [shapely.Polygon(ring) for part in shapely.get_parts(together) for ring in part.interiors]:
        foreign = inside is not None and shapely.area(shapely.intersection(hole, inside)) <= hole.area / 2
        if hole.area > NOISE_M2 and not foreign:
            around = tree.query(hole, predicate="dwithin", distance=NEIGHBOUR_M)
            found.append(Fault(tuple(sorted(int(index) for index in around)), float(hole.area)))
    return sorted(found, key=lambda fault: -fault.area_m2)


def closed_coverage(
    shapes: Shapes, names: Sequence[str], label: str, inside: shapely.Geometry | None = None
) -> tuple[Shapes, tuple[Finding, ...]]:
    """The units as a valid coverage: small overlaps and gaps closed and told, large ones refused by name and size.

    ``inside`` as in ``gaps``. Raises ImportRejected.
    """
    missing = gaps(shapes, inside)
    if not missing and shapely.coverage_is_valid(shapes):
        return shapes, ()
    shared = overlaps(shapes)
    errors = [_overlap_error(fault, names) for fault in shared if fault.area_m2 > LAYER_FAULT_M2]
    errors += [_gap_error(fault, names) for fault in missing if fault.area_m2 > LAYER_FAULT_M2]
    if errors:
        raise ImportRejected(_m("%(name)s: the units do not lie side by side.", name=label), errors)
    width = CLOSED_GAP_WIDTH_M if missing else 0.0
    clean: Shapes = shapely.coverage_clean(shapes, gap_width=width)  # type: ignore[attr-defined]  # not in the stubs
    if not shapely.coverage_is_valid(clean) or shapely.is_empty(clean).any():
        raise ImportRejected(_m("%(name)s: edges of neighbouring units do not meet and cannot be joined.", name=label))
    return clean, (*_summary(shared, names, label, overlap=True), *_summary(missing, names, label, overlap=False))


def _overlap_error(fault: Fault, names: Sequence[str]) -> RowError:
    one, other = (names[index] for index in fault.units)
    return RowError(
        _m("%(one)s and %(other)s overlap by %(area)s m².", one=one, other=other, area=round(fault.area_m2))
    )


def _gap_error(fault: Fault, names: Sequence[str]) -> RowError:
    around = ", ".join(names[index] for index in fault.units[:6])
    return RowError(_m("A gap of %(area)s m² lies among %(around)s.", area=round(fault.area_m2), around=around))


def _summary(faults: list[Fault], names: Sequence[str], label: str, *, overlap: bool) -> tuple[Finding, ...]:
    if not faults:
        return ()
    total, worst = sum(fault.area_m2 for fault in faults), faults[0]
    values = {
        "layer": label,
        "area": round(total),
        "worst": round(worst.area_m2),
        "units": ", ".join(names[index] for index in worst.units[:6]),
    }
    if overlap:
        message = _mn(
            "%(layer)s: %(num)s overlap closed, %(area)s m²; largest %(worst)s m² (%(units)s).",
            "%(layer)s: %(num)s overlaps closed, %(area)s m² together; largest %(worst)s m² (%(units)s).",
            len(faults),
            **values,
        )
    else:
        message = _mn(
            "%(layer)s: %(num)s gap closed, %(area)s m²; largest %(worst)s m² (%(units)s).",
            "%(layer)s: %(num)s gaps closed, %(area)s m² together; largest %(worst)s m² (%(units)s).",
            len(faults),
            **values,
        )
    return (Finding(message, total),)
