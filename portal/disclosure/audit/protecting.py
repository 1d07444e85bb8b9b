"""Making a release of counts that the auditor cannot open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from portal.disclosure.audit.attacks import Widths, attack_from_inside, attack_in_public
from portal.disclosure.audit.counts import CountTable, ToldCounts, tell, withheld
from portal.disclosure.audit.knowledge import Relation, SameSum, Within, known_of
from portal.disclosure.audit.report import Finding
from portal.disclosure.counts import CountThresholds

PASSES = 8

Places = dict[str, list[tuple[int, int]]]


def protect(
    tables: Sequence[CountTable],
    period: str,
    relations: Sequence[Relation],
    limits: CountThresholds,
    widths: Widths | None = None,
) -> list[ToldCounts]:
    """The tables of a quarter under the rules; what falls nevertheless, because tables are related, is withheld too.

    First the cell itself; one that falls although it is withheld takes along what is told of it in related tables. Of
    two tables with the same sums the second gives way, so that the first loses nothing by it. The result is not
    trusted: the auditor decides.
    """
    need = widths or Widths()
    told = [tell(table, period, limits, need.insider) for table in tables]
    truth = {(period, table.name): table for table in tables}
    for _ in range(PASSES):
        known = [known_of(table, limits) for table in told]
        fallen = [
            *attack_in_public(known, relations, truth, need.public).findings,
            *attack_from_inside(known, relations, truth, need.insider).findings,
        ]
        if not fallen:
            break
        places = _to_withhold(fallen, {table.name: table for table in told}, relations)
        told = [withheld(table, places) for table in told]
    return told


def _to_withhold(fallen: Iterable[Finding], tables: Mapping[str, ToldCounts], relations: Sequence[Relation]) -> Places:
    places: Places = defaultdict(list)
    for finding in fallen:
        table = tables[finding.table]
        row, column = list(table.rows).index(finding.row), list(table.columns).index(finding.column)
        is_told = bool(table.below[row, column] or not np.isnan(table.told[row, column]))
        second = _giving_way(table, column, tables, relations)
        if second is not None and not (is_told and second is table):
            places[second.name] += [(line, column) for line in range(len(second.rows))]
            continue
        if is_told:
            places[table.name].append((row, column))
            continue
        for relation in relations:
            if isinstance(relation, Within):
                names = {relation.inner, relation.outer}
                lines: Sequence[int] = (row,)
            else:
                names = {relation.first, relation.second}
                lines = ()
            for name in names & tables.keys() if table.name in names else ():
                places[name] += [(line, column) for line in lines or range(len(tables[name].rows))]
    return places


def _giving_way(
    table: ToldCounts, column: int, tables: Mapping[str, ToldCounts], relations: Sequence[Relation]
) -> ToldCounts | None:
    """The second of two tables with the same sums where a cell of either falls, while its column tells anything."""
    for relation in relations:
        names = {relation.first, relation.second} if isinstance(relation, SameSum) else set()
        if isinstance(relation, SameSum) and table.name in names <= tables.keys():
            second = tables[relation.second]
            if second.below[:, column].any() or not np.isnan(second.told[:, column]).all():
                return second
    return None
