"""Access of all municipalities to the services of a type: reads the catalogue and the territory, calls the formulas."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd

from portal.catalog.service.places import PlacedServices, find_placed
from portal.catalog.service.version import current_version
from portal.catalog.types import CapacityUnit
from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell
from portal.core.messages import _m
from portal.map.access.calc.catchment import Catchments, catchments, mean_access
from portal.map.access.calc.distance import Floats, Pairs, pairs_of_times, pairs_within
from portal.map.access.calc.matrix import Times
from portal.map.access.calc.supply import Supply, fixed_capacities, may_have_places, placed_supply, points_of
from portal.map.access.service.travel import find_times, travel_mark
from portal.map.access.types import AccessRow, AccessRule, AccessTable, Question, Way
from portal.map.calc import population_for, rounded, unit_of_forms, usual_unit
from portal.map.faults import refused
from portal.map.types import Population
from portal.territory import service as territory
from portal.territory.types import Level, Unit

PER_PEOPLE = 1000
BALANCED_DIGITS = 6


def people_of(unit: Unit, population: Population) -> int | None:
    """People of a group who live in the unit."""
    return {
        Population.ALL: unit.population,
        Population.AGE_0_14: unit.population_0_14,
        Population.AGE_65_PLUS: unit.population_65_plus,
        Population.AGE_80_PLUS: unit.population_80_plus,
    }[population]


def content_version() -> tuple[Hashable, ...]:
    """Changes whenever a figure of access does, but for the day. Three queries."""
    info = territory.find_current()
    return current_version(), None if info is None else info.content_hash, travel_mark()


@dataclass(frozen=True)
class Ground:
    """Everything read for one question: units with people and seats, and what stands where.

    ``question`` has its unit and population filled in. ``people`` [n] is NaN where not known; ``pairs`` are of
    ``units`` and of the rows of ``supply.sites``.
    """

    question: Question
    units: Sequence[Unit]
    orps: dict[str, Unit]
    people: Floats
    supply: Supply
    pairs: Pairs
    placed: PlacedServices
    has_places: bool  # False: neither the Act nor the register knows a fixed place of the type and form

    def computed(self, amount: Floats | None = None) -> Catchments:
        """Access with the capacity of the sites, or with ``amount`` [m] in its place."""
        rule = self.question.rule
        given = self.supply.sites["amount"].to_numpy(dtype=float) if amount is None else amount
        return catchments(self.pairs, self.people, given, rule.radius, rule.decay)


def find_ground(day: date, question: Question, extra: pd.DataFrame | None = None) -> Ground:
    """Read what a question needs; five queries, one more with travel times. Raises Invalid where there are none.

    ``extra``: further sites without a service (SITE_COLUMNS), as a scenario adds them; they come last.
    """
    municipalities = territory.list_units(Level.MUNICIPALITY)
    orps = {unit.code: unit for unit in territory.list_units(Level.ORP)}
    placed = find_placed(day, type_code=question.type_code, form=question.form)
    return lay_ground(question, municipalities, orps, placed, _times(question.rule), extra)


def lay_ground(
    question: Question,
    municipalities: Sequence[Unit],
    orps: dict[str, Unit],
    placed: PlacedServices,
    times: Times | None,
    extra: pd.DataFrame | None = None,
) -> Ground:
    """The same of what was read before."""
    fixed = fixed_capacities(placed.capacities, question.form)
    has_places = len(fixed) > 0 or may_have_places(question.type_code, question.form)
    fixed = fixed[fixed["unit"].notna()]
    without = unit_of_forms(question.type_code, question.form)
    asked = replace(
        question,
        unit=question.unit or CapacityUnit(usual_unit(fixed, list(CapacityUnit), without)),
        population=question.population or population_for(question.type_code),
    )
    supply = placed_supply(
        placed.services, placed.capacities, placed.facilities, unit=str(asked.unit), form=question.form
    )
    if extra is not None and len(extra):
        supply = replace(supply, sites=pd.concat([supply.sites, extra], ignore_index=True))
    population = asked.population or Population.ALL
    return Ground(
        question=asked,
        units=municipalities,
        orps=orps,
        people=np.array([_number(people_of(unit, population)) for unit in municipalities]),
        supply=supply,
        pairs=find_pairs(asked.rule, municipalities, supply.sites, times),
        placed=placed,
        has_places=has_places,
    )


def find_pairs(rule: AccessRule, units: Sequence[Unit], sites: pd.DataFrame, times: Times | None) -> Pairs:
    """Pairs of units and sites within the radius of the rule. ``times`` are needed by Way.TIMES alone."""
    if rule.way is Way.LINE:
        seats = np.array([(_number(unit.seat_lon), _number(unit.seat_lat)) for unit in units]).reshape(-1, 2)
        return pairs_within(seats, points_of(sites), rule.radius, rule.detour)
    if times is None:
        raise refused({"cesta": [_NO_TIMES]})
    codes = np.array([unit.code for unit in units], dtype="U6")
    ends = np.array([code or "" for code in sites["municipality_code"]], dtype="U6")
    return pairs_of_times(codes, ends, times.parts, rule.radius)


_NO_TIMES = _m("No travel times have been imported; choose the straight line.")


def _times(rule: AccessRule) -> Times | None:
    return find_times() if rule.way is Way.TIMES else None


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def find_access(day: date, question: Question, level: Level = Level.MUNICIPALITY) -> AccessTable:
    """Access of every municipality, or of every ORP as the mean over its people, in Czech order of names.

    Raises Invalid for travel times where none were imported. At most six queries.
    """
    return access_table(find_ground(day, question), level)


def access_table(ground: Ground, level: Level = Level.MUNICIPALITY) -> AccessTable:
    """The table of what was computed on the ground."""
    found = ground.computed()
    amount = ground.supply.sites["amount"].to_numpy(dtype=float)
    rows = municipality_rows(ground, found)
    if level is Level.ORP:
        rows = _orp_rows(ground, found, rows)
    known = ground.placed.catalogue_known
    mean = per_thousand(mean_access(found.per_person, ground.people)) if known else NOT_SUPPLIED
    return AccessTable(
        question=ground.question,
        rows=tuple(rows),
        capacity=rounded(float(amount[found.reached].sum())),
        unreached=rounded(float(amount[~found.reached].sum())),
        unplaced=ground.supply.unplaced,
        unstated=ground.supply.unstated,
        services=ground.supply.services,
        mean=mean if ground.has_places else NOT_APPLICABLE,
        catalogue_known=known,
        has_places=ground.has_places,
    )


def per_thousand(figure: float | None) -> Cell:
    """Places per 1 000 people as they are shown; None (nobody there): not applicable."""
    return NOT_APPLICABLE if figure is None else Cell.of(rounded(max(figure, 0.0) * PER_PEOPLE))


def municipality_rows(ground: Ground, found: Catchments) -> list[AccessRow]:
    """Rows of the municipalities in the order of the ground."""
    return [
        AccessRow(
            code=unit.code,
            name=unit.name,
            orp_code=unit.parent_code or "",
            orp_name=ground.orps[unit.parent_code].name if unit.parent_code in ground.orps else "",
            people=_people(heads),
            access=access_cell(ground, index, found.per_person[index]),
            balanced=_balanced(access_cell(ground, index, found.per_person[index]), found.balanced[index]),
            nearest=nearest_cell(found.nearest[index], ground.placed.catalogue_known or not ground.has_places),
            places=int(found.places[index]),
        )
        for index, (unit, heads) in enumerate(zip(ground.units, ground.people, strict=True))
    ]


def _people(heads: float) -> Cell:
    return NOT_SUPPLIED if np.isnan(heads) else Cell.of(int(heads))


def access_cell(ground: Ground, index: int, per_person: float) -> Cell:
    """The state of one municipality's access.

    A service that has no fixed place: not applicable. Without a catalogue, without a seat where distance needs one, or
    without known people: not supplied. Nobody of the age concerned: not applicable. Nothing within reach is a true
    zero.
    """
    unit, heads = ground.units[index], ground.people[index]
    has_seat = unit.seat_lon is not None and unit.seat_lat is not None
    if not ground.has_places:
        return NOT_APPLICABLE
    if not ground.placed.catalogue_known or np.isnan(heads):
        return NOT_SUPPLIED
    if ground.question.rule.way is Way.LINE and not has_seat:
        return NOT_SUPPLIED
    return NOT_APPLICABLE if heads == 0 else per_thousand(float(per_person))


def _balanced(access: Cell, figure: float) -> Cell:
    if access.number is None:
        return access
    return Cell.of(Decimal(f"{figure:.{BALANCED_DIGITS}g}"))


def nearest_cell(distance: float, is_known: bool) -> Cell:
    """Distance to the nearest place, to one decimal; not applicable where none is within reach."""
    if not np.isfinite(distance):
        return NOT_APPLICABLE if is_known else NOT_SUPPLIED
    return Cell.of(Decimal(repr(round(float(distance), 1))))


def _orp_rows(ground: Ground, found: Catchments, rows: Sequence[AccessRow]) -> list[AccessRow]:
    """Means over the people of each ORP; not supplied as soon as one municipality's figure is."""
    members: dict[str, list[int]] = {code: [] for code in ground.orps}
    for index, unit in enumerate(ground.units):
        if unit.parent_code in members:
            members[unit.parent_code].append(index)
    return [_orp_row(ground, found, rows, unit, members[code]) for code, unit in ground.orps.items()]


