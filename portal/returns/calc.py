"""Reading of typed numbers, rules of the return, changes between quarters. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell, CellState
from portal.core.messages import Message, _m
from portal.returns.types import (
    ALL,
    SERVICE_FORMS,
    CellInput,
    CellKey,
    Cells,
    FieldDefinition,
    Finding,
    FormDefinition,
    Period,
    Severity,
)

MAX_INTEGER_DIGITS = 11  # the column is NUMERIC(14, 2); a total of up to nine parts must fit too
MAX_TYPED_DECIMALS = 2
NOTABLE_CHANGE = Decimal("0.5")

_SPACES = str.maketrans(dict.fromkeys("\t\u00a0\u2007\u2009\u202f", " "))
_MINUS = "-\u2212\u2013"
# Groups of thousands by spaces; by dots or commas only where the other sign follows, else they could be decimals.
_NUMBER = re.compile(
    r"(?P<plain>[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(?:[.,](?P<decimals>[0-9]+))?"
    r"|(?P<dotted>[0-9]{1,3}(?:\.[0-9]{3})+),(?P<after_comma>[0-9]+)"
    r"|(?P<commas>[0-9]{1,3}(?:,[0-9]{3})+)\.(?P<after_dot>[0-9]+)"
)


def parse_number(text: str, decimals: int) -> Cell | Message:
    """A number as Czech people type it, at most ``decimals`` places: a value, a zero, or not supplied when empty.

    Takes ``5 821,5``, ``5821.5``, ``1.234,5`` and ``1,234.5``, with any kind of space. What could be read in two ways
    (``1,234``) is refused, and so is anything negative, too exact or larger than the column; the answer is
    then the sentence for the person who typed it.
    """
    cleaned = text.translate(_SPACES).strip()
    if not cleaned:
        return NOT_SUPPLIED
    match = _NUMBER.fullmatch(cleaned.lstrip(_MINUS).lstrip())
    if match is None:
        return _not_a_number(decimals)
    if cleaned[0] in _MINUS:
        return _m("The number cannot be negative.")
    whole = (match["plain"] or match["dotted"] or match["commas"]).translate(str.maketrans("", "", " .,"))
    fraction = match["decimals"] or match["after_comma"] or match["after_dot"] or ""
    if len(whole.lstrip("0")) > MAX_INTEGER_DIGITS:
        return _m("The number is too large.")
    if len(fraction) > MAX_TYPED_DECIMALS or fraction[decimals:].strip("0"):
        return _too_exact(decimals)
    return Cell.of(Decimal(f"{whole}.{fraction or '0'}"))


def _not_a_number(decimals: int) -> Message:
    return _m("Write a number, for example %(example)s.", example=Decimal("6.75") if decimals else Decimal(12))


def _too_exact(decimals: int) -> Message:
    if decimals == 0:
        return _m("Write a whole number, without decimal places.")
    return _m("Write a number with at most %(places)s decimal places.", places=decimals)


def read_input(definition: FieldDefinition, typed: CellInput) -> Cell | Message:
    """The cell that a person meant, or the sentence about what is wrong with it."""
    if not typed.not_applicable:
        return parse_number(typed.text, definition.decimals)
    if typed.text.strip():
        return _m("Write a number, or tick “Not applicable”, not both.")
    return NOT_APPLICABLE


def with_totals(definition: FormDefinition, keys: Sequence[CellKey], cells: Cells) -> dict[CellKey, Cell]:
    """The cells with every computed total of ``keys`` made from its parts in the same form, whatever stood there.

    Only parts among ``keys`` count. One of them not supplied: not supplied, since half of a sum is no smaller truth.
    All not applicable: not applicable. Otherwise the sum of those that apply; a sum of zeros is zero.
    """
    asked, completed = set(keys), dict(cells)
    for key in keys:
        codes = definition.field(key.field).sum_of
        if codes:
            places = [CellKey(key.form, code) for code in codes]
            completed[key] = _total([cells.get(place, NOT_SUPPLIED) for place in places if place in asked])
    return completed


def _total(parts: Sequence[Cell]) -> Cell:
    if any(part.state is CellState.NOT_SUPPLIED for part in parts):
        return NOT_SUPPLIED
    numbers = [part.number for part in parts if part.number is not None]
    return Cell.of(sum(numbers, Decimal(0))) if numbers else NOT_APPLICABLE


@dataclass(frozen=True)
class Subject:
    """What the rules look at: the cells asked for, what is in them, what was there last quarter."""

    definition: FormDefinition
    period: Period
    keys: Sequence[CellKey]
    cells: Cells
    previous: Cells

    def cell(self, key: CellKey) -> Cell:
        return self.cells.get(key, NOT_SUPPLIED)

    def number(self, form: str, field: str) -> Decimal | None:
        """The number in a cell that the form asks for, None in every other state and for cells not asked for."""
        key = CellKey(form, field)
        return self.cell(key).number if key in self.keys else None


Rule = Callable[[Subject], Iterator[Finding]]


def missing_cells(subject: Subject) -> Iterator[Finding]:
    """A cell without a number blocks, unless it is marked as not applicable."""
    for key in subject.keys:
        is_typed = not subject.definition.field(key.field).is_computed
        if is_typed and subject.cell(key).state is CellState.NOT_SUPPLIED:
            yield Finding(
                key,
                Severity.ERROR,
                "missing",
                _m("Fill in the figure. If there was nothing, write 0; if it does not concern you, say so."),
            )


def users_at_end_within_quarter(subject: Subject) -> Iterator[Finding]:
    """Who used the service on the last day used it in the quarter."""
    at_end, in_quarter = subject.number(ALL, "users_at_end"), subject.number(ALL, "users_in_quarter")
    if at_end is not None and in_quarter is not None and at_end > in_quarter:
        yield Finding(
            CellKey(ALL, "users_at_end"),
            Severity.ERROR,
            "users_at_end_within_quarter",
            _m(
                "There are more users on the last day (%(at_end)s) than in the whole quarter (%(in_quarter)s).",
                at_end=at_end,
                in_quarter=in_quarter,
            ),
        )


def bed_days_within_beds(subject: Subject) -> Iterator[Finding]:
    """No more bed-days than beds times calendar days of the quarter."""
    for form in SERVICE_FORMS:
        beds, used = subject.number(form, "beds"), subject.number(form, "bed_days_used")
        if beds is None or used is None or used <= beds * subject.period.days:
            continue
        yield Finding(
            CellKey(form, "bed_days_used"),
            Severity.ERROR,
            "bed_days_within_beds",
            _m(
                "%(beds)s beds give at most %(most)s bed-days in a quarter of %(days)s days.",
                beds=beds,
                most=beds * subject.period.days,
                days=subject.period.days,
            ),
        )


def hours_need_staff(subject: Subject) -> Iterator[Finding]:
    """Direct hours without any direct-care FTE cannot be."""
    for form in SERVICE_FORMS:
        hours = subject.number(form, "direct_hours")
        staff = subject.cell(CellKey(form, "direct_care_fte"))
        if hours and staff.state in (CellState.ZERO, CellState.NOT_APPLICABLE):
            yield Finding(
                CellKey(form, "direct_care_fte"),
                Severity.ERROR,
                "hours_need_staff",
                _m("There are %(hours)s hours of direct work, but no staff who did them.", hours=hours),
            )


def utilisation_within_fund(subject: Subject) -> Iterator[Finding]:
    """More direct hours than the working time fund of the staff (utilisation over 100 %) wants a comment."""
    for form in SERVICE_FORMS:
        hours, staff = subject.number(form, "direct_hours"), subject.number(form, "direct_care_fte")
        if hours is None or not staff:
            continue
        fund = staff * subject.period.working_time_fund_hours
        if hours > fund:
            yield Finding(
                CellKey(form, "direct_hours"),
                Severity.WARNING,
                "utilisation_within_fund",
                _m(
                    "That is more than the staff can work: %(staff)s FTE have %(fund)s hours in this quarter.",
                    staff=staff,
                    fund=fund,
                ),
            )


def change_since_last_quarter(subject: Subject) -> Iterator[Finding]:
    """A change over 50 %, or a figure that ceased to apply, wants a comment; small ones (by field) do not.

    From zero to "not applicable" is no change of what happened, only of how it is said.
    """
    for key in subject.keys:
        now, before = subject.cell(key), subject.previous.get(key, NOT_SUPPLIED)
        if _is_told_by_parts(subject, key):
            continue
        if before.number is None or now.state is CellState.NOT_SUPPLIED:
            continue
        if now.number is None:
            if before.state is CellState.ZERO:
                continue
            message = _m("Last quarter this figure was %(before)s, now it is not applicable.", before=before.number)
        elif _is_notable(subject.definition.field(key.field), now.number, before.number):
            message = _m(
                "The figure changed a lot: last quarter it was %(before)s, now it is %(now)s.",
                before=before.number,
                now=now.number,
            )
        else:
            continue
        yield Finding(key, Severity.WARNING, "change_since_last_quarter", message)


def _is_told_by_parts(subject: Subject, key: CellKey) -> bool:
    """Whether it is a total whose parts are known of the last quarter too: a change of theirs is asked about once."""
    parts = (CellKey(key.form, code) for code in subject.definition.field(key.field).sum_of)
    return any(subject.previous.get(part, NOT_SUPPLIED).number is not None for part in parts)


def _is_notable(definition: FieldDefinition, now: Decimal, before: Decimal) -> bool:
    difference = abs(now - before)
    return difference >= definition.change_at_least and difference > NOTABLE_CHANGE * before


RULES: tuple[Rule, ...] = (
    missing_cells,
    users_at_end_within_quarter,
    bed_days_within_beds,
    hours_need_staff,
    utilisation_within_fund,
    change_since_last_quarter,
)


def check(subject: Subject) -> tuple[Finding, ...]:
    """What all the rules say, in the order of the cells on the page.

    A figure that is wrong is not called unusual as well: nobody can explain it before it is corrected.
    """
    place = {key: number for number, key in enumerate(subject.keys)}
    findings = [finding for rule in RULES for finding in rule(subject)]
    wrong = {finding.key for finding in findings if finding.severity is Severity.ERROR}
    kept = [finding for finding in findings if finding.severity is Severity.ERROR or finding.key not in wrong]
    return tuple(sorted(kept, key=lambda finding: place[finding.key]))


def blocking(findings: Iterable[Finding], comments: Mapping[CellKey, str]) -> tuple[Finding, ...]:
    """Those that keep the return from being submitted: errors, and warnings that nobody commented on."""
    return tuple(
        finding
        for finding in findings
        if finding.severity is Severity.ERROR or not comments.get(finding.key, "").strip()
    )


def relative_change(now: Cell, before: Cell) -> Decimal | None:
    """(now - before) / before; None unless both are numbers and the earlier one is not zero."""
    if now.number is None or not before.number:
        return None
    return (now.number - before.number) / before.number


@dataclass(frozen=True)
class CellConflict:
    """One cell that two people see differently: what this one typed, what is stored now."""

    key: CellKey
    mine: CellInput
    stored: Cell
    both_changed: bool  # False: only the other person did, so the stored value is offered


def merge(
    typed: Mapping[CellKey, CellInput], read: Mapping[CellKey, Cell | Message], base: Cells, stored: Cells
) -> tuple[dict[CellKey, CellInput | None], tuple[CellConflict, ...]]:
    """Bring a form drawn from ``base`` together with what is ``stored`` now.

    Returns for each cell what to show in it (None: the stored value, since this person did not touch it) and the
    cells that differ. What could not be read as a number counts as touched: nothing typed is lost.
    """
    shown: dict[CellKey, CellInput | None] = {}
    conflicts: list[CellConflict] = []
    for key, mine in typed.items():
        now, before, meant = stored.get(key, NOT_SUPPLIED), base.get(key, NOT_SUPPLIED), read[key]
        touched = meant != before
        shown[key] = mine if touched else None
        if meant != now and now != before:
            conflicts.append(CellConflict(key, mine, now, both_changed=touched))
    return shown, tuple(conflicts)
