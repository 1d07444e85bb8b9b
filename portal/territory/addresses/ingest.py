"""RÚIAN's address files: cp1250, ``;``, one for each municipality, usually many in a ZIP. Read in a guarded child."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np
import shapely

from portal.core.errors import ImportRejected, RowError
from portal.core.guarded import Limits, run_guarded
from portal.core.messages import Message, _m, _mn
from portal.core.workbooks.archive import ENCRYPTED, MEBIBYTE, UNREADABLE, is_swollen
from portal.territory.addresses.calc.naming import assembled
from portal.territory.addresses.types import AddressRegion, AddressRow, ParsedAddresses, UnknownMunicipality
from portal.territory.calc.projection import SJTSK_BOUNDS, degrees_of
from portal.territory.ingest.sources import check_file
from portal.territory.ingest.words import looks_czech

# The largest kraj has 1 144 municipalities and some 420 000 address places in 60 MB.
MAX_MEMBERS = 3_000
MAX_BYTES = 256 * MEBIBYTE
KEPT_FAULTS = 200
MAX_NAME = 80
LIMITS = Limits(memory_mib=4_096, cpu_seconds=300, seconds=600)
DECIMALS = 6  # of a degree, about 0.1 m

CODE, TOWN_CODE, TOWN, PART, STREET = "Kód ADM", "Kód obce", "Název obce", "Název části obce", "Název ulice"
KIND, HOUSE, ORIENTATION, LETTER = "Typ SO", "Číslo domovní", "Číslo orientační", "Znak čísla orientačního"
POSTCODE, Y, X = "PSČ", "Souřadnice Y", "Souřadnice X"
NEEDED = (CODE, TOWN_CODE, TOWN, PART, STREET, KIND, HOUSE, ORIENTATION, LETTER, POSTCODE, Y, X)
REGISTERED = "č.ev."
_SHAPES: dict[str, tuple[re.Pattern[str], Message]] = {
    CODE: (re.compile(r"[0-9]{1,9}"), _m("This is no code of an address place.")),
    TOWN_CODE: (re.compile(r"[0-9]{6}"), _m("This is no code of a municipality.")),
    HOUSE: (re.compile(r"[0-9]{1,5}"), _m("This is no number of a house.")),
    ORIENTATION: (re.compile(r"[0-9]{0,5}"), _m("This is no number of a house.")),
    LETTER: (re.compile(r"\w?"), _m("This is no letter of a number.")),
    POSTCODE: (re.compile(r"(?:[0-9]{5})?"), _m("This is no postcode.")),
}
_NUMBER = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,9})?")
_SIGNS = set("©®«»¦¬±¤§°")  # what Š, Ž, Ť and ť of another encoding become in Windows-1250
_Y_METRES = (-SJTSK_BOUNDS[2], -SJTSK_BOUNDS[0])
_X_METRES = (-SJTSK_BOUNDS[3], -SJTSK_BOUNDS[1])


@dataclass
class _Town:
    """A municipality as it comes: its name, where it stands first, its points."""

    name: str
    row: str
    points: int = 0
    y: list[float] = field(default_factory=list)
    x: list[float] = field(default_factory=list)


@dataclass
class _Read:
    """What was read of all files so far; faults are told with file and row. ``codes_alone``: of cells only the code."""

    region: AddressRegion
    codes_alone: bool = False
    cells: list[tuple[str, ...]] = field(default_factory=list)  # of NEEDED, without the coordinates
    y: list[float] = field(default_factory=list)
    x: list[float] = field(default_factory=list)
    without_point: int = 0
    towns: dict[str, _Town] = field(default_factory=dict)  # that the territory does not have
    seen: dict[str, str] = field(default_factory=dict)
    faults: list[RowError] = field(default_factory=list)
    fault_count: int = 0

    def fault(self, row: str, column: str | None, message: Message) -> None:
        self.fault_count += 1
        if len(self.faults) < KEPT_FAULTS:
            self.faults.append(RowError(message, row, column))


def read_guarded_addresses(paths: Sequence[Path], region: AddressRegion) -> ParsedAddresses:
    """The points of files from outside. Raises ImportRejected."""
    for path in paths:
        check_file(path)
    return run_guarded(read_addresses, list(paths), region, name=_source(paths), limits=LIMITS)


def read_addresses(paths: Sequence[Path], region: AddressRegion) -> ParsedAddresses:
    """As ``read_guarded_addresses``, in this process.

    Address places without coordinates, and those of municipalities that the territory does not have, are left out and
    counted. Raises ImportRejected with faults by file and row: another encoding or columns missing; a cell that is no
    code, number or postcode; a point outside the country; an address twice; a municipality outside the region.
    """
    read = _Read(region)
    _take_all(read, paths)
    unknown = [UnknownMunicipality(code, town.name, town.points) for code, town in sorted(read.towns.items())]
    return assembled(_rows(read), source=_source(paths), without_point=read.without_point, unknown=unknown)


def read_points(paths: Sequence[Path], region: AddressRegion) -> dict[int, tuple[float, float]]:
    """The points alone (WGS84: lon, lat) by code of the address place, in this process; raises as ``read_addresses``.

    For readers that have the codes of their addresses. Memory for one number of an address place instead of ten texts.
    """
    read = _Read(region, codes_alone=True)
    _take_all(read, paths)
    lon, lat = _degrees(read)
    return {int(code): point for (code,), point in zip(read.cells, zip(lon, lat, strict=True), strict=True)}


def _take_all(read: _Read, paths: Sequence[Path]) -> None:
    for name, content in _contents(paths):
        _take(read, name, content)
    _check_strangers(read)
    if read.fault_count:
        message = _mn(
            "The address files have %(num)s fault.", "The address files have %(num)s faults.", read.fault_count
        )
        raise ImportRejected(message, read.faults)
    if not read.cells:
        raise ImportRejected(
            _m("%(name)s holds no address point of %(region)s.", name=_source(paths), region=read.region.name)
        )


def _degrees(read: _Read) -> tuple[list[float], list[float]]:
    lon, lat = degrees_of(np.array(read.y), np.array(read.x))
    return np.round(lon, DECIMALS).tolist(), np.round(lat, DECIMALS).tolist()


def _source(paths: Sequence[Path]) -> str:
    names = ", ".join(path.name for path in paths[:5])
    return f"{names} (+{len(paths) - 5})" if len(paths) > 5 else names


def _contents(paths: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    """Each CSV, also of archives, under the name it is told by."""
    total = 0
    for path in paths:
        if zipfile.is_zipfile(path) or path.suffix.lower() == ".zip":
            for name, content in _members(path):
                total += len(content)
                _check_size(path.name, total)
                yield name, content
            continue
        total += path.stat().st_size
        _check_size(path.name, total)
        yield path.name, path.read_bytes()


def _check_size(name: str, size: int) -> None:
    if size > MAX_BYTES:
        raise ImportRejected(_m("%(name)s is larger than %(limit)s MB.", name=name, limit=MAX_BYTES // MEBIBYTE))


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    """CSV files of an archive, which is checked by its directory before anything is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            if len(entries) > MAX_MEMBERS or unpacked > MAX_BYTES or any(map(is_swollen, entries)):
                raise ImportRejected(
                    _m(
                        "%(name)s unpacks to far more than the addresses of a region (at most %(limit)s MB are read).",
                        name=path.name,
                        limit=MAX_BYTES // MEBIBYTE,
                    )
                )
            if any(entry.flag_bits & ENCRYPTED for entry in entries):
                raise ImportRejected(_m("%(name)s is protected by a password. Save it without one.", name=path.name))
            lists = sorted((one for one in entries if one.filename.lower().endswith(".csv")), key=lambda e: e.filename)
            if not lists:
                raise ImportRejected(_m("%(name)s holds no address file (.csv).", name=path.name))
            for entry in lists:
                yield f"{path.name}/{PurePosixPath(entry.filename).name}", archive.read(entry)
    except UNREADABLE as error:
        raise ImportRejected(
            _m("%(name)s cannot be read as %(kind)s; it is damaged or something else.", name=path.name, kind="ZIP")
        ) from error


