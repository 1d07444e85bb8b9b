"""What linking reads and writes of pairs and persons."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, or_, select, text

from portal.catalog.models import Service
from portal.core.db import db
from portal.waitlists.links.models import LinkingRun, PersonPair, PersonPairEvent
from portal.waitlists.links.types import OPEN_STATES, PairRow, PairState, Run, Verdict, Weighed
from portal.waitlists.models import Application, Client, Person

AT_ONCE = 500
_LOCK = 5_801_017  # of PostgreSQL, for all who write links; any number that nobody else takes
_ROW = (
    PersonPair.id, PersonPair.a_ref, PersonPair.b_ref, PersonPair.agreeing, PersonPair.weight, PersonPair.probability,
    PersonPair.state, PersonPair.is_put_off, PersonPair.verdict, PersonPair.decided_by_name, PersonPair.decided_at_utc,
    PersonPair.version,
)  # fmt: skip
_BEST_FIRST = (PersonPair.is_put_off, PersonPair.probability.desc(), PersonPair.weight.desc(), PersonPair.id)


def lock_links() -> None:
    """Let only one unit of work at a time write links; SQLite has one writer anyway."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def decided() -> tuple[list[tuple[bytes, bytes]], list[tuple[bytes, bytes]]]:
    """References of pairs that people linked, and of those that they split."""
    query = select(PersonPair.a_ref, PersonPair.b_ref, PersonPair.verdict).where(PersonPair.verdict.is_not(None))
    rows = db.session.execute(query.order_by(PersonPair.a_ref, PersonPair.b_ref)).all()
    same, different = (
        [(row.a_ref, row.b_ref) for row in rows if row.verdict == verdict]
        for verdict in (Verdict.SAME, Verdict.DIFFERENT)
    )
    return same, different


def all_people() -> Mapping[bytes, tuple[bool, int, int]]:
    """Whether certain, sure and probable group of every person."""
    query = select(Person.ref, Person.is_certain, Person.sure_group, Person.probable_group)
    return {ref: (certain, sure, probable) for ref, certain, sure, probable in db.session.execute(query)}


def all_pairs() -> Sequence[Any]:
    """The columns of every pair that a run of linking may change."""
    table = PersonPair.__table__
    names = (
        "id", "a_ref", "b_ref", "agreeing", "weight", "probability", "is_strong", "is_found", "verdict", "state",
        "version",
    )  # fmt: skip
    return db.session.execute(select(*(table.c[name] for name in names))).mappings().all()


def connected(refs: Collection[bytes]) -> list[bytes]:
    """These persons and all whom any chain of pairs leads to from them. One statement."""
    start = select(Person.ref.label("ref")).where(Person.ref.in_(refs))
    reached = start.cte("reached", recursive=True)
    reached = reached.union(
        select(case((PersonPair.a_ref == reached.c.ref, PersonPair.b_ref), else_=PersonPair.a_ref)).join(
            reached, or_(PersonPair.a_ref == reached.c.ref, PersonPair.b_ref == reached.c.ref)
        )
    )
    return list(db.session.scalars(select(reached.c.ref).order_by(reached.c.ref)))


def pairs_among(refs: Sequence[bytes]) -> dict[int, Weighed]:
    """Pairs that begin in these persons, by id; all of them, where the persons are ``connected``."""
    query = select(
        PersonPair.id,
        PersonPair.a_ref,
        PersonPair.b_ref,
        PersonPair.probability,
        PersonPair.weight,
        PersonPair.is_strong,
        PersonPair.is_found,
        PersonPair.verdict,
    ).where(PersonPair.a_ref.in_(refs))
    return {row.id: weighed(row._mapping) for row in db.session.execute(query.order_by(PersonPair.id))}


def weighed(row: Mapping[Any, Any]) -> Weighed:
    return Weighed(
        a=row["a_ref"],
        b=row["b_ref"],
        probability=row["probability"],
        weight=row["weight"],
        is_strong=row["is_strong"],
        is_found=row["is_found"],
        verdict=Verdict(row["verdict"]) if row["verdict"] else None,
    )


def certain_among(refs: Sequence[bytes]) -> list[bytes]:
    return list(db.session.scalars(select(Person.ref).where(Person.ref.in_(refs), Person.is_certain)))


