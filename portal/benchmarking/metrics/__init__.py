"""Metrics: formulas over the fields of the return, typed by unit and evaluated over many services at once. Pure.

``Catalogue`` holds versions of metrics over fields, ``evaluate`` computes them, ``parse`` reads a formula. The language
is described in docs/metrics.md, its rules of states in ``evaluation``.
"""

from portal.benchmarking.metrics.catalogue import Catalogue, Program
from portal.benchmarking.metrics.evaluation import VALUE_COLUMNS, evaluate, last_quarter, state_counts
from portal.benchmarking.metrics.parsing import parse
from portal.benchmarking.metrics.returns import Returns, returns_of
from portal.benchmarking.metrics.types import (
    Direction,
    Field,
    FormulaError,
    MetricVersion,
    Over,
    Span,
    Year,
    parse_span,
)

__all__ = [
    "VALUE_COLUMNS",
    "Catalogue",
    "Direction",
    "Field",
    "FormulaError",
    "MetricVersion",
    "Over",
    "Program",
    "Returns",
    "Span",
    "Year",
    "evaluate",
    "last_quarter",
    "parse",
    "parse_span",
    "returns_of",
    "state_counts",
]
