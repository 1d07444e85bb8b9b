"""What the public may see of persons: figures of the published release alone.

A release tells its tables by ORP and type. Rates, municipalities, target groups and situations are not in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portal.core.settings import current_settings
from portal.disclosure import DisclosedFrame, FigureState
from portal.map.layers.types import FIGURE_COLUMNS, Ask, Layer
from portal.releases.readings import list_published, published_table
from portal.releases.types import TOTAL, TableName
from portal.territory.types import Level

TABLES: Mapping[str, TableName] = {"uzivatele": TableName.USERS, "neuspokojeni": TableName.UNMET}


def has_release() -> bool:
    """Whether the region has published a release."""
    return bool(list_published(current_settings()))


def times_of(layer: Layer) -> tuple[str, ...]:
    """Quarters of which a release tells the layer, the earliest first."""
    if layer.name not in TABLES:
        return ()
    return tuple(sorted(str(period) for period in list_published(current_settings())))


def read_released(layer: Layer, ask: Ask, codes: Sequence[str]) -> DisclosedFrame | None:
    """The layer as the release tells it, a row for each of the ORP: FIGURE_COLUMNS; None where it does not.

    Of all types together it tells the total of what is published, hidden cells as nothing.
    """
    is_told = ask.level is Level.ORP and ask.group is None and ask.situation is None
    if layer.name not in TABLES or ask.period is None or not is_told:
        return None
    table = published_table(current_settings(), TABLES[layer.name], ask.period)
    if table is None:
        return None
    wanted = ask.type_code or TOTAL
    rows = table.where([row == wanted for (row,) in table.columns_of("row")])
    # A type that the table does not name has nobody who may be told of.
    return rows.arranged("orp", "code", codes, FIGURE_COLUMNS, absent=FigureState.HIDDEN)
