"""Import of needs: read, compare, show. Nothing is live before it is applied, see ``applying``.

A file says what the form could say, with the same rights: a municipality of itself, the seat of an ORP of its area, the
kraj of all; nobody puts a number in place of one that another said. What a file does not hold stays.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from portal.catalog.service.names import target_group_names
from portal.catalog.types import service_types
from portal.core import audit, import_steps
from portal.core.cells import Cell
from portal.core.czech import fold
from portal.core.db import db
from portal.core.errors import Forbidden, ImportRejected
from portal.core.import_states import ImportInfo
from portal.core.import_steps import Reached, begun, import_info, list_infos, reached_within, repeated_import
from portal.core.messages import Message, _m
from portal.core.permissions import Actor, Permission
from portal.core.workbooks.files import read_guarded
from portal.core.workbooks.sheets import RawSheet
from portal.needs import queries
from portal.needs.ingest.columns import CODE, PERIOD, PERSONS, find_columns
from portal.needs.ingest.rows import Known, ReadNeed, ReadRows, read_rows, refuse_identity, spelt
from portal.needs.models import MunicipalNeed, MunicipalNeedImport, MunicipalNeedImportItem
from portal.needs.service import figures
from portal.needs.service.reach import Reach, read_reach
from portal.needs.service.sheets import CLOSED, NOT_THEIRS, is_open, is_theirs, mark_of
from portal.needs.types import Key, Place
from portal.returns.residences.situations import adverse_situations
from portal.returns.types import Period

PAGE = 100
LANGUAGES = ("cs", "en")


@dataclass(frozen=True)
class Planned:
    """What a file does to one figure. ``persons`` None: the answer for the whole situation gives way to a figure."""

    row: int
    key: Key
    stored: MunicipalNeed | None
    persons: Cell | None
    note: str = ""

    @property
    def is_same(self) -> bool:
        stored = self.stored
        return stored is not None and (figures.said_of(stored), stored.note) == (self.persons, self.note)

    @property
    def after(self) -> dict[str, Any] | None:
        if self.persons is None:
            return None
        number = self.persons.number
        return {
            "state": str(self.persons.state),
            "persons": None if number is None else int(number),
            "note": self.note,
        }


@dataclass(frozen=True)
class ImportLine:
    """One figure that an import changes; ``before`` and ``after`` are None where there is none."""

    row: int
    key: Key
    place: Place | None
    before: Cell | None
    after: Cell | None


def reached_imports(actor: Actor, reach: Reach) -> Reached[MunicipalNeedImport]:
    """Imports that the actor reaches: those of all for the kraj. Whoever read a file takes it over and takes it back,
    as its figures are stored as said by that person. Raises Forbidden."""
    if not actor.can(Permission.NEEDS_EDIT):
        raise Forbidden(_m("Your role does not allow this."))
    return reached_within(
        None if reach.may_write_everything else reach.gathered,
        actor,
        MunicipalNeedImport,
        held=(MunicipalNeedImportItem.import_id, MunicipalNeedImportItem.municipality_code),
        by_reader_alone=True,
    )


def take_file(actor: Actor, path: Path, *, name: str) -> ImportInfo:
    """Read a file (XLSX, CSV) and store what it would change; nothing else is written.

    A file with faults is stored as rejected, with its faults by row and cell. What is live already by an earlier import
    is not stored again: its info comes back, ``repeated``. Raises ImportRejected for a file that cannot be read, has no
    such columns or holds identities of persons, which leaves no trace; Forbidden.
    """
    reach = read_reach(actor)
    reached = reached_imports(actor, reach)
    sheet = next((one for one in read_guarded(path, name).sheets if one.cells), None)
    if sheet is None:
        raise ImportRejected(_m("%(name)s is empty.", name=name))
    refuse_identity(sheet, name)
    found = _read(sheet, name, reach)
    planned = [] if found.faults else _planned(found, reach)
    changes = [one for one in planned if not one.is_same]
    content_hash = _hash(found)
    if not found.faults:
        live = repeated_import(reached, content_hash, is_live=not changes)
        if live is not None:
            return replace(import_info(reached, live), repeated=True)
    row = _store(actor, name, content_hash, found, changes, same=len(planned) - len(changes))
    record(actor, "read", row)
    return import_info(reached, row)


def _read(sheet: RawSheet, name: str, reach: Reach) -> ReadRows:
    places = reach.reached
    names = Counter(fold(place.name) for place in places)
    known = Known(
        municipalities={**{fold(place.name): place.code for place in places}, **{one.code: one.code for one in places}},
        ambiguous=frozenset(word for word, count in names.items() if count > 1),
        situations=_words((code, map(text.of, LANGUAGES)) for code, text in adverse_situations().items()),
        groups=_words((code, [text]) for code, text in target_group_names().items()),
        types=_words(
            (code, [form(language) for form in (one.name, one.name_with_section) for language in LANGUAGES])
            for code, one in service_types().items()
        ),
    )
    return read_rows(sheet, find_columns(sheet, name), known, name)


def _words(named: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    """Codes by everything that they are called and by themselves."""
    return {spelt(word): code for code, words in named for word in (*words, code)}


def _planned(found: ReadRows, reach: Reach) -> list[Planned]:
    """Each figure of the file beside the stored one; faults of what the reader may not write are added to the file's.

    Two queries for some hundreds of municipalities.
    """
    there = queries.needs_by_key([need.key for need in found.needs])
    with_figures = {key[:3] for key in there if not key.is_mark}
    planned: dict[Key, Planned] = {}
    for need in found.needs:
        stored = there.get(need.key)
        one = Planned(need.row, need.key, stored, need.persons, _note(need, stored))
        planned[need.key] = one
        if one.is_same:
            continue
        if need.key.is_mark and need.key[:3] in with_figures:
            found.fault(PERSONS, need.row, _m("There are figures of this situation; remove them first."))
        for column, message in _not_allowed(one, reach):
            found.fault(column, need.row, message)
        mark = mark_of(need.key)
        if stored is None and mark in there and mark != need.key:
            planned.setdefault(mark, Planned(need.row, mark, there[mark], None))
    return list(planned.values())


def _note(need: ReadNeed, stored: MunicipalNeed | None) -> str:
    """An empty one says nothing of the one there; a spreadsheet may have broken its lines otherwise."""
    there = "" if stored is None else stored.note
    return there if need.note in ("", " ".join(there.split())) else need.note


def _not_allowed(one: Planned, reach: Reach) -> Iterable[tuple[str, Message]]:
    source = reach.writes_as(one.key.municipality_code)
    if source is None:
        yield CODE, _m("Your role does not allow this.")
    elif one.stored is not None and not is_theirs(one.stored, source):
        yield PERSONS, NOT_THEIRS
    if not is_open(Period.parse(one.key.period)):
        yield PERIOD, CLOSED


def _hash(found: ReadRows) -> str:
    """Of the figures as they were understood, in any order: a file saved by another program is the same."""
    plain: list[Any]
    if found.faults:
        plain = [[fault.row, fault.column, str(fault.message)] for fault in found.faults]
    else:
        plain = sorted(
            [*need.key, str(need.persons.state), str(need.persons.number), need.note] for need in found.needs
        )
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()


def _store(
    actor: Actor, name: str, content_hash: str, found: ReadRows, changes: Sequence[Planned], *, same: int
) -> MunicipalNeedImport:
    changes = [] if found.faults else changes
    new = sum(one.stored is None for one in changes)
    row = MunicipalNeedImport(
        **begun(actor, name=name, content_hash=content_hash, faults=found.faults),
        rows=found.rows,
        new=new,
        changed=len(changes) - new,
        same=0 if found.faults else same,
    )
    db.session.add(row)
    db.session.flush()
    items = [
        {
            "import_id": row.id,
            "row": one.row,
            **one.key._asdict(),
            "base_version": None if one.stored is None else one.stored.version,
            "before": None if one.stored is None else figures.as_dict(one.stored),
            "after": one.after,
            "after_version": None,
        }
        for one in changes
    ]
    if items:
        db.session.execute(insert(MunicipalNeedImportItem), items)
    return row


def get_import(actor: Actor, import_id: int) -> ImportInfo:
    """Raises NotFound, Forbidden."""
    reached = reached_imports(actor, read_reach(actor))
    return import_info(reached, import_steps.get_import(reached, import_id))


def list_imports(actor: Actor, *, limit: int = 20, offset: int = 0) -> tuple[list[ImportInfo], int]:
    """A page of the history, the youngest first, and the number of all. Raises Forbidden."""
    return list_infos(reached_imports(actor, read_reach(actor)), limit=limit, offset=offset)


def read_import(actor: Actor, import_id: int, *, page: int = 1) -> tuple[ImportInfo, list[ImportLine], int]:
    """An import, a page of what it does in the order of the file, and the number of all. Raises NotFound, Forbidden."""
    reach = read_reach(actor)
    reached = reached_imports(actor, reach)
    info = import_info(reached, import_steps.get_import(reached, import_id))
    lines = [
        ImportLine(
            row=item.row,
            key=queries.key_of(item),
            place=reach.places.get(item.municipality_code),
            before=_cell(item.before),
            after=_cell(item.after),
        )
        for item in queries.import_items(import_id, limit=PAGE, offset=(page - 1) * PAGE)
    ]
    return info, lines, queries.count_import_items(import_id)


def _cell(stored: Mapping[str, Any] | None) -> Cell | None:
    """What was said, or would be."""
    return None if stored is None else queries.cell_of(stored["state"], stored["persons"])


def record(actor: Actor, what: str, row: MunicipalNeedImport) -> None:
    details: dict[str, Any] = {"rows": row.rows, "new": row.new, "changed": row.changed, "faults": row.fault_count}
    audit.record(actor, f"needs.import.{what}", object_kind="needs_import", object_key=row.id, details=details)
