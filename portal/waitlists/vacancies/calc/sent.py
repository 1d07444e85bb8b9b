"""Values as a form or an address sends them, read with a sentence for each that cannot be. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

from portal.core.errors import Invalid
from portal.core.messages import Message, _m

MAX_DIGITS = 9

Word = TypeVar("Word", bound=StrEnum)


class Reader:
    """Takes values of a sent form and gathers a sentence for each that cannot be read."""

    def __init__(self, sent: Mapping[str, str]) -> None:
        self.sent = sent
        self.faults: dict[str, list[Message]] = {}

    def text(self, name: str) -> str | None:
        return " ".join(self.sent.get(name, "").split()) or None

    def whole(self, name: str) -> int | None:
        given = self.text(name)
        if given is None:
            return None
        digits = given.replace("\u00a0", "").replace(" ", "")
        bare = digits.removeprefix("-")
        if bare.isascii() and bare.isdigit() and len(bare) <= MAX_DIGITS:
            return int(digits)
        self.faults[name] = [_m("Write a whole number.")]
        return None

    def word(self, name: str, kind: type[Word]) -> Word | None:
        given = self.text(name)
        if given is None:
            return None
        try:
            return kind(given)
        except ValueError:
            self.faults[name] = [_m("Choose one of the values offered.")]
            return None

    def day(self, name: str) -> date | None:
        given = self.text(name)
        if given is None:
            return None
        try:
            return date.fromisoformat(given)
        except ValueError:
            self.faults[name] = [_m("Write a day such as 2026-08-03.")]
            return None

    def refuse(self) -> None:
        if self.faults:
            raise Invalid(_m("Please correct the following"), self.faults)
