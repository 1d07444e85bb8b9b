"""Formulas of the map: where capacity is counted, per how many people, in which class. Pure.

Capacity is registered for a service and a form, never for a place. The rule: it is divided equally among the
active facilities of the service, so that a service with three facilities is counted once, a third at each.
The part of a secret facility, of one outside the region and of one without a known place goes to rows of
their own (``Rest``), and so does a service that works in the whole region and has no facility.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd

from portal.catalog.types import CapacityUnit, Form, service_types
from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell
from portal.map.types import POPULATION_OF_TYPE, MapClass, Population, Rest

MAX_CLASSES = 5
PER_PEOPLE = 1000
COORDINATE_DECIMALS = 5  # about one metre

SHARE_COLUMNS = ["service_id", "place", "share"]
PLACE_COLUMNS = ["place", "services", "stated", "unstated", "other_units", "capacity"]


def population_for(type_code: str | None) -> Population:
    """The people a type of service is for: those of the age the Act names, otherwise everybody."""
    return POPULATION_OF_TYPE.get(type_code or "", Population.ALL)


def place_shares(services: pd.DataFrame, facilities: pd.DataFrame, codes: Collection[str]) -> pd.DataFrame:
    """Which part of each service's capacity counts where.

    ``services``: service_id, region_wide (bool). ``facilities`` (the active ones): service_id, secret (bool),
    code (of the unit it lies in; None: not known). ``codes``: the units of the territory.
    Returns service_id, place (a unit's code or a ``Rest``), share; the shares of each service sum to 1. A secret
    facility's code is not looked at.
    """
    known = facilities[facilities["service_id"].isin(services["service_id"])]
    code = known["code"].astype(object)
    place = code.where(code.isin(list(codes)), Rest.OUTSIDE.value)
    place = place.where(code.notna(), Rest.UNKNOWN.value)
    place = place.where(~known["secret"].astype(bool), Rest.SECRET.value)
    located = pd.DataFrame({"service_id": known["service_id"], "place": place})
    counts = located.groupby(["service_id", "place"], sort=True).size().rename("count").reset_index()
    counts["share"] = counts["count"] / counts.groupby("service_id")["count"].transform("sum")

    homeless = services[~services["service_id"].isin(known["service_id"])]
    region_wide = homeless["region_wide"].astype(bool)
    placeless = pd.DataFrame(
        {
            "service_id": homeless["service_id"],
            "place": np.where(region_wide, Rest.WHOLE_REGION.value, Rest.UNKNOWN.value),
            "share": 1.0,
        }
    )
    parts = [part[SHARE_COLUMNS] for part in (counts, placeless) if len(part)]
    if not parts:
        return pd.DataFrame({"service_id": [], "place": [], "share": []}).astype({"place": object})
    return pd.concat(parts, ignore_index=True).sort_values(["service_id", "place"], ignore_index=True)


def points_by_place(services: pd.DataFrame, facilities: pd.DataFrame, codes: Collection[str]) -> dict[str, int]:
    """How many points of services lie where: what the signs of the map count.

    A service counts at each of its points once, however many facilities it has there; secret facilities and those
    without a point count nowhere. ``facilities``: service_id, secret, code (as of ``place_shares``), lon, lat (degrees;
    NaN: no point). By place as of ``place_shares``, places without any left out.
    """
    open_ones = facilities[
        facilities["service_id"].isin(services["service_id"])
        & ~facilities["secret"].astype(bool)
        & facilities["lon"].notna()
    ]
    found = {
        (service_id, *point_of(lon, lat)): code
        for service_id, lon, lat, code in open_ones[["service_id", "lon", "lat", "code"]].itertuples(index=False)
    }
    known = set(codes)
    places = (
        code if code in known else Rest.UNKNOWN.value if pd.isna(code) else Rest.OUTSIDE.value
        for code in found.values()
    )
    return dict(Counter(places))


def point_of(lon: float, lat: float) -> tuple[float, float]:
    """The point that a facility is drawn at, in degrees; facilities that share it stand at one place."""
    return round(lon, COORDINATE_DECIMALS), round(lat, COORDINATE_DECIMALS)


def missing_on_map(services: pd.DataFrame, facilities: pd.DataFrame) -> dict[Rest, int]:
    """How many services have no point on the map, each counted once under the first reason that holds.

    Secret: one of its facilities is. Whole region: it works everywhere. Unknown: the register gives no place.
    ``facilities``: service_id, secret, lon (NaN: no point). Reasons without services are left out.
    """
    secret = facilities["secret"].astype(bool)
    on_map = set(facilities.loc[~secret & facilities["lon"].notna(), "service_id"])
    hidden = set(facilities.loc[secret, "service_id"])
    counts: dict[Rest, int] = {}
    for service_id, region_wide in zip(services["service_id"], services["region_wide"], strict=True):
        if service_id not in on_map:
            without_secret = Rest.WHOLE_REGION if region_wide else Rest.UNKNOWN
            reason = Rest.SECRET if service_id in hidden else without_secret
            counts[reason] = counts.get(reason, 0) + 1
    return counts


def capacity_by_place(shares: pd.DataFrame, capacities: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Services and capacity of every place that has any.

    ``shares`` from ``place_shares``. ``capacities``: service_id, unit, amount (NaN: the register does not say);
    amounts of one unit are summed over forms and entries, other units never added to them.
    Returns place, services, stated (with an amount in ``unit``), unstated (registered in ``unit`` without an
    amount, or without any capacity), other_units (registered in other units only), capacity (sum of the shares).
    """
    wanted = capacities[capacities["unit"] == unit]
    amount = wanted.groupby("service_id")["amount"].sum(min_count=1)
    frame = shares.assign(amount=shares["service_id"].map(amount).astype(float))
    elsewhere = set(capacities["service_id"]) - set(wanted["service_id"])
    stated = frame["amount"].notna()
    other = frame["service_id"].isin(elsewhere)
    frame = frame.assign(
        stated=stated.astype(int),
        other_units=other.astype(int),
        unstated=(~stated & ~other).astype(int),
        capacity=(frame["share"] * frame["amount"]).fillna(0.0),
        services=1,
    )
    summed = frame.groupby("place", sort=True)[PLACE_COLUMNS[1:]].sum().reset_index()
    return summed[PLACE_COLUMNS]


def capacity_cell(*, services: int, stated: int, unstated: int, capacity: float, catalogue_known: bool) -> Cell:
    """The state of one place's capacity.

    A number as soon as one service states it. Without one: no service there is a true zero; services that do
    not state their capacity leave it not supplied; services registered only in other units make the question
    not applicable. An empty catalogue knows nothing, so nothing is zero in it.
    """
    if not catalogue_known:
        return NOT_SUPPLIED
    if stated:
        return Cell.of(rounded(capacity))
    if unstated:
        return NOT_SUPPLIED
    return NOT_APPLICABLE if services else Cell.of(0)


def rate_cell(capacity: Cell, people: int | None) -> Cell:
    """Capacity per 1 000 people.

    Without a number of capacity, the state of the capacity; people not known: not supplied; nobody of that age
    living there: not applicable.
    """
    if capacity.number is None:
        return capacity
    if people is None:
        return NOT_SUPPLIED
    if people == 0:
        return NOT_APPLICABLE
    return Cell.of(rounded(float(capacity.number) * PER_PEOPLE / people))


def rounded(figure: float) -> Decimal:
    """To two decimal places, halves away from zero; below 0.1 to two significant digits: a little is not nothing.

    Figures must not be negative. Classes, table, map and downloads all use the rounded figure and so agree.
    """
    if figure == 0:
        return Decimal(0)
    places = 2 if figure >= 0.1 else 1 - math.floor(math.log10(figure))
    # repr() gives the shortest decimal of the float: 0.125 stays a half and is rounded as one.
    return Decimal(repr(figure)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP).normalize()


def unit_of_forms(type_code: str | None, form: Form | None) -> CapacityUnit:
    """The unit usual for the forms that the Act gives to a type: beds where people live there, otherwise clients."""
    kind = service_types().get(type_code or "")
    forms = {form} if form is not None else set(kind.forms) if kind is not None else set()
    return CapacityUnit.BEDS if forms <= {Form.RESIDENTIAL} else CapacityUnit.CLIENTS


def usual_unit(capacities: pd.DataFrame, order: Sequence[str], without: str) -> str:
    """The unit most services are registered in; among equals the first in ``order``; ``without`` any, that one."""
    counts = capacities.groupby("unit")["service_id"].nunique()
    if not counts.any():
        return without
    return max(order, key=lambda unit: (int(counts.get(unit, 0)), -order.index(unit)))


def natural_classes(figures: Iterable[float], most: int = MAX_CLASSES) -> list[MapClass]:
    """Classes of the positive figures: natural breaks (Fisher 1958, Jenks 1977), found exactly.

    The split of the sorted figures into classes with the least sum of squared distances from the class means, by
    dynamic programming. Zeros and NaN are left out (they have signs of their own on the map). Equal figures stay
    in one class; with fewer distinct figures than ``most``, each is a class. Returned from the lowest.
    """
    usable = np.array([figure for figure in figures if figure > 0], dtype=float)
    if usable.size == 0:
        return []
    values, weights = np.unique(usable, return_counts=True)
    starts = _best_starts(values, weights.astype(float), min(most, values.size))
    ends = [*starts[1:], values.size]
    return [MapClass(float(values[start]), float(values[end - 1])) for start, end in zip(starts, ends, strict=True)]


def _best_starts(values: np.ndarray, weights: np.ndarray, classes: int) -> list[int]:
    """Index of the first value of each class in the cheapest split of sorted distinct values."""
    size = values.size
    centred = values - np.average(values, weights=weights)  # keeps the sums of squares small and exact
    weight = np.concatenate([[0.0], np.cumsum(weights)])
    first = np.concatenate([[0.0], np.cumsum(weights * centred)])
    second = np.concatenate([[0.0], np.cumsum(weights * centred**2)])

    def cost(start: np.ndarray, end: int) -> np.ndarray:
        moved = first[end] - first[start]
        spread: np.ndarray = second[end] - second[start] - moved**2 / (weight[end] - weight[start])
        return spread

    ends = range(1, size + 1)
    best = np.array([0.0] + [cost(np.array([0]), end)[0] for end in ends])
    cuts: list[np.ndarray] = []
    for used in range(2, classes + 1):
        following = np.full(size + 1, np.inf)
        cut = np.zeros(size + 1, dtype=int)
        for end in range(used, size + 1):
            start = np.arange(used - 1, end)
            total = best[start] + cost(start, end)
            choice = int(np.argmin(total))
            following[end], cut[end] = total[choice], start[choice]
        best = following
        cuts.append(cut)
    starts: list[int] = []
    end = size
    for cut in reversed(cuts):
        end = int(cut[end])
        starts.append(end)
    return [0, *reversed(starts)]


def class_index(figure: float, classes: Sequence[MapClass]) -> int | None:
    """Position of the class that holds a positive figure; None for zero.

    ValueError for a figure the classes were not made from: it would be drawn in a colour that means another one.
    """
    if figure == 0:
        return None
    for index, band in enumerate(classes):
        if band.low <= figure <= band.high:
            return index
    raise ValueError(f"{figure} lies in none of the classes")
