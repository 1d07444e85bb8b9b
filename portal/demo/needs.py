"""Invented needs of municipalities over the last quarters: most hand over, some only begin, some say nothing."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert

from portal.catalog.service.names import target_group_names
from portal.core.clock import now_utc, today
from portal.core.db import db
from portal.core.messages import _m
from portal.core.permissions import OPERATOR
from portal.needs.models import MunicipalNeed, MunicipalNeedChange, MunicipalNeedReport
from portal.needs.service import write_guide
from portal.needs.types import Reason, Source, Step
from portal.returns.types import Period
from portal.territory import service as territory
from portal.territory.types import Level, Unit
from portal.web.languages import say

QUARTERS = 4
HANDED_OVER, BEGUN = 0.75, 0.12  # the rest says nothing
CORRECTED = 0.06
ACTOR = "Ukázka"
PLACE = ("period", "municipality_code", "situation", "target_group", "reason", "type_code")
CORRECTION = (
    *("corrected_state", "corrected_persons", "corrected_why"),
    *("corrected_source", "corrected_by", "corrected_at_utc"),
)
# Situations with the types of services that people in them ask for, and how often they come.
WANTED: tuple[tuple[str, tuple[str, ...], int], ...] = (
    ("housing", ("57", "63", "70"), 4),
    ("debts", ("37", "69"), 4),
    ("dependence_on_care", ("40", "49", "50", "44"), 5),
    ("loneliness", ("40", "46", "66"), 2),
    ("addiction", ("61", "64", "69"), 2),
    ("mental_illness", ("50", "70", "48"), 3),
    ("child_and_family", ("65", "62"), 2),
    ("disability", ("39", "46", "51"), 1),
)
REASONS = (
    *(Reason.NO_CAPACITY,) * 5,
    *(Reason.NO_SERVICE,) * 3,
    *(Reason.TOO_FAR,) * 3,
    *(Reason.TOO_DEAR,) * 2,
    *(Reason.REFUSES, Reason.OTHER),
)
GUIDE = _m(
    "Count persons that your social work knew in the quarter and whose situation it could not solve.\n\n"
    "- Each person once, by its main situation.\n- By where the person lives.\n- Persons alone; no names.\n\n"
    "Where you follow a situation and there was nobody, say zero; where you do not follow it, say x."
)


def fill_needs(*, seed: int) -> int:
    """Store figures of the last finished quarters and the method; how many figures. The same seed gives the same."""
    chance = random.Random(f"needs {seed}")
    units = territory.list_units(Level.MUNICIPALITY)
    groups = sorted(target_group_names())
    last = Period.of(today()).previous
    needs: list[dict[str, Any]] = []
    reports: list[dict[str, Any]] = []
    for back in reversed(range(QUARTERS)):
        period = last.shifted(-back)
        said_at = datetime.combine(period.last_day + timedelta(days=9), time(9), UTC)
        for unit in units:
            lot = chance.random()
            if lot > HANDED_OVER + BEGUN:
                continue
            needs += _of_municipality(chance, unit, period, groups, said_at)
            if lot <= HANDED_OVER:
                reports.append(
                    {
                        "period": str(period),
                        "municipality_code": unit.code,
                        "source": str(Source.MUNICIPALITY),
                        "handed_over_at_utc": min(said_at + timedelta(days=2), now_utc()),
                        "actor_name": ACTOR,
                    }
                )
    if needs:
        db.session.execute(insert(MunicipalNeed), needs)
        db.session.execute(insert(MunicipalNeedChange), [step for row in needs for step in _history(row)])
    if reports:
        db.session.execute(insert(MunicipalNeedReport), reports)
    write_guide(OPERATOR, text=say(GUIDE), seen=0)
    return len(needs)


def _of_municipality(
    chance: random.Random, unit: Unit, period: Period, groups: Sequence[str], said_at: datetime
) -> Iterator[dict[str, Any]]:
    size = 1 + (unit.population or 0) // 900
    for situation, types, often in WANTED:
        count = min(2, sum(chance.random() < 0.15 for _each in range(often)))
        if not count:
            state = chance.choice(("zero", "zero", "not_applicable", ""))
            if state:
                yield _row(period, unit.code, situation, said_at, state=state, persons=0 if state == "zero" else None)
            continue
        for reason in chance.sample(sorted(set(REASONS)), count) if count > 1 else [chance.choice(REASONS)]:
            persons = chance.randint(1, 2 + size) if chance.random() > 0.04 else None
            row = _row(
                *(period, unit.code, situation, said_at),
                state="not_supplied" if persons is None else "value",
                persons=persons,
                reason=str(reason),
                type_code=chance.choice(types),
                target_group=chance.choice(groups) if groups and chance.random() < 0.7 else "",
            )
            if persons is not None and persons > 1 and chance.random() < CORRECTED:
                row |= {
                    "corrected_state": "value",
                    "corrected_persons": persons - 1,
                    "corrected_why": "Jedna osoba byla započtena dvakrát.",
                    "corrected_source": str(Source.ORP),
                    "corrected_by": ACTOR,
                    "corrected_at_utc": min(said_at + timedelta(days=5), now_utc()),
                    "version": 2,
                }
            yield row


def _history(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The steps by which the row came to be what it is."""
    place = {name: row[name] for name in PLACE}
    said = {name: row[name] for name in ("state", "persons", "note", "source", "actor_name")}
    none = dict.fromkeys(CORRECTION)
    common = {"actor_name": ACTOR, **place}
    written = {"step": str(Step.WRITTEN), "before": None, "after": {**said, **none}, "source": row["source"]}
    yield {**common, **written, "at_utc": row["changed_at_utc"]}
    if row["corrected_state"]:
        at = row["corrected_at_utc"]
        after = {**said, **{name: row[name] for name in CORRECTION}, "corrected_at_utc": at.isoformat()}
        step = {"step": str(Step.CORRECTED), "before": {**said, **none}, "after": after}
        yield {**common, **step, "source": row["corrected_source"], "at_utc": at}


def _row(period: Period, code: str, situation: str, said_at: datetime, **fields: Any) -> dict[str, Any]:
    return {
        "period": str(period),
        "municipality_code": code,
        "situation": situation,
        "target_group": "",
        "reason": "",
        "type_code": "",
        "persons": None,
        "note": "",
        "source": str(Source.MUNICIPALITY),
        "actor_name": ACTOR,
        "changed_at_utc": min(said_at, now_utc()),
        "version": 1,
        **dict.fromkeys(CORRECTION),
        **fields,
    }
