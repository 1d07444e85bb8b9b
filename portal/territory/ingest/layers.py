"""One layer read into codes, names and shapes in EPSG:5514; what GDAL hands over is checked before it is used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS
from pyproj.exceptions import CRSError

from portal.core.errors import ImportRejected, RowError
from portal.core.messages import Message, _m
from portal.territory.calc.arrays import Shapes
from portal.territory.calc.axes import Placement, placement_fault
from portal.territory.calc.projection import to_sjtsk, to_wgs84
from portal.territory.ingest.sources import Source
from portal.territory.ingest.words import best_reading, decoded
from portal.territory.types import Finding

# As ČÚZK's exports call them; other spellings differ in case alone.
CODE_COLUMN, NAME_COLUMN, REGION_COLUMN = "KOD", "NAZEV", "NUTS3_KOD"
BBOX_MARGIN_M = 2_000.0
_BYTES = "ISO-8859-1"  # every byte is one character: the names come through as they stand in the file


@dataclass(frozen=True)
class Layer:
    """Units of a layer: parallel sequences. Shapes are still in the layer's own system."""

    source: Source
    codes: list[str]
    names: list[str]
    regions: list[str]
    shapes: Shapes
    placement: Placement

    @property
    def label(self) -> str:
        return self.source.label

    def where(self, keep: Sequence[bool]) -> Layer:
        kept = np.flatnonzero(np.array(keep, dtype=bool)).tolist()
        return replace(
            self,
            codes=[self.codes[i] for i in kept],
            names=[self.names[i] for i in kept],
            regions=[self.regions[i] for i in kept],
            shapes=self.shapes[kept],
        )


def read_layer(source: Source, *, with_region: bool, near: shapely.Geometry | None = None) -> Layer:
    """Read code, name (and the region's NUTS code) with the shapes; ``near`` (EPSG:5514) keeps what lies by it.

    Raises ImportRejected for a layer without rows, a missing column, a missing or unexpected coordinate system,
    exchanged or mirrored axes.
    """
    info = _info(source)
    wanted = [CODE_COLUMN, NAME_COLUMN, *([REGION_COLUMN] if with_region else [])]
    columns = _columns(source.label, [str(name) for name in info["fields"]], wanted)
    if info["features"] == 0:
        raise ImportRejected(_m("%(name)s holds no units.", name=source.label))
    placement = placement_of(source.label, info["crs"])
    if fault := placement_fault(placement, info["total_bounds"]):
        raise ImportRejected(_m("%(name)s: %(fault)s", name=source.label, fault=fault))
    options: dict[str, Any] = {"columns": columns, "force_2d": True, "layer": source.layer}
    if source.is_shapefile:
        options["encoding"] = _BYTES
    if near is not None:
        options["bbox"] = _bbox(near, placement)
    try:
        meta, _fids, wkb, fields = pyogrio.raw.read(source.address, **options)
    except (DataSourceError, DataLayerError) as error:
        raise ImportRejected(
            _m("%(name)s cannot be read to its end; the file is probably damaged.", name=source.label)
        ) from error
    by_name = dict(zip([str(name) for name in meta["fields"]], fields, strict=True))
    codes, names, *regions = [[_text(value) for value in by_name[column]] for column in columns]
    return Layer(
        source=source,
        codes=codes,
        names=names,
        regions=regions[0] if regions else [""] * len(codes),
        shapes=shapely.from_wkb(wkb, on_invalid="ignore"),
        placement=placement,
    )


def _info(source: Source) -> dict[str, Any]:
    try:
        return pyogrio.read_info(source.address, layer=source.layer, force_feature_count=True, force_total_bounds=True)
    except (DataSourceError, DataLayerError) as error:
        raise ImportRejected(
            _m("%(name)s cannot be opened; the file is probably damaged.", name=source.label)
        ) from error


