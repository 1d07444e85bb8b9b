"""Need counted by plain loops over persons: slow, and written apart from the code that it judges."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from random import Random
from typing import Any

import numpy as np

from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.returns.types import Period
from portal.waitlists import service as waitlists
from portal.waitlists.models import Application, Client, Person, PersonCode
from portal.waitlists.need import service as need
from portal.waitlists.need.queries.columns import number_of
from portal.waitlists.need.types import ALL, PERSON_MEASURES, Coded, Count, Lists, Measure, Part, Users, Wait
from portal.waitlists.types import OUTSIDE, UNKNOWN, State, Urgency
from tests.factories.accounts import FOREIGN_ICO, OWN_ICO
from tests.factories.catalog import find_or_make_provider, make_service
from tests.factories.territory import store_small_territory


@dataclass(frozen=True)
class Row:
    """An application in an invented world."""

    type_code: str
    situation: str
    group: str
    area: str
    municipality: str
    sure: int
    probable: int
    state: str
    received: int
    decided: int
    confirmed: int
    can_start: int
    urgency: str


@dataclass(frozen=True)
class UserRow:
    type_code: str
    sure: int
    probable: int


def coded(values: Sequence[str], names: Sequence[str] | None = None) -> Coded:
    known = sorted(set(values)) if names is None else list(names)
    return Coded(np.array([known.index(value) for value in values], dtype=np.int64), known)


def whole(values: Iterable[int]) -> Any:
    return np.array(list(values), dtype=np.int64)


def as_lists(rows: Sequence[Row], users: Sequence[UserRow]) -> tuple[Lists, Users]:
    types = sorted({row.type_code for row in (*rows, *users)})
    return (
        Lists(
            type_code=coded([row.type_code for row in rows], types),
            situation=coded([row.situation for row in rows]),
            group=coded([row.group for row in rows]),
            area=coded([row.area for row in rows]),
            municipality=coded([row.municipality for row in rows]),
            service_id=whole(0 for _ in rows),
            sure=whole(row.sure for row in rows),
            probable=whole(row.probable for row in rows),
            state=coded([row.state for row in rows]),
            received=whole(row.received for row in rows),
            decided=whole(row.decided for row in rows),
            confirmed=whole(row.confirmed for row in rows),
            can_start=whole(row.can_start for row in rows),
            urgency=coded([row.urgency for row in rows]),
        ),
        Users(
            coded([row.type_code for row in users], types),
            whole(row.sure for row in users),
            whole(row.probable for row in users),
        ),
    )


def count_by_loops(rows: Sequence[Row], users: Sequence[UserRow], first_day: int, last_day: int) -> dict[Part, Count]:
    """Every part that has a figure."""
    parts: dict[Part, list[Row]] = defaultdict(list)
    for row in rows:
        whole_part = (row.type_code, row.situation, row.group, row.area)
        for used in product((False, True), repeat=4):
            parts[Part(*(value if yes else ALL for value, yes in zip(whole_part, used, strict=True)))].append(row)
        if row.municipality not in (OUTSIDE, UNKNOWN):
            parts[Part(area=row.municipality)].append(row)
            parts[Part(type_code=row.type_code, area=row.municipality)].append(row)
    found = {part: _count(rows, users, inside, first_day, last_day) for part, inside in parts.items()}
    return {part: figures for part, figures in found.items() if not _is_nothing(figures)}


def _is_nothing(figures: Count) -> bool:
    return not figures.applications and not any(figures.most.values()) and not figures.waiting.n


def _count(
    everything: Sequence[Row], users: Sequence[UserRow], inside: Sequence[Row], first_day: int, last_day: int
) -> Count:
    is_open = [row for row in inside if row.state in ("waiting", "offered")]
    return Count(
        applications=len(is_open),
        most={
            measure: _persons(measure, "sure", everything, users, inside, first_day, last_day)
            for measure in PERSON_MEASURES
        },
        least={
            measure: _persons(measure, "probable", everything, users, inside, first_day, last_day)
            for measure in PERSON_MEASURES
        },
        waiting=_wait([(row.sure, last_day - row.received) for row in is_open]),
        waited=_wait(
            [
                (row.sure, row.decided - row.received)
                for row in inside
                if row.state == "admitted" and row.decided >= first_day
            ]
        ),
    )


def _persons(
    measure: Measure,
    who: str,
    everything: Sequence[Row],
    users: Sequence[UserRow],
    inside: Sequence[Row],
    first_day: int,
    last_day: int,
) -> int:
    counted = set()
    for row in inside:
        person = getattr(row, who)
        same = [one for one in everything if getattr(one, who) == person and one.type_code == row.type_code]
        uses = any(getattr(user, who) == person and user.type_code == row.type_code for user in users)
        waits = any(one.state in ("waiting", "offered") for one in same)
        admitted = any(one.state == "admitted" and one.decided >= first_day for one in same)
        dead = any(one.state == "deceased" and one.decided >= first_day for one in same)
        ended = row.state not in ("waiting", "offered") and row.decided >= first_day
        stands = row.state in ("waiting", "offered")
        fresh = stands and last_day - row.confirmed < 365
        able = fresh and row.can_start <= last_day and row.urgency != "ahead"
        holds = {
            Measure.PERSONS: stands,
            Measure.CONFIRMED: fresh,
            Measure.ABLE: able,
            Measure.URGENT: able and row.urgency == "urgent",
            Measure.UNMET: stands and not admitted and not uses,
            Measure.ARRIVED: row.received >= first_day,
            Measure.SATISFIED: ended and row.state == "admitted",
            Measure.LEFT: ended
            and row.state in ("refused", "declined", "withdrawn", "expired")
            and not (waits or admitted or uses or dead),
            Measure.DIED: ended and row.state == "deceased",
        }[measure]
        if holds:
            counted.add(person)
    return len(counted)


def _wait(waits: Sequence[tuple[int, int]]) -> Wait:
    longest: dict[int, int] = {}
    for person, days in waits:
        longest[person] = max(days, longest.get(person, 0))
    if not longest:
        return Wait()
    ordered = sorted(longest.values())
    quartiles = []
    for percent in (25, 50, 75):
        place = (len(ordered) - 1) * percent / 100
        low = ordered[int(place)]
        high = ordered[min(int(place) + 1, len(ordered) - 1)]
        quartiles.append(low + (high - low) * (place - int(place)))
    return Wait(len(ordered), *quartiles)


def store_world(rows: Sequence[Row], users: Sequence[UserRow]) -> None:
    """The rows as applications and users of one service for each type, persons with the groups of the rows.

    Days are numbers since 1970-01-01; an application at the same type of one person goes to another service.
    """
    groups = {row.sure: row.probable for row in (*rows, *users)}
    refs = {sure: bytes([sure]) * 16 for sure in groups}
    with transaction():
        db.session.add_all(
            Person(ref=refs[sure], is_certain=True, sure_group=sure, probable_group=probable)
            for sure, probable in groups.items()
        )
        providers = [find_or_make_provider(ico) for ico in (OWN_ICO, FOREIGN_ICO)]
        db.session.flush()
        codes = {
            (provider.id, sure): bytes([number]) * 8 + refs[sure][:8]
            for number, provider in enumerate(providers)
            for sure in groups
        }
        db.session.add_all(
            PersonCode(code=code, provider_id=key[0], person_ref=refs[key[1]]) for key, code in codes.items()
        )
        services: dict[tuple[str, int], Any] = {}
        asked: Counter[tuple[str, int]] = Counter()
        for row in (*rows, *users):
            number = asked[(row.type_code, row.sure)]
            asked[(row.type_code, row.sure)] += 1
            provider = providers[number % 2]
            if (row.type_code, number) not in services:
                services[(row.type_code, number)] = make_service(provider, type_code=row.type_code)
                db.session.flush()
            service = services[(row.type_code, number)]
            common = {
                "service_id": service.id,
                "code": codes[(provider.id, row.sure)],
                "person_ref": refs[row.sure],
                "version": 1,
                "created_at_utc": now_utc(),
            }
            if isinstance(row, UserRow):
                db.session.add(
                    Client(**common, started_on=_day(10_000), municipality_code="unknown", adverse_situation="housing")
                )
            else:
                db.session.add(_application(row, common, f"A-{len(asked)}-{number}-{row.sure}"))


def _application(row: Row, common: dict[str, Any], reference: str) -> Application:
    is_open = row.state in ("waiting", "offered")
    return Application(
        **common,
        file_reference=reference,
        received_on=_day(row.received),
        state=row.state,
        state_on=_day(row.received),
        state_at_utc=now_utc(),
        points=0,
        adverse_situation=row.situation,
        target_group=None if row.group == "not_told" else row.group,
        municipality_code=row.municipality,
        urgency=row.urgency,
        can_start_from=_day(row.can_start) if row.can_start else None,
        confirmed_on=_day(row.confirmed),
        decided_on=None if is_open else _day(row.decided),
        reason={"refused": "capacity", "declined": "other"}.get(row.state),
    )


def _day(number: int) -> date:
    return date(1970, 1, 1) + timedelta(days=number)


def random_rows(seed: int, size: int, first_day: int, last_day: int) -> tuple[list[Row], list[UserRow]]:
    """A world of the small territory whose applications came and ended up to a day."""
    chance = Random(seed)
    probable = {sure: sure if chance.random() < 0.8 else 1 for sure in range(1, size // 2)}
    towns = [("7107", "500496"), ("7107", "500801"), ("7111", "523704"), (OUTSIDE, OUTSIDE), (UNKNOWN, UNKNOWN)]
    rows = []
    for _ in range(size):
        sure = chance.choice(list(probable))
        received = chance.randint(last_day - 700, last_day)
        area, municipality = chance.choice(towns)
        rows.append(
            Row(
                type_code=chance.choice(["40", "49", "50"]),
                situation=chance.choice(["housing", "dependence_on_care"]),
                group=chance.choice(["SENIOR", "OZP", "not_told"]),
                area=area,
                municipality=municipality,
                sure=sure,
                probable=probable[sure],
                state=chance.choice(["waiting"] * 6 + [str(state) for state in State]),
                received=received,
                decided=chance.randint(max(received, first_day), last_day),
                confirmed=chance.randint(received, last_day),
                can_start=chance.choice([0, 0, last_day - 1, last_day + 40]),
                urgency=chance.choice([str(each) for each in Urgency]),
            )
        )
    users = [UserRow(chance.choice(["40", "49"]), sure, probable[sure]) for sure in chance.sample(list(probable), 6)]
    return rows, users


@dataclass(frozen=True)
class AskedRow:
    kind: int
    person: int
    received: int
    ended: int
    state: str  # admitted, deceased or anything else


@dataclass(frozen=True)
class StayRow:
    kind: int
    person: int
    started: int
    ended: int
    is_deceased: bool


def store_counted_world(period: Period, size: int, seed: int = 11) -> None:
    """A small territory with random applications of a quarter that is frozen and counted."""
    store_small_territory()
    store_world(*random_rows(seed, size, number_of(period.first_day), number_of(period.last_day)))
    with transaction():
        waitlists.freeze_quarter(OPERATOR, period)
    need.recount()


def flow_by_loops(
    asked: Sequence[AskedRow], stays: Sequence[StayRow], types: Sequence[str], first_day: int, last_day: int
) -> dict[tuple[int, str, str], int]:
    """Every person of every type followed by hand."""
    found: Counter[tuple[int, str, str]] = Counter()
    for kind, person in {(row.kind, row.person) for row in (*asked, *stays)}:
        mine = [
            r for r in asked if (r.kind, r.person) == (kind, person) and r.received <= last_day and r.ended >= first_day
        ]
        used = [
            s for s in stays if (s.kind, s.person) == (kind, person) and s.started <= last_day and s.ended >= first_day
        ]
        if not mine and not used:
            continue
        if any(stay.started < first_day for stay in used):
            source = "used"
        elif any(row.received < first_day for row in mine):
            source = "waited"
        else:
            source = "asked" if mine else "direct"
        if not used and not any(row.state == "admitted" and row.ended <= last_day for row in mine):
            if any(row.ended > last_day for row in mine):
                found[(kind, source, "waits")] += 1
            elif any(row.state == "deceased" for row in mine):
                found[(kind, source, "died_waiting")] += 1
            else:
                found[(kind, source, "unhelped")] += 1
            continue
        found[(kind, source, "user")] += 1
        if not used or any(stay.ended > last_day for stay in used):
            found[(kind, "user", "stays")] += 1
            continue
        last = max(used, key=lambda stay: (stay.ended, stay.started, stays.index(stay)))
        if last.is_deceased:
            found[(kind, "user", "died")] += 1
            continue
        found[(kind, "user", "left")] += 1
        later = [
            stay
            for stay in stays
            if stay.person == person and stay is not last and last.ended <= stay.started <= last.ended + 90
        ]
        following = min(later, key=lambda stay: (stay.started, stay.kind), default=None)
        found[(kind, "left", "nowhere" if following is None else f"next:{types[following.kind]}")] += 1
    return dict(found)


def store_admitted(rows: Sequence[Row], services: Sequence[Any]) -> None:
    """Applications of one person each, one service after another."""
    with transaction():
        for number, row in enumerate(rows):
            service = services[number % len(services)]
            ref, code = bytes([row.sure]) * 16, bytes([200, row.sure]) * 8
            db.session.add(Person(ref=ref, is_certain=True, sure_group=row.sure, probable_group=row.probable))
            db.session.flush()
            db.session.add(PersonCode(code=code, provider_id=service.provider_id, person_ref=ref))
            db.session.flush()
            common = {
                "service_id": service.id,
                "code": code,
                "person_ref": ref,
                "version": 1,
                "created_at_utc": now_utc(),
            }
            db.session.add(_application(row, common, f"B-{number}"))
