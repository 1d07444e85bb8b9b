"""Invented but plausible figures of quarterly returns. Pure; the same seed gives the same figures.

A service has a character (size of staff, how busy it is, how it grows, how it is paid for) and each quarter departs
from it a little, so that series look like series and groups like groups. How busy a type is, is taken from the medians
of 2015. Numbers are whole hundredths until the end, so that totals are exact sums of their parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from portal.core.cells import NOT_APPLICABLE, Cell
from portal.returns.definition import definition_for
from portal.returns.types import ALL, CellKey, Period

Hundredths = NDArray[np.int64]  # one number for each quarter
Numbers = NDArray[np.float64]

USUAL_SHARE = 0.6  # for a type whose median is not known
LOWEST_SHARE, HIGHEST_SHARE = 0.05, 0.99
NOT_APPLICABLE_SHARE = 0.01
ANONYMOUS_TYPES = frozenset({"55", "59", "69"})  # help that often asks for no name
ANONYMOUS_SHARE = 0.3
MONTH_OF_WORK_CZK = 47_000  # of one FTE, contributions included, in the first quarter
QUARTERLY_RISE = 1.012
COST_KINDS = ("personnel", "material", "energy", "services", "depreciation", "other")
# Costs as a multiple of those of personnel, in the order of COST_KINDS.
STAY_COSTS = (1.0, 0.18, 0.08, 0.14, 0.05, 0.02)
OTHER_COSTS = (1.0, 0.05, 0.03, 0.12, 0.015, 0.03)
SOURCES = ("state_grant", "kraj", "municipalities", "users", "care_allowance", "health_insurance", "other")
# Shares of revenues, in the order of SOURCES.
STAY_REVENUES = (0.22, 0.02, 0.05, 0.36, 0.29, 0.04, 0.02)
SHELTER_REVENUES = (0.50, 0.08, 0.16, 0.21, 0.0, 0.0, 0.05)  # a stay that gives no care: shelters, halfway houses
CARE_REVENUES = (0.50, 0.06, 0.22, 0.18, 0.0, 0.0, 0.04)
PREVENTION_REVENUES = (0.62, 0.12, 0.20, 0.0, 0.0, 0.0, 0.06)
REFUSED_SHARES = (0.15, 0.7, 0.1, 0.05)
REFUSED_FIELDS = ("refused_other_service", "refused_capacity", "refused_health", "refused_terminated")
USERS_FIELDS = ("users_at_end", "users_in_quarter", "users_new", "users_left")


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
    homes: tuple[str, ...] = ()  # codes of municipalities: that of the service, then those around it
    target_groups: tuple[str, ...] = ()

    @property
    def is_stay(self) -> bool:
        return "residential" in self.forms

    @property
    def is_care(self) -> bool:
        """Services of social care are paragraphs 38 to 52 of the act; the others counsel and prevent."""
        return self.type_code.isdigit() and 38 <= int(self.type_code) <= 52


@dataclass(frozen=True)
class ReturnFigures:
    service_id: int
    period: Period
    cells: Mapping[CellKey, Cell]


@dataclass(frozen=True)
class _Quarters:
    """What all services have in common: the quarters, their working hours, days and seasons."""

    periods: Sequence[Period]
    fund_hours: Numbers
    days: Numbers
    rise: Numbers
    heating: Numbers  # how much more energy a quarter takes

    @classmethod
    def of(cls, periods: Sequence[Period]) -> _Quarters:
        return cls(
            periods,
            np.array([period.working_time_fund_hours for period in periods], float),
            np.array([period.days for period in periods], float),
            QUARTERLY_RISE ** np.arange(len(periods), dtype=np.float64),
            np.array([(1.4, 0.8, 0.6, 1.2)[period.quarter - 1] for period in periods]),
        )


def simulate(
    services: Sequence[ServiceFacts], periods: Sequence[Period], busy_by_type: Mapping[str, float], *, seed: int
) -> Iterator[ReturnFigures]:
    """Figures for every service and period, services outside, periods inside, in the order given.

    ``busy_by_type`` is the usual share (0 to 1) of capacity used by section of the act.
    """
    quarters = _Quarters.of(periods)
    for facts in services:
        # A generator of its own: the figures of a service do not depend on how many others there are.
        rng = np.random.default_rng([seed, facts.register_id])
        figures = _figures(facts, busy_by_type.get(facts.type_code) or USUAL_SHARE, quarters, rng)
        hides_names = facts.type_code in ANONYMOUS_TYPES and rng.random() < ANONYMOUS_SHARE
        refuses_nobody = rng.random(len(periods)) < NOT_APPLICABLE_SHARE
        exact = {key: numbers.tolist() for key, numbers in figures.items()}
        for index, period in enumerate(periods):
            left_out = set(USERS_FIELDS) if hides_names else set()
            if refuses_nobody[index]:
                left_out |= {*REFUSED_FIELDS, "refused_applicants"}
            cells = {
                key: NOT_APPLICABLE if key.field in left_out else _cell(exact[key][index])
                for key in _asked(period, facts.type_code, facts.forms)
            }
            yield ReturnFigures(facts.service_id, period, cells)


@lru_cache(maxsize=4096)
def _asked(period: Period, type_code: str, forms: tuple[str, ...]) -> tuple[CellKey, ...]:
    return definition_for(period).cells_for(type_code, forms)


@lru_cache(maxsize=200_000)
def _cell(hundredths: int) -> Cell:
    return Cell.of(Decimal(hundredths) / 100)


def _figures(
    facts: ServiceFacts, usually_busy: float, quarters: _Quarters, rng: np.random.Generator
) -> dict[CellKey, Hundredths]:
    count = len(quarters.periods)
    busy = _share(usually_busy * rng.lognormal(0, 0.22))
    size = (1 + rng.normal(0.004, 0.008)) ** np.arange(count)
    figures: dict[CellKey, Hundredths] = {}
    staff = np.zeros(count)
    for form in facts.forms:
        fte = np.maximum(np.round(_staff(form, facts.beds, rng) * size * 4) / 4, 0.5)
        staff += fte
        figures.update(_staff_by_category(facts, form, fte, rng))
        hours = np.clip(busy * rng.lognormal(0, 0.05, count), LOWEST_SHARE, HIGHEST_SHARE) * fte * quarters.fund_hours
        figures[CellKey(form, "direct_hours")] = _hundredths(np.floor(hours * 2) / 2)
        for field, per_hour in (("contacts", 1.1), ("interventions", 0.5)):
            figures[CellKey(form, field)] = _hundredths(rng.poisson(hours * per_hour * rng.uniform(0.6, 1.2)))
    figures[CellKey(ALL, "calls")] = _hundredths(rng.poisson(staff * rng.uniform(150, 400)))
    support = np.round(staff * rng.uniform(0.08, 0.45 if facts.is_stay else 0.25) * 4) / 4
    figures[CellKey(ALL, "fte_management")] = _hundredths(support)
    taken = np.zeros(count)
    if facts.is_stay:
        beds = facts.beds or 12
        occupied = _share(0.96 - rng.beta(1.3, 9)) * rng.normal(1, 0.015, count)
        used = np.floor(np.clip(occupied, LOWEST_SHARE, HIGHEST_SHARE) * beds * quarters.days)
        figures[CellKey("residential", "beds")] = _hundredths(np.full(count, beds))
        figures[CellKey("residential", "bed_days_used")] = _hundredths(used)
        taken = np.round(used / quarters.days)
    figures.update(_users(facts, staff, taken, rng))
    figures.update(_refused(facts, count, rng))
    figures.update(_money(facts, staff + support, quarters, rng))
    return figures


def _staff(form: str, beds: int | None, rng: np.random.Generator) -> float:
    if form == "residential" and beds:
        return max(1.0, beds * float(rng.normal(0.42, 0.06)))
    return max(0.5, float(rng.lognormal(1.3, 0.6)))


def _staff_by_category(
    facts: ServiceFacts, form: str, fte: Numbers, rng: np.random.Generator
) -> dict[CellKey, Hundredths]:
    social = np.round(fte * (rng.uniform(0.08, 0.2) if facts.is_care else rng.uniform(0.5, 1)) * 4) / 4
    other = np.round(fte * (rng.uniform(0.1, 0.25) if form == "residential" and facts.is_care else 0) * 4) / 4
    parts = {"fte_social_workers": social, "fte_other_direct": other, "fte_service_workers": fte - social - other}
    return {CellKey(form, field): _hundredths(part) for field, part in {**parts, "direct_care_fte": fte}.items()}


def _users(facts: ServiceFacts, staff: Numbers, taken: Numbers, rng: np.random.Generator) -> dict[CellKey, Hundredths]:
    around = staff * rng.lognormal(2.2, 0.4) * rng.normal(1, 0.06, len(staff))
    at_end = np.maximum(taken if facts.forms == ("residential",) else np.maximum(taken, np.round(around)), 1)
    left = rng.poisson(0.15 * at_end + 1)
    new = np.minimum(rng.poisson(0.16 * at_end + 1), at_end + left)
    numbers = {"users_at_end": at_end, "users_in_quarter": at_end + left, "users_new": new, "users_left": left}
    return {CellKey(ALL, field): _hundredths(number) for field, number in numbers.items()}


def _refused(facts: ServiceFacts, count: int, rng: np.random.Generator) -> dict[CellKey, Hundredths]:
    often = float(rng.choice([0.0, rng.gamma(2, 2.5)], p=[0.3, 0.7]))
    shares = np.array(REFUSED_SHARES)
    if not facts.is_stay:
        shares[REFUSED_FIELDS.index("refused_health")] = 0
    persons = rng.poisson(often * shares, (count, len(shares)))
    figures = {CellKey(ALL, field): _hundredths(persons[:, place]) for place, field in enumerate(REFUSED_FIELDS)}
    return {**figures, CellKey(ALL, "refused_applicants"): _hundredths(persons.sum(axis=1))}


def _money(
    facts: ServiceFacts, staff: Numbers, quarters: _Quarters, rng: np.random.Generator
) -> dict[CellKey, Hundredths]:
    """Costs hang on staff and season, revenues on costs; in whole crowns."""
    count = len(staff)
    personnel = 3 * MONTH_OF_WORK_CZK * rng.normal(1, 0.06) * staff * quarters.rise
    kinds = np.array(STAY_COSTS if facts.is_stay else OTHER_COSTS)
    kinds[1:] *= rng.lognormal(0, 0.25, len(kinds) - 1)
    kinds[COST_KINDS.index("depreciation")] *= rng.random() < 0.8  # some depreciate nothing
    costs = personnel[:, None] * kinds * rng.normal(1, 0.02, (count, len(kinds)))
    costs[:, COST_KINDS.index("energy")] *= quarters.heating
    costs = np.round(np.maximum(costs, 0))
    if facts.is_care:
        shares = STAY_REVENUES if facts.is_stay else CARE_REVENUES
    else:
        shares = SHELTER_REVENUES if facts.is_stay else PREVENTION_REVENUES
    sources = np.array(shares) * rng.lognormal(0, 0.25, len(shares))
    year = costs.sum(axis=1) * rng.normal(1, 0.02, count)
    revenues = np.round(year[:, None] * sources / sources.sum() * rng.normal(1, 0.02, (count, len(sources))))
    return {
        **{CellKey(ALL, f"costs_{kind}"): _hundredths(costs[:, place]) for place, kind in enumerate(COST_KINDS)},
        **{CellKey(ALL, f"revenue_{one}"): _hundredths(revenues[:, place]) for place, one in enumerate(SOURCES)},
        CellKey(ALL, "costs_total"): _hundredths(costs.sum(axis=1)),
        CellKey(ALL, "revenues_total"): _hundredths(revenues.sum(axis=1)),
    }


def _share(value: float) -> float:
    return float(min(max(value, LOWEST_SHARE), HIGHEST_SHARE))


def _hundredths(numbers: NDArray[np.generic]) -> Hundredths:
    return np.round(np.asarray(numbers, float) * 100).astype(np.int64)
