"""Every route x every method x everybody x {own, foreign, missing object} against the one declared table.

Each request is undone before the next one, so that the order does not matter and every person meets the same world.

Thousands are asked, and nearly all their time would go into drawing pages. A page is drawn where somebody looks at it:
each one to everybody who may see it on one database, and both of a pair that must look alike on each. Elsewhere the
status alone is read, and a word stands for the page. What the database has no part in (methods without a view, forms
without a token, requests for the head, who is turned away) is asked on one database.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import flask.templating
import pytest
from flask import Flask, url_for
from werkzeug.routing import Rule

import tests.access
from portal.core.db import db
from tests.access.rows import ACTORS, ANONYMOUS, METHODS, Row, Values, World
from tests.conftest import undone
from tests.factories.visits import Town, settle

FEATURES = [
    importlib.import_module(f"tests.access.{module.name}")
    for module in pkgutil.iter_modules(tests.access.__path__)
    if module.name != "rows"
]
ROWS: list[Row] = [row for feature in FEATURES for row in feature.ROWS]
TABLE = {(row.endpoint, row.method): row for row in ROWS}
ENDPOINTS = sorted({row.endpoint for row in ROWS})
NOT_DRAWN = "page"

on_one_database = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    text: str


class Portal(Town):
    """The portal with its world, asked as somebody."""

    def ask(self, who: str, method: str, path: str, *, draw: bool = True) -> Answer:
        connection = db._app_engines[self.app][None]
        connection.exec_driver_sql("SAVEPOINT request")
        client = self.app.test_client()
        if who != ANONYMOUS:
            client.set_cookie("portal_session", self.cookies[who])
        try:
            with nullcontext() if draw else pages_not_drawn(), client.open(path, method=method) as response:
                text = response.get_data().decode("utf-8", "replace")
                return Answer(response.status_code, response.headers.get("Location", ""), text)
        finally:
            db.session.remove()
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT request")
            # Rolled back to, a savepoint goes on; thousands, one in the other, would use up the locks of the server.
            connection.exec_driver_sql("RELEASE SAVEPOINT request")


@contextmanager
def pages_not_drawn() -> Iterator[None]:
    """Views do their work, but a word stands for their page and for the page of an error."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flask.templating, "_render", lambda app, template, context: NOT_DRAWN)
        yield


@pytest.fixture(scope="module")
def portal(migrated_app: Flask) -> Iterator[Portal]:
    """One world for all questions. Permissions decide here, so forms need no token; that they need one otherwise is
    tried below."""
    with undone(migrated_app) as app, pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.config, "WTF_CSRF_ENABLED", False)
        town = settle(app)
        yield Portal(app, town.world, town.cookies)


def own_methods(rule: Rule) -> set[str]:
    return set(rule.methods) - {"HEAD", "OPTIONS"}


def paths(app: Flask, row: Row, rule: Rule, values: Values | None) -> str | None:
    """The address of an object; None when there is no such object."""
    if rule.arguments and values is None:
        return None
    with app.test_request_context():
        return url_for(row.endpoint, **(values or {}))


def kinds(portal: Portal, row: Row, rule: Rule, who: str) -> dict[str, str]:
    """Address of each kind of object there is for this person: own, foreign, missing; "own" where there is none."""
    if not rule.arguments:
        return {"own": paths(portal.app, row, rule, None)}
    assert row.objects is not None, f"{row.endpoint} has an address with values: declare its objects"
    makers: dict[str, Callable[[World, str], Values | None]] = {
        "own": row.objects.own,
        "foreign": row.objects.foreign,
        "missing": row.objects.missing,
    }
    found = {kind: paths(portal.app, row, rule, make(portal.world, who)) for kind, make in makers.items()}
    return {kind: path for kind, path in found.items() if path is not None}


def turned_away(who: str, answer: Answer) -> bool:
    """To the login when nobody is signed in, 403 otherwise."""
    if who == ANONYMOUS:
        return answer.status == 302 and urlsplit(answer.location).path == "/prihlaseni"
    return answer.status == 403


def look(answer: Answer, path: str) -> tuple[int, str]:
    """Status and page without what differs from answer to answer: nonce, token, number to quote, the address itself."""
    text = answer.text
    for address in sorted({path, quote(path, safe=""), quote(path)}, key=len, reverse=True):
        text = text.replace(address, "ADDRESS")
    text = re.sub(r'nonce="[^"]*"', 'nonce=""', text)
    text = re.sub(r'portal-reference">[^<]*<', "portal-reference><", text)
    return answer.status, re.sub(r'name="csrf_token"( type="hidden")? value="[^"]*"', "csrf_token", text)


