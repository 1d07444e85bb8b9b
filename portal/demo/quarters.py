"""Returns of the demonstration region: which quarters, which figures, in which state."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from portal.core.permissions import Actor
from portal.demo.figures import ReturnFigures, ServiceFacts, simulate
from portal.demo.residences import Homes
from portal.returns import service as returns
from portal.returns.definition import definition_for
from portal.returns.residences.types import Residences
from portal.returns.service.bulk import WholeReturn, store_returns
from portal.returns.types import ALL, CellKey, Period, ReturnState

QUARTERS = 8
MISSING_SHARE = 0.03  # of earlier quarters: nobody sent a return
OPEN_FOR = timedelta(days=45)
USERS = CellKey(ALL, "users_in_quarter")

# How far the returns of the last finished quarter have come; the rest has not been begun.
LAST_QUARTER = (
    (ReturnState.ACCEPTED, 0.62),
    (ReturnState.SUBMITTED, 0.18),
    (ReturnState.RETURNED, 0.03),
    (ReturnState.DRAFT, 0.07),
)


def demonstration_periods(today: date) -> list[Period]:
    """The last eight finished quarters, by time."""
    last = Period.of(today).previous
    return [last.shifted(-back) for back in reversed(range(QUARTERS))]


def open_periods(actor: Actor, periods: Sequence[Period], today: date) -> None:
    """Open the quarters for reporting; the last one is still open, whatever the day."""
    for period in periods:
        on_time = period.last_day + timedelta(days=31)
        closes = on_time + timedelta(days=30)
        if period == periods[-1]:
            on_time = max(on_time, today + timedelta(days=14))
            closes = today + OPEN_FOR
        returns.open_period(actor, period=period, on_time_until=on_time, closes_on=max(closes, on_time))


def fill_quarters(
    services: Sequence[ServiceFacts],
    periods: Sequence[Period],
    busy_by_type: Mapping[str, float],
    *,
    seed: int,
    untouched: frozenset[int],
) -> int:
    """Store the figures; ``untouched`` services have begun nothing in the last quarter. Returns how many."""
    states = random.Random(seed)
    last = periods[-1]
    homes = {facts.service_id: Homes(facts, seed=seed) for facts in services if facts.homes}

    def stored() -> Iterator[WholeReturn]:
        for figures in simulate(services, periods, busy_by_type, seed=seed):
            state = _state(figures.period, last, states)
            if state is not None and not (figures.period == last and figures.service_id in untouched):
                yield _whole(figures, state, homes.get(figures.service_id))

    return store_returns(stored())


def _state(period: Period, last: Period, states: random.Random) -> ReturnState | None:
    chance = states.random()
    if period != last:
        if chance < MISSING_SHARE:
            return None
        return ReturnState.ACCEPTED if period == last.previous else ReturnState.LOCKED
    for state, share in LAST_QUARTER:
        if chance < share:
            return state
        chance -= share
    return None


def _whole(figures: ReturnFigures, state: ReturnState, homes: Homes | None) -> WholeReturn:
    begun = datetime.combine(figures.period.last_day + timedelta(days=5), time(9), UTC)
    decided = state in (ReturnState.ACCEPTED, ReturnState.LOCKED, ReturnState.RETURNED)
    form = definition_for(figures.period)
    residences = Residences()
    if form.asks_residences and homes is not None and USERS in figures.cells:
        residences = homes.of(figures.period, figures.cells[USERS])
    return WholeReturn(
        service_id=figures.service_id,
        period=str(figures.period),
        form_version=form.code,
        state=state,
        created_at_utc=begun,
        submitted_at_utc=None if state is ReturnState.DRAFT else begun + timedelta(days=10),
        decided_at_utc=begun + timedelta(days=20) if decided else None,
        cells=figures.cells,
        residences=residences,
    )
