"""Applications and stays read in bulk for the flow, admissions for the range of waiting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Select, case, func, select

from portal.waitlists.models import Application, ApplicationSnapshot, Client
from portal.waitlists.need.queries.columns import People, batches, day_number, joined, types_of
from portal.waitlists.need.types import STILL, Asked, Stays, Whole
from portal.waitlists.types import LeavingReason, State


@dataclass(frozen=True)
class Ways:
    """Everything that the flow needs, once with the persons of confirmed links and once with those of probable ones."""

    types: Sequence[str]
    most: tuple[Asked, Stays, int]
    least: tuple[Asked, Stays, int]

    @property
    def first_day(self) -> int | None:
        """The earliest day that anything is told about."""
        asked, stays, _ = self.most
        earliest = min(int(asked.received.min(initial=STILL)), int(stays.started.min(initial=STILL)))
        return None if earliest == STILL else earliest


def read_ways(people: People, types: Mapping[int, str]) -> Ways:
    """All applications and all stays. Two statements."""
    asked: Select[*tuple[Any, ...]] = select(
        Application.service_id,
        Application.person_ref,
        day_number(Application.received_on),
        func.coalesce(day_number(Application.decided_on), STILL),
        case((Application.state == State.ADMITTED, 1), (Application.state == State.DECEASED, 2), else_=0),
    )
    stays: Select[*tuple[Any, ...]] = select(
        Client.service_id,
        Client.person_ref,
        day_number(Client.started_on),
        func.coalesce(day_number(Client.ended_on), STILL),
        case((Client.end_reason == LeavingReason.DECEASED, 2), else_=0),
    )
    asked_columns, stay_columns = _columns(asked, people), _columns(stays, people)
    asked_types, stay_types = types_of(asked_columns[0], types), types_of(stay_columns[0], types)

    def side(number: int) -> tuple[Asked, Stays, int]:
        both = np.concatenate([asked_columns[number], stay_columns[number]])
        known, persons = np.unique(both, return_inverse=True)
        split = len(asked_columns[0])
        fate, end = asked_columns[5], stay_columns[5]
        return (
            Asked(
                asked_types.codes,
                persons[:split].astype(np.int64),
                asked_columns[3],
                asked_columns[4],
                fate == 1,
                fate == 2,
            ),
            Stays(stay_types.codes, persons[split:].astype(np.int64), stay_columns[3], stay_columns[4], end == 2),
            len(known),
        )

    return Ways(asked_types.names, side(1), side(2))


def _columns(query: Select[*tuple[Any, ...]], people: People) -> list[Whole]:
    """Service, both groups of the person, and the other columns."""
    found: list[list[Whole]] = [[] for _ in range(6)]
    for service_ids, refs, *rest in batches(query):
        parts = [np.array(service_ids, dtype=np.int64), *people.groups_of(refs)]
        parts += [np.array(values, dtype=np.int64) for values in rest]
        for column, part in zip(found, parts, strict=True):
            column.append(part)
    return [joined(column) for column in found]


@dataclass(frozen=True)
class Admission:
    """An admission in a frozen quarter: ``person`` by probable links."""

    service_id: int
    person: int
    days: int
    municipality: str


def read_admissions(people: People, periods: Mapping[str, int]) -> list[Admission]:
    """Admissions of frozen quarters, each with the number of its first day. One statement."""
    snapshot = ApplicationSnapshot
    query: Select[*tuple[Any, ...]] = select(
        snapshot.service_id,
        snapshot.person_ref,
        day_number(snapshot.received_on),
        day_number(snapshot.decided_on),
        snapshot.municipality_code,
        snapshot.period,
    ).where(snapshot.period.in_(periods), snapshot.state == State.ADMITTED)
    found = []
    for service_ids, refs, received, decided, municipalities, of_period in batches(query):
        persons = people.groups_of(refs)[1].tolist()
        rows = zip(service_ids, persons, received, decided, municipalities, of_period, strict=True)
        found += [
            Admission(service_id, person, end - start, municipality)
            for service_id, person, start, end, municipality, period in rows
            if end >= periods[period]
        ]
    return found
