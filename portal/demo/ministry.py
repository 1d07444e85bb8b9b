"""Invented figures of the ministry for a year of the demonstration region, with some differences to be settled.

They go the way real ones go: a file, its import, and a question to the provider of the demonstration login.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from portal.benchmarking.ministry import service
from portal.benchmarking.ministry.types import COSTS, TOTALS, Comparison, Decision
from portal.core.permissions import OPERATOR
from portal.returns.types import Period

SOURCE = "Export MPSV"
HEADINGS = ("Číslo služby", "Rok", "Náklady celkem", "Výnosy celkem")
MISSING_SHARE = 0.03  # services that reported nothing to the ministry
# How the ministry's figure departs from the sum of the returns, by how often.
DEPARTURES = (("1", 0.80), ("0.999", 0.08), ("0.94", 0.05), ("1.08", 0.04), ("0.55", 0.03))
QUESTION = "Údaj ve výkazu pro MPSV a vaše čtvrtletní výkazy nesouhlasí. Čím to je?"


def import_ministry_figures(periods: Sequence[Period], own_ico: str, *, seed: int) -> int | None:
    """Import figures of the last year whose four quarters are over, and ask about one; returns the year, if any."""
    years = [year for year in {p.year for p in periods} if sum(p.year == year for p in periods) == 4]
    if not years:
        return None
    year = max(years)
    rows = _file_rows(year, own_ico, random.Random(seed))
    if not rows:
        return None
    with TemporaryDirectory(prefix="portal-demo-") as folder:
        path = Path(folder) / f"mpsv-{year}.csv"
        with path.open("w", encoding="cp1250", newline="") as file:
            csv.writer(file, delimiter=";").writerows([HEADINGS, *rows])
        info = service.take_file(OPERATOR, path, name=path.name, source=SOURCE, year=year)
    service.apply_import(OPERATOR, import_id=info.id)
    _ask(year, own_ico)
    return year


def _file_rows(year: int, own_ico: str, chance: random.Random) -> list[tuple[int, int, str, str]]:
    """A row for each service that handed in returns; without four quarters a plausible figure of its own."""
    figures: dict[int, dict[str, Any]] = {}
    own: set[int] = set()
    for row in service.reconcile(OPERATOR, year).rows.rows():
        own |= {row["register_id"]} if row["provider_ico"] == own_ico else set()
        figures.setdefault(row["register_id"], {})[row["item"]] = row["b"]
    rows: list[tuple[int, int, str, str]] = []
    for register_id in sorted(figures):
        if chance.random() >= MISSING_SHARE:
            costs, revenues = (_amount(figures[register_id].get(item), chance) for item in TOTALS)
            if register_id in own and figures[register_id][COSTS] is not None:
                costs = f"{figures[register_id][COSTS] * Decimal('0.94'):.0f}"  # something to be asked about
            rows.append((register_id, year, costs, revenues))
    return rows


def _amount(total: Decimal | None, chance: random.Random) -> str:
    if total is None:
        total = Decimal(chance.randrange(1_500_000, 4_000_000))
    factor = chance.choices([text for text, _share in DEPARTURES], [share for _text, share in DEPARTURES])[0]
    return f"{total * Decimal(factor):.0f}"


def _ask(year: int, own_ico: str) -> None:
    """Ask the provider of the demonstration login about its largest difference, if it has one."""
    rows = [row for row in service.reconcile(OPERATOR, year).rows.rows() if row["provider_ico"] == own_ico]
    asked = next((row for row in rows if row["comparison"] is Comparison.DIFFERS), None)
    asked = asked or next((row for row in rows if row["item"] == COSTS), None)
    if asked is not None:
        service.decide(
            OPERATOR,
            register_id=asked["register_id"],
            year=year,
            item=asked["item"],
            state=Decision.OPEN,
            question=QUESTION,
            seen=0,
        )
