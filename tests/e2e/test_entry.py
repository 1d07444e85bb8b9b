"""Entry of a return in the browser: saving by itself, keys, pasting, a broken line, two people, a lost session."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from portal.core.clock import today
from portal.core.db import db
from portal.returns.types import Period
from tests.e2e.conftest import NOTE_VIOLATIONS, Watched, watch
from tests.factories.accounts import OWN_ICO, login, make_user
from tests.factories.catalog import make_provider
from tests.factories.returns import make_period, make_reporting_service, make_return
from tests.factories.serving import serving

pytestmark = pytest.mark.browser

BEDS, USED = "#residential-beds", "#residential-bed_days_used"
SAVED = "Uloženo v"


@dataclass
class Desk:
    """A portal with a service of two forms, whose return nobody began, and two people of its provider."""

    url: str
    address: str
    cookies: dict[str, str]


def fill(app: Flask) -> tuple[str, dict[str, str]]:
    last = Period.of(today()).previous
    make_period(last, on_time_until=today() + timedelta(days=10))
    provider = make_provider("Charita Háj", ico=OWN_ICO)
    service = make_reporting_service(provider, type_code="48", forms=("outpatient", "residential"))
    make_return(service, last.previous, {"beds": 40}, state="locked")
    cookies = {}
    for role, name in (("provider_editor", "Eva Editorová"), ("provider_approver", "Alena Schvalovací")):
        cookie = login(app.test_client(), make_user(role=role, name=name)).get_cookie("portal_session")
        assert cookie is not None
        cookies[role] = cookie.value
    address = f"/vykazy/{service.register_id}/{last}"
    db.session.commit()
    db.session.remove()
    return address, cookies


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with serving(tmp_path, fill) as (url, (address, cookies)):
        yield Desk(url, address, cookies)


Sit = Callable[..., Watched]


@pytest.fixture
def sit(browser: Browser, desk: Desk) -> Iterator[Sit]:
    """``sit()`` opens the form as the editor, ``sit("provider_approver")`` as the approver."""
    contexts: list[BrowserContext] = []

    def open_form(who: str = "provider_editor", **options: object) -> Watched:
        context = browser.new_context(locale="cs-CZ", **{"viewport": {"width": 1280, "height": 900}, **options})  # type: ignore[arg-type]  # options of Playwright's own
        contexts.append(context)
        context.add_cookies([{"name": "portal_session", "value": desk.cookies[who], "url": desk.url}])
        context.add_init_script(NOTE_VIOLATIONS)
        watched = Watched(context.new_page(), desk.url)
        watch(watched)
        watched.open(desk.address)
        return watched

    yield open_form
    for context in contexts:
        context.close()


def wait_for(page: Page, text: str) -> None:
    expect(page.locator("#entry-status")).to_contain_text(text, timeout=15_000)


def paste(page: Page, selector: str, text: str) -> None:
    page.focus(selector)
    page.evaluate(
        """([selector, text]) => {
          const data = new DataTransfer()
          data.setData('text/plain', text)
          document.querySelector(selector).dispatchEvent(
            new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
        }""",
        [selector, text],
    )


def value(page: Page, selector: str) -> str:
    return page.input_value(selector).replace("\u00a0", " ")


def warns_of_saved_figures(page: Page) -> None:
    """A figure half of the last one is asked about beside its box, while the person types on; a comment answers it."""
    expect(page.locator("#residential-beds-comment")).to_have_count(0)
    page.fill(BEDS, "8")
    page.focus("#all-users_new")
    comment = page.locator("#residential-beds-comment")
    expect(comment).to_be_visible(timeout=15_000)
    assert page.evaluate("document.activeElement.id") == "all-users_new"
    expect(page.locator("[data-figure=residential-beds] .returns-field__warning")).to_contain_text("40")
    expect(page.locator("#entry-findings")).to_contain_text("Lůžka")
    comment.fill("Část domova se opravuje.")
    wait_for(page, SAVED)
    page.fill(BEDS, "40")
    wait_for(page, SAVED)
    expect(comment).to_have_value("Část domova se opravuje.")
    comment.fill("")
    page.focus("#all-users_new")
    expect(comment).to_have_count(0, timeout=15_000)


def test_what_is_typed_is_saved_by_itself_in_one_request_with_what_was_filled_in(sit: Sit) -> None:
    watched = sit()
    page, sent = watched.page, []
    page.on("request", lambda request: sent.append(request.post_data_json) if request.method == "POST" else None)
    assert value(page, BEDS) == "40"
    page.fill(USED, "3 500")
    page.fill("#all-users_new", "dva")
    page.check("#all-users_left-na")
    wait_for(page, "Čeká na uložení")
    wait_for(page, "kromě údajů k opravě: 1")
    parts = page.locator(".returns-contents__state")
    assert [text for text in parts.all_text_contents() if "k opravě" in text] == ["1 k opravě"]
    assert len(sent) == 1
    assert sorted(sent[0]["cells"]) == ["all-users_left", "all-users_new", "residential-bed_days_used", BEDS[1:]]
    expect(page.locator("#all-users_new-error")).to_contain_text("Napište číslo")
    page.fill("#all-users_new", "2")
    wait_for(page, SAVED)
    expect(page.locator("#all-users_new-error")).to_have_count(0)
    warns_of_saved_figures(page)
    assert watched.accessibility_faults() + watched.faults() == []
    before = [text.strip() for text in parts.all_text_contents()]
    page.reload()
    assert [text.strip() for text in parts.all_text_contents()] == before
    assert not any("k opravě" in text for text in before)
    assert (value(page, BEDS), value(page, USED), value(page, "#all-users_new")) == ("40", "3 500", "2")
    assert page.is_checked("#all-users_left-na")
    page.locator(".returns-buttons button", has_text="Uložit rozpracované").click()
    expect(page.locator(".govuk-notification-banner--success")).to_be_visible()
    assert watched.faults() == []


def test_a_broken_line_loses_nothing_and_is_mended_by_itself(sit: Sit) -> None:
    watched = sit()
    page = watched.page
    page.context.set_offline(True)
    page.fill(USED, "3500")
    wait_for(page, "jste bez připojení")
    page.fill("#all-users_new", "7")
    page.context.set_offline(False)
    wait_for(page, SAVED)
    page.reload()
    assert (value(page, USED), value(page, "#all-users_new")) == ("3 500", "7")
    expect(page.locator("#entry-notice")).to_be_hidden()


def test_a_failing_server_is_asked_again(sit: Sit, desk: Desk) -> None:
    page, answers = sit().page, [503, 503]
    page.route(
        "**/prubezne-ulozeni",
        lambda route: route.fulfill(status=answers.pop()) if answers else route.continue_(),
    )
    page.fill(USED, "3500")
    wait_for(page, "Chyba – zkusíme znovu")
    wait_for(page, SAVED)
    assert answers == []


def test_what_waits_is_offered_back_after_the_session_ended(sit: Sit, desk: Desk) -> None:
    page = sit().page
    page.context.clear_cookies()
    page.fill(USED, "3500")
    expect(page.locator("#entry-notice")).to_contain_text("Přihlášení skončilo", timeout=15_000)
    page.click("#entry-notice a")
    assert "/prihlaseni" in page.url
    page.context.add_cookies([{"name": "portal_session", "value": desk.cookies["provider_editor"], "url": desk.url}])
    page.goto(desk.url + desk.address)
    assert value(page, USED) == ""
    expect(page.locator("#entry-notice")).to_contain_text("údaje, které se neuložily: 1")
    page.click("text=Vrátit je do políček")
    assert value(page, USED) == "3500"
    wait_for(page, SAVED)
    page.reload()
    assert value(page, USED) == "3 500"
    expect(page.locator("#entry-notice")).to_be_hidden()


def test_another_person_at_the_same_browser_is_offered_nothing(sit: Sit, desk: Desk) -> None:
    page = sit().page
    page.context.clear_cookies()
    page.fill(USED, "3500")
    expect(page.locator("#entry-notice")).to_be_visible(timeout=15_000)
    page.context.add_cookies([{"name": "portal_session", "value": desk.cookies["provider_approver"], "url": desk.url}])
    page.goto(desk.url + desk.address)
    expect(page.locator("#entry-tools")).to_be_visible()
    expect(page.locator("#entry-notice")).to_be_hidden()


@pytest.mark.parametrize(("choice", "kept"), [("Nechat moje", "41"), ("Vzít uložené", "42")])
def test_two_people_see_both_values_and_one_chooses(sit: Sit, choice: str, kept: str) -> None:
    one, other = sit(), sit("provider_approver")
    other.page.fill(BEDS, "42")
    other.page.fill("#all-users_new", "5")
    wait_for(other.page, SAVED)
    one.page.fill(BEDS, "41")
    one.page.fill("#all-users_left", "3")
    wait_for(one.page, "Vyberte, která hodnota platí")
    told = one.page.locator("#residential-beds-conflict")
    expect(told).to_contain_text("Alena Schvalovací mezitím uložil(a) jinou hodnotu: 42. Vy máte: 41.")
    assert value(one.page, "#all-users_new") == "5"
    assert one.accessibility_faults() == []
    told.get_by_role("button", name=choice).click()
    wait_for(one.page, SAVED)
    expect(told).to_have_count(0)
    other.page.reload()
    assert (value(other.page, BEDS), value(other.page, "#all-users_left")) == (kept, "3")


def test_leaving_is_warned_of_only_while_something_waits(sit: Sit) -> None:
    page = sit().page
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.fill(USED, "1")
    wait_for(page, SAVED)
    page.reload()
    assert asked == []
    page.fill(USED, "2")
    page.reload()
    assert asked == ["beforeunload"]


def test_a_column_from_excel_fills_what_fits_and_is_taken_back(sit: Sit) -> None:
    watched = sit()
    page = watched.page
    page.fill("#all-users_left", "9")
    paste(page, "#all-users_at_end", "38\r\n1\u00a0045,0\r\nnetýká se\r\nsedm\r\n")
    assert (value(page, "#all-users_at_end"), value(page, "#all-users_in_quarter")) == ("38", "1 045,0")
    assert page.is_checked("#all-users_new-na")
    assert value(page, "#all-users_left") == "9"
    told = page.locator("#entry-pasted")
    expect(told).to_have_text("Vložením vyplněno údajů: 3. Nevešlo se nebo není číslo, a je vynecháno: 1 (sedm).")
    page.keyboard.press("Control+z")
    assert (value(page, "#all-users_at_end"), value(page, "#all-users_in_quarter")) == ("", "")
    assert not page.is_checked("#all-users_new-na")
    assert value(page, "#all-users_left") == "9"
    expect(told).to_have_text("Vložení je vzato zpět.")
    assert watched.accessibility_faults() + watched.faults() == []


def test_columns_of_a_block_are_forms_and_names_find_their_rows(sit: Sit) -> None:
    page = sit().page
    label = page.inner_text("label[for=outpatient-direct_hours]").split(",")[0].strip()
    paste(page, "#all-users_at_end", f"Nic takového\t5\n{label}\t100,5\t200\t300\nSoučet\t1")
    assert value(page, "#outpatient-direct_hours") == "100,5"
    assert value(page, "#residential-direct_hours") == "200"
    expect(page.locator("#entry-pasted")).to_contain_text("3 (5, 300, 1)")
    wait_for(page, SAVED)


def test_keys_alone_fill_the_form(sit: Sit) -> None:
    page = sit(viewport={"width": 360, "height": 740}).page
    page.focus("#all-users_at_end")
    for key in "38", "Enter", "45", "ArrowDown", "6", "ArrowUp", "ArrowUp":
        if key.isdigit():
            page.keyboard.type(key)
        else:
            page.keyboard.press(key)
    assert page.evaluate("document.activeElement.id") == "all-users_at_end"
    assert [value(page, f"#all-users_{name}") for name in ("at_end", "in_quarter", "new")] == ["38", "45", "6"]
    page.focus("#outpatient-direct_hours")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "residential-direct_hours"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "residential-direct_hours-na"
    wait_for(page, SAVED)


def test_the_form_is_narrow_enough_and_compact_rows_stay_chosen(sit: Sit) -> None:
    watched = sit(viewport={"width": 360, "height": 740})
    page = watched.page
    assert watched.reflow_faults() == []
    page.click("#entry-compact")
    assert page.locator(".returns-box .govuk-hint >> visible=true").count() == 0
    page.reload()
    assert page.get_attribute("#entry-compact", "aria-pressed") == "true"
    assert watched.accessibility_faults() + watched.reflow_faults(360) + watched.faults() == []
    page.evaluate("localStorage.clear()")


def test_without_scripts_the_form_still_saves_and_shows_earlier_values(sit: Sit) -> None:
    page = sit(java_script_enabled=False).page
    assert not page.locator("#entry-tools").is_visible()
    page.click("summary:has-text('Dřívější hodnoty: Lůžka')")
    assert page.locator(".returns-past__values >> visible=true").inner_text().endswith("40")
    page.fill(USED, "100")
    page.locator(".returns-buttons button", has_text="Uložit").last.click()
    assert value(page, USED) == "100"
