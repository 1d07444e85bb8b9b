"""Floating catchments: how much of the capacity of places falls to the people around them. Pure.

Both measures begin with the weight w(i, j) of municipality i at place j, which falls with distance (``weights``).

``per_person``. Every place is handed out once, to the people within its reach in proportion to their number and their
weight; what a municipality gets is divided by its people:

    A(i) = sum over j of  S(j) w(i, j) / sum over k of P(k) w(k, j)

so that the sum of P(i) A(i) is the sum of S(j): nothing is counted twice and nothing is lost. This is the two-step
floating catchment with distance decay (Luo and Wang 2003; Dai 2010), in the balanced form that Soukhov, Paez, Higgins
and Mohamed give (2023, "Introducing spatial availability", PLoS ONE 18(1), e0278468).

``balanced``. The B2SFCA of Paez, Higgins and Vivona (2019, "Demand and level of service inflation in floating catchment
area (FCA) methods", PLoS ONE 14(6), e0218773). The weights are standardised twice, over the places of a municipality
for its demand and over the municipalities of a place for its level of service:

    D(j) = sum over i of P(i) w(i, j) / sum over k of w(i, k)          each person is counted once
    L(j) = S(j) / D(j)
    B(i) = sum over j of L(j) w(i, j) / sum over k of w(k, j)          the sum of B(i) is the sum of L(j)

B divides a level of service among municipalities whatever their people, so a village takes as large a part as a city
and a municipality split in two halves its figure. It is told for comparison with other work; maps and scenarios show
``per_person``, which no such split changes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portal.map.access.calc.distance import Floats, Pairs
from portal.map.access.types import Decay

_EDGE = float(np.exp(-0.5))


@dataclass(frozen=True)
class Catchments:
    """Arrays by unit [n]: ``per_person`` and ``balanced`` in places per person, ``nearest`` (inf: none within reach),
    ``places`` within reach. By place [m]: ``demand`` and ``level`` of the balanced measure, ``reached`` (bool)."""

    per_person: Floats
    balanced: Floats
    nearest: Floats
    places: NDArray[np.intp]
    demand: Floats
    level: Floats
    reached: NDArray[np.bool_]


def weights(distance: Floats, radius: float, decay: Decay) -> Floats:
    """Weight 1 at the place itself, 0 from ``radius`` on (Gaussian) or beyond it (uniform).

    Gaussian after Dai (2010): (exp(-(d/r)^2 / 2) - exp(-1/2)) / (1 - exp(-1/2)). At half the radius it is 0.70.
    """
    if decay is Decay.UNIFORM:
        flat: Floats = (distance <= radius).astype(float)
        return flat
    fallen: Floats = (np.exp(-0.5 * (distance / radius) ** 2) - _EDGE) / (1 - _EDGE)
    near: Floats = np.where(distance < radius, fallen, 0.0)
    return near


def catchments(pairs: Pairs, people: Floats, supply: Floats, radius: float, decay: Decay) -> Catchments:
    """Access of each unit. ``people`` [n] not negative (NaN: not known, competes with nobody), ``supply`` [m] likewise.

    A place that no people reach hands nothing out (``reached`` False). A unit that reaches no place has 0. Only places
    with supply count among ``places`` and for ``nearest``.
    """
    units, sites = len(people), len(supply)
    heads, amount = np.nan_to_num(people), np.nan_to_num(supply)
    weight = weights(pairs.distance, radius, decay)
    offered = (weight > 0) & (amount[pairs.place] > 0)
    unit, place, weight = pairs.unit[offered], pairs.place[offered], weight[offered]

    competing = _summed(place, heads[unit] * weight, sites)
    per_person = _summed(unit, _divided(amount, competing)[place] * weight, units)

    of_unit, of_place = _summed(unit, weight, units), _summed(place, weight, sites)
    demand = _summed(place, heads[unit] * weight / of_unit[unit], sites)
    level = _divided(amount, demand)
    balanced = _summed(unit, level[place] * weight / of_place[place], units)

    nearest = np.full(units, np.inf)
    np.minimum.at(nearest, unit, pairs.distance[offered])
    return Catchments(per_person, balanced, nearest, np.bincount(unit, minlength=units), demand, level, competing > 0)


def _summed(index: NDArray[np.intp], values: Floats, length: int) -> Floats:
    return np.bincount(index, values, length).astype(float)


def _divided(amount: Floats, by: Floats) -> Floats:
    out = np.zeros(len(amount))
    np.divide(amount, by, out=out, where=by > 0)
    return out


def mean_access(per_person: Floats, people: Floats) -> float | None:
    """Mean over people; None where there are none."""
    heads = np.nan_to_num(people)
    total = float(heads.sum())
    return None if total == 0 else float((per_person * heads).sum()) / total
