"""Which free places meet a wish, and in which order. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portal.core.czech import czech_sort_key
from portal.waitlists.vacancies.types import FreePlace, Sort, Wish

EARTH_KM = 6371.0


@dataclass(frozen=True)
class Near:
    """The municipality that places should be near to; without a point only those in it have a distance."""

    code: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True)
class Found:
    """A place with its distance in a straight line in km; None where it cannot be told."""

    place: FreePlace
    distance_km: float | None


def matches(place: FreePlace, wish: Wish, on: date) -> bool:
    """Whether the place meets all that is asked. What a place leaves open (sex, age, group) suits everybody whom the
    service is for.
    """
    return (
        (wish.type_code is None or place.type_code == wish.type_code)
        and (wish.service is None or place.register_id == wish.service)
        and (wish.orp is None or place.orp_code == wish.orp)
        and (wish.group is None or _is_for(place, wish.group))
        and (wish.sex is None or place.sex in (None, wish.sex))
        and (wish.age is None or _is_of_age(place, wish.age))
        and (place.barrier_free or not wish.accessible)
        and (wish.room is None or place.room is wish.room)
        and (wish.by is None or available_on(place, on) <= max(wish.by, on))
    )


def available_on(place: FreePlace, on: date) -> date:
    """The day from which somebody can come: a day that has passed means now."""
    return on if place.free_from is None else max(place.free_from, on)


def find(places: Iterable[FreePlace], wish: Wish, on: date, near: Near | None = None) -> list[Found]:
    """Places that meet the wish: by the day they are free and the Czech name of the service, or by the distance first.

    Those whose distance cannot be told come last.
    """
    found = [Found(place, distance_km(place, near)) for place in places if matches(place, wish, on)]

    def order(one: Found) -> tuple[object, ...]:
        soonest = (available_on(one.place, on), czech_sort_key(one.place.service_name), one.place.id)
        far = math.inf if one.distance_km is None else round(one.distance_km)
        return (far, *soonest) if wish.sort is Sort.NEAREST else (soonest[0], far, *soonest[1:])

    return sorted(found, key=order)


def distance_km(place: FreePlace, near: Near | None) -> float | None:
    """Great-circle distance of the place from the seat of the municipality; 0 inside it."""
    if near is None or place.municipality_code is None:
        return None
    if place.municipality_code == near.code:
        return 0.0
    if place.lon is None or place.lat is None or near.lon is None or near.lat is None:
        return None
    lat1, lat2 = math.radians(place.lat), math.radians(near.lat)
    dlat, dlon = lat2 - lat1, math.radians(near.lon - place.lon)
    chord = math.sin(dlat / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(dlon / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, chord)))


def _is_for(place: FreePlace, group: str) -> bool:
    return group in place.service_groups if place.target_group is None else place.target_group == group


def _is_of_age(place: FreePlace, age: int) -> bool:
    return (place.age_from is None or age >= place.age_from) and (place.age_to is None or age <= place.age_to)
