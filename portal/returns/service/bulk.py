"""Storing many finished returns at once: demonstration data and figures of former systems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from sqlalchemy import insert

from portal.core.bulk import store_rows
from portal.core.cells import Cell
from portal.core.db import db
from portal.returns.models import Return, ReturnCell, ReturnResidence, ReturnResidencePart
from portal.returns.residences.types import Residences, ResidenceState
from portal.returns.service.changes import counts, tell_counted_changed
from portal.returns.types import CellKey, ReturnState

CHUNK = 1_000


@dataclass(frozen=True)
class WholeReturn:
    """A return with all its cells, as it is to stand in the database."""

    service_id: int
    period: str
    form_version: str
    state: ReturnState
    created_at_utc: datetime
    submitted_at_utc: datetime | None  # None only for a draft
    decided_at_utc: datetime | None
    cells: Mapping[CellKey, Cell]
    residences: Residences = field(default_factory=Residences)


def store_returns(returns: Iterable[WholeReturn]) -> int:
    """Insert returns and their cells in chunks; returns how many.

    The constraints of the tables refuse what contradicts itself; nothing is validated against the rules of the form.
    """
    stored = 0
    for chunk in _chunks(returns):
        ids = db.session.scalars(
            insert(Return).returning(Return.id, sort_by_parameter_order=True), [_row(item) for item in chunk]
        ).all()
        store_rows(
            ReturnCell,
            [
                {
                    "return_id": return_id,
                    "form": key.form,
                    "field": key.field,
                    "state": str(cell.state),
                    "value": cell.number,
                    "comment": None,
                }
                for return_id, item in zip(ids, chunk, strict=True)
                for key, cell in item.cells.items()
            ],
        )
        _store_residences(ids, chunk)
        tell_counted_changed([id_ for id_, item in zip(ids, chunk, strict=True) if counts(item.state)])
        stored += len(chunk)
    return stored


def _store_residences(ids: Sequence[int], chunk: Sequence[WholeReturn]) -> None:
    told = [
        (return_id, item.residences)
        for return_id, item in zip(ids, chunk, strict=True)
        if item.residences.state is not ResidenceState.NOT_SUPPLIED
    ]
    parts = [{"return_id": one, "state": str(part.state), "version": part.version} for one, part in told]
    rows = [
        {
            "return_id": one,
            "municipality_code": key.municipality,
            "target_group": key.target_group,
            "adverse_situation": key.situation,
            "persons": persons,
        }
        for one, part in told
        for key, persons in part.rows.items()
    ]
    for table, values in ((ReturnResidencePart, parts), (ReturnResidence, rows)):
        store_rows(table, values)


def _row(item: WholeReturn) -> dict[str, object]:
    return {
        "service_id": item.service_id,
        "period": item.period,
        "form_version": item.form_version,
        "state": str(item.state),
        "version": 1,
        "round": 0 if item.submitted_at_utc is None else 1,
        "created_at_utc": item.created_at_utc,
        "first_submitted_at_utc": item.submitted_at_utc,
        "submitted_at_utc": item.submitted_at_utc,
        "decided_at_utc": item.decided_at_utc,
    }


def _chunks(returns: Iterable[WholeReturn]) -> Iterator[list[WholeReturn]]:
    iterator = iter(returns)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk
