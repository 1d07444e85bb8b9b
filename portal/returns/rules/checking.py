"""Applying the rules to the cells of a return. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from statistics import median
from typing import Any

from portal.core.cells import NOT_SUPPLIED, CellState
from portal.core.messages import Message
from portal.returns.residences.types import ResidenceState
from portal.returns.rules.types import Against, Placed, Rule, RuleKind, Subject
from portal.returns.types import ALL, CellKey, Cells, FieldDefinition, Finding, LocalText, Severity

# Makes the median absolute deviation of a normal distribution its standard deviation.
MAD_TO_SIGMA = Decimal("1.4826")


def check(subject: Subject, rules: Sequence[Rule]) -> tuple[Finding, ...]:
    """What the rules say, in the order of the cells on the page.

    A figure that is wrong is not called unusual as well: nobody can explain it before it is corrected. Rules against
    the group say nothing unless the subject has one.
    """
    place = {key: number for number, key in enumerate(subject.keys)}
    findings = [finding for rule in rules if _concerns(rule, subject) for finding in _KINDS[rule.kind](rule, subject)]
    gaps = {rule.code for rule in rules if rule.placed is Placed.NOTHING}  # say nothing about the figure they stand at
    wrong = {finding.key for finding in findings if finding.severity is Severity.ERROR and finding.rule not in gaps}
    kept = [finding for finding in findings if finding.severity is Severity.ERROR or finding.key not in wrong]
    return tuple(sorted(kept, key=lambda finding: place[finding.key]))


def _concerns(rule: Rule, subject: Subject) -> bool:
    return rule.service_types is None or subject.type_code in rule.service_types


def _finding(rule: Rule, key: CellKey, text: LocalText | None = None, **params: Any) -> Finding:
    text = text or rule.message
    return Finding(key, rule.severity, rule.code, Message(text.en, params, czech=text.cs))


def _keys_of(rule: Rule, subject: Subject, codes: Sequence[str] | None = None) -> Iterator[CellKey]:
    wanted = rule.fields if codes is None else codes
    return (key for key in subject.keys if key.field in wanted)


def _required(rule: Rule, subject: Subject) -> Iterator[Finding]:
    """A typed cell without a number, unless it is marked as not applicable."""
    for key in subject.keys:
        is_typed = not subject.definition.field(key.field).is_computed
        if is_typed and subject.cell(key).state is CellState.NOT_SUPPLIED:
            yield _finding(rule, key)


def _compare(rule: Rule, subject: Subject) -> Iterator[Finding]:
    """The sum of ``fields`` above that of ``other`` times the factor plus the tolerance, form by form."""
    for key in _keys_of(rule, subject, rule.fields[:1]):
        left = subject.sum_of(subject.cells, key.form, rule.fields)
        right = subject.sum_of(subject.cells, key.form, rule.other)
        if left is None or right is None or (rule.ignores_zero and right == 0):
            continue
        factor = rule.factor.of(subject.period)
        if left > right * factor + rule.tolerance:
            yield _finding(rule, key, left=left, right=right, factor=factor, most=right * factor)


def _needs(rule: Rule, subject: Subject) -> Iterator[Finding]:
    """A number above zero in ``fields`` while ``other`` is zero or does not apply; said at ``other``."""
    for key in _keys_of(rule, subject, rule.other[:1]):
        number = subject.sum_of(subject.cells, key.form, rule.fields)
        if number and subject.cell(key).state in (CellState.ZERO, CellState.NOT_APPLICABLE):
            yield _finding(rule, key, number=number)


def _range(rule: Rule, subject: Subject) -> Iterator[Finding]:
    """So much or so little of ``fields`` falls on one of ``other``, in the whole service, that it may be a slip."""
    whole, units = (subject.sum_of(subject.cells, ALL, codes) for codes in (rule.fields, rule.other))
    key = next(_keys_of(rule, subject), None)
    if key is None or not whole or not units:
        return
    each = whole / units
    too_little = rule.at_least is not None and each < rule.at_least
    too_much = rule.at_most is not None and each > rule.at_most
    if too_little or too_much:
        yield _finding(rule, key, each=each.quantize(Decimal("0.01")), least=rule.at_least or 0, most=rule.at_most or 0)


def _change(rule: Rule, subject: Subject) -> Iterator[Finding]:
    """A change beyond the share, or a figure that ceased to apply, except small ones (by field).

    From zero to "not applicable" is no change of what happened, only of how it is said.
    """
    for key in subject.keys:
        now, before = subject.cell(key), subject.previous.get(key, NOT_SUPPLIED)
        if key.field in rule.excluded or _is_told_by_parts(subject, key):
            continue
        if before.number is None or now.state is CellState.NOT_SUPPLIED:
            continue
        definition = subject.definition.field(key.field)
        if now.number is None:
            if before.state is not CellState.ZERO:
                yield _finding(rule, key, rule.ceased, before=before.number)
        elif _is_notable(rule, definition, now.number, before.number):
            yield _finding(rule, key, before=before.number, now=now.number)


def _is_told_by_parts(subject: Subject, key: CellKey) -> bool:
    """Whether it is a total whose parts are known of the last quarter too: a change of theirs is asked about once."""
    parts = (CellKey(key.form, code) for code in subject.definition.field(key.field).sum_of)
    return any(subject.previous.get(part, NOT_SUPPLIED).number is not None for part in parts)


def _is_notable(rule: Rule, definition: FieldDefinition, now: Decimal, before: Decimal) -> bool:
    difference = abs(now - before)
    return difference >= definition.change_at_least and difference > rule.share * before


def _residences(rule: Rule, subject: Subject) -> Iterator[Finding]:
    """Users told of in the territory part against the sum of ``fields``; said at the first of these.

    Where there were no users or nobody counts them, nothing need be told of where they live.
    """
    key = next(_keys_of(rule, subject, rule.fields[:1]), None)
    if key is None or subject.residences is None:
        return
    placed, users = subject.residences.placed, subject.sum_of(subject.cells, ALL, rule.fields)
    if rule.placed is Placed.NOTHING:
        is_gap = subject.residences.state is ResidenceState.NOT_SUPPLIED
        if is_gap and subject.cell(key).state not in (CellState.ZERO, CellState.NOT_APPLICABLE):
            yield _finding(rule, key)
    elif (
        placed is not None and users is not None and (placed > users if rule.placed is Placed.MORE else placed < users)
    ):
        yield _finding(rule, key, placed=placed, users=users)


def _outlier(rule: Rule, subject: Subject) -> Iterator[Finding]:
    """A figure far from what is usual: beyond ``threshold`` deviations from the median.

    The deviation is 1.4826 x the median absolute deviation (Iglewicz and Hoaglin 1993, How to Detect and Handle
    Outliers). Where all earlier figures are equal it is zero, and any other would be an outlier; so a difference that
    is not worth a comment by the field (``change_at_least``) never is one. Figures per unit have no such amount: where
    they are all equal, nothing is said.
    """
    others = list(subject.history.values()) if rule.against is Against.HISTORY else list(subject.group)
    for key in _keys_of(rule, subject):
        now = _figure(rule, subject, subject.cells, key)
        found = (_figure(rule, subject, cells, key) for cells in others)
        known = [figure for figure in found if figure is not None]
        if now is None or len(known) < rule.min_count:
            continue
        floor = None if rule.other else subject.definition.field(key.field).change_at_least
        middle = median(known)
        if is_far(now, known, middle, rule.threshold, floor):
            yield _finding(rule, key, now=_rounded(now), usual=_rounded(middle), count=len(known))


def _figure(rule: Rule, subject: Subject, cells: Cells, key: CellKey) -> Decimal | None:
    """The number in the cell, or how much of it falls on one of ``other``."""
    number = cells.get(key, NOT_SUPPLIED).number
    if not rule.other or number is None:
        return number
    units = subject.sum_of(cells, key.form, rule.other)
    return number / units if units else None


def is_far(now: Decimal, known: Sequence[Decimal], middle: Decimal, threshold: Decimal, floor: Decimal | None) -> bool:
    """Whether a figure is beyond ``threshold`` deviations (1.4826 x MAD) from the median and further than the floor.

    Without a floor figures that have no deviation at all say nothing.
    """
    distance = abs(now - middle)
    deviation = MAD_TO_SIGMA * median(abs(figure - middle) for figure in known)
    if floor is not None and distance <= floor:
        return False
    return distance > threshold * deviation if deviation else floor is not None


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.01"))


_KINDS: Mapping[RuleKind, Callable[[Rule, Subject], Iterator[Finding]]] = {
    RuleKind.REQUIRED: _required,
    RuleKind.COMPARE: _compare,
    RuleKind.NEEDS: _needs,
    RuleKind.RANGE: _range,
    RuleKind.CHANGE: _change,
    RuleKind.RESIDENCES: _residences,
    RuleKind.OUTLIER: _outlier,
}
