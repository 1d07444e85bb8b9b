"""Addresses: Czech, kebab-case, typed; every one declares who may come."""

import re

import pytest
from flask import Flask

from portal.app import create_app
from portal.core.permissions import Permission
from portal.web.gate import declared_permission
from portal.web.navigation import PLACES
from tests.conftest import test_settings

# The first words of all addresses. A new one is added here on purpose, in Czech without accents.
FIRST_WORDS = {
    "",
    "assets",
    "cekani",
    "dotace",
    "favicon.ico",
    "favicon.svg",
    "robots.txt",
    "jazyk",
    "katalog",
    "mapa",
    "nastaveni-hesla",
    "odhlaseni",
    "ogc",
    "otevrena-data",
    "overeni-udaju",
    "poradniky",
    "potreby",
    "prihlaseni",
    "prohlaseni-o-pristupnosti",
    "sprava",
    "srovnani",
    "stav",
    "ucet",
    "ulohy",
    "volna-mista",
    "vykazy",
    "zadatele",
    "zverejnene-udaje",
    "zverejneni",
}
FIXED_PART = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)?")
CHANGING_PART = re.compile(r"<(?:(?P<kind>[a-z]+)(?:\([^<>]*\))?:)?(?P<name>[a-z_]+)>")


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(test_settings("sqlite://", tmp_path_factory.mktemp("addresses")))


def test_every_endpoint_declares_a_permission(portal: Flask) -> None:
    undeclared = [name for name in portal.view_functions if declared_permission(portal, name) not in Permission]
    assert undeclared == []


def test_every_address_begins_with_a_known_czech_word(portal: Flask) -> None:
    first = {rule.rule.split("/")[1] for rule in portal.url_map.iter_rules()}
    assert first - FIRST_WORDS == set()


def test_every_part_of_an_address_is_kebab_case(portal: Flask) -> None:
    faults = []
    for rule in portal.url_map.iter_rules():
        assert rule.rule.isascii()
        assert rule.rule == "/" or not rule.rule.endswith("/"), rule.rule
        for part in rule.rule.split("/")[1:]:
            fixed = CHANGING_PART.sub("", part).strip("-.")
            if fixed and not FIXED_PART.fullmatch(fixed):
                faults.append(rule.rule)
    assert faults == []


def test_a_number_in_an_address_is_declared_as_one(portal: Flask) -> None:
    # The id of a job is random text, so that nobody reads another person's progress by counting.
    untyped = [
        rule.rule
        for rule in portal.url_map.iter_rules()
        for match in CHANGING_PART.finditer(rule.rule)
        if match["name"].endswith("_id") and match["name"] != "job_id" and match["kind"] != "int"
    ]
    assert untyped == []


def test_every_place_of_the_navigation_stands_under_its_section(portal: Flask) -> None:
    with portal.test_request_context():
        for place in PLACES:
            if place.endpoint in portal.view_functions:
                assert portal.url_for(place.endpoint).startswith(place.section)


def test_no_two_pages_share_an_address(portal: Flask) -> None:
    answers: dict[tuple[str, str], list[str]] = {}
    for rule in portal.url_map.iter_rules():
        shape = re.sub(r"<[^>]+>", "<>", rule.rule)
        typed = re.findall(r"<int:", rule.rule)  # a number and a word may stand at one place
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answers.setdefault((f"{shape} {len(typed)}", method), []).append(rule.endpoint)
    assert {place: endpoints for place, endpoints in answers.items() if len(endpoints) > 1} == {}
