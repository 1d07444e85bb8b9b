"""A provider's own list of applicants, opened or pasted in the browser, becomes the waiting list; no name leaves it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from flask import Flask
from playwright.sync_api import Browser, Page, Request, expect

from tests.e2e.conftest import NOTE_VIOLATIONS, Watched, watch
from tests.factories.accounts import login, make_user
from tests.factories.serving import serving
from tests.factories.spellings import spellings
from tests.factories.territory import store_small_territory
from tests.factories.waitlists import make_groups, make_listed

pytestmark = pytest.mark.browser

HEADINGS = ("Číslo spisu", "Příjmení", "Jméno", "Datum narození", "Rodné číslo", "Bydliště", "Přijato", "Situace",
            "Kód obce", "Naléhavost")  # fmt: skip
CARE, OUTSIDE = "závislost na péči jiné osoby", "mimo kraj"
JANA = ("Kanárková", "Žofie", date(1953, 10, 28), "535728/516", "Dlouhá 18")
PETR = ("Pštros", "Řehoř", date(1950, 2, 1), "", "Krátká 9")
EVA = ("Ledňáčková", "Kunhuta", date(1961, 3, 14), "", "Úzká 7")
ADAM = ("Volavka", "Vavřinec", date(1949, 12, 5), "", "Široká 3")
CANARIES = ("Kanárková", "Žofie", "535728/516", "535728516", "28. 10. 1953", "1953-10-28", "Pštros", "Řehoř",
            "1. 2. 1950", "1950-02-01", "Ledňáčková", "Kunhuta", "14. 3. 1961", "1961-03-14", "Volavka", "Vavřinec",
            "5. 12. 1949", "1949-12-05", "Dlouhá 18", "Krátká 9", "Úzká 7", "Široká 3")  # fmt: skip


@dataclass(frozen=True)
class House:
    """The service whose list is imported, and the way in of its provider's editor."""

    register_id: int
    cookie: str


def settle_house(app: Flask) -> House:
    store_small_territory()
    make_groups()
    listed = make_listed()
    cookie = login(app.test_client(), make_user(role="provider_editor")).get_cookie("portal_session")
    assert cookie is not None
    return House(listed.register_id, cookie.value)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[str, House]]:
    with serving(tmp_path, settle_house) as served:
        yield served


@dataclass
class Desk:
    """The editor's browser at the page of the import; ``sent`` is all that left it."""

    watched: Watched
    house: House
    sent: list[str]

    @property
    def page(self) -> Page:
        return self.watched.page

    def open(self, where: str = "/import") -> None:
        self.watched.open(f"/poradniky/{self.house.register_id}{where}")

    def code(self, rows: int, button: str = "Porovnat seznam s kódy") -> None:
        """Let the browser make codes of the list that it holds, and hand them to the import."""
        expect(self.page.locator("#list-status")).to_have_text(f"Nalezeno řádků: {rows}.")
        self.page.click("#list-make")
        expect(self.page.locator("#list-status")).to_have_text(f"Vytvořeno kódů: {rows} z {rows}.", timeout=60_000)
        self.page.get_by_role("button", name=button).click()
        self.page.wait_for_load_state("networkidle")

    def counts(self) -> dict[str, str]:
        rows = self.page.locator("main .govuk-summary-list__row").all()
        said = {row.locator("dt").inner_text().strip(): row.locator("dd").first.inner_text().strip() for row in rows}
        return {name: said[name] for name in ("Řádky", "Nové", "Změněno", "Chybí v souboru", "Beze změny")}

    def listed(self) -> dict[str, str]:
        """File references of the list, each with the urgency or the state that the page shows."""
        self.open("?stav=any")
        rows = self.page.locator("#applications tbody tr").all()
        return {
            row.locator("th a").inner_text(): row.locator("td[data-label='Stav']").inner_text().strip() for row in rows
        }

    def leaks(self) -> list[str]:
        everything = "\n".join(self.sent).casefold()
        return [form for canary in CANARIES for form in spellings(canary) if form in everything]


