"""Writes a population as files: what providers have, and beside it the truth."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from portal.demo.population.records import Population

RECORDS_FILE: Final = "records.csv"
TRUTH_FILE: Final = "truth.csv"


def write_population(folder: Path, population: Population) -> None:
    """Write ``records.csv`` and ``truth.csv`` (UTF-8, commas, a header) into the folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    population.records.to_csv(folder / RECORDS_FILE, index=False, lineterminator="\n")
    population.truth.to_csv(folder / TRUTH_FILE, index=False, lineterminator="\n")