def _take(read: _Read, name: str, content: bytes) -> None:
    """Read one file. A fault of a row is noted; a file that cannot be one of RÚIAN's ends all."""
    lines = csv.reader(io.StringIO(_text(name, content), newline=""), delimiter=";")
    try:
        heading = [title.strip() for title in next(lines, [])]
        missing = [title for title in NEEDED if title not in heading]
        if missing:
            raise ImportRejected(_lacking(name, content, missing))
        places = [heading.index(title) for title in NEEDED]
        sound: set[str] = set()
        for cells in lines:
            if not any(cells):
                continue
            row = f"{name}:{lines.line_num}"
            if len(cells) != len(heading):
                read.fault(
                    row,
                    None,
                    _m("The row has %(cells)s cells, the heading %(titles)s.", cells=len(cells), titles=len(heading)),
                )
                continue
            values = tuple(cells[place].strip() for place in places)
            _check_names(name, values, sound)
            _take_row(read, row, values)
    except csv.Error as error:
        raise ImportRejected(_m("%(name)s is no address file of RÚIAN.", name=name)) from error


def _text(name: str, content: bytes) -> str:
    if b"\0" in content:
        raise ImportRejected(_m("%(name)s is no address file of RÚIAN.", name=name))
    try:
        return content.decode("cp1250")
    except UnicodeDecodeError as error:
        raise ImportRejected(_other_encoding(name, content)) from error


