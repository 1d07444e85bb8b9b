"""Figures of needs as a person types them."""

from __future__ import annotations

from collections.abc import Mapping

from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell, CellState
from portal.core.errors import Invalid
from portal.core.messages import Message, _m
from portal.needs.ingest.persons import parse_persons
from portal.needs.types import Key
from portal.returns.residences.situations import adverse_situations
from portal.returns.types import Period

MARK = {"zero": CellState.ZERO, "not_applicable": CellState.NOT_APPLICABLE, "": CellState.NOT_SUPPLIED}
KEY_FIELDS = ("situation", "target_group", "reason", "type_code")

Form = Mapping[str, str]


def read_key(form: Form, period: Period, code: str) -> Key:
    """The place that was chosen; whether a figure may have it is said by the service."""
    return Key(str(period), code, *(form.get(name, "").strip() for name in KEY_FIELDS))


def read_persons(form: Form, field: str = "persons") -> Cell:
    """What was typed into a field of persons. Raises Invalid by field."""
    try:
        return parse_persons(form.get(field, ""))
    except Invalid as error:
        raise Invalid(error.message, {field: [error.message]}) from error


def read_marks(form: Form) -> tuple[dict[str, CellState], dict[str, int]]:
    """What was chosen of whole situations, and the versions it was chosen over. Raises Invalid by field."""
    marks: dict[str, CellState] = {}
    faults: dict[str, list[Message]] = {}
    for situation in adverse_situations():
        field = f"mark-{situation}"
        if field not in form:
            continue
        if form[field] in MARK:
            marks[situation] = MARK[form[field]]
        else:
            faults[field] = [_m("Choose one of the answers offered.")]
    if faults:
        raise Invalid(_m("Please correct the following"), faults)
    return marks, {situation: read_version(form, f"seen-{situation}") for situation in marks}


def read_version(form: Form, field: str = "seen") -> int:
    """The version a form was drawn with; -1, which nothing has, where it says none."""
    text = form.get(field, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def typed(cell: Cell) -> str:
    """What stands in a field of persons."""
    if cell == NOT_APPLICABLE:
        return "x"
    return "" if cell == NOT_SUPPLIED or cell.number is None else f"{cell.number:.0f}"
