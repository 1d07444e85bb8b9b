"""Address points of a kraj: import of a whole archive, and search, beside a plain LIKE over the labels.

    python -m benchmarks.addresses [--points 250000] [--quick]

Invents the addresses of some 400 municipalities (a third of the points in one city), writes them as RÚIAN's files in a
ZIP and imports them into a database of its own: SQLite, or what ``PORTAL_DATABASE_URL`` names (an empty database).
Import: seconds of reading in the guarded child and of storing, together what ``--apply`` takes. Search: medians and the
slowest of the tries, also of suggestions for mistyped words (the first one after an import reads all names). More than
a million points, as the country has, are stored without files. The peer asks for the same words by
``label LIKE '%word%'``, as is usually written.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from flask_migrate import upgrade
from sqlalchemy import select

from portal.app import create_app
from portal.core.config import load_settings
from portal.core.db import db
from portal.core.kept import forget
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.territory.addresses import service
from portal.territory.addresses.calc.naming import assembled
from portal.territory.addresses.ingest import read_guarded_addresses
from portal.territory.addresses.models import AddressPoint
from portal.territory.addresses.types import AddressRegion, AddressRow

TRIES = 20
MOST_IN_FILES = 1_000_000
TOWNS = 400
CITY_SHARE = 1 / 3
HEADING = (
    "Kód ADM;Kód obce;Název obce;Kód MOMC;Název MOMC;Kód obvodu Prahy;Název obvodu Prahy;Kód části obce;"
    "Název části obce;Kód ulice;Název ulice;Typ SO;Číslo domovní;Číslo orientační;Znak čísla orientačního;PSČ;"
    "Souřadnice Y;Souřadnice X;Platí Od"
)
FIRST = (
    "Horní", "Dolní", "Dlouhá", "Krátká", "Nová", "Stará", "Lipová", "Dubová", "Jasanová", "Polní", "Lesní",
    "Luční", "Zahradní", "Školní", "Nádražní", "Krajinská", "Šumperská", "Olomoucká", "Palackého", "Komenského",
    "Masarykova", "Husova", "Smetanova", "Dvořákova", "Čechova", "Jiráskova",
)  # fmt: skip
SECOND = ("", " náměstí", " třída", " nábřeží", " cesta", " u rybníka", " pod lesem", " za mlýnem")


def files_of(points: int, seed: int = 7) -> Iterator[tuple[str, list[str]]]:
    """Code of each municipality and the rows of its file."""
    chance = np.random.default_rng(seed)
    sizes = np.full(TOWNS, int(points * (1 - CITY_SHARE) / (TOWNS - 1)))
    sizes[0] = points - sizes[1:].sum()
    number = 20_000_000
    for town, size in enumerate(sizes.tolist()):
        code, name = str(500_000 + town), f"Lhota {_letters(town)}" if town else "Město"
        streets = [f"{first}{second}" for first in FIRST for second in SECOND] if size > 1_000 else [""]
        y, x = chance.uniform(540_000, 580_000, size), chance.uniform(1_060_000, 1_140_000, size)
        street, house = chance.integers(0, len(streets), size), np.arange(1, size + 1)
        rows = [
            f"{number + at};{code};{name};;;;;{code}1;{name};;{streets[street[at]]};č.p.;{house[at]};"
            f"{house[at] % 90 + 1 if streets[0] else ''};;{77_000 + town};{y[at]:.2f};{x[at]:.2f};2022-08-24T00:00:00"
            for at in range(size)
        ]
        number += size
        yield code, rows


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + digit) for digit in (number // 26, number % 26))


def write(path: Path, points: int) -> frozenset[str]:
    """The archive of a kraj; codes of its municipalities."""
    codes = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for code, rows in files_of(points):
            archive.writestr(f"CSV/20240101_OB_{code}_ADR.csv", "\r\n".join([HEADING, *rows]).encode("cp1250"))
            codes.append(code)
    return frozenset(codes)


def plain(words: str) -> Callable[[], int]:
    def ask() -> int:
        fitting = (AddressPoint.label.contains(word, autoescape=True) for word in words.split())
        return len(db.session.execute(select(AddressPoint.code, AddressPoint.label).where(*fitting).limit(21)).all())

    return ask


def timed(name: str, work: Callable[[], object], tries: int) -> None:
    spent = []
    for _ in range(tries):
        begun = time.perf_counter()
        work()
        spent.append((time.perf_counter() - begun) * 1000)
        db.session.remove()
    print(f"  {name:50} median {statistics.median(spent):7.1f} ms, slowest {max(spent):7.1f} ms", flush=True)


def import_points(path: Path, region: AddressRegion) -> None:
    begun = time.perf_counter()
    parsed = read_guarded_addresses([path], region)
    read = time.perf_counter()
    with transaction():
        service.store_addresses(OPERATOR, parsed=parsed)
    stored = time.perf_counter()
    print(f"  read {read - begun:.1f} s, stored {stored - read:.1f} s, together {stored - begun:.1f} s", flush=True)


def rows_of(points: int) -> Iterator[AddressRow]:
    """The same addresses without files, whose bytes the reader bounds to those of a kraj; one spot for all."""
    for code, lines in files_of(points):
        for line in lines:
            cells = line.split(";")
            yield AddressRow(
                code=int(cells[0]),
                municipality_code=code,
                municipality_name=cells[2],
                part=cells[8],
                street=cells[10],
                is_registered=False,
                house=int(cells[12]),
                orientation=cells[13],
                postcode=cells[15],
                lon=17.25,
                lat=49.59,
            )


def store_country(points: int) -> None:
    parsed = assembled(list(rows_of(points)), source="benchmark")
    begun = time.perf_counter()
    with transaction():
        service.store_addresses(OPERATOR, parsed=parsed)
    print(f"  {len(parsed.streets)} streets, stored {time.perf_counter() - begun:.1f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=250_000)
    parser.add_argument("--quick", action="store_true", help="25 000 points, three tries")
    given = parser.parse_args()
    points, tries = (25_000, 3) if given.quick else (given.points, TRIES)
    with tempfile.TemporaryDirectory(prefix="portal-addresses-") as folder:
        settings = {"PORTAL_ENV": "test", "PORTAL_INSTANCE": folder}
        if url := os.environ.get("PORTAL_DATABASE_URL"):
            settings["PORTAL_DATABASE_URL"] = url
        app = create_app(load_settings(settings))
        with app.app_context():
            upgrade()
            print(f"{points} points on {db.engine.dialect.name}")
            if points > MOST_IN_FILES:
                store_country(points)
            else:
                path = Path(folder) / "kraj.zip"
                import_points(path, AddressRegion("Vymyšlený kraj", write(path, points), None))
            for text in (
                "Hornni náměstí 12, Město",
                "lhota bcc 45",
                "Nadrzani 12",
                "Palackeeho",
                "Horní náměstí 99999",
            ):
                forget()
                timed(f"“{text}”: suggestions, the first time", lambda text=text: service.suggest_addresses(text), 1)
                told = service.suggest_addresses(text)
                name = f"“{text}”: {len(told.points) + len(told.streets)} suggested"
                timed(name, lambda text=text: service.suggest_addresses(text), tries)
            for text, peer in (
                ("Město, Horní náměstí 12", "Město Horní náměstí 12"),
                ("lhota bc 45", "Lhota bc 45"),
                ("město 12", "Město 12"),
                ("horn 12", "Horní 12"),
                ("na 5", "ná 5"),
                ("Horní náměstí 99999", "Horní náměstí 99999"),
            ):
                found = len(service.find_addresses(text).points)
                timed(f"“{text}”: {found} found", lambda text=text: service.find_addresses(text), tries)
                timed("  LIKE over the labels", plain(peer), max(tries // 4, 3))


if __name__ == "__main__":
    main()
