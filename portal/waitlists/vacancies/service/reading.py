"""What a provider sees of its services' places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal.core.clock import today
from portal.core.czech import czech_sort_key
from portal.core.errors import NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.waitlists.vacancies.calc.freshness import capacity_differs, freshness
from portal.waitlists.vacancies.models import VacancyPlace
from portal.waitlists.vacancies.queries import places as queries
from portal.waitlists.vacancies.queries.places import ServiceRow
from portal.waitlists.vacancies.service.access import find_kept
from portal.waitlists.vacancies.types import (
    ClosedReason,
    EventKind,
    EventLine,
    Freshness,
    PlaceFields,
    PlaceLine,
    Room,
    Sex,
    Standing,
    State,
    Upkeep,
)

PAGE_EVENTS = 30


@dataclass(frozen=True)
class Sites:
    """Where the places of a service can be: municipalities with an open facility, and whether one is secret."""

    names: Mapping[str, str]
    has_secret: bool


@dataclass(frozen=True)
class KeptService:
    """A service with its places in numbers. ``beds``: registered, None where the register does not say."""

    service: ServiceRow
    counts: Mapping[State, int]
    beds: int | None
    confirmed_on: date | None
    confirmed_by: str
    version: int  # of the list
    freshness: Freshness

    @property
    def places(self) -> int:
        return sum(self.counts.values())

    @property
    def differs(self) -> bool:
        return capacity_differs(self.places, self.beds)


@dataclass(frozen=True)
class ServicePlaces:
    """A service with all its places."""

    kept: KeptService
    lines: tuple[PlaceLine, ...]
    sites: Sites
    groups: Mapping[str, str]


def list_kept(actor: Actor, upkeep: Upkeep) -> list[KeptService]:
    """The residential services whose places the actor keeps, in Czech order. Four statements."""
    services = queries.services_of(actor.provider_icos(Permission.VACANCY_EDIT), today())
    services.sort(key=lambda service: (czech_sort_key(service.name), service.register_id))
    return _kept(services, upkeep)


def read_places(actor: Actor, register_id: int, upkeep: Upkeep) -> ServicePlaces:
    """The places of a service. Raises NotFound."""
    service = find_kept(actor, register_id)
    lines = sorted(
        (line_of(place) for place in queries.places_of(service.id)),
        key=lambda line: (czech_sort_key(line.fields.label), line.id),
    )
    return ServicePlaces(
        _kept([service], upkeep)[0], tuple(lines), site_choices(service), queries.groups_of(service.id)
    )


def read_place(actor: Actor, register_id: int, place_id: int) -> PlaceLine:
    """One row. Raises NotFound."""
    service = find_kept(actor, register_id)
    place = queries.find_place(service.id, place_id)
    if place is None:
        raise NotFound(_m("There is no such place any more."))
    return line_of(place)


def read_history(actor: Actor, register_id: int, *, page: int = 1) -> tuple[ServiceRow, list[EventLine], int]:
    """A page of the history, the latest first, and how many lines there are. Raises NotFound."""
    service = find_kept(actor, register_id)
    events, total = queries.events_of(service.id, limit=PAGE_EVENTS, offset=(page - 1) * PAGE_EVENTS)
    lines = [
        EventLine(
            one.at_utc,
            one.actor_name,
            EventKind(one.kind),
            one.label,
            {name: (pair[0], pair[1]) for name, pair in one.changes.items()},
        )
        for one in events
    ]
    return service, lines, total


def site_choices(service: ServiceRow) -> Sites:
    sites = queries.sites_of(service.id, today())
    names = {code: name or code for code, name, _secret in sites if code is not None}
    ordered = sorted(names.items(), key=lambda item: (czech_sort_key(item[1]), item[0]))
    return Sites(dict(ordered), any(secret for _code, _name, secret in sites))


def line_of(place: VacancyPlace) -> PlaceLine:
    fields = PlaceFields(
        label=place.label,
        places=place.places,
        room=Room(place.room),
        municipality_code=place.municipality_code,
        floor=place.floor,
        barrier_free=place.barrier_free,
        lift=place.lift,
        target_group=place.target_group,
        sex=Sex(place.sex) if place.sex else None,
        age_from=place.age_from,
        age_to=place.age_to,
        price_from_czk=place.price_from_czk,
        price_to_czk=place.price_to_czk,
        phone=place.phone,
    )
    reason = ClosedReason(place.reason) if place.reason else None
    return PlaceLine(place.id, fields, Standing(State(place.state), reason, place.free_from), place.version)


def _kept(services: list[ServiceRow], upkeep: Upkeep) -> list[KeptService]:
    ids = [service.id for service in services]
    lists, counts, beds = queries.lists_of(ids), queries.counts_of(ids), queries.beds_of(ids)
    found = []
    for service in services:
        stored = lists.get(service.id)
        confirmed_on = stored.confirmed_on if stored is not None else None
        found.append(
            KeptService(
                service=service,
                counts={state: counts.get((service.id, state), 0) for state in State},
                beds=beds.get(service.id),
                confirmed_on=confirmed_on,
                confirmed_by=stored.confirmed_by_name if stored is not None else "",
                version=stored.version if stored is not None else 0,
                freshness=freshness(confirmed_on, today(), upkeep),
            )
        )
    return found
