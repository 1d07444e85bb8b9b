"""Places of services in few words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from portal.catalog.models import Service
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.waitlists.vacancies import service
from portal.waitlists.vacancies.types import ClosedReason, PlaceFields, Standing, State, Upkeep

UPKEEP = Upkeep(14, 28)
FREE = Standing(State.FREE)
REPAIRED = Standing(State.CLOSED, ClosedReason.REPAIR)


def described(label: str = "Pokoj 1", **changes: Any) -> PlaceFields:
    return replace(PlaceFields(label=label), **changes)


def add(kept: Service, label: str = "Pokoj 1", standing: Standing = FREE, **changes: Any) -> int:
    """A place of the service, in Šumperk where the factory of services puts it; returns its id."""
    with transaction():
        return service.add_place(
            OPERATOR, register_id=kept.register_id, fields=described(label, **changes), standing=standing
        )


def line(kept: Service, place_id: int) -> Any:
    return service.read_place(OPERATOR, kept.register_id, place_id)


def lines(kept: Service) -> Any:
    return service.read_places(OPERATOR, kept.register_id, UPKEEP).lines


def move(kept: Service, place_id: int, state: State, *, count: int | None = None, **said: Any) -> None:
    """A step, taken with the place as it is."""
    reason: ClosedReason | None = said.get("reason")
    free_from: date | None = said.get("free_from")
    with transaction():
        service.move_places(
            OPERATOR,
            register_id=kept.register_id,
            place_id=place_id,
            version=line(kept, place_id).version,
            standing=Standing(state, reason, free_from),
            count=count,
        )