def _other_encoding(name: str, content: bytes, sample: str = "") -> Message:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        if sample:
            return _m(
                "%(name)s is not in Windows-1250: read so, a name in it is “%(sample)s”.", name=name, sample=sample
            )
        return _m("%(name)s is not in Windows-1250.", name=name)
    return _m("%(name)s is in UTF-8; RÚIAN's address files are in Windows-1250. Take the file as published.", name=name)


def _lacking(name: str, content: bytes, missing: Sequence[str]) -> Message:
    try:
        heading = content.decode("utf-8-sig").split("\n", 1)[0].strip().split(";")
    except UnicodeDecodeError:
        heading = []
    if set(NEEDED) <= set(heading):
        return _other_encoding(name, content)
    return _m("%(name)s lacks the columns %(columns)s.", name=name, columns=", ".join(missing))


def _check_names(name: str, values: tuple[str, ...], sound: set[str]) -> None:
    """Windows-1250 reads bytes of any other encoding too; names with foreign signs give that away."""
    for at, text in enumerate(values[2:5]):
        if text in sound:
            continue
        if _SIGNS.intersection(text) or (at == 0 and not looks_czech(text)):
            raise ImportRejected(_other_encoding(name, text.encode("cp1250"), text))
        sound.add(text)


def _take_row(read: _Read, row: str, values: tuple[str, ...]) -> None:
    before = read.fault_count
    _check_cells(read, row, values)
    first = read.seen.setdefault(values[0], row)
    if first != row:
        read.fault(
            row,
            CODE,
            _m("Address place %(code)s stands a second time; first in %(first)s.", code=values[0], first=first),
        )
    y, x = values[-2:]
    point = _point(read, row, y, x) if y or x else None
    if read.fault_count > before:
        return
    if values[1] not in read.region.municipalities:
        town = read.towns.setdefault(values[1], _Town(values[2], row))
        town.points += 1
        if point is not None:
            town.y.append(point[0])
            town.x.append(point[1])
    elif point is None:
        read.without_point += 1
    else:
        read.cells.append(values[:1] if read.codes_alone else values[:-2])
        read.y.append(point[0])
        read.x.append(point[1])


def _check_cells(read: _Read, row: str, values: tuple[str, ...]) -> None:
    for column, text in zip(NEEDED, values, strict=True):
        if column in _SHAPES:
            shape, message = _SHAPES[column]
            if not shape.fullmatch(text):
                read.fault(row, column, message)
        elif len(text) > MAX_NAME:
            read.fault(row, column, _m("The text is longer than %(most)s characters.", most=MAX_NAME))
    if not values[2]:
        read.fault(row, TOWN, _m("The name is missing."))


def _point(read: _Read, row: str, y: str, x: str) -> tuple[float, float] | None:
    """Both coordinates in metres; None where they have a fault."""
    is_sound = True
    for column, text in ((Y, y), (X, x)):
        if not _NUMBER.fullmatch(text):
            read.fault(row, column, _m("“%(value)s” is not a number.", value=text[:40]))
            is_sound = False
    if not is_sound:
        return None
    point = (float(y), float(x))
    if _Y_METRES[0] <= point[0] <= _Y_METRES[1] and _X_METRES[0] <= point[1] <= _X_METRES[1]:
        return point
    read.fault(
        row, Y, _m("Y %(y)s and X %(x)s lie outside the Czech Republic; are the axes or signs exchanged?", y=y, x=x)
    )
    return None


def _check_strangers(read: _Read) -> None:
    """A municipality that the territory lacks may be younger than it; one outside the region is in the wrong file."""
    towns = [(code, town) for code, town in sorted(read.towns.items()) if town.y]
    if read.region.outline is None or not towns:
        return
    lon, lat = degrees_of(
        np.array([np.median(town.y) for _code, town in towns]), np.array([np.median(town.x) for _code, town in towns])
    )
    inside = shapely.contains_xy(shapely.from_geojson(read.region.outline), lon, lat)
    for (code, town), is_inside in zip(towns, inside, strict=True):
        if not is_inside:
            message = _m(
                "%(unit)s (%(code)s) lies outside %(region)s.", unit=town.name, code=code, region=read.region.name
            )
            read.fault(town.row, TOWN_CODE, message)


def _rows(read: _Read) -> list[AddressRow]:
    points = zip(*_degrees(read), strict=True)
    return [
        AddressRow(
            code=int(code),
            municipality_code=town_code,
            municipality_name=town,
            part=part,
            street=street,
            is_registered=kind == REGISTERED,
            house=int(house),
            orientation=f"{orientation}{letter}" if orientation else "",
            postcode=postcode,
            lon=point_lon,
            lat=point_lat,
        )
        for (code, town_code, town, part, street, kind, house, orientation, letter, postcode), (
            point_lon,
            point_lat,
        ) in zip(read.cells, points, strict=True)
    ]
