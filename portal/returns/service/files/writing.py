"""Writing cells into many returns in a few statements, with the history that a form would leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, update

from portal.core import audit
from portal.core.cells import NOT_SUPPLIED, Cell
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.permissions import Actor
from portal.returns.definition import definition_by_code
from portal.returns.models import Return, ReturnCell, ReturnCellChange
from portal.returns.queries import many
from portal.returns.readings import ReportingService
from portal.returns.types import CellKey, Period, ReturnState


@dataclass(frozen=True)
class Writing:
    """The cells and comments to put into one return, which is begun when there is none."""

    head: ReportingService
    stored: Return | None
    cells: Mapping[CellKey, Cell]
    comments: Mapping[CellKey, str | None]


@dataclass(frozen=True)
class Written:
    """A return after it: its version, and what was in these cells and comments before."""

    return_id: int
    version: int
    cells: Mapping[CellKey, Cell]
    comments: Mapping[CellKey, str | None]


def write_returns(
    actor: Actor, period: Period, form_version: str, writings: Sequence[Writing], *, import_id: int
) -> dict[int, Written]:
    """Store all of it; the result is by service. Whether it may be done was decided before."""
    begun = _begin(period, form_version, [one.head for one in writings if one.stored is None])
    returns = {one.head.id: one.stored or begun[one.head.id] for one in writings}
    cells, comments = many.cells_of([stored.id for stored in returns.values()])
    done: dict[int, Written] = {}
    details: dict[str, dict[str, Any]] = {}
    added: list[dict[str, Any]] = []
    updated: list[dict[str, Any]] = []
    changes: list[dict[str, Any]] = []
    for one in writings:
        stored = returns[one.head.id]
        known, said = cells[stored.id], comments[stored.id]
        version = stored.version + 1 if one.cells or one.comments else stored.version
        definition = definition_by_code(stored.form_version)
        asked = definition.cells_for(one.head.type_code, set(one.head.forms))
        for key in dict.fromkeys((*asked, *one.cells)):
            before = known.get(key, NOT_SUPPLIED)
            after = one.cells.get(key, before)
            comment = one.comments.get(key, said.get(key))
            row = {"state": str(after.state), "value": after.number, "comment": comment}
            if key not in known:
                added.append({"return_id": stored.id, "form": key.form, "field": key.field, **row})
            elif after != before or comment != said.get(key):
                updated.append({"of_return": stored.id, "of_form": key.form, "of_field": key.field, **row})
            if after != before:
                changes.append(_change(actor, stored, version, key, before, after))
        done[one.head.id] = Written(
            stored.id,
            version,
            {key: known.get(key, NOT_SUPPLIED) for key in one.cells},
            {key: said.get(key) for key in one.comments},
        )
        if version == stored.version:
            continue  # only where its users live is told of; that part has a version of its own
        stored.version = version
        details[f"{one.head.register_id}/{period}"] = {
            "changed": len(one.cells) + len(one.comments),
            "version": version,
            "import": import_id,
        }
    audit.record_many(actor, "returns.cells.saved", object_kind="return", details=details)
    db.session.flush()
    _store(added, updated, changes)
    db.session.expire_all()  # cells were written past the session
    return done


def _begin(period: Period, form_version: str, heads: Sequence[ReportingService]) -> dict[int, Return]:
    rows = [
        {
            "service_id": head.id,
            "period": str(period),
            "form_version": form_version,
            "state": str(ReturnState.DRAFT),
            "version": 0,
            "round": 0,
            "created_at_utc": now_utc(),
        }
        for head in heads
    ]
    begun = db.session.scalars(insert(Return).returning(Return), rows).all() if rows else []
    return {one.service_id: one for one in begun}


def _change(actor: Actor, stored: Return, version: int, key: CellKey, before: Cell, after: Cell) -> dict[str, Any]:
    return {
        "return_id": stored.id,
        "form": key.form,
        "field": key.field,
        "version": version,
        "at_utc": now_utc(),
        "user_id": actor.user_id,
        "actor_name": actor.name,
        "from_state": str(before.state),
        "from_value": before.number,
        "to_state": str(after.state),
        "to_value": after.number,
    }


def _store(added: list[dict[str, Any]], updated: list[dict[str, Any]], changes: list[dict[str, Any]]) -> None:
    if added:
        db.session.execute(insert(ReturnCell), added)
    if updated:
        table: Any = ReturnCell.__table__
        statement = (
            update(table)
            .where(table.c.return_id == bindparam("of_return"))
            .where(table.c.form == bindparam("of_form"), table.c.field == bindparam("of_field"))
            .values(state=bindparam("state"), value=bindparam("value"), comment=bindparam("comment"))
        )
        db.session.connection().execute(statement, updated)
    if changes:
        db.session.execute(insert(ReturnCellChange), changes)
