"""Figures of each layer from what the features hold; exact, and not yet disclosed to anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from portal.benchmarking.norms import norm_on
from portal.benchmarking.service import current_catalogue, current_norms, read_values
from portal.benchmarking.types import ALL_FORMS, Line, Measure
from portal.catalog.service.search import catalog_mark
from portal.catalog.types import CapacityUnit, service_types
from portal.core.cells import CellState
from portal.core.kept import kept, recent
from portal.core.messages import Message
from portal.core.permissions import Actor
from portal.disclosure import DisclosedFrame, FigureState
from portal.grants import service as grants
from portal.map.access.service import AccessColumns, find_columns, travel_mark, usual_rule
from portal.map.access.types import NO_PLACES, AccessRule, Question, Way
from portal.map.calc import population_for, unit_of_forms
from portal.map.layers.calc import register as register_calc
from portal.map.layers.calc import returns as returns_calc
from portal.map.layers.calc.numbers import (
    NOT_APPLICABLE,
    NOT_SUPPLIED,
    ZERO,
    Figures,
    Flags,
    Floats,
    Whole,
    figures,
    nothing,
    per_people,
)
from portal.map.layers.calc.returns import Residents, build_residents
from portal.map.layers.calc.support import support_per_inhabitant
from portal.map.layers.service.places import Areas, read_register
from portal.map.layers.types import Ask, Gathered, Told
from portal.map.types import Population
from portal.needs.readings import SITUATION, TARGET_GROUP, TYPE, need_counts, who_handed_over
from portal.returns import service as returns
from portal.returns.types import Period
from portal.waitlists.need import service as need
from portal.waitlists.need import types as need_types
from portal.waitlists.vacancies.service import free_places_by_municipality, vacancies_mark
from portal.waitlists.vacancies.types import Upkeep


@dataclass(frozen=True)
class Context:
    """What readings share: who asks, the areas, the day, how long free places are believed."""

    actor: Actor
    areas: Areas
    day: date
    upkeep: Upkeep


@dataclass(frozen=True)
class Reading:
    """Figures of an ask with what was left to be chosen filled in."""

    ask: Ask
    figures: Figures
    told: Told | None = None
    rule: AccessRule | None = None
    notes: tuple[Message, ...] = ()
    gathered: Mapping[str, Gathered] = field(default_factory=dict)


def figure_frame(areas: Areas, found: Figures) -> pd.DataFrame:
    """FIGURE_COLUMNS of all areas; not yet disclosed to anybody."""
    # Texts as objects: the type for texts takes several times as long to go through.
    texts = {"code": areas.codes, "state": found.state_names()}
    frame = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in texts.items()})
    return frame.assign(value=found.numbers, norm=found.norm)


def _register_day(ask: Ask, context: Context) -> date:
    """The last day of the quarter, or today while it lasts."""
    return context.day if ask.period is None else min(ask.period.last_day, context.day)


def capacity(ask: Ask, context: Context) -> Reading:
    register = read_register(context.areas, _register_day(ask, context))
    chosen = register.chosen(ask.type_code, ask.form, ask.group)
    without = unit_of_forms(ask.type_code, ask.form)
    unit = ask.unit or CapacityUnit(register_calc.usual_unit(register, chosen, ask.form, list(CapacityUnit), without))
    asked = _with_people(replace(ask, unit=unit))
    found = register_calc.capacity(register, chosen, ask.form, str(unit))
    return Reading(asked, per_people(found, _people(asked, context)))


def access(ask: Ask, context: Context) -> Reading:
    areas, day = context.areas, _register_day(ask, context)
    way = ask.way or Way.LINE
    rule = usual_rule(way)
    question = Question(ask.type_code, ask.form, ask.unit, ask.population, rule)
    mark = catalog_mark()

    def build() -> AccessColumns:
        return find_columns(day, question, areas.municipality, len(areas))

    times = travel_mark() if way is Way.TIMES else None
    key = ("access", mark, areas.info and areas.info.content_hash, areas.level, day, question, times)
    found = build() if mark is None else kept(key, build)
    asked = replace(ask, unit=found.question.unit, population=found.question.population, way=way)
    told = figures(found.figures, np.where(found.not_applicable, NOT_APPLICABLE, NOT_SUPPLIED))
    return Reading(asked, told, rule=rule, notes=() if found.has_places else (NO_PLACES,))


def services(ask: Ask, context: Context) -> Reading:
    register = read_register(context.areas, _register_day(ask, context))
    chosen = register.chosen(ask.type_code, ask.form, ask.group)
    return Reading(ask, register_calc.services_with_place(register, chosen))


def declared(ask: Ask, context: Context) -> Reading:
    register = read_register(context.areas, _register_day(ask, context))
    chosen = register.chosen(ask.type_code, ask.form, ask.group)
    return Reading(ask, register_calc.services_declared(register, chosen))


def _with_people(ask: Ask) -> Ask:
    return replace(ask, population=ask.population or population_for(ask.type_code))


def _people(ask: Ask, context: Context) -> Floats:
    assert ask.population is not None
    return context.areas.people[ask.population]


def read_residents(areas: Areas, period: Period) -> Residents:
    """The territory parts of a quarter's returns by columns. Two queries where nothing changed."""

    def build() -> Residents:
        rows = returns.residences_frame(period)
        states = returns.residence_states_frame(period)
        return build_residents(rows, states, areas.of_municipalities(rows["municipality_code"]), len(areas))

    mark = recent(("figures", period), lambda: returns.figures_mark(period))
    register = catalog_mark()  # of which services a return is due
    if register is None:
        return build()
    return kept(("residents", period, mark, register, areas.info and areas.info.content_hash, areas.level), build)


