"""Every page of the portal, found through the declared access table, in a world where each object exists."""

import importlib
import pkgutil
from dataclasses import dataclass

from flask import Flask, url_for

import tests.access
from portal.core.db import db
from tests.access.rows import ACTORS, ANONYMOUS, NO_ROLE, Row, World
from tests.factories.accounts import login, make_user


@dataclass(frozen=True)
class Visit:
    """One page as one person may see it."""

    endpoint: str
    who: str
    path: str


@dataclass
class Town:
    """The world with everybody in it; ``cookies`` sign people in."""

    app: Flask
    world: World
    cookies: dict[str, str]


def access_rows() -> list[Row]:
    modules = [m.name for m in pkgutil.iter_modules(tests.access.__path__) if m.name != "rows"]
    return [row for name in modules for row in importlib.import_module(f"tests.access.{name}").ROWS]


def page_rows() -> list[Row]:
    """The rows of what people look at."""
    return [row for row in access_rows() if row.method == "GET" and 200 in row.expected]


def settle(app: Flask) -> Town:
    """Make everybody and every feature's objects; commits."""
    town = Town(app, World(), {})
    for who in ACTORS:
        if who == ANONYMOUS:
            continue
        user = make_user(role=None if who == NO_ROLE else who, name=f"Osoba {who}")
        town.world.user_ids[who] = user.id
        client = login(app.test_client(), user)
        cookie = client.get_cookie("portal_session")
        assert cookie is not None
        town.cookies[who] = cookie.value
    for module in pkgutil.iter_modules(tests.access.__path__):
        build = getattr(importlib.import_module(f"tests.access.{module.name}"), "build_world", None)
        if build is not None:
            build(town.world)
    db.session.commit()
    db.session.remove()
    return town


def visits_of(town: Town, row: Row) -> list[Visit]:
    """The page as the first person of the list who has an object there, and as nobody signed in where that may be."""
    found: list[Visit] = []
    for who in sorted(row.who, key=ACTORS.index):
        if found and found[0].who != ANONYMOUS:
            break
        with town.app.test_request_context():
            values = row.objects.own(town.world, who) if row.objects is not None else {}
            if values is not None:
                found.append(Visit(row.endpoint, who, url_for(row.endpoint, **values)))
    assert found, f"nobody has an object of their own to see {row.endpoint}"
    return found