def find_pair(pair_id: int, *, for_update: bool = False) -> PersonPair | None:
    query = select(PersonPair).where(PersonPair.id == pair_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def find_row(pair_id: int) -> PairRow | None:
    row = db.session.execute(select(*_ROW).where(PersonPair.id == pair_id)).one_or_none()
    return None if row is None else _row(row)


def list_rows(states: Collection[PairState], *, limit: int | None = None, offset: int = 0) -> list[PairRow]:
    """Pairs in these states, what was put off last, otherwise the likeliest first."""
    query = select(*_ROW).where(PersonPair.state.in_(states)).order_by(*_BEST_FIRST).offset(offset)
    return [_row(row) for row in db.session.execute(query if limit is None else query.limit(limit))]


def rows_among(refs: Collection[bytes]) -> list[PairRow]:
    """Pairs whose persons are both among these, split ones too."""
    query = select(*_ROW).where(PersonPair.a_ref.in_(refs), PersonPair.b_ref.in_(refs))
    return [_row(row) for row in db.session.execute(query.order_by(PersonPair.probability.desc(), PersonPair.id))]


def next_open(other_than: int) -> int | None:
    query = select(PersonPair.id).where(PersonPair.state.in_(OPEN_STATES), PersonPair.id != other_than)
    return db.session.scalar(query.order_by(*_BEST_FIRST).limit(1))


def count_states() -> dict[PairState, int]:
    query = select(PersonPair.state, func.count()).group_by(PersonPair.state)
    return {PairState(state): amount for state, amount in db.session.execute(query)}


def count_persons() -> tuple[int, int]:
    """Persons by all probable links, and by sure links alone."""
    query = select(func.count(Person.probable_group.distinct()), func.count(Person.sure_group.distinct()))
    least, most = db.session.execute(query).one()
    return least, most


def people_of_groups(refs: Collection[bytes]) -> list[bytes]:
    """All persons of the probable groups of these. One statement."""
    groups = select(Person.probable_group).where(Person.ref.in_(refs))
    return list(db.session.scalars(select(Person.ref).where(Person.probable_group.in_(groups)).order_by(Person.ref)))


def sure_groups(refs: Collection[bytes]) -> dict[bytes, int]:
    rows = db.session.execute(select(Person.ref, Person.sure_group).where(Person.ref.in_(refs)))
    return {row.ref: row.sure_group for row in rows}


def facts(refs: Collection[bytes]) -> tuple[dict[bytes, bool], Sequence[Any], Sequence[Any]]:
    """Whether the persons are certain, their applications and their stays, with the type of the service.

    Three statements, whatever the number of persons of a page.
    """
    people = select(Person.ref, Person.is_certain).where(Person.ref.in_(refs))
    certain = {row.ref: row.is_certain for row in db.session.execute(people)}
    told = ("person_ref", "birth_year", "sex", "municipality_code")
    return (
        certain,
        db.session.execute(_facts(Application, (*told, "received_on", "state", "state_on"), "received_on", refs)).all(),
        db.session.execute(_facts(Client, (*told, "started_on", "ended_on"), "started_on", refs)).all(),
    )


def _facts(model: type[Application | Client], names: Sequence[str], day: str, refs: Collection[bytes]) -> Select[Any]:
    table = model.__table__
    return (
        select(*(table.c[name] for name in names), Service.type_code)
        .join(Service, Service.id == table.c.service_id)
        .where(table.c.person_ref.in_(refs))
        .order_by(table.c[day], table.c.id)
    )


def events_of(pair_id: int) -> Sequence[PersonPairEvent]:
    """The youngest first."""
    query = select(PersonPairEvent).where(PersonPairEvent.pair_id == pair_id)
    return list(db.session.scalars(query.order_by(PersonPairEvent.id.desc())))


def last_run() -> Run | None:
    row = db.session.scalar(select(LinkingRun).order_by(LinkingRun.id.desc()).limit(1))
    if row is None:
        return None
    return Run(
        row.at_utc, row.rules_version, row.lower, row.upper, row.persons, row.records, row.compared, row.left_out,
        row.seconds,
    )  # fmt: skip


def has_run_on(day: date) -> bool:
    return db.session.scalar(select(LinkingRun.id).where(LinkingRun.on_day == day).limit(1)) is not None


def _row(row: Any) -> PairRow:
    return PairRow(
        id=row.id,
        a_ref=row.a_ref,
        b_ref=row.b_ref,
        agreeing=row.agreeing,
        weight=row.weight,
        probability=row.probability,
        state=PairState(row.state),
        is_put_off=row.is_put_off,
        has_verdict=row.verdict is not None,
        decided_by_name=row.decided_by_name,
        decided_at_utc=row.decided_at_utc,
        version=row.version,
    )
