"""An unchanged public page costs neither rendering nor bytes, and stays a page for its reader."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Blueprint, Flask, make_response, render_template_string, session
from flask.testing import FlaskClient

from portal.app import create_app
from portal.core.clock import frozen_at, now_utc
from portal.core.permissions import Permission
from portal.web.gate import requires
from portal.web.http_cache import PageCache, public_page
from tests.conftest import test_settings

PAGE = """{% extends "web/base.html" %}
{% block page_title %}t{% endblock %}
{% block content %}<p>{{ text }}</p>{% endblock %}"""


@dataclass
class World:
    version: int = 1
    text: str = "první"
    rendered: int = 0
    client: FlaskClient = field(init=False)
    app: Flask = field(init=False)


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World()
    app = create_app(test_settings("sqlite://", tmp_path))
    app.extensions["portal_page_cache"].max_bytes = 1_000_000
    bp = Blueprint("trial", __name__)

    @bp.get("/zkouska")
    @requires(Permission.PUBLIC)
    @public_page(lambda: world.version)
    def page():
        world.rendered += 1
        return render_template_string(PAGE, text=world.text)

    @bp.get("/zkouska-prosta")
    @requires(Permission.PUBLIC)
    @public_page(lambda: world.version)
    def plain():
        world.rendered += 1
        return "x"  # of type text/html

    @bp.get("/zkouska-relace")
    @requires(Permission.PUBLIC)
    @public_page(lambda: world.version)
    def with_session():
        world.rendered += 1
        session["x"] = 1
        return "x"

    @bp.get("/zkouska-chyba")
    @requires(Permission.PUBLIC)
    @public_page(lambda: world.version)
    def refused():
        world.rendered += 1
        return make_response("ne", 404)

    app.register_blueprint(bp)
    world.app, world.client = app, app.test_client()
    return world


def test_an_unchanged_page_is_rendered_once(world: World) -> None:
    first, second = world.client.get("/zkouska"), world.client.get("/zkouska")
    assert world.rendered == 1
    assert "první" in second.text
    assert first.headers["ETag"] == second.headers["ETag"]


def test_a_page_that_the_browser_still_has_is_not_sent_again(world: World) -> None:
    etag = world.client.get("/zkouska").headers["ETag"]
    answer = world.client.get("/zkouska", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.data) == (304, b"")
    assert "Content-Security-Policy" not in answer.headers  # it would not fit the page the browser has
    assert answer.headers["ETag"] == etag
    assert world.rendered == 1


def test_each_answer_has_a_nonce_of_its_own_that_its_policy_allows(world: World) -> None:
    nonces = set()
    for _ in range(3):
        answer = world.client.get("/zkouska")
        nonce = answer.headers["Content-Security-Policy"].split("'nonce-")[1].split("'")[0]
        assert f'nonce="{nonce}"' in answer.text
        assert answer.text.count('nonce="') == answer.text.count(f'nonce="{nonce}"')
        nonces.add(nonce)
    assert len(nonces) == 3
    assert world.app.extensions["portal_page_cache"].placeholder not in nonces


def test_a_change_of_the_content_is_seen(world: World) -> None:
    etag = world.client.get("/zkouska").headers["ETag"]
    world.version, world.text = 2, "druhý"
    answer = world.client.get("/zkouska", headers={"If-None-Match": etag})
    assert answer.status_code == 200
    assert "druhý" in answer.text


def test_languages_addresses_and_days_have_their_own_pages(world: World) -> None:
    etags = {world.client.get("/zkouska").headers["ETag"], world.client.get("/zkouska?a=1").headers["ETag"]}
    world.client.set_cookie("lang", "en")
    etags.add(world.client.get("/zkouska").headers["ETag"])
    with frozen_at(now_utc().replace(year=2031)):
        etags.add(world.client.get("/zkouska").headers["ETag"])
    assert len(etags) == 4


def test_a_visitor_with_a_session_gets_a_page_made_for_him(world: World) -> None:
    world.client.get("/zkouska-prosta")
    world.client.set_cookie("portal_session", "x")
    answer = world.client.get("/zkouska-prosta")
    assert world.rendered == 2
    assert "ETag" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/zkouska-relace", "/zkouska-chyba"])
def test_an_answer_of_one_visitor_or_an_error_is_not_kept(world: World, path: str) -> None:
    for _ in range(2):
        client = world.app.test_client()
        assert "ETag" not in client.get(path).headers
    assert world.rendered == 2


def test_the_least_recently_used_page_makes_room() -> None:
    cache = PageCache(max_bytes=10)
    cache.keep("a", b"12345", "text/html")
    cache.keep("b", b"12345", "text/html")
    cache.find("a")
    cache.keep("c", b"12345", "text/html")
    assert cache.find("b") is None
    assert cache.find("a") is not None
    assert cache.find("c") is not None
    cache.keep("huge", b"x" * 11, "text/html")
    assert cache.find("huge") is None


def test_replacing_a_page_does_not_count_it_twice() -> None:
    cache = PageCache(max_bytes=10)
    for _ in range(5):
        cache.keep("a", b"12345", "text/html")
    cache.keep("b", b"12345", "text/html")
    assert cache.find("a") is not None


def test_the_version_is_read_once_while_fresh() -> None:
    reads: list[int] = []

    def version() -> int:
        reads.append(1)
        return 1

    cache = PageCache(version_fresh_s=60)
    assert (cache.version(version), cache.version(version)) == (1, 1)
    assert len(reads) == 1
    cache.forget()
    cache.version(version)
    assert len(reads) == 2


def test_while_the_version_is_fresh_the_application_is_not_even_entered(world: World) -> None:
    cache: PageCache = world.app.extensions["portal_page_cache"]
    cache.version_fresh_s = 60
    first = world.client.get("/zkouska")
    world.app.before_request_funcs.setdefault(None, []).insert(0, lambda: pytest.fail("entered"))
    second = world.client.get("/zkouska")
    assert second.status_code == 200
    assert set(second.headers.keys()) == set(first.headers.keys())
    nonce = second.headers["Content-Security-Policy"].split("'nonce-")[1].split("'")[0]
    assert nonce not in first.text
    assert second.text.count('nonce="') == second.text.count(f'nonce="{nonce}"') > 0
    assert second.headers["Content-Length"] == str(len(second.data))
    unchanged = world.client.get("/zkouska", headers={"If-None-Match": first.headers["ETag"]})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert "Content-Security-Policy" not in unchanged.headers
    assert unchanged.headers["X-Content-Type-Options"] == "nosniff"
    head = world.client.head("/zkouska")
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == first.headers["Content-Length"]


@pytest.mark.parametrize("changes", ["version", "day", "language", "query", "host", "https", "session", "method"])
def test_whatever_a_page_depends_on_leads_back_to_the_application(world: World, changes: str) -> None:
    cache: PageCache = world.app.extensions["portal_page_cache"]
    cache.version_fresh_s = 60
    world.client.get("/zkouska-prosta")
    entered: list[str] = []
    world.app.before_request_funcs.setdefault(None, []).insert(0, lambda: entered.append("entered"))
    world.client.get("/zkouska-prosta")
    assert entered == []
    match changes:
        case "version":
            world.version = 2
            cache.version_fresh_s = 0
            world.client.get("/zkouska-prosta")
        case "day":
            with frozen_at(now_utc().replace(year=2031)):
                world.client.get("/zkouska-prosta")
        case "language":
            world.client.set_cookie("lang", "en")
            world.client.get("/zkouska-prosta")
        case "query":
            world.client.get("/zkouska-prosta?a=1")
        case "host":
            world.client.get("/zkouska-prosta", base_url="http://jinde.example")
        case "https":
            answer = world.client.get("/zkouska-prosta", base_url="https://localhost")
            assert "Strict-Transport-Security" in answer.headers
        case "session":
            world.client.set_cookie("portal_session", "x")
            world.client.get("/zkouska-prosta")
        case "method":
            world.client.post("/zkouska-prosta")
    assert entered == ["entered"]
