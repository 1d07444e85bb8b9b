"""What the map, planning and releases read of the needs of municipalities."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from portal.core.permissions import Actor
from portal.disclosure import DisclosedFrame
from portal.needs.service import count_needs, list_handed_over
from portal.needs.service.tables import NeedTable, counting_changed_since, handed_over_by_orp, need_tables
from portal.returns.types import Period
from portal.territory.types import Level

__all__ = [
    "REASON",
    "SITUATION",
    "TARGET_GROUP",
    "TYPE",
    "NeedTable",
    "counting_changed_since",
    "handed_over_by_orp",
    "need_counts",
    "need_tables",
    "who_handed_over",
]

SITUATION, TARGET_GROUP, REASON, TYPE = "situation", "target_group", "reason", "type_code"


def need_counts(
    actor: Actor, periods: Collection[Period], *, level: Level, by: Sequence[str] = (SITUATION,)
) -> DisclosedFrame:
    """Persons with needs that cannot be solved, by quarter, area (ORP or municipality) and what ``by`` names.

    Columns: ``period``, ``level``, ``area`` (code), ``situation``, ``target_group``, ``reason``, ``type_code`` ("all"
    where not divided; empty where the municipality did not tell), ``value`` (persons, corrected numbers in place of
    originals), ``state``, ``told`` (municipalities of the area that said anything) of ``municipalities``. Divided by
    situation alone or by nothing, every area has its rows, NOT_SUPPLIED where nobody told; divided further, only what
    was told.

    The kraj sees all areas exactly, a municipality its own records: those of the municipalities whose needs it
    gathers, and their sum where they are a whole ORP. Raises Forbidden for everybody else, who learns counts of persons
    from a release alone, ValueError for another level.
    """
    return count_needs(actor, periods, level=level, by=by)


def who_handed_over(actor: Actor, period: Period) -> frozenset[str]:
    """Codes of municipalities whose figures of the quarter are complete, as they or whoever gathers them said.

    Only those that reach the actor. Raises Forbidden. Three queries.
    """
    return list_handed_over(actor, period)
