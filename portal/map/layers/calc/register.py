"""Layers of the register as columns: capacity divided among facilities, services of an area.

The rules are those of ``map.calc`` (see there), over whole columns; ``map.calc`` is what tests hold them against.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from portal.map.layers.calc.numbers import (
    NOT_APPLICABLE,
    NOT_SUPPLIED,
    ZERO,
    Figures,
    Flags,
    Floats,
    Whole,
    counted,
    figures,
    nothing,
    summed,
)


@dataclass(frozen=True)
class Register:
    """Services provided on one day by columns, and where they are among the areas of one level.

    ``share_*``: one entry for each area that a service has open facilities in, the part of the service that counts
    there; the part of secret facilities is in none. ``entry_*``: one for each entry of capacity (``unit`` ""
    where the form has none, ``amount`` NaN where it is not stated).
    """

    service_ids: Whole  # ascending
    types: Sequence[str]
    type_codes: Whole  # numbers into ``types``
    region_wide: Flags
    groups: Mapping[str, Flags]  # by target group: which services are for it
    share_service: Whole
    share_area: Whole
    share: Floats
    entry_service: Whole
    entry_form: Sequence[str] | np.ndarray
    entry_unit: Sequence[str] | np.ndarray
    entry_amount: Floats
    areas: int
    is_known: bool  # there is a catalogue at all

    def chosen(self, type_code: str | None = None, form: str | None = None, group: str | None = None) -> Flags:
        """Which services belong to a choice."""
        chosen: Flags = np.ones(len(self.service_ids), dtype=bool)
        if type_code is not None:
            number = self.types.index(type_code) if type_code in self.types else -1
            chosen &= self.type_codes == number
        if form is not None:
            having = np.zeros(len(self.service_ids), dtype=bool)
            having[self.entry_service[np.asarray(self.entry_form) == form]] = True
            chosen &= having
        if group is not None:
            chosen &= self.groups.get(group, np.zeros(len(self.service_ids), dtype=bool))
        return chosen


def build_register(
    services: pd.DataFrame,
    capacities: pd.DataFrame,
    facilities: pd.DataFrame,
    groups: pd.DataFrame,
    areas: int,
    *,
    is_known: bool,
) -> Register:
    """Columns from frames as of ``catalog.service.places``.

    ``facilities`` has ``area`` (number of the area, -1 outside of all or not known), of secret ones -1: their part is
    counted nowhere. ``services`` are in the order of their ids.
    """
    ids = services["service_id"].to_numpy(dtype=np.int64)
    types = sorted(set(services["type_code"]))
    number_of = {code: number for number, code in enumerate(types)}
    count = max(len(ids), 1)

    owner = np.searchsorted(ids, facilities["service_id"].to_numpy(dtype=np.int64))
    area = np.where(facilities["secret"].to_numpy(dtype=bool), -1, facilities["area"].to_numpy(dtype=np.int64))
    per_service = np.bincount(owner, minlength=count)
    inside = area >= 0
    keys, times = np.unique(owner[inside] * max(areas, 1) + area[inside], return_counts=True)
    share_service, share_area = keys // max(areas, 1), keys % max(areas, 1)

    entries = np.searchsorted(ids, capacities["service_id"].to_numpy(dtype=np.int64))
    by_group: dict[str, Flags] = {}
    known = groups[groups["service_id"].isin(services["service_id"])]
    for code, members in known.groupby("code")["service_id"]:
        flags = np.zeros(len(ids), dtype=bool)
        flags[np.searchsorted(ids, members.to_numpy(dtype=np.int64))] = True
        by_group[str(code)] = flags
    return Register(
        service_ids=ids,
        types=types,
        type_codes=np.array([number_of[code] for code in services["type_code"]], dtype=np.int64),
        region_wide=services["region_wide"].to_numpy(dtype=bool),
        groups=by_group,
        share_service=share_service,
        share_area=share_area,
        share=times / per_service[share_service],
        entry_service=entries,
        entry_form=capacities["form"].astype(object).fillna("").to_numpy(dtype=str),
        entry_unit=capacities["unit"].astype(object).fillna("").to_numpy(dtype=str),
        entry_amount=capacities["amount"].to_numpy(dtype=np.float64),
        areas=areas,
        is_known=is_known,
    )


def usual_unit(register: Register, chosen: Flags, form: str | None, order: Sequence[str], without: str) -> str:
    """The unit that most chosen services are registered in, as of ``map.calc.usual_unit``."""
    counts = {}
    mine = chosen[register.entry_service]
    if form is not None:
        mine &= np.asarray(register.entry_form) == form
    for unit in order:
        counts[unit] = len(np.unique(register.entry_service[mine & (np.asarray(register.entry_unit) == unit)]))
    if not any(counts.values()):
        return without
    return max(order, key=lambda unit: (counts[unit], -order.index(unit)))


def capacity(register: Register, chosen: Flags, form: str | None, unit: str) -> Figures:
    """Capacity of the chosen services in a unit, by area, each divided equally among its open facilities.

    States as of ``map.calc.capacity_cell``.
    """
    if not register.is_known:
        return nothing(register.areas)
    services = len(register.service_ids)
    entry = np.ones(len(register.entry_service), dtype=bool)
    if form is not None:
        entry = np.asarray(register.entry_form) == form
    wanted = entry & (np.asarray(register.entry_unit) == unit)
    stated_entry = wanted & ~np.isnan(register.entry_amount)
    amount = np.bincount(
        register.entry_service[stated_entry], weights=register.entry_amount[stated_entry], minlength=services
    )
    is_stated, is_wanted, has_any = (
        _any_of(register.entry_service[which], services)
        for which in (stated_entry, wanted, entry & (np.asarray(register.entry_unit) != ""))
    )
    is_unstated = ~is_stated & (is_wanted | ~has_any)
    mine = chosen[register.share_service]
    owner, area = register.share_service[mine], register.share_area[mine]
    total = summed(area, register.share[mine] * amount[owner], register.areas)
    stated = counted(area[is_stated[owner]], register.areas) > 0
    unstated = counted(area[is_unstated[owner]], register.areas) > 0
    any_service = counted(area, register.areas) > 0
    numbers = np.where(stated, total, np.where(any_service, np.nan, 0.0))
    return figures(numbers, np.where(unstated, NOT_SUPPLIED, NOT_APPLICABLE))


def _any_of(places: Whole, count: int) -> Flags:
    found = np.zeros(count, dtype=bool)
    found[places] = True
    return found


def services_with_place(register: Register, chosen: Flags) -> Figures:
    """How many of the chosen services have an open facility in the area whose address is not secret."""
    if not register.is_known:
        return nothing(register.areas)
    return figures(counted(register.share_area[chosen[register.share_service]], register.areas), ZERO)


def services_declared(register: Register, chosen: Flags) -> Figures:
    """How many of the chosen services work in the area: by a facility there, or because they work everywhere."""
    if not register.is_known:
        return nothing(register.areas)
    local = chosen & ~register.region_wide
    everywhere = int((chosen & register.region_wide).sum())
    return figures(counted(register.share_area[local[register.share_service]], register.areas) + everywhere, ZERO)