def _orp_row(
    ground: Ground, found: Catchments, rows: Sequence[AccessRow], orp: Unit, indices: Sequence[int]
) -> AccessRow:
    at = np.array(indices, dtype=np.intp)
    heads = ground.people[at]
    is_whole = bool(len(at)) and all(rows[index].access is not NOT_SUPPLIED for index in indices)
    reach = np.where(np.isfinite(found.nearest[at]), heads, 0.0)
    nearest = mean_access(np.where(np.isfinite(found.nearest[at]), found.nearest[at], 0.0), reach)
    access = per_thousand(mean_access(found.per_person[at], heads)) if is_whole else NOT_SUPPLIED
    access = access if ground.has_places else NOT_APPLICABLE
    pairs = ground.pairs
    amount = ground.supply.sites["amount"].to_numpy(dtype=float)
    near = np.isin(pairs.unit, at) & (amount[pairs.place] > 0)
    return AccessRow(
        code=orp.code,
        name=orp.name,
        orp_code=orp.code,
        orp_name=orp.name,
        people=NOT_SUPPLIED if np.isnan(heads).any() or not len(at) else Cell.of(int(heads.sum())),
        access=access,
        balanced=_balanced(access, mean_access(found.balanced[at], heads) or 0.0),
        nearest=nearest_cell(
            float("inf") if nearest is None else nearest, ground.placed.catalogue_known or not ground.has_places
        ),
        places=len(np.unique(pairs.place[near])),
    )
