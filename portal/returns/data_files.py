"""Reading of the checked data files of the returns: forms, rules. Each fault names its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from portal.core.errors import Invalid
from portal.returns.types import LocalText, Period

_CODE = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


class DefinitionError(ValueError):
    """A definition file that cannot be meant; the text names the file, the place and the fault."""


def read_file(path: Path) -> dict[str, Any]:
    """What is in a TOML file. Raises DefinitionError, also when it is not there."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise DefinitionError(f"{path.name}: {error}") from error


def amount_of(entry: Mapping[str, Any], key: str, where: str) -> Decimal:
    """A number that is not negative, written in quotes so that it is exact. Raises DefinitionError."""
    text = take(entry, key, str, where)
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise DefinitionError(f'{where}: {key} must be a number in quotes, such as "5"')
    return amount


def text_of(entry: Mapping[str, Any], key: str, where: str) -> LocalText:
    """A text in both languages. Raises DefinitionError."""
    table = take(entry, key, dict, where)
    only_known_keys(table, {"cs", "en"}, f"{where}, {key}")
    both = {
        language: filled(take(table, language, str, f"{where}, {key}"), language, where) for language in ("cs", "en")
    }
    return LocalText(**both)


def code_of(entry: Mapping[str, Any], where: str) -> str:
    """The code of an entry. Raises DefinitionError."""
    code: str = take(entry, "code", str, where)
    if not _CODE.fullmatch(code):
        raise DefinitionError(f"{where}: code {code!r} must be lower-case letters, digits and _")
    return code


def period_of(content: Mapping[str, Any], key: str) -> Period:
    """A quarter such as 2026Q2. Raises DefinitionError."""
    text = take(content, key, str, "file")
    try:
        return Period.parse(text)
    except Invalid as error:
        raise DefinitionError(f"{key}: {text!r} is not a quarter such as 2026Q2") from error


def take(entry: Mapping[str, Any], key: str, kind: type, where: str) -> Any:
    """A value of the kind that it must be. Raises DefinitionError."""
    if key not in entry:
        raise DefinitionError(f"{where}: {key} is missing")
    if not isinstance(entry[key], kind):
        raise DefinitionError(f"{where}: {key} must be of type {kind.__name__}")
    return entry[key]


def filled(text: str, key: str, where: str) -> str:
    """The text, if it is not blank. Raises DefinitionError."""
    if not text.strip():
        raise DefinitionError(f"{where}: {key} is empty")
    return text


def only_known_keys(entry: Mapping[str, Any], known: set[str], where: str) -> None:
    """Raises DefinitionError for a key that nobody reads: mostly a slip of the pen."""
    if unknown := sorted(set(entry) - known):
        raise DefinitionError(f"{where}: unknown key {unknown[0]!r}")


def repeated_in(codes: Iterable[str]) -> str | None:
    """The first code that is there twice."""
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            return code
        seen.add(code)
    return None
