"""Single entries of the catalogue with everything on them; a fixed number of SELECTs."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.catalog.models import Provider, Service, ServiceForm
from portal.core.db import db


def whole_service(register_id: int) -> Service | None:
    """A service with provider, forms, capacities, facilities, contacts and groups: seven SELECTs."""
    return db.session.scalar(
        select(Service)
        .where(Service.register_id == register_id)
        .options(
            joinedload(Service.provider),
            selectinload(Service.forms).selectinload(ServiceForm.capacities),
            selectinload(Service.facilities),
            selectinload(Service.contacts),
            selectinload(Service.target_groups),
            selectinload(Service.age_groups),
        )
    )


def provider(ico: str) -> Provider | None:
    return db.session.scalar(select(Provider).where(Provider.ico == ico))
