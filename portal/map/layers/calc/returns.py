"""Layers of returns as columns: users by residence, shares of summed figures, lines from residence to service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from portal.map.layers.calc.numbers import (
    NOT_APPLICABLE,
    NOT_SUPPLIED,
    Figures,
    Flags,
    Floats,
    Texts,
    Whole,
    counted,
    figures,
    summed,
)
from portal.map.layers.calc.register import Register
from portal.map.layers.types import Told

MOST_FLOWS = 300


@dataclass(frozen=True)
class Residents:
    """Users by residence in the returns of a quarter, by columns; ``area``: number of the area, -1 outside of all.

    ``told_type`` and ``asked_type``: the type of each service that told where its users live (also that it has none),
    and of each that the quarter asked (whether or not it has reported yet) and that is not known to be anonymous.
    """

    service_id: Whole
    type_code: Texts
    area: Whole
    group: Texts  # "" where it was not told
    situation: Texts
    persons: Floats
    told_type: Texts
    asked_type: Texts
    areas: int

    def chosen(self, type_code: str | None, group: str | None, situation: str | None) -> Flags:
        """Rows of a choice."""
        chosen: Flags = np.ones(len(self.persons), dtype=bool)
        for wanted, column in ((type_code, self.type_code), (group, self.group), (situation, self.situation)):
            if wanted is not None:
                chosen &= column.are(wanted)
        return chosen

    def told(self, type_code: str | None) -> Told:
        """How many of the services have told."""
        if type_code is None:
            return Told(len(self.told_type.numbers), len(self.asked_type.numbers))
        return Told(int(self.told_type.are(type_code).sum()), int(self.asked_type.are(type_code).sum()))


def build_residents(rows: pd.DataFrame, states: pd.DataFrame, area: Whole, areas: int) -> Residents:
    """Columns from the frames of ``returns.service``; ``area``: number of the area of each row."""
    type_of = states.set_index("service_id")["type_code"]
    told = states[states["state"].isin(["supplied", "no_one"])]
    asked = states[states["state"] != "not_applicable"]
    return Residents(
        service_id=rows["service_id"].to_numpy(dtype=np.int64),
        type_code=Texts.of(rows["service_id"].map(type_of)),
        area=area,
        group=Texts.of(rows["target_group"]),
        situation=Texts.of(rows["adverse_situation"]),
        persons=rows["persons"].to_numpy(dtype=np.float64),
        told_type=Texts.of(told["type_code"]),
        asked_type=Texts.of(asked["type_code"]),
        areas=areas,
    )


def users_by_area(residents: Residents, chosen: Flags, type_code: str | None) -> Figures:
    """Users by area, of the services that told where their users live."""
    return _of_told(summed(residents.area[chosen], residents.persons[chosen], residents.areas), residents, type_code)


def services_by_area(residents: Residents, chosen: Flags, type_code: str | None) -> Figures:
    """Services with at least one user who lives in the area, of those that told where their users live."""
    mine = chosen & (residents.area >= 0)
    pairs = np.unique(residents.service_id[mine] * residents.areas + residents.area[mine])
    return _of_told(counted(pairs % residents.areas, residents.areas), residents, type_code)


def _of_told(counts: Floats, residents: Residents, type_code: str | None) -> Figures:
    """Counts of those that told. Nobody there is a true zero only once all that were asked have told: until then the
    users of the others may live there."""
    told = residents.told(type_code)
    is_whole = told.told > 0 and told.told == told.asked
    return figures(counts if is_whole else np.where(counts > 0, counts, np.nan), NOT_SUPPLIED)


@dataclass(frozen=True)
class Flow:
    """``persons`` who live in one area use services in another (or in the same); numbers of areas."""

    residence: int
    place: int
    persons: float


def flows(residents: Residents, chosen: Flags, register: Register, most: int = MOST_FLOWS) -> list[Flow]:
    """The strongest flows from residence to service, the strongest first.

    A service counts where the largest part of it is (among equals in the first area); one without a place in the
    territory, or with a secret one alone, is left out.
    """
    place_of = _main_places(register)
    position = np.searchsorted(register.service_ids, residents.service_id)
    position = np.minimum(position, max(len(register.service_ids) - 1, 0))
    if not len(register.service_ids):
        return []
    known = register.service_ids[position] == residents.service_id
    place = np.where(known, place_of[position], -1)
    mine = chosen & (residents.area >= 0) & (place >= 0)
    keys, back = np.unique(residents.area[mine] * residents.areas + place[mine], return_inverse=True)
    persons = np.bincount(back, weights=residents.persons[mine], minlength=len(keys))
    strongest = np.lexsort((keys, -persons))[:most]
    return [
        Flow(int(keys[one]) // residents.areas, int(keys[one]) % residents.areas, float(persons[one]))
        for one in strongest
    ]


def _main_places(register: Register) -> Whole:
    found = np.full(max(len(register.service_ids), 1), -1, dtype=np.int64)
    order = np.lexsort((-register.share_area, register.share))  # the last entry of a service wins
    found[register.share_service[order]] = register.share_area[order]
    return found


def share_of_sums(
    register: Register,
    chosen: Flags,
    numerator: Floats,
    denominator: Floats,
    norm: Floats,
) -> tuple[Figures, Told]:
    """A ratio of an area in per cent: sum of numerators over sum of denominators of the services that told both.

    ``numerator``, ``denominator``: one number for each service of the register, NaN where it told none; ``norm``: the
    norm of its type as a share, NaN without one. A service is divided among its areas as its capacity is. The norm of
    an area is the mean of those of its services, weighted by their denominators. No such service there: not applicable;
    services, but no figure (or nothing in the denominators): not supplied.
    """
    mine = chosen[register.share_service]
    owner, area, share = register.share_service[mine], register.share_area[mine], register.share[mine]
    told = ~np.isnan(numerator) & ~np.isnan(denominator) & (np.nan_to_num(denominator) > 0)
    counts = told[owner]

    def total(values: Floats, which: Flags) -> Floats:
        return summed(area[which], (share * values[owner])[which], register.areas)

    below = total(denominator, counts)
    normed = counts & ~np.isnan(norm[owner])
    normed_below = total(denominator, normed)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(below > 0, 100 * total(numerator, counts) / below, np.nan)
        own_norm = np.where(normed_below > 0, 100 * total(denominator * norm, normed) / normed_below, np.nan)
    any_service = counted(area, register.areas) > 0
    found = figures(ratio, np.where(any_service, NOT_SUPPLIED, NOT_APPLICABLE), own_norm)
    in_areas = np.zeros(max(len(register.service_ids), 1), dtype=bool)
    in_areas[owner] = True
    asked = in_areas[: len(chosen)]
    return found, Told(int((asked & told).sum()), int(asked.sum()))


def by_service(register: Register, service_ids: Sequence[int] | Whole, values: Floats) -> Floats:
    """Values in the order of the register's services, NaN where there is none."""
    found: Floats = np.full(len(register.service_ids), np.nan)
    ids = np.asarray(service_ids, dtype=np.int64)
    if not len(found) or not len(ids):
        return found
    position = np.minimum(np.searchsorted(register.service_ids, ids), len(found) - 1)
    known = register.service_ids[position] == ids
    found[position[known]] = values[known]
    return found
