"""Writes of places by their provider: add, edit, bring into another state, remove, confirm without a change."""

from __future__ import annotations

from dataclasses import asdict, replace

from portal.core.clock import now_utc, today
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.messages import Message, _m
from portal.core.permissions import Actor
from portal.waitlists.vacancies.calc.states import differences, field_faults, is_same, plain, standing_faults, tidied
from portal.waitlists.vacancies.models import VacancyPlace
from portal.waitlists.vacancies.queries import places as queries
from portal.waitlists.vacancies.queries.places import ServiceRow
from portal.waitlists.vacancies.service.access import find_kept, note, touch
from portal.waitlists.vacancies.service.reading import line_of, site_choices
from portal.waitlists.vacancies.types import EventKind, PlaceFields, Standing, State

Faults = dict[str, list[Message]]


def add_place(actor: Actor, *, register_id: int, fields: PlaceFields, standing: Standing) -> int:
    """Add a place, or several alike. Returns its id. Raises NotFound, Invalid by field."""
    service = find_kept(actor, register_id)
    fields, standing = _with_site(service, fields), tidied(standing)
    _refuse({**_field_faults(service, fields), **standing_faults(standing, today())})
    place = VacancyPlace(service_id=service.id, version=0)
    _write(place, fields, standing)
    db.session.add(place)
    db.session.flush()
    _store(actor, service, place, EventKind.ADDED, {}, plain(fields, standing))
    return place.id


def edit_place(actor: Actor, *, register_id: int, place_id: int, version: int, fields: PlaceFields) -> None:
    """Change what is said of a place. Raises NotFound, Invalid by field, Conflict with what is stored."""
    service = find_kept(actor, register_id)
    place = _find(service, place_id, version)
    line = line_of(place)
    fields = _with_site(service, fields)
    _refuse(_field_faults(service, fields))
    if fields != line.fields:
        _write(place, fields, line.standing)
        _store(actor, service, place, EventKind.EDITED, plain(line.fields, line.standing), plain(fields, line.standing))


def move_places(
    actor: Actor, *, register_id: int, place_id: int, version: int, standing: Standing, count: int | None = None
) -> None:
    """Bring places into another state: all of the row, or ``count`` of them, which then stand in a row of their own.

    A row that comes to be the same as another of the service joins it. Raises NotFound, Invalid by field
    (state, reason, free_from, count), Conflict with what is stored.
    """
    service = find_kept(actor, register_id)
    place = _find(service, place_id, version)
    line, standing = line_of(place), tidied(standing)
    count = line.fields.places if count is None else count
    faults = standing_faults(standing, today(), before=line.standing.state)
    if not 1 <= count <= line.fields.places:
        most = line.fields.places
        faults["count"] = [_m("Write a whole number from %(least)s to %(most)s.", least=1, most=most)]
    _refuse(faults)
    if standing == line.standing:
        return
    moved = replace(line.fields, places=count)
    kind, before = EventKind.MOVED, plain(line.fields, line.standing)
    if count < line.fields.places:
        kind, before = EventKind.SPLIT, plain(moved, line.standing)
        place.places -= count
        place.version += 1
        place = VacancyPlace(service_id=service.id, version=0)
        db.session.add(place)
    _write(place, moved, standing, is_new_state=standing.state is not line.standing.state)
    db.session.flush()
    _store(actor, service, place, kind, before, plain(moved, standing))
    _join(actor, service, place)


def remove_place(actor: Actor, *, register_id: int, place_id: int, version: int) -> None:
    """Remove a row. Raises NotFound, Conflict."""
    service = find_kept(actor, register_id)
    place = _find(service, place_id, version)
    line = line_of(place)
    touch(actor, service)
    before = plain(line.fields, line.standing)
    note(
        actor,
        service,
        EventKind.REMOVED,
        place_id=place.id,
        label=line.fields.label,
        changes=differences(before, {}),
    )
    db.session.delete(place)
    db.session.flush()


def confirm_places(actor: Actor, *, register_id: int, version: int) -> None:
    """Say that all places of a service are as they stand. Raises NotFound, Invalid without any place, Conflict."""
    service = find_kept(actor, register_id)
    if not queries.places_of(service.id):
        raise Invalid(_m("There is nothing to confirm: add the places first."))
    touch(actor, service, seen=version)
    note(actor, service, EventKind.CONFIRMED)
    db.session.flush()


def _find(service: ServiceRow, place_id: int, version: int) -> VacancyPlace:
    place = queries.find_place(service.id, place_id)
    if place is None:
        raise NotFound(_m("There is no such place any more."))
    if place.version != version:
        line = line_of(place)
        raise Conflict(
            _m("Somebody else changed the place in the meantime."),
            {**plain(line.fields, line.standing), "version": place.version},
        )
    return place


def _with_site(service: ServiceRow, fields: PlaceFields) -> PlaceFields:
    """Where a service is in one place alone, its rows are there."""
    choices = site_choices(service)
    if fields.municipality_code is None and len(choices.names) == 1 and not choices.has_secret:
        return replace(fields, municipality_code=next(iter(choices.names)))
    return fields


def _field_faults(service: ServiceRow, fields: PlaceFields) -> Faults:
    faults = field_faults(fields)
    choices = site_choices(service)
    if fields.municipality_code is None:
        if choices.names and not choices.has_secret:
            faults["municipality_code"] = [_m("Choose where the place is.")]
    elif fields.municipality_code not in choices.names:
        faults["municipality_code"] = [_m("The service has no open facility there.")]
    if fields.target_group is not None and fields.target_group not in queries.groups_of(service.id):
        faults["target_group"] = [_m("The service is not registered for this group.")]
    return faults


def _refuse(faults: Faults) -> None:
    if faults:
        raise Invalid(_m("Please correct the following"), faults)


def _write(place: VacancyPlace, fields: PlaceFields, standing: Standing, *, is_new_state: bool = False) -> None:
    for name, value in {**asdict(fields), **asdict(standing)}.items():
        setattr(place, name, value)
    if is_new_state or place.free_since_utc is None:
        place.free_since_utc = now_utc()
    place.version += 1


def _store(
    actor: Actor,
    service: ServiceRow,
    place: VacancyPlace,
    kind: EventKind,
    before: dict[str, object],
    after: dict[str, object],
) -> None:
    touch(actor, service)
    note(actor, service, kind, place_id=place.id, label=place.label, changes=differences(before, after))
    db.session.flush()


def _join(actor: Actor, service: ServiceRow, place: VacancyPlace) -> None:
    """Put the row to the oldest other one that is the same; free places stay apart, since each is news of its own."""
    if place.state == State.FREE:
        return
    line = line_of(place)
    for other in queries.places_of(service.id):
        twin = line_of(other)
        if other.id == place.id or not is_same((line.fields, line.standing), (twin.fields, twin.standing)):
            continue
        other.places += place.places
        other.version += 1
        changes: dict[str, tuple[object, object]] = {"places": (twin.fields.places, other.places)}
        note(actor, service, EventKind.JOINED, place_id=other.id, label=other.label, changes=changes)
        db.session.delete(place)
        db.session.flush()
        return
