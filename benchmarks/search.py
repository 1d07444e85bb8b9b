"""Search of the catalogue: what it finds, and how long it takes beside LIKE.

``python benchmarks/search.py [--quick]``

Recall and precision: every case and number of every word of an invented catalogue is asked for, with and without
diacritics; which forms belong together is said by hunspell's Czech dictionary, which the search does not use.
Time: p50 of whole searches (text, filters, counts, order) in one process, beside SQLite's LIKE over the names of the
same services, which finds neither inflected forms nor words without diacritics and counts nothing.
Growth: the exponent of the p50 between the smallest and the largest catalogue; 1 is linear.
"""

from __future__ import annotations

import argparse
import math
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import sqlalchemy as sa  # noqa: E402  # the repository has to be on the path first

from benchmarks.catalog_world import catalogue_app  # noqa: E402  # see above
from portal.catalog.calc.query import Wish  # noqa: E402  # see above
from portal.catalog.service.search import present_snapshot, search  # noqa: E402  # see above
from portal.core.db import db  # noqa: E402  # see above
from tests.factories.catalog_words import NAMES, TOWNS  # noqa: E402  # see above
from tests.factories.search_quality import corpus_words, search_quality  # noqa: E402  # see above

QUERIES = (
    *(f"domov pro seniory {town}" for town in TOWNS[:12]),
    *(name.split()[0] for name in NAMES[:12]),
    *("dluhy", "pecovatelska sluzba", "osobní asistence", "demence", "azylový dům", "poradny", "senioru", "charit"),
)
ROUNDS = 5


def p50_ms(action: Callable[[str], object], queries: Sequence[str]) -> float:
    """Median milliseconds over all queries and rounds, after one round that is not counted."""
    for query in queries:
        action(query)
    times = []
    for _ in range(ROUNDS):
        for query in queries:
            started = time.perf_counter()
            action(query)
            times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def like(query: str) -> list[int]:
    """The naive peer: every word somewhere in the name of the service, its provider or its municipality."""
    words = query.split()
    condition = " AND ".join(
        f"(s.name LIKE :w{n} OR p.name LIKE :w{n} OR f.municipality_name LIKE :w{n})" for n in range(len(words))
    )
    statement = sa.text(
        "SELECT DISTINCT s.id FROM services s JOIN providers p ON p.id = s.provider_id"
        f" LEFT JOIN facilities f ON f.service_id = s.id WHERE s.ended_on IS NULL AND {condition}"
    )
    return list(db.session.scalars(statement, {f"w{n}": f"%{word}%" for n, word in enumerate(words)}))


def measure(services: int) -> tuple[float, float, float]:
    """p50 of the search and of LIKE in ms, and seconds to build the index, on a catalogue of that size."""
    with tempfile.TemporaryDirectory() as folder:
        app = catalogue_app(Path(folder), services)
        with app.app_context():
            started = time.perf_counter()
            present_snapshot()
            building = time.perf_counter() - started
            ours = p50_ms(lambda query: search(Wish(text=query)), QUERIES)
            theirs = p50_ms(like, QUERIES[::4])
            db.session.remove()
            db.engine.dispose()
    return ours, theirs, building


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small catalogues")
    sizes = (2_000, 8_000) if parser.parse_args().quick else (15_000, 60_000, 240_000)
    for plainly, label in ((False, "with diacritics"), (True, "without diacritics")):
        quality = search_quality(corpus_words(), typed_plainly=plainly)
        print(
            f"typed {label}: recall {quality.recall:.3f} (aim 0.97), precision {quality.precision:.3f} (aim 0.95),"
            f" {quality.questions} forms asked for"
        )
    p50 = {}
    for services in sizes:
        ours, theirs, building = measure(services)
        p50[services] = ours
        print(
            f"{services:>7} services: search p50 {ours:.2f} ms, LIKE (SQLite {sqlite3.sqlite_version}) {theirs:.1f} ms,"
            f" ratio {ours / theirs:.3f} (aim 0.1); index built in {building:.1f} s"
        )
    growth = math.log(p50[sizes[-1]] / p50[sizes[0]]) / math.log(sizes[-1] / sizes[0])
    print(f"growth from {sizes[0]} to {sizes[-1]} services: exponent {growth:.2f}")


if __name__ == "__main__":
    main()
