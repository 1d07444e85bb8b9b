"""Forms of the waiting lists: what was typed, read into values, with a sentence at the field where it cannot be."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.core.errors import Invalid
from portal.core.messages import Message, _m
from portal.returns.service import ResidenceWords
from portal.vault.types import DIGEST_BYTES, MAX_KINDS, Digests
from portal.waitlists.calc.codes import read_code
from portal.waitlists.ingest.rows import read_day
from portal.waitlists.types import SEX_LABELS, URGENCY_LABELS, ApplicationRow, Attributes, Sex, Urgency
from portal.web.formats import day
from portal.web.languages import say

Errors = dict[str, list[str]]

TYPED = (
    "file_reference",
    "received_on",
    "adverse_situation",
    "target_group",
    "municipality",
    "urgency",
    "birth_year",
    "sex",
    "can_start_from",
)
_DAY = _m("Write the day as 20. 8. 2026.")


@dataclass
class Typed:
    """What a person typed, and what is wrong with it by field."""

    given: dict[str, str]
    errors: dict[str, list[Message]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return " ".join(self.given.get(name, "").split())

    def fault(self, name: str, message: Message) -> None:
        self.errors.setdefault(name, []).append(message)

    def day(self, name: str, *, needed: bool = False) -> date | None:
        text = self.text(name)
        found = read_day(text) if text else None
        if found is None and (text or needed):
            self.fault(name, _DAY)
        return found

    def choice(self, name: str, known: Mapping[str, Any], message: Message, *, needed: bool = False) -> str | None:
        text = self.text(name)
        if text in known:
            return text
        if text or needed:
            self.fault(name, message)
        return None

    def place(self, words: ResidenceWords) -> str | None:
        text = self.text("municipality")
        if text in words.places.labels:  # chosen from the list
            return text
        found = words.places.find(text) if text else _m("Write the municipality.")
        if isinstance(found, Message):
            self.fault("municipality", found)
            return None
        return found

    def year(self, name: str) -> int | None:
        text = self.text(name)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) == 4):
            self.fault(name, _m("Write the year of birth as four digits."))
            return None
        return int(text)


def read_application(form: Mapping[str, str], words: ResidenceWords) -> tuple[Typed, Attributes | None]:
    """The attributes typed into the form of an application; None where something cannot be read."""
    typed = Typed({name: form.get(name, "") for name in TYPED})
    received = typed.day("received_on", needed=True)
    situation = typed.choice("adverse_situation", words.situations, _m("Choose the adverse situation."), needed=True)
    group = typed.choice("target_group", words.groups, _m("Choose the target group from the list."))
    place = typed.place(words)
    urgency = typed.choice("urgency", URGENCY_LABELS, _m("Choose how urgent it is."), needed=True)
    sex = typed.choice("sex", SEX_LABELS, _m("Choose from the list."))
    year = typed.year("birth_year")
    start = typed.day("can_start_from")
    if typed.errors or received is None or situation is None or place is None or urgency is None:
        return typed, None
    return typed, Attributes(
        file_reference=typed.given["file_reference"],
        received_on=received,
        adverse_situation=situation,
        target_group=group,
        municipality_code=place,
        urgency=Urgency(urgency),
        birth_year=year,
        sex=Sex(sex) if sex else None,
        can_start_from=start,
    )


def typed_of(row: ApplicationRow) -> dict[str, str]:
    """The form of an application filled with what is stored."""
    return typed_values({name: getattr(row, name) for name in (*TYPED[:4], *TYPED[5:], "municipality_code")})


def typed_values(values: Mapping[str, Any]) -> dict[str, str]:
    """Stored values as they are typed."""
    found = {}
    for name in TYPED:
        value = values.get("municipality_code" if name == "municipality" else name)
        found[name] = day(value) if isinstance(value, date) else "" if value is None else str(value)
    return found


def read_person(form: Mapping[str, str]) -> tuple[Digests | None, bytes | None]:
    """Who a form is about: digests that the browser put into it, or a code. Raises Invalid (``identity``, ``code``)."""
    text = form.get("code", "").strip()
    if text:
        try:
            return None, read_code(text)
        except Invalid as error:
            raise Invalid(error.message, {"code": [error.message]}) from error
    return read_digests(form.get("digests", "")), None


def read_digests(text: str) -> Digests | None:
    """Digests as the browser sends them: a JSON list of hexadecimal texts and nulls. Raises Invalid (``identity``)."""
    if not text.strip():
        return None
    try:
        return digests_of(json.loads(text))
    except (ValueError, Invalid) as error:
        sentence = _m("The code could not be made. Load the page again and try it once more.")
        raise Invalid(sentence, {"identity": [sentence]}) from error


def digests_of(listed: Any) -> Digests:
    """Digests of one person from JSON. Raises Invalid, without repeating anything."""
    if not isinstance(listed, list) or not 1 <= len(listed) <= MAX_KINDS:
        raise Invalid(_m("The request does not have the form that it should."))
    return tuple(None if one is None else hex_bytes(one, DIGEST_BYTES) for one in listed)


def hex_bytes(text: Any, length: int) -> bytes:
    """Bytes written in hexadecimal. Raises Invalid."""
    if not isinstance(text, str) or len(text) != 2 * length:
        raise Invalid(_m("The request does not have the form that it should."))
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise Invalid(_m("The request does not have the form that it should.")) from error


def ids_of(texts: Sequence[str]) -> list[int]:
    """The numbers among what a form ticked."""
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]


def said(errors: Mapping[str, Sequence[Message]]) -> Errors:
    return {name: [say(message) for message in messages] for name, messages in errors.items()}


def said_of(error: Invalid, otherwise: str = "") -> Errors:
    """What a service refused, by field; without a field for ``otherwise``."""
    return said(error.fields or {otherwise: [error.message]})
