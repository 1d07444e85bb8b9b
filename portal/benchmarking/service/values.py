"""Values of all metrics of accepted returns, kept so that pages need not compute them.

They change in the unit of work that accepts or reopens a return, or in which the register gives a service another
type, and are computed anew by a job after a metric has changed. Beside them stands by which formulas they were
computed: while that is not what the formulas are today, they are not used and figures are computed from the cells, so
that what is read is right at any moment. Norms play no part in them. Years are always computed from the cells: which
quarters are due depends on the register of today.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from portal.benchmarking import queries
from portal.benchmarking.metrics import Catalogue, FormulaError, Program, Span, Year, evaluate, last_quarter, returns_of
from portal.benchmarking.metrics.nodes import names_in
from portal.benchmarking.metrics.parsing import parse
from portal.benchmarking.metrics.types import quarters_of
from portal.benchmarking.service.metrics import current_catalogue
from portal.catalog.service.changes import on_types_changed
from portal.core.cells import CellState
from portal.core.clock import now_utc
from portal.core.errors import Invalid, NotFound
from portal.core.jobs import Report, job, start_job
from portal.core.kept import kept
from portal.core.messages import _m
from portal.core.permissions import Actor
from portal.core.transaction import transaction
from portal.disclosure import FigureState
from portal.returns.service import counted_returns_of, figures_frame, on_counted_changed, services_and_periods
from portal.returns.types import ALL, Period

RECOMPUTE_JOB = "benchmarking.metrics.recompute"
SERVICES_AT_ONCE = 1_000
RETURNS_AT_ONCE = 5_000
READ_COLUMNS = ("service_id", "period", "state", "value", "numerator", "denominator")


def fingerprints_of(catalogue: Catalogue) -> dict[str, str]:
    """For each metric a mark of all that its values depend on: its versions, those of metrics it names, fields."""
    words = {name: _words_of(catalogue, name) for name in catalogue}
    return {
        name: hashlib.sha256("\n".join(words[each] for each in sorted(_reached(catalogue, name))).encode()).hexdigest()
        for name in catalogue
    }


def _words_of(catalogue: Catalogue, name: str) -> str:
    parts: list[Any] = [name]
    for version in catalogue.versions(name):
        types = None if version.service_types is None else sorted(version.service_types)
        parts.append((version.formula, version.unit, version.forms, types, version.first_period, version.last_period))
        for code in sorted(_names(version.formula)):
            if (field := catalogue.fields.get(code)) is not None:
                types = None if field.service_types is None else sorted(field.service_types)
                parts.append((field.code, field.unit, field.forms, str(field.over_year), types))
    return repr(parts)


def _names(formula: str) -> Collection[str]:
    try:
        return names_in(parse(formula))
    except FormulaError:
        return ()


def _reached(catalogue: Catalogue, name: str) -> set[str]:
    """The metric and all that it stands upon."""
    found, open_ends = {name}, [name]
    while open_ends:
        for version in catalogue.versions(open_ends.pop()):
            fresh = {code for code in _names(version.formula) if code in catalogue and code not in found}
            found |= fresh
            open_ends += fresh
    return found


# Writing.


@on_counted_changed
def refresh_returns(return_ids: Collection[int]) -> None:
    """Compute the values of some returns anew, or forget them where they no longer count."""
    queries.lock_values()
    catalogue = current_catalogue()
    if not queries.has_other_counted(return_ids):  # nothing else could be out of date
        queries.set_fingerprints(fingerprints_of(catalogue), now_utc())
    queries.delete_values_of(services_and_periods(return_ids))
    cells = figures_frame(fields=fields_of(catalogue, list(catalogue)), return_ids=return_ids)
    queries.insert_values(values_from(catalogue, list(catalogue), cells))


@on_types_changed
def refresh_services(service_ids: Collection[int]) -> None:
    """Compute the values of services of another type anew: it decides which metrics mean something for them."""
    for part in _parts(counted_returns_of(service_ids), RETURNS_AT_ONCE):
        refresh_returns(part)


def values_from(catalogue: Catalogue, names: Sequence[str], cells: pd.DataFrame) -> pd.DataFrame:
    """Values of metrics in every quarter of the cells, ``queries.VALUE_COLUMNS``, without those not applicable.

    Texts are categories.
    """
    found: list[tuple[str, pd.DataFrame]] = []
    if not cells.empty:
        returns = returns_of(cells, fields_of(catalogue, names) or {""})
        for name in names:
            if spans := [period for period in returns.periods if _program(catalogue, name, period) is not None]:
                figures = evaluate(catalogue, name, returns, spans)
                found.append((name, figures[(figures["state"] != FigureState.NOT_APPLICABLE).to_numpy()]))
    if not found:
        return pd.DataFrame(columns=list(queries.VALUE_COLUMNS))
    lengths = [len(figures) for _, figures in found]
    own_names = pd.Index([name for name, _ in found], dtype=object)
    metric = pd.Categorical.from_codes(np.repeat(np.arange(len(found)), lengths), categories=own_names)
    columns: dict[str, Any] = {"metric": metric}
    for column in queries.VALUE_COLUMNS:
        parts = [figures[column] for _, figures in found if column in figures]
        if column in ("form", "period", "state"):
            columns[column] = union_categoricals(parts)
        elif column != "metric":
            columns[column] = np.concatenate([part.to_numpy() for part in parts])
    return pd.DataFrame(columns)[list(queries.VALUE_COLUMNS)]


def _program(catalogue: Catalogue, name: str, period: Period) -> Program | None:
    """None where the metric is not valid, or cannot be evaluated: it has no values then."""
    if catalogue.version(name, period) is None:
        return None
    try:
        return catalogue.program(name, period)
    except FormulaError:
        return None


def fields_of(catalogue: Catalogue, names: Collection[str]) -> set[str]:
    """Codes of the fields that metrics need, those of metrics they stand upon included."""
    reached = set().union(*(_reached(catalogue, name) for name in names))
    formulas = {version.formula for name in reached for version in catalogue.versions(name)}
    return {code for formula in formulas for code in _names(formula) if code in catalogue.fields}


@job(RECOMPUTE_JOB)
def recompute_in_job(actor: Actor, report: Report, arguments: dict[str, Any]) -> dict[str, Any]:
    """Compute metrics anew (all of them without ``metrics``)."""
    del actor
    names = arguments.get("metrics")
    return {"values": recompute(report, metrics=names)}


def start_recompute(actor: Actor, metrics: Collection[str]) -> str:
    """Queue the job for these metrics and all that stand upon them; within a unit of work. Returns its id."""
    catalogue = current_catalogue()
    concerned = sorted(name for name in catalogue if _reached(catalogue, name) & set(metrics))
    return start_job(actor, RECOMPUTE_JOB, {"metrics": concerned})


def recompute(report: Report, *, metrics: Collection[str] | None = None) -> int:
    """Compute values of metrics (of all) anew, some services in each unit of work. Returns how many were stored.

    When a formula changes meanwhile it stops: that change started a job of its own.
    """
    with transaction():
        catalogue = current_catalogue()
        marks = fingerprints_of(catalogue)
        names = [name for name in catalogue if metrics is None or name in metrics]
        ids = queries.service_ids()
    chunks = [(part[0], part[-1]) for part in _parts(ids, SERVICES_AT_ONCE)]
    stored = 0
    for place, chunk in enumerate(chunks):
        report(place, len(chunks))
        with transaction():
            queries.lock_values()
            if fingerprints_of(current_catalogue()) != marks:
                return stored
            queries.delete_values(chunk, names)
            values = values_from(catalogue, names, figures_frame(fields=fields_of(catalogue, names), services=chunk))
            queries.insert_values(values)
            stored += len(values)
    with transaction():
        queries.lock_values()
        if fingerprints_of(current_catalogue()) == marks:
            queries.set_fingerprints({name: marks[name] for name in names}, now_utc())
            if metrics is None:
                queries.drop_metrics(set(queries.fingerprints()) - set(marks))
    report(len(chunks), len(chunks))
    return stored


def _parts(ids: Sequence[int], size: int) -> list[list[int]]:
    return [list(ids[start : start + size]) for start in range(0, len(ids), size)]


# Reading.


def fresh_metrics(catalogue: Catalogue) -> set[str]:
    """Metrics whose kept values were computed by the formulas of today."""
    kept = queries.fingerprints()
    return {name for name, mark in fingerprints_of(catalogue).items() if kept.get(name) == mark}


def read_values(
    catalogue: Catalogue,
    name: str,
    form: str,
    spans: Sequence[Span],
    *,
    type_code: str | None = None,
    service_id: int | None = None,
) -> pd.DataFrame:
    """A metric of the services of a type (of one, of all) in some quarters and years, for one form: READ_COLUMNS.

    ``period`` and ``state`` are texts, or categories of them. A service with a return in the span and without a row is
    "not applicable".
    Quarters in which the metric is not valid have no rows. Figures are exact and not yet disclosed to anybody.

    Raises Invalid with the fault of a metric that cannot be evaluated, NotFound for one that there is not.
    """
    if name not in catalogue:
        raise NotFound(_m("There is no metric “%(name)s”.", name=name))
    valid = [span for span in dict.fromkeys(spans) if catalogue.version(name, last_quarter(span)) is not None]
    for span in valid:
        try:
            catalogue.program(name, last_quarter(span))
        except FormulaError as error:
            raise Invalid(_m("The metric cannot be evaluated: %(fault)s", fault=error.message)) from error
    quarters = [span for span in valid if isinstance(span, Period)]
    is_fresh = queries.fingerprints().get(name) == fingerprints_of(catalogue)[name]
    found = []
    if quarters and is_fresh:
        periods = tuple(str(quarter) for quarter in quarters)

        def read() -> pd.DataFrame:
            return _frame_of(queries.value_rows(name, form, periods, type_code, service_id))

        mark = queries.value_mark() if service_id is None else None  # None: nothing was ever written, or few rows
        key = ("metric values", mark, name, form, periods, type_code)
        found.append(read() if mark is None else kept(key, read, rows=len))
    slow = [span for span in valid if isinstance(span, Year) or not is_fresh]
    if slow:
        found.append(_from_cells(catalogue, name, form, slow, type_code, service_id))
    if not found:
        found.append(pd.DataFrame(columns=list(READ_COLUMNS)))
    joined = found[0] if len(found) == 1 else pd.concat(found, ignore_index=True)
    return joined.astype({"service_id": "int64", "value": float, "numerator": float, "denominator": float})


def _frame_of(rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    """READ_COLUMNS, column by column: pandas would look into each of the rows."""
    columns = dict(zip(READ_COLUMNS, list(zip(*rows, strict=True)) or [()] * len(READ_COLUMNS), strict=True))
    numbers = {"service_id": np.int64, "value": np.float64, "numerator": np.float64, "denominator": np.float64}
    return pd.DataFrame(
        {
            name: np.array(column, dtype=numbers[name])
            if name in numbers
            else pd.Categorical(np.array(column, dtype=object))
            for name, column in columns.items()
        }
    )


def _from_cells(
    catalogue: Catalogue,
    name: str,
    form: str,
    spans: list[Span],
    type_code: str | None,
    service_id: int | None,
) -> pd.DataFrame:
    quarters = sorted({quarter for span in spans for quarter in quarters_of(span)})
    services = None if service_id is None else (service_id, service_id)
    fields = fields_of(catalogue, [name])
    cells = figures_frame(fields=fields, periods=quarters, type_code=type_code, services=services)
    due = None
    if any(isinstance(span, Year) for span in spans):
        types = None if type_code is None else [type_code]
        worked = [(row[0], str(q)) for q in quarters for row in queries.services_in(q, type_codes=types)]
        due = pd.DataFrame(worked, columns=["service_id", "period"]).drop_duplicates()
        cells = _with_presence(cells, queries.counted_returns(quarters, type_code))
    figures = evaluate(catalogue, name, cells, spans, forms=[form], due=due)
    figures = figures[(figures["state"] != FigureState.NOT_APPLICABLE).to_numpy()]
    plain = figures.assign(period=figures["period"].astype(str), state=figures["state"].astype(str))
    return plain[list(READ_COLUMNS)].reset_index(drop=True)


def _with_presence(cells: pd.DataFrame, counted: list[tuple[Any, ...]]) -> pd.DataFrame:
    """The cells and a cell of no field for each return: one that has none of the fields is there all the same."""
    present = pd.DataFrame(counted, columns=["service_id", "type_code", "period"])
    present = present.assign(form=ALL, field="", state=str(CellState.NOT_SUPPLIED), value=float("nan"))
    return pd.concat([cells, present[list(cells.columns)]], ignore_index=True)
