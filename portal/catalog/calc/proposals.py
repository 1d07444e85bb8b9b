"""What a provider may propose about its entry: fields, their check, the differences. Pure.

A field is one text. Contacts stand one on a line, with an optional note in brackets: ``583 111 222 (reception)``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from portal.catalog.types import KeptField
from portal.core.contacts import phone_link, web_link
from portal.core.messages import Message, _m

MAX_CONTACTS = 10  # of one kind
MAX_CONTACT_CHARS = 400
_LINE = re.compile(r"^(?P<value>.*?)(?:\s*\((?P<note>[^()]*)\))?$")
_EMAIL = re.compile(r"^[^@\s,;]+@[^@\s,;]+\.[^@\s.,;]+$")


class EditField(StrEnum):
    """Fields of a proposal in the order of the form: what an import leaves alone once accepted, and the description,
    which only the provider writes."""

    NAME = KeptField.NAME.value
    DESCRIPTION = "description"
    PHONE = KeptField.PHONE.value
    EMAIL = KeptField.EMAIL.value
    WEB = KeptField.WEB.value
    HOURS_OUTREACH = KeptField.HOURS_OUTREACH.value
    HOURS_OUTPATIENT = KeptField.HOURS_OUTPATIENT.value
    HOURS_RESIDENTIAL = KeptField.HOURS_RESIDENTIAL.value
    AGE_NOTE = KeptField.AGE_NOTE.value

    @property
    def label(self) -> Message:
        return _LABELS[self]

    @property
    def max_chars(self) -> int:
        return {EditField.NAME: 400, EditField.DESCRIPTION: 4_000}.get(self, 2_000)

    @property
    def has_lines(self) -> bool:
        return self is not EditField.NAME


_LABELS = {
    EditField.NAME: _m("Name of the service"),
    EditField.DESCRIPTION: _m("What the service does"),
    EditField.PHONE: _m("Phones"),
    EditField.EMAIL: _m("E-mails"),
    EditField.WEB: _m("Web pages"),
    EditField.HOURS_OUTREACH: _m("Hours of the outreach form"),
    EditField.HOURS_OUTPATIENT: _m("Hours of the outpatient form"),
    EditField.HOURS_RESIDENTIAL: _m("Hours of the residential form"),
    EditField.AGE_NOTE: _m("Note on age"),
}
CONTACT_FIELDS = (EditField.PHONE, EditField.EMAIL, EditField.WEB)
HOURS_FIELDS = (EditField.HOURS_OUTREACH, EditField.HOURS_OUTPATIENT, EditField.HOURS_RESIDENTIAL)

Values = Mapping[EditField, str]


@dataclass(frozen=True)
class Change:
    """One field of a proposal: what stood there when it was proposed, and what should stand."""

    before: str
    after: str


def cleaned(field: EditField, text: str) -> str:
    """The text as it is stored: lines without spaces around them, no empty lines at the ends, one line for a name."""
    lines = [" ".join(line.split()) for line in text.replace("\x00", "").splitlines()]
    if not field.has_lines:
        return " ".join(filter(None, lines))
    if field in CONTACT_FIELDS:
        return "\n".join(filter(None, lines))
    return "\n".join(lines).strip()


def split_contact(line: str) -> tuple[str, str | None]:
    """Value and note of a line: ``"583 111 222 (reception)"`` gives ``("583 111 222", "reception")``."""
    match = _LINE.match(line.strip())
    assert match is not None  # the pattern takes any line
    return match["value"].strip(), (match["note"] or "").strip() or None


def join_contact(value: str, note: str | None) -> str:
    """The reverse of ``split_contact``; brackets of a note become dashes, since they would end it."""
    return f"{value} ({re.sub(r'[()]', '-', note)})" if note else value


def faults(values: Values) -> dict[str, list[Message]]:
    """Sentences by field for cleaned values that cannot be taken; empty when all can."""
    found: dict[str, list[Message]] = {}
    for field, text in values.items():
        sentences = _too_long(field, text)
        if field is EditField.NAME and not text:
            sentences.append(_m("Enter the name of the service."))
        if field in CONTACT_FIELDS:
            sentences += _contact_faults(field, text.splitlines())
        if sentences:
            found[field] = sentences
    return found


def _too_long(field: EditField, text: str) -> list[Message]:
    if len(text) <= field.max_chars:
        return []
    return [_m("The text has %(length)s characters; at most %(most)s fit.", length=len(text), most=field.max_chars)]


def _contact_faults(field: EditField, lines: Sequence[str]) -> list[Message]:
    sentences = []
    if len(lines) > MAX_CONTACTS:
        sentences.append(_m("At most %(most)s lines are possible.", most=MAX_CONTACTS))
    for line in lines:
        value, note = split_contact(line)
        if len(value) > MAX_CONTACT_CHARS or len(note or "") > MAX_CONTACT_CHARS:
            sentences.append(_m("A line can have at most %(most)s characters.", most=MAX_CONTACT_CHARS))
        elif not _is_contact(field, value):
            sentences.append(Message(_CONTACT_SENTENCES[field].text, {"value": value}))
    return sentences


_CONTACT_SENTENCES = {
    EditField.PHONE: _m("“%(value)s” is not a phone number. Write it as 583 111 222 or +420 583 111 222."),
    EditField.EMAIL: _m("“%(value)s” is not an e-mail address. Write it as name@domain.cz."),
    EditField.WEB: _m("“%(value)s” is not an address of a web page. Write it as www.domain.cz."),
}


def _is_contact(field: EditField, value: str) -> bool:
    if field is EditField.PHONE:
        return phone_link(value) is not None
    if field is EditField.EMAIL:
        return _EMAIL.match(value) is not None
    return web_link(value) is not None and "." in value


def differences(current: Values, wanted: Values) -> dict[EditField, Change]:
    """Fields of ``wanted`` that differ from ``current``; a field that the entry does not have is left out."""
    return {
        field: Change(current[field], text)
        for field, text in wanted.items()
        if field in current and text != current[field]
    }


def fingerprint(values: Values, record_hash: str = "") -> str:
    """Short digest of what a person was shown; another one later means that somebody changed it in between."""
    parts = [record_hash, *(f"{field}={values[field]}" for field in sorted(values))]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:24]
