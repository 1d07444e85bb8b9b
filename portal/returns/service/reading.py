"""One return, as its pages show it."""

from __future__ import annotations

from dataclasses import replace

from portal.core.clock import now_utc
from portal.core.errors import NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.returns.definition import definition_by_code, definition_for
from portal.returns.models import Return
from portal.returns.queries import deadlines, single
from portal.returns.queries.residences import residences_of
from portal.returns.readings import ReportingService, ReturnReading
from portal.returns.residences.types import Residences
from portal.returns.rules.checking import check
from portal.returns.rules.pack import rules_for
from portal.returns.rules.types import Against, Subject
from portal.returns.types import EDITABLE_STATES, CellKey, Finding, Period, ReportingDates, ReturnState
from portal.returns.workflow import actions_of, require

RECENT_QUARTERS = 8


def find_reachable(
    actor: Actor, register_id: int, period: Period, *, for_update: bool = False
) -> tuple[ReportingService, ReportingDates, Return | None]:
    """The service, the quarter with its dates for the service, and the stored return, if the actor may read them.

    Raises NotFound for a service that is not there or not the actor's, for a quarter that the kraj did not
    open, and for one that the service did not work in.
    """
    missing = NotFound(_m("There is no such return."))
    found = single.find_service(register_id, period)
    if found is None:
        raise missing
    head, worked = found
    dates = deadlines.find_dates(period, head.id)
    if dates is None or not actor.can_for_provider(Permission.RETURN_READ, head.provider_ico):
        raise missing
    stored = single.find_return(head.id, period, for_update=for_update)
    if stored is None and not worked:
        raise missing
    return head, dates, stored


def read_return(actor: Actor, register_id: int, period: Period) -> ReturnReading:
    """All that the pages of one return show, with what the rules say of the stored cells.

    Raises NotFound as ``find_reachable`` does.
    """
    return compose(actor, *find_reachable(actor, register_id, period))


def compose(actor: Actor, head: ReportingService, dates: ReportingDates, stored: Return | None) -> ReturnReading:
    """The reading of a return that was already found."""
    definition = definition_for(dates.period) if stored is None else definition_by_code(stored.form_version)
    rows = [] if stored is None else single.stored_cells(stored.id)
    state = None if stored is None else ReturnState(stored.state)
    asked = definition.cells_for(head.type_code, set(head.forms))
    if stored is not None and state not in EDITABLE_STATES:
        # What was submitted stays as it was asked, even if the register has since changed the forms.
        asked = _in_page_order(definition.cells_for(head.type_code, {row.form for row in rows}), rows)
    now = now_utc()
    is_closed = dates.is_closed(now)
    submitted_at = None if stored is None else stored.first_submitted_at_utc
    reading = ReturnReading(
        service=head,
        dates=dates,
        definition=definition,
        keys=asked,
        state=state,
        version=0 if stored is None else stored.version,
        cells={CellKey(row.form, row.field): single.cell_of(row.state, row.value) for row in rows},
        comments={CellKey(row.form, row.field): row.comment for row in rows if row.comment},
        notes=single.notes_of(stored.id, stored.round) if stored is not None and state is ReturnState.RETURNED else {},
        events=[] if stored is None else single.events_of(stored.id),
        changes=[] if stored is None else single.changes_of(stored.id),
        recent=single.recent_quarters(head.id, dates.period, RECENT_QUARTERS),
        first_submitted_at_utc=submitted_at,
        is_late=dates.is_late(submitted_at or now),
        is_closed=is_closed,
        may_edit=actor.can_for_provider(Permission.RETURN_EDIT, head.provider_ico) and is_open(state, is_closed),
        actions=actions_of(actor, state, head.provider_ico),
        return_id=None if stored is None else stored.id,
        residences=_residences(stored) if definition.asks_residences else None,
    )
    return replace(reading, findings=check(subject_of(reading), rules_for(reading.period)))


def _residences(stored: Return | None) -> Residences:
    return Residences() if stored is None else residences_of(stored.id)


def is_open(state: ReturnState | None, is_closed: bool) -> bool:
    """Whether the provider may write: in a draft until the quarter closes, in a returned one as long as it takes."""
    return state is ReturnState.RETURNED or (state in (None, ReturnState.DRAFT) and not is_closed)


def subject_of(reading: ReturnReading) -> Subject:
    return Subject(
        definition=reading.definition,
        type_code=reading.service.type_code,
        period=reading.period,
        keys=reading.keys,
        cells=reading.cells,
        history={quarter.period: quarter.cells for quarter in reading.recent},
        residences=reading.residences,
    )


def group_findings(actor: Actor, reading: ReturnReading) -> tuple[Finding, ...]:
    """How the return stands out from accepted ones of the type and the same forms in the quarter; for the kraj alone.

    A provider would learn about others from such warnings. Raises Forbidden without the right to review.
    """
    require(actor, Permission.RETURN_REVIEW, reading.service.provider_ico)
    rules = [rule for rule in rules_for(reading.period) if rule.against is Against.GROUP]
    if reading.state is None or not rules:
        return ()
    fields = {code for rule in rules for code in (*rule.fields, *rule.other)}
    forms = {key.form for key in reading.keys}
    others = single.cells_of_others(reading.service, reading.period, fields)
    group = [cells for cells in others if {key.form for key in cells} == forms]
    return check(replace(subject_of(reading), group=group), rules)


def _in_page_order(keys: tuple[CellKey, ...], rows: list[single.ReturnCell]) -> tuple[CellKey, ...]:
    stored = {CellKey(row.form, row.field) for row in rows}
    return tuple(key for key in keys if key in stored)
