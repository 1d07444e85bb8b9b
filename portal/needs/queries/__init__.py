"""SELECTs of the needs of municipalities. Private to them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, or_, select

from portal.core import import_steps
from portal.core.cells import Cell, CellState
from portal.core.db import db
from portal.needs.models import (
    MunicipalNeed,
    MunicipalNeedChange,
    MunicipalNeedImport,
    MunicipalNeedImportItem,
    MunicipalNeedReport,
    NeedGuide,
)
from portal.needs.types import Correction, Guide, HandedOver, Key, Row, Source

AT_ONCE = 500


def needs(periods: Collection[str], codes: Collection[str] | None = None) -> list[Row]:
    """Figures of these quarters (of these municipalities; None is all) by quarter, municipality and key. One
    statement; a filter by more municipalities than fit into one is left to the caller's own."""
    query = select(MunicipalNeed).where(MunicipalNeed.period.in_(sorted(periods)))
    if codes is not None and len(codes) <= AT_ONCE:
        query = query.where(MunicipalNeed.municipality_code.in_(sorted(codes)))
    query = query.order_by(
        *(MunicipalNeed.period, MunicipalNeed.municipality_code, MunicipalNeed.situation),
        *(MunicipalNeed.target_group, MunicipalNeed.reason, MunicipalNeed.type_code),
    ).execution_options(populate_existing=True)
    rows = [row_of(found) for found in db.session.scalars(query)]
    return rows if codes is None else [row for row in rows if row.key.municipality_code in codes]


def stored_needs(period: str, code: str, *, for_update: bool = False) -> dict[Key, MunicipalNeed]:
    """Stored rows of one municipality and quarter by their place, locked if wanted."""
    query = select(MunicipalNeed).where(MunicipalNeed.period == period, MunicipalNeed.municipality_code == code)
    query = query.order_by(MunicipalNeed.id).execution_options(populate_existing=True)
    if for_update:
        query = query.with_for_update()
    return {key_of(row): row for row in db.session.scalars(query)}


def needs_by_key(keys: Collection[Key], *, for_update: bool = False) -> dict[Key, MunicipalNeed]:
    """Stored rows of the municipalities and quarters of these keys, all of them; some hundreds of municipalities in
    one statement, locked if wanted."""
    periods, codes = sorted({key.period for key in keys}), sorted({key.municipality_code for key in keys})
    found: dict[Key, MunicipalNeed] = {}
    for start in range(0, len(codes), AT_ONCE):
        query = select(MunicipalNeed).where(
            MunicipalNeed.period.in_(periods), MunicipalNeed.municipality_code.in_(codes[start : start + AT_ONCE])
        )
        query = query.order_by(MunicipalNeed.id).execution_options(populate_existing=True)
        for row in db.session.scalars(query.with_for_update() if for_update else query):
            found[key_of(row)] = row
    return found


def find_need(need_id: int, *, for_update: bool = False) -> MunicipalNeed | None:
    query = select(MunicipalNeed).where(MunicipalNeed.id == need_id).execution_options(populate_existing=True)
    return db.session.scalar(query.with_for_update() if for_update else query)


def key_of(row: MunicipalNeed | MunicipalNeedChange | MunicipalNeedImportItem) -> Key:
    return Key(row.period, row.municipality_code, row.situation, row.target_group, row.reason, row.type_code)


def row_of(row: MunicipalNeed) -> Row:
    return Row(
        id=row.id,
        key=key_of(row),
        said=cell_of(row.state, row.persons),
        note=row.note,
        source=Source(row.source),
        actor_name=row.actor_name,
        at_utc=row.changed_at_utc,
        version=row.version,
        correction=_correction(row),
    )


def cell_of(state: str, persons: int | None) -> Cell:
    known = CellState(state)
    return Cell.of(persons) if known.has_number else Cell(known)


def _correction(row: MunicipalNeed) -> Correction | None:
    if row.corrected_state is None or row.corrected_at_utc is None:
        return None
    return Correction(
        persons=cell_of(row.corrected_state, row.corrected_persons),
        why=row.corrected_why or "",
        source=Source(row.corrected_source or Source.REGION),
        actor_name=row.corrected_by or "",
        at_utc=row.corrected_at_utc,
    )


def changes_of(period: str, code: str, limit: int, key: Key | None = None) -> list[MunicipalNeedChange]:
    """The last steps of the history of a municipality and quarter (of one figure), the youngest first."""
    query = select(MunicipalNeedChange).where(
        MunicipalNeedChange.period == period, MunicipalNeedChange.municipality_code == code
    )
    if key is not None:
        query = query.where(
            MunicipalNeedChange.situation == key.situation,
            MunicipalNeedChange.target_group == key.target_group,
            MunicipalNeedChange.reason == key.reason,
            MunicipalNeedChange.type_code == key.type_code,
        )
    return list(db.session.scalars(query.order_by(MunicipalNeedChange.id.desc()).limit(limit)))


