"""What the kraj sees of pairs and groups of persons: facts of the portal, never a reference, a code or a provider."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.core.errors import Forbidden, NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.waitlists.links import queries
from portal.waitlists.links.types import (
    PAGE,
    VIEW_STATES,
    Asked,
    EventKind,
    PairEvent,
    PairRow,
    PairState,
    PersonFacts,
    Run,
    Stayed,
    View,
)
from portal.waitlists.types import Sex, State


@dataclass(frozen=True)
class PairLine:
    row: PairRow
    a: PersonFacts
    b: PersonFacts


@dataclass(frozen=True)
class PairPage:
    """``least`` and ``most``: persons by all probable links, and by sure ones alone."""

    lines: Sequence[PairLine]
    total: int
    counts: Mapping[PairState, int]
    run: Run | None
    least: int
    most: int
    may_decide: bool


@dataclass(frozen=True)
class PairDetail:
    row: PairRow
    a: PersonFacts
    b: PersonFacts
    events: Sequence[PairEvent]
    others: int  # persons who are probably one with either, besides the two
    next_id: int | None  # of the pair to decide after this one
    may_decide: bool


@dataclass(frozen=True)
class Member:
    """A person of a group: its number on the page, and the number of those that are surely one with it."""

    number: int
    sure: int
    facts: PersonFacts


@dataclass(frozen=True)
class GroupDetail:
    """``pairs``: with the numbers of both members."""

    pair_id: int
    members: Sequence[Member]
    pairs: Sequence[tuple[PairRow, int, int]]
    may_decide: bool

    @property
    def persons(self) -> int:
        """How many they are by sure links alone."""
        return len({member.sure for member in self.members})


@dataclass(frozen=True)
class Stored:
    """All that linking left, for programs."""

    run: Run | None
    least: int
    most: int
    counts: Mapping[PairState, int]
    rows: Sequence[PairRow]


def list_pairs(actor: Actor, *, view: View = View.OPEN, page: int = 1) -> PairPage:
    """A page of pairs, the likeliest first. Seven statements."""
    _check_reader(actor)
    counts, states = queries.count_states(), VIEW_STATES[view]
    rows = queries.list_rows(states, limit=PAGE, offset=(page - 1) * PAGE)
    facts = _facts({ref for row in rows for ref in (row.a_ref, row.b_ref)})
    least, most = queries.count_persons()
    return PairPage(
        lines=[PairLine(row, facts[row.a_ref], facts[row.b_ref]) for row in rows],
        total=sum(counts.get(state, 0) for state in states),
        counts=counts,
        run=queries.last_run(),
        least=least,
        most=most,
        may_decide=actor.can(Permission.LINK_DECIDE),
    )


def read_pair(actor: Actor, pair_id: int) -> PairDetail:
    """One pair with its history. Raises NotFound."""
    row = _get_row(actor, pair_id)
    facts = _facts({row.a_ref, row.b_ref})
    members = set(queries.people_of_groups({row.a_ref, row.b_ref}))
    return PairDetail(
        row=row,
        a=facts[row.a_ref],
        b=facts[row.b_ref],
        events=[
            PairEvent(event.at_utc, event.actor_name, EventKind(event.kind), event.comment)
            for event in queries.events_of(pair_id)
        ],
        others=len(members - {row.a_ref, row.b_ref}),
        next_id=queries.next_open(pair_id),
        may_decide=actor.can(Permission.LINK_DECIDE),
    )


def read_group(actor: Actor, pair_id: int) -> GroupDetail:
    """All persons who are probably one with those of a pair, and the pairs among them. Raises NotFound."""
    row = _get_row(actor, pair_id)
    refs = queries.people_of_groups({row.a_ref, row.b_ref})
    facts, sure = _facts(set(refs)), queries.sure_groups(refs)
    number = {ref: position for position, ref in enumerate(refs, start=1)}
    first: dict[int, int] = {}
    for ref in refs:
        first.setdefault(sure[ref], number[ref])
    return GroupDetail(
        pair_id=pair_id,
        members=[Member(number[ref], first[sure[ref]], facts[ref]) for ref in refs],
        pairs=[(pair, number[pair.a_ref], number[pair.b_ref]) for pair in queries.rows_among(refs)],
        may_decide=actor.can(Permission.LINK_DECIDE),
    )


def read_stored(actor: Actor) -> Stored:
    """What linking found and people decided, by references; for the command on the server."""
    _check_reader(actor)
    least, most = queries.count_persons()
    return Stored(queries.last_run(), least, most, queries.count_states(), queries.list_rows(tuple(PairState)))


def _check_reader(actor: Actor) -> None:
    if not actor.can(Permission.LINK_READ):
        raise Forbidden(_m("Your role does not see links of persons."))


def _get_row(actor: Actor, pair_id: int) -> PairRow:
    _check_reader(actor)
    row = queries.find_row(pair_id)
    if row is None:
        raise NotFound(_m("There is no such pair of persons."))
    return row


def _facts(refs: Collection[bytes]) -> dict[bytes, PersonFacts]:
    certain, applications, stays = queries.facts(refs)
    return {
        ref: _facts_of_one(
            certain.get(ref, False),
            [row for row in applications if row.person_ref == ref],
            [row for row in stays if row.person_ref == ref],
        )
        for ref in refs
    }


def _facts_of_one(is_certain: bool, applications: Sequence[Any], stays: Sequence[Any]) -> PersonFacts:
    told = (*applications, *stays)
    return PersonFacts(
        is_certain=is_certain,
        birth_years=sorted({row.birth_year for row in told if row.birth_year is not None}),
        sexes=sorted({Sex(row.sex) for row in told if row.sex is not None}),
        municipality_codes=sorted({row.municipality_code for row in told}),
        applications=[Asked(row.type_code, row.received_on, State(row.state), row.state_on) for row in applications],
        stays=[Stayed(row.type_code, row.started_on, row.ended_on) for row in stays],
    )
