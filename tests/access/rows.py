"""What a row of the access table is, and the world in which the table is tried.

``tests/access/<feature>.py`` declares, for its feature,

    ROWS: tuple[Row, ...]              one row for each endpoint and method (HEAD follows GET, OPTIONS follows both)
    def build_world(world) -> None     optional: store objects and note their keys in ``world.keys``

``tests/integration/accounts/test_every_route.py`` gathers them and asks every route with every method as everybody.

    Row("returns.form", "GET", WHO_READS_RETURNS, objects=Objects(own=..., foreign=..., missing=...))

``who`` names those to whom the page answers as declared in ``answers``; all others are sent to the login (nobody
signed in) or get 403. An address with values needs ``objects``: functions of the world and of who asks, which give the
values of the address, or None where there is no such object for that person:

    own      an object that the person may reach
    foreign  one that exists and that this person must not be able to tell from a missing one
    missing  one that does not exist
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from portal.core.permissions import Actor, Role
from tests.factories.accounts import FOREIGN_ICO, OWN_ICO, OWN_MUNICIPALITY, municipality_actor

ANONYMOUS = "anonymous"
NO_ROLE = "no_role"  # signed in, without any role
ACTORS: tuple[str, ...] = (ANONYMOUS, NO_ROLE, *(role.value for role in Role))

EVERYBODY = frozenset(ACTORS)
SIGNED_IN = EVERYBODY - {ANONYMOUS}
PROVIDER_EDITOR, PROVIDER_APPROVER = "provider_editor", "provider_approver"
KEY_WORKER, PLANNER, ADMINISTRATOR, AUDITOR = "key_worker", "planner", "administrator", "auditor"
MUNICIPALITY_WORKER = "municipality_worker"
PROVIDERS = frozenset({PROVIDER_EDITOR, PROVIDER_APPROVER})
REGION = frozenset({KEY_WORKER, PLANNER, AUDITOR})  # those who read all data of providers; the administrator does not

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

Values = dict[str, Any]


@dataclass
class World:
    """A small portal with everybody in it. ``keys`` is where features note the keys of what they stored."""

    user_ids: dict[str, int] = field(default_factory=dict)  # by the names in ACTORS
    keys: dict[str, Any] = field(default_factory=dict)
    own_ico: str = OWN_ICO  # the provider of both provider roles
    foreign_ico: str = FOREIGN_ICO
    own_municipality: str = OWN_MUNICIPALITY


def own_worker(world: World) -> Actor:
    """Who works for the municipality of this world."""
    return municipality_actor(world.own_municipality, user_id=world.user_ids[MUNICIPALITY_WORKER])


ValuesOf = Callable[[World, str], Values | None]


def nothing(_world: World, _who: str) -> None:
    """There is no such object for anybody."""
    return


@dataclass(frozen=True)
class Objects:
    own: ValuesOf
    missing: ValuesOf
    foreign: ValuesOf = nothing


def imports_of(feature: str) -> Objects:
    """Imports whose keys ``build_world`` notes: one that the municipality's worker read, and one that another did."""
    return Objects(
        own=lambda world, who: {"import_id": world.keys[f"own_{feature}_import"]},
        foreign=lambda world, who: (
            {"import_id": world.keys[f"foreign_{feature}_import"]} if who == MUNICIPALITY_WORKER else None
        ),
        missing=lambda world, who: {"import_id": 999_999},
    )


@dataclass(frozen=True)
class Row:
    """One endpoint and method. ``answers`` to those in ``who``: 200 to a GET; a POST is sent empty, so that it mostly
    answers 422 or 302. ``missing`` is the answer to a missing object, and so to a foreign one."""

    endpoint: str
    method: str
    who: frozenset[str]
    answers: frozenset[int] = frozenset()
    objects: Objects | None = None
    missing: int = 404

    @property
    def expected(self) -> frozenset[int]:
        return self.answers or (frozenset({200}) if self.method == "GET" else frozenset({302, 400, 422}))


def answers(*statuses: int) -> frozenset[int]:
    return frozenset(statuses)
