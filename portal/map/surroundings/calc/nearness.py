"""Services by distance from a point, and which municipalities are neighbours. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely
import shapely.geometry

from portal.core.czech import czech_sort_key
from portal.map.access.calc.distance import straight_km
from portal.map.surroundings.types import NearService, ServiceLine

TOUCH_DEGREES = 1e-6  # boundaries of the web are one coverage; rounding of coordinates lies below this


def address_of(facility: Mapping[str, Any]) -> str:
    """Street and number, municipality; the municipality alone where its middle stands for the address."""
    municipality = _text(facility["municipality_name"])
    if not facility["point_is_exact"] and not _text(facility["street"]):
        return municipality
    first = f"{_text(facility['street']) or municipality} {_text(facility['house_number'])}".strip()
    return f"{first}, {municipality}" if _text(facility["street"]) and municipality else first


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value).strip()


def near_services(
    services: pd.DataFrame, facilities: pd.DataFrame, lon: float, lat: float, km: float
) -> list[NearService]:
    """Services not farther than ``km`` in a straight line, each at its nearest place, the nearest first.

    Frames as of ``catalog.service.places.PlacedServices``; a secret facility and one without a point are never near.
    """
    open_ones = facilities[~facilities["secret"].astype(bool) & facilities["lon"].notna()]
    open_ones = open_ones[open_ones["service_id"].isin(services["service_id"])]
    count = len(open_ones)
    distance = straight_km(
        np.full(count, lon),
        np.full(count, lat),
        open_ones["lon"].to_numpy(dtype=float),
        open_ones["lat"].to_numpy(dtype=float),
    )
    told = {row["service_id"]: row for row in _records(services)}
    near = open_ones.assign(km=distance)[distance <= km]
    near = near.sort_values("km", kind="stable").drop_duplicates("service_id")
    found = [_near(told[row["service_id"]], row) for row in _records(near)]
    return sorted(found, key=lambda one: (round(one.km, 3), czech_sort_key(one.name), one.register_id))


def _near(service: Mapping[str, Any], facility: Mapping[str, Any]) -> NearService:
    return NearService(
        register_id=int(service["register_id"]),
        name=service["name"],
        type_code=service["type_code"],
        provider_name=service["provider_name"],
        address=address_of(facility),
        km=float(facility["km"]),
        is_exact=bool(facility["point_is_exact"]),
    )


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return frame.to_dict("records")  # type: ignore[return-value]  # columns are named by text


def services_inside(services: pd.DataFrame, facilities: pd.DataFrame, code: str) -> list[ServiceLine]:
    """Services with an open facility in the municipality, with the address of the first one, in Czech order."""
    here = facilities[~facilities["secret"].astype(bool) & (facilities["municipality_code"] == code)]
    first = {row["service_id"]: address_of(row) for row in reversed(_records(here))}
    return _lines(services[services["service_id"].isin(list(first))], first)


def services_declared(services: pd.DataFrame, inside: Sequence[ServiceLine]) -> list[ServiceLine]:
    """Services that declare to work in the whole region and have no facility in the municipality, in Czech order."""
    there = {line.register_id for line in inside}
    wide = services[services["region_wide"].astype(bool) & ~services["register_id"].isin(list(there))]
    return _lines(wide, {})


def _lines(services: pd.DataFrame, address: Mapping[Any, str]) -> list[ServiceLine]:
    columns = ["service_id", "register_id", "name", "type_code", "provider_name"]
    found = [
        ServiceLine(int(register_id), name, type_code, provider, address.get(service_id, ""))
        for service_id, register_id, name, type_code, provider in services[columns].itertuples(index=False)
    ]
    return sorted(found, key=lambda line: (czech_sort_key(line.name), line.register_id))


def neighbours(shapes: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Codes of the units that touch each unit, by its code; geometries are GeoJSON in degrees."""
    codes = sorted(shapes)
    geometries = [shapely.geometry.shape(dict(shapes[code])) for code in codes]
    tree = shapely.STRtree(geometries)
    pairs = tree.query(geometries, predicate="dwithin", distance=TOUCH_DEGREES)
    found: dict[str, list[str]] = {code: [] for code in codes}
    for one, other in zip(*pairs.tolist(), strict=True):
        if one != other:
            found[codes[one]].append(codes[other])
    return {code: tuple(sorted(near)) for code, near in found.items()}
