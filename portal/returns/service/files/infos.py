"""Imports of files of returns as pages and commands show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.core.db import db
from portal.returns.files.filed import Problem
from portal.returns.models import ReturnImport, ReturnImportItem
from portal.returns.queries import many
from portal.returns.residences.types import ResidenceState
from portal.returns.service.files.planning import PlannedReturn
from portal.returns.service.files.stored import (
    cells_as_dict,
    comments_as_dict,
    problem_from_dict,
    residences_as_dict,
)
from portal.returns.types import Period

PREVIEWED, BLOCKED, APPLIED, ROLLED_BACK, DISCARDED = "previewed", "blocked", "applied", "rolled_back", "discarded"


@dataclass(frozen=True)
class ItemInfo:
    """What a file does to one return, as pages show it."""

    register_id: int
    name: str
    kind: str
    changed: int
    emptied: int
    missing: int
    residences: ResidenceState | None  # what the territory part says then; None: it is left as it is
    residence_rows: int  # how many of its rows change


@dataclass(frozen=True)
class ImportInfo:
    """One import, as pages and commands show it."""

    id: int
    state: str
    file_name: str
    period: Period
    empty: int
    errors: int
    warnings: int
    problems: Sequence[Problem]  # the first of them
    items: Sequence[ItemInfo]
    has_marked: bool
    created_at_utc: datetime
    actor_name: str
    applied_at_utc: datetime | None
    rolled_back_at_utc: datetime | None
    applied_before_at_utc: datetime | None = None  # when the same content was imported, if it was

    def count(self, kind: str) -> int:
        return sum(item.kind == kind for item in self.items)

    @property
    def to_write(self) -> int:
        return self.count("new") + self.count("changed")

    @property
    def may_apply(self) -> bool:
        return self.state == PREVIEWED and self.to_write > 0


def item_of(import_id: int, planned: PlannedReturn) -> ReturnImportItem:
    """What a file does to one return, as it is stored with the preview."""
    part = planned.part
    return ReturnImportItem(
        import_id=import_id,
        service_id=planned.head.id,
        register_id=planned.head.register_id,
        provider_ico=planned.head.provider_ico,
        name=planned.head.name,
        kind=planned.kind,
        base_version=planned.base_version,
        missing=planned.missing,
        changed_cells=len(planned.cells),
        emptied_cells=planned.emptied,
        cells=cells_as_dict(planned.cells),
        comments=comments_as_dict(planned.comments),
        residences=None if part is None else residences_as_dict(part.residences),
        residence_version=0 if part is None else part.base_version,
        residence_rows=0 if part is None else part.changed,
    )


def _item_info(item: ReturnImportItem) -> ItemInfo:
    state = None if item.residences is None else ResidenceState(item.residences["state"])
    return ItemInfo(
        item.register_id,
        item.name,
        item.kind,
        item.changed_cells,
        item.emptied_cells,
        item.missing,
        state,
        item.residence_rows,
    )


def info_of(row: ReturnImport, items: Sequence[ReturnImportItem] | None = None) -> ImportInfo:
    """The import; with ``items`` handed in, as a line of a list: without its problems."""
    known = many.items_of(row.id) if items is None else items
    earlier = select(ReturnImport.applied_at_utc).where(
        ReturnImport.content_hash == row.content_hash, ReturnImport.state == APPLIED, ReturnImport.id < row.id
    )
    return ImportInfo(
        id=row.id,
        state=row.state,
        file_name=row.file_name,
        period=Period.parse(row.period),
        empty=row.empty,
        errors=row.errors,
        warnings=row.warnings,
        problems=[problem_from_dict(stored) for stored in row.problems] if items is None else [],
        items=[_item_info(item) for item in known],
        has_marked=row.marked is not None,
        created_at_utc=row.created_at_utc,
        actor_name=row.actor_name,
        applied_at_utc=row.applied_at_utc,
        rolled_back_at_utc=row.rolled_back_at_utc,
        applied_before_at_utc=db.session.scalar(earlier.order_by(ReturnImport.id.desc()).limit(1))
        if items is None
        else None,
    )
