"""What tests of layers share: a region with two services, and what they read of a page."""

from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.territory import service as territory
from tests.factories.accounts import login, make_user
from tests.factories.catalog import make_service
from tests.factories.residences import store_residents
from tests.factories.territory import small_territory

OLOMOUC = {
    "municipality_code": "500496",
    "municipality_name": "Olomouc",
    "orp_code": "7107",
    "lon": 17.25,
    "lat": 49.59,
}
SUMPERK = {
    "municipality_code": "523704",
    "municipality_name": "Šumperk",
    "orp_code": "7111",
    "lon": 16.97,
    "lat": 49.97,
}
HOSTILE = "<img src=x onerror='window.__ran=1'>"


def store_world(app):
    with transaction():
        territory.store_territory(OPERATOR, parsed=small_territory())
        home = make_service(name=HOSTILE, facilities=[SUMPERK], forms={"residential": {"beds": 30}})
        make_service(facilities=[OLOMOUC], forms={"residential": {"beds": 12}})
        for period in ("2026Q1", "2026Q2"):
            store_residents(home, [("500496", None, "housing", 40), ("523704", None, "housing", 5)], period=period)
    client = app.test_client()
    login(client, make_user(role="planner"))
    cookie = client.get_cookie("portal_session")
    assert cookie is not None
    return cookie.value


def shown(page):
    return page.get_attribute("#layers-maps", "data-shown")


def pick(page, field, value, expected):
    """Choose in the form, which stays folded on narrow screens, and wait for the figures."""
    if not page.locator(f"#{field}").is_visible():
        page.click(".layers-fold summary")
    page.select_option(f"#{field}", value)
    page.wait_for_function("text => document.querySelector('#layers-maps').dataset.shown === text", arg=expected)


def rows(page):
    return [text.replace("\xa0", " ") for text in page.locator("#figures tbody tr").all_inner_texts()]


def colours_of(page):
    """Colours that cover something of the first map's canvas."""
    found = page.evaluate(
        """() => {
          const canvas = document.querySelector('#layers-first canvas.layers-canvas')
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
          const counts = {}
          for (let at = 0; at < data.length; at += 4) {
            const colour = `${data[at]},${data[at + 1]},${data[at + 2]},${data[at + 3]}`
            counts[colour] = (counts[colour] ?? 0) + 1
          }
          return Object.keys(counts).filter((colour) => counts[colour] > 500)
        }"""
    )
    return set(found)
