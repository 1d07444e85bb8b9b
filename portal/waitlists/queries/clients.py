"""The register of users of a service."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select

from portal.core.db import db
from portal.waitlists.models import Client

AT_ONCE = 500


def open_stay(service_id: int, code: bytes) -> Client | None:
    """The stay of a person who uses the service now."""
    query = select(Client).where(Client.service_id == service_id, Client.code == code, Client.ended_on.is_(None))
    return db.session.scalar(query)


def codes_with_stay(service_id: int, codes: Collection[bytes]) -> set[bytes]:
    """Those of the codes whose person uses the service now."""
    wanted, found = list(codes), set[bytes]()
    for start in range(0, len(wanted), AT_ONCE):
        query = select(Client.code).where(
            Client.service_id == service_id, Client.ended_on.is_(None), Client.code.in_(wanted[start : start + AT_ONCE])
        )
        found.update(db.session.scalars(query))
    return found


def open_stays_of(application_ids: Collection[int]) -> list[Client]:
    """Stays that admissions of these applications began and that have not ended."""
    wanted, found = list(application_ids), list[Client]()
    for start in range(0, len(wanted), AT_ONCE):
        query = select(Client).where(
            Client.application_id.in_(wanted[start : start + AT_ONCE]), Client.ended_on.is_(None)
        )
        found.extend(db.session.scalars(query))
    return found


def find_stay(service_id: int, client_id: int, *, for_update: bool = False) -> Client | None:
    query = select(Client).where(Client.id == client_id, Client.service_id == service_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def list_stays(service_id: int, *, only_open: bool, limit: int, offset: int) -> tuple[list[Client], int]:
    """A page of stays, the latest to begin first, and how many there are. Two statements."""
    where = [Client.service_id == service_id]
    if only_open:
        where.append(Client.ended_on.is_(None))
    total = db.session.scalar(select(func.count()).select_from(Client).where(*where)) or 0
    query = select(Client).where(*where).order_by(Client.started_on.desc(), Client.id.desc())
    return list(db.session.scalars(query.limit(limit).offset(offset))), total


def all_stays(service_id: int) -> list[Client]:
    """Every stay, the first to begin first."""
    query = select(Client).where(Client.service_id == service_id).order_by(Client.started_on, Client.id)
    return list(db.session.scalars(query))
