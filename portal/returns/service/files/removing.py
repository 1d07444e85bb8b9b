"""Returns that an import began and nobody touched since: taken back, they go as they came."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete, exists, or_, select

from portal.core.db import db
from portal.returns.models import Return, ReturnEvent, ReturnImportItem, ReturnNote
from portal.returns.queries import residences
from portal.returns.queries.many import chunks
from portal.returns.types import Period


def begun_here(
    items: Sequence[ReturnImportItem], returns: Mapping[int, Return], period: Period
) -> dict[int, ReturnImportItem]:
    """By id of the return the items that began one which holds nothing but what they wrote. Two queries."""
    found = {
        stored.id: item
        for item in items
        for stored in [returns.get(item.service_id)]
        if stored is not None and item.base_version == item.residence_version == 0
        if stored.version == item.after_version
    }
    parts = residences.parts_of_services([item.service_id for item in found.values()], period)
    of_others = {
        return_id
        for return_id, item in found.items()
        if (part := parts.get(item.service_id)) is not None and part.version != item.after_residence_version
    } | _stepped(found)
    return {return_id: item for return_id, item in found.items() if return_id not in of_others}


def _stepped(return_ids: Collection[int]) -> set[int]:
    """Those with a step of the review behind them or a note of the kraj."""
    events = exists().where(ReturnEvent.return_id == Return.id)
    notes = exists().where(ReturnNote.return_id == Return.id)
    return {
        one
        for some in chunks(return_ids)
        for one in db.session.scalars(select(Return.id).where(Return.id.in_(some), or_(events, notes)))
    }


def remove_returns(return_ids: Collection[int]) -> None:
    """With their cells and what was kept about them."""
    for some in chunks(return_ids):
        db.session.execute(delete(Return).where(Return.id.in_(some)))
    db.session.expire_all()
