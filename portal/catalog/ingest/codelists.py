"""The ministry's code list files: ``{"polozky": [{"id": "Kraj/124", "nazev": {"cs": "Olomoucký kraj"}}]}``."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

from portal.catalog.ingest.context import CodeLists
from portal.catalog.types import service_types
from portal.core.errors import ImportRejected
from portal.core.messages import _m

TYPES_FILE = "druhy-socialni-sluzby.json"
TARGET_GROUPS_FILE = "cilove-skupiny-osoby.json"
AGE_GROUPS_FILE = "vekove-skupiny-osoby.json"
MUNICIPALITIES_FILE = "obce.json"
FILES = (TYPES_FILE, TARGET_GROUPS_FILE, AGE_GROUPS_FILE, MUNICIPALITIES_FILE)
REQUIRED = (TYPES_FILE, TARGET_GROUPS_FILE)
MAX_BYTES = 32 * 1024 * 1024


def read_code_lists(folder: Path) -> CodeLists:
    """Read the lists in a folder. Types of service are matched by name, since their numbers are not settled.

    Raises ImportRejected when the types or the target groups are missing, when a file cannot be read, or when
    none of the types is one of the Act.
    """
    missing = [name for name in REQUIRED if not (folder / name).is_file()]
    if missing:
        raise ImportRejected(_m("These code list files are missing: %(names)s.", names=", ".join(missing)))
    types, unknown = _match_types(_names(folder / TYPES_FILE))
    if not types:
        raise ImportRejected(_m("%(name)s names none of the types of service of the Act.", name=TYPES_FILE))
    return CodeLists(
        types=types,
        unknown_types=unknown,
        target_groups=_by_code(_names(folder / TARGET_GROUPS_FILE)),
        age_groups=_by_code(_names(folder / AGE_GROUPS_FILE)),
        municipalities=_names(folder / MUNICIPALITIES_FILE),
    )


def _names(path: Path) -> dict[str, str]:
    """Names by id; empty for a list that is not there."""
    if not path.is_file():
        return {}
    if path.stat().st_size > MAX_BYTES:
        raise ImportRejected(_m("%(name)s is too large for a code list.", name=path.name))
    try:
        content = json.loads(path.read_bytes().decode("utf-8-sig"))
        return {str(entry["id"]): _name(entry["nazev"]) for entry in content["polozky"]}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ImportRejected(_m("%(name)s is not a code list of the ministry.", name=path.name)) from error


def _name(value: Any) -> str:
    name = value["cs"] if isinstance(value, dict) else value
    return " ".join(str(name).split())[:300]


def _by_code(names: dict[str, str]) -> dict[str, str]:
    return {code_of(key)[:20]: name for key, name in names.items()}


def code_of(identifier: str) -> str:
    """ "CilovaSkupinaOsoby/24" -> "24"."""
    return identifier.rsplit("/", 1)[-1]


def _match_types(names: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    sections = {fold_name(kind.name_cs): section for section, kind in service_types().items()}
    matched = {key: sections[fold_name(name)] for key, name in names.items() if fold_name(name) in sections}
    return matched, {key: name for key, name in names.items() if key not in matched}


def fold_name(name: str) -> str:
    """Letters alone, small and without accents: case, spaces and dashes of a list vary."""
    plain = unicodedata.normalize("NFD", name.casefold())
    return re.sub(r"[^a-z0-9]+", " ", "".join(c for c in plain if not unicodedata.combining(c))).strip()
