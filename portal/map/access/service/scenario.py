"""What if: capacity added or taken at places, and what it does to access. Nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from portal.core.cells import NOT_SUPPLIED, CellState
from portal.core.czech import czech_sort_key
from portal.core.errors import Forbidden, Invalid
from portal.core.messages import Message, _m
from portal.core.permissions import Actor, Permission
from portal.map.access.calc.catchment import mean_access
from portal.map.access.calc.effects import shifted
from portal.map.access.calc.places import SERVICE_KEY, TOWN_KEY, PlaceBook
from portal.map.access.calc.supply import SITE_COLUMNS
from portal.map.access.service.computing import Ground, access_cell, find_ground, municipality_rows, per_thousand
from portal.map.access.types import MAX_CHANGES, Change, Effect, EffectRow, PlaceOption, Question
from portal.map.calc import rounded
from portal.map.faults import refused
from portal.territory import service as territory
from portal.territory.types import Level, Unit

NO_SERVICE = 0  # no service has this id
_NOTHING_TO_CHANGE = _m("An outreach service has no fixed place, so no places of it can be added or taken away.")


@dataclass(frozen=True)
class Scenario:
    """The ground of a question with a free site at the seat of every municipality that a change may name."""

    ground: Ground
    book: PlaceBook

    @property
    def options(self) -> tuple[PlaceOption, ...]:
        return self.book.options


def open_scenario(actor: Actor, day: date, question: Question) -> Scenario:
    """What can be changed for a question. Six queries.

    Raises Forbidden, and Invalid as ``find_ground`` and for services that have no fixed place.
    """
    if not actor.can(Permission.ACCESS_PLAN):
        raise Forbidden(_m("Your role does not allow this."))
    seats = _seats(territory.list_units(Level.MUNICIPALITY))
    ground = find_ground(day, question, seats)
    if not ground.has_places:
        raise refused({"druh": [_NOTHING_TO_CHANGE]})
    return Scenario(ground, PlaceBook(_options(ground)))


def _seats(units: Sequence[Unit]) -> pd.DataFrame:
    """An empty site at the seat of each municipality, where a scenario may add capacity."""
    rows: list[dict[str, Any]] = [
        {
            "service_id": NO_SERVICE,
            "municipality_code": unit.code,
            "lon": unit.seat_lon,
            "lat": unit.seat_lat,
            "amount": 0.0,
        }
        for unit in units
        if unit.seat_lon is not None and unit.seat_lat is not None
    ]
    return pd.DataFrame(rows, columns=SITE_COLUMNS)


def _options(ground: Ground) -> list[PlaceOption]:
    """Services with a place, then municipalities, each in Czech order."""
    sites, services = ground.supply.sites, ground.placed.services
    by_service = sites.groupby("service_id")["amount"].sum()
    by_town = sites.groupby("municipality_code")["amount"].sum()
    told = services[services["service_id"].isin(by_service.index)]
    rows = zip(told["service_id"], told["register_id"], told["name"], strict=True)
    found = [
        PlaceOption(f"{SERVICE_KEY}:{register_id}", name, rounded(float(by_service[service_id])))
        for service_id, register_id, name in rows
    ]
    towns = [
        PlaceOption(f"{TOWN_KEY}:{unit.code}", unit.name, rounded(float(by_town[unit.code])))
        for unit in ground.units
        if unit.code in by_town.index
    ]
    return [*sorted(found, key=lambda one: (czech_sort_key(one.label), one.key)), *towns]


def read_effect(scenario: Scenario, changes: Sequence[Change], fields: Sequence[str]) -> Effect:
    """Access before and after the changes, taken one after another. Only municipalities whose figure changes.

    ``fields``: names of the fields that the changes came from, for the sentences of Invalid, which is raised for a
    place that has less than the change takes and for too many changes.
    """
    if len(changes) > MAX_CHANGES:
        raise Invalid(_m("A scenario has at most %(most)s changes.", most=MAX_CHANGES))
    ground = scenario.ground
    before = ground.supply.sites["amount"].to_numpy(dtype=float)
    after, faults = before.copy(), dict[str, list[Message]]()
    for change, field in zip(changes, fields, strict=True):
        chosen = _sites_of(ground, change)
        done = shifted(after, chosen, float(change.amount))
        if done is None:
            faults[field] = [_too_much(rounded(float(after[chosen].sum())))]
        else:
            after = done
    if faults:
        raise refused(faults)
    return _effect(ground, before, after)


def _too_much(there: Decimal) -> Message:
    if not there:
        return _m("There is no capacity at this place that could be taken away.")
    return _m("At most %(count)s can be taken away at this place.", count=there)


def _sites_of(ground: Ground, change: Change) -> np.ndarray:
    """Sites that the change is about: those of the service, or of the municipality; new capacity stands at its seat."""
    sites = ground.supply.sites
    kind, _, code = change.key.partition(":")
    if kind == SERVICE_KEY:
        services = ground.placed.services
        wanted = services.loc[services["register_id"] == int(code), "service_id"]
        chosen: np.ndarray = sites["service_id"].isin(wanted).to_numpy(dtype=bool)
        return chosen
    here = (sites["municipality_code"] == code).to_numpy(dtype=bool)
    seat: np.ndarray = here & (sites["service_id"] == NO_SERVICE).to_numpy(dtype=bool)
    return seat if change.amount > 0 else here


def _effect(ground: Ground, before: np.ndarray, after: np.ndarray) -> Effect:
    former, present = ground.computed(before), ground.computed(after)
    rows, people = [], 0
    untold: dict[str, CellState] = {}
    for index, row in enumerate(municipality_rows(ground, former)):
        now = access_cell(ground, index, present.per_person[index])
        if row.access.number is None or now.number is None:
            untold[row.code] = row.access.state
            continue
        if row.access.number == now.number:
            continue
        people += int(row.people.number or 0)
        difference = now.number - row.access.number
        rows.append(EffectRow(row.code, row.name, row.orp_name, row.people, row.access, now, difference))
    known = ground.placed.catalogue_known
    means = [per_thousand(mean_access(found.per_person, ground.people)) for found in (former, present)]
    return Effect(
        rows=tuple(sorted(rows, key=lambda row: (-abs(row.difference), czech_sort_key(row.name), row.code))),
        people=people,
        untold=untold,
        capacity_before=_total(before),
        capacity_after=_total(after),
        mean_before=means[0] if known else NOT_SUPPLIED,
        mean_after=means[1] if known else NOT_SUPPLIED,
    )


def _total(amount: np.ndarray) -> Decimal:
    return rounded(float(amount.sum()))
