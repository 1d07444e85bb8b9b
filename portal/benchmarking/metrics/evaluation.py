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

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from portal.benchmarking.metrics.blocks import Block, quarters_block, year_block
from portal.benchmarking.metrics.catalogue import Catalogue, Program
from portal.benchmarking.metrics.computing import Figures, figures_of
from portal.benchmarking.metrics.returns import NUMBER, Returns, returns_of
from portal.benchmarking.metrics.types import Span, Year
from portal.disclosure import FigureState
from portal.returns.types import FORMS, Period

VALUE_COLUMNS = ("service_id", "period", "form", "value", "state", "numerator", "denominator")

_STATES = (  # in the order of the codes of states; a number is a value or zero
    *(FigureState.VALUE, FigureState.ZERO, FigureState.UNDEFINED),
    *(FigureState.NOT_SUPPLIED, FigureState.NOT_APPLICABLE),
)
ROWS_AT_ONCE = 1 << 16


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
    years: dict[Span, Block] = {s: year_block(cells, s, due) for s, _ in programs if isinstance(s, Year)}
    lots = [
        (span, form, cells.count_of(span) if isinstance(span, Period) else years[span].count)
        for span, program in programs
        for form in _forms(program, forms)
    ]
    table = _Table(lots)
    for program, chosen in _together(programs):
        for block, pieces in _blocks(cells, chosen, years):
            for form in _forms(program, forms):
                table.put(form, block, pieces, figures_of(program, block, form))
    return table.frame()


def _forms(program: Program, wanted: Collection[str] | None) -> Sequence[str]:
    return program.forms if wanted is None else [form for form in FORMS if form in wanted and form in program.forms]


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


# A span, the row of a block with which it begins there, and which of the span's own rows that is.
_Piece = tuple[Span, int, int]


def _blocks(
    returns: Returns, spans: list[Span], years: Mapping[Span, Block]
) -> Iterator[tuple[Block, Sequence[_Piece]]]:
    """Each year, and quarters as neighbouring rows, so few that what is computed on the way stays in the cache."""
    yield from ((years[span], [(span, 0, 0)]) for span in spans if span in years)
    waiting: list[tuple[Period, slice]] = []
    for quarter in sorted(span for span in spans if isinstance(span, Period)):
        rows = returns.rows_of(quarter)
        for start in range(rows.start, rows.stop, ROWS_AT_ONCE):
            own = slice(start, min(start + ROWS_AT_ONCE, rows.stop))
            if waiting and (waiting[-1][1].stop != start or own.stop - waiting[0][1].start > ROWS_AT_ONCE):
                yield _block(returns, waiting)
                waiting = []
            waiting.append((quarter, own))
    if waiting:
        yield _block(returns, waiting)


def _block(returns: Returns, parts: list[tuple[Period, slice]]) -> tuple[Block, Sequence[_Piece]]:
    first = parts[0][1].start
    pieces = [(quarter, own.start - first, own.start - returns.rows_of(quarter).start) for quarter, own in parts]
    return quarters_block(returns, parts), pieces


class _Table:
    """The rows of the result, filled block by block each at its place: by span, form and service."""

    def __init__(self, lots: Sequence[tuple[Span, str, int]]) -> None:
        self.lots = lots
        ends = np.cumsum([0, *(count for *_, count in lots)]).tolist()
        self.starts = {(span, form): start for (span, form, _), start in zip(lots, ends, strict=False)}
        count = ends[-1]
        self.service_id = np.empty(count, dtype=np.int64)
        self.states = np.empty(count, dtype=np.int8)
        self.value, self.numerator, self.denominator = (np.empty(count) for _ in range(3))

    def put(self, form: str, block: Block, pieces: Sequence[_Piece], figures: Figures) -> None:
        codes, values = figures.result.codes, figures.result.values
        states = codes + ((codes != NUMBER) | (values == 0))  # zero has a place of its own behind value
        ends = [*(start for _, start, _ in pieces[1:]), block.count]
        for (span, start, row), end in zip(pieces, ends, strict=True):
            first = self.starts[span, form] + row
            place, own = slice(first, first + end - start), slice(start, end)
            self.service_id[place] = block.service_id[own]
            self.states[place] = states[own]
            self.value[place] = values[own]
            self.numerator[place] = figures.numerator[own]
            self.denominator[place] = figures.denominator[own]

    def frame(self) -> pd.DataFrame:
        spans = list(dict.fromkeys(str(span) for span, *_ in self.lots))
        place = {span: number for number, span in enumerate(spans)}
        return pd.DataFrame(
            {
                "service_id": self.service_id,
                "period": self._repeated([place[str(span)] for span, *_ in self.lots], spans),
                "form": self._repeated([FORMS.index(form) for _, form, _ in self.lots], FORMS),
                "value": self.value,
                "state": _categories(self.states, _STATES),
                "numerator": self.numerator,
                "denominator": self.denominator,
            },
            copy=False,  # the columns are ours alone; gathering them into one array would double the time
        )

    def _repeated(self, places: list[int], names: Sequence[str]) -> Any:
        kind = np.int8 if len(names) < np.iinfo(np.int8).max else np.int64
        return _categories(np.repeat(np.array(places, dtype=kind), [count for *_, count in self.lots]), names)


def _categories(codes: Any, names: Sequence[Any]) -> Any:
    return pd.Categorical.from_codes(codes, categories=pd.Index(list(names), dtype=object))


def state_counts(figures: pd.DataFrame) -> dict[FigureState, int]:
    """How many rows of evaluated figures have which state."""
    counted = figures["state"].value_counts()
    return {state: int(counted.get(state, 0)) for state in _STATES}
