"""What stands in the header: places of the portal, each shown to those who may go there.

Names of endpoints stand here rather than imports, since features lie above the shared look. A place whose
feature is not installed is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, request, url_for
from flask_babel import lazy_gettext

from portal.core.permissions import PUBLIC_ACTOR, Actor, Permission
from portal.web.gate import current_actor

SESSION_COOKIES = ("portal_session", "remember_token")


@dataclass(frozen=True)
class Place:
    """A place in the navigation; ``section`` is the beginning of the addresses that belong to it."""

    label: object
    endpoint: str
    section: str
    shown_to: Callable[[Actor], bool]


def _holding(*permissions: Permission) -> Callable[[Actor], bool]:
    return lambda actor: any(actor.can(permission) for permission in permissions)


@dataclass(frozen=True)
class Group:
    """Places under one heading of the menu. ``label`` None: they stand in the row itself."""

    label: object | None
    places: tuple[Place, ...]


MENU = (
    Group(
        lazy_gettext("Services"),
        (
            Place(lazy_gettext("Find a service"), "catalog.search", "/katalog", _holding(Permission.PUBLIC)),
            Place(lazy_gettext("Free places"), "vacancies.index", "/volna-mista", _holding(Permission.PUBLIC)),
            Place(lazy_gettext("Map"), "map.index", "/mapa", _holding(Permission.PUBLIC)),
            Place(
                lazy_gettext("Places of services"),
                "vacancies.kept",
                "/volna-mista/sprava",
                _holding(Permission.VACANCY_EDIT),
            ),
            Place(
                lazy_gettext("Empty places"),
                "vacancies.unused",
                "/volna-mista/kapacita",
                _holding(Permission.VACANCY_READ),
            ),
            Place(
                lazy_gettext("Check of data"),
                "catalog_upkeep.index",
                "/overeni-udaju",
                _holding(Permission.CATALOG_CONFIRM),
            ),
            Place(
                lazy_gettext("Proposals"),
                "catalog_upkeep.review",
                "/sprava/navrhy",
                _holding(Permission.CATALOG_REVIEW_READ),
            ),
        ),
    ),
    Group(
        None,
        (
            Place(lazy_gettext("Returns"), "returns.index", "/vykazy", _holding(Permission.RETURN_READ)),
            Place(
                lazy_gettext("Comparison"),
                "benchmarking.index",
                "/srovnani",
                _holding(Permission.COMPARE_ALL, Permission.COMPARE_OWN),
            ),
        ),
    ),
    Group(
        lazy_gettext("Waiting and need"),
        (
            Place(lazy_gettext("Waiting lists"), "waitlists.index", "/poradniky", _holding(Permission.WAITLIST_READ)),
            Place(
                lazy_gettext("Links of persons"),
                "person_links.index",
                "/poradniky/vazby",
                _holding(Permission.LINK_READ),
            ),
            Place(lazy_gettext("Need"), "need.index", "/zadatele", _holding(Permission.NEED_READ)),
            Place(lazy_gettext("Needs of municipalities"), "needs.index", "/potreby", _holding(Permission.NEEDS_READ)),
        ),
    ),
    Group(
        lazy_gettext("Support and data"),
        (
            Place(lazy_gettext("Municipal support"), "grants.index", "/dotace", _holding(Permission.PUBLIC)),
            Place(
                lazy_gettext("Ministry reporting"),
                "ministry.index",
                "/srovnani/mpsv",
                _holding(Permission.MINISTRY_IMPORT_READ),
            ),
            Place(
                lazy_gettext("Questions of the region"),
                "ministry.questions",
                "/srovnani/dotazy",
                _holding(Permission.QUESTION_ANSWER),
            ),
            Place(
                lazy_gettext("Published figures"), "releases.index", "/zverejnene-udaje", _holding(Permission.PUBLIC)
            ),
            Place(
                lazy_gettext("Publication of figures"),
                "releases.quarters",
                "/zverejneni",
                _holding(Permission.RELEASE_READ),
            ),
            Place(lazy_gettext("Open data"), "web.open_data", "/otevrena-data", _holding(Permission.PUBLIC)),
        ),
    ),
    Group(
        lazy_gettext("Administration"),
        (
            Place(
                lazy_gettext("Imports"),
                "catalog_imports.index",
                "/sprava/importy",
                _holding(Permission.CATALOG_IMPORT_READ),
            ),
            Place(
                lazy_gettext("Territory"),
                "territory.versions",
                "/sprava/uzemi",
                _holding(Permission.TERRITORY_IMPORT_READ),
            ),
            Place(
                lazy_gettext("Key workers"),
                "returns.key_workers",
                "/sprava/klicovi-pracovnici",
                _holding(Permission.USER_READ),
            ),
            Place(lazy_gettext("Users"), "accounts.users", "/sprava/uzivatele", _holding(Permission.USER_READ)),
            Place(
                lazy_gettext("Record of changes"),
                "accounts.audit",
                "/sprava/zaznam-zmen",
                _holding(Permission.AUDIT_READ),
            ),
        ),
    ),
)
PLACES = tuple(place for group in MENU for place in group.places)
MAX_IN_ROW = 6  # so many places stand beside each other without headings, in one line at 1280 px


@dataclass(frozen=True)
class Link:
    label: str
    href: str
    is_current: bool  # this very page
    is_active: bool  # this page lies in the section


@dataclass(frozen=True)
class LinkGroup:
    """Links under a heading that opens; the heading names how much waits in all of them together."""

    label: str
    links: tuple[Link, ...]

    @property
    def is_active(self) -> bool:
        return any(link.is_active for link in self.links)


def carries_session() -> bool:
    """Whether the request brings a cookie that can sign somebody in; without one the visitor is the public."""
    cookies = request.cookies
    return any(name in cookies for name in SESSION_COOKIES) if cookies else False


def visitor() -> Actor:
    """Who looks at the page, found without opening a session for those who have none."""
    return current_actor() if carries_session() else PUBLIC_ACTOR


def is_installed(endpoint: str) -> bool:
    return endpoint in current_app.view_functions


def count_at(app: Flask, endpoint: str, counter: Callable[[Actor], int]) -> None:
    """Show beside a place how much waits there for the visitor; nothing when it is zero."""
    app.extensions.setdefault("portal_counters", {})[endpoint] = counter


def navigation_links() -> list[Link]:
    """The visitor's places in order, without headings."""
    return [link for entry in navigation_menu() for link in (entry.links if isinstance(entry, LinkGroup) else (entry,))]


