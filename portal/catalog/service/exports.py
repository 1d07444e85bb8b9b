"""The result of a search as a whole, for downloads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from portal.catalog.calc.query import Wish
from portal.catalog.queries import exports
from portal.catalog.queries.exports import PointRow
from portal.catalog.service.search import ListedService, Snapshot, find_all
from portal.catalog.types import CapacityUnit, Form

__all__ = ["ExportedService", "PointRow", "export_places", "export_services"]


@dataclass(frozen=True)
class ExportedService:
    line: ListedService
    target_groups: tuple[str, ...]
    contacts: dict[str, tuple[str, ...]]  # by kind
    capacities: tuple[tuple[Form, CapacityUnit, int | None], ...]


def export_services(wish: Wish) -> Iterator[ExportedService]:
    """Services that meet the wish, in the order of the pages. The reads happen before the first row is asked for."""
    snapshot, lines = find_all(wish)
    contacts: dict[int, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for register_id, kind, value in exports.contacts():
        contacts[register_id][kind] = (*contacts[register_id].get(kind, ()), value)
    capacities: dict[int, list[tuple[Form, CapacityUnit, int | None]]] = defaultdict(list)
    for register_id, form, unit, amount in exports.capacities():
        capacities[register_id].append((Form(form), CapacityUnit(unit), amount))
    return (
        ExportedService(
            line,
            _group_names(snapshot, line),
            contacts.get(line.register_id, {}),
            tuple(capacities.get(line.register_id, ())),
        )
        for line in lines
    )


def export_places(wish: Wish) -> Iterator[tuple[ListedService, PointRow]]:
    """Places with a point, of the services that meet the wish, in the order of the pages; never a secret one."""
    snapshot, lines = find_all(wish)
    points: dict[int, list[PointRow]] = defaultdict(list)
    for point in exports.points(snapshot.on):
        points[point.register_id].append(point)
    return ((line, point) for line in lines for point in points.get(line.register_id, ()))


def _group_names(snapshot: Snapshot, line: ListedService) -> tuple[str, ...]:
    return tuple(snapshot.index.group_names.get(code, code) for code in line.groups)
