"""Codes made in a browser: everything that it sends is recorded, and no spelling of an identity is found in it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from playwright.sync_api import Browser, Page, Request, expect

from portal.identity.kinds import linkage_inputs
from portal.identity.types import Identity
from tests.e2e.conftest import NOTE_VIOLATIONS, Watched, watch
from tests.factories.coding_page import CodingPage, coding_page
from tests.factories.spellings import spellings

pytestmark = pytest.mark.browser

JANA = Identity("Žofie", "Kanárková-Pštrosová", "28. 10. 1973", "736028/5163", "žena", "500496")
PETR = Identity("Řehoř", "Kanárek", "1. 2. 1950")
CANARIES = ("Žofie", "Kanárková", "Pštrosová", "Kanárek", "Řehoř", "7360285163", "736028/5163", "28. 10. 1973",
            "1973-10-28", "1950-02-01", "1. 2. 1950", "novak|jan", "kanarek|rehor")  # fmt: skip


@pytest.fixture(scope="module")
def coding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodingPage]:
    with coding_page(tmp_path_factory.mktemp("codes")) as page:
        yield page


class Recorded(Watched):
    """A page, and all that the browser sent while it was open: addresses, headers and bodies."""

    sent: list[str]

    def faults(self) -> list[str]:
        """Console and policy, and each spelling of a canary in what was sent or stored."""
        everything = "\n".join(self.sent).casefold()
        kept = self.page.evaluate(
            "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
        ).casefold()
        leaked = [form for canary in CANARIES for form in spellings(canary) if form in everything or form in kept]
        return super().faults() + [f"leaked: {form}" for form in leaked]


@pytest.fixture
def recorded(browser: Browser, coding: CodingPage) -> Iterator[Recorded]:
    coding.forms.clear()
    context = browser.new_context(locale="cs-CZ", viewport={"width": 1280, "height": 900})
    context.add_init_script(NOTE_VIOLATIONS)
    page = Recorded(context.new_page(), coding.url)
    page.sent = []
    context.on("request", lambda request: page.sent.append(_all_of(request)))
    watch(page)
    page.open("/zkouska")
    yield page
    context.close()


def _all_of(request: Request) -> str:
    body = request.post_data_buffer or b""
    return f"{request.method} {request.url}\n{request.headers}\n{body.decode('utf-8', 'replace')}"


def type_person(page: Page, who: Identity) -> None:
    for name, text in (("given", who.given), ("surname", who.surname), ("born", who.born)):
        page.fill(f"#person-{name}", text)
    page.fill("#person-birth_number", who.birth_number)
    page.keyboard.press("Tab")


def test_digests_of_one_person_go_with_the_form_and_nothing_of_the_person(
    recorded: Recorded, coding: CodingPage
) -> None:
    page = recorded.page
    assert recorded.accessibility_faults() == []
    assert recorded.reflow_faults() == []
    type_person(page, JANA)
    page.fill("#municipality", JANA.municipality)
    page.fill("#sex", JANA.sex)
    expect(page.locator("#year")).to_have_value("1973")
    coding.fails = 1
    page.click("text=Uložit")
    expect(page.locator("#person-given")).to_have_value("", timeout=20_000)
    [form] = coding.forms
    [expected] = coding.digests(linkage_inputs(JANA))
    assert json.loads(form["digests"]) == [digest.hex() if digest else None for digest in expected]
    assert set(form) == {"csrf_token", "digests", "municipality", "sex", "year"}
    problems = [fault for fault in recorded.faults() if "503" not in fault]
    assert problems == []
    assert any('"points"' in sent for sent in recorded.sent)


def test_what_is_missing_stops_the_form_and_what_is_doubtful_does_not(recorded: Recorded, coding: CodingPage) -> None:
    page = recorded.page
    # The button itself takes no second click within a second.
    page.locator("#application").evaluate("form => form.requestSubmit()")
    expect(page.locator("#person-given-error")).to_have_text(
        "Vyplňte rodné číslo, nebo jméno, příjmení a datum narození společně."
    )
    expect(page.locator("#person-given")).to_be_focused()
    type_person(page, Identity("Řehoř", "Kanárek", "1. 2. 50"))
    expect(page.locator("#person-born-error")).to_contain_text("rok čtyřmi číslicemi")
    page.locator("#application").evaluate("form => form.requestSubmit()")
    assert coding.forms == []
    type_person(page, Identity("Řehoř", "Kanárek", "28. 10. 1973", "736028/5164"))
    expect(page.locator("#person-birth_number-warning")).to_contain_text("není dělitelné jedenácti")
    assert recorded.accessibility_faults() == []
    page.click("text=Uložit")
    expect(page.locator("#person-given")).to_have_value("", timeout=20_000)
    number, names, *_ = json.loads(coding.forms[0]["digests"])
    assert number is None  # a number that fails its check decides nothing
    assert names is not None
    assert recorded.faults() == []


def write_workbook(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("prázdný")
        sheet = book.add_worksheet("žadatelé")
        dates = book.add_format({"num_format": "d. m. yyyy"})
        sheet.write_row(0, 0, ["Spis", "Příjmení", "Jméno", "Datum narození", "RČ", "Pohlaví", "Kód obce", "Adresa"])
        sheet.write_row(
            1, 0, ["A-1", JANA.surname, JANA.given, None, JANA.birth_number, "Ž", JANA.municipality, "Dlouhá 1"]
        )
        sheet.write_datetime(1, 3, date(1973, 10, 28), dates)
        sheet.write_rich_string(2, 1, "Kaná", book.add_format({"bold": True}), "rek")
        sheet.write_row(2, 2, [PETR.given, PETR.born])
        sheet.write_row(3, 1, ["Kanárek", "", "1. 2. 1950"])


def test_a_workbook_becomes_codes_in_the_browser(recorded: Recorded, coding: CodingPage, tmp_path: Path) -> None:
    write_workbook(tmp_path / "zadatele.xlsx")
    page = recorded.page
    page.set_input_files("#list-file", tmp_path / "zadatele.xlsx")
    expect(page.locator("#list-status")).to_have_text("Nalezeno řádků: 3.")
    expect(page.locator("#list-column-1")).to_have_value("surname")
    expect(page.locator("#list-column-0")).to_have_value("mark")
    assert recorded.accessibility_faults() == []
    assert recorded.reflow_faults() == []
    page.click("#list-make")
    expect(page.locator("#list-status")).to_have_text("Vytvořeno kódů: 2 z 3.", timeout=20_000)
    expect(page.locator("#list-faults li")).to_have_text(["Řádek 4: Kód nejde vytvořit: je potřeba rodné číslo, nebo"
                                                          " jméno, příjmení a datum narození společně."])  # fmt: skip
    with page.expect_download() as download:
        page.click("#list-download")
    page.click("text=Importovat")
    page.wait_for_load_state("networkidle")
    sent = coding.forms[0]["list"].replace("\r\n", "\n")
    assert Path(download.value.path()).read_text("utf-8") == sent
    codes = [coding.code(digests) for digests in coding.digests(linkage_inputs(JANA), linkage_inputs(PETR))]
    assert list(csv.reader(io.StringIO(sent), delimiter=";")) == [
        ["kod", "rocnik", "značka", "pohlaví", "obec"],
        [codes[0], "1973", "A-1", "Ž", "500496"],
        [codes[1], "1950", "", "", ""],
        ["", "1950", "", "", ""],
    ]
    assert recorded.faults() == []


def test_pasted_rows_show_how_far_they_are_and_can_be_cancelled(recorded: Recorded, coding: CodingPage) -> None:
    page = recorded.page
    people = [f"Kanárek{letter}\tŘehoř\t{day}. 2. 1950" for letter in "abcdefgh" for day in range(1, 21)]
    page.fill("#list-text", "\n".join(people))
    page.uncheck("label[for=list-headings]")
    page.click("#list-make")
    expect(page.locator("#list-status")).to_contain_text("Vyberte sloupec s rodnými čísly")
    for column, field in enumerate(("surname", "given", "born")):
        page.select_option(f"#list-column-{column}", field)
    page.evaluate("""() => {
        window.seen = []
        const watch = new MutationObserver(() => window.seen.push(document.querySelector('#list-progress').value))
        watch.observe(document.querySelector('#list-count'), { childList: true })
    }""")
    page.click("#list-make")
    expect(page.locator("#list-count")).to_contain_text("Kódy: ", timeout=20_000)
    page.click("#list-cancel")
    expect(page.locator("#list-status")).to_have_text("Zrušeno. Žádné kódy se nepředaly.")
    assert page.locator("#import").is_hidden()
    page.click("#list-make")
    expect(page.locator("#list-status")).to_have_text("Vytvořeno kódů: 160 z 160.", timeout=60_000)
    seen = page.evaluate("window.seen")
    assert len(set(seen)) > 3
    assert page.input_value("#list-text") == ""
    assert page.locator("#list-columns > *").count() == 0
    assert recorded.faults() == []


def test_without_scripts_the_page_says_so_and_offers_the_command(browser: Browser, coding: CodingPage) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{coding.url}/zkouska")
    # Chromium parses the page as if scripts ran, so the sentence is there but not drawn.
    assert "portal code SOUBOR" in (page.locator("noscript").first.text_content() or "")
    assert page.locator("#person").is_hidden()
    assert page.locator("#list").is_hidden()
    page.close()
