"""RÚIAN's address files made for tests, and points stored from them."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.territory.addresses import service
from portal.territory.addresses.ingest import read_addresses
from portal.territory.addresses.types import AddressRegion, ParsedAddresses
from portal.territory.calc.projection import points_in_sjtsk

HEADING = [
    "Kód ADM", "Kód obce", "Název obce", "Kód MOMC", "Název MOMC", "Kód obvodu Prahy", "Název obvodu Prahy",
    "Kód části obce", "Název části obce", "Kód ulice", "Název ulice", "Typ SO", "Číslo domovní",
    "Číslo orientační", "Znak čísla orientačního", "PSČ", "Souřadnice Y", "Souřadnice X", "Platí Od",
]  # fmt: skip
SMALL_REGION = AddressRegion(
    "Olomoucký kraj", frozenset(("500496", "500801", "501646", "523704", "569178")), outline=None
)


@dataclass(frozen=True)
class Address:
    """One address place; by default house 1 of Olomouc, where its seat lies. ``part`` None: called as the town."""

    code: int
    street: str = ""
    house: str = "1"
    orientation: str = ""
    letter: str = ""
    town: tuple[str, str] = ("500496", "Olomouc")
    part: str | None = None
    kind: str = "č.p."
    postcode: str = "77900"
    lon: float | None = 17.25
    lat: float | None = 49.59


BLATEC, SUMPERK, DOLANY = ("500801", "Blatec"), ("523704", "Šumperk"), ("501646", "Dolany")


def row_of(address: Address, changes: Mapping[str, str] | None = None) -> list[str]:
    """Cells of a row; ``changes`` by heading."""
    y = x = ""
    if address.lon is not None and address.lat is not None:
        point = shapely.get_coordinates(points_in_sjtsk(np.array([address.lon]), np.array([address.lat])))[0]
        y, x = (f"{-value:.2f}" for value in point)
    cells = dict.fromkeys(HEADING, "")
    cells |= {
        "Kód ADM": str(address.code),
        "Kód obce": address.town[0],
        "Název obce": address.town[1],
        "Název části obce": address.town[1] if address.part is None else address.part,
        "Název ulice": address.street,
        "Typ SO": address.kind,
        "Číslo domovní": address.house,
        "Číslo orientační": address.orientation,
        "Znak čísla orientačního": address.letter,
        "PSČ": address.postcode,
        "Souřadnice Y": y,
        "Souřadnice X": x,
        "Platí Od": "2022-08-24T00:00:00",
    }
    return list((cells | dict(changes or {})).values())


def content_of(rows: Sequence[Sequence[str]], *, heading: Sequence[str] = HEADING, encoding: str = "cp1250") -> bytes:
    return "".join(f"{';'.join(cells)}\r\n" for cells in [heading, *rows]).encode(encoding)


def write_addresses(path: Path, addresses: Sequence[Address]) -> Path:
    """A CSV file, as one municipality has it; here of any."""
    path.write_bytes(content_of([row_of(address) for address in addresses]))
    return path


def write_archive(path: Path, files: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def parsed_addresses(
    folder: Path, addresses: Sequence[Address], region: AddressRegion = SMALL_REGION
) -> ParsedAddresses:
    return read_addresses([write_addresses(folder / "adresy.csv", addresses)], region)


def store_points(folder: Path, *addresses: Address) -> service.AddressOutcome:
    """Put address points in force."""
    with transaction():
        return service.store_addresses(OPERATOR, parsed=parsed_addresses(folder, addresses))