def users(ask: Ask, context: Context) -> Reading:
    assert ask.period is not None
    residents = read_residents(context.areas, ask.period)
    chosen = residents.chosen(ask.type_code, ask.group, ask.situation)
    found = returns_calc.users_by_area(residents, chosen, ask.type_code)
    return Reading(ask, found, residents.told(ask.type_code))


def users_per_people(ask: Ask, context: Context) -> Reading:
    counted = users(_with_people(ask), context)
    return replace(counted, figures=per_people(counted.figures, _people(counted.ask, context)))


def reached(ask: Ask, context: Context) -> Reading:
    assert ask.period is not None
    residents = read_residents(context.areas, ask.period)
    chosen = residents.chosen(ask.type_code, ask.group, ask.situation)
    found = returns_calc.services_by_area(residents, chosen, ask.type_code)
    return Reading(ask, found, residents.told(ask.type_code))


def flows(ask: Ask, context: Context) -> list[returns_calc.Flow]:
    """The strongest lines from residence to service, exactly: for those who see exact figures of returns."""
    assert ask.period is not None
    residents = read_residents(context.areas, ask.period)
    register = read_register(context.areas, _register_day(ask, context))
    return returns_calc.flows(residents, residents.chosen(ask.type_code, ask.group, ask.situation), register)


def _normed(measure: Measure) -> Callable[[Ask, Context], Reading]:
    form = ALL_FORMS if measure is Measure.DIRECT_WORK else "residential"

    def read(ask: Ask, context: Context) -> Reading:
        assert ask.period is not None
        period = ask.period
        register = read_register(context.areas, _register_day(ask, context))
        chosen = register.chosen(ask.type_code, None if form == ALL_FORMS else form)
        norms = current_norms()
        share_of = {code: norm_on(norms, Line(code, measure, form), period.last_day) for code in service_types()}
        norm_of_type = np.array(
            [np.nan if (norm := share_of.get(code)) is None else float(norm.share) for code in register.types],
            dtype=np.float64,
        )
        own_norm = norm_of_type[register.type_codes] if len(register.types) else np.empty(0)
        ids, above, below = _sides(measure.metric, form, period)
        found, told = returns_calc.share_of_sums(
            register,
            chosen,
            returns_calc.by_service(register, ids, above),
            returns_calc.by_service(register, ids, below),
            own_norm,
        )
        return Reading(ask, found, told)

    return read


def _sides(metric: str, form: str, period: Period) -> tuple[Whole, Floats, Floats]:
    """Services, numerators and denominators of a metric in a quarter."""

    def build() -> tuple[Whole, Floats, Floats]:
        values = read_values(catalogue, metric, form, [period])
        return (
            values["service_id"].to_numpy(dtype=np.int64),
            values["numerator"].to_numpy(dtype=np.float64),
            values["denominator"].to_numpy(dtype=np.float64),
        )

    catalogue = current_catalogue()
    formulas = tuple(version for name in catalogue for version in catalogue.versions(name))
    mark = recent(("figures", period), lambda: returns.figures_mark(period))
    return kept(("sides", metric, form, period, formulas, mark), build)


def _need_part(ask: Ask) -> need_types.Part:
    return need_types.Part(
        type_code=ask.type_code or need_types.ALL,
        situation=ask.situation or need_types.ALL,
        group=ask.group or need_types.ALL,
    )


def unmet(ask: Ask, context: Context) -> Reading:
    assert ask.period is not None
    part, period, areas = _need_part(ask), ask.period, context.areas

    def build() -> Floats:
        told = need.read_areas(context.actor, part, need_types.Measure.UNMET, period, ask.level)
        numbers = np.zeros(len(areas))
        for area, value in told.columns_of("area", "value"):
            if area in areas.number:
                numbers[areas.number[area]] = value
        return numbers

    mark = next((one.counted_at_utc for one in need.list_quarters() if one.period == period), None)
    key = ("unmet", period, mark, part, areas.info and areas.info.content_hash, areas.level)
    return Reading(ask, figures(kept(key, build), ZERO))


def unmet_per_people(ask: Ask, context: Context) -> Reading:
    counted = unmet(_with_people(ask), context)
    return replace(counted, figures=per_people(counted.figures, _people(counted.ask, context)))


