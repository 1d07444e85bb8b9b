"""Linking by digests alone: quality and time as the lists grow, beside libraries that see the clear text.

``python benchmarks/linking.py [--quick] [--seed S]``: invented Czech records (10 000, 100 000, 1 000 000; --quick:
10 000 and 30 000), linked by the shipped rules, and splink on the clear text of the same records; then FEBRL4 beside
recordlinkage, splink and anonlink. The seed is drawn when the run starts, after the rules were made, unless given.
Digests are made by a keyed hash instead of the oblivious function; which of them are equal, all that linking sees, is
the same. The peers run in ``.venv-bench`` (``make bench`` installs it; PORTAL_BENCH_PYTHON names another interpreter).
A figure that misses its target is marked with "!".
"""

from __future__ import annotations

import argparse
import json
import math
import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from _linking_febrl import link_febrl
from numpy.typing import NDArray

from portal.demo.population.digests import digests_of
from portal.demo.population.records import MEAN_RECORDS, Population, generate
from portal.identity.names import given_forms, surname_forms
from portal.vault.linking.candidates import MISSING, block_numbers, find_candidates
from portal.vault.linking.clusters import Persons, join_pairs
from portal.vault.linking.linking import link
from portal.vault.linking.rules import shipped_rules
from portal.vault.linking.types import Decision, Links

ROOT = Path(__file__).resolve().parent.parent
PEERS = Path(__file__).with_name("_linking_peers.py")
DAMAGED = 0.2
PRECISION, RECALL, F1_FALL, COUNT_ERROR = 0.985, 0.955, 0.01, 0.02
FEBRL_F1 = {"with-id": 0.997, "without-id": 0.980}
FEBRL_PERSONS = 5_000

Labels = NDArray[np.int64]


def pairs_within(*labels: Any) -> float:
    """Pairs of rows that all these labels have in common."""
    sizes = np.unique(np.stack(labels), axis=1, return_counts=True)[1].astype(float)
    return float((sizes * (sizes - 1) / 2).sum())


def quality(labels: Labels, person: Labels) -> tuple[float, float, float]:
    right = pairs_within(labels, person)
    precision, recall = right / pairs_within(labels), right / pairs_within(person)
    return precision, recall, 2 * precision * recall / (precision + recall)


def persons_in(labels: Labels) -> int:
    return len(np.unique(labels))


def worst_error(links: Links, person: Labels, by: pd.Series) -> tuple[float, float]:
    """The largest relative error of the number of persons in a group of records: of the middle of the range that is
    given, and of its upper end, that is by certain and automatic links alone.
    """
    middle, upper = [], []
    for rows in by.groupby(by).indices.values():
        most, least, true = (persons_in(labels[rows]) for labels in (links.sure, links.probable, person))
        middle.append(abs((most + least) / 2 / true - 1))
        upper.append(abs(most / true - 1))
    return max(middle), max(upper)


def mark(value: float, is_met: bool, form: str = "{:.4f}") -> str:
    return form.format(value) + ("" if is_met else "!")


def measure(population: Population) -> dict[str, float]:
    """Link the records of a population, print what came of it, give the scores and the processor seconds."""
    person = population.truth["person"].to_numpy()
    started = time.perf_counter()
    digests, present = digests_of(population.records)
    made = time.perf_counter() - started
    started, used = time.perf_counter(), time.process_time()
    links = link(digests, present, shipped_rules())
    seconds, used = time.perf_counter() - started, time.process_time() - used
    precision, recall, f1 = quality(links.sure, person)
    count = len(person)
    total = count * (count - 1) // 2
    print(f"\n{count:,} records of {persons_in(person):,} persons")
    print(
        f"  digests (twelve kinds)    precision {mark(precision, precision >= PRECISION)}"
        f"  recall {mark(recall, recall >= RECALL)}  F1 {f1:.4f}  {seconds:.1f} s"
    )
    print(f"  processor time            {used:.1f} s of linking; digests were made in {made:.1f} s")
    print(f"  compared pairs            {links.compared:,} of {total:,}, left out in large blocks {links.left_out:,}")
    proposed, conflicts = ((links.decision == one).sum() for one in (Decision.PROPOSED, Decision.CONFLICT))
    print(f"  work list                 {proposed:,} pairs proposed, {conflicts:,} in conflict with others")
    most, least, true = persons_in(links.sure), persons_in(links.probable), persons_in(person)
    ends = f"{least / true - 1:+.2%} to {most / true - 1:+.2%}"
    print(f"  persons                   {least:,} to {most:,}, true {true:,} ({ends})")
    for name, column in (("type", "service_type"), ("ORP", "orp_code")):
        middle, upper = worst_error(links, person, population.records[column])
        said = mark(middle, middle <= COUNT_ERROR, "{:.2%}")
        print(f"  worst error by {name:10} {said} in the middle of the range, {upper:.2%} at its upper end")
    traps(block_numbers(digests, present), person)
    return {"records": float(count), "precision": precision, "recall": recall, "f1": f1, "seconds": used}


def traps(numbers: NDArray[np.int32], person: Labels) -> None:
    """What simpler ways give: one exact key, and all kinds joined by "or"."""
    key = np.where(numbers[:, 0] != MISSING, numbers[:, 0].astype(np.int64), -1 - numbers[:, 1].astype(np.int64))
    candidates = find_candidates(numbers)
    either = Persons(np.full(len(person), -1))
    join_pairs(either, candidates.i, candidates.j)
    for name, labels in (("one exact key", key), ('kinds joined by "or"', either.roots())):
        precision, recall, f1 = quality(labels, person)
        error = persons_in(labels) / persons_in(person) - 1
        print(f"  {name:25} precision {precision:.4f}  recall {recall:.4f}  F1 {f1:.4f}  persons {error:+.1%}")


