"""Statements of releases."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from portal.catalog.models import Facility, Provider, Service
from portal.core.db import db
from portal.core.jobs import Job
from portal.releases.models import Release
from portal.releases.types import State

LAST_JOBS = 100


def releases() -> list[Release]:
    """All of them without their content, the latest quarter first."""
    return list(db.session.scalars(select(Release).order_by(Release.period.desc())))


def release(period: str, *columns: str) -> Release | None:
    """One release, with some of its large columns."""
    wanted = [undefer(getattr(Release, name)) for name in columns]
    query = select(Release).where(Release.period == period).options(*wanted)
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def locked(period: str) -> Release | None:
    """One release with everything, held until the end of the unit of work."""
    query = select(Release).where(Release.period == period).with_for_update()
    wanted = [undefer(getattr(Release, name)) for name in ("content", "beside", "exact", "parts", "audit")]
    return db.session.scalars(query.options(*wanted).execution_options(populate_existing=True)).one_or_none()


def published_contents(other_than: str | None = None) -> list[tuple[str, list[dict[str, object]]]]:
    """Quarter and tables of all published releases, the earliest first."""
    query = select(Release.period, Release.content).where(Release.state == State.PUBLISHED)
    if other_than is not None:
        query = query.where(Release.period != other_than)
    return [(period, content) for period, content in db.session.execute(query.order_by(Release.period))]


def published_before(period: str) -> list[tuple[str, datetime, datetime, list[dict[str, Any]]]]:
    """Other published quarters: when their figures were prepared, when published, and their tables; earliest first."""
    columns = Release.period, Release.built_at_utc, Release.published_at_utc, Release.content
    query = select(*columns).where(Release.state == State.PUBLISHED, Release.period != period)
    return [tuple(row) for row in db.session.execute(query.order_by(Release.period))]


def jobs(kind: str) -> list[Job]:
    """The last jobs of a kind, the youngest first."""
    query = select(Job).where(Job.kind == kind).order_by(Job.created_at_utc.desc(), Job.id.desc())
    return list(db.session.scalars(query.limit(LAST_JOBS)))


def provider_names(icos: Collection[str]) -> dict[str, str]:
    """Names by IČO."""
    query = select(Provider.ico, Provider.name).where(Provider.ico.in_(icos))
    return {row.ico: row.name for row in db.session.execute(query)}


def providers_of_services() -> dict[int, tuple[str, str]]:
    """Type and the provider's IČO by service."""
    query = select(Service.id, Service.type_code, Provider.ico).join(Provider, Provider.id == Service.provider_id)
    return {row[0]: (row[1], row[2]) for row in db.session.execute(query)}


def municipalities_of_services() -> dict[int, str]:
    """The municipality of the first facility of each service that has one which is not secret."""
    query = (
        select(Facility.service_id, Facility.municipality_code)
        .where(Facility.municipality_code.is_not(None))
        .order_by(Facility.id.desc())  # the first of a service is read last
    )
    return {service: code for service, code in db.session.execute(query) if code}
