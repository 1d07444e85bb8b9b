"""A wish as the query of an address, both ways: the permanent link, and what an alert keeps. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from portal.catalog.types import service_types
from portal.core.messages import _m
from portal.waitlists.vacancies.calc.sent import Reader
from portal.waitlists.vacancies.calc.states import MAX_AGE
from portal.waitlists.vacancies.types import Room, Sex, Sort, Wish

NAMES = ("druh", "sluzba", "orp", "blizko", "skupina", "pohlavi", "vek", "bezbarierove", "pokoj", "od", "razeni")


def read_wish(asked: Mapping[str, str]) -> Wish:
    """The wish of an address. Codes of places and groups are checked by who knows them. Raises Invalid by field."""
    reader = Reader(asked)
    type_code, near, age = reader.text("druh"), reader.text("blizko"), reader.whole("vek")
    if type_code is not None and type_code not in service_types():
        reader.faults["druh"] = [_m("Choose one of the values offered.")]
    if age is not None and not 0 <= age <= MAX_AGE:
        reader.faults["vek"] = [_m("Write a whole number from %(least)s to %(most)s.", least=0, most=MAX_AGE)]
    wish = Wish(
        type_code=type_code,
        service=reader.whole("sluzba"),
        orp=reader.text("orp"),
        near=near,
        group=reader.text("skupina"),
        sex=reader.word("pohlavi", Sex),
        age=age,
        accessible=reader.text("bezbarierove") is not None,
        room=reader.word("pokoj", Room),
        by=reader.day("od"),
        sort=reader.word("razeni", Sort) or _usual_sort(near),
    )
    reader.refuse()
    return wish


def _usual_sort(near: str | None) -> Sort:
    return Sort.SOONEST if near is None else Sort.NEAREST


def write_wish(wish: Wish, *, page: int = 1) -> str:
    """The query of the address; what is not asked is left out, so equal wishes give equal queries."""
    values = {
        "druh": wish.type_code,
        "sluzba": wish.service,
        "orp": wish.orp,
        "blizko": wish.near,
        "skupina": wish.group,
        "pohlavi": wish.sex,
        "vek": wish.age,
        "bezbarierove": "1" if wish.accessible else None,
        "pokoj": wish.room,
        "od": wish.by.isoformat() if wish.by else None,
        "razeni": wish.sort if wish.sort is not _usual_sort(wish.near) else None,
        "strana": page if page > 1 else None,
    }
    return urlencode({name: str(value) for name, value in values.items() if value is not None})


def wish_of_query(query: str) -> Wish:
    """The wish that a stored query asks for. Raises Invalid."""
    return read_wish(dict(parse_qsl(query)))