def navigation_menu() -> list[Link | LinkGroup]:
    """The visitor's places under their headings.

    Few places need no headings, nor does a group of which the visitor has one place alone.
    """
    actor, path = visitor(), request.path
    shown = {place for place in PLACES if is_installed(place.endpoint) and place.shown_to(actor)}
    within = [place for place in shown if path == place.section or path.startswith(place.section + "/")]
    nearest = max(within, key=lambda place: len(place.section), default=None)  # a section may lie in another
    menu: list[Link | LinkGroup] = []
    for group in MENU:
        places = [place for place in group.places if place in shown]
        counts = {place: _count(place, actor) for place in places}
        links = tuple(_link(place, counts[place], place is nearest) for place in places)
        if group.label is None or len(shown) <= MAX_IN_ROW or len(links) == 1:
            menu += links
        elif links:
            menu.append(LinkGroup(_with_count(group.label, sum(counts.values())), links))
    return menu


def _link(place: Place, count: int, is_active: bool) -> Link:
    href = url_for(place.endpoint)
    return Link(_with_count(place.label, count), href, is_current=request.path == href, is_active=is_active)


def _count(place: Place, actor: Actor) -> int:
    counter: Callable[[Actor], int] | None = current_app.extensions.get("portal_counters", {}).get(place.endpoint)
    return counter(actor) if counter is not None else 0


def _with_count(label: object, count: int) -> str:
    return f"{label} ({count})" if count else str(label)
