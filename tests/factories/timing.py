"""How well the time of an answer tells whether a person was known.

Known and new persons come in a random order, so the load of the machine falls on both alike; the statistic is the area
under the curve (the share of pairs in which the new person took longer), 0.5 where time tells nothing. Its standard
error over twice 1 000 is 0.013, so a second round is asked before chance is called a leak.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import numpy as np

from portal.vault.types import Digests

AIM = 0.55


def auc(measure: Callable[[Digests], object], known: list[Digests], new: list[Digests], seed: int) -> float:
    calls = [(False, one) for one in known] + [(True, one) for one in new]
    random.Random(seed).shuffle(calls)
    times: dict[bool, list[int]] = {False: [], True: []}
    for is_new, digests in calls:
        started = time.perf_counter_ns()
        measure(digests)
        times[is_new].append(time.perf_counter_ns() - started)
    old, fresh = np.array(times[False])[:, None], np.array(times[True])[None, :]
    return float((old < fresh).mean() + (old == fresh).mean() / 2)


def leak(area: float) -> float:
    return max(area, 1 - area)
