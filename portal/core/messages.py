"""Sentences for people, made where no request and no language is known.

A domain function says *what* to tell; the edge (page, command line) says it in the reader's language.
The text is the English message id; ``pybabel extract`` finds it through the keyword ``_m`` / ``_mn``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Message:
    """A translatable sentence: message id, its plural (if any) and the values to put in.

    ``czech`` is there where the sentence comes from a data file that gives it in both languages.
    """

    text: str
    params: Mapping[str, Any] = field(default_factory=dict)
    plural: str | None = None
    czech: str | None = None

    def __str__(self) -> str:
        """English rendering, for logs and tests; people get the translation."""
        text = self.plural if self.plural is not None and self.params.get("num") != 1 else self.text
        return text % self.params if self.params else text

    def __hash__(self) -> int:
        return hash((self.text, self.plural, tuple(sorted((k, str(v)) for k, v in self.params.items()))))


def _m(text: str, /, **params: Any) -> Message:
    """Mark and build a message: ``_m("File %(name)s is empty.", name=path.name)``."""
    return Message(text, params)


def _mn(singular: str, plural: str, num: int, /, **params: Any) -> Message:
    """Mark and build a message with plural forms; ``num`` is also available as ``%(num)s``."""
    return Message(singular, {"num": num, **params}, plural)


def message_as_dict(message: Message) -> dict[str, Any]:
    """A message for a JSON column; read back by ``message_from_dict``. Exact numbers and messages in it stay what
    they are.
    """
    stored = {
        "text": message.text,
        "params": {name: _stored(value) for name, value in message.params.items()},
        "plural": message.plural,
    }
    return stored if message.czech is None else {**stored, "czech": message.czech}


def message_from_dict(stored: Mapping[str, Any]) -> Message:
    """The message that ``message_as_dict`` stored."""
    params = {name: _read(value) for name, value in stored["params"].items()}
    return Message(stored["text"], params, stored["plural"], stored.get("czech"))


def _stored(value: Any) -> Any:
    if isinstance(value, Message):
        return {"message": message_as_dict(value)}
    return {"number": str(value)} if isinstance(value, Decimal) else value


def _read(value: Any) -> Any:
    if isinstance(value, Mapping):
        return message_from_dict(value["message"]) if "message" in value else Decimal(value["number"])
    return value
