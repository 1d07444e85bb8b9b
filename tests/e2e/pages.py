"""Addresses looked at in the browser besides every page of the access table: the same pages with other content.

A feature adds its own: who, and the address or a function of the world that gives it.
"""

from collections.abc import Callable

from tests.access.rows import ANONYMOUS, World

PAGES: list[tuple[str, str | Callable[[World], str]]] = [
    (ANONYMOUS, "/jazyk/en?zpet=/"),
    (ANONYMOUS, "/prihlaseni?next=/vykazy"),
    ("planner", "/srovnani"),
    ("auditor", "/srovnani?druh=57&obdobi=2026Q2&ukazatel=occupancy&forma=residential&razeni=poskytovatel"),
    ("key_worker", lambda world: f"/srovnani/poskytovatel/{world.own_ico}"),
]
