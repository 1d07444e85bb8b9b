"""The address of a question about access, and of a scenario: from the query and back. Pure.

``/mapa/dostupnost?druh=49&forma=residential&cesta=cara&dosah=30&okliky=1.3&utlum=gauss``
``/mapa/co-kdyz?druh=49&misto-1=sluzba:100123&zmena-1=20&misto-2=obec:500496&zmena-2=-10``
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from portal.catalog.types import Form
from portal.core.errors import Invalid
from portal.core.messages import Message, _m
from portal.core.numbers import parse_number
from portal.map.access.types import (
    DETOUR_BOUNDS,
    FIXED_FORMS,
    RADIUS_BOUNDS,
    RADIUS_KM,
    RADIUS_MINUTES,
    AccessRule,
    Change,
    Decay,
    Question,
    Way,
)
from portal.map.faults import refused
from portal.map.link import POPULATION_WORDS, parse_population, parse_type_code, parse_unit

WAY_WORDS = {"cara": Way.LINE, "doby": Way.TIMES}
DECAY_WORDS = {"gauss": Decay.GAUSSIAN, "stejne": Decay.UNIFORM}

T = TypeVar("T")
_CHOOSE = _m("Choose one of the values offered.")


def parse_question(query: Mapping[str, str], usual: AccessRule) -> Question:
    """What a query asks for; what it leaves out is as in ``usual``. Raises Invalid with a sentence for each field."""
    given = {key: value.strip() for key, value in query.items() if value.strip()}
    faults: dict[str, list[Message]] = {}

    def read(name: str, reader: Callable[[str], T], otherwise: T) -> T:
        if name not in given:
            return otherwise
        try:
            return reader(given[name])
        except Invalid as error:
            faults[name] = [error.message]
        except (KeyError, ValueError):
            faults[name] = [_CHOOSE]
        return otherwise

    way = read("cesta", WAY_WORDS.__getitem__, usual.way)
    usual_radius = usual.radius if way is usual.way else RADIUS_MINUTES if way is Way.TIMES else RADIUS_KM
    question = Question(
        type_code=read("druh", parse_type_code, Question().type_code),
        form=read("forma", _fixed_form, None),
        unit=read("jednotka", parse_unit, None),
        population=read("obyvatel", parse_population, None),
        rule=AccessRule(
            way=way,
            radius=read("dosah", lambda text: _between(text, RADIUS_BOUNDS), usual_radius),
            detour=read("okliky", lambda text: _between(text, DETOUR_BOUNDS), usual.detour),
            decay=read("utlum", DECAY_WORDS.__getitem__, usual.decay),
        ),
    )
    if faults:
        raise refused(faults)
    return question


def _fixed_form(word: str) -> Form:
    form = Form(word)
    if form not in FIXED_FORMS:
        raise ValueError(word)
    return form


def _between(text: str, bounds: tuple[float, float]) -> float:
    low, high = bounds
    found = float(parse_number(text))
    if not low <= found <= high:
        raise Invalid(_m("Write a number from %(low)s to %(high)s.", low=f"{low:g}", high=f"{high:g}"))
    return found


def question_query(question: Question) -> dict[str, Any]:
    """The whole query of a question, nothing left out: the same link means the same under other settings."""
    rule = question.rule
    words: dict[str, Any] = {
        "druh": question.type_code,
        "forma": question.form,
        "jednotka": question.unit,
        "obyvatel": _word(POPULATION_WORDS, question.population) if question.population else None,
        "cesta": _word(WAY_WORDS, rule.way),
        "dosah": f"{rule.radius:g}",
        "okliky": f"{rule.detour:g}" if rule.way is Way.LINE else None,
        "utlum": _word(DECAY_WORDS, rule.decay),
    }
    return {key: str(word) for key, word in words.items() if word is not None}


def _word(words: Mapping[str, T], meaning: T) -> str:
    return next(word for word, known in words.items() if known is meaning)


def scenario_query(changes: Sequence[Change]) -> dict[str, Any]:
    """The query of the changes of a scenario, numbered from 1."""
    query: dict[str, Any] = {}
    for number, change in enumerate(changes, start=1):
        query[f"misto-{number}"] = change.key
        query[f"zmena-{number}"] = f"{change.amount:f}"
    return query


def parse_amount(text: str) -> Decimal:
    """Places added (or, with a minus, taken away); whole. Raises Invalid."""
    amount = parse_number(text, max_places=0)
    if amount == 0 or abs(amount) > 100_000:
        raise Invalid(_m("Write by how many places the capacity changes, such as 20 or -10."))
    return amount
