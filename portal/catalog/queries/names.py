"""Names of providers by IČO."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from portal.catalog.models import Provider
from portal.core.db import db


def provider_names(icos: Collection[str]) -> dict[str, str]:
    """Names of those of the IČO that the catalogue knows."""
    statement = select(Provider.ico, Provider.name).where(Provider.ico.in_(sorted(icos)))
    return {row.ico: row.name for row in db.session.execute(statement)}
