"""Codes for a list of people in Chromium: pasted, derived, blinded in workers, unblinded, with all kinds of inputs.

``python benchmarks/blinding.py [--quick] [--people N]``

The page is the portal's own, the vault runs in the same process as the server that the browser asks. "Seconds" go from
the button to the codes being handed over. "Steps" are the different values that the progress bar went through, "stall"
is the longest time between two frames of the page meanwhile. The peer is the same work in one thread: the same
browser library, in node, points hidden and answers shown one after another, without a page and without a portal.
Exit status 1 when 1 000 people take 60 s or more, or the bar does not move.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page, expect, sync_playwright  # noqa: E402  # the repository has to be on the path first

from portal.identity.kinds import KINDS, linkage_inputs, oprf_input  # noqa: E402  # see above
from portal.identity.types import Identity  # noqa: E402  # see above
from tests.factories.coding_page import coding_page  # noqa: E402  # see above
from tests.factories.identities import birth_numbers_of_day  # noqa: E402  # see above

CHROMIUM = os.environ.get("PORTAL_CHROMIUM", "/usr/bin/chromium")
PEOPLE = 1000
LIMIT_S = 60
SEED = 1
GIVEN = ("Jan", "Petr", "Jana", "Marie", "Žofie", "Řehoř", "Eva", "Karel", "Ludmila", "Josef")
SURNAMES = ("Novák", "Svobodová", "Dvořák", "Černá", "Procházka", "Kučerová", "Veselý", "Horáková", "Němec", "Králová")
WATCH = """() => {
  window.steps = new Set(); window.stall = 0
  let last = performance.now()
  const frame = (now) => {
    window.stall = Math.max(window.stall, now - last); last = now
    window.steps.add(document.getElementById('list-progress').value)
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
  window.started = performance.now()
  new MutationObserver(() => { window.finished = performance.now() })
    .observe(document.getElementById('list-handing'), { attributes: true, attributeFilter: ['hidden'] })
  document.getElementById('list-make').click()
}"""
PEER = """
import { readFileSync } from 'node:fs'
import { blind, digest, fromHex } from './portal/identity/assets/_oprf.js'
const inputs = JSON.parse(readFileSync(0, 'utf8')).map(fromHex)
const started = performance.now()
for (const input of inputs) {
  const made = blind(input)
  digest(input, made.blind, made.blinded) // the vault's own work is left out
}
console.log((performance.now() - started) / 1000)
"""


PASTE = """
(text) => {
  const clipboardData = new DataTransfer()
  clipboardData.setData('text', text)
  const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })
  const box = document.querySelector('#list-text')
  if (!box.dispatchEvent(paste)) return // the page took it itself
  box.value = text
  box.dispatchEvent(new Event('input', { bubbles: true }))
}
"""


def people(count: int) -> list[Identity]:
    rng = random.Random(SEED)
    found = []
    for _ in range(count):
        year, month, day = rng.randrange(1925, 2005), rng.randrange(1, 13), rng.randrange(1, 29)
        number = rng.choice(list(birth_numbers_of_day(year, month, day)))
        typed = f"{number[:6]}/{number[6:]}"
        found.append(Identity(rng.choice(GIVEN), rng.choice(SURNAMES), f"{day}. {month}. {year}", typed, "", "500496"))
    return found


def in_browser(page: Page, url: str, listed: list[Identity]) -> dict[str, float]:
    page.goto(f"{url}/zkouska", wait_until="networkidle")
    rows = ["Jméno\tPříjmení\tDatum narození\tRodné číslo\tKód obce"]
    rows += ["\t".join((who.given, who.surname, who.born, who.birth_number, who.municipality)) for who in listed]
    page.evaluate(PASTE, "\n".join(rows))
    page.evaluate(WATCH)
    total = len(listed)
    expect(page.locator("#list-status")).to_have_text(f"Vytvořeno kódů: {total} z {total}.", timeout=600_000)
    found: dict[str, float] = page.evaluate(
        "({ seconds: (window.finished - window.started) / 1000, steps: window.steps.size, stall: window.stall / 1000 })"
    )
    return found


def in_one_thread(listed: list[Identity]) -> float:
    inputs = [
        oprf_input(kind, text).hex()
        for who in listed
        for kind, text in enumerate(linkage_inputs(who))
        if text is not None
    ]
    done = subprocess.run(
        ["node", "--no-warnings", "--input-type=module", "-e", PEER],
        input=json.dumps(inputs),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--people", type=int)
    options: Any = parser.parse_args(arguments)
    count = options.people or (PEOPLE // 10 if options.quick else PEOPLE)
    listed = people(count)
    points = sum(text is not None for who in listed for text in linkage_inputs(who))
    with tempfile.TemporaryDirectory() as folder, coding_page(Path(folder)) as coding, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(locale="cs-CZ")
        found = in_browser(page, coding.url, listed)
        cores = page.evaluate("navigator.hardwareConcurrency")
        browser.close()
    alone = in_one_thread(listed)
    print(f"{count} people, {points} inputs of {len(KINDS)} kinds, {cores} processors")
    print(f"Chromium, workers   {found['seconds']:6.1f} s  steps {found['steps']:.0f}  stall {found['stall']:.2f} s")
    print(f"node, one thread    {alone:6.1f} s")
    is_slow = found["seconds"] >= LIMIT_S * max(count / PEOPLE, 0.1)
    return 1 if is_slow or found["steps"] < 3 else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
