"""The needs of one municipality in one quarter: reading and writing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from portal.catalog.service.names import target_group_names
from portal.catalog.types import service_types
from portal.core.cells import NOT_SUPPLIED, Cell, CellState
from portal.core.clock import now_utc, today
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.messages import Message, _m
from portal.core.permissions import Actor
from portal.needs import queries
from portal.needs.calc import summed_by
from portal.needs.models import MunicipalNeed, MunicipalNeedChange, MunicipalNeedReport
from portal.needs.service import figures
from portal.needs.service.guides import current_guide
from portal.needs.service.reach import Reach, read_reach
from portal.needs.service.texts import checked_text
from portal.needs.types import (
    MAX_NOTE,
    MAX_WHY,
    OF_WHOLE,
    Guide,
    HandedOver,
    Key,
    Place,
    Row,
    Source,
    Step,
    open_periods,
)
from portal.returns.residences.situations import adverse_situations
from portal.returns.types import Period

HISTORY = 50
CLOSED = _m("This quarter cannot be written: only the one that lasts and the eight before it.")
NOT_THEIRS = _m("Somebody else said this figure. Correct it with a reason instead.")


@dataclass(frozen=True)
class Sheet:
    """One municipality and quarter, and what the reader may do with it.

    ``figures``: rows with a reason; ``marks``: of whole situations; ``sums``: persons by situation, from both.
    ``writes_as`` is None for who only reads; ``before`` counts figures of the last quarter that are not here yet;
    ``removed``: the history of figures and marks that are gone.
    """

    place: Place
    period: Period
    figures: Sequence[Row]
    marks: Mapping[str, Row]
    sums: Mapping[str, Cell]
    handed_over: HandedOver | None
    removed: Sequence[MunicipalNeedChange]
    writes_as: Source | None
    before: int
    guide: Guide


@dataclass(frozen=True)
class Entry:
    """One figure with its history and what the reader may do with it."""

    place: Place
    row: Row
    history: Sequence[MunicipalNeedChange]
    may_write: bool
    may_correct: bool


def read_sheet(actor: Actor, *, code: str, period: Period) -> Sheet:
    """Raises NotFound, also for a municipality that does not reach the actor. Six queries."""
    reach = read_reach(actor)
    place = reach.place(code)
    rows = queries.needs([str(period), str(period.previous)], [code])
    here = [row for row in rows if row.key.period == str(period)]
    last = {_moved(row.key, period) for row in rows if row.key.period != str(period) and not row.key.is_mark}
    writes_as = _writes_as(reach, code, period)
    return Sheet(
        place=place,
        period=period,
        figures=[row for row in here if not row.key.is_mark],
        marks={row.key.situation: row for row in here if row.key.is_mark},
        sums=summed_by(here, lambda row: row.key.situation),
        handed_over=queries.handed_over(str(period), code).get(code),
        removed=queries.changes_of_removed(str(period), code, HISTORY),
        writes_as=writes_as,
        before=len(last - {row.key for row in here}),
        guide=current_guide(),
    )


def read_entry(actor: Actor, *, code: str, period: Period, need_id: int) -> Entry:
    """Raises NotFound, also where the figure is of another municipality or quarter."""
    reach = read_reach(actor)
    place, row = reach.place(code), _find(code, period, need_id)
    writes_as = _writes_as(reach, code, period)
    return Entry(
        place=place,
        row=queries.row_of(row),
        history=queries.changes_of(str(period), code, HISTORY, queries.key_of(row)),
        may_write=writes_as is not None and is_theirs(row, writes_as),
        may_correct=writes_as is not None and not is_theirs(row, writes_as),
    )


def add_figure(actor: Actor, *, key: Key, persons: Cell, note: str = "") -> int:
    """Store a new figure; its id. A mark of the whole situation gives way to it.

    Raises NotFound, Forbidden, Invalid by field (also where the figure is there already).
    """
    period = Period.parse(key.period)
    source = _writer(actor, key.municipality_code, period)
    faults: dict[str, list[Message]] = {}
    for check in (lambda: check_key(key, target_group_names()), lambda: checked_text(note, "note", MAX_NOTE)):
        try:
            check()
        except Invalid as error:  # told together with what else is wrong
            faults |= {field: list(told) for field, told in error.fields.items()}
    if faults:
        raise Invalid(_m("Please correct the following"), faults)
    note = note.strip()
    there = queries.stored_needs(key.period, key.municipality_code, for_update=True)
    if key in there:
        sentence = _m("This figure is there already; change it in the list.")
        raise Invalid(sentence, {"situation": [sentence]})
    mark = there.get(mark_of(key))
    if mark is not None:
        figures.remove(actor, mark, source=source)
    row = figures.write(actor, key, persons, note, source=source, row=None, step=Step.WRITTEN)
    db.session.flush()
    figures.record(actor, "written", key.period, key.municipality_code, figures=1)
    return row.id


def change_figure(
    actor: Actor, *, code: str, period: Period, need_id: int, persons: Cell, note: str, seen: int
) -> None:
    """Change what one said oneself, or what others said of one's own municipality, which makes it its own.

    Raises NotFound, Forbidden for what another one said (which is corrected instead), Conflict.
    """
    source = _writer(actor, code, period)
    note = checked_text(note, "note", MAX_NOTE)
    row = _seen(code, period, need_id, seen)
    if not is_theirs(row, source):
        raise Forbidden(NOT_THEIRS)
    if (figures.said_of(row), row.note) == (persons, note):
        return
    figures.write(actor, queries.key_of(row), persons, note, source=source, row=row, step=Step.WRITTEN)
    db.session.flush()
    figures.record(actor, "written", str(period), code, figures=1)


def correct_figure(
    actor: Actor, *, code: str, period: Period, need_id: int, persons: Cell, why: str, seen: int
) -> None:
    """Correct what another one said; the original and the reason stay.

    Raises NotFound, Forbidden, Invalid by field, Conflict.
    """
    source = _writer(actor, code, period)
    why = checked_text(why, "why", MAX_WHY)
    row = _seen(code, period, need_id, seen)
    if is_theirs(row, source):
        raise Forbidden(_m("This figure is your own; change it."))
    if not why:
        sentence = _m("Write why you correct it; the municipality will read it.")
        raise Invalid(sentence, {"why": [sentence]})
    figures.correct(actor, row, persons, why, source=source)
    db.session.flush()
    figures.record(actor, "corrected", str(period), code, need=need_id)


def withdraw_correction(actor: Actor, *, code: str, period: Period, need_id: int, seen: int) -> None:
    """Let the original count again. Raises NotFound, Forbidden, Conflict."""
    source = _writer(actor, code, period)
    row = _seen(code, period, need_id, seen)
    if row.corrected_state is None:
        raise NotFound(_m("Nobody corrected this figure."))
    if is_theirs(row, source):
        raise Forbidden(_m("Who corrected it can withdraw the correction; you can change the figure."))
    figures.withdraw(actor, row, source=source)
    db.session.flush()
    figures.record(actor, "withdrawn", str(period), code, need=need_id)


def remove_figure(actor: Actor, *, code: str, period: Period, need_id: int, seen: int) -> None:
    """Remove a figure that one may change; its history stays. Raises NotFound, Forbidden, Conflict."""
    source = _writer(actor, code, period)
    row = _seen(code, period, need_id, seen)
    if not is_theirs(row, source):
        raise Forbidden(NOT_THEIRS)
    figures.remove(actor, row, source=source)
    db.session.flush()
    figures.record(actor, "removed", str(period), code, need=need_id)


def mark_situations(
    actor: Actor, *, code: str, period: Period, marks: Mapping[str, CellState], seen: Mapping[str, int]
) -> int:
    """Say of whole situations that there is nobody, that they do not apply, or take that back; how many changed.

    Situations with figures are left out by the form. Raises NotFound, Forbidden, Invalid by field, Conflict.
    """
    source = _writer(actor, code, period)
    there = queries.stored_needs(str(period), code, for_update=True)
    with_figures = {key.situation for key in there if not key.is_mark}
    changed = 0
    for situation, state in marks.items():
        key = Key(str(period), code, situation)
        row = there.get(key)
        now = NOT_SUPPLIED if row is None else figures.said_of(row)
        if state == now.state:
            continue
        if situation in with_figures and state in OF_WHOLE:
            sentence = _m("There are figures of this situation; remove them first.")
            raise Invalid(sentence, {f"mark-{situation}": [sentence]})
        if (0 if row is None else row.version) != seen.get(situation, 0):
            raise figures.changed_in_between()
        if state in OF_WHOLE:
            cell = Cell.of(0) if state is CellState.ZERO else Cell(CellState.NOT_APPLICABLE)
            figures.write(actor, key, cell, "", source=source, row=row, step=Step.WRITTEN)
        elif row is not None:
            figures.remove(actor, row, source=source)
        changed += 1
    db.session.flush()
    if changed:
        figures.record(actor, "written", str(period), code, figures=changed)
    return changed


def take_over_last(actor: Actor, *, code: str, period: Period) -> int:
    """Copy figures of the last quarter that are not here yet, as they counted; how many. Raises NotFound, Forbidden."""
    source = _writer(actor, code, period)
    there = queries.stored_needs(str(period), code, for_update=True)
    told = {key.situation for key in there if key.is_mark}
    copied = 0
    for row in queries.needs([str(period.previous)], [code]):
        key = _moved(row.key, period)
        if key in there or row.key.is_mark or key.situation in told:
            continue
        figures.write(actor, key, row.persons, row.note, source=source, row=None, step=Step.WRITTEN)
        copied += 1
    db.session.flush()
    if copied:
        figures.record(actor, "written", str(period), code, figures=copied)
    return copied


def hand_over(actor: Actor, *, code: str, period: Period) -> None:
    """Say that the figures are complete. Raises NotFound, Forbidden, Invalid where nothing was said at all, Conflict
    where it was done already."""
    source = _writer(actor, code, period)
    if not queries.stored_needs(str(period), code):
        raise Invalid(_m("Nothing is said yet. Say at least of which situations there is nobody."))
    if queries.find_report(str(period), code) is not None:
        raise Conflict(_m("These needs are handed over already."))
    db.session.add(
        MunicipalNeedReport(
            period=str(period),
            municipality_code=code,
            source=str(source),
            handed_over_at_utc=now_utc(),
            user_id=actor.user_id,
            actor_name=actor.name,
        )
    )
    db.session.flush()
    figures.record(actor, "handed_over", str(period), code)


def reopen(actor: Actor, *, code: str, period: Period) -> None:
    """Take back that the figures are complete. Raises NotFound, Forbidden."""
    _writer(actor, code, period)
    report = queries.find_report(str(period), code)
    if report is None:
        raise NotFound(_m("These needs are not handed over."))
    db.session.delete(report)
    db.session.flush()
    figures.record(actor, "reopened", str(period), code)


def check_key(key: Key, groups: Collection[str]) -> None:
    """Raises Invalid by field for a place that no figure can have; ``groups``: codes of target groups."""
    faults: dict[str, list[Message]] = {}
    if key.situation not in adverse_situations():
        faults["situation"] = [_m("Choose the situation.")]
    if key.is_mark:
        faults["reason"] = [_m("Choose why it cannot be solved.")]
    if key.target_group and key.target_group not in groups:
        faults["target_group"] = [_m("Choose one of the target groups offered.")]
    if key.type_code and key.type_code not in service_types():
        faults["type_code"] = [_m("Choose one of the types of services offered.")]
    if faults:
        raise Invalid(_m("Please correct the following"), faults)


def is_open(period: Period) -> bool:
    """Whether the quarter can be written."""
    return period in open_periods(Period.of(today()))


def check_open(period: Period) -> None:
    """Raises Forbidden for a quarter that cannot be written."""
    if not is_open(period):
        raise Forbidden(CLOSED)


def _writer(actor: Actor, code: str, period: Period) -> Source:
    source = read_reach(actor).writer(code)
    check_open(period)
    return source


def _writes_as(reach: Reach, code: str, period: Period) -> Source | None:
    return reach.writes_as(code) if is_open(period) else None


def is_theirs(row: MunicipalNeed, source: Source) -> bool:
    """A municipality decides about all that is said of it; others about what they said themselves."""
    return source is Source.MUNICIPALITY or row.source == source


def _find(code: str, period: Period, need_id: int, *, for_update: bool = False) -> MunicipalNeed:
    row = queries.find_need(need_id, for_update=for_update)
    if row is None or (row.municipality_code, row.period) != (code, str(period)) or not row.reason:
        raise NotFound(_m("There is no such figure."))
    return row


def _seen(code: str, period: Period, need_id: int, seen: int) -> MunicipalNeed:
    row = _find(code, period, need_id, for_update=True)
    if row.version != seen:
        raise figures.changed_in_between()
    return row


def _moved(key: Key, period: Period) -> Key:
    return key._replace(period=str(period))


def mark_of(key: Key) -> Key:
    """The answer for the whole situation that a figure is of."""
    return Key(key.period, key.municipality_code, key.situation)
