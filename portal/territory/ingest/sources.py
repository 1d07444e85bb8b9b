"""Files with layers: SHP with its companions, GeoJSON, GPKG, or a ZIP with a SHP. Opened, not yet read."""

from __future__ import annotations

import codecs
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pyogrio
from pyogrio.errors import DataSourceError

from portal.core.errors import ImportRejected
from portal.core.messages import Message, _m

COMPANIONS = (".shx", ".dbf")
MAX_UNPACKED_BYTES = 4 * 1024**3
FORMATS = {".shp": "SHP", ".geojson": "GeoJSON", ".json": "GeoJSON", ".gpkg": "GPKG"}


@dataclass(frozen=True)
class Source:
    """One layer: how people know it and how GDAL opens it; ``cpg`` is the encoding a shapefile declares."""

    label: str
    address: str
    layer: str
    is_shapefile: bool
    cpg: str | None


def check_file(path: Path) -> None:
    """Raise ImportRejected unless the path is a file with something in it."""
    if not path.exists():
        raise ImportRejected(_m("File %(name)s does not exist.", name=str(path)))
    if not path.is_file():
        raise ImportRejected(_m("%(name)s is a folder; give a file.", name=str(path)))
    if path.stat().st_size == 0:
        raise ImportRejected(_m("File %(name)s is empty.", name=path.name))


def open_source(path: Path, layer: str | None, usual_layer: str) -> Source:
    """Find the layer of a file.

    Without ``layer`` the only one is taken, or the one with the usual name (``ORP_P``, ``OBCE_P``). Raises
    ImportRejected for a file that is missing, empty, of another kind, damaged or without its companions, and
    when the layer cannot be told.
    """
    check_file(path)
    suffix = path.suffix.lower()
    if suffix == ".zip":
        return _in_zip(path, layer, usual_layer)
    if suffix == ".shp":
        beside = {file.name.lower(): file for file in path.parent.iterdir()}
        companions = {s: beside.get(f"{path.stem.lower()}{s}") for s in (*COMPANIONS, ".cpg")}
        _check_companions(path.name, path.stem, {s: file is not None for s, file in companions.items()})
        cpg = companions[".cpg"]
        return _source(path.name, str(path), layer, usual_layer, None if cpg is None else cpg.read_bytes())
    if suffix in FORMATS:
        return _source(path.name, str(path), layer, usual_layer, None)
    raise ImportRejected(_other_kind(path))


def _other_kind(path: Path) -> Message:
    if path.suffix.lower() in (*COMPANIONS, ".prj", ".cpg"):
        return _m("%(name)s is only a companion of a shapefile; give the file .shp.", name=path.name)
    return _m("%(name)s is no layer that this import reads: SHP, GeoJSON, GPKG or ZIP with SHP.", name=path.name)


def _check_companions(name: str, stem: str, present: Mapping[str, bool]) -> None:
    if missing := [f"{stem}{suffix}" for suffix in COMPANIONS if not present[suffix]]:
        raise ImportRejected(
            _m(
                "%(name)s lacks %(missing)s beside it; a shapefile is a set of files that stay together.",
                name=name,
                missing=", ".join(missing),
            )
        )


def _in_zip(path: Path, layer: str | None, usual_layer: str) -> Source:
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {info.filename: info.file_size for info in archive.infolist()}
            shapefiles = [name for name in sizes if name.lower().endswith(".shp")]
            chosen = _choose(path.name, [PurePosixPath(name).stem for name in shapefiles], layer, usual_layer)
            member = next(name for name in shapefiles if PurePosixPath(name).stem == chosen)
            beside = {name.lower(): name for name in sizes}
            companions = {s: beside.get(f"{member[:-4].lower()}{s}") for s in (*COMPANIONS, ".cpg")}
            cpg_name = companions[".cpg"]
            cpg = None if cpg_name is None else archive.read(cpg_name)
    except zipfile.BadZipFile as error:
        raise ImportRejected(_damaged(path.name, "ZIP")) from error
    if sum(sizes.values()) > MAX_UNPACKED_BYTES:
        raise ImportRejected(_m("%(name)s would unpack to more than 4 GiB.", name=path.name))
    label = f"{path.name}/{member}"
    _check_companions(label, chosen, {s: name is not None for s, name in companions.items()})
    return _source(label, f"/vsizip/{path}/{member}", None, usual_layer, cpg)


def _source(label: str, address: str, layer: str | None, usual_layer: str, cpg: bytes | None) -> Source:
    suffix = PurePosixPath(address).suffix.lower()
    try:
        layers = [str(name) for name, _geometry in pyogrio.list_layers(address)]
    except DataSourceError as error:
        raise ImportRejected(_damaged(label, FORMATS[suffix])) from error
    is_shapefile = suffix == ".shp"
    return Source(label, address, _choose(label, layers, layer, usual_layer), is_shapefile, _encoding(cpg))


def _choose(name: str, layers: Sequence[str], wanted: str | None, usual: str) -> str:
    if not layers:
        raise ImportRejected(_m("%(name)s holds no layer.", name=name))
    if wanted is not None:
        if wanted in layers:
            return wanted
        raise ImportRejected(
            _m(
                "%(name)s has no layer %(wanted)s; it has: %(present)s.",
                name=name,
                wanted=wanted,
                present=", ".join(sorted(layers)),
            )
        )
    if len(layers) == 1:
        return layers[0]
    if named := [layer for layer in layers if layer.casefold() == usual.casefold()]:
        return named[0]
    raise ImportRejected(
        _m(
            "%(name)s has several layers (%(present)s) and none is called %(usual)s; say which one to take.",
            name=name,
            present=", ".join(sorted(layers)),
            usual=usual,
        )
    )


def _damaged(name: str, kind: str) -> Message:
    return _m("%(name)s cannot be read as %(kind)s; it is damaged or something else.", name=name, kind=kind)


def _encoding(cpg: bytes | None) -> str | None:
    """What a .cpg declares, as Python calls it; None when it says nothing usable."""
    if cpg is None:
        return None
    words = cpg.decode("ascii", errors="replace").strip().lower()
    for guess in (words, f"cp{words}", words.replace("ansi ", "cp"), words.replace("ansi", "cp").replace(" ", "")):
        try:
            return codecs.lookup(guess).name
        except LookupError:
            continue
    return None
