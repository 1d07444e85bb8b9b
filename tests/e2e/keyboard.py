"""A walk with the Tab key alone: where the focus goes, whether it can be seen, whether it ever gets stuck."""

from __future__ import annotations

from playwright.sync_api import Page

PARTS_OF_A_DATE = 4  # day, month, year and the calendar are stops within one field
MAX_STEPS = 70  # a page of a hundred rows says nothing new after these
REMEMBER = """
() => {
  const look = (element, part) => {
    const style = getComputedStyle(element, part)
    return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow, style.backgroundColor,
      style.borderColor, style.color, style.textDecorationLine].join('|')
  }
  // Boxes of the design system are transparent; their sign is drawn by the label that follows.
  const looks = (element) => [element, element.nextElementSibling, element.closest('.leaflet-container')]
    .filter(Boolean).flatMap((one) => [look(one, null), look(one, '::before')]).join()
  window.__rest = new Map()
  for (const element of document.querySelectorAll('a, button, input, select, textarea, summary, [tabindex]')) {
    window.__rest.set(element, looks(element))
  }
  window.__looks = looks
}
"""
LOOK = """
() => {
  const element = document.activeElement
  if (!element || element === document.body) return null
  const box = element.getBoundingClientRect()
  const shown = element.checkVisibility() && box.bottom > 0 && box.top < innerHeight && box.right > 0
  window.__numbers ??= new Map()
  if (!window.__numbers.has(element)) window.__numbers.set(element, window.__numbers.size)
  return {
    number: window.__numbers.get(element),
    name: `${element.tagName.toLowerCase()}#${element.id} ${element.textContent.trim().slice(0, 30)}`,
    shown,
    marked: !window.__rest.has(element) || window.__looks(element) !== window.__rest.get(element),
  }
}
"""


def keyboard_faults(page: Page) -> list[str]:
    """Steps at which the focus stands still, is out of sight, or is not marked (WCAG 2.2, 2.1.2, 2.4.7, 2.4.11)."""
    page.evaluate("document.activeElement?.blur()")
    page.evaluate(REMEMBER)
    faults: list[str] = []
    last, stayed = None, 0
    for _step in range(MAX_STEPS):
        page.keyboard.press("Tab")
        here = page.evaluate(LOOK)
        if here is None:  # past the last one, out of the page
            break
        stayed = stayed + 1 if here["number"] == last else 0
        if stayed > PARTS_OF_A_DATE:
            faults.append(f"the focus does not leave {here['name']}")
            break
        if not here["shown"]:
            faults.append(f"the focus is out of sight: {here['name']}")
        elif not here["marked"] and not stayed:  # parts within a field are marked by the browser, out of reach
            faults.append(f"the focus is not marked: {here['name']}")
        last = here["number"]
    if last is None:
        faults.append("Tab leads nowhere")
    return faults
