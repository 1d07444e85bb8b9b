"""Lists of returns: a provider's own, and the kraj's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from portal.core.clock import now_utc
from portal.core.czech import czech_sort_key, fold
from portal.core.permissions import Actor, Permission
from portal.returns.queries import single
from portal.returns.queries.board import ProviderCount, Selection, counts_by_provider_and_state
from portal.returns.queries.board import rows_of_own as own_rows
from portal.returns.queries.board import rows_of_providers as provider_rows
from portal.returns.readings import MISSING, MISSING_STATES, Board, BoardQuery, BoardRow, OwnReturns
from portal.returns.types import ReportingDates

ROWS_PER_PAGE = 50
QUARTERS_OF_OWN = 8
IDENTIFIER_DIGITS = 7

_sort_key = lru_cache(maxsize=20_000)(czech_sort_key)


def read_own(actor: Actor) -> OwnReturns:
    """The returns of the actor's providers in the last eight opened quarters, services in Czech order of names."""
    icos = actor.provider_icos(Permission.RETURN_READ)
    periods = single.list_periods()[:QUARTERS_OF_OWN]
    by_period = own_rows([dates.period for dates in periods], icos or frozenset())
    quarters = [(dates, _sorted(by_period.get(dates.period, []))) for dates in periods]
    return OwnReturns([(dates, rows) for dates, rows in quarters if rows], now_utc())


def read_board(query: BoardQuery) -> Board:
    """The kraj's list of one quarter (the latest opened unless the query names one), providers in Czech order.

    Counts are by state under all other filters; a page that is not there becomes the last one.
    """
    periods = single.list_periods()
    dates = _chosen(periods, query)
    if dates is None:
        return Board(None, periods, {}, [], total=0, page=1, pages=1)
    wanted = query.provider.strip()
    is_identifier = wanted.isdigit() and len(wanted) == IDENTIFIER_DIGITS
    selection = Selection(
        period=dates.period,
        type_code=query.type_code or None,
        identifier=wanted if is_identifier else None,
        late_from=dates.late_from if query.late_only else None,
        now=now_utc(),
        worker_id=query.worker_id,
    )
    counts = [
        count for count in counts_by_provider_and_state(selection) if is_identifier or _is_of(count, fold(wanted))
    ]
    by_state: Counter[str] = Counter()
    for count in counts:
        by_state[count.state] += count.services
    states = _states(query.state)
    shown = counts if states is None else [count for count in counts if count.state in states]
    total = sum(count.services for count in shown)
    pages = max(1, -(-total // ROWS_PER_PAGE))
    page = min(max(query.page, 1), pages)
    rows = _page_of_rows(selection, shown, states, first=(page - 1) * ROWS_PER_PAGE)
    return Board(dates, periods, dict(by_state), rows, total=total, page=page, pages=pages)


def _chosen(periods: Sequence[ReportingDates], query: BoardQuery) -> ReportingDates | None:
    if query.period is None:
        return periods[0] if periods else None
    return next((dates for dates in periods if dates.period == query.period), None)


def _states(state: str) -> Sequence[str] | None:
    if not state:
        return None
    return MISSING_STATES if state == MISSING else (state,)


def _is_of(count: ProviderCount, wanted: str) -> bool:
    return wanted in fold(count.name) or wanted == count.ico


def _page_of_rows(
    selection: Selection, counts: Sequence[ProviderCount], states: Sequence[str] | None, *, first: int
) -> Sequence[BoardRow]:
    """One page of rows: only the services of those providers that the page reaches are read and sorted."""
    services: Counter[int] = Counter()
    names: dict[int, tuple[str, str]] = {}
    for count in counts:
        services[count.provider_id] += count.services
        names[count.provider_id] = (count.name, count.ico)
    before, skipped, reached = 0, 0, []
    for provider_id in sorted(services, key=lambda one: (_sort_key(names[one][0]), names[one][1])):
        after = before + services[provider_id]
        if after <= first:
            skipped = after
        elif before < first + ROWS_PER_PAGE:
            reached.append(provider_id)
        before = after
    rows = sorted(provider_rows(selection, reached, states), key=_order) if reached else []
    return rows[first - skipped : first - skipped + ROWS_PER_PAGE]


def _sorted(rows: Sequence[BoardRow]) -> list[BoardRow]:
    return sorted(rows, key=_order)


def _order(row: BoardRow) -> tuple[object, ...]:
    service = row.service
    return _sort_key(service.provider_name), service.provider_ico, _sort_key(service.name), service.register_id
