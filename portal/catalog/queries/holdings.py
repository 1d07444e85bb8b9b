"""Counts of what the catalogue holds."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import case, func, or_, select

from portal.catalog.models import Facility, Provider, Service
from portal.catalog.types import section_order
from portal.core.db import db


def services(on: date) -> dict[str, Any]:
    """Services by state on a day and by type; those without a type do not exist."""
    active = or_(Service.ended_on.is_(None), Service.ended_on >= on)
    rows = db.session.execute(
        select(
            Service.type_code,
            func.count().label("total"),
            func.sum(case((active, 1), else_=0)).label("active"),
            func.sum(case((Service.region_wide & active, 1), else_=0)).label("region_wide"),
            func.sum(case((Service.missing_since.is_not(None), 1), else_=0)).label("missing"),
            func.sum(case((Service.verified_on.is_not(None), 1), else_=0)).label("verified"),
        ).group_by(Service.type_code)
    ).all()
    total, running = sum(row.total for row in rows), sum(row.active for row in rows)
    return {
        "services": {
            "total": total,
            "active": running,
            "ended": total - running,
            "region_wide": sum(row.region_wide for row in rows),
            "missing_from_register": sum(row.missing for row in rows),
            "verified": sum(row.verified for row in rows),
        },
        "active_by_type": {row.type_code: row.active for row in sorted(rows, key=lambda r: section_order(r.type_code))},
    }


def providers() -> int:
    return db.session.scalar(select(func.count()).select_from(Provider)) or 0


def facilities() -> dict[str, int]:
    row = db.session.execute(
        select(
            func.count(),
            func.count(case((Facility.secret, 1))),
            func.count(case((Facility.point_is_exact, 1))),
            func.count(case((Facility.lon.is_(None) & ~Facility.secret, 1))),
        )
    ).one()
    return {"total": row[0], "secret": row[1], "exact_point": row[2], "without_point": row[3]}
