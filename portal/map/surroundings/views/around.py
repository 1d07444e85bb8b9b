"""Services near a place.

A daughter on her phone, once, with the name of her mother's village; a nurse who discharges a patient, every day, with
an address. They want what is near and of the right kind, nearest first, and a way to its page. They fear to send
somebody to a place that is not there, so where the register gives only the municipality, the list says so; a secret
address is in no list.
"""

from __future__ import annotations

from math import ceil
from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext

from portal.catalog.types import Form, service_types
from portal.core.clock import today
from portal.core.errors import Invalid
from portal.core.messages import Message, _m
from portal.core.numbers import parse_number
from portal.core.permissions import Permission
from portal.map.faults import refused
from portal.map.surroundings import service, words
from portal.map.surroundings.service import Around
from portal.map.surroundings.types import DEFAULT_KM, KM_BOUNDS
from portal.map.surroundings.views.blueprint import bp, check_kind, file_of
from portal.web.gate import requires
from portal.web.languages import say

PAGE = 50
MAX_TEXT = 100
Answer = str | tuple[str, int]


@bp.get("/okoli")
@requires(Permission.PUBLIC)
def around() -> Answer:
    """The form, and services around the place it names."""
    try:
        found = _found()
    except Invalid as error:
        errors = {field: [say(one) for one in told] for field, told in error.fields.items()}
        return _page(None, errors or {"misto": [say(error.message)]}), 400
    return _page(found, {})


def _typed(name: str) -> str:
    return request.args.get(name, "").strip()


def _km() -> float:
    """Raises Invalid."""
    text = _typed("km")
    if not text:
        return DEFAULT_KM
    km = float(parse_number(text))
    low, high = KM_BOUNDS
    if not low <= km <= high:
        shown = f"{low:g}".replace(".", ",")
        raise Invalid(_m("Write a number from %(low)s to %(high)s.", low=shown, high=f"{high:g}"))
    return km


def _found() -> Around | None:
    """What the address asks for; None without a place. Raises Invalid by field."""
    faults: dict[str, list[Message]] = {}
    km, place = DEFAULT_KM, _typed("misto")
    try:
        km = _km()
    except Invalid as error:
        faults["km"] = [error.message]
    type_code, form = _typed("druh"), _typed("forma")
    if type_code and type_code not in service_types():
        faults["druh"] = [_m("Choose one of the values offered.")]
    if form and form not in set(Form):
        faults["forma"] = [_m("Choose one of the values offered.")]
    if len(place) > MAX_TEXT:
        faults["misto"] = [_m("The text is longer than %(most)s characters.", most=MAX_TEXT)]
    if faults:
        raise refused(faults)
    if not place:
        return None
    return service.find_around(place, km, today(), type_code=type_code or None, form=Form(form) if form else None)


def _page(found: Around | None, errors: dict[str, list[str]]) -> str:
    query = {name: text for name in ("misto", "km", "druh", "forma") if (text := _typed(name))}
    services = (found.services if found else None) or ()
    pages = max(1, ceil(len(services) / PAGE))
    text = _typed("strana")
    page = min(max(int(text), 1), pages) if text.isascii() and text.isdigit() and len(text) <= 6 else 1

    def with_query(endpoint: str, **more: Any) -> str:
        return url_for(endpoint, **{**query, **more})

    return render_template(
        "surroundings/around.html",
        found=found,
        place=found.places[0] if found and len(found.places) == 1 else None,
        services=services,
        rows=services[(page - 1) * PAGE : page * PAGE],
        km=query.get("km", f"{DEFAULT_KM:g}") if not errors else "",
        typed=query,
        errors=errors,
        types=[(code, words.type_name(code)) for code in service_types()],
        forms=[(str(form), say(form.label)) for form in Form],
        type_name=words.type_name,
        page=page,
        pages=pages,
        page_address=lambda number: with_query("surroundings.around", strana=number),
        place_address=lambda key: with_query("surroundings.around", misto=key),
        file_address=lambda kind: with_query("surroundings.around_file", kind=kind),
    )


@bp.get("/okoli/soubor.<kind>")
@requires(Permission.PUBLIC)
def around_file(kind: str) -> Response:
    """The list as CSV or XLSX. Raises Invalid when the place is not one."""
    check_kind(kind)
    found = _found()
    if found is None or found.services is None:
        raise Invalid(_m("Choose one place first."))
    return file_of(words.around_table(found.services, found.places[0].label), gettext("services-around"), kind)
