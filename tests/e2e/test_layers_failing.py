"""Layers of the map when an answer of the server does not come, and when what was chosen is there no more."""

import pytest

from tests.e2e.layers import pick, rows, shown

pytestmark = pytest.mark.browser

MESSAGE = "#layers-maps .layers-message"
DRAWN = "text => document.querySelector('#layers-maps').dataset.drawn === text"


def forget_expected(watched):
    """The answers that a test itself refused."""
    watched.problems[:] = [
        one for one in watched.problems if "hodnoty.json" not in one and "uzemi" not in one and "500" not in one
    ]


def refuse(page, address, status=500):
    page.route(address, lambda route: route.fulfill(status=status, body="<p>500</p>", content_type="text/html"))


@pytest.mark.parametrize("status", [400, 404, 500])
def test_figures_that_do_not_come_leave_what_is_shown_and_say_so(open_layers, status):
    watched = open_layers("?vrstva=kapacita&druh=49")
    page = watched.page
    before, title = rows(page), page.inner_text("#layers-title")
    refuse(page, "**/hodnoty.json?*", status)
    page.select_option("#vrstva", "sluzby")
    page.wait_for_function(DRAWN, arg="failed")
    message = page.locator(MESSAGE)
    assert message.inner_text() == f"Údaje se nepodařilo načíst. Stále je zobrazeno: {title}"
    assert message.get_attribute("role") == "alert"
    assert (rows(page), page.inner_text("#layers-title")) == (before, title)
    page.unroute("**/hodnoty.json?*")
    page.select_option("#vrstva", "pusobnost")
    page.wait_for_function(DRAWN, arg="true")
    assert page.locator(MESSAGE).count() == 0
    assert shown(page).startswith("pusobnost")
    watched.problems[:] = [one for one in watched.problems if "hodnoty.json" not in one and str(status) not in one]


def test_shapes_that_did_not_come_are_asked_for_again(open_layers):
    watched = open_layers("?vrstva=sluzby")
    page = watched.page
    refuse(page, "**/mapa/uzemi/obec-*")
    page.select_option("#uzemi", "obec")
    page.wait_for_function(DRAWN, arg="failed")
    page.unroute("**/mapa/uzemi/obec-*")
    page.select_option("#uzemi", "orp")
    page.wait_for_function(DRAWN, arg="true")
    page.select_option("#uzemi", "obec")
    page.wait_for_function("() => document.querySelectorAll('#figures tbody tr').length === 5")
    assert page.get_attribute("#layers-maps", "data-drawn") == "true"
    forget_expected(watched)


def test_a_table_sorted_by_a_column_that_goes_is_sorted_by_names(open_layers):
    page = open_layers("?vrstva=sluzby&uzemi=obec").page
    page.click("#figures thead button[data-key=orp]")
    assert page.locator("#figures th[aria-sort]").inner_text().startswith("ORP")
    page.select_option("#uzemi", "orp")
    page.wait_for_function("() => document.querySelectorAll('#figures tbody tr').length === 2")
    assert [row.split("\t")[0] for row in rows(page)] == ["Olomouc", "Šumperk"]
    assert page.get_attribute("#figures th:first-child", "aria-sort") == "ascending"


def test_a_norm_stands_beside_a_zero_too(open_layers):
    page = open_layers("?vrstva=sluzby").page

    def with_norms(route):
        answer = route.fetch()
        figures = {"states": "v0", "values": [50], "norms": [80, 70], "upper": [], "bands": ["one"], "method": "norm"}
        route.fulfill(response=answer, json={**answer.json(), **figures})

    page.route("**/hodnoty.json?*", with_norms)
    pick(page, "vrstva", "pusobnost", shown(page).replace("sluzby", "pusobnost"))
    assert [row.split("\t")[2:] for row in rows(page)] == [["50", "80"], ["0", "70"]]
