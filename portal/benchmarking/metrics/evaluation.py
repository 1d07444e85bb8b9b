"""Metrics over many services and spans of time at once. Pure.

States propagate exactly. Of an operation the first rule that applies:

1. one side not applicable -> not applicable;
2. one side not supplied -> not supplied;
3. one side undefined, or a division by zero -> undefined: nobody can say what share of nothing was used;
4. else a number: zero when it is 0, otherwise value.

``sum(a, b)`` leaves out what is not applicable; nothing left is not applicable. ``if`` has the state of its condition
when that is no truth, else state and number of the branch alone. ``and`` is false as soon as one side is false, ``or``
true as soon as one is true, whatever the other; otherwise the rules above.

A cell whose row is absent, though its return has a cell of another field of the formula for the same form, is not
supplied; if it has none of them, the formula is not applicable to the form.

Whole from parts. The service as a whole has its forms as parts, a year its quarters, and both together each form in
each quarter. A part takes part only if the formula is applicable in it alone. Each field is then summed over the parts
that take part, and the formula is computed once from those sums: hours of all forms over the time of the staff of all
forms. A cell not applicable within such a part (inside ``sum``) stays out; one not supplied makes its sum not supplied,
since half of a sum is no smaller truth; no part left is not applicable. A field asked of the service as a whole takes
part in a quarter in which at least one form does.

In a year a stock (``Over.MEAN``: FTE, beds, users) is its sum over the quarters divided by the number of quarters
for which a return is due, ``days`` and ``fund`` are those of the quarters due. So a form that worked half of the year
has half of its staff's time. A quarter for which a return is due and none is there makes the year not
supplied, unless the formula is not applicable in all the others.

Another metric in a formula has the value and state it has by itself for the same form and span; it does not decide
which parts take part. Of a year the version valid in its last quarter counts.

Numbers are double precision; sums over parts are compensated (Kahan), so the order of rows plays no part.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd

from portal.benchmarking.metrics.blocks import Block, quarters_block, year_block
from portal.benchmarking.metrics.catalogue import Catalogue, Program
from portal.benchmarking.metrics.computing import Figures, figures_of
from portal.benchmarking.metrics.returns import (
    NOT_APPLICABLE,
    NOT_SUPPLIED,
    NUMBER,
    UNDEFINED,
    Codes,
    Floats,
    Returns,
    returns_of,
)
from portal.benchmarking.metrics.types import Span, Year
from portal.disclosure import FigureState
from portal.returns.types import FORMS, Period

VALUE_COLUMNS = ("service_id", "period", "form", "value", "state", "numerator", "denominator")

_STATES = (
    *(FigureState.VALUE, FigureState.ZERO, FigureState.UNDEFINED),
    *(FigureState.NOT_SUPPLIED, FigureState.NOT_APPLICABLE),
)
_STATE_PLACES = {NUMBER: 0, UNDEFINED: 2, NOT_SUPPLIED: 3, NOT_APPLICABLE: 4}


def evaluate(
    catalogue: Catalogue,
    name: str,
    cells: pd.DataFrame | Returns,
    spans: Sequence[Span] | None = None,
    *,
    forms: Collection[str] | None = None,
    due: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """A metric of each service in each quarter or year.

    ``cells``: as ``returns_of`` takes them, or its result when several metrics are evaluated over the same returns.
    ``spans``: quarters and years; by default the quarters in ``cells``. ``forms``: some of the forms that the metric is
    evaluated for; by default all of them. ``due``: ``service_id`` and ``period`` of the quarters for which returns are
    due, for years; by default every quarter of the year. One row stands there for each span, form and service that
    has a row in a quarter of the span, in that order, services by id.

    Columns VALUE_COLUMNS: ``period`` ("2026Q2", "2026") and ``form`` categories, ``value`` in the unit of the metric (a
    share: 0.6 is 60 %), NaN without a number; ``state`` a category of FigureState. Where the formula is a ratio and has
    a number, ``numerator`` and ``denominator`` are its two sides, else NaN.

    Raises NotFound for a metric that is not valid in some span, FormulaError for one that cannot be evaluated.
    """
    programs = _programs(catalogue, name, cells, spans)
    if not isinstance(cells, Returns):
        needed = frozenset[str]().union(*(program.needs for _, program in programs))
        cells = returns_of(cells, needed or {""})
    found: list[tuple[Span, str, Block, slice, Figures]] = []
    for program, chosen in _together(programs):
        for block, pieces in _blocks(cells, chosen, due):
            for form in program.forms if forms is None else [f for f in FORMS if f in forms and f in program.forms]:
                figures = figures_of(program, block, form)
                found += [(span, form, block, rows, figures) for span, rows in pieces]
    order = {span: number for number, (span, _) in enumerate(programs)}
    found.sort(key=lambda piece: (order[piece[0]], FORMS.index(piece[1])))
    return _frame(found)


def _programs(
    catalogue: Catalogue, name: str, cells: pd.DataFrame | Returns, spans: Sequence[Span] | None
) -> list[tuple[Span, Program]]:
    if spans is None:
        if isinstance(cells, Returns):
            spans = cells.periods
        else:
            spans = sorted(Period.parse(str(text)) for text in cells["period"].unique())
    unique = list(dict.fromkeys(spans))
    return [(span, catalogue.program(name, last_quarter(span))) for span in unique]


def last_quarter(span: Span) -> Period:
    """The quarter whose versions of the metrics count for the span."""
    return span.quarters[-1] if isinstance(span, Year) else span


def _together(programs: list[tuple[Span, Program]]) -> list[tuple[Program, list[Span]]]:
    """Spans of one program computed together."""
    groups: dict[int, tuple[Program, list[Span]]] = {}
    for span, program in programs:
        groups.setdefault(id(program), (program, []))[1].append(span)
    return list(groups.values())


def _blocks(
    returns: Returns, spans: list[Span], due: pd.DataFrame | None
) -> list[tuple[Block, list[tuple[Span, slice]]]]:
    """All quarters in one block, each year in its own; with each span the rows of the block that are its."""
    found: list[tuple[Block, list[tuple[Span, slice]]]] = []
    quarters = sorted(span for span in spans if isinstance(span, Period))
    if quarters:
        pieces: list[tuple[Span, slice]] = []
        start = 0
        for quarter in quarters:
            rows = returns.rows_of(quarter)
            pieces.append((quarter, slice(start, start + rows.stop - rows.start)))
            start += rows.stop - rows.start
        found.append((quarters_block(returns, quarters), pieces))
    for span in spans:
        if isinstance(span, Year):
            block = year_block(returns, span, due)
            found.append((block, [(span, slice(0, len(block.service_id)))]))
    return found


def _frame(pieces: list[tuple[Span, str, Block, slice, Figures]]) -> pd.DataFrame:
    lengths = [rows.stop - rows.start for *_, rows, _ in pieces]
    spans = list(dict.fromkeys(str(span) for span, *_ in pieces))

    def joined(parts: list[Any], kind: Any) -> Any:
        return np.concatenate([np.empty(0, dtype=kind), *parts])

    codes: Codes = joined([figures.result.codes[rows] for *_, rows, figures in pieces], np.int8)
    values: Floats = joined([figures.result.values[rows] for *_, rows, figures in pieces], np.float64)
    places = np.array([_STATE_PLACES[code] for code in range(NOT_APPLICABLE + 1)], dtype=np.int8)[codes]
    places[(codes == NUMBER) & (values == 0)] = 1
    return pd.DataFrame(
        {
            "service_id": joined([block.service_id[rows] for _, _, block, rows, _ in pieces], np.int64),
            "period": _repeated([spans.index(str(span)) for span, *_ in pieces], lengths, spans),
            "form": _repeated([FORMS.index(form) for _, form, *_ in pieces], lengths, FORMS),
            "value": values,
            "state": pd.Categorical.from_codes(places, categories=pd.Index(_STATES, dtype=object)),
            "numerator": joined([figures.numerator[rows] for *_, rows, figures in pieces], np.float64),
            "denominator": joined([figures.denominator[rows] for *_, rows, figures in pieces], np.float64),
        },
        copy=False,  # the columns are ours alone; gathering them into one array would double the time
    )


def _repeated(places: list[int], lengths: list[int], names: Sequence[str]) -> Any:
    codes = np.repeat(np.array(places, dtype=np.int64), lengths)
    return pd.Categorical.from_codes(codes, categories=pd.Index(list(names), dtype=object))


def state_counts(figures: pd.DataFrame) -> dict[FigureState, int]:
    """How many rows of evaluated figures have which state."""
    counted = figures["state"].value_counts()
    return {state: int(counted.get(state, 0)) for state in _STATES}
