"""What a file would change in the portal, return by return, with everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from portal.core.cells import NOT_SUPPLIED, Cell, CellState
from portal.core.clock import now_utc
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.returns.calc import with_totals
from portal.returns.files.checking import check_return, not_asked
from portal.returns.files.filed import MISSING_RULE, FiledResidences, FiledReturn, Filing, Problem, in_order
from portal.returns.files.residences.checking import resolve
from portal.returns.files.residences.layout import Says
from portal.returns.models import Return
from portal.returns.queries import deadlines, many, residences
from portal.returns.readings import ReportingService
from portal.returns.residences.rows import changes_between
from portal.returns.residences.types import Residences
from portal.returns.residences.words import ResidenceWords
from portal.returns.rules.pack import rules_for
from portal.returns.rules.types import Against, Placed, Rule
from portal.returns.service.reading import RECENT_QUARTERS, is_open
from portal.returns.types import CellKey, Period, ReportingDates, ReturnState, Severity
from portal.returns.workflow import STATE_LABELS


@dataclass(frozen=True)
class PlannedPart:
    """What a file does to the territory part of one return: what it is then, and how many rows change."""

    base_version: int
    residences: Residences
    changed: int


@dataclass(frozen=True)
class PlannedReturn:
    """What a file does to one return: the cells and comments that change."""

    head: ReportingService
    base_version: int
    cells: Mapping[CellKey, Cell]
    comments: Mapping[CellKey, str]
    emptied: int
    missing: int
    part: PlannedPart | None = None  # None: the file leaves it as it is

    @property
    def kind(self) -> str:
        if not self.cells and not self.comments and self.part is None:
            return "unchanged"
        return "changed" if self.base_version else "new"


@dataclass(frozen=True)
class Plan:
    """The whole of it; nothing may be applied while there are errors."""

    returns: tuple[PlannedReturn, ...]
    problems: tuple[Problem, ...]
    empty: int


@dataclass
class _Stored:
    """What the portal has for the services of a file."""

    heads: Mapping[int, tuple[ReportingService, bool]]
    returns: Mapping[int, Return]
    cells: Mapping[int, Mapping[CellKey, Cell]]
    comments: Mapping[int, Mapping[CellKey, str]]
    history: Mapping[int, Mapping[Period, Mapping[CellKey, Cell]]]
    dates: Mapping[int, ReportingDates]
    parts: Mapping[int, Residences]  # by service, as the portal has them
    last_parts: Mapping[int, Residences]  # of the quarter before, where the file asks for them


def plan_filing(actor: Actor, filing: Filing, expected: Period | None, words: ResidenceWords | None) -> Plan:
    """Compare a file with the portal. ``expected`` is the quarter that the person means to import, if any, ``words``
    the names of municipalities and groups, needed only for a file that tells where users live.

    A service that is not the actor's is an error of the file, told in the words for one that is not there.
    """
    opened = deadlines.find_period(filing.period)
    dates = None if opened is None else deadlines.dates_of(opened)
    fault = None
    if dates is None:
        fault = _m("The kraj has not opened %(period)s for reporting.", period=filing.period.label)
    elif expected is not None and expected != filing.period:
        fault = _m(
            "The file is for %(period)s, but you chose %(expected)s.",
            period=filing.period.label,
            expected=expected.label,
        )
    if dates is None or fault is not None:
        problem = Problem(filing.period_place, Severity.ERROR, fault or _m("Nothing is filled in in the file."))
        return Plan((), (problem,), 0)
    filled = list(filing.filled)
    problems = list(filing.problems)
    if not filled and not problems:
        problems.append(Problem(filing.period_place, Severity.ERROR, _m("Nothing is filled in in the file.")))
    rules = rules_for(filing.period)
    stored = _read(actor, filing, filled, rules, dates)
    planned: list[PlannedReturn] = []
    for filed in filled:
        found, plan = _plan_return(filing, filed, stored, rules, words)
        problems += found
        if plan is not None:
            planned.append(plan)
    return Plan(tuple(planned), in_order(problems), filing.empty)


def _read(
    actor: Actor, filing: Filing, filled: list[FiledReturn], rules: tuple[Rule, ...], dates: ReportingDates
) -> _Stored:
    found = many.services_by_number([filed.register_id for filed in filled], filing.period)
    heads = {
        number: (head, worked)
        for number, (head, worked) in found.items()
        if actor.can_for_provider(Permission.RETURN_IMPORT, head.provider_ico)
    }
    ids = [head.id for head, _worked in heads.values()]
    returns = many.returns_of(ids, filing.period)
    cells, comments = many.cells_of([one.id for one in returns.values()])
    fields = {code for rule in rules if rule.against is Against.HISTORY for code in (*rule.fields, *rule.other)}
    history = many.history_of(ids, filing.period, RECENT_QUARTERS, fields)
    moved = many.dates_by_service(dates, [head for head, _worked in heads.values()])
    told = {number: heads[number][0].id for number in filing.residences if number in heads}
    copied = [told[number] for number in told if filing.residences[number].says is Says.NO_CHANGE]
    parts = residences.parts_of_services(told.values(), filing.period)
    last = residences.parts_of_services(copied, filing.period.previous)
    return _Stored(heads, returns, cells, comments, history, moved, parts, last)


def _plan_return(
    filing: Filing, filed: FiledReturn, stored: _Stored, rules: tuple[Rule, ...], words: ResidenceWords | None
) -> tuple[list[Problem], PlannedReturn | None]:
    def fault(message: object) -> tuple[list[Problem], None]:
        return [Problem(filed.place, Severity.ERROR, message)], None  # type: ignore[arg-type]  # always a Message

    head, worked = stored.heads.get(filed.register_id, (None, False))
    present = None if head is None else stored.returns.get(head.id)
    if head is None or (present is None and not worked):
        return fault(_m("The service %(id)s is not among yours in this quarter.", id=filed.register_id))
    if filed.forms is not None and (filed.type_code, filed.forms) != (head.type_code, frozenset(head.forms)):
        return fault(
            _m("The register has since changed the type or the forms of the service. Download the sheet again.")
        )
    if present is not None and present.form_version != filing.definition.code:
        return fault(_m("The return was begun on another version of the form. Download the sheet again."))
    keys = filing.definition.cells_for(head.type_code, set(head.forms))
    before = {} if present is None else stored.cells[present.id]
    said = {} if present is None else stored.comments[present.id]
    plan = _changes(filing, filed, head, present, keys, before, said)
    problems = not_asked(filed, keys) if filed.forms is None else []
    part = filing.residences.get(filed.register_id)
    told: Residences | None = None
    if part is not None:
        told, faults = resolve(part, words, stored.last_parts.get(head.id, Residences()))
        problems += faults
        plan = replace(plan, part=_part_changes(stored.parts.get(head.id, Residences()), told))
    state = None if present is None else ReturnState(present.state)
    if plan.kind != "unchanged" and not is_open(state, stored.dates[head.id].is_closed(now_utc())):
        return [*problems, _not_writable(filed, state)], plan
    if _is_older(filed, part, present, stored.parts.get(head.id, Residences())) and plan.kind != "unchanged":
        message = _m("The return was changed in the portal after the sheet was downloaded. Look at what would change.")
        problems.append(Problem(filed.place, Severity.WARNING, message))
    found = check_return(
        filed,
        filing.definition,
        filing.period,
        keys,
        rules,
        type_code=head.type_code,
        stored=before,
        history=stored.history.get(head.id),
        answered=said,
        part=part,
        residences=told,
    )
    # A draft may have gaps; they keep it from being submitted, not from being stored.
    gaps = {MISSING_RULE, *(rule.code for rule in rules if rule.placed is Placed.NOTHING)}
    problems += [replace(one, severity=Severity.WARNING) if one.rule in gaps else one for one in found]
    return problems, replace(plan, missing=sum(one.rule in gaps for one in found))


def _is_older(filed: FiledReturn, part: FiledResidences | None, present: Return | None, stored: Residences) -> bool:
    """Whether the return was changed after the file was made, as far as the file says when that was."""
    if present is not None and filed.version not in (None, present.version):
        return True
    return part is not None and part.version not in (None, stored.version)


def _part_changes(stored: Residences, told: Residences | None) -> PlannedPart | None:
    if told is None or (told.state is stored.state and told.rows == stored.rows):
        return None
    return PlannedPart(stored.version, told, len(changes_between(stored.rows, told.rows)))


def _not_writable(filed: FiledReturn, state: ReturnState | None) -> Problem:
    if state in (None, ReturnState.DRAFT):
        message = _m("The quarter is closed; the return can no longer be changed.")
    else:
        message = _m("The return cannot be changed, since its state is “%(state)s”.", state=STATE_LABELS[state])
    return Problem(filed.place, Severity.ERROR, message)


def _changes(
    filing: Filing,
    filed: FiledReturn,
    head: ReportingService,
    present: Return | None,
    keys: tuple[CellKey, ...],
    before: Mapping[CellKey, Cell],
    said: Mapping[CellKey, str],
) -> PlannedReturn:
    asked = set(keys)
    known = {**before, **{key: cell for key, cell in filed.cells.items() if key in asked}}
    complete = with_totals(filing.definition, keys, known)
    cells = {key: complete[key] for key in keys if complete.get(key, NOT_SUPPLIED) != before.get(key, NOT_SUPPLIED)}
    comments = {key: text for key, text in filed.comments.items() if key in asked and text != said.get(key)}
    return PlannedReturn(
        head=head,
        base_version=0 if present is None else present.version,
        cells=cells,
        comments=comments,
        emptied=sum(cell.state is CellState.NOT_SUPPLIED for cell in cells.values()),
        missing=0,
    )
