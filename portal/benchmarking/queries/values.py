"""SELECTs and bulk writes of the kept values of metrics."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import chain
from secrets import token_hex
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import delete, insert, select, text, update

from portal.benchmarking.models import (
    MetricProgram,
    MetricValue,
    MetricValueMark,
)
from portal.catalog.models import Provider, Service
from portal.core.db import db
from portal.returns.models import Return
from portal.returns.types import FINAL_STATES, Period

VALUE_COLUMNS = ("service_id", "metric", "form", "period", "state", "value", "numerator", "denominator")
ROWS_IN_A_STATEMENT = 100
_LOCK = 5_801_003  # of PostgreSQL, for all who write computed values; any number that nobody else takes


def lock_values() -> None:
    """Let only one unit of work at a time write computed values; what others committed before is seen after it.

    SQLite has one writer anyway.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def change_mark() -> None:
    """Leave a mark that no change of the values had before, not even one that was taken back."""
    mark = token_hex(16)
    changed: Any = db.session.execute(update(MetricValueMark).values(mark=mark))
    if not changed.rowcount:
        db.session.execute(insert(MetricValueMark), [{"id": 1, "mark": mark}])


def value_mark() -> str | None:
    """The mark that the last change of the values left; None before the first one."""
    return db.session.scalar(select(MetricValueMark.mark))


def fingerprints() -> dict[str, str]:
    """By which formulas the values of each metric were computed."""
    query = select(MetricProgram.metric, MetricProgram.fingerprint)
    return {row.metric: row.fingerprint for row in db.session.execute(query)}


def set_fingerprints(found: dict[str, str], now: datetime) -> None:
    db.session.execute(delete(MetricProgram).where(MetricProgram.metric.in_(found)))
    rows = [{"metric": name, "fingerprint": mark, "computed_at_utc": now} for name, mark in sorted(found.items())]
    if rows:
        db.session.execute(insert(MetricProgram), rows)


def drop_metrics(names: Collection[str]) -> None:
    """Forget all values of metrics that there are no longer."""
    if names:
        change_mark()
        db.session.execute(delete(MetricValue).where(MetricValue.metric.in_(names)))
        db.session.execute(delete(MetricProgram).where(MetricProgram.metric.in_(names)))


def has_other_counted(return_ids: Collection[int]) -> bool:
    """Whether some other return is accepted or locked."""
    query = select(Return.id).where(Return.state.in_(FINAL_STATES), Return.id.not_in(return_ids)).limit(1)
    return db.session.scalar(query) is not None


def service_ids() -> list[int]:
    """Ids of services that ever began a return, in order."""
    return list(db.session.scalars(select(Return.service_id).distinct().order_by(Return.service_id)))


def delete_values(service_ids: tuple[int, int], metrics: Collection[str]) -> None:
    """Values of some metrics of the services with ids from ... to ..."""
    change_mark()
    rows = delete(MetricValue).where(MetricValue.service_id.between(*service_ids), MetricValue.metric.in_(metrics))
    # Else the keys of all deleted rows come back, to be looked for among the objects of the session.
    db.session.execute(rows, execution_options={"synchronize_session": False})


def delete_values_of(keys: Collection[tuple[int, str]]) -> None:
    """All values of single returns, given by service and quarter."""
    change_mark()
    by_period: dict[str, list[int]] = {}
    for service_id, period in keys:
        by_period.setdefault(period, []).append(service_id)
    for period, services in by_period.items():
        db.session.execute(
            delete(MetricValue).where(MetricValue.service_id.in_(services), MetricValue.period == period)
        )


def insert_values(frame: pd.DataFrame) -> None:
    """Store rows of VALUE_COLUMNS in bulk, by the fastest way that the database has; texts may be categories."""
    if frame.empty:
        return
    change_mark()
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        cursor: Any = connection.connection.cursor()
        with cursor.copy(f"COPY metric_values ({', '.join(VALUE_COLUMNS)}) FROM STDIN WITH (FORMAT binary)") as copy:
            copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
            for piece in _binary_rows(frame):
                copy.write(piece)
            copy.write(b"\xff\xff")
        cursor.close()
        return
    # Rows in the order of the key go to the end of its tree, and several in a statement cost half of one by one.
    rows = list(_in_order_of_key(frame))
    one = f"({', '.join('?' * len(VALUE_COLUMNS))})"
    many = len(rows) - len(rows) % ROWS_IN_A_STATEMENT
    for count, part in ((ROWS_IN_A_STATEMENT, rows[:many]), (1, rows[many:])):
        if part:
            places = ", ".join([one] * count)
            connection.exec_driver_sql(
                f"INSERT INTO metric_values ({', '.join(VALUE_COLUMNS)}) VALUES {places}",
                [tuple(chain.from_iterable(part[n : n + count])) for n in range(0, len(part), count)],
            )


