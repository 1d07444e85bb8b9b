"""Search of the catalogue: the index of its present state, kept in the process, and pages read from it."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from portal.catalog.calc.index import CatalogIndex, Entry, Place, build_index
from portal.catalog.calc.query import Found, Nearness, Wish, find
from portal.catalog.queries import columns
from portal.catalog.queries.columns import FacilityRow, ServiceRow
from portal.catalog.types import Form, service_types
from portal.core import clock
from portal.core.czech import czech_sort_key
from portal.territory import service as territory
from portal.territory.types import Level

PAGE_ROWS = 20
# How people call the three forms; the Act's own adjectives.
_FORM_WORDS = {
    Form.OUTREACH: "terénní forma, dochází domů",
    Form.OUTPATIENT: "ambulantní forma",
    Form.RESIDENTIAL: "pobytová forma",
}


class ListedService(NamedTuple):
    """One line of a result."""

    register_id: int
    name: str
    type_code: str
    forms: tuple[str, ...]
    groups: tuple[str, ...]
    provider_name: str
    provider_ico: str
    places: tuple[str, ...]  # municipalities, each once
    has_secret_place: bool
    region_wide: bool
    phone: str | None
    verified_on: date | None
    started_on: date | None
    ended_on: date | None
    identifier: str | None
    orps: tuple[str, ...]  # names, each once


@dataclass(frozen=True)
class Snapshot:
    """The catalogue at one moment: the index and the lines to show, at the same positions."""

    mark: tuple[object, ...]
    on: date
    index: CatalogIndex
    lines: Sequence[ListedService]
    written: dict[Hashable, Any] = field(default_factory=dict)  # what views wrote of it, kept by them


@dataclass(frozen=True)
class ResultPage:
    """One page of what was found; ``lines`` with the nearness of each."""

    snapshot: Snapshot
    found: Found
    positions: Sequence[int]
    nearness: Sequence[Nearness]
    page: int
    pages: int

    @property
    def lines(self) -> list[ListedService]:
        return [self.snapshot.lines[position] for position in self.positions]


_UNREAD = object()
_building = threading.Lock()
_latest: Snapshot | None = None


def catalog_mark() -> Hashable:
    """What every public page of the catalogue depends on, besides the day."""
    return columns.version_mark()


def present_snapshot(version: Hashable = _UNREAD) -> Snapshot:
    """The catalogue as it is now: one SELECT when it has not changed since the last call in this process.

    ``version`` is ``catalog_mark()`` where the caller read it a moment ago: then there is no SELECT either. The index
    is built again when the catalogue's version or the day has changed. A catalogue without a version (never imported)
    is read anew each time.
    """
    global _latest
    today, latest = clock.today(), _latest
    if version not in (_UNREAD, None) and latest is not None and latest.mark == (columns.database(), version, today):
        return latest
    version = columns.version_mark()
    mark = (columns.database(), version, today)
    if version is not None and latest is not None and latest.mark == mark:
        return latest
    with _building:
        latest = _latest
        if version is not None and latest is not None and latest.mark == mark:
            return latest
        snapshot = _build(mark, today)
        if version is not None:
            _latest = snapshot
        return snapshot


def search(wish: Wish, *, page: int = 1, page_rows: int = PAGE_ROWS, version: Hashable = _UNREAD) -> ResultPage:
    """One page of the services that meet the wish; a page beyond the last is the last.

    ``version`` is ``catalog_mark()`` where it has just been read.
    """
    snapshot = present_snapshot(version)
    found = find(snapshot.index, wish)
    pages = max(1, -(-found.total // page_rows))
    page = min(max(page, 1), pages)
    part = slice((page - 1) * page_rows, page * page_rows)
    return ResultPage(
        snapshot=snapshot,
        found=found,
        positions=found.positions[part].tolist(),
        nearness=[Nearness(value) for value in found.nearness[part].tolist()],
        page=page,
        pages=pages,
    )


def count(wish: Wish) -> int:
    """How many services meet the wish."""
    return find(present_snapshot().index, wish).total


def find_all(wish: Wish) -> tuple[Snapshot, list[ListedService]]:
    """All services that meet the wish, in the order of the pages; for downloads."""
    snapshot = present_snapshot()
    return snapshot, [snapshot.lines[position] for position in find(snapshot.index, wish).positions.tolist()]


def _build(mark: tuple[object, ...], on: date) -> Snapshot:
    services = columns.services()
    forms = _by_service(columns.forms())
    groups = _by_service(columns.target_groups())
    phones = _by_service(columns.phones())
    facilities: dict[int, list[FacilityRow]] = defaultdict(list)
    for facility in columns.open_facilities(on):
        facilities[facility.service_id].append(facility)
    group_names = columns.code_list("target_groups")
    entries = [_entry(row, forms[row.id], groups[row.id], facilities[row.id], group_names) for row in services]
    lines = {
        row.register_id: _line(row, forms[row.id], groups[row.id], facilities[row.id], phones[row.id])
        for row in services
    }
    places = _places(facility for rows in facilities.values() for facility in rows)
    index = build_index(entries, places, group_names, on)
    return Snapshot(mark, on, index, [lines[register_id] for register_id in index.register_ids.tolist()])


def _by_service(rows: Iterable[tuple[int, str]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for service_id, value in rows:
        found[service_id].append(value)
    return found


def _entry(
    row: ServiceRow,
    forms: Sequence[str],
    groups: Sequence[str],
    facilities: Sequence[FacilityRow],
    group_names: dict[str, str],
) -> Entry:
    service_type = service_types().get(row.type_code)
    strong = [row.name, row.provider_name, *(facility.name for facility in facilities)]
    weak = [row.provider_ico, row.identifier, str(row.register_id), row.description, row.age_note]
    if service_type is not None:
        strong.append(service_type.name_cs)
        weak.append(service_type.name_en)
    weak += [_FORM_WORDS[Form(form)] for form in forms]
    weak += [group_names.get(group) for group in groups]
    for facility in facilities:
        weak += [facility.municipality_name, facility.orp_name, facility.postcode]
    return Entry(
        register_id=row.register_id,
        name=row.name,
        type_code=row.type_code,
        forms=tuple(forms),
        groups=tuple(groups),
        municipalities=_once(facility.municipality_code for facility in facilities),
        orps=_once(facility.orp_code for facility in facilities),
        region_wide=row.region_wide,
        ended_on=row.ended_on,
        verified_on=row.verified_on,
        strong_texts=_once(strong),
        weak_texts=_once(weak),
    )


def _once(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _line(
    row: ServiceRow,
    forms: Sequence[str],
    groups: Sequence[str],
    facilities: Sequence[FacilityRow],
    phones: Sequence[str],
) -> ListedService:
    return ListedService(
        register_id=row.register_id,
        name=row.name,
        type_code=row.type_code,
        forms=tuple(form for form in Form if form in forms),
        groups=tuple(groups),
        provider_name=row.provider_name,
        provider_ico=row.provider_ico,
        places=_once(facility.municipality_name for facility in facilities),
        has_secret_place=any(facility.secret for facility in facilities),
        region_wide=row.region_wide,
        phone=phones[0] if phones else None,
        verified_on=row.verified_on,
        started_on=row.started_on,
        ended_on=row.ended_on,
        identifier=row.identifier,
        orps=_once(facility.orp_name for facility in facilities),
    )


def _places(facilities: Iterable[FacilityRow]) -> list[Place]:
    """Places of the territory, and those that only the register names; each once, in Czech order."""
    places: dict[str, Place] = {}
    for unit in territory.list_units(Level.ORP):
        places[unit.code] = Place(unit.code, unit.name, True, unit.code)
    for unit in territory.list_units(Level.MUNICIPALITY):
        places[unit.code] = Place(unit.code, unit.name, False, unit.parent_code)
    for facility in facilities:
        if facility.orp_code and facility.orp_name:
            places.setdefault(facility.orp_code, Place(facility.orp_code, facility.orp_name, True, facility.orp_code))
        if facility.municipality_code and facility.municipality_name:
            code = facility.municipality_code
            places.setdefault(code, Place(code, facility.municipality_name, False, facility.orp_code))
    return sorted(places.values(), key=lambda place: (czech_sort_key(place.name), place.code))
