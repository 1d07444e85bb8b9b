"""The walk of the README on the demonstration region: from a need to the first true figure beside the norm.

One test is the whole walk, since each person stands on what the one before did. The other goes the provider's part of
it, for another service, without a mouse.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from portal.core.clock import today
from portal.core.permissions import Role
from portal.demo.logins import LOGIN_EMAILS, PASSWORD
from portal.demo.region import create_region
from tests.e2e.conftest import NOTE_VIOLATIONS, Watched, watch
from tests.factories.serving import serving

pytestmark = pytest.mark.browser

NEED = "domov důchodců u Šumperka"  # as a person types it: by its old name, and inflected
STAFF, BEDS, BED_DAYS = "Pracovníci v sociálních službách", "Lůžka", "Využité lůžkodny"
IN_QUARTER, ALLOWANCE = "Uživatelé za čtvrtletí", "Příspěvek na péči"
NORM_OF_OCCUPANCY = 90
MORE_TABS_THAN_ANY_PAGE_HAS = 150


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the portal runs with the demonstration region."""
    with serving(
        tmp_path_factory.mktemp("walk"),
        lambda app: create_region(scale=1, seed=1, with_logins=True, tell=lambda message: None, with_releases=False),
    ) as (url, _):
        yield url


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[Watched]:
    """One window of one person; what goes wrong in it is remembered."""
    context = browser.new_context(locale="cs-CZ", viewport={"width": 1280, "height": 900})
    context.add_init_script(NOTE_VIOLATIONS)
    watched = Watched(context.new_page(), address)
    watch(watched)
    yield watched
    context.close()


@dataclass(frozen=True)
class Quarter:
    """The last finished quarter, counted without the portal's own calendar."""

    year: int
    number: int

    @property
    def before(self) -> Quarter:
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)

    @property
    def days(self) -> int:
        return sum(
            calendar.monthrange(self.year, month)[1] for month in range(3 * self.number - 2, 3 * self.number + 1)
        )

    @property
    def words(self) -> str:
        return f"{self.number}. čtvrtletí {self.year}"


def last_quarter() -> Quarter:
    day = today()
    quarter = (day.month - 1) // 3
    return Quarter(day.year, quarter) if quarter else Quarter(day.year - 1, 4)


def words(locator: Locator) -> str:
    """What is to be read there, with plain spaces on one line."""
    return " ".join(locator.inner_text().split())


def content(page: Page) -> Locator:
    return page.locator("main")


def box(page: Page, label: str) -> Locator:
    return page.get_by_role("textbox", name=label)


def does_not_concern(page: Page, label: str) -> Locator:
    return page.get_by_role("checkbox", name=re.compile(rf"^Netýká se\s*: {label}"))


def comment(page: Page, label: str) -> Locator:
    """Where the form asks why a figure is so different."""
    return page.locator(".returns-field", has=box(page, label)).get_by_role("textbox", name="Komentář pro kraj")


def unexplained(page: Page) -> list[Locator]:
    """The empty boxes for comments, at whatever stands out from the service's own series."""
    boxes = page.get_by_role("textbox", name="Komentář pro kraj").all()
    return [one for one in boxes if not one.input_value()]


def numbers_of_last_quarter(page: Page) -> dict[str, str]:
    """The number that the form shows beside each box, by the label of the box."""
    figures = {}
    for field in page.locator(".returns-field", has=page.locator("input[inputmode]")).all():
        label = words(field.locator("label").first).rsplit(",", 1)[0].strip()
        shown = re.search(r"Minulé čtvrtletí: ([\d ,]*\d)", words(field.locator(".returns-field__last")))
        assert shown, f"no figure of the last quarter beside {label}"
        figures[label] = shown[1].strip()
    return figures


def follow(control: Locator) -> None:
    """Press it and let the page after it come whole: fonts that nobody waits for leave files open in the server."""
    control.click()
    control.page.wait_for_load_state("load")


def press_enter(page: Page) -> None:
    page.keyboard.press("Enter")
    page.wait_for_load_state("load")


def log_in(page: Page, role: Role) -> None:
    follow(page.locator("header, .govuk-service-navigation").get_by_role("link", name="Přihlásit se").first)
    box(page, "E-mailová adresa").fill(LOGIN_EMAILS[role])
    page.get_by_label("Heslo", exact=True).fill(PASSWORD)
    follow(content(page).get_by_role("button", name="Přihlásit se"))
    expect(page.get_by_role("button", name="Odhlásit se")).to_be_visible()


def log_out(page: Page) -> None:
    follow(page.get_by_role("button", name="Odhlásit se"))
    expect(page.get_by_role("link", name="Přihlásit se").first).to_be_visible()


