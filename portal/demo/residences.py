"""Invented homes of users: most live near the service, a few elsewhere. Pure; the same seed gives the same homes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from portal.core.cells import Cell, CellState
from portal.demo.figures import ServiceFacts
from portal.returns.residences.situations import adverse_situations
from portal.returns.residences.types import OUTSIDE, UNKNOWN, ResidenceKey, Residences, ResidenceState
from portal.returns.types import Period

MOST_NEIGHBOURS = 5  # municipalities besides that of the service
MOST_ROWS = 12
HOME_SHARE, OUTSIDE_SHARE, UNKNOWN_SHARE = 0.55, 0.03, 0.02
WITHOUT_ABODE_TYPES = frozenset({"57", "61", "63", "69"})  # help for people without a home
WITHOUT_ABODE_SHARE = 0.45
NOT_TOLD_SHARE = 0.03  # of services that do not tell target groups

# Adverse situations by kind of service, the most frequent first.
OF_CARE = ("dependence_on_care", "disability", "loneliness", "mental_illness")
OF_PREVENTION = ("housing", "debts", "child_and_family", "unemployment", "addiction", "violence", "other")


class Homes:
    """Homes of the users of one service; each quarter departs from the usual a little."""

    def __init__(self, facts: ServiceFacts, *, seed: int) -> None:
        self._seed = (seed, facts.register_id)
        rng = np.random.default_rng([*self._seed, 1])
        keys = self._keys(facts, rng)
        weights = rng.dirichlet(np.full(len(keys), 1.5)) * self._shares(keys, facts)
        self._keys_by_weight = keys
        self._weights = weights / weights.sum()

    def of(self, period: Period, users: Cell) -> Residences:
        """Who lives where in a quarter with so many users; each of them once."""
        if users.state is CellState.NOT_APPLICABLE:
            return Residences(ResidenceState.NOT_APPLICABLE, 1)
        if not users.number:
            return Residences(ResidenceState.NO_ONE, 1)
        rng = np.random.default_rng([*self._seed, period.year, period.quarter])
        counts = rng.multinomial(int(users.number), self._weights).tolist()
        rows = {key: count for key, count in zip(self._keys_by_weight, counts, strict=True) if count}
        return Residences(ResidenceState.SUPPLIED, 1, rows)

    @staticmethod
    def _keys(facts: ServiceFacts, rng: np.random.Generator) -> list[ResidenceKey]:
        neighbours = list(rng.permutation(facts.homes[1:]))[:MOST_NEIGHBOURS]
        places = [*facts.homes[:1], *map(str, neighbours), OUTSIDE, UNKNOWN]
        tells_groups = rng.random() >= NOT_TOLD_SHARE
        groups: Sequence[str | None] = facts.target_groups[:3] if tells_groups and facts.target_groups else (None,)
        situations = _situations(facts.is_care)
        keys = [ResidenceKey(place, groups[0], situations[0]) for place in places]
        while len(keys) < MOST_ROWS:
            place = str(rng.choice(places[:-2]) if len(places) > 2 else places[0])
            group = groups[int(rng.integers(len(groups)))]
            keys.append(ResidenceKey(place, group, situations[int(rng.integers(len(situations)))]))
        return list(dict.fromkeys(keys))

    @staticmethod
    def _shares(keys: Sequence[ResidenceKey], facts: ServiceFacts) -> np.ndarray:
        unknown = WITHOUT_ABODE_SHARE if facts.type_code in WITHOUT_ABODE_TYPES else UNKNOWN_SHARE
        wanted: Mapping[str, float] = {facts.homes[0]: HOME_SHARE, OUTSIDE: OUTSIDE_SHARE, UNKNOWN: unknown}
        times = {key.municipality: sum(other.municipality == key.municipality for other in keys) for key in keys}
        rest = (1 - HOME_SHARE) / MOST_NEIGHBOURS
        return np.array([wanted.get(key.municipality, rest) / times[key.municipality] for key in keys])


@lru_cache(maxsize=2)
def _situations(is_care: bool) -> tuple[str, ...]:
    codes = OF_CARE if is_care else OF_PREVENTION
    assert set(codes) <= set(adverse_situations())
    return codes
