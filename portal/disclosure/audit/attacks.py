"""The built-in auditor of counts: everybody, each provider with its own lists, and all releases put together.

A cell falls where its interval is a single number (exact), or narrower than the rules allow (too narrow). Everybody is
asked about each hidden cell; a provider about the persons whom it does not know itself, in hidden cells and told ones
where it has some, and in hidden cells that relations join to these. Of needs the municipalities are the providers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from portal.disclosure.audit.counts import CountTable, Flags, Floats, ToldCounts, Whole
from portal.disclosure.audit.knowledge import Joined, Known, Relation, join, known_of
from portal.disclosure.audit.report import Attack, Audit, Finding, Result
from portal.disclosure.audit.system import TINY, Impossible, Intervals, System, connected, intervals, seen
from portal.disclosure.counts import CountThresholds

PUBLIC_WIDTH, INSIDER_WIDTH = 5, 2
MANY = 1e9  # persons: in place of no end, so that a provider's interval always has two


@dataclass(frozen=True)
class Widths:
    """How wide an interval has to be: of a hidden cell for everybody, of the persons of others for a provider.

    A provider with five persons knows of a cell with "less than 8" that the others have 0, 1 or 2: the words of the
    rule allow no more, so three possible numbers are the least.
    """

    public: int = PUBLIC_WIDTH
    insider: int = INSIDER_WIDTH

    def __post_init__(self) -> None:
        if self.public < PUBLIC_WIDTH or self.insider < INSIDER_WIDTH:
            raise ValueError("widths of the audit may not be laxer than the defaults")


def audit_counts(
    told: Sequence[ToldCounts],
    exact: Sequence[CountTable],
    relations: Sequence[Relation],
    earlier: Sequence[ToldCounts],
    limits: CountThresholds,
    widths: Widths | None = None,
) -> Audit:
    """Attack the tables of one release. ``exact``: what they were made from, in the same order.

    ``earlier``: all tables of all releases before it.
    """
    need = widths or Widths()
    known = [known_of(table, limits) for table in told]
    truth = {(table.period, table.name): source for table, source in zip(told, exact, strict=True)}
    periods = {table.period for table in told}
    again = [known_of(table, limits) for table in earlier if table.period in periods]
    apart = sum(int(table.hidden.sum()) for table in earlier if table.period not in periods)
    in_public = attack_in_public(known, relations, truth, need.public)
    return Audit.of(
        in_public,
        attack_from_inside(known, relations, truth, need.insider),
        attack_by_difference(known, again, relations, in_public, need.public, apart),
    )


def attack_in_public(
    known: Sequence[Known],
    relations: Sequence[Relation],
    truth: Mapping[tuple[str, str], CountTable] | None = None,
    width: int = PUBLIC_WIDTH,
) -> Result:
    """The interval of each hidden cell over all that was told. ``truth`` only saves work."""
    try:
        joined = join(known, relations)
        solution = None if truth is None else _solution(joined, truth)
        found = intervals(joined.system, joined.hidden, solution, enough=width)
    except Impossible:
        return Result(Attack.PUBLIC, 0, (), contradictory=True)
    wide = found.width
    fallen = np.flatnonzero(joined.hidden & (wide < width - TINY))
    return Result(
        Attack.PUBLIC,
        int(joined.hidden.sum()),
        tuple(_findings(Attack.PUBLIC, joined, fallen, found.lower, found.upper)),
        closest=float(found.proved[joined.hidden].min()) if joined.hidden.any() else None,
        programmes=found.programmes,
    )


def attack_by_difference(
    known: Sequence[Known],
    again: Sequence[Known],
    relations: Sequence[Relation],
    in_public: Result,
    width: int = PUBLIC_WIDTH,
    apart: int = 0,
) -> Result:
    """The same over all releases: whatever two of them say of one cell holds at once.

    ``again``: earlier tables of the quarters that are told now. Their cells count as well: a new release may not open
    an old one. Without any, what is known ``in_public`` stands. ``apart``: hidden cells of other quarters, which
    nothing joins with the new ones.
    """
    found = attack_in_public([*again, *known], relations, None, width) if again else in_public
    findings = tuple(replace(finding, attack=Attack.DIFFERENCE) for finding in found.findings)
    return replace(found, attack=Attack.DIFFERENCE, looked_at=found.looked_at + apart, findings=findings)


def attack_from_inside(
    known: Sequence[Known],
    relations: Sequence[Relation],
    truth: Mapping[tuple[str, str], CountTable],
    width: int = INSIDER_WIDTH,
) -> Result:
    """Each provider in turn: how closely it knows the persons of others in the cells where it has some itself, and in
    hidden ones that are joined to them."""
    try:
        joined = join(known, relations)
        system = joined.system
        system = replace(system, upper=np.where(np.isinf(system.upper), MANY, system.upper))
        solution = _solution(joined, truth)
        least, most = seen(system, [solution, system.upper])
        closest, fallen, programmes, looked_at = np.inf, [], 0, 0
        parts = connected(system)
        for holder, own_place, own_persons in _own(joined, truth):
            place, persons = _with_joined(own_place, own_persons, joined.hidden, parts)
            looked_at += len(place)
            room = most[place] - np.maximum(np.minimum(least[place], solution[place]), persons)
            sure = room >= width - TINY
            closest = min(closest, float(room[sure].min(initial=np.inf)))
            if sure.all():
                continue
            found = _from_inside(system, parts, place, persons, ~sure, solution)
            low, high = found.lower[place] - persons, found.upper[place] - persons
            programmes += found.programmes
            closest = min(closest, float((high - low)[~sure].min()))
            open_places = ~sure & (high - low < width - TINY)
            if open_places.any():
                ends = _full(len(solution), place, low), _full(len(solution), place, high)
                fallen += _findings(Attack.INSIDER, joined, place[open_places], *ends, holder=holder)
    except Impossible:
        return Result(Attack.INSIDER, 0, (), contradictory=True)
    return Result(Attack.INSIDER, looked_at, tuple(fallen), closest if looked_at else None, programmes)


def _with_joined(place: Whole, persons: Floats, hidden: Flags, parts: Whole) -> tuple[Whole, Floats]:
    """The cells of a provider, and hidden ones of the same connected parts where it has nobody."""
    others = np.setdiff1d(np.flatnonzero(hidden & np.isin(parts, parts[place])), place)
    return np.concatenate([place, others]), np.concatenate([persons, np.zeros(len(others))])


def _from_inside(
    system: System, parts: Whole, place: Whole, persons: Floats, doubtful: Flags, solution: Floats
) -> Intervals:
    """Intervals where a provider knows its own: no cell has fewer persons. Only parts with a doubtful cell."""
    lower = system.lower.copy()
    lower[place] = np.maximum(lower[place], persons)
    wanted = np.zeros(len(lower), dtype=bool)
    wanted[place[doubtful]] = True
    cells = np.flatnonzero(np.isin(parts, parts[place[doubtful]]))
    inner = replace(system, lower=lower).part(cells)
    found = intervals(inner, wanted[cells], solution[cells])
    upper, proved = system.upper.copy(), np.zeros(len(lower))
    lower[cells], upper[cells], proved[cells] = found.lower, found.upper, found.proved
    return Intervals(lower, upper, proved, found.programmes)


def _full(size: int, place: Whole, values: Floats) -> Floats:
    full = np.zeros(size)
    full[place] = values
    return full


def _own(joined: Joined, truth: Mapping[tuple[str, str], CountTable]) -> list[tuple[str, Whole, Floats]]:
    """Each provider with the places of its cells in the system and its persons there."""
    holders: list[Any] = []
    places, counts = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for key, table in truth.items():
        place, persons = table.own_places
        some = persons > 0
        holders += table.own["holder"].to_numpy(dtype=object)[some].tolist()
        places.append(place[some] + joined.starts[key])
        counts.append(persons[some])
    place, persons_there = np.concatenate(places), np.concatenate(counts).astype(np.float64)
    names, number = np.unique(np.array(holders, dtype=str), return_inverse=True)
    order = np.argsort(number, kind="stable")
    lines = np.split(order, np.searchsorted(number[order], np.arange(1, len(names)))) if len(names) else []
    return [(str(name), place[at], persons_there[at]) for name, at in zip(names, lines, strict=True)]


def _solution(joined: Joined, truth: Mapping[tuple[str, str], CountTable]) -> Floats:
    found = np.zeros(len(joined.hidden))
    for key, table in truth.items():
        found[joined.cells(key)] = table.persons.ravel()
    return found


def _findings(
    attack: Attack, joined: Joined, cells: Whole, lower: Floats, upper: Floats, holder: str | None = None
) -> list[Finding]:
    return [
        Finding(attack, period, name, row, column, float(lower[cell]), float(upper[cell]), holder)
        for cell, ((period, name), row, column) in zip(cells.tolist(), joined.places(cells), strict=True)
    ]