def _columns(label: str, present: list[str], wanted: list[str]) -> list[str]:
    """The columns as the layer spells them."""
    spelled = {name.upper(): name for name in present}
    if missing := [column for column in wanted if column not in spelled]:
        raise ImportRejected(
            _m(
                "%(name)s lacks the column %(missing)s; it has: %(present)s.",
                name=label,
                missing=", ".join(missing),
                present=", ".join(present[:30]) or "-",
            )
        )
    return [spelled[column] for column in wanted]


def placement_of(label: str, crs: str | None) -> Placement:
    """Which of the two systems a layer declares; ImportRejected for none or another one."""
    if not crs:
        raise ImportRejected(
            _m(
                "%(name)s does not say its coordinate system (a shapefile says it in .prj); EPSG:5514 is expected.",
                name=label,
            )
        )
    try:
        system = CRS.from_user_input(crs)
    except CRSError:
        raise ImportRejected(_other_system(label, crs[:80])) from None
    code = system.to_epsg(min_confidence=20) if system.to_epsg() is None else system.to_epsg()
    if code == 5514 or system.to_authority() == ("ESRI", "102067"):
        return Placement.SJTSK
    if code in (4326, 4258) or system.name in ("WGS 84 (CRS84)", "WGS 84 (CRS84) (with axis order normalized)"):
        return Placement.WGS84
    raise ImportRejected(_other_system(label, f"EPSG:{code}" if code else system.name))


def _other_system(label: str, system: str) -> Message:
    return _m(
        "%(name)s is in the coordinate system %(system)s; EPSG:5514 (S-JTSK) or WGS 84 is expected.",
        name=label,
        system=system,
    )


def _bbox(near: shapely.Geometry, placement: Placement) -> tuple[float, float, float, float]:
    west, south, east, north = shapely.bounds(near).tolist()
    frame = shapely.box(west - BBOX_MARGIN_M, south - BBOX_MARGIN_M, east + BBOX_MARGIN_M, north + BBOX_MARGIN_M)
    area: shapely.Geometry = shapely.segmentize(frame, 10_000)
    if placement is Placement.WGS84:
        area = to_wgs84(np.array([area], dtype=object))[0]
    west, south, east, north = shapely.bounds(area).tolist()
    return west, south, east, north


def _text(value: Any) -> str:
    """A cell as text: codes come as numbers too, and a missing one as None or nan."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value).strip(" \t\r\n")  # not a no-break space: as a byte it is a letter of cp852


def in_sjtsk(layer: Layer) -> Shapes:
    """The shapes in EPSG:5514. Raises ImportRejected naming the units that have no shape."""
    empty = shapely.is_missing(layer.shapes) | shapely.is_empty(layer.shapes)
    if empty.any():
        errors = [RowError(_m("%(unit)s has no shape.", unit=layer.names[i])) for i in np.flatnonzero(empty)]
        raise ImportRejected(_m("%(name)s: some units have no shape.", name=layer.label), errors)
    return layer.shapes if layer.placement is Placement.SJTSK else to_sjtsk(layer.shapes)


def with_names_read(layer: Layer, fits: Callable[[Sequence[str]], int]) -> tuple[Layer, tuple[Finding, ...]]:
    """The layer with names in the encoding that suits them best; ``fits`` counts the names as expected.

    Layers other than shapefiles are in UTF-8 by their standard. A shapefile whose .cpg says otherwise than its
    names is told in a finding.
    """
    if not layer.source.is_shapefile:
        return layer, ()
    declared = layer.source.cpg
    raw = [name.encode(_BYTES) for name in layer.names]
    names, encoding = best_reading(raw, declared, fits)
    findings: tuple[Finding, ...] = ()
    if declared is not None and encoding != declared and decoded(raw, declared) != names:
        message = _m(
            "%(name)s: the .cpg says %(declared)s, but the names are in %(encoding)s; read so.",
            name=layer.label,
            declared=declared,
            encoding=encoding,
        )
        findings = (Finding(message),)
    return replace(layer, names=names), findings
