"""Lists, users and persons read in bulk, column by column, for counting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Integer, Select, func, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from portal.catalog.models import Service
from portal.core.db import db
from portal.waitlists.models import Application, ApplicationSnapshot, Client, Person
from portal.waitlists.need.types import NOT_TOLD, Coded, Lists, Users, Whole
from portal.waitlists.types import OUTSIDE, UNKNOWN

AT_ONCE = 50_000
BEGINNING = date(1970, 1, 1)


class day_number(FunctionElement[int]):
    """Number of days from 1970-01-01 to a day: a whole number costs a tenth of a date object."""

    type = Integer()
    inherit_cache = True


@compiles(day_number, "sqlite")
def _of_sqlite(element: day_number, compiler: SQLCompiler, **given: Any) -> str:
    return f"CAST(julianday({compiler.process(element.clauses, **given)}) - 2440587.5 AS INTEGER)"


@compiles(day_number, "postgresql")
def _of_postgresql(element: day_number, compiler: SQLCompiler, **given: Any) -> str:
    return f"(({compiler.process(element.clauses, **given)}) - DATE '1970-01-01')"


def number_of(day: date) -> int:
    """The twin of ``day_number`` in Python."""
    return (day - BEGINNING).days


@dataclass(frozen=True)
class People:
    """Who counts as one person. ``refs`` in ascending order, 16 bytes each."""

    refs: np.typing.NDArray[np.bytes_]
    sure: Whole
    probable: Whole

    def groups_of(self, refs: Sequence[bytes]) -> tuple[Whole, Whole]:
        """Both groups of each reference; one that is erased counts by itself."""
        wanted = np.array(refs, dtype="S16")
        alone = _alone(wanted)
        if not len(self.refs) or not len(wanted):
            return alone, alone.copy()
        place = np.minimum(np.searchsorted(self.refs, wanted), len(self.refs) - 1)
        known = self.refs[place] == wanted
        return np.where(known, self.sure[place], alone), np.where(known, self.probable[place], alone)

    def linked(self) -> bytes:
        """What changes whenever a link is made or undone: the persons who do not count by themselves alone."""
        alone = _alone(self.refs)
        joined = (self.sure != alone) | (self.probable != alone)
        return self.refs[joined].tobytes() + self.sure[joined].tobytes() + self.probable[joined].tobytes()


def _alone(refs: np.typing.NDArray[np.bytes_]) -> Whole:
    """``waitlists.types.group_of`` of many references at once."""
    halves = np.frombuffer(refs.tobytes(), dtype=">u8")[::2]
    return (halves.astype(np.uint64) >> np.uint64(1)).astype(np.int64)


def read_people() -> People:
    """Everybody whom the portal knows. One statement."""
    rows = db.session.connection().execute(select(Person.ref, Person.sure_group, Person.probable_group)).all()
    refs = np.array([row[0] for row in rows], dtype="S16")
    order = np.argsort(refs)
    groups = np.array([(row[1], row[2]) for row in rows], dtype=np.int64).reshape(-1, 2)[order]
    return People(refs[order], groups[:, 0].copy(), groups[:, 1].copy())


def read_types() -> dict[int, str]:
    """The type of each service. One statement."""
    return {row[0]: row[1] for row in db.session.execute(select(Service.id, Service.type_code))}


def providers_of_services() -> dict[int, int]:
    """The provider of each service. One statement."""
    return {row[0]: row[1] for row in db.session.execute(select(Service.id, Service.provider_id))}


@dataclass
class _Coder:
    """Builds a column of codes batch by batch."""

    names: dict[str, int] = field(default_factory=dict)
    parts: list[Whole] = field(default_factory=list)

    def add(self, values: Sequence[str]) -> None:
        codes, known = pd.factorize(np.array(values, dtype=object))
        table = np.array([self.names.setdefault(name, len(self.names)) for name in known], dtype=np.int64)
        self.parts.append(table[codes])

    def done(self) -> Coded:
        return Coded(joined(self.parts), list(self.names))


def joined(parts: Sequence[Whole]) -> Whole:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def batches(query: Select[*tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """The columns of a statement, batch by batch; past the session, which would look at each row for objects."""
    result = db.session.connection().execute(query, execution_options={"yield_per": AT_ONCE})
    for rows in result.partitions(AT_ONCE):
        yield list(zip(*rows, strict=True))


TEXTS = ("adverse_situation", "target_group", "municipality_code", "state", "urgency")
DAYS = ("received_on", "decided_on", "confirmed_on", "can_start_from")


def read_lists(
    people: People, types: Mapping[int, str], orp_of: Mapping[str, str], *, frozen: str | None, first_day: date
) -> Lists:
    """The lists of a quarter: the frozen ones of ``frozen``, or those of the present day. One statement.

    ``orp_of``: the ORP of each municipality; one that is not known counts as an unknown area.
    """
    table: Any = Application if frozen is None else ApplicationSnapshot
    query = select(
        table.service_id,
        table.person_ref,
        *(func.coalesce(getattr(table, name), NOT_TOLD) for name in TEXTS),
        *(func.coalesce(day_number(getattr(table, name)), 0) for name in DAYS),
    )
    if frozen is None:
        query = query.where(or_(table.decided_on.is_(None), table.decided_on >= first_day))
    else:
        query = query.where(table.period == frozen)
    coders = {name: _Coder() for name in TEXTS}
    days: dict[str, list[Whole]] = {name: [] for name in DAYS}
    services: list[Whole] = []
    sure: list[Whole] = []
    probable: list[Whole] = []
    for service_ids, refs, *rest in batches(query):
        services.append(np.array(service_ids, dtype=np.int64))
        for parts, groups in zip((sure, probable), people.groups_of(refs), strict=True):
            parts.append(groups)
        for name, values in zip((*TEXTS, *DAYS), rest, strict=True):
            if name in coders:
                coders[name].add(values)
            else:
                days[name].append(np.array(values, dtype=np.int64))
    municipality = coders["municipality_code"].done()
    service_id = joined(services)
    return Lists(
        type_code=types_of(service_id, types),
        situation=coders["adverse_situation"].done(),
        group=coders["target_group"].done(),
        area=areas_of(municipality, orp_of),
        municipality=municipality,
        service_id=service_id,
        sure=joined(sure),
        probable=joined(probable),
        state=coders["state"].done(),
        received=joined(days["received_on"]),
        decided=joined(days["decided_on"]),
        confirmed=joined(days["confirmed_on"]),
        can_start=joined(days["can_start_from"]),
        urgency=coders["urgency"].done(),
    )


def read_users(people: People, types: Mapping[int, str], day: date) -> Users:
    """Who used which service on a day. One statement."""
    query: Select[*tuple[Any, ...]] = select(Client.service_id, Client.person_ref).where(
        Client.started_on <= day, or_(Client.ended_on.is_(None), Client.ended_on >= day)
    )
    services: list[Whole] = []
    groups: list[tuple[Whole, Whole]] = []
    for service_ids, refs in batches(query):
        services.append(np.array(service_ids, dtype=np.int64))
        groups.append(people.groups_of(refs))
    return Users(
        types_of(joined(services), types),
        joined([pair[0] for pair in groups]),
        joined([pair[1] for pair in groups]),
    )


def types_of(service_ids: Whole, types: Mapping[int, str]) -> Coded:
    """The type of the service of each row; all columns made so from the same services share their names."""
    names = sorted(set(types.values()))
    place = {name: number for number, name in enumerate(names)}
    known = np.array(sorted(types), dtype=np.int64)
    codes = np.array([place[types[one]] for one in known.tolist()], dtype=np.int64)
    return Coded(codes[np.searchsorted(known, service_ids)] if len(service_ids) else service_ids, names)


def areas_of(municipality: Coded, orp_of: Mapping[str, str]) -> Coded:
    """The ORP of the municipality of each row."""
    areas = [name if name == OUTSIDE else orp_of.get(name, UNKNOWN) for name in municipality.names]
    names = sorted(set(areas))
    table = np.array([names.index(area) for area in areas], dtype=np.int64)
    return Coded(table[municipality.codes] if len(table) else municipality.codes, names)
