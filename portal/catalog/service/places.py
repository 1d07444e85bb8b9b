"""Where services are: frames for the map. The public register; secret addresses never come out of here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from portal.catalog.queries import places as queries
from portal.catalog.types import has_ended
from portal.core.errors import NotFound
from portal.core.messages import _m


@dataclass(frozen=True)
class PlacedServices:
    """Services provided on one day, with their registered capacity and open facilities.

    ``services``: service_id, register_id, name, type_code, provider_name, region_wide; by service_id.
    ``capacities``: service_id, form, unit, amount (NaN: not stated; unit None: the form has no capacity entry).
    ``facilities``: service_id, secret, municipality_code, orp_code, street, house_number, municipality_name,
    lon, lat (WGS 84, NaN: no point), point_is_exact; of a secret one only service_id and secret are filled.
    """

    services: pd.DataFrame
    capacities: pd.DataFrame
    facilities: pd.DataFrame
    catalogue_known: bool  # False: there is no service in the catalogue at all


@dataclass(frozen=True)
class ServiceOnMap:
    """One service as a link names it."""

    service_id: int
    register_id: int
    name: str
    type_code: str
    region_wide: bool
    is_provided: bool  # on the day asked about


def find_placed(day: date, *, type_code: str | None = None, form: str | None = None) -> PlacedServices:
    """Services provided on the day, of one type and form or of all. Three queries, whatever their number."""
    services = pd.DataFrame(queries.select_services(day, type_code, form), columns=list(queries.SERVICE_COLUMNS))
    capacities = pd.DataFrame(
        queries.select_capacities(day, type_code, form),
        columns=list(queries.CAPACITY_COLUMNS),
    ).astype({"amount": float})
    facilities = pd.DataFrame(
        queries.select_facilities(day, type_code, form),
        columns=list(queries.FACILITY_COLUMNS),
    ).astype({"secret": bool, "lon": float, "lat": float})
    return PlacedServices(services, capacities, facilities, len(services) > 0 or queries.has_any_service())


def find_groups(day: date) -> pd.DataFrame:
    """Target groups of the services provided on the day: service_id, code (of the register's list). One query."""
    return pd.DataFrame(queries.select_groups(day), columns=["service_id", "code"])


def find_service_on_map(register_id: int, day: date) -> ServiceOnMap:
    """The service a link to the map names. Raises NotFound."""
    row = queries.find_service(register_id)
    if row is None:
        raise NotFound(_m("There is no such service."))
    begun = row.started_on is None or row.started_on <= day
    return ServiceOnMap(
        service_id=row.id,
        register_id=row.register_id,
        name=row.name,
        type_code=row.type_code,
        region_wide=row.region_wide,
        is_provided=begun and not has_ended(row.ended_on, day),
    )