def find_a_home(page: Page) -> tuple[str, str]:
    """From the need to the page of a service; returns its name and its number in the register."""
    page.get_by_role("searchbox").or_(page.get_by_label("S čím potřebujete pomoci, nebo kde?")).first.fill(NEED)
    follow(content(page).get_by_role("button", name="Hledat").or_(page.get_by_role("button", name="Hledat")).first)
    expect(content(page)).to_contain_text("Domovy pro seniory")
    first = content(page).locator("a[href^='/katalog/sluzba/']").first
    name = first.inner_text()
    follow(first)
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    shown = words(content(page))
    assert "Domovy pro seniory (§ 49)" in shown
    assert "Šumperk" in shown
    assert re.search(r"Telefon: \+420( \d{3}){3}", shown)
    assert re.search(r"Registrovaná kapacita lůžka: \d+", shown)
    return name, urlsplit(page.url).path.rsplit("/", 1)[-1]


def see_it_on_the_map(page: Page, name: str, number: str) -> None:
    follow(content(page).get_by_role("link", name="Ukázat na mapě").first)
    assert parse_qs(urlsplit(page.url).query)["sluzba"] == [number]
    said = page.locator(".leaflet-popup")
    expect(said).to_be_visible()
    expect(said.get_by_role("link", name=name)).to_have_attribute("href", f"/katalog/sluzba/{number}")
    expect(said).to_contain_text("Šumperk")
    expect(content(page)).to_contain_text("Hranice jsou schematické")
    row = content(page).get_by_role("row").filter(has_text=re.compile(r"^\s*Šumperk"))
    assert re.search(r"\d", words(row.first))


def open_the_return(page: Page, name: str, quarter: Quarter) -> None:
    follow(page.get_by_role("link", name="Výkazy", exact=True))
    row = content(page).get_by_role("row").filter(has_text=name).first
    assert "Nezahájeno" in words(row)
    follow(row.get_by_role("link", name="Vyplnit"))
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Výkaz za {quarter.words}")


