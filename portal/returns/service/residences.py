"""The territory part of a return: reading it with its words, writing it, copying it, frames of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from portal.catalog.service.names import target_group_names
from portal.core import audit
from portal.core.cells import NOT_SUPPLIED
from portal.core.clock import now_utc
from portal.core.czech import czech_sort_key
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor
from portal.returns.definition import definition_by_code
from portal.returns.models import (
    Return,
    ReturnCell,
    ReturnResidence,
    ReturnResidenceChange,
    ReturnResidencePart,
)
from portal.returns.queries import residences as queries
from portal.returns.readings import ReportingService, ReturnReading
from portal.returns.residences.places import Place, Places
from portal.returns.residences.rows import MAX_ROWS, RowChange, changes_between, rows_before
from portal.returns.residences.situations import adverse_situations
from portal.returns.residences.types import ResidenceKey, Residences, ResidenceState, Residents
from portal.returns.residences.words import ResidenceWords
from portal.returns.service.writing import begin, find_writable
from portal.returns.types import FINAL_STATES, Period, ReportingDates
from portal.territory import service as territory
from portal.territory.types import Level

RESIDENCE_COLUMNS = ("service_id", "municipality_code", "target_group", "adverse_situation", "persons")

audit.name_actions({"returns.residences.saved": _m("Residence of users saved")})


@dataclass(frozen=True)
class ResidenceChangeLine:
    """One change of a row (``change``) or of the state of the part (``states``: before, after)."""

    version: int
    at_utc: datetime
    actor_name: str
    change: RowChange | None
    states: tuple[ResidenceState, ResidenceState] | None


@dataclass(frozen=True)
class ResidenceSheet:
    """The territory part with all that its pages show."""

    current: Residences
    last: Residences  # of the quarter before
    changes: Sequence[ResidenceChangeLine]  # the latest first
    words: ResidenceWords

    def rows_at(self, version: int) -> dict[ResidenceKey, int]:
        """The rows as they stood when the part had this version."""
        later = [line.change for line in self.changes if line.change is not None and line.version > version]
        return rows_before(self.current.rows, later)


def residence_words(language: str) -> ResidenceWords:
    """The words of the territory part. Three queries."""
    orp = {unit.code: unit.name for unit in territory.list_units(Level.ORP)}
    units = territory.list_units(Level.MUNICIPALITY)
    places = [Place(unit.code, unit.name, orp.get(unit.parent_code or "", unit.code)) for unit in units]
    groups = sorted(target_group_names().items(), key=lambda item: (czech_sort_key(item[1]), item[0]))
    return ResidenceWords(
        Places(places, language), dict(groups), {code: text.of(language) for code, text in adverse_situations().items()}
    )


def read_sheet(reading: ReturnReading, language: str) -> ResidenceSheet | None:
    """The territory part of a return that was read; None where its form does not ask for it."""
    if reading.residences is None:
        return None
    changes = [] if reading.return_id is None else queries.changes_of(reading.return_id)
    return ResidenceSheet(
        current=reading.residences,
        last=queries.residences_before(reading.service.id, reading.period),
        changes=[_line(change) for change in changes],
        words=residence_words(language),
    )


def save_residences(
    actor: Actor,
    *,
    register_id: int,
    period: Period,
    version: int,
    state: ResidenceState,
    rows: Residents,
) -> None:
    """Store the territory part as a whole. Begins the return if there is none.

    ``version`` is that of the part the person saw (0: none). Raises NotFound, also where the form does not ask for
    the part, Forbidden, Conflict when it has changed since or cannot be written any more, Invalid when state and rows
    contradict each other.
    """
    head, dates, stored = _writable(actor, register_id, period, version)
    _write(actor, head, dates, stored, state, rows)


def copy_residences(actor: Actor, *, register_id: int, period: Period, version: int) -> int:
    """Take over the territory part of the quarter before: "no change". Returns the number of rows.

    Raises as ``save_residences`` does, and Invalid where the quarter before tells nothing.
    """
    head, dates, stored = _writable(actor, register_id, period, version)
    last = queries.residences_before(head.id, period)
    if last.state is ResidenceState.NOT_SUPPLIED:
        raise Invalid(_m("Last quarter's return does not tell where the users live, so there is nothing to take over."))
    _write(actor, head, dates, stored, last.state, last.rows)
    return len(last.rows)


def residences_frame(
    period: Period, *, type_code: str | tuple[str, ...] | None = None, states: Sequence[str] = FINAL_STATES
) -> pd.DataFrame:
    """Users by residence in the returns of a quarter (of one type, of several, of all), columns RESIDENCE_COLUMNS.

    ``persons`` is at least 1. ``municipality_code`` is ČSÚ's, "outside" the region or "unknown"; ``target_group`` is
    None where it was not told. A service without rows told of no one, is anonymous or supplied nothing.

    These are exact counts of persons by small areas: nobody but the kraj and the provider sees them otherwise than
    through ``portal.disclosure``.
    """
    rows = queries.residence_rows(period, type_code=type_code, states=tuple(states))
    frame = pd.DataFrame(rows, columns=list(RESIDENCE_COLUMNS))
    return frame.astype({"service_id": "int64", "persons": "int64"})


def residence_states_frame(period: Period, *, states: Sequence[str] = FINAL_STATES) -> pd.DataFrame:
    """Whether services told where their users live: service_id, type_code, state (values of ResidenceState).

    One row for each service that worked in the quarter, so that a return of it is due, or has a return of it all the
    same. Without a return in one of ``states``, or where its form does not ask, it is not supplied.
    """
    rows = queries.residence_states(period, states=tuple(states))
    frame = pd.DataFrame(rows, columns=["service_id", "type_code", "state"]).astype({"service_id": "int64"})
    return frame.assign(state=frame["state"].astype(object).fillna(str(ResidenceState.NOT_SUPPLIED)))


def _writable(
    actor: Actor, register_id: int, period: Period, version: int
) -> tuple[ReportingService, ReportingDates, Return]:
    head, dates, stored = find_writable(actor, register_id, period)
    part = None if stored is None else queries.part_of(stored.id)
    if version != (0 if part is None else part.version):
        raise Conflict(_m("Somebody else changed the residence of users in the meantime."))
    if stored is None:
        stored = begin(head, dates)
        definition = definition_by_code(stored.form_version)
        for key in definition.cells_for(head.type_code, set(head.forms)):
            cell = ReturnCell(return_id=stored.id, form=key.form, field=key.field, state=str(NOT_SUPPLIED.state))
            db.session.add(cell)
    if not definition_by_code(stored.form_version).asks_residences:
        raise NotFound(_m("There is no such return."))
    return head, dates, stored


def _write(
    actor: Actor,
    head: ReportingService,
    dates: ReportingDates,
    stored: Return,
    state: ResidenceState,
    rows: Residents,
) -> None:
    if (state is ResidenceState.SUPPLIED) != bool(rows):
        raise Invalid(
            _m("Fill in at least one row, or choose why there is none.")
            if state is ResidenceState.SUPPLIED
            else _m("You say that there is nobody to tell of, but some rows are filled in. Empty them, or choose rows.")
        )
    if len(rows) > MAX_ROWS:
        raise Invalid(_m("A return can have at most %(most)s rows.", most=MAX_ROWS))
    part = queries.part_of(stored.id)
    if part is None:
        part = ReturnResidencePart(return_id=stored.id, state=ResidenceState.NOT_SUPPLIED, version=0)
        db.session.add(part)
    former, before = ResidenceState(part.state), queries.stored_rows(stored.id)
    changes = changes_between({key: row.persons for key, row in before.items()}, rows)
    if former is state and not changes:
        return
    part.version += 1
    if former is not state:
        part.state = state
        _note(actor, stored, part.version, from_state=str(former), to_state=str(state))
    for change in changes:
        key = change.key
        _note(
            actor,
            stored,
            part.version,
            municipality_code=key.municipality,
            target_group=key.target_group,
            adverse_situation=key.situation,
            from_persons=change.before,
            to_persons=change.after,
        )
        _apply(stored, change, before.get(key))
    audit.record(
        actor,
        "returns.residences.saved",
        object_kind="return",
        object_key=f"{head.register_id}/{dates.period}",
        details={"state": str(state), "changed": len(changes), "version": part.version},
    )
    db.session.flush()


def _apply(stored: Return, change: RowChange, row: ReturnResidence | None) -> None:
    if row is None and change.after is not None:
        municipality, target_group, situation = change.key
        db.session.add(
            ReturnResidence(
                return_id=stored.id,
                municipality_code=municipality,
                target_group=target_group,
                adverse_situation=situation,
                persons=change.after,
            )
        )
    elif row is not None and change.after is not None:
        row.persons = change.after
    elif row is not None:
        db.session.delete(row)


def _note(actor: Actor, stored: Return, version: int, **what: str | int | None) -> None:
    db.session.add(
        ReturnResidenceChange(
            return_id=stored.id,
            version=version,
            at_utc=now_utc(),
            user_id=actor.user_id,
            actor_name=actor.name,
            **what,
        )
    )


def _line(stored: ReturnResidenceChange) -> ResidenceChangeLine:
    change, states = None, None
    if stored.municipality_code is not None and stored.adverse_situation is not None:
        key = ResidenceKey(stored.municipality_code, stored.target_group, stored.adverse_situation)
        change = RowChange(key, stored.from_persons, stored.to_persons)
    if stored.from_state is not None and stored.to_state is not None:
        states = ResidenceState(stored.from_state), ResidenceState(stored.to_state)
    return ResidenceChangeLine(stored.version, stored.at_utc, stored.actor_name, change, states)
