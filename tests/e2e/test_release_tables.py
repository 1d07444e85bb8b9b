"""Tables of a release on a phone and on a desk: they scroll, the names of their rows do not."""

import pytest

from portal.core.permissions import Role
from portal.returns.types import Period
from tests.factories.accounts import login, make_user
from tests.factories.releases import closed_quarter, make_reported_costs, published
from tests.factories.serving import serving
from tests.factories.territory import store_small_territory

pytestmark = pytest.mark.browser

QUARTER = Period(2026, 2)
MEASURE = """
async () => {
  const region = document.querySelector('#figures').closest('.portal-table')
  const names = [...region.querySelectorAll('tbody th')]
  const lefts = () => names.map((name) => name.getBoundingClientRect().left)
  // A region has more columns than the small territory of the test.
  for (const cell of region.querySelectorAll('td')) cell.style.minWidth = '120px'
  const before = lefts()
  region.scrollLeft = region.scrollWidth
  await new Promise(requestAnimationFrame)
  return {
    scrolled: region.scrollLeft,
    moved: Math.max(...lefts().map((left, at) => Math.abs(left - before[at]))),
    share: Math.max(...names.map((name) => name.offsetWidth)) / region.clientWidth,
    backgrounds: [...new Set(names.map((name) => getComputedStyle(name).backgroundColor))]
  }
}
"""

MEASURE_DESK = """
async () => {
  const region = document.querySelector('#figures').closest('.portal-table')
  for (const cell of region.querySelectorAll('td')) cell.style.minWidth = '220px'
  for (const cell of region.querySelectorAll('td')) cell.style.height = '400px'
  const heading = region.querySelector('thead th:nth-child(2)')
  const caption = region.querySelector('caption')
  region.scrollTop = 200
  await new Promise(requestAnimationFrame)
  const top = heading.getBoundingClientRect().top, left = caption.getBoundingClientRect().left
  region.scrollTop += 300
  region.scrollLeft = 300
  await new Promise(requestAnimationFrame)
  return {
    scrolled: [region.scrollLeft, region.scrollTop - 200],
    heading: Math.abs(heading.getBoundingClientRect().top - top),
    caption: Math.abs(caption.getBoundingClientRect().left - left),
    names: region.querySelector('tbody th').offsetWidth
  }
}
"""


def store_release(app):
    store_small_territory()
    closed_quarter(QUARTER)
    make_reported_costs(QUARTER)
    published(QUARTER)
    client = app.test_client()
    login(client, make_user(role=Role.PLANNER))
    cookie = client.get_cookie("portal_session")
    assert cookie is not None
    return cookie.value


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    """Address of a portal with a release and the session of a planner."""
    with serving(tmp_path_factory.mktemp("release"), store_release) as served:
        yield served


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("path", ["/zverejnene-udaje/2026Q2/costs_by_type", "/zverejneni/2026Q2?tabulka=costs_by_type"])
def test_the_names_of_rows_stay_while_the_figures_scroll(browser, portal, path, width):
    url, session = portal
    context = browser.new_context(locale="cs-CZ", viewport={"width": width, "height": 800})
    context.add_cookies([{"name": "portal_session", "value": session, "url": url}])
    page = context.new_page()
    page.goto(url + path)
    found = page.evaluate(MEASURE)
    context.close()
    assert found["scrolled"] > 50
    assert found["moved"] < 1
    assert 0.2 < found["share"] <= 0.45  # neither half of the phone nor one letter under another
    assert found["backgrounds"] == ["rgb(255, 255, 255)"]


@pytest.mark.parametrize("path", ["/zverejnene-udaje/2026Q2/costs_by_type", "/zverejneni/2026Q2?tabulka=costs_by_type"])
def test_on_a_desk_the_names_of_columns_and_the_caption_stay_too(browser, portal, path):
    url, session = portal
    context = browser.new_context(locale="cs-CZ", viewport={"width": 1280, "height": 700})
    context.add_cookies([{"name": "portal_session", "value": session, "url": url}])
    page = context.new_page()
    page.goto(url + path)
    found = page.evaluate(MEASURE_DESK)
    context.close()
    assert found["scrolled"][0] > 50
    assert found["scrolled"][1] > 50
    assert found["heading"] < 1
    assert found["caption"] < 1
    assert found["names"] >= 200  # a name of a type of service in two or three lines


def test_the_desk_prints_the_whole_table(browser, portal):
    url, _session = portal
    context = browser.new_context(locale="cs-CZ", viewport={"width": 1280, "height": 700})
    page = context.new_page()
    page.emulate_media(media="print")
    page.goto(url + "/zverejnene-udaje/2026Q2/costs_by_type")
    height = page.evaluate("getComputedStyle(document.querySelector('#figures').parentElement).maxHeight")
    context.close()
    assert height == "none"