def test_every_route_and_method_stands_in_the_table(migrated_app):
    there = {(rule.endpoint, method) for rule in migrated_app.url_map.iter_rules() for method in own_methods(rule)}
    assert sorted(there - set(TABLE)) == [], "routes without a row in tests/access"
    assert sorted(set(TABLE) - there) == [], "rows in tests/access without a route"
    assert len(TABLE) == len(ROWS), "an endpoint and method is declared twice"


def test_the_table_names_only_known_people():
    unknown = {row.endpoint: row.who - set(ACTORS) for row in ROWS if row.who - set(ACTORS)}
    assert unknown == {}


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_the_route_answers_as_declared(portal, backend, endpoint):
    faults: list[str] = []
    for rule in portal.app.url_map.iter_rules(endpoint):
        for method in sorted(own_methods(rule)):
            row = TABLE[endpoint, method]
            tried = set()
            for who in ACTORS:
                if backend == "sqlite" or who in row.who:
                    tried |= try_row(portal, row, rule, who, faults, wholly=backend == "sqlite")
            if rule.arguments:
                assert {"own", "missing"} <= tried, f"{endpoint} {method}: nobody has an object of their own to try"
    assert faults == []


def try_row(portal: Portal, row: Row, rule: Rule, who: str, faults: list[str], *, wholly: bool) -> set[str]:
    """Ask as one person for each kind of object. Returns the kinds that the person may ask for.

    ``wholly``: pages are drawn and heads asked for as well.
    """
    addresses = kinds(portal, row, rule, who)
    alike = {"foreign", "missing"} if "foreign" in addresses else set()
    drawn = alike | {"own"} if wholly and who in row.who else alike
    given = {kind: portal.ask(who, row.method, path, draw=kind in drawn) for kind, path in addresses.items()}
    for kind, answer in given.items():
        fault = fault_of(row, who, kind, answer)
        if kind == "foreign" and look(answer, addresses[kind]) != look(given["missing"], addresses["missing"]):
            fault = fault or "does not look like a missing one"
        if row.method == "GET" and wholly:
            head = portal.ask(who, "HEAD", addresses[kind], draw=False)
            if head.status != answer.status or head.text:
                fault = fault or f"HEAD answers {head.status}"
        if fault is not None:
            faults.append(f"{row.method} {addresses[kind]} as {who} ({kind}) answers {answer.status}: {fault}")
    return set(given) if who in row.who else set()


def fault_of(row: Row, who: str, kind: str, answer: Answer) -> str | None:
    if who not in row.who:
        return None if turned_away(who, answer) else "declared forbidden"
    expected = row.expected if kind == "own" else {row.missing}
    return None if answer.status in expected else f"declared {sorted(expected)}"


@on_one_database
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_no_other_method_is_answered(portal, endpoint):
    """PUT, PATCH, DELETE and the like get 405 from everybody; OPTIONS says no more than the names of the methods."""
    faults: list[str] = []
    for rule in portal.app.url_map.iter_rules(endpoint):
        siblings = [other for other in portal.app.url_map.iter_rules() if other.rule == rule.rule]
        taken = set().union(*(other.methods for other in siblings))
        for who in ACTORS:
            row = next(row for row in ROWS if row.endpoint == endpoint)
            addresses = kinds(portal, row, rule, who)
            path = addresses.get("own") or addresses["missing"]
            for method in sorted(set(METHODS) - taken):
                status = portal.ask(who, method, path, draw=who == ANONYMOUS).status
                if status != 405:
                    faults.append(f"{method} {path} as {who} answered {status}")
            answer = portal.ask(who, "OPTIONS", path, draw=False)
            if (answer.status, answer.text) != (200, "") and not turned_away(who, answer):
                faults.append(f"OPTIONS {path} as {who} answered {answer.status}")
    assert faults == []


@on_one_database
def test_no_form_is_taken_without_its_token(portal, monkeypatch):
    monkeypatch.setitem(portal.app.config, "WTF_CSRF_ENABLED", True)
    faults = []
    for row in ROWS:
        if row.method in ("GET", "HEAD", "OPTIONS"):
            continue
        for rule in portal.app.url_map.iter_rules(row.endpoint):
            for who in sorted(row.who):
                for path in kinds(portal, row, rule, who).values():
                    status = portal.ask(who, row.method, path, draw=False).status
                    if status != 400:
                        faults.append(f"{row.method} {path} as {who} answered {status}")
    assert faults == []
