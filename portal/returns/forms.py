"""The entry form of a return: what came from the browser, and what goes into the boxes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from babel.numbers import format_decimal
from flask_babel import gettext, ngettext
from werkzeug.datastructures import MultiDict

from portal.catalog.types import Form
from portal.core.cells import NOT_SUPPLIED, Cell, CellState
from portal.core.errors import Invalid
from portal.core.messages import Message, _m
from portal.returns.calc import CellConflict, read_input
from portal.returns.readings import ChangeLine, ReturnReading
from portal.returns.types import ALL, CellInput, CellKey, Finding, FormDefinition, Period, Severity
from portal.web.languages import current_language, say

FORM_TITLES: Mapping[str, Message] = {
    "outreach": _m("Outreach form"),
    "outpatient": _m("Outpatient form"),
    "residential": _m("Residential form"),
    ALL: _m("The whole service"),
}
MAX_TYPED_CHARS = 200
GAPS = ("missing", "residences_missing")  # rules that speak only once somebody wants to submit


def not_applicable_name(key: CellKey) -> str:
    return f"{key.name}-na"


def comment_name(key: CellKey) -> str:
    return f"{key.name}-comment"


def reason_name(key: CellKey) -> str:
    return f"{key.name}-reason"


@dataclass(frozen=True)
class Entry:
    """What a person sent: as typed, as read, and the version of the return that they saw."""

    version: int
    typed: Mapping[CellKey, CellInput]
    read: Mapping[CellKey, Cell | Message]
    comments: Mapping[CellKey, str]  # where a comment was asked for

    @property
    def cells(self) -> dict[CellKey, Cell]:
        """Those that can be stored."""
        return {key: cell for key, cell in self.read.items() if isinstance(cell, Cell)}

    @property
    def faults(self) -> dict[CellKey, Message]:
        """Those that cannot be read, with what is wrong."""
        return {key: fault for key, fault in self.read.items() if isinstance(fault, Message)}


def read_entry(form: MultiDict[str, str], definition: FormDefinition, keys: Sequence[CellKey]) -> Entry:
    """The cells that were sent; one that was not is left out, so that it stays as it is stored. Totals are not read.

    Raises Invalid when the version of the return is not there.
    """
    typed = {
        key: CellInput(
            text=form.get(key.name, "")[:MAX_TYPED_CHARS],
            not_applicable=bool(form.get(not_applicable_name(key))),
            comment=form.get(comment_name(key), ""),
        )
        for key in keys
        if not definition.field(key.field).is_computed
        if key.name in form or not_applicable_name(key) in form
    }
    read = {key: read_input(definition.field(key.field), one) for key, one in typed.items()}
    comments = {key: form[comment_name(key)] for key in keys if comment_name(key) in form}
    return Entry(read_version(form), typed, read, comments)


def read_version(form: MultiDict[str, str]) -> int:
    """The version of the return that the form was drawn with. Raises Invalid."""
    text = form.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid(_m("The form is not complete. Open the return again."))
    return int(text)


def input_text(cell: Cell) -> str:
    """The number of a cell as its box shows it, so that it is read back as the same number.

    English thousands stay ungrouped: "1,234" could also be a decimal comma.
    """
    if cell.number is None:
        return ""
    language = current_language()
    return format_decimal(cell.number, format="#,##0.##" if language == "cs" else "0.##", locale=language)


@dataclass(frozen=True)
class FieldView:
    """One box of the form with all that stands around it, in the reader's language."""

    key: CellKey
    label: str
    hint: str
    suffix: str
    decimals: int
    text: str
    not_applicable: bool
    comment: str
    errors: Sequence[str]
    warnings: Sequence[str]
    total: Cell | None  # of a field that is computed: what it came to when the return was saved
    is_carried_over: bool  # the box holds last quarter's figure, and nobody has saved it yet
    last: Cell
    note: str | None  # why the kraj returned it
    is_note_answered: bool  # the cell was changed since then
    conflict: CellConflict | None
    changes: Sequence[ChangeLine]  # of this cell in this return, the latest first
    earlier: Sequence[tuple[Period, Cell]]  # the cell in earlier quarters, the latest first

    @property
    def name(self) -> str:
        return self.key.name

    @property
    def wants_comment(self) -> bool:
        return bool(self.warnings or self.comment)

    @property
    def is_empty(self) -> bool:
        return self.total is None and not self.text and not self.not_applicable


