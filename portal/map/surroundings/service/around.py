"""Services near a place: the public register and public addresses alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from portal.catalog.service.places import PlacedServices, find_placed
from portal.catalog.types import Form
from portal.map.surroundings.calc.finding import (
    address_code,
    address_place,
    asks_for_address,
    find_places,
    near_addresses,
    near_towns,
    point_place,
    suggested_places,
    with_points,
)
from portal.map.surroundings.calc.nearness import address_of, near_services
from portal.map.surroundings.types import MOST_CANDIDATES, NearService, Place
from portal.territory import service as territory
from portal.territory.addresses.service import find_address, find_addresses, suggest_addresses
from portal.territory.types import Level


@dataclass(frozen=True)
class Around:
    """What was found: ``places`` that the text may mean, and the services around the only one.

    At most MOST_CANDIDATES places; ``has_more`` when the text may mean others. ``services`` is None unless there is
    exactly one place. ``placeless`` work in the whole region without a place. ``suggested``: what a text that means
    no place may have meant.
    """

    places: Sequence[Place]
    services: Sequence[NearService] | None
    placeless: int
    has_more: bool = False
    suggested: Sequence[Place] = ()


def find_around(text: str, km: float, day: date, *, type_code: str | None = None, form: Form | None = None) -> Around:
    """Services within ``km`` of the place that a text means. Five queries, two more to look for address points, and
    six for suggestions where nothing was found.

    Raises Invalid as ``find_places``.
    """
    placed = find_placed(day, type_code=type_code, form=form)
    places, has_more, suggested = _places(text, placed)
    region_wide = placed.services[placed.services["region_wide"].astype(bool)]
    at_places = set(placed.facilities.loc[placed.facilities["lon"].notna(), "service_id"])
    placeless = int((~region_wide["service_id"].isin(list(at_places))).sum())
    if len(places) != 1:
        has_more = has_more or len(places) > MOST_CANDIDATES
        return Around(places[:MOST_CANDIDATES], None, placeless, has_more, suggested)
    found = near_services(placed.services, placed.facilities, places[0].lon, places[0].lat, km)
    return Around(places, found, placeless)


def _places(text: str, placed: PlacedServices) -> tuple[list[Place], bool, list[Place]]:
    """Places that a text may mean, whether there are address points beside them, and what it may have meant."""
    code = address_code(text)
    if code is not None:
        point = find_address(code)
        return ([] if point is None else [address_place(point)]), False, []
    units = territory.list_units(Level.MUNICIPALITY)
    orps = {unit.code: unit.name for unit in territory.list_units(Level.ORP)}
    addresses = register_addresses(placed)
    places = find_places(text, units, orps, addresses)
    if not asks_for_address(text, places):
        return places, False, []
    found = find_addresses(text)
    places = with_points(text, places, found)
    if places:
        return places, found.has_more, []
    towns, doors = near_towns(text, units, orps), near_addresses(text, addresses)
    return [], False, suggested_places(text, towns, doors, suggest_addresses(text))


def register_addresses(placed: PlacedServices) -> list[Place]:
    """Exact addresses of the register, each once; secret facilities have none."""
    found: dict[str, Place] = {}
    rows: list[dict[str, Any]] = placed.facilities.to_dict("records")  # type: ignore[assignment]  # columns are named
    for row in rows:
        if row["secret"] or not row["point_is_exact"] or pd.isna(row["lon"]):
            continue
        lon, lat = float(row["lon"]), float(row["lat"])
        label = address_of(row)
        found.setdefault(label, point_place(label, lon, lat))
    return list(found.values())
