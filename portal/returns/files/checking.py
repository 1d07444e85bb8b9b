"""The rules of the form applied to returns of a file. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.core.cells import NOT_SUPPLIED, Cell
from portal.core.messages import Message, _m
from portal.returns.calc import with_totals
from portal.returns.files.filed import FiledResidences, FiledReturn, Filing, Problem, in_order
from portal.returns.files.listed import forms_in
from portal.returns.files.residences.checking import resolve
from portal.returns.residences.types import Residences
from portal.returns.rules.checking import check
from portal.returns.rules.pack import rules_for
from portal.returns.rules.types import Rule, RuleKind, Subject
from portal.returns.types import CellKey, Cells, Finding, FormDefinition, Period, Severity


@dataclass(frozen=True)
class Checked:
    """What is wrong with a file, in the order of its cells, and how many services have nothing filled in."""

    problems: tuple[Problem, ...]
    returns: int
    empty: int

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)


def check_filing(filing: Filing) -> Checked:
    """Check a file by itself, without the portal's data: nothing is known of earlier quarters.

    Municipalities and target groups are those of the drop-down lists, if the file has them. A service with nothing
    filled in is left alone; if that is all of them, it is an error.
    """
    rules = rules_for(filing.period)
    problems = list(filing.problems)
    for filed in filing.filled:
        part = filing.residences.get(filed.register_id)
        residences, found = (None, []) if part is None else resolve(part, filing.words, None)
        problems += found
        if filed.is_empty:
            continue
        if filed.type_code is None:
            message = _m("The file does not say the type of the service; the rules of the form were not applied.")
            problems.append(Problem(filed.place, Severity.WARNING, message))
            continue
        keys = filing.definition.cells_for(filed.type_code, forms_in(filed))
        problems += not_asked(filed, keys) if filed.forms is None else []
        problems += check_return(filed, filing.definition, filing.period, keys, rules, part=part, residences=residences)
    if not filing.filled and not problems:
        problems.append(Problem(filing.period_place, Severity.ERROR, _m("Nothing is filled in in the file.")))
    return Checked(in_order(problems), len(filing.filled), filing.empty)


def check_return(
    filed: FiledReturn,
    definition: FormDefinition,
    period: Period,
    keys: Sequence[CellKey],
    rules: Sequence[Rule],
    *,
    type_code: str | None = None,
    stored: Cells | None = None,
    history: Mapping[Period, Cells] | None = None,
    answered: Mapping[CellKey, str] | None = None,
    part: FiledResidences | None = None,
    residences: Residences | None = None,
) -> list[Problem]:
    """What the rules say of one return, and where its totals differ from those of the file.

    ``stored`` are the cells of the portal for figures that the file leaves out, ``answered`` the comments there. A
    warning that has a comment is not told. A figure that could not be read is not called missing as well.
    ``residences`` is where the users live as ``part`` of the file has it, None where it has nothing of it.
    """
    asked = set(keys)
    known: dict[CellKey, Cell] = {**(stored or {}), **{key: cell for key, cell in filed.cells.items() if key in asked}}
    cells = with_totals(definition, keys, known)
    subject = Subject(
        definition,
        type_code or filed.type_code or "",
        period,
        keys,
        cells,
        history=history or {},
        residences=residences,
    )
    of_part = {rule.code for rule in rules if rule.kind is RuleKind.RESIDENCES}
    unread = {key for key in filed.places if key not in filed.cells and not definition.field(key.field).is_computed}
    comments = {**(answered or {}), **filed.comments}
    problems = [
        Problem(
            part.place if part is not None and finding.rule in of_part else filed.place_of(finding.key),
            finding.severity,
            finding.message if finding.key in filed.places else _told_with_name(definition, finding),
            finding.rule,
        )
        for finding in check(subject, rules)
        if finding.key not in unread
        if finding.rule in of_part or not filed.is_empty
        if finding.severity is Severity.ERROR or not comments.get(finding.key)
    ]
    for key, total in filed.totals.items():
        if key in asked and key not in unread and cells[key].number is not None and total != cells[key]:
            problems.append(_other_total(filed, key, total, cells[key]))
    return problems


def _told_with_name(definition: FormDefinition, finding: Finding) -> Message:
    """A finding of a figure that has no cell of its own in the file: the name tells which one is meant."""
    label = definition.field(finding.key.field).label
    return _m("%(figure)s: %(finding)s", figure=Message(label.en, czech=label.cs), finding=finding.message)


def _other_total(filed: FiledReturn, key: CellKey, total: Cell, computed: Cell) -> Problem:
    if total.number is None:
        message = _m("The portal computes %(computed)s here; the file has no number.", computed=computed.number)
    else:
        message = _m(
            "The file has %(total)s here, the portal computes %(computed)s and takes that.",
            total=total.number,
            computed=computed.number,
        )
    return Problem(filed.place_of(key), Severity.WARNING, message, "total")


def not_asked(filed: FiledReturn, keys: Sequence[CellKey]) -> list[Problem]:
    """Figures of the file that the form does not ask of the service."""
    asked = set(keys)
    return [
        Problem(filed.place_of(key), Severity.ERROR, _m("This figure is not asked of this service. Empty the cell."))
        for key in filed.places
        if key not in asked and (key in filed.cells or key in filed.totals)
        if filed.cells.get(key, filed.totals.get(key)) != NOT_SUPPLIED
    ]