@dataclass(frozen=True)
class PastView:
    """What a figure was before, for those who only read it; as ``FieldView`` names it."""

    label: str
    changes: Sequence[ChangeLine]
    earlier: Sequence[tuple[Period, Cell]]


def pasts_of(reading: ReturnReading) -> dict[CellKey, PastView]:
    """The earlier values and the changes of each cell."""
    changes = reading.changes_by_key()
    return {
        key: PastView(
            label=label_of(reading, key),
            changes=changes.get(key, ()),
            earlier=[(quarter.period, quarter.cell(key)) for quarter in reading.recent],
        )
        for key in reading.keys
    }


@dataclass(frozen=True)
class SectionView:
    """One part of the form, its boxes in groups: by form of the service where it has several (else without title)."""

    code: str
    title: str
    hint: str
    groups: Sequence[tuple[str | None, Sequence[FieldView]]]

    @property
    def anchor(self) -> str:
        return f"section-{self.code}"

    @property
    def fields(self) -> list[FieldView]:
        return [field for _title, fields in self.groups for field in fields]

    @property
    def empty(self) -> int:
        """How many boxes are neither filled nor marked as not applicable."""
        return sum(field.is_empty for field in self.fields)

    @property
    def to_correct(self) -> int:
        """How many boxes hold what cannot be, or what the kraj returned and nobody changed since."""
        return sum(
            (bool(field.errors) and not field.is_empty) or (field.note is not None and not field.is_note_answered)
            for field in self.fields
        )

    @property
    def to_explain(self) -> int:
        """How many figures are unusual and have no comment."""
        return sum(bool(field.warnings) and not field.comment.strip() for field in self.fields)

    @property
    def standing(self) -> tuple[str, str]:
        """How far the part is, for the contents of the return: wrong, open or complete, and the same in words."""
        if wrong := self.to_correct:
            return "wrong", ngettext("%(num)d to correct", "%(num)d to correct", wrong)
        if unusual := self.to_explain:
            return "wrong", ngettext("%(num)d to explain", "%(num)d to explain", unusual)
        if empty := self.empty:
            return "open", ngettext("%(num)d empty", "%(num)d empty", empty)
        return "complete", gettext("complete")


@dataclass(frozen=True)
class EntryState:
    """What happened to the form before it is shown again; empty for one that was just opened."""

    typed: Mapping[CellKey, CellInput | None] = field(default_factory=dict)
    faults: Mapping[CellKey, Message] = field(default_factory=dict)
    findings: Iterable[Finding] | None = None  # None: those of the stored cells, but nothing about gaps
    conflicts: Sequence[CellConflict] = ()


def build_sections(reading: ReturnReading, state: EntryState) -> list[SectionView]:
    """The boxes by section and form of the service, in the order of the page."""
    said = sentences_by_cell(reading, state.findings)
    for key in state.faults:  # the stored value is not the one in the box
        for severity in Severity:
            said.pop((key, severity), None)
    for key, fault in state.faults.items():
        said.setdefault((key, Severity.ERROR), []).append(say(fault))
    conflicts = {conflict.key: conflict for conflict in state.conflicts}
    changes = reading.changes_by_key()
    language = current_language()
    return [
        SectionView(
            code=section.code,
            title=section.label.of(language),
            hint=section.hint.of(language),
            groups=[
                (title, [_field(reading, key, state.typed.get(key), said, conflicts, changes) for key in group])
                for title, group in _by_form(reading, keys)
            ],
        )
        for section, keys in reading.sections()
    ]


