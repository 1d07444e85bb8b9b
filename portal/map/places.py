"""Places on the map: services of one point together, in a compact form. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from portal.core.czech import czech_sort_key
from portal.map.calc import point_of

_TOLD = ["service_id", "register_id", "name", "type_code", "provider_name"]


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
    told = {
        service_id: PlacedService(register_id, name, type_code, provider)
        for service_id, register_id, name, type_code, provider in services[_TOLD].itertuples(index=False)
    }
    # Plain loops: a group of a data frame costs a millisecond, and there are as many groups as places.
    found: dict[tuple[float, float], list[dict[str, Any]]] = {}
    for facility in facilities.to_dict("records"):
        if not facility["secret"] and facility["service_id"] in told and not pd.isna(facility["lon"]):
            point = point_of(facility["lon"], facility["lat"])
            found.setdefault(point, []).append(facility)  # type: ignore[arg-type]  # columns are named by text
    return [_place(point, found[point], told) for point in sorted(found)]


def _place(point: tuple[float, float], group: list[dict[str, Any]], told: Mapping[int, PlacedService]) -> Place:
    members = {told[facility["service_id"]] for facility in group}
    is_exact = all(facility["point_is_exact"] for facility in group)
    return Place(
        lon=point[0],
        lat=point[1],
        is_exact=is_exact,
        address=_address(group[0], is_exact),
        services=tuple(sorted(members, key=lambda service: (czech_sort_key(service.name), service.register_id))),
    )


def _address(facility: Mapping[str, Any], is_exact: bool) -> str:
    """Street and number, municipality; where the point is only its middle, the municipality alone."""
    municipality = _text(facility["municipality_name"])
    if not is_exact:
        return municipality
    street, number = _text(facility["street"]), _text(facility["house_number"])
    first = f"{street or municipality} {number}".strip()
    return f"{first}, {municipality}" if street and municipality else first


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
