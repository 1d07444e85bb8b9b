"""What the public may see of persons: figures of the published release alone.

A release tells its tables by ORP and type, needs also by situation; a rate divides what it tells by the people of the
area. Municipalities, target groups and two filters at once are not in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from portal.core.settings import current_settings
from portal.disclosure import DisclosedFrame, FigureState
from portal.map.calc import PER_PEOPLE, population_for
from portal.map.layers.service.places import Areas
from portal.map.layers.types import FIGURE_COLUMNS, Ask, Filter, Gathered, Kind, Layer, Source
from portal.map.types import Population
from portal.releases.readings import list_published, published_handed_over, published_table
from portal.releases.types import TOTAL, TableName
from portal.returns.types import Period
from portal.territory.types import Level

# By what the rows of a table are; of the whole, the first table tells the total.
_USERS, _UNMET = {Filter.TYPE: TableName.USERS}, {Filter.TYPE: TableName.UNMET}
_NEEDS = {Filter.SITUATION: TableName.NEEDS, Filter.TYPE: TableName.NEEDS_TYPES}
TABLES: Mapping[str, Mapping[Filter, TableName]] = {
    "uzivatele": _USERS,
    "uzivatele-na-1000": _USERS,
    "neuspokojeni": _UNMET,
    "neuspokojeni-na-1000": _UNMET,
    "potreby": _NEEDS,
    "potreby-na-1000": _NEEDS,
}


def has_release() -> bool:
    """Whether the region has published a release."""
    return bool(list_published(current_settings()))


def times_of(layer: Layer) -> tuple[str, ...]:
    """Quarters of which a release tells the layer, the earliest first."""
    if layer.name not in TABLES:
        return ()
    return tuple(sorted(str(period) for period in list_published(current_settings(), TABLES[layer.name].values())))


def read_released(layer: Layer, ask: Ask, areas: Areas) -> tuple[Ask, DisclosedFrame] | None:
    """The layer as the release tells it, a row for each of the ORP: FIGURE_COLUMNS; None where it does not.

    Of all rows together it tells the total of what is published, hidden cells as nothing. ``ask`` comes back with the
    people filled in that a rate is related to.
    """
    asked = {Filter.TYPE: ask.type_code, Filter.SITUATION: ask.situation, Filter.GROUP: ask.group}
    chosen = [which for which, code in asked.items() if code is not None]
    tables = TABLES.get(layer.name, {})
    if ask.period is None or ask.level is not Level.ORP or len(chosen) > 1 or not set(chosen) <= tables.keys():
        return None
    which = chosen[0] if chosen else next(iter(tables), None)
    table = None if which is None else published_table(current_settings(), tables[which], ask.period)
    if which is None or table is None:
        return None
    rows = table.where([row == (asked[which] or TOTAL) for (row,) in table.columns_of("row")])
    # A type that the table does not name has nobody who may be told of.
    told = rows.arranged("orp", "code", areas.codes.tolist(), FIGURE_COLUMNS, absent=FigureState.HIDDEN)
    if layer.kind is not Kind.RATE:
        return ask, told
    people = (ask.population or population_for(ask.type_code)) if Filter.PEOPLE in layer.filters else Population.ALL
    return replace(ask, population=people), told.per(areas.people[people].tolist(), PER_PEOPLE)


def read_gathered(layer: Layer, ask: Ask) -> Mapping[str, Gathered]:
    """How many municipalities of each ORP had told the needs of the quarter when its release was prepared; empty for
    other layers, and for releases that do not say it."""
    if layer.source is not Source.NEEDS or ask.period is None:
        return {}
    handed = published_handed_over(current_settings(), ask.period) or {}
    return {orp: Gathered(of.handed_over, 0, of.municipalities) for orp, of in handed.items()}


def read_cells(layer: Layer, period: Period) -> Iterator[tuple[str, str, float | None, FigureState]]:
    """ORP, code of the row, value and state of all that the release tells of the layer, without totals.

    Nothing of a rate: whoever wants one divides the counts of its layer.
    """
    for name in () if layer.kind is Kind.RATE else TABLES[layer.name].values():
        table = published_table(current_settings(), name, period)
        if table is not None:
            for orp, row, value, state, is_total in table.columns_of("orp", "row", "value", "state", "is_total"):
                if not is_total:
                    yield orp, row, value, state
