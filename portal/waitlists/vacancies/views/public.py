"""Free places for everybody, and what a service's own page says of them.

Who comes: a social worker of a hospital or a municipality, several times a day, with a person who has to leave a
ward on Friday; a family once, in distress, on a phone. They fear calling twenty homes in vain, and a place that has
long been taken. So: what is free soonest or nearest first, the number to call at each, since when it is known, and a
way on when nothing is free. Nothing needs JavaScript; the address of a result can be sent to somebody else.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, NamedTuple

from flask import Flask, Response, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext

from portal.catalog.service import search as catalog
from portal.core.clock import today
from portal.core.contacts import phone_link
from portal.core.errors import Invalid
from portal.core.permissions import Permission
from portal.core.settings import current_settings
from portal.waitlists.vacancies import service, words
from portal.waitlists.vacancies.calc.asking import NAMES, read_wish, write_wish
from portal.waitlists.vacancies.calc.finding import Found, available_on
from portal.waitlists.vacancies.service import Choices
from portal.waitlists.vacancies.types import Freshness, Room, Sex, Sort, Wish
from portal.waitlists.vacancies.views.blueprint import bp, upkeep
from portal.web.asides import add_aside
from portal.web.downloads import Column, Kind, Table, csv_response
from portal.web.gate import requires
from portal.web.http_cache import public_page
from portal.web.languages import say
from portal.web.paging import page_number

MOST_LINES = 3  # kinds of places of a service seen without opening the rest
MORE_FILTERS = ("skupina", "pohlavi", "vek", "bezbarierove", "pokoj")


class Chip(NamedTuple):
    """A filter that is set, and the address without it."""

    label: str
    href: str


def public_mark() -> Hashable:
    """The catalogue says where services are, their providers which places are free."""
    return (catalog.catalog_mark(), service.vacancies_mark())


@bp.get("/volna-mista")
@requires(Permission.PUBLIC)
@public_page(public_mark)
def index() -> str | tuple[str, int]:
    """Free places that meet what the address asks for."""
    try:
        wish = read_wish(request.args)
        result, choices = service.search(wish, upkeep(), page=page_number())
    except Invalid as error:
        errors = {name: [say(one) for one in sentences] for name, sentences in error.fields.items()}
        errors = errors or {"": [say(error.message)]}
        choices = service.offer_choices(upkeep())
        return _page(choices, errors=errors, result=None, wish=Wish(), chips=[]), 400
    return _page(choices, errors={}, result=result, wish=wish, chips=_chips(wish, choices))


def _page(choices: Choices, **values: Any) -> str:
    wish: Wish = values["wish"]
    here = url_for("vacancies.index")
    query = write_wish(wish)
    return render_template(
        "vacancies/index.html",
        here=here,
        query=query,
        address=lambda number: f"{here}?{write_wish(wish, page=number)}".rstrip("?"),
        typed={name: request.args.get(name, "") for name in NAMES},
        more_open=any(request.args.get(name) for name in MORE_FILTERS),
        types=[(code, words.type_name(code)) for code in _offered_types(choices, wish)],
        orps=list(choices.orps.items()),
        municipalities=list(choices.municipalities.items()),
        groups=choices.groups,
        rooms=[(room.value, say(room.label)) for room in Room],
        sexes=[(sex.value, say(sex.label)) for sex in Sex],
        sorts=[(Sort.SOONEST.value, gettext("free soonest")), (Sort.NEAREST.value, gettext("nearest"))],
        available=lambda place: available_on(place, today()),
        today=today(),
        type_name=words.type_name,
        phone_link=phone_link,
        stale_days=current_settings().vacancy_stale_days,
        stale=Freshness.STALE,
        most_lines=MOST_LINES,
        **values,
    )


def _offered_types(choices: Choices, wish: Wish) -> list[str]:
    """Types with a free place, and the one asked for although it has none."""
    return sorted({*choices.types, *([wish.type_code] if wish.type_code else [])}, key=words.type_name)


def _chips(wish: Wish, choices: Choices) -> list[Chip]:
    """Ways to ask for less; shown when nothing was found."""
    here, query = url_for("vacancies.index"), request.args.to_dict()
    labels = {
        "druh": words.type_name(wish.type_code) if wish.type_code else "",
        "sluzba": gettext("only one service"),
        "orp": gettext("ORP %(name)s", name=choices.orps.get(wish.orp or "", "")),
        "skupina": choices.groups.get(wish.group or "", ""),
        "pohlavi": say(wish.sex.label) if wish.sex else "",
        "vek": gettext("age %(age)s", age=wish.age),
        "bezbarierove": gettext("accessible by wheelchair"),
        "pokoj": say(wish.room.label) if wish.room else "",
        "od": gettext("free by a day"),
    }
    found = []
    for name, label in labels.items():
        if query.get(name):
            rest = {other: value for other, value in query.items() if other not in (name, "strana")}
            less = write_wish(read_wish(rest))
            found.append(Chip(label, f"{here}?{less}".rstrip("?")))
    return found


@bp.get("/volna-mista/vysledek.csv")
@requires(Permission.PUBLIC)
def download() -> Response:
    """All that the address asks for, as CSV. Raises Invalid."""
    found = service.find_all(read_wish(request.args), upkeep())
    names = service.group_names()
    columns = [
        Column("register_id", gettext("Number in the register"), Kind.NUMBER),
        Column("service", gettext("Service")),
        Column("type", gettext("Type of service")),
        Column("provider", gettext("Provider")),
        Column("municipality", gettext("Municipality")),
        Column("orp", gettext("ORP")),
        Column("places", gettext("Free places"), Kind.NUMBER),
        Column("room", gettext("Room")),
        Column("free_from", gettext("Free from"), Kind.DATE),
        Column("floor", gettext("Floor"), Kind.NUMBER),
        Column("barrier_free", gettext("Accessible by wheelchair")),
        Column("lift", gettext("Lift")),
        Column("group", gettext("Target group")),
        Column("sex", gettext("For")),
        Column("age_from", gettext("Age from"), Kind.NUMBER),
        Column("age_to", gettext("Age to"), Kind.NUMBER),
        Column("price_from", gettext("Price from (CZK a month)"), Kind.NUMBER),
        Column("price_to", gettext("Price to (CZK a month)"), Kind.NUMBER),
        Column("phone", gettext("Phone")),
        Column("email", gettext("E-mail")),
        Column("confirmed_on", gettext("Confirmed on"), Kind.DATE),
    ]
    table = Table(gettext("Free places"), columns, (_row(one, names) for one in found))
    return csv_response(table, gettext("free-places-%(day)s", day=today().isoformat()))


def _row(found: Found, names: dict[str, str]) -> dict[str, Any]:
    place = found.place
    group = place.target_group
    return {
        "register_id": place.register_id,
        "service": place.service_name,
        "type": words.type_name(place.type_code),
        "provider": place.provider_name,
        "municipality": place.municipality_name or gettext("not published"),
        "orp": place.orp_name,
        "places": place.places,
        "room": place.room.label,
        "free_from": available_on(place, today()),
        "floor": place.floor,
        "barrier_free": place.barrier_free,
        "lift": place.lift,
        "group": None if group is None else names.get(group, group),
        "sex": place.sex.label if place.sex else None,
        "age_from": place.age_from,
        "age_to": place.age_to,
        "price_from": place.price_from_czk,
        "price_to": place.price_to_czk,
        "phone": place.phone,
        "email": place.email,
        "confirmed_on": place.confirmed_on,
    }


def service_aside(service: Any) -> str:
    """What the catalogue's page of a service says of its free places; nothing where nobody keeps them."""
    return _aside(service.register_id)


def _aside(register_id: int) -> str:
    found = service.read_free(register_id, upkeep())
    if found is None:
        return ""
    soonest = min((available_on(place, today()) for place in found.places), default=None)
    return render_template(
        "vacancies/aside.html",
        places=sum(place.places for place in found.places),
        soonest=soonest,
        today=today(),
        confirmed_on=found.confirmed_on,
        is_stale=found.freshness is Freshness.STALE,
        href=url_for("vacancies.index", sluzba=register_id),
    )


@bp.record_once
def _speak_on_pages(state: BlueprintSetupState) -> None:
    assert isinstance(state.app, Flask)
    add_aside(state.app, "catalog.service", service_aside, service.vacancies_mark)