def peer_interpreter() -> Path | None:
    named = os.environ.get("PORTAL_BENCH_PYTHON")
    path = Path(named) if named else ROOT / ".venv-bench" / "bin" / "python"
    return path if path.exists() else None


def ask_peers(*arguments: str) -> dict[str, dict[str, float]] | None:
    """What the other libraries find, by their own interpreter; None where they are not installed."""
    interpreter = peer_interpreter()
    if interpreter is None:
        print("  the other libraries are not installed: make bench", file=sys.stderr)
        return None
    run = subprocess.run([str(interpreter), str(PEERS), *arguments], capture_output=True, text=True)
    if run.returncode:
        print(run.stderr.strip().splitlines()[-1] if run.stderr else "peers failed", file=sys.stderr)
        return None
    found: dict[str, dict[str, float]] = json.loads(run.stdout)
    return found


def beside_splink(population: Population, ours: dict[str, float]) -> bool:
    """Splink on the same records, their names folded and freed of titles as ours are. Whether the digests are ahead."""
    records = population.records.assign(
        surname=population.records["surname"].map(lambda text: surname_forms(text).full),
        given_name=population.records["given_name"].map(lambda text: given_forms(text).full),
    )
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder) / name) for name in ("records.csv", "truth.csv")]
        records.to_csv(files[0], index=False)
        population.truth.to_csv(files[1], index=False)
        found = ask_peers("population", *files)
    for name, score in (found or {}).items():
        print_scores(f"{name}, clear text", score)
    best = max((score["f1"] for score in (found or {}).values()), default=0.0)
    print(f"  F1 of the digests less the best of splink: {mark(ours['f1'] - best, ours['f1'] >= best, '{:+.4f}')}")
    return found is not None and ours["f1"] >= best


def print_scores(name: str, score: dict[str, float]) -> None:
    print(
        f"  {name:25} precision {score['precision']:.4f}  recall {score['recall']:.4f}"
        f"  F1 {score['f1']:.4f}  {score['seconds']:.1f} s"
    )


def febrl(which: str, first: pd.DataFrame, second: pd.DataFrame) -> bool:
    started = time.perf_counter()
    links = link_febrl(first, second, with_id=which == "with-id")
    seconds = time.perf_counter() - started
    number = np.array([int(name.split("-")[1]) for name in [*first.index, *second.index]])
    left, right = (
        pd.DataFrame({"person": links.sure[rows], "number": number[rows]})
        for rows in (slice(None, len(first)), slice(len(first), None))
    )
    pairs = left.merge(right, on="person")
    right_ones = float((pairs["number_x"] == pairs["number_y"]).sum())
    precision, recall = right_ones / len(pairs), right_ones / FEBRL_PERSONS
    f1 = 2 * precision * recall / (precision + recall)
    target = FEBRL_F1[which]
    print(f"\nFEBRL4 {which}, {links.compared:,} pairs compared, F1 at least {target}: {mark(f1, f1 >= target)}")
    print_scores("digests", {"precision": precision, "recall": recall, "f1": f1, "seconds": seconds})
    for name, score in (ask_peers("febrl", which) or {}).items():
        print_scores(f"{name}, clear text", score)
    return f1 >= target


def febrl_both() -> list[bool]:
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder) / name) for name in ("a.csv", "b.csv")]
        if ask_peers("febrl-data", *files) is None:
            return []
        first, second = (pd.read_csv(name, dtype=str, index_col="rec_id", skipinitialspace=True) for name in files)
    return [febrl(which, first, second) for which in FEBRL_F1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--records", type=int, nargs="+", help="instead of the usual sizes")
    parser.add_argument("--damaged", type=float, default=DAMAGED, help="share of the records with errors")
    parser.add_argument("--without-peers", action="store_true")
    parser.add_argument("--without-febrl", action="store_true")
    chosen = parser.parse_args()
    seed = chosen.seed if chosen.seed is not None else secrets.randbelow(10**9)
    rules = shipped_rules()
    print(f"rules by {rules.provenance['command']} of seeds {rules.provenance['seeds']}")
    print(f"scored seed {seed}, damaged {chosen.damaged}")
    sizes = chosen.records or ((10_000, 30_000) if chosen.quick else (10_000, 100_000, 1_000_000))
    met: list[bool] = [seed not in rules.provenance["seeds"]]
    rows = []
    for records in sizes:
        population = generate(round(records / MEAN_RECORDS), chosen.damaged, seed)
        rows.append(measure(population))
        met += [rows[-1]["precision"] >= PRECISION, rows[-1]["recall"] >= RECALL]
        if not chosen.without_peers:
            met.append(beside_splink(population, rows[-1]))
    if len(rows) > 1:
        fall = rows[0]["f1"] - rows[-1]["f1"]
        met.append(fall <= F1_FALL)
        grown = math.log(rows[-1]["records"] / rows[0]["records"])
        exponent = math.log(rows[-1]["seconds"] / rows[0]["seconds"]) / grown
        print(f"\nF1 falls by {mark(fall, fall <= F1_FALL)} from the smallest to the largest")
        print(f"processor time of linking grows with the power {exponent:.2f} of the records")
    if not chosen.without_febrl:
        met += febrl_both()
    return 0 if all(met) else 1


if __name__ == "__main__":
    raise SystemExit(main())
