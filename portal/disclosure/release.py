"""Groups of a quarter told once, all lines together: what one line hides, no other line may tell.

A line is a metric of a type of service in a form. Each goes through the rule of ``group``. Then lines are looked at
together, the least important ones of a list hidden until nothing more can be worked out:

- forms: the service as a whole is the sum of its forms. What is left of the whole without the forms that are told
  (and what the forms have beyond it) has to be nothing, or a group that could itself be told of.
- metrics: cost per user = cost per hour x hours per user. A hidden line whose two quantities are joined by lines that
  are told would be their product; so one line of every such chain is hidden.

Whether two quarters tell more than one is decided by freezing: a quarter is told once and never again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from portal.core.permissions import Actor
from portal.disclosure.frame import Audience, DisclosedFrame, FigureState, disclosed
from portal.disclosure.group import MEDIAN, STATISTICS, group_for_provider, runs_of
from portal.disclosure.holders import by_holder
from portal.disclosure.rules import Floats, Reason, Thresholds, why_hidden
from portal.disclosure.whole import exact_for_region

RULES = "2"  # grows with every change of what is decided here or in ``rules`` and ``group``
LINE_KEY = ("type_code", "metric", "form")
WHOLE = "all"  # the form that is the sum of the others

Key = tuple[str, str, str]


@dataclass(frozen=True)
class _Parts:
    """What each provider contributes to a line: numbers of providers, and for each its numerator and denominator."""

    providers: npt.NDArray[np.int64]
    sums: Floats  # a row for each provider, two columns

    def among(self, providers: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.bool_], Floats]:
        """Which of more providers contribute, and what; those that do not contribute zero."""
        there = np.isin(providers, self.providers)
        sums = np.zeros((len(providers), 2))
        sums[there] = self.sums
        return there, sums


Parts = Mapping[Key, _Parts]


@dataclass(frozen=True)
class GroupLine:
    """One line: what is compared among the services of a type, and which two quantities its ratio is made of."""

    type_code: str
    metric: str
    form: str
    numerator: str = field(compare=False)
    denominator: str = field(compare=False)

    @property
    def key(self) -> Key:
        return (self.type_code, self.metric, self.form)


@dataclass(frozen=True)
class GroupFigures:
    """What a line tells: figures by statistic, to 2 significant digits; empty when it is hidden."""

    type_code: str
    metric: str
    form: str
    figures: Mapping[str, float]
    at_least: int  # the group has at least so many providers; 0 when it is hidden
    reason: Reason | None  # why it is hidden: for the region alone, since it tells about the group

    @property
    def is_hidden(self) -> bool:
        return not self.figures


def rules_version(thresholds: Thresholds | None = None) -> str:
    """The rules that a release followed, with their thresholds: "1 min_providers=6 p_percent=15 ..."."""
    limits = thresholds or Thresholds()
    return " ".join([RULES, *(f"{each.name}={getattr(limits, each.name)}" for each in fields(limits))])


def release_groups(
    contributions: pd.DataFrame,
    lines: Sequence[GroupLine],
    *,
    holdings: Mapping[str, Collection[str]] | None = None,
    thresholds: Thresholds | None = None,
) -> tuple[GroupFigures, ...]:
    """What may be told of the groups of ONE quarter, one entry for each line that somebody contributes to, by key.

    ``contributions``: rows for services with ``type_code``, ``metric``, ``form`` and the columns that
    ``group_for_provider`` takes. ``lines``: every line that occurs, the most important first: of two that may not be
    told together the later one is hidden. ``holdings``: IČO of the companies of each holding in the quarter; a holding
    counts once, as a provider with several services does. Raises ValueError for contributions to a line that is not
    listed.
    """
    limits = thresholds or Thresholds()
    contributions = by_holder(contributions, holdings or {})
    told: dict[Key, dict[str, float]] = {}
    at_least: dict[Key, int] = {}
    hidden: dict[Key, Reason] = {}
    for row in group_for_provider(contributions, by=LINE_KEY, thresholds=limits).rows():
        key = (row["type_code"], row["metric"], row["form"])
        figures = told.setdefault(key, {})
        if row["value"] is not None:
            figures[row["statistic"]] = row["value"]
        if row["statistic"] == MEDIAN:
            at_least[key] = row["at_least"]
            if row["reason"] is not None:
                hidden[key] = row["reason"]
    listed = [line for line in lines if line.key in told]
    if unknown := set(told) - {line.key for line in listed}:
        raise ValueError(f"contributions to lines that are not listed: {sorted(unknown)}")
    _hide_what_would_tell(listed, _parts_of_providers(contributions), hidden, limits)
    return tuple(
        GroupFigures(*key, {}, 0, hidden[key]) if key in hidden else GroupFigures(*key, told[key], at_least[key], None)
        for key in sorted(told)
    )


def _parts_of_providers(contributions: pd.DataFrame) -> Parts:
    summed = contributions.groupby([*LINE_KEY, "provider_ico"], sort=True)[["numerator", "denominator"]].sum()
    if summed.empty:
        return {}
    numbers = np.asarray(summed.index.codes[-1], dtype=np.int64)  # type: ignore[attr-defined]  # grouped by four columns
    sums = summed.to_numpy(dtype=np.float64)
    return {
        (str(code), str(metric), str(form)): _Parts(numbers[run], sums[run])
        for (code, metric, form), run in runs_of(summed.index)
    }


def _hide_what_would_tell(
    lines: Sequence[GroupLine], parts: Parts, hidden: dict[Key, Reason], limits: Thresholds
) -> None:
    by_type: dict[str, list[GroupLine]] = {}
    for line in lines:
        by_type.setdefault(line.type_code, []).append(line)
    for own in by_type.values():
        looked_at: dict[str, list[Key]] = {}
        count = -1
        while count != len(hidden):  # what one rule hides, another may have to follow; hidden lines only grow
            count = len(hidden)
            for metric in dict.fromkeys(line.metric for line in own):
                told = [line.key for line in own if line.metric == metric and line.key not in hidden]
                if looked_at.get(metric) == told:
                    continue
                looked_at[metric] = told
                hidden.update(dict.fromkeys(_told_by_difference(told, parts, limits), Reason.TOLD_BY_OTHERS))
            hidden.update(dict.fromkeys(_told_by_product(own, hidden), Reason.TOLD_BY_OTHERS))


def _told_by_difference(keys: Sequence[Key], parts: Parts, limits: Thresholds) -> Iterator[Key]:
    """Of the lines of one metric those that may not be told beside the ones before them."""
    accepted: list[Key] = []
    for key in keys:
        if _differences_are_safe([*accepted, key], parts, limits):
            accepted.append(key)
        else:
            yield key


def _differences_are_safe(keys: Sequence[Key], parts: Parts, limits: Thresholds) -> bool:
    if len(keys) < 2 or not any(key[2] == WHOLE for key in keys):
        return True
    providers = np.unique(np.concatenate([parts[key].providers for key in keys]))
    placed = {key: parts[key].among(providers) for key in keys}
    (in_whole, whole), *_ = (placed[key] for key in keys if key[2] == WHOLE)
    forms = [placed[key] for key in keys if key[2] != WHOLE]
    for count in range(1, len(forms) + 1):
        for chosen in combinations(forms, count):
            in_forms = np.logical_or.reduce([there for there, _ in chosen])
            rest = whole - np.sum([sums for _, sums in chosen], axis=0)
            alone = (np.count_nonzero(in_whole & ~in_forms), np.count_nonzero(in_forms & ~in_whole))
            if any(0 < providers_alone < limits.min_providers for providers_alone in alone):
                return False
            if not all(_is_safe_or_nothing(side, limits) for side in (rest, -rest)):
                return False
    return True


def _is_safe_or_nothing(rest: Floats, limits: Thresholds) -> bool:
    positive = rest.clip(min=0.0)
    left = positive[(positive > 1e-9).any(axis=1)]
    return not len(left) or why_hidden(left[:, 0], left[:, 1], limits) is None


def _told_by_product(lines: Sequence[GroupLine], hidden: Collection[Key]) -> set[Key]:
    """Lines to hide so that no chain of told ones joins the two quantities of a hidden one."""
    also: set[Key] = set()
    for line in lines:
        if line.key in hidden:
            while chain := _chain(line, [each for each in lines if each.key not in hidden and each.key not in also]):
                also.add(max(chain, key=lines.index).key)
    return also


def _chain(hidden: GroupLine, told: Sequence[GroupLine]) -> list[GroupLine]:
    """The shortest chain of told lines from one quantity of the hidden one to the other; empty when there is none."""
    reached: dict[str, list[GroupLine]] = {hidden.numerator: []}
    fresh = [hidden.numerator]
    while fresh and hidden.denominator not in reached:
        place = fresh.pop(0)
        for line in told:
            ends = (line.numerator, line.denominator)
            for here, there in (ends, ends[::-1]):
                if here == place and there not in reached:
                    reached[there] = [*reached[place], line]
                    fresh.append(there)
    return reached.get(hidden.denominator, [])


def content_sha256(
    period: str,
    rules: str,
    groups: Iterable[GroupFigures],
    holdings: Mapping[str, Collection[str]] | None = None,
) -> str:
    """Digest of what was told of a quarter and of the holdings that counted once, whatever the order of either.

    Reasons are not part of it.
    """
    content = sorted(
        (g.type_code, g.metric, g.form, g.at_least, sorted((name, repr(value)) for name, value in g.figures.items()))
        for g in groups
    )
    once = [[name, sorted(icos)] for name, icos in sorted((holdings or {}).items())]
    parts = [period, rules, content, once] if once else [period, rules, content]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def frozen_for_provider(groups: Mapping[str, Sequence[GroupFigures]]) -> DisclosedFrame:
    """Published groups by quarter, for providers; why a figure is hidden is not told.

    Columns LINE_KEY, ``period``, ``statistic``, ``value``, ``state``, ``at_least``; a row for each of STATISTICS.
    """
    return disclosed(_rows(groups)[[*LINE_KEY, "period", *_SHOWN]], Audience.PROVIDER)


def frozen_for_region(groups: Mapping[str, Sequence[GroupFigures]], actor: Actor) -> DisclosedFrame:
    """The same with ``reason``. Raises Forbidden for anybody but a role of the region that may compare all services."""
    return exact_for_region(_rows(groups), actor)


_SHOWN = ("statistic", "value", "state", "at_least")


def _rows(groups: Mapping[str, Sequence[GroupFigures]]) -> pd.DataFrame:
    rows = [
        (*(group.type_code, group.metric, group.form), period, name, value, _state(value), group.at_least, group.reason)
        for period, told in groups.items()
        for group in told
        for name in STATISTICS
        for value in [group.figures.get(name)]
    ]
    return pd.DataFrame(rows, columns=[*LINE_KEY, "period", *_SHOWN, "reason"]).astype({"value": float})


def _state(value: float | None) -> FigureState:
    return FigureState.HIDDEN if value is None else FigureState.ZERO if value == 0 else FigureState.VALUE