def changes_of_removed(period: str, code: str, limit: int) -> list[MunicipalNeedChange]:
    """The last steps of the history of figures and marks that a municipality and quarter no longer has, the youngest
    first."""
    same = [getattr(MunicipalNeed, name) == getattr(MunicipalNeedChange, name) for name in Key._fields]
    query = select(MunicipalNeedChange).where(
        MunicipalNeedChange.period == period,
        MunicipalNeedChange.municipality_code == code,
        ~exists().where(*same),
    )
    return list(db.session.scalars(query.order_by(MunicipalNeedChange.id.desc()).limit(limit)))


def import_items(import_id: int, *, limit: int | None = None, offset: int = 0) -> list[MunicipalNeedImportItem]:
    """What an import does, in the order of the file (a page of it)."""
    query = select(MunicipalNeedImportItem).where(MunicipalNeedImportItem.import_id == import_id)
    query = query.order_by(MunicipalNeedImportItem.id)
    return list(db.session.scalars(query if limit is None else query.limit(limit).offset(offset)))


def items_under(items: Mapping[Key, MunicipalNeedImportItem]) -> dict[Key, MunicipalNeedImportItem]:
    """What live imports wrote and these items wrote over."""
    item = MunicipalNeedImportItem
    return import_steps.items_under(item, MunicipalNeedImport, item.municipality_code, items, key_of)


def count_import_items(import_id: int) -> int:
    query = select(func.count()).select_from(MunicipalNeedImportItem)
    return db.session.scalar(query.where(MunicipalNeedImportItem.import_id == import_id)) or 0


def handed_over(period: str, code: str | None = None) -> dict[str, HandedOver]:
    """By municipality (this one; None is all): that its figures of the quarter are complete. One statement."""
    changed = exists().where(
        MunicipalNeedChange.period == MunicipalNeedReport.period,
        MunicipalNeedChange.municipality_code == MunicipalNeedReport.municipality_code,
        MunicipalNeedChange.at_utc > MunicipalNeedReport.handed_over_at_utc,
    )
    query = select(MunicipalNeedReport, changed).where(MunicipalNeedReport.period == period)
    if code is not None:
        query = query.where(MunicipalNeedReport.municipality_code == code)
    return {
        row.municipality_code: HandedOver(row.handed_over_at_utc, row.actor_name, Source(row.source), changed_since)
        for row, changed_since in db.session.execute(query)
    }


def counting_changed(asked: Sequence[tuple[str, datetime]]) -> list[bool]:
    """Of each quarter and moment: whether what counts of any figure of it changed later than that. A note, or a
    correction to the same number, changes nothing. One statement."""
    before, after = _counting(MunicipalNeedChange.before), _counting(MunicipalNeedChange.after)
    differs = or_(before[0].is_distinct_from(after[0]), before[1].is_distinct_from(after[1]))
    step = MunicipalNeedChange
    found = [exists().where(step.period == period, step.at_utc > moment, differs) for period, moment in asked]
    return list(db.session.execute(select(*found)).one()) if found else []


def _counting(kept: Any) -> tuple[ColumnElement[str | None], ColumnElement[int | None]]:
    """State and persons that count, of a figure as the history keeps it; null where there is none."""
    is_corrected = kept["corrected_state"].as_string().is_not(None)
    return (
        case((is_corrected, kept["corrected_state"].as_string()), else_=kept["state"].as_string()),
        case((is_corrected, kept["corrected_persons"].as_integer()), else_=kept["persons"].as_integer()),
    )


def find_report(period: str, code: str) -> MunicipalNeedReport | None:
    return db.session.get(MunicipalNeedReport, (period, code))


def periods_with_needs(codes: Collection[str] | None = None) -> list[str]:
    """Quarters that anybody (of these municipalities; None is all) told needs of, the latest first."""
    query = select(MunicipalNeed.period).distinct().order_by(MunicipalNeed.period.desc())
    if codes is not None:
        query = query.where(MunicipalNeed.municipality_code.in_(sorted(codes)))
    return list(db.session.scalars(query))


def guides(limit: int | None = None) -> Sequence[Guide]:
    """Versions of the methodical text, the latest first."""
    query = select(NeedGuide).order_by(NeedGuide.version.desc())
    rows = db.session.scalars(query if limit is None else query.limit(limit))
    return [Guide(row.version, row.text, row.written_at_utc, row.actor_name) for row in rows]
