"""Register files of a test: written, changed, taken in."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portal.catalog.jobs import take_file
from portal.catalog.models import Service
from portal.catalog.service.imports.applying import apply_import
from portal.catalog.service.imports.files import RegisterFiles
from portal.catalog.types import ImportInfo
from portal.core.db import Model, db
from portal.core.permissions import OPERATOR, Actor, Grant, Role
from portal.core.transaction import transaction
from portal.demo.register.codelists import write_code_lists
from portal.demo.register.places import RegisterPlace, places_elsewhere
from portal.demo.register.writing import Recipe, make_entries
from tests.factories.territory import SMALL_SEATS

Entry = dict[str, Any]

# The municipalities of the small test territory, under the register's codes.
PLACES = tuple(
    RegisterPlace(
        place.code, place.name, "77900", "Okres/3805", "Kraj/124", "Olomoucký kraj", "CZ071", place.population
    )
    for seat in SMALL_SEATS
    for place in seat.municipalities
)
ADMINISTRATOR = Actor(user_id=1, name="Správa", grants=frozenset({Grant(Role.ADMINISTRATOR)}))

# Tables that tell about imports, not about the catalogue.
ABOUT_IMPORTS = {"catalog_imports", "catalog_import_changes", "catalog_version", "audit_entries", "jobs"}


def some_entries(services: int = 40, **recipe: Any) -> list[Entry]:
    """Entries of the region alone, without traps, unless told otherwise."""
    settings = {"elsewhere": 0.0, "traps": False, **recipe}
    return [entry for entry, _trap, _here in make_entries(Recipe(services, **settings), PLACES)]


def write_files(folder: Path, entries: Sequence[Entry] | bytes, name: str = "register.json") -> RegisterFiles:
    """A register file of these entries (or bytes), with its code lists."""
    folder.mkdir(parents=True, exist_ok=True)
    register = folder / name
    if isinstance(entries, bytes):
        register.write_bytes(entries)
    else:
        register.write_text(json.dumps({"polozky": entries}, ensure_ascii=False), encoding="utf-8")
    if not (folder / "lists").exists():
        write_code_lists(folder / "lists", [*PLACES, *places_elsewhere()])
    return RegisterFiles(register, folder / "lists")


def take(folder: Path, entries: Sequence[Entry] | bytes, actor: Actor = OPERATOR) -> ImportInfo:
    """Preview a file of these entries."""
    return take_file(actor, write_files(folder, entries))


def apply(info: ImportInfo, *, confirmed: bool = True, actor: Actor = OPERATOR) -> ImportInfo:
    with transaction():
        return apply_import(actor, import_id=info.id, confirmed=confirmed)


def take_and_apply(folder: Path, entries: Sequence[Entry]) -> ImportInfo:
    """Make a file live, confirming it if need be."""
    return apply(take(folder, entries))


def dump(leave_out: set[str] = ABOUT_IMPORTS) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the database, by table."""
    with transaction():
        return {
            table.name: sorted((tuple(row) for row in db.session.execute(sa.select(table))), key=repr)
            for table in Model.metadata.sorted_tables
            if table.name not in leave_out
        }


def changed(entries: Sequence[Entry], number: int, change: Callable[[Entry], None]) -> list[Entry]:
    """The entries with one of them changed."""
    copies: list[Entry] = json.loads(json.dumps(entries))
    change(copies[number])
    return copies


def count(model: type) -> int:
    """Rows of a table."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def find(register_id: int) -> Service | None:
    """A service as it is in the database now."""
    db.session.expire_all()
    return db.session.scalar(sa.select(Service).where(Service.register_id == register_id))


def rename(entry: dict) -> None:
    """Change an entry of the file in a way that the preview shows."""
    for facility in entry["zarizeni"]:
        facility["nazev"] = "Nové jméno"
