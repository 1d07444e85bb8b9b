"""Every page of the portal, found through the declared access table, in a world where each object exists."""

import importlib
import pkgutil
from dataclasses import dataclass

from flask import Flask, url_for

import tests.access
from portal.core.db import db
from tests.access.rows import ACTORS, ANONYMOUS, NO_ROLE, Row, World
from tests.factories.accounts import login, make_user

FEATURES = sorted(module.name for module in pkgutil.iter_modules(tests.access.__path__) if module.name != "rows")


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


def page_rows(feature: str | None = None) -> list[Row]:
    """The rows of what people look at, of one feature or of all."""
    rows = [row for name in FEATURES if feature in (None, name) for row in _access(name).ROWS]
    return [row for row in rows if row.method == "GET" and 200 in row.expected]


def _access(feature: str) -> object:
    return importlib.import_module(f"tests.access.{feature}")


def settle(app: Flask) -> Town:
    """Make everybody and every feature's objects; commits."""
    town = Town(app, World(), {})
    for who in ACTORS:
        if who == ANONYMOUS:
            continue
        user = make_user(role=None if who == NO_ROLE else who, name=f"Osoba {who}")
        town.world.user_ids[who] = user.id
        cookie = login(app.test_client(), user).get_cookie("portal_session")
        assert cookie is not None
        town.cookies[who] = cookie.value
    for feature in FEATURES:
        getattr(_access(feature), "build_world", lambda _world: None)(town.world)
    db.session.commit()
    db.session.remove()
    return town


def visits_of(town: Town, row: Row) -> list[Visit]:
    """The page as the first person of the list who has an object there, and as nobody signed in where that may be."""
    found: list[Visit] = []
    for who in sorted(row.who, key=ACTORS.index):
        if found and found[-1].who != ANONYMOUS:
            break
        with town.app.test_request_context():
            values = row.objects.own(town.world, who) if row.objects is not None else {}
            if values is not None:
                found.append(Visit(row.endpoint, who, url_for(row.endpoint, **values)))
    assert found, f"nobody has an object of their own to see {row.endpoint}"
    return found


def html_visits(town: Town, feature: str) -> list[Visit]:
    """The visits of a feature that are answered by a page, not by a download or by a way elsewhere."""
    found = []
    for row in page_rows(feature):
        for visit in visits_of(town, row):
            client = town.app.test_client()
            if visit.who != ANONYMOUS:
                client.set_cookie("portal_session", town.cookies[visit.who])
            with client.get(visit.path) as answer:
                if answer.status_code == 200 and answer.mimetype == "text/html":
                    found.append(visit)
    return found
