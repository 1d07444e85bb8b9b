"""What the returns of a year say beside municipal support, for those who may see it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from portal.core.cells import NOT_SUPPLIED, Cell, CellState, added
from portal.core.kept import kept
from portal.core.permissions import Actor, Permission
from portal.disclosure import DisclosedFrame, FigureState, exact_for_region, own_for_provider
from portal.grants import queries
from portal.grants.calc import share_of_costs, year_sum
from portal.grants.queries import ServiceRow
from portal.grants.types import By
from portal.returns.service import figures_frame, figures_mark
from portal.returns.types import Period

REVENUE, COSTS = "revenue_municipalities", "costs_total"
RETURN_COLUMNS = ("key", "provider_ico", "item", "value", "state", "share", "services", "without")


def sees_returns(actor: Actor, by: By) -> bool:
    """Whether the reader has any figures of returns beside a report."""
    is_region = actor.is_regional and actor.can(Permission.COMPARE_ALL)
    return by.has_returns and bool(is_region or actor.provider_icos(Permission.COMPARE_OWN))


def returns_beside(
    actor: Actor,
    year: int,
    by: By,
    support: Callable[[], Mapping[int, Cell]],
    *,
    type_code: str | None,
    mark: Hashable,
) -> tuple[DisclosedFrame | None, list[Hashable]]:
    """Figures of returns for the reader, and the keys of lines that only they make.

    ``support``: totals by id of service; ``mark`` changes with them and with the services. What the kraj sees of all
    services is kept until any of it changes; it is disclosed anew to each reader.
    """
    if actor.is_regional and actor.can(Permission.COMPARE_ALL):
        marks = (mark, *(figures_mark(Period(year, quarter)) for quarter in (1, 2, 3, 4)))
        key = ("grants.returns", year, by, type_code, marks)
        frame, alone = kept(key, lambda: _beside(year, by, support(), type_code, None))
        return exact_for_region(frame, actor), alone
    icos = actor.provider_icos(Permission.COMPARE_OWN)
    frame, alone = _beside(year, by, support(), type_code, icos)
    if by is By.TYPE:  # own figures of a type beside everybody's support of it would be read as the type's
        return None, []
    return own_for_provider(frame, actor), alone


def _beside(
    year: int, by: By, support: Mapping[int, Cell], type_code: str | None, icos: Collection[str] | None
) -> tuple[pd.DataFrame, list[Hashable]]:
    services = queries.services_of_year(year, icos=icos)
    if type_code is not None:
        services = [one for one in services if one.type_code == type_code]
    figures = _year_figures(year, services)
    groups: dict[Hashable, list[ServiceRow]] = {}
    alone: dict[Hashable, None] = {}
    for one in services:
        key = {By.SERVICE: one.register_id, By.TYPE: one.type_code, By.PROVIDER: one.ico}[by]
        has_revenue = bool(figures[one.id, REVENUE].number)
        if one.id in support or has_revenue:
            groups.setdefault(key, []).append(one)
            if one.id not in support:
                alone.setdefault(key)
    rows = [row for key, group in groups.items() for row in _return_rows(by, str(key), group, figures, support)]
    frame = pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=object) for name in RETURN_COLUMNS})
    return frame, list(alone)


def _return_rows(
    by: By,
    key: str,
    group: Sequence[ServiceRow],
    figures: Mapping[tuple[int, str], Cell],
    support: Mapping[int, Cell],
) -> list[dict[str, Any]]:
    whole = [one for one in group if figures[one.id, COSTS].number is not None]
    covered = added([support.get(one.id, NOT_SUPPLIED) for one in whole])  # support and costs of the same services
    rows = []
    for item in (REVENUE, COSTS):
        cell = added([figures[one.id, item] for one in group])
        rows.append(
            {
                "key": key,
                "provider_ico": "" if by is By.TYPE else group[0].ico,
                "item": item,
                "value": cell.number,
                "state": FigureState(str(cell.state)),
                "share": share_of_costs(covered, cell) if item == COSTS else None,
                "services": len(group),
                "without": sum(figures[one.id, item].state is CellState.NOT_SUPPLIED for one in group),
            }
        )
    return rows


def _year_figures(year: int, services: Sequence[ServiceRow]) -> dict[tuple[int, str], Cell]:
    """Revenue from municipalities and costs of the year by service, from its accepted returns. Two queries."""
    periods = [Period(year, quarter) for quarter in (1, 2, 3, 4)]
    frame = figures_frame(fields=(REVENUE, COSTS), periods=periods)
    quarters: dict[tuple[int, str], dict[int, Cell]] = {}
    columns = (frame[name].tolist() for name in ("service_id", "field", "period", "state", "value"))
    for service_id, field, period, state, value in zip(*columns, strict=True):
        known = CellState(state)
        number = Decimal(repr(value)).quantize(Decimal("0.01")) if known.has_number else None
        quarters.setdefault((service_id, field), {})[int(period[-1])] = Cell(known, number)
    return {
        (one.id, field): year_sum(quarters.get((one.id, field), {}), one.worked(year))
        for one in services
        for field in (REVENUE, COSTS)
    }
