"""Attackers: what a reader makes of published figures, and the naive rule that they break.

A world is a list of providers, each ``(numerator, denominator)``; the reader is one of them and knows its own pair.
"""

import statistics

import numpy as np
import pandas as pd

from portal.disclosure import Thresholds, group_for_provider
from portal.disclosure.group import statistics_of

ANY = range(10_000)  # persons behind a cell that says no word on its size
BY = ["type_code", "form", "period"]


def persons_behind(told):
    """How many persons a published count may stand for: a number, "below" (less than 8), or anything else."""
    if isinstance(told, str):
        return range(8) if told == "below" else ANY
    return range(max(8, int(told) - 2), int(told) + 3)


def contributions(world):
    return pd.DataFrame(
        {
            "type_code": "46",
            "form": "all",
            "period": "2026Q2",
            "provider_ico": [f"{number:08d}" for number in range(len(world))],
            "numerator": [float(numerator) for numerator, _ in world],
            "denominator": [float(denominator) for _, denominator in world],
        }
    )


def published(world):
    """What the portal tells every provider of the group."""
    return group_for_provider(contributions(world), by=BY).rows()


def published_median(world):
    return next(row["value"] for row in published(world) if row["statistic"] == "median")


def naive_median(world):
    """Names removed, exact median: the rule that the attacks must break, or they prove nothing."""
    return statistics.median(ratios(world))


def ratios(world):
    return [numerator / denominator for numerator, denominator in world]


def is_anothers(number, world, reader, within=1e-3):
    """Whether the number is the figure of a provider other than the reader."""
    return any(
        abs(number - ratio) <= within * ratio for provider, ratio in enumerate(ratios(world)) if provider != reader
    )


def worlds_with_another_figure(world, reader, target):
    """Worlds in which the target stands elsewhere and the reader where it is: others exchanged, ends moved outwards."""
    others = [provider for provider in range(len(world)) if provider != reader]
    for end in (max, min):
        twin = end(others, key=lambda provider: ratios(world)[provider])
        exchanged = list(world)
        exchanged[target], exchanged[twin] = world[twin], world[target]
        yield exchanged
        for factor in (1.2, 1.5, 2.0, 4.0):
            away = factor if end is max else 1 / factor
            numerator, denominator = exchanged[target]
            for pair in ((numerator * away, denominator), (numerator, denominator / away)):
                moved = list(exchanged)
                moved[target] = pair
                yield moved


def span_of_target(publish, world, reader, target):
    """Lowest and highest figure of the target in worlds that the reader cannot tell from the true one."""
    told = publish(world)
    figures = [ratios(world)[target]]
    for other_world in worlds_with_another_figure(world, reader, target):
        if publish(other_world) == told:
            figures.append(ratios(other_world)[target])
    return min(figures), max(figures)


def safe_medians(values):
    """The published median of many groups at once (rows), as an attacker would program it."""
    ordered = np.sort(values, axis=1)
    middle = np.percentile(ordered, [45, 55], axis=1).mean(axis=0)
    digits = 1 - np.floor(np.log10(middle))
    return np.round(middle * 10**digits) / 10**digits


def told_of(numerators, denominators):
    """What the rule tells of one group, quick enough to be asked for thousands of worlds."""
    return [(row["statistic"], row["value"]) for row in statistics_of(numerators, denominators, Thresholds())]


def can_stand_elsewhere(numerators, denominators, reader, target, p_percent=15):
    """Whether the target may lie p % lower and p % higher for all that the reader knows: worlds are shown, not argued.

    The reader knows its own pair, the number of providers (from the register) and what is told.
    """
    told = told_of(numerators, denominators)
    values = numerators / denominators
    others = [place for place in np.argsort(values) if place != reader]
    share = p_percent / 100

    def is_possible(end, *, up):
        for top, bottom in _moved_worlds(numerators, denominators, end, target, up=up):
            moved = top[target] / bottom[target] / values[target]
            if (moved >= 1 + share if up else moved <= 1 - share) and told_of(top, bottom) == told:
                return True
        return False

    return is_possible(others[0], up=False) and is_possible(others[-1], up=True)


def _moved_worlds(numerators, denominators, end, target, *, up):
    """The target takes the place of the provider at an end of the group, and goes further outwards by steps."""
    for factor in (1.0, 1.2, 1.5, 2.0, 4.0):
        top, bottom = numerators.copy(), denominators.copy()
        top[[target, end]], bottom[[target, end]] = top[[end, target]], bottom[[end, target]]
        away = factor if up else 1 / factor
        for side, change in ((top, away), (bottom, 1 / away)):
            kept = side[target]
            side[target] = kept * change
            yield top, bottom
            side[target] = kept