@pytest.fixture
def desk(browser: Browser, house: tuple[str, House]) -> Iterator[Desk]:
    url, settled = house
    context = browser.new_context(locale="cs-CZ", viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": "portal_session", "value": settled.cookie, "url": url}])
    context.add_init_script(NOTE_VIOLATIONS)
    sent: list[str] = []

    def note(request: Request) -> None:
        body = request.post_data_buffer or b""
        sent.append(f"{request.method} {request.url}\n{request.headers}\n{body.decode('utf-8', 'replace')}")

    context.on("request", note)
    watched = Watched(context.new_page(), url)
    watch(watched)
    yield Desk(watched, settled, sent)
    context.close()


def row_of(reference: str, who: tuple[str, str, date, str, str], urgency: str = "běžná") -> tuple[object, ...]:
    return (reference, *who, date(2026, 3, 2), CARE, OUTSIDE, urgency)


def write_workbook(path: Path, rows: list[tuple[object, ...]]) -> Path:
    with xlsxwriter.Workbook(path, {"default_date_format": "d. m. yyyy"}) as book:
        sheet = book.add_worksheet("žadatelé")
        sheet.write_row(0, 0, HEADINGS)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                sheet.write(number, column, value)
    return path


def as_text(rows: list[tuple[object, ...]], separator: str) -> str:
    def cell(value: object) -> str:
        return f"{value.day}. {value.month}. {value.year}" if isinstance(value, date) else str(value)

    return "\n".join(separator.join(cell(value) for value in row) for row in (HEADINGS, *rows))


def open_workbook(desk: Desk, rows: list[tuple[object, ...]], folder: Path) -> None:
    desk.page.set_input_files("#list-file", write_workbook(folder / "zadatele.xlsx", rows))


def open_csv(desk: Desk, rows: list[tuple[object, ...]], folder: Path) -> None:
    path = folder / "zadatele.csv"
    path.write_text(as_text(rows, ";"), encoding="cp1250")
    desk.page.set_input_files("#list-file", path)


def paste(desk: Desk, rows: list[tuple[object, ...]], _folder: Path) -> None:
    desk.page.fill("#list-text", as_text(rows, "\t"))


@pytest.mark.parametrize("give", [open_workbook, open_csv, paste])
def test_a_list_with_names_becomes_the_waiting_list_and_no_name_leaves_the_browser(
    desk: Desk, tmp_path: Path, give: Callable[[Desk, list[tuple[object, ...]], Path], None]
) -> None:
    desk.open()
    give(desk, [row_of("A-1", JANA), row_of("A-2", PETR), row_of("A-3", EVA)], tmp_path)
    desk.code(3)
    assert desk.counts() == {"Řádky": "3", "Nové": "3", "Změněno": "0", "Chybí v souboru": "0", "Beze změny": "0"}
    assert desk.watched.accessibility_faults() == []
    desk.page.get_by_role("button", name="Zapsat vše").click()
    expect(desk.page.get_by_role("alert")).to_contain_text("Pořadník je importován.")
    assert desk.listed() == {"A-1": "čeká", "A-2": "čeká", "A-3": "čeká"}

    desk.open()
    give(desk, [row_of("A-1", JANA), row_of("A-2", PETR, "naléhavá"), row_of("A-4", ADAM)], tmp_path)
    desk.code(3)
    assert desk.counts() == {"Řádky": "3", "Nové": "1", "Změněno": "1", "Chybí v souboru": "1", "Beze změny": "1"}
    desk.page.get_by_role("link", name="změněný (1)").click()
    expect(desk.page.locator("#items tbody tr")).to_have_count(1)
    expect(desk.page.locator("#items tbody tr")).to_contain_text("A-2")
    expect(desk.page.locator("#items tbody tr")).to_contain_text("běžná → naléhavá")
    desk.page.get_by_label("uzavřít je jako stažené žadatelem").check()
    desk.page.get_by_role("button", name="Zapsat vše").click()
    expect(desk.page.get_by_role("alert")).to_contain_text("Pořadník je importován.")
    shown = desk.listed()
    assert shown["A-1"] == shown["A-4"] == "čeká"
    assert shown["A-2"].split() == ["čeká", "naléhavá"]
    assert shown["A-3"] == "stáhl žadatel"

    assert any('"points"' in sent for sent in desk.sent)
    assert any("kod;" in sent.casefold() or "kod%3b" in sent.casefold() for sent in desk.sent)
    assert desk.leaks() == []
    assert desk.watched.faults() == []


def test_the_same_list_again_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    for _ in range(2):
        desk.open()
        paste(desk, [row_of("A-1", JANA), row_of("A-2", PETR)], tmp_path)
        desk.code(2)
        if desk.counts()["Nové"] == "2":
            desk.page.get_by_role("button", name="Zapsat vše").click()
    assert desk.counts() == {"Řádky": "2", "Nové": "0", "Změněno": "0", "Chybí v souboru": "0", "Beze změny": "2"}
    expect(desk.page.locator("main")).to_contain_text("není co zapsat")
    assert desk.leaks() == []


def test_a_register_with_names_becomes_stays_under_codes(desk: Desk) -> None:
    lines = [
        ("Příjmení", "Jméno", "Datum narození", "Od", "Do", "Důvod odchodu", "Obec", "Situace"),
        ("Kanárková", "Žofie", "28. 10. 1953", "1. 2. 2024", "", "", OUTSIDE, CARE),
        ("Pštros", "Řehoř", "1. 2. 1950", "3. 4. 2023", "5. 6. 2024", "zemřel", OUTSIDE, CARE),
    ]
    desk.open("/uzivatele/import")
    assert desk.watched.accessibility_faults() + desk.watched.reflow_faults() == []
    desk.page.fill("#list-text", "\n".join("\t".join(line) for line in lines))
    desk.code(2, button="Porovnat evidenci s kódy")
    assert desk.counts()["Nové"] == "2"
    assert desk.watched.accessibility_faults() + desk.watched.reflow_faults() == []
    desk.page.get_by_role("button", name="Zapsat vše").click()
    expect(desk.page.get_by_role("alert")).to_contain_text("Evidence je importována.")
    desk.open("/uzivatele?vsichni=1")
    rows = desk.page.locator("#stays tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.last).to_contain_text("zemřel")
    assert desk.leaks() == []
    assert desk.watched.faults() == []


def test_sex_and_year_come_from_a_birth_number_that_is_right_and_can_be_changed(desk: Desk) -> None:
    desk.open("/nova-zadost")
    number, sex, year = (desk.page.locator(f"#{name}") for name in ("person-birth_number", "sex", "birth_year"))

    def write(text: str) -> None:
        number.fill(text)
        number.press("Tab")

    write("535728/517")  # nine digits of before 1954 have no check digit
    expect(sex).to_have_value("f")
    expect(year).to_have_value("1953")
    write("736028/5164")  # its check digit is wrong: nothing is concluded from it
    expect(desk.page.locator("#person-birth_number-warning")).to_be_visible()
    expect(sex).to_have_value("f")
    write("500201/123")
    expect(sex).to_have_value("m")
    expect(year).to_have_value("1950")
    sex.select_option("f")
    year.fill("1949")
    write("535728/517")
    expect(sex).to_have_value("f")
    expect(year).to_have_value("1949")
    write("500201/123")
    expect(sex).to_have_value("f")
    assert desk.watched.faults() == []
    assert not any(form in "\n".join(desk.sent) for form in ("535728", "500201", "736028"))
