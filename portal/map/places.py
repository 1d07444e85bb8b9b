"""Places on the map: services of one point together, in a compact form. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

COORDINATE_DECIMALS = 5  # about one metre
_TOLD = ["register_id", "name", "type_code", "provider_name"]


@dataclass(frozen=True)
class PlacedService:
    register_id: int
    name: str
    type_code: str
    provider_name: str


@dataclass(frozen=True)
class Place:
    """One point with its services. ``is_exact`` False: the middle of the municipality stands for the address."""

    lon: float
    lat: float
    is_exact: bool
    address: str
    services: tuple[PlacedService, ...]


def group_places(services: pd.DataFrame, facilities: pd.DataFrame) -> list[Place]:
    """Places of the services that have one, in the order of their coordinates; services in that of their names.

    Frames as of ``catalog.service.places.PlacedServices``. Secret facilities and those without a point are left
    out; a service with two facilities at one point stands there once.
    """
    public = facilities[~facilities["secret"].astype(bool) & facilities["lon"].notna()]
    rows = public.merge(services, on="service_id", how="inner")
    rows = rows.assign(lon=rows["lon"].round(COORDINATE_DECIMALS), lat=rows["lat"].round(COORDINATE_DECIMALS))
    places = []
    for _, group in rows.groupby(["lon", "lat"], sort=True):
        members = group.drop_duplicates("register_id").sort_values(["name", "register_id"])
        is_exact = bool(group["point_is_exact"].astype(bool).all())
        places.append(
            Place(
                lon=float(group["lon"].iloc[0]),
                lat=float(group["lat"].iloc[0]),
                is_exact=is_exact,
                address=_address(group.iloc[0], is_exact),
                services=tuple(
                    PlacedService(register_id, name, type_code, provider)
                    for register_id, name, type_code, provider in members[_TOLD].itertuples(index=False)
                ),
            )
        )
    return places


def _address(row: pd.Series, is_exact: bool) -> str:
    """Street and number, municipality; where the point is only its middle, the municipality alone."""
    street = _text(row["street"]) if is_exact else ""
    number = _text(row["house_number"]) if is_exact else ""
    municipality = _text(row["municipality_name"])
    first = f"{street} {number}".strip() if street else (f"{municipality} {number}".strip() if number else "")
    return ", ".join(part for part in ((first, municipality) if street else (first or municipality,)) if part)


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value).strip()


def compact(places: list[Place], *, type_names: dict[str, str], service_address: str) -> dict[str, Any]:
    """The places as the browser takes them; names of types and providers are said once.

    ``service_address``: address of the page of service 0, whose number the browser replaces. Each place is
    [lon, lat, 1 if exact else 0, address, [[register id, name, type code, index of provider], ...]].
    """
    providers: dict[str, int] = {}
    for place in places:
        for service in place.services:
            providers.setdefault(service.provider_name, len(providers))
    used = {service.type_code for place in places for service in place.services}
    return {
        "service": service_address,
        "types": {code: type_names.get(code, code) for code in sorted(used)},
        "providers": list(providers),
        "places": [
            [
                place.lon,
                place.lat,
                int(place.is_exact),
                place.address,
                [[s.register_id, s.name, s.type_code, providers[s.provider_name]] for s in place.services],
            ]
            for place in places
        ],
    }
