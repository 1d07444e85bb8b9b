"""What was published of a quarter, for the region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext

from portal.benchmarking.metrics import MetricVersion
from portal.benchmarking.reports.figures import LineKey, Row, line_title, roughly
from portal.benchmarking.words import REASONS
from portal.catalog.types import service_types
from portal.disclosure import MEDIAN, DisclosedFrame
from portal.web.languages import say


@dataclass(frozen=True)
class ReleaseLine:
    """One line of a published quarter, for the region."""

    type_code: str
    title: str
    median: str | None
    quartiles: str | None
    at_least: int
    reason: str | None


def release_lines(figures: DisclosedFrame, versions: Mapping[str, MetricVersion]) -> list[ReleaseLine]:
    """What providers were told, by type, and why the rest is hidden."""
    by_line: dict[LineKey, dict[str, Row]] = {}
    for row in figures.rows():
        by_line.setdefault((row["type_code"], row["metric"], row["form"]), {})[row["statistic"]] = row
    order = list(service_types())
    found = []
    for key, told in sorted(by_line.items(), key=lambda each: (order.index(each[0][0]), *each[0][1:])):
        version, middle = versions[key[1]], told[MEDIAN]
        low, high = told["p25"]["value"], told["p75"]["value"]
        quartiles = None
        if low is not None and high is not None:
            quartiles = gettext("%(low)s to %(high)s", low=roughly(version, low), high=roughly(version, high))
        found.append(
            ReleaseLine(
                type_code=key[0],
                title=line_title(version, key[2]),
                median=None if middle["value"] is None else roughly(version, middle["value"]),
                quartiles=quartiles,
                at_least=middle["at_least"],
                reason=None if middle["reason"] is None else say(REASONS[middle["reason"]]),
            )
        )
    return found