def sentences_by_cell(
    reading: ReturnReading, findings: Iterable[Finding] | None = None
) -> dict[tuple[CellKey, Severity], list[str]]:
    """What the rules say of each figure. Without ``findings``: those of the stored cells, but nothing about gaps."""
    if findings is None:
        findings = [finding for finding in reading.findings if finding.rule not in GAPS]
    said: dict[tuple[CellKey, Severity], list[str]] = {}
    for finding in findings:
        said.setdefault((finding.key, finding.severity), []).append(say(finding.message))
    return said


def _by_form(reading: ReturnReading, keys: Sequence[CellKey]) -> list[tuple[str | None, list[CellKey]]]:
    by_form = {form: list(group) for form, group in groupby(keys, key=lambda key: key.form)}
    has_titles = len(by_form) > 1 or (len(reading.service.forms) > 1 and ALL not in by_form)
    return [(say(FORM_TITLES[form]) if has_titles else None, group) for form, group in by_form.items()]


def _field(
    reading: ReturnReading,
    key: CellKey,
    typed: CellInput | None,
    said: Mapping[tuple[CellKey, Severity], Sequence[str]],
    conflicts: Mapping[CellKey, CellConflict],
    changes: Mapping[CellKey, Sequence[ChangeLine]],
) -> FieldView:
    definition, stored, language = reading.definition.field(key.field), reading.cell(key), current_language()
    warnings = list(said.get((key, Severity.WARNING), []))
    comment = reading.comments.get(key, "") if typed is None else typed.comment
    carried = reading.carried_over(key) if typed is None else NOT_SUPPLIED
    shown = stored if carried.state is CellState.NOT_SUPPLIED else carried
    return FieldView(
        key=key,
        label=definition.label.of(language),
        hint=definition.hint.of(language),
        suffix=definition.suffix.of(language),
        decimals=definition.decimals,
        text=input_text(shown) if typed is None else typed.text,
        not_applicable=shown.state is CellState.NOT_APPLICABLE if typed is None else typed.not_applicable,
        comment=comment,
        errors=list(said.get((key, Severity.ERROR), [])),
        warnings=warnings,
        total=stored if definition.is_computed else None,
        is_carried_over=carried.state is not CellState.NOT_SUPPLIED,
        last=reading.last_quarter.cell(key),
        note=reading.notes.get(key),
        is_note_answered=_changed_since_the_last_step(reading, changes.get(key, ())),
        conflict=conflicts.get(key),
        changes=changes.get(key, ()),
        earlier=[(quarter.period, quarter.cell(key)) for quarter in reading.recent],
    )


def _changed_since_the_last_step(reading: ReturnReading, changes: Sequence[ChangeLine]) -> bool:
    return reading.last_event is not None and any(change.at_utc > reading.last_event.at_utc for change in changes)


def summary_of(
    reading: ReturnReading, findings: Iterable[Finding], faults: Mapping[CellKey, Message]
) -> dict[str, list[str]]:
    """Errors for the summary above the form: id of the box -> sentences that name the field.

    A warning leads to the box for its comment.
    """
    lines: dict[str, list[str]] = {}
    for key in reading.keys:
        if key in faults:
            lines.setdefault(key.name, []).append(_named(reading, key, say(faults[key])))
            continue
        for finding in findings:
            if finding.key != key:
                continue
            if finding.severity is Severity.ERROR:
                lines.setdefault(key.name, []).append(_named(reading, key, say(finding.message)))
            else:  # one comment answers all that is unusual about a figure
                sentence = gettext("Explain the unusual figure in a comment, or correct it.")
                lines[comment_name(key)] = [_named(reading, key, sentence)]
    return lines


def _named(reading: ReturnReading, key: CellKey, sentence: str) -> str:
    return f"{label_of(reading, key)}: {sentence}"


def label_of(reading: ReturnReading, key: CellKey) -> str:
    """The field's name; with the form where the service has several."""
    label = reading.definition.field(key.field).label.of(current_language())
    if key.form == ALL or len(reading.service.forms) < 2:
        return label
    return f"{label} ({say(Form(key.form).label)})"