def needs(ask: Ask, context: Context) -> Reading:
    """Persons with needs. Zero and not applicable need all municipalities of the area to have handed over."""
    assert ask.period is not None
    chosen = {name: code for name, code in ((TYPE, ask.type_code), (TARGET_GROUP, ask.group)) if code is not None}
    whole = {} if ask.situation is None else {SITUATION: ask.situation}
    told = need_counts(context.actor, [ask.period], level=ask.level, by=list(whole))
    count = len(context.areas)
    numbers, states = np.full(count, np.nan), np.full(count, NOT_SUPPLIED, dtype=np.int64)
    for place, row in _rows_of(told, whole, context):
        states[place] = NOT_APPLICABLE if row["state"] == FigureState.NOT_APPLICABLE else NOT_SUPPLIED
        if row["value"] is not None:  # an area that told its needs has none of those that it did not name
            numbers[place] = 0.0 if chosen else row["value"]
    if chosen:
        found = need_counts(context.actor, [ask.period], level=ask.level, by=[*whole, *chosen])
        for place, row in _rows_of(found, {**whole, **chosen}, context):
            numbers[place] = row["value"] if row["value"] is not None else numbers[place]
    gathered = _gathered(told, ask.period, context)
    is_whole = np.array([code in gathered and gathered[code].is_whole for code in context.areas.codes], dtype=bool)
    numbers[(numbers == 0) & ~is_whole] = np.nan
    states[~is_whole] = NOT_SUPPLIED
    return Reading(ask, figures(numbers, states), gathered=gathered)


def _gathered(told: DisclosedFrame, period: Period, context: Context) -> dict[str, Gathered]:
    """By area, of those that the counts tell of."""
    areas = context.areas
    done = Counter(areas.municipality.get(code) for code in who_handed_over(context.actor, period))
    found = {}
    for code, said, municipalities in told.columns_of("area", "told", "municipalities"):
        if code in areas.number:
            complete = done[areas.number[code]]
            found[code] = Gathered(complete, max(0, int(said) - complete), int(municipalities))
    return found


def _rows_of(
    counts: DisclosedFrame, wanted: Mapping[str, str], context: Context
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Numbers of areas with the rows that say what was wanted."""
    for row in counts.rows():
        place = context.areas.number.get(row["area"])
        if place is not None and all(row[name] == code for name, code in wanted.items()):
            yield place, row


def needs_per_people(ask: Ask, context: Context) -> Reading:
    counted = needs(replace(ask, population=Population.ALL), context)
    return replace(counted, figures=per_people(counted.figures, _people(counted.ask, context)))


def free_places(ask: Ask, context: Context) -> Reading:
    def build() -> list[tuple[str, str, int]]:
        return [
            (one.municipality_code, one.type_code, one.places) for one in free_places_by_municipality(context.upkeep)
        ]

    mark = vacancies_mark()
    if mark is None:  # nobody has ever kept a place here
        return Reading(ask, nothing(len(context.areas)))
    numbers = np.zeros(len(context.areas))
    for code, type_code, places in kept(("free", mark, catalog_mark(), context.day, context.upkeep), build):
        place = context.areas.municipality.get(code)
        if place is not None and ask.type_code in (None, type_code):
            numbers[place] += places
    return Reading(ask, figures(numbers, ZERO))


def support(ask: Ask, context: Context) -> Reading:
    """Support in CZK per inhabitant. Zero and not applicable need all municipalities of the area to have told."""
    assert ask.year is not None
    year, areas = ask.year, context.areas

    def build() -> tuple[Whole, Floats, Flags]:
        cells = kept(totals, lambda: grants.municipal_totals(year, ask.type_code))
        return (
            areas.of_municipalities(pd.Series(list(cells), dtype=object)),
            np.array([np.nan if one.number is None else float(one.number) for one in cells.values()], dtype=np.float64),
            np.array([one.state is CellState.NOT_APPLICABLE for one in cells.values()], dtype=bool),
        )

    mark = recent(("support", year), lambda: grants.support_mark(year))
    totals = ("support totals", year, ask.type_code, mark, areas.info and areas.info.content_hash)  # of both levels
    key = (*totals, areas.level)
    places, amounts, is_foreign = kept(key, build)
    municipalities = areas.municipalities
    found, told = support_per_inhabitant(places, amounts, is_foreign, areas.people[Population.ALL], municipalities)
    counts = zip(areas.codes, told.tolist(), municipalities.tolist(), strict=True)
    return Reading(ask, found, gathered={code: Gathered(int(done), 0, int(every)) for code, done, every in counts})


READERS: Mapping[str, Callable[[Ask, Context], Reading]] = {
    "kapacita": capacity,
    "dostupnost": access,
    "sluzby": services,
    "pusobnost": declared,
    "uzivatele": users,
    "uzivatele-na-1000": users_per_people,
    "pokryti": reached,
    "vyuziti-prace": _normed(Measure.DIRECT_WORK),
    "obloznost": _normed(Measure.OCCUPANCY),
    "neuspokojeni": unmet,
    "neuspokojeni-na-1000": unmet_per_people,
    "potreby": needs,
    "potreby-na-1000": needs_per_people,
    "volna-mista": free_places,
    "podpora-obci": support,
}
