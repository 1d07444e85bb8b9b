"""Invented but plausible figures of quarterly returns. Pure; the same seed gives the same figures.

A service has a character (size of staff, how busy it is, how it grows) and each quarter departs from it a little, so
that series look like series and groups like groups. How busy a type is, is taken from the medians of 2015.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from portal.core.cells import NOT_APPLICABLE, Cell
from portal.returns.types import ALL, CellKey, Period

USUAL_SHARE = 0.6  # for a type whose median is not known
LOWEST_SHARE, HIGHEST_SHARE = 0.05, 0.99
NOT_APPLICABLE_SHARE = 0.01


@dataclass(frozen=True)
class ServiceFacts:
    """What the figures of a service depend on. ``beds`` is the registered number, if any.

    Figures hang on the number in the register, which is the same wherever the service is stored.
    """

    service_id: int
    register_id: int
    type_code: str
    forms: tuple[str, ...]
    beds: int | None


@dataclass(frozen=True)
class ReturnFigures:
    service_id: int
    period: Period
    cells: Mapping[CellKey, Cell]


@dataclass(frozen=True)
class _Character:
    fte: dict[str, float]
    busy: float
    occupied: float
    growth: float
    users_per_fte: float
    refuses: float


def simulate(
    services: Sequence[ServiceFacts], periods: Sequence[Period], busy_by_type: Mapping[str, float], *, seed: int
) -> Iterator[ReturnFigures]:
    """Figures for every service and period, services outside, periods inside, in the order given.

    ``busy_by_type`` is the usual share (0 to 1) of capacity used by section of the act.
    """
    for facts in services:
        # A generator of its own: the figures of a service do not depend on how many others there are.
        rng = np.random.default_rng([seed, facts.register_id])
        character = _character(facts, busy_by_type.get(facts.type_code) or USUAL_SHARE, rng)
        for index, period in enumerate(periods):
            yield ReturnFigures(facts.service_id, period, _quarter(facts, character, period, index, rng))


def _character(facts: ServiceFacts, busy: float, rng: np.random.Generator) -> _Character:
    return _Character(
        fte={form: _staff(form, facts.beds, rng) for form in facts.forms},
        busy=_share(busy * rng.lognormal(0, 0.22)),
        occupied=_share(0.96 - rng.beta(1.3, 9)),
        growth=float(rng.normal(0.004, 0.008)),
        users_per_fte=float(rng.lognormal(2.2, 0.4)),
        refuses=float(rng.choice([0.0, rng.gamma(2, 2.5)], p=[0.3, 0.7])),
    )


def _staff(form: str, beds: int | None, rng: np.random.Generator) -> float:
    if form == "residential" and beds:
        return max(1.0, beds * float(rng.normal(0.42, 0.06)))
    return max(0.5, float(rng.lognormal(1.3, 0.6)))


def _quarter(
    facts: ServiceFacts, character: _Character, period: Period, index: int, rng: np.random.Generator
) -> dict[CellKey, Cell]:
    cells: dict[CellKey, Cell] = {}
    size = (1 + character.growth) ** index
    total_fte = 0.0
    for form in facts.forms:
        fte = round(character.fte[form] * size * 4) / 4 or 0.5
        total_fte += fte
        share = _share(character.busy * rng.lognormal(0, 0.05))
        cells[CellKey(form, "direct_care_fte")] = _exact(fte, 2)
        cells[CellKey(form, "direct_hours")] = _exact(share * fte * period.working_time_fund_hours * 2, 0, halve=True)
    bed_users = 0
    if "residential" in facts.forms:
        beds = facts.beds or 12
        taken = int(_share(character.occupied * rng.normal(1, 0.015)) * beds * period.days)
        cells[CellKey("residential", "beds")] = _exact(beds, 0)
        cells[CellKey("residential", "bed_days_used")] = _exact(taken, 0)
        bed_users = round(taken / period.days)
    if facts.forms == ("residential",):
        at_end = max(bed_users, 1)
    else:
        at_end = max(bed_users, round(total_fte * character.users_per_fte * rng.normal(1, 0.06)), 1)
    cells[CellKey(ALL, "users_at_end")] = _exact(at_end, 0)
    cells[CellKey(ALL, "users_in_quarter")] = _exact(at_end + rng.poisson(0.15 * at_end + 1), 0)
    refused = NOT_APPLICABLE if rng.random() < NOT_APPLICABLE_SHARE else _exact(rng.poisson(character.refuses), 0)
    cells[CellKey(ALL, "refused_applicants")] = refused
    return cells


def _share(value: float) -> float:
    return float(min(max(value, LOWEST_SHARE), HIGHEST_SHARE))


def _exact(value: float, places: int, *, halve: bool = False) -> Cell:
    """A cell with so many places; ``halve`` turns a doubled number into halves (hours come in half hours)."""
    number = Decimal(str(round(float(value), places)))
    return Cell.of(number / 2 if halve else number)
