"""The main menu: who finds which places, and under which heading."""

from collections.abc import Callable

import pytest
from flask import Flask

from portal.core.permissions import PUBLIC_ACTOR, Actor, Grant, Role, Scope
from portal.web import navigation
from portal.web.navigation import MAX_IN_ROW, PLACES, Link, LinkGroup, count_at, navigation_links, navigation_menu

SCOPES = {Scope.REGION: None, Scope.PROVIDER: "12345678", Scope.MUNICIPALITY: "500496"}


def holding(role: Role) -> Actor:
    return Actor(user_id=1, name="P", grants=frozenset({Grant(role, SCOPES[role.scope])}))


@pytest.fixture
def menu_of(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Link | LinkGroup]]:
    def menu(actor: Actor, path: str = "/") -> list[Link | LinkGroup]:
        monkeypatch.setattr(navigation, "visitor", lambda: actor)
        with app.test_request_context(path):
            return navigation_menu()

    return menu


@pytest.mark.parametrize("role", list(Role))
def test_every_place_of_a_role_stands_in_the_menu_once(
    app: Flask, menu_of: Callable[..., list[Link | LinkGroup]], role: Role
) -> None:
    menu = menu_of(holding(role))
    hrefs = [link.href for entry in menu for link in (entry.links if isinstance(entry, LinkGroup) else (entry,))]
    with app.test_request_context():
        may_go = {app.url_for(place.endpoint) for place in PLACES if place.shown_to(holding(role))}
    assert sorted(hrefs) == sorted(may_go)


@pytest.mark.parametrize("role", list(Role))
def test_no_heading_stands_over_a_single_place(menu_of: Callable[..., list[Link | LinkGroup]], role: Role) -> None:
    menu = menu_of(holding(role))
    assert len(menu) <= MAX_IN_ROW + 1
    assert all(len(entry.links) > 1 for entry in menu if isinstance(entry, LinkGroup))


def test_the_few_places_of_the_public_need_no_headings(menu_of: Callable[..., list[Link | LinkGroup]]) -> None:
    menu = menu_of(PUBLIC_ACTOR)
    assert menu
    assert all(isinstance(entry, Link) for entry in menu)


def test_the_heading_says_how_much_waits_under_it(
    app: Flask, menu_of: Callable[..., list[Link | LinkGroup]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "portal_counters", {})
    count_at(app, "ministry.questions", lambda _actor: 2)
    groups = [entry for entry in menu_of(holding(Role.PROVIDER_EDITOR)) if isinstance(entry, LinkGroup)]
    (counted,) = (entry for entry in groups if entry.label.endswith(" (2)"))
    assert [link.label for link in counted.links if link.label.endswith(" (2)")] == [
        f"{place.label} (2)" for place in PLACES if place.endpoint == "ministry.questions"
    ]


def test_the_heading_over_the_visitors_place_is_marked(menu_of: Callable[..., list[Link | LinkGroup]]) -> None:
    menu = menu_of(holding(Role.KEY_WORKER), "/poradniky/vazby")
    (group,) = (entry for entry in menu if entry.is_active)
    assert isinstance(group, LinkGroup)
    assert [(link.href, link.is_current) for link in group.links if link.is_active] == [("/poradniky/vazby", True)]


def test_links_come_in_the_order_of_the_menu(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "visitor", lambda: holding(Role.KEY_WORKER))
    with app.test_request_context("/"):
        shown = [app.url_for(place.endpoint) for place in PLACES if place.shown_to(holding(Role.KEY_WORKER))]
        assert [link.href for link in navigation_links()] == shown
