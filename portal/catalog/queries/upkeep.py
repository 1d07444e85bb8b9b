"""Entries as their providers keep them, and proposals of changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Select, func, or_, select

from portal.catalog.models import EditProposal, Provider, Service
from portal.core.db import db


class OwnEntryRow(NamedTuple):
    register_id: int
    name: str
    type_code: str
    provider_name: str
    verified_on: date | None
    changed_on: date | None
    open_proposal_id: int | None


def own_entries(icos: Collection[str] | None, on: date) -> list[OwnEntryRow]:
    """Services of these providers (None: of all) that have not ended, with their open proposal. One SELECT."""
    statement = (
        select(
            Service.register_id,
            Service.name,
            Service.type_code,
            Provider.name,
            Service.verified_on,
            Service.changed_on,
            EditProposal.id,
        )
        .join(Provider, Provider.id == Service.provider_id)
        .outerjoin(EditProposal, (EditProposal.service_id == Service.id) & (EditProposal.state == "open"))
        .where(or_(Service.ended_on.is_(None), Service.ended_on >= on))
        .order_by(Provider.name, Service.register_id)
    )
    if icos is not None:
        statement = statement.where(Provider.ico.in_(sorted(icos)))
    return [OwnEntryRow._make(row) for row in db.session.execute(statement)]


class ProposalRow(NamedTuple):
    proposal: EditProposal
    register_id: int
    service_name: str
    provider_ico: str
    provider_name: str


def _proposals() -> Select[EditProposal, int, str, str, str]:
    return (
        select(EditProposal, Service.register_id, Service.name, Provider.ico, Provider.name)
        .join(Service, Service.id == EditProposal.service_id)
        .join(Provider, Provider.id == Service.provider_id)
    )


def find_proposal(proposal_id: int, *, lock: bool = False) -> ProposalRow | None:
    """A proposal with its service; ``lock`` keeps others from deciding it in the meantime."""
    statement = _proposals().where(EditProposal.id == proposal_id)
    if lock:
        statement = statement.with_for_update(of=EditProposal)
    row = db.session.execute(statement.execution_options(populate_existing=True)).first()
    return ProposalRow._make(row) if row else None


def open_proposals() -> Sequence[ProposalRow]:
    """The oldest first: who waits longest is served first."""
    rows = db.session.execute(_proposals().where(EditProposal.state == "open").order_by(EditProposal.id))
    return [ProposalRow._make(row) for row in rows]


def settled_proposals(limit: int) -> Sequence[ProposalRow]:
    """Decided and withdrawn ones, the latest first."""
    rows = db.session.execute(
        _proposals()
        .where(EditProposal.state != "open")
        .order_by(EditProposal.decided_at_utc.desc(), EditProposal.id.desc())
        .limit(limit)
    )
    return [ProposalRow._make(row) for row in rows]


def proposals_of(register_id: int, limit: int) -> Sequence[ProposalRow]:
    """Proposals of one service, the latest first."""
    rows = db.session.execute(
        _proposals().where(Service.register_id == register_id).order_by(EditProposal.id.desc()).limit(limit)
    )
    return [ProposalRow._make(row) for row in rows]


def count_open() -> int:
    return db.session.scalar(select(func.count()).select_from(EditProposal).where(EditProposal.state == "open")) or 0
