"""A page from kept templates is, character for character, the page that the files give."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask

from portal.catalog.service.version import bump_version
from portal.core.db import db
from portal.web import http_cache, kept_pages
from portal.web.languages import LANGUAGE_COOKIE, LANGUAGES
from tests.factories.catalog import make_code_list, make_service

ADDRESSES = ("/katalog", "/katalog?druh=49&strana=1", "/katalog?q=nic+takového+není", "/katalog?ukoncene=1&q=pomoc")


@pytest.fixture
def catalogue(app: Flask) -> None:
    """Two services in one place, one of them ended."""
    make_code_list("target_groups", {"24": "senioři & rodiny"})
    town = {"municipality_code": "535532", "municipality_name": "Šumperk", "orp_code": "7111", "orp_name": "Šumperk"}
    make_service(type_code="49", name="Domov <Lipová>", facilities=[town], target_groups=["24"])
    make_service(type_code="46", name="Stacionář", facilities=[town], ended_on=date(2020, 1, 31))
    bump_version()
    db.session.commit()


@pytest.fixture
def outside_tests(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setitem(app.extensions, http_cache.EXTENSION, http_cache.PageCache(max_bytes=0))
    monkeypatch.setitem(app.extensions, kept_pages._KEPT, {})
    return app


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_kept_page_is_the_page_of_its_files(
    outside_tests: Flask, catalogue: None, monkeypatch: pytest.MonkeyPatch, address: str, language: str
) -> None:
    kept = [_page(outside_tests, address, language) for _time in range(2)]
    assert {name for name, *_rest in outside_tests.extensions[kept_pages._KEPT]} == {"frame", "catalog/search.html"}
    monkeypatch.setattr(kept_pages, "carries_session", lambda: True)
    plain = _page(outside_tests, address, language)
    assert kept == [plain, plain]
    assert f'lang="{language}"' in plain


def test_a_page_with_a_session_is_not_kept(outside_tests: Flask, catalogue: None) -> None:
    client = outside_tests.test_client()
    client.set_cookie("portal_session", "anything")
    assert client.get("/katalog").status_code == 200
    assert outside_tests.extensions[kept_pages._KEPT] == {}


def _page(app: Flask, address: str, language: str) -> str:
    client = app.test_client()
    client.set_cookie(LANGUAGE_COOKIE, language)
    text = client.get(address).get_data(as_text=True)
    return re.sub(r'nonce="[^"]+"', 'nonce=""', text)
