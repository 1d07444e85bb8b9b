"""Import of municipal support: read, compare, show. Nothing is live before it is applied, see ``applying``."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from portal.core import audit, import_steps
from portal.core.clock import today
from portal.core.czech import fold
from portal.core.db import db
from portal.core.errors import Forbidden, ImportRejected, RowError
from portal.core.import_states import ImportInfo
from portal.core.import_steps import Reached, begun, import_info, list_infos, reached_within, repeated_import
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.core.workbooks.files import read_guarded
from portal.grants import queries
from portal.grants.ingest.columns import find_columns
from portal.grants.ingest.rows import Known, ReadRows, read_rows, service_keys
from portal.grants.models import GrantFigure, GrantImport, GrantImportItem
from portal.grants.queries import imports as stored
from portal.grants.service.figures import figure_as_dict, given_as_dict, given_from_dict, given_of
from portal.grants.types import Given, ImportLine, Kind, ReadGrant, Side
from portal.territory import service as territory
from portal.territory.types import Level

Planned = tuple[ReadGrant, GrantFigure | None, Given]
PAGE = 100


def reached_imports(actor: Actor) -> Reached[GrantImport]:
    """Imports that the actor reaches: those of all for the kraj, which takes them over and back as well. Raises
    Forbidden."""
    if not actor.can(Permission.GRANT_IMPORT):
        raise Forbidden(_m("Your role does not allow this."))
    codes = actor.municipality_codes(Permission.GRANT_IMPORT)
    return reached_within(
        codes, actor, GrantImport, held=(GrantImportItem.import_id, GrantImportItem.municipality_code)
    )


def take_file(actor: Actor, path: Path, *, name: str) -> ImportInfo:
    """Read a file (XLSX, CSV) and store what it would change; nothing else is written.

    A file with faults is stored as rejected, with its faults by row and cell; rows of municipalities that the actor
    does not write for are faults. The figures that are live already by an earlier import are not stored again: its info
    comes back, ``repeated``. Raises ImportRejected for a file that cannot be read or has no such columns, Forbidden.
    """
    reached = reached_imports(actor)
    raw = read_guarded(path, name)
    sheet = next((one for one in raw.sheets if one.cells), None)
    if sheet is None:
        raise ImportRejected(_m("%(name)s is empty.", name=name))
    columns = find_columns(sheet, name)
    known = _known(*service_keys(sheet, columns), actor.municipality_codes(Permission.GRANT_IMPORT))
    found = read_rows(sheet, columns, known, name, today())
    content_hash = _hash(found)
    planned = [] if found.faults else _planned(found.grants)
    found.faults.extend(_lost_contracts(planned))
    if not found.faults:
        is_live = all(_is_same(figure, given) for _grant, figure, given in planned)
        live = repeated_import(reached, content_hash, is_live=is_live)
        if live is not None:
            return replace(import_info(reached, live), repeated=True)
    row = _store(actor, name, content_hash, found, planned)
    record(actor, "read", row)
    return import_info(reached, row)


def _known(register_ids: set[int], identifiers: set[str], reached: frozenset[str] | None) -> Known:
    services = queries.known_services(register_ids, identifiers)
    units = territory.list_units(Level.MUNICIPALITY)
    names = Counter(fold(unit.name) for unit in units)
    return Known(
        by_register_id={one.register_id: one.id for one in services},
        by_identifier={one.identifier: one.id for one in services if one.identifier},
        municipalities={
            **{fold(unit.name): unit.code for unit in units if names[fold(unit.name)] == 1},
            **{unit.code: unit.code for unit in units},
        },
        ambiguous=frozenset(name for name, count in names.items() if count > 1),
        reached=reached,
    )


def _hash(found: ReadRows) -> str:
    """Of the figures as they were understood, in any order: a file saved by another program is the same."""
    plain = (
        sorted([*map(str, grant.key), *given_as_dict(grant.given).values()] for grant in found.grants)
        if not found.faults
        else [[fault.row, fault.column, str(fault.message)] for fault in found.faults]
    )
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()


def _planned(grants: Sequence[ReadGrant]) -> list[Planned]:
    """Each figure beside the stored one, and what it would become: a file without contracts does not erase them."""
    there = queries.figures_by_key([grant.key for grant in grants], Side.MUNICIPALITY)
    planned = []
    for grant in grants:
        figure = there.get(grant.key)
        planned.append((grant, figure, grant.given if figure is None else _over(given_of(figure), grant.given)))
    return planned


def _over(there: Given, given: Given) -> Given:
    """What a row of a file makes of a stored figure: what the row does not say stays."""
    note = given.note or there.note
    if given.contracts:
        return replace(given, note=note)
    if there.contracts and not (given.contract or given.granted_on):
        return replace(there, note=note) if given.amount == there.amount else replace(given, note=note)
    return Given(given.amount, given.contract or there.contract, given.granted_on or there.granted_on, note)


def _lost_contracts(planned: Sequence[Planned]) -> list[RowError]:
    """Rows without a contract that would put another amount in place of several contracts."""
    return [
        RowError(
            _m("This support stands on several contracts. Write a row for each of them with its contract."),
            row=str(grant.row),
        )
        for grant, figure, given in planned
        if figure is not None and figure.contracts and not (given.contracts or given.contract)
    ]


def _is_same(figure: GrantFigure | None, given: Given) -> bool:
    return figure is not None and given_of(figure) == given


def _store(
    actor: Actor,
    name: str,
    content_hash: str,
    found: ReadRows,
    planned: Sequence[Planned],
) -> GrantImport:
    changes = [one for one in planned if not _is_same(one[1], one[2])]
    new = sum(figure is None for _grant, figure, _given in changes)
    row = GrantImport(
        **begun(actor, name=name, content_hash=content_hash, faults=found.faults),
        rows=found.rows,
        new=new,
        changed=len(changes) - new,
        same=len(planned) - len(changes),
    )
    db.session.add(row)
    db.session.flush()
    items = [
        {
            "import_id": row.id,
            "row": grant.row,
            "service_id": grant.key.service_id,
            "municipality_code": grant.key.municipality_code,
            "year": grant.key.year,
            "kind": str(grant.key.kind),
            "base_version": None if figure is None else figure.version,
            "before": None if figure is None else figure_as_dict(figure),
            "after": given_as_dict(given),
            "after_version": None,
        }
        for grant, figure, given in changes
    ]
    if items:
        db.session.execute(insert(GrantImportItem), items)
    return row


def get_import(actor: Actor, import_id: int) -> ImportInfo:
    """Raises NotFound, Forbidden."""
    reached = reached_imports(actor)
    return import_info(reached, import_steps.get_import(reached, import_id))


def list_imports(actor: Actor, *, limit: int = 20, offset: int = 0) -> tuple[list[ImportInfo], int]:
    """A page of the history, the youngest first, and the number of all. Raises Forbidden."""
    return list_infos(reached_imports(actor), limit=limit, offset=offset)


def read_import(actor: Actor, import_id: int, *, page: int = 1) -> tuple[ImportInfo, list[ImportLine], int]:
    """An import, a page of what it does in the order of the file, and the number of all. Raises NotFound, Forbidden."""
    info = get_import(actor, import_id)
    rows, count = stored.items_page(import_id, PAGE, (page - 1) * PAGE)
    lines = [
        ImportLine(
            row=item.row,
            kind=Kind(item.kind),
            year=item.year,
            register_id=register_id,
            service_name=name,
            municipality_code=item.municipality_code,
            before=None if item.before is None else given_from_dict(item.before).amount,
            after=given_from_dict(item.after).amount,
        )
        for item, register_id, name in rows
    ]
    return info, lines, count


def record(actor: Actor, what: str, row: GrantImport) -> None:
    details: dict[str, Any] = {"rows": row.rows, "new": row.new, "changed": row.changed, "faults": row.fault_count}
    audit.record(actor, f"grants.import.{what}", object_kind="grant_import", object_key=row.id, details=details)