def figures_of(page: Page, quarter: Quarter) -> dict[str, str]:
    """A quarter like the one before, with 95 beds of 100 taken."""
    figures = numbers_of_last_quarter(page)
    return figures | {BED_DAYS: str(int(figures[BEDS]) * quarter.days * 95 // 100)}


def fill_in_with_mistakes(page: Page, figures: dict[str, str]) -> None:
    """A word for a number and an empty box: said above the form and at the boxes, the rest is kept."""
    for label, number in figures.items():
        box(page, label).fill(number)
    box(page, STAFF).fill("sedm")
    box(page, IN_QUARTER).fill("")
    box(page, ALLOWANCE).fill("")
    does_not_concern(page, ALLOWANCE).check()
    follow(page.get_by_role("button", name="Odeslat ke kontrole"))
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("Výkaz zatím nelze odeslat")
    assert summary.get_by_role("link").count() >= 2
    assert page.title().startswith("Chyba:")
    expect(box(page, STAFF)).to_have_value("sedm")
    assert "Napište číslo, například 6,75." in words(page.locator(".returns-field", has=box(page, STAFF)))
    assert "Doplňte" in words(page.locator(".returns-field", has=box(page, IN_QUARTER)))
    expect(does_not_concern(page, ALLOWANCE)).to_be_checked()
    follow(summary.get_by_role("link").filter(has_text=STAFF))
    expect(box(page, STAFF)).to_be_focused()


def correct_and_submit(page: Page, figures: dict[str, str]) -> None:
    box(page, STAFF).fill(figures[STAFF])
    box(page, IN_QUARTER).fill(figures[IN_QUARTER])
    comment(page, ALLOWANCE).fill("Příspěvek od července přijímá zřizovatel.")
    for other in unexplained(page):
        other.fill("Od července máme nové oddělení.")
    follow(page.get_by_role("button", name="Uložit a vyplnit bydliště uživatelů"))
    follow(page.get_by_role("button", name="Beze změny oproti minulému čtvrtletí"))
    follow(page.get_by_role("button", name="Odeslat ke kontrole"))
    expect(content(page)).to_contain_text("Výkaz je odeslaný ke kontrole.")
    assert "netýká se" in words(content(page).get_by_role("row").filter(has_text=ALLOWANCE).first)


def accept_it(page: Page, name: str, number: str) -> None:
    follow(page.get_by_role("link", name="Výkazy", exact=True))
    content(page).get_by_label("Stav", exact=True).select_option(label="Odesláno")
    follow(content(page).get_by_role("button", name="Zobrazit"))
    follow(content(page).locator(f"a[href^='/vykazy/{number}/']"))
    expect(content(page)).to_contain_text(name)
    follow(page.get_by_role("button", name="Přijmout výkaz"))
    expect(content(page)).to_contain_text("Výkaz je přijatý.")


def occupancy(figures: dict[str, str], quarter: Quarter) -> str:
    """As the pages write it."""
    share = int(figures[BED_DAYS]) / (int(figures[BEDS]) * quarter.days)
    return f"{share * 100:.1f} %".replace(".", ",")


def see_it_beside_the_norm(page: Page, number: str, value: str) -> None:
    follow(page.get_by_role("link", name="Srovnání", exact=True))
    content(page).get_by_label("Druh služby", exact=True).select_option("49")
    follow(content(page).get_by_role("button", name="Zobrazit"))
    facts = words(page.locator(".comparison-facts"))
    assert f"Norma {NORM_OF_OCCUPANCY} %" in facts
    row = page.locator("#services").get_by_role("row").filter(has=page.locator(f"a[href*='/sluzba/{number}']"))
    assert value in words(row)
    assert "norma splněna" in words(row)


def see_it_as_the_provider(page: Page, number: str, value: str, before: Quarter) -> None:
    """The own value in full, the norm, and of the others, once a quarter has closed, a rounded median of many."""
    follow(page.get_by_role("link", name="Srovnání", exact=True))
    own = content(page).locator(f"section[aria-labelledby='service-{number}']")
    shown = words(own)
    assert f"Vlastní hodnota {value}" in shown
    assert f"Norma {NORM_OF_OCCUPANCY} %" in shown
    assert "Skupina bude zveřejněna po uzavření čtvrtletí." in words(content(page))
    page.get_by_label("Čtvrtletí", exact=True).select_option(f"{before.year}Q{before.number}")
    page.get_by_role("button", name="Zobrazit").click()
    median = re.search(r"Medián skupiny asi (\d+) %", words(own))
    assert median
    assert 40 < int(median[1]) <= 100
    assert "Polovina poskytovatelů tohoto druhu služby" in words(own)
    assert "Skupina není zobrazena" in words(content(page)), "no small group is hidden"


def test_a_newcomer_gets_from_a_need_to_a_figure_beside_the_norm(visitor: Watched) -> None:
    quarter = last_quarter()
    page = visitor.open("/")
    name, number = find_a_home(page)
    see_it_on_the_map(page, name, number)

    log_in(page, Role.PROVIDER_APPROVER)
    open_the_return(page, name, quarter)
    figures = figures_of(page, quarter)
    fill_in_with_mistakes(page, figures)
    correct_and_submit(page, figures)
    log_out(page)

    log_in(page, Role.KEY_WORKER)
    accept_it(page, name, number)
    see_it_beside_the_norm(page, number, occupancy(figures, quarter))
    log_out(page)

    log_in(page, Role.PROVIDER_APPROVER)
    see_it_as_the_provider(page, number, occupancy(figures, quarter), quarter.before)
    # The form with mistakes answers 422, which the browser writes into its console.
    assert [fault for fault in visitor.faults() if "422" not in fault] == []


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until this has the focus, as people do who use no mouse."""
    for _ in range(MORE_TABS_THAN_ANY_PAGE_HAS):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"Tab does not lead to {wanted}")


def type_into(page: Page, label: str, text: str) -> None:
    tab_to(page, box(page, label))
    page.keyboard.type(text)


def test_logging_in_and_submitting_a_quarter_need_no_mouse(visitor: Watched) -> None:
    quarter = last_quarter()
    page = visitor.open("/prihlaseni")
    tab_to(page, box(page, "E-mailová adresa"))
    page.keyboard.type(LOGIN_EMAILS[Role.PROVIDER_APPROVER])
    tab_to(page, page.get_by_label("Heslo", exact=True))
    page.keyboard.type(PASSWORD)
    press_enter(page)
    expect(page.get_by_role("button", name="Odhlásit se")).to_be_visible()

    tab_to(page, page.get_by_role("link", name="Výkazy", exact=True))
    press_enter(page)
    # Not the first one, which the walk is about.
    tab_to(page, content(page).get_by_role("link", name="Vyplnit").last)
    press_enter(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Výkaz za {quarter.words}")

    figures = {
        label: number for label, number in numbers_of_last_quarter(page).items() if not box(page, label).input_value()
    }
    tab_to(page, page.get_by_role("link", name="Přeskočit na hlavní obsah"))
    press_enter(page)
    for label, number in figures.items():
        type_into(page, label, number)
    tab_to(page, page.get_by_role("button", name="Uložit a vyplnit bydliště uživatelů"))
    press_enter(page)
    tab_to(page, page.get_by_role("button", name="Beze změny oproti minulému čtvrtletí"))
    press_enter(page)
    tab_to(page, page.get_by_role("button", name="Odeslat ke kontrole"))
    press_enter(page)
    if asked := unexplained(page):  # even last quarter's figures may stand out from those before
        for one in asked:
            tab_to(page, one)
            page.keyboard.type("Trvá z minulého čtvrtletí.")
        tab_to(page, page.get_by_role("button", name="Odeslat ke kontrole"))
        press_enter(page)
    expect(content(page)).to_contain_text("Výkaz je odeslaný ke kontrole.")
    assert [fault for fault in visitor.faults() if "422" not in fault] == []