def _in_order_of_key(frame: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    texts = {name: pd.Categorical(frame[name].astype("category")) for name in ("metric", "form", "period", "state")}
    sorted_texts = {name: text.reorder_categories(sorted(text.categories)) for name, text in texts.items()}
    keys = [sorted_texts[name].codes for name in ("period", "form", "metric")]
    order = np.lexsort([*keys, frame["service_id"].to_numpy(dtype=np.int64)])
    columns: list[list[Any]] = []
    for name in VALUE_COLUMNS:
        if name in sorted_texts:
            words = np.array([str(each) for each in sorted_texts[name].categories], dtype=object)
            columns.append(words[sorted_texts[name].codes[order]].tolist())
        else:
            columns.append(frame[name].to_numpy()[order].tolist())  # NaN becomes NULL
    return zip(*columns, strict=True)


def _binary_rows(frame: pd.DataFrame) -> Iterator[bytes]:
    """The rows as COPY takes them in binary, those of one metric, form and state together: they have one layout.

    Each row is the number of its fields, and for each field its length (-1 for NULL) and its bytes.
    """
    frame = frame.assign(period=frame["period"].astype(str))
    for key, part in frame.groupby(["metric", "form", "state"], observed=True):
        texts = dict(zip(("metric", "form", "state"), map(str, key), strict=True))
        layout: list[tuple[str, str]] = [("fields", ">i2")]
        content: dict[str, Any] = {"fields": len(VALUE_COLUMNS)}
        for name in VALUE_COLUMNS:
            if name == "service_id":
                kind, value = ">i4", part[name].to_numpy()
            elif name in ("value", "numerator", "denominator"):
                kind, value = ">f8", part[name].to_numpy()
                if np.isnan(value).any():
                    kind = ""  # what has no number in one row has none in all of them
            else:
                value = np.array([texts[name]] if name in texts else part[name].tolist(), dtype=bytes)
                kind = value.dtype.str  # as wide as the longest: periods are all of one length
            layout.append((f"{name}_length", ">i4"))
            content[f"{name}_length"] = np.dtype(kind).itemsize if kind else -1
            if kind:
                layout.append((name, kind))
                content[name] = value
        rows = np.empty(len(part), dtype=layout)
        for name, value in content.items():
            rows[name] = value
        yield rows.tobytes()


def value_rows(
    metric: str, form: str, periods: Collection[str], type_code: str | None, service_id: int | None = None
) -> list[tuple[Any, ...]]:
    """service_id, period, state, value, numerator, denominator of the services of a type (one, all), in no order."""
    kept = MetricValue.__table__.c
    columns = (kept.service_id, kept.period, kept.state, kept.value, kept.numerator, kept.denominator)
    # A service's quarters lie side by side: one range of them is found in half of the time of single ones.
    query = select(*columns).where(
        kept.metric == metric, kept.form == form, kept.period.between(min(periods), max(periods))
    )
    if type_code is not None:
        query = query.join(Service, Service.id == kept.service_id).where(Service.type_code == type_code)
    if service_id is not None:
        query = query.where(kept.service_id == service_id)
    # As the driver gives them: plain numbers and texts need no conversion, and rows of 20 000 more time than to read.
    cursor: Any = db.session.connection().execute(query).cursor
    wanted = set(periods)
    return [row for row in cursor.fetchall() if row[1] in wanted]


def counted_returns(periods: Collection[Period], type_code: str | None) -> list[tuple[Any, ...]]:
    """service_id, type_code and period of accepted and locked returns (of a type)."""
    query = (
        select(Return.service_id, Service.type_code, Return.period)
        .join(Service, Service.id == Return.service_id)
        .where(Return.period.in_([str(period) for period in periods]), Return.state.in_(FINAL_STATES))
    )
    if type_code is not None:
        query = query.where(Service.type_code == type_code)
    return [tuple(row) for row in db.session.execute(query)]


def values_of_service(service_id: int, periods: Collection[str]) -> list[tuple[Any, ...]]:
    """metric, form, period, state and value of one service in some quarters."""
    query = select(
        MetricValue.metric, MetricValue.form, MetricValue.period, MetricValue.state, MetricValue.value
    ).where(MetricValue.service_id == service_id, MetricValue.period.in_(periods))
    return [tuple(row) for row in db.session.execute(query)]


def values_of_type(type_code: str, period: str) -> list[tuple[Any, ...]]:
    """service_id, metric, form, period, state and value of the services of a type in a quarter."""
    query = (
        select(
            MetricValue.service_id,
            MetricValue.metric,
            MetricValue.form,
            MetricValue.period,
            MetricValue.state,
            MetricValue.value,
        )
        .join(Service, Service.id == MetricValue.service_id)
        .where(Service.type_code == type_code, MetricValue.period == period)
    )
    return [tuple(row) for row in db.session.execute(query)]


def values_of_provider(ico: str, periods: Collection[str]) -> list[tuple[Any, ...]]:
    """service_id, metric, form, period, state and value of a provider's services in some quarters."""
    query = (
        select(
            MetricValue.service_id,
            MetricValue.metric,
            MetricValue.form,
            MetricValue.period,
            MetricValue.state,
            MetricValue.value,
        )
        .join(Service, Service.id == MetricValue.service_id)
        .join(Provider, Provider.id == Service.provider_id)
        .where(Provider.ico == ico, MetricValue.period.in_(periods))
    )
    return [tuple(row) for row in db.session.execute(query)]


def returns_of_provider(ico: str, periods: Collection[str]) -> list[tuple[int, str]]:
    """service_id and period of a provider's accepted and locked returns."""
    query = (
        select(Return.service_id, Return.period)
        .join(Service, Service.id == Return.service_id)
        .join(Provider, Provider.id == Service.provider_id)
        .where(Provider.ico == ico, Return.period.in_(periods), Return.state.in_(FINAL_STATES))
    )
    return [(service_id, period) for service_id, period in db.session.execute(query)]
