"""Adverse situations: a checked data file, read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from portal.returns.data_files import (
    DefinitionError,
    code_of,
    only_known_keys,
    read_file,
    repeated_in,
    take,
    text_of,
)
from portal.returns.types import LocalText

FILE = Path(__file__).resolve().parent / "situations.toml"
MAX_CODE_CHARS = 20  # the width of the column


def read_situations(path: Path) -> dict[str, LocalText]:
    """Labels by code, in the order of the file. Raises DefinitionError, which names the file and the fault."""
    try:
        return _situations(read_file(path))
    except DefinitionError as error:
        raise DefinitionError(f"{path.name}: {error}") from error


@lru_cache(maxsize=1)
def adverse_situations() -> Mapping[str, LocalText]:
    """The adverse situations that the portal ships with: labels by code."""
    return read_situations(FILE)


def _situations(content: Mapping[str, Any]) -> dict[str, LocalText]:
    only_known_keys(content, {"situations"}, "file")
    found = [
        _situation(entry, f"situation {place}")
        for place, entry in enumerate(take(content, "situations", list, "file"), start=1)
    ]
    if not found:
        raise DefinitionError("situations: there is none")
    if repeated := repeated_in(code for code, _label in found):
        raise DefinitionError(f"situation {repeated!r} is there twice")
    return dict(found)


def _situation(entry: Any, where: str) -> tuple[str, LocalText]:
    if not isinstance(entry, dict):
        raise DefinitionError(f"{where}: is not a table")
    where = f"{where} ({entry.get('code', 'without code')})"
    only_known_keys(entry, {"code", "label"}, where)
    code = code_of(entry, where)
    if len(code) > MAX_CODE_CHARS:
        raise DefinitionError(f"{where}: the code is longer than {MAX_CODE_CHARS} letters")
    return code, text_of(entry, "label", where)
