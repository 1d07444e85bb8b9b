"""Free places for everybody: search, one service, counts for the map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal.core.clock import today
from portal.core.czech import czech_sort_key
from portal.core.errors import Invalid
from portal.core.messages import Message, _m
from portal.territory import service as territory
from portal.territory.types import Level, Unit
from portal.waitlists.vacancies.calc.finding import Found, Near, find
from portal.waitlists.vacancies.calc.freshness import first_shown, freshness
from portal.waitlists.vacancies.calc.grouping import FoundService, by_service
from portal.waitlists.vacancies.queries import places as stored
from portal.waitlists.vacancies.queries import public as queries
from portal.waitlists.vacancies.queries.public import FreeRow, SiteRow
from portal.waitlists.vacancies.types import FreePlace, Freshness, MunicipalityCount, Room, Sex, Upkeep, Wish

PAGE_SERVICES = 10
_NOWHERE = SiteRow(None, None, None, None, None)


@dataclass(frozen=True)
class Choices:
    """Values that the filters offer, in Czech order; names by code."""

    types: tuple[str, ...]  # of services that have a free place
    orps: Mapping[str, str]
    municipalities: Mapping[str, str]
    groups: Mapping[str, str]


@dataclass(frozen=True)
class Result:
    """One page of what was found. ``places`` and ``services`` count all of it."""

    found: Sequence[FoundService]
    places: int
    services: int
    all_places: int  # free anywhere, whatever is asked
    page: int
    pages: int


def vacancies_mark() -> Hashable:
    """What pages about free places depend on, besides the catalogue and the day."""
    return stored.version_mark()


def list_free(upkeep: Upkeep, wish: Wish | None = None) -> list[FreePlace]:
    """Free places that take, as the public sees them, by their number. Four statements, whatever their number.

    ``wish``: at least those that meet it; others may be among them (``find``).
    """
    day = today()
    rows = queries.free_rows(first_shown(day, upkeep), day, wish)
    ids = {row.place.service_id for row in rows}
    if not ids:
        return []
    sites, contacts, groups = queries.sites(ids, day), queries.contacts(ids), queries.target_groups(ids)
    fresh = {row.confirmed_on: freshness(row.confirmed_on, day, upkeep) for row in rows}
    return [_free_place(row, sites, contacts, groups, fresh[row.confirmed_on]) for row in rows]


@dataclass(frozen=True)
class FreeOfService:
    """What the public may know of the places of one service; ``confirmed_on`` is when they were last confirmed."""

    places: Sequence[FreePlace]
    confirmed_on: date
    freshness: Freshness


def read_free(register_id: int, upkeep: Upkeep) -> FreeOfService | None:
    """Free places of one service; None where nobody keeps them or they were not confirmed for too long."""
    confirmed_on = queries.confirmed_on(register_id)
    if confirmed_on is None or freshness(confirmed_on, today(), upkeep) is Freshness.HIDDEN:
        return None
    places = list_free(upkeep, Wish(service=register_id))
    return FreeOfService(places, confirmed_on, freshness(confirmed_on, today(), upkeep))


def search(wish: Wish, upkeep: Upkeep, *, page: int = 1) -> tuple[Result, Choices]:
    """A page of free places that meet the wish; beyond the last it is the last. Raises Invalid for unknown codes."""
    types, units = _types(upkeep), _units()
    found = _find(list_free(upkeep, wish), wish, units)
    services = by_service(found)
    pages = max(1, -(-len(services) // PAGE_SERVICES))
    page = min(max(page, 1), pages)
    result = Result(
        found=[one.added_up() for one in services[(page - 1) * PAGE_SERVICES : page * PAGE_SERVICES]],
        places=sum(one.place.places for one in found),
        services=len(services),
        all_places=sum(types.values()),
        page=page,
        pages=pages,
    )
    return result, _choices(types, units)


def find_all(wish: Wish, upkeep: Upkeep) -> list[Found]:
    """All free places that meet the wish, in the order of the pages. Raises Invalid for unknown codes."""
    return _find(list_free(upkeep, wish), wish, _units())


def offer_choices(upkeep: Upkeep) -> Choices:
    """What the filters offer when nothing could be searched for."""
    return _choices(_types(upkeep), _units())


def _types(upkeep: Upkeep) -> dict[str, int]:
    """Free places by type of service."""
    return queries.free_types(first_shown(today(), upkeep), today())


def group_names() -> dict[str, str]:
    """Names of target groups by code."""
    return queries.group_names()


def free_places_by_municipality(upkeep: Upkeep) -> list[MunicipalityCount]:
    """Free places that take, by municipality and type of service, in the order of their codes; for the map.

    Places whose address is not published are left out, since they have no municipality. Public data, as on the page
    of free places; nothing of it tells of a person.
    """
    counted: Counter[tuple[str, str]] = Counter()
    for place in list_free(upkeep):
        if place.municipality_code is not None:
            counted[place.municipality_code, place.type_code] += place.places
    return [MunicipalityCount(*key, places) for key, places in sorted(counted.items())]


def _units() -> dict[Level, dict[str, Unit]]:
    levels = (Level.ORP, Level.MUNICIPALITY)
    return {level: {unit.code: unit for unit in territory.list_units(level)} for level in levels}


def check_codes(wish: Wish) -> None:
    """Raises Invalid by field for a place or a group that nobody knows."""
    _check(wish, _units())


def _check(wish: Wish, units: Mapping[Level, Mapping[str, Unit]]) -> None:
    faults: dict[str, list[Message]] = {}
    for name, code, known in (
        ("orp", wish.orp, units[Level.ORP]),
        ("blizko", wish.near, units[Level.MUNICIPALITY]),
        ("skupina", wish.group, queries.group_names() if wish.group is not None else {}),
    ):
        if code is not None and code not in known:
            faults[name] = [_m("Choose one of the values offered.")]
    if faults:
        raise Invalid(_m("Please correct the following"), faults)


def _find(places: Sequence[FreePlace], wish: Wish, units: Mapping[Level, Mapping[str, Unit]]) -> list[Found]:
    _check(wish, units)
    unit = units[Level.MUNICIPALITY][wish.near] if wish.near is not None else None
    near = Near(unit.code, unit.seat_lon, unit.seat_lat) if unit is not None else None
    return find(places, wish, today(), near)


def _choices(types: Mapping[str, int], units: Mapping[Level, Mapping[str, Unit]]) -> Choices:
    orps = {unit.code: unit.name for unit in units[Level.ORP].values()}
    counts = Counter(unit.name for unit in units[Level.MUNICIPALITY].values())
    municipalities = {
        unit.code: unit.name if counts[unit.name] == 1 else f"{unit.name} (ORP {orps.get(unit.parent_code or '', '')})"
        for unit in units[Level.MUNICIPALITY].values()
    }
    groups = sorted(queries.group_names().items(), key=lambda item: czech_sort_key(item[1]))
    return Choices(tuple(sorted(types)), orps, municipalities, dict(groups))


def _free_place(
    row: FreeRow,
    sites: Mapping[tuple[int, str], SiteRow],
    contacts: Mapping[tuple[int, str], str],
    groups: Mapping[int, tuple[str, ...]],
    fresh: Freshness,
) -> FreePlace:
    place = row.place
    # A facility that has become secret, or ended, since the place was written is in no municipality any more.
    site = sites.get((place.service_id, place.municipality_code or ""))
    where = site or _NOWHERE
    return FreePlace(
        id=place.id,
        register_id=row.register_id,
        service_name=row.service_name,
        type_code=row.type_code,
        provider_name=row.provider_name,
        places=place.places,
        room=Room(place.room),
        floor=place.floor,
        barrier_free=place.barrier_free,
        lift=place.lift,
        target_group=place.target_group,
        service_groups=groups.get(place.service_id, ()),
        sex=Sex(place.sex) if place.sex else None,
        age_from=place.age_from,
        age_to=place.age_to,
        free_from=place.free_from,
        price_from_czk=place.price_from_czk,
        price_to_czk=place.price_to_czk,
        phone=place.phone or contacts.get((place.service_id, "phone")) or row.provider_phone,
        email=contacts.get((place.service_id, "email")) or row.provider_email,
        municipality_code=place.municipality_code if site is not None else None,
        municipality_name=where.municipality_name,
        orp_code=where.orp_code,
        orp_name=where.orp_name,
        lon=where.lon,
        lat=where.lat,
        confirmed_on=row.confirmed_on,
        freshness=fresh,
        free_since_utc=place.free_since_utc,
    )
