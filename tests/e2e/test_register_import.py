"""A whole register file through the browser: upload, progress, preview, into the catalogue, and back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from portal.core.db import db
from tests.e2e.conftest import NOTE_VIOLATIONS, Watched, watch
from tests.factories.accounts import login, make_user
from tests.factories.register import some_entries, write_files
from tests.factories.serving import serving
from tests.factories.territory import store_small_territory

pytestmark = pytest.mark.browser

SERVICES = 300
NEEDED_LISTS = ("druhy-socialni-sluzby.json", "cilove-skupiny-osoby.json", "obce.json")


def store_administrator(app: Flask) -> str:
    """The cookie of an administrator of a region without services."""
    store_small_territory()
    cookie = login(app.test_client(), make_user(role="administrator")).get_cookie("portal_session")
    db.session.commit()
    db.session.remove()
    assert cookie is not None
    return cookie.value


@pytest.fixture
def administrator(browser: Browser, tmp_path: Path) -> Iterator[Watched]:
    with serving(tmp_path, store_administrator) as (address, cookie):
        context = browser.new_context(locale="cs-CZ", viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": "portal_session", "value": cookie, "url": address}])
        context.add_init_script(NOTE_VIOLATIONS)
        watched = Watched(context.new_page(), address)
        watch(watched)
        yield watched
        context.close()


def services_in_catalogue(watched: Watched) -> int:
    found = re.match(r"\d+", watched.open("/katalog?ukoncene=1").locator("#results").inner_text())
    return int(found[0]) if found else 0


def state(page: Page) -> str:
    return page.locator(".govuk-summary-list__row", has_text="Stav").locator("dd").inner_text()


def test_a_register_file_goes_into_the_catalogue_and_back(administrator: Watched, tmp_path: Path) -> None:
    files = write_files(tmp_path / "files", some_entries(SERVICES), name="rpss.json")
    assert services_in_catalogue(administrator) == 0
    page = administrator.open("/sprava/importy")
    page.get_by_label("Registr poskytovatelů").set_input_files(files.register)
    page.get_by_label("Číselníky").set_input_files([files.lists_folder / name for name in NEEDED_LISTS])
    page.get_by_role("button", name="Načíst soubor").click()

    page.wait_for_url(re.compile(r"/sprava/importy/\d+$"), timeout=60_000)
    preview = page.url.removeprefix(administrator.base_url)
    assert state(page) == "připraveno k provedení"
    expect(page.get_by_role("link", name=f"Přibylo ({SERVICES})")).to_be_visible()
    expect(page.locator("#change-list tbody tr").first).to_be_visible()
    assert services_in_catalogue(administrator) == 0

    administrator.open(preview).get_by_role("button", name="Provést v katalogu").click()
    expect(page.locator(".govuk-summary-list")).to_contain_text("Provedeno", timeout=60_000)
    assert services_in_catalogue(administrator) == SERVICES

    administrator.open(preview).locator("summary", has_text="Vzít").click()
    page.locator("#confirm_back").check()
    page.locator("button.govuk-button--warning").click()
    expect(page.locator(".govuk-summary-list")).to_contain_text("Vzato zpět", timeout=60_000)
    assert services_in_catalogue(administrator) == 0
    assert administrator.faults() == []
