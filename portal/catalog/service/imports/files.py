"""The files of one import and what identifies their content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from portal.catalog.ingest import codelists
from portal.catalog.ingest.context import Municipality, RegionPlaces
from portal.catalog.ingest.located import read_located_register
from portal.catalog.ingest.reader import READER_VERSION, Summary, read_register, tell_nobody
from portal.core.errors import ImportRejected
from portal.core.guarded import Limits, run_guarded
from portal.core.messages import _m
from portal.territory import service as territory
from portal.territory.types import Level

# The register has about 100 MB; its reader streams it and stays near 60 MiB, points of addresses take more.
READING = Limits(memory_mib=400, cpu_seconds=300, seconds=900)
READING_WITH_ADDRESSES = Limits(memory_mib=1024, cpu_seconds=600, seconds=1200)
MAX_REGISTER_BYTES = 1024 * 1024 * 1024


@dataclass(frozen=True)
class RegisterFiles:
    """A register file, the folder of its code lists and, if any, RÚIAN's address files."""

    register: Path
    lists_folder: Path
    addresses: tuple[Path, ...] = ()
    name: str = ""  # as people know the file

    @property
    def shown_name(self) -> str:
        return (self.name or self.register.name)[:200]


@dataclass(frozen=True)
class Read:
    """A file read: its summary, the cleaned lines and what identifies the content."""

    files: RegisterFiles
    summary: Summary
    lines: Path
    content_hash: str


def region_places() -> RegionPlaces:
    """The region and its municipalities under the register's codes.

    Raises ImportRejected while no territory is stored, since nothing could be placed.
    """
    units = territory.units_by_mpsv_code()
    region = next((unit for unit in units.values() if unit.level is Level.REGION), None)
    if region is None or region.mpsv_code is None:
        raise ImportRejected(_m("There is no territory yet. Import it first; services are placed by it."))
    orps = {unit.code: unit.name for unit in territory.list_units(Level.ORP)}
    return RegionPlaces(
        region.mpsv_code,
        {
            key: Municipality(
                unit.code, unit.name, unit.parent_code, orps.get(unit.parent_code or ""), unit.seat_lon, unit.seat_lat
            )
            for key, unit in units.items()
            if unit.level is Level.MUNICIPALITY
        },
        region.name,
    )


def content_hash(files: RegisterFiles, places: RegionPlaces) -> str:
    """What makes two imports the same: file, code lists, addresses, territory and the way they are read."""
    digest = hashlib.sha256(f"{READER_VERSION}".encode())
    digest.update(json.dumps(asdict(places), sort_keys=True).encode())
    lists = [files.lists_folder / name for name in codelists.FILES]
    for path in (files.register, *lists, *sorted(files.addresses)):
        if path.is_file():
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        else:
            digest.update(b"-")
    return digest.hexdigest()


@contextmanager
def reading(
    files: RegisterFiles,
    places: RegionPlaces,
    identity: str,
    report: Callable[[int, int], None] = tell_nobody,
) -> Iterator[Read]:
    """Read the files in a guarded child; the cleaned lines are there as long as the context lasts.

    Raises ImportRejected for a file that cannot be taken at all.
    """
    if files.register.stat().st_size > MAX_REGISTER_BYTES:
        raise ImportRejected(_m("%(name)s is too large for the register.", name=files.shown_name))
    with TemporaryDirectory(prefix="portal-register-") as folder:
        lines = Path(folder) / "lines"
        if files.addresses:
            summary = run_guarded(
                read_located_register,
                files.register,
                files.lists_folder,
                places,
                lines,
                files.addresses,
                name=files.shown_name,
                limits=READING_WITH_ADDRESSES,
                progress=report,
            )
        else:
            summary = run_guarded(
                read_register,
                files.register,
                files.lists_folder,
                places,
                lines,
                name=files.shown_name,
                limits=READING,
                progress=report,
            )
        yield Read(files, summary, lines, identity)
