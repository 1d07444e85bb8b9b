"""The doors of the home page: one for each kind of visitor, each leading to the task in one click."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for
from flask_babel import lazy_gettext

from portal.core.permissions import Actor, Permission, Role, Scope
from portal.web.navigation import is_installed


@dataclass(frozen=True)
class Way:
    """A link of a door; ``needs`` hides it from people who are signed in without that permission."""

    label: object
    endpoint: str
    needs: Permission = Permission.PUBLIC


@dataclass(frozen=True)
class Door:
    """One kind of visitor; ``icon`` names a drawing in home.html; ``opens_for`` says whose door it is."""

    title: object
    text: object
    icon: str
    ways: tuple[Way, ...]
    opens_for: Callable[[Actor], bool]


def _bound_to(scope: Scope) -> Callable[[Actor], bool]:
    return lambda actor: any(grant.role.scope is scope for grant in actor.grants)


def _holds(*roles: Role) -> Callable[[Actor], bool]:
    return lambda actor: any(grant.role in roles for grant in actor.grants)


DOORS = (
    Door(
        lazy_gettext("I am looking for help"),
        lazy_gettext("For yourself, for somebody close, for a client or a patient."),
        "help",
        (
            Way(lazy_gettext("Find a service"), "catalog.search"),
            Way(lazy_gettext("See services on the map"), "map.index"),
        ),
        lambda actor: actor.user_id is None,
    ),
    Door(
        lazy_gettext("We provide services"),
        lazy_gettext("Quarterly returns, your entry in the catalogue, your figures beside the norm."),
        "provider",
        (
            Way(lazy_gettext("Fill in the quarterly return"), "returns.index", Permission.RETURN_EDIT),
            Way(lazy_gettext("Confirm the data in the catalogue"), "catalog_upkeep.index", Permission.CATALOG_CONFIRM),
            Way(lazy_gettext("Say which places are free"), "vacancies.kept", Permission.VACANCY_EDIT),
            Way(lazy_gettext("Compare your services"), "benchmarking.index", Permission.COMPARE_OWN),
        ),
        _bound_to(Scope.PROVIDER),
    ),
    Door(
        lazy_gettext("I work for a municipality"),
        lazy_gettext("Who helps in your town and its surroundings, and where help is missing."),
        "municipality",
        (
            Way(lazy_gettext("Services in your municipality"), "catalog.search"),
            Way(lazy_gettext("What reaches your municipality"), "surroundings.choose"),
            Way(lazy_gettext("How the area is covered"), "map.index"),
            Way(lazy_gettext("Tell what you cannot solve"), "needs.index", Permission.NEEDS_EDIT),
        ),
        _bound_to(Scope.MUNICIPALITY),
    ),
    Door(
        lazy_gettext("I work for the region"),
        lazy_gettext("Checking returns, comparing services, keeping the catalogue and the accounts."),
        "region",
        (
            Way(lazy_gettext("Check returns"), "returns.index", Permission.RETURN_READ),
            Way(lazy_gettext("Compare services with norms"), "benchmarking.index", Permission.COMPARE_ALL),
            Way(lazy_gettext("Decide on proposed changes"), "catalog_upkeep.review", Permission.CATALOG_REVIEW_READ),
            Way(lazy_gettext("Import data"), "catalog_imports.index", Permission.CATALOG_IMPORT_READ),
            Way(lazy_gettext("Manage users"), "accounts.users", Permission.USER_READ),
        ),
        _holds(Role.KEY_WORKER, Role.PLANNER, Role.ADMINISTRATOR, Role.AUDITOR),
    ),
    Door(
        lazy_gettext("I need data"),
        lazy_gettext("The whole catalogue to download, for a table, a map or your own application."),
        "data",
        (Way(lazy_gettext("Open data"), "web.open_data"),),
        lambda _actor: False,
    ),
)

# Words of need, as people write them, offered under the search.
NEEDS = (
    lazy_gettext("home for the elderly"),
    lazy_gettext("care at home"),
    lazy_gettext("respite care"),
    lazy_gettext("debts"),
    lazy_gettext("domestic violence"),
    lazy_gettext("addiction"),
    lazy_gettext("child with a disability"),
    lazy_gettext("loss of housing"),
)


@dataclass(frozen=True)
class OpenDoor:
    title: str
    text: str
    icon: str
    links: tuple[tuple[str, str], ...]
    is_mine: bool


def doors_for(actor: Actor) -> list[OpenDoor]:
    """The doors with their links, the visitor's own first. The public sees every way; it leads through sign-in."""
    opened = []
    for door in DOORS:
        links = tuple(
            (str(way.label), url_for(way.endpoint))
            for way in door.ways
            if is_installed(way.endpoint) and (actor.user_id is None or actor.can(way.needs))
        )
        if links:
            opened.append(OpenDoor(str(door.title), str(door.text), door.icon, links, door.opens_for(actor)))
    return sorted(opened, key=lambda door: not door.is_mine)
