"""Whose needs reach an actor, and as whom it writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.core.errors import Forbidden, NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.needs.calc import gathered_by, places_of
from portal.needs.types import Place, Source
from portal.territory import service as territory
from portal.territory.types import Level


@dataclass(frozen=True)
class Reach:
    """Municipalities in force and those of them that the actor reaches.

    A worker of a municipality reaches it; a worker of the seat of an ORP gathers the needs of its whole area. A role
    of the kraj reaches all. Roles are bound to municipalities alone, so the seat is told by the territory.
    """

    places: Mapping[str, Place]
    own: frozenset[str]
    gathered: frozenset[str]  # own ones among them
    is_everything: bool
    may_write_everything: bool
    may_write: bool

    def place(self, code: str) -> Place:
        """A municipality that reaches the actor. Raises NotFound, also for one that does not."""
        found = self.places.get(code)
        if found is None or not (self.is_everything or code in self.gathered):
            raise NotFound(_m("There is no such municipality."))
        return found

    @property
    def reached(self) -> list[Place]:
        """The municipalities by ORP and name."""
        return [one for one in self.places.values() if self.is_everything or one.code in self.gathered]

    def writes_as(self, code: str) -> Source | None:
        """As whom the actor writes for a municipality; None where it may only read."""
        if not self.may_write:
            return None
        if code in self.own:
            return Source.MUNICIPALITY
        if code in self.gathered:
            return Source.ORP
        return Source.REGION if self.may_write_everything else None

    def writer(self, code: str) -> Source:
        """As ``writes_as``. Raises NotFound for what does not reach the actor, Forbidden where it may only read."""
        self.place(code)
        source = self.writes_as(code)
        if source is None:
            raise Forbidden(_m("Your role does not allow this."))
        return source


def read_reach(actor: Actor) -> Reach:
    """Two queries. Raises Forbidden for whoever may not read needs at all."""
    if not actor.can(Permission.NEEDS_READ):
        raise Forbidden(_m("Your role does not allow this."))
    written = actor.municipality_codes(Permission.NEEDS_EDIT)
    orps = territory.list_units(Level.ORP)
    order = {orp.code: number for number, orp in enumerate(orps)}
    units = sorted(territory.list_units(Level.MUNICIPALITY), key=lambda unit: order.get(unit.parent_code or "", -1))
    places = places_of(units, orps)
    own = frozenset(written or ())
    return Reach(
        places=places,
        own=own,
        gathered=frozenset().union(*(gathered_by(code, places) for code in own)) if own else frozenset(),
        is_everything=actor.municipality_codes(Permission.NEEDS_READ) is None,
        may_write_everything=written is None,
        may_write=actor.can(Permission.NEEDS_EDIT),
    )
