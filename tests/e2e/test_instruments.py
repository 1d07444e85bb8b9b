"""The instruments of the browser tests see what they are there to see."""

import pytest

from tests.e2e.conftest import OpenAs

pytestmark = pytest.mark.browser

SPOIL = """
() => {
  const main = document.querySelector('main')
  const button = document.createElement('button')
  const input = document.createElement('input')
  const wide = document.createElement('div')
  wide.textContent = 'x'.repeat(300)
  wide.setAttribute('style', 'width: 900px')
  wide.style.width = '900px'
  wide.style.overflowWrap = 'normal'
  const image = document.createElement('img')
  image.src = 'http://elsewhere.example/x.png'
  const script = document.createElement('script')
  script.textContent = 'window.ran = true'
  const frame = document.createElement('p')
  frame.textContent = 'pale'
  frame.style.color = '#ddd'
  main.append(button, input, wide, image, frame)
  document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.ran = true">')
  console.error('something broke')
  setTimeout(() => { throw new Error('thrown later') })
}
"""


def test_a_spoilt_page_is_found_out(open_as: OpenAs) -> None:
    watched = open_as()
    page = watched.open("/prohlaseni-o-pristupnosti")
    assert watched.accessibility_faults() + watched.reflow_faults() + watched.faults() == []
    page.evaluate(SPOIL)
    page.wait_for_timeout(300)
    seen = " | ".join(watched.accessibility_faults() + watched.reflow_faults() + watched.faults())
    for kind in (
        "axe: button-name",
        "axe: label",
        "axe: image-alt",
        "axe: color-contrast",
        "no name: button",
        "no name: textbox",
        "320 px:",
        "CSP: img-src",
        "CSP: style-src-attr",
        "CSP: script-src-attr",
        "console error: something broke",
        "script: thrown later",
        "404:",
    ):
        assert kind in seen, (kind, seen)
    assert page.evaluate("window.ran") is None
