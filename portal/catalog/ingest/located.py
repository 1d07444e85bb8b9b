"""The same reading with exact points of addresses; apart, since only this one needs the library of projections."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from portal.catalog.ingest.context import RegionPlaces
from portal.catalog.ingest.reader import Report, Summary, read_register, tell_nobody
from portal.territory.addresses.ingest import read_points
from portal.territory.addresses.types import AddressRegion


def read_located_register(
    register: Path,
    lists_folder: Path,
    places: RegionPlaces,
    out: Path,
    address_files: Sequence[Path],
    report: Report = tell_nobody,
) -> Summary:
    """As ``reader.read_register``, with points by the address place's code from RÚIAN's files, also of other regions.

    Raises ImportRejected with faults by row as ``read_points``.
    """
    codes = frozenset(one.code for one in places.municipalities.values())
    points = read_points(address_files, AddressRegion(places.name, codes, outline=None))
    return read_register(register, lists_folder, places, out, points=points, report=report)
