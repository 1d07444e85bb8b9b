"""The pages that belong to no feature."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.app import create_app
from portal.core.permissions import PUBLIC_ACTOR, Actor, Grant, Role
from portal.web.home import doors_for
from portal.web.navigation import navigation_links
from portal.web.views import local_path
from tests.conftest import test_settings


def test_the_home_page_opens_a_door_for_each_kind_of_visitor(client: FlaskClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "Najděte pomoc" in page.text
    assert 'href="tel:112"' in page.text


def test_the_home_page_is_not_sent_twice_to_one_browser(client: FlaskClient) -> None:
    etag = client.get("/").headers["ETag"]
    assert client.get("/", headers={"If-None-Match": etag}).status_code == 304


def test_the_public_finds_its_own_door_first(app: Flask) -> None:
    with app.test_request_context("/"):
        doors = doors_for(PUBLIC_ACTOR)
    assert all(not door.is_mine for door in doors[1:])


def test_a_signed_in_person_sees_only_ways_he_may_go(app: Flask) -> None:
    provider = Actor(user_id=1, name="P", grants=frozenset({Grant(Role.PROVIDER_EDITOR, "12345678")}))
    with app.test_request_context("/"):
        shown = {href for door in doors_for(provider) for _, href in door.links}
        every = {href for door in doors_for(PUBLIC_ACTOR) for _, href in door.links}
    assert not {href for href in shown if href.startswith("/sprava")}
    assert shown <= every


def test_the_navigation_marks_where_the_visitor_is(app: Flask) -> None:
    with app.test_request_context("/katalog/sluzba/1"):
        active = [link.href for link in navigation_links() if link.is_active]
    assert active in ([], ["/katalog"])  # the catalogue is a feature of its own


def test_the_language_is_kept_and_the_visitor_stays_where_he_was(client: FlaskClient) -> None:
    answer = client.get("/jazyk/en?zpet=/prohlaseni-o-pristupnosti%3Fa%3D1")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/prohlaseni-o-pristupnosti?a=1"
    assert "Accessibility statement" in client.get("/prohlaseni-o-pristupnosti").text
    client.get("/jazyk/cs")
    assert "Prohlášení o přístupnosti" in client.get("/prohlaseni-o-pristupnosti").text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "cs",
            ("vypracováno 3.\u00a02.\u00a02027", "přezkoumáno 4.\u00a02.\u00a02028", "Digitální a informační agentura"),
        ),
        ("en", ("prepared on 3 February 2027", "reviewed on 4 February 2028", "Digital and Information Agency")),
    ],
)
def test_the_accessibility_statement_names_its_days_the_contact_and_who_supervises(
    tmp_path: Path, language: str, said: tuple[str, ...]
) -> None:
    app = create_app(
        test_settings(
            "sqlite://",
            tmp_path,
            PORTAL_ACCESSIBILITY_PREPARED="2027-02-03",
            PORTAL_ACCESSIBILITY_REVIEWED="2028-02-04",
            PORTAL_CONTACT_EMAIL="pristupnost@kraj.example",
        )
    )
    client = app.test_client()
    client.get(f"/jazyk/{language}")
    text = client.get("/prohlaseni-o-pristupnosti").text
    for words in (*said, 'href="mailto:pristupnost@kraj.example"', "Na Vápence 915/14", "130 00 Praha 3"):
        assert words in text


@pytest.mark.parametrize("code", ["de", "CS", "../"])
def test_a_language_that_the_portal_does_not_speak_is_not_found(client: FlaskClient, code: str) -> None:
    assert client.get(f"/jazyk/{code}").status_code == 404


@pytest.mark.parametrize(
    "elsewhere",
    [
        "http://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:x",
        "",
        "evil",
        "/\n/evil.example",
        "https:evil.example",
    ],
)
def test_the_language_switch_never_leads_to_another_site(client: FlaskClient, elsewhere: str) -> None:
    assert local_path(elsewhere) is None
    assert client.get("/jazyk/en", query_string={"zpet": elsewhere}).headers["Location"] == "/"


def test_robots_may_read_the_catalogue_but_not_the_ways_in(client: FlaskClient) -> None:
    answer = client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    assert "Disallow: /prihlaseni" in answer.text
    assert "Disallow: /katalog\n" not in answer.text


def test_the_mark_carries_the_regions_colours(client: FlaskClient) -> None:
    answer = client.get("/favicon.svg")
    assert answer.mimetype == "image/svg+xml"
    assert "#1d4370" in answer.text
    assert client.get("/favicon.ico").headers["Location"] == "/favicon.svg"
