"""Linking of all persons: ask the vault, keep its pairs beside the decisions of people, group anew."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import cache
from time import perf_counter
from typing import Any

from sqlalchemy import delete, insert, update

from portal.core import audit
from portal.core.clock import now_utc, today
from portal.core.db import db
from portal.core.messages import _m
from portal.core.permissions import OPERATOR, Actor
from portal.core.transaction import reading, transaction
from portal.vault.linking.rules import RULES_FILE, shipped_rules
from portal.vault.types import LinkedPersons, Vault
from portal.vault.types import PersonPair as FoundPair
from portal.waitlists.links import queries
from portal.waitlists.links.calc import group_people
from portal.waitlists.links.models import LinkingRun, PersonPair
from portal.waitlists.links.service.grouping import write_groups
from portal.waitlists.types import group_of

WEAK = "proposed"  # what the vault says of a pair below the upper threshold
VERSION_CHARS = 12

audit.name_actions(
    {"waitlists.links.run": _m("Persons linked")},
    kinds={"person_pair": _m("pair of persons"), "linking": _m("linking of persons")},
)


def is_linked_on(day: date) -> bool:
    """Whether linking ran on that day."""
    return queries.has_run_on(day)


@cache
def rules_version() -> str:
    """Tells one file of weights from another."""
    return hashlib.sha256(RULES_FILE.read_bytes()).hexdigest()[:VERSION_CHARS]


def do_linking(vault: Vault, actor: Actor = OPERATOR) -> None:
    """Compare all persons and keep what follows, in a unit of work of its own. Doing it again changes nothing more.

    Decisions of people go into the comparison and stay what they are; a split pair is never proposed again, and what
    is decided while the vault compares counts. Raises what the vault raises.
    """
    with reading():
        same, different = queries.decided()
    began = perf_counter()
    found = vault.link(same, different)
    seconds = perf_counter() - began
    with transaction():
        _store(actor, found, seconds)


def _store(actor: Actor, found: LinkedPersons, seconds: float) -> None:
    queries.lock_links()
    people = queries.all_people()
    stored = {(row["a_ref"], row["b_ref"]): dict(row) for row in queries.all_pairs()}
    wanted = _wanted(found, people, stored)
    kept = {key: row for key, row in wanted.items() if row["is_found"] or row["version"]}
    groups = group_people([queries.weighed(row) for row in kept.values()], [ref for ref in people if people[ref][0]])
    for row, state in zip(kept.values(), groups.states, strict=True):
        row["state"] = str(state)
    _write_pairs(kept, stored)
    changed = {}
    for ref, (_certain, sure, probable) in people.items():
        mine = groups.sure.get(ref, ref), groups.probable.get(ref, ref)
        if (group_of(mine[0]), group_of(mine[1])) != (sure, probable):
            changed[ref] = mine
    write_groups(changed)
    rules = shipped_rules()
    db.session.add(
        LinkingRun(
            at_utc=now_utc(),
            on_day=today(),
            actor_name=actor.name,
            rules_version=rules_version(),
            lower=rules.lower,
            upper=rules.upper,
            persons=found.persons,
            records=found.records,
            compared=found.compared,
            left_out=found.left_out,
            seconds=seconds,
        )
    )
    db.session.flush()
    db.session.expire_all()
    counts = {str(state): amount for state, amount in queries.count_states().items()}
    details = {"rules": rules_version(), "pairs": counts, "regrouped": len(changed)}
    audit.record(actor, "waitlists.links.run", object_kind="linking", object_key=today().isoformat(), details=details)


_Pairs = dict[tuple[bytes, bytes], dict[str, Any]]


def _wanted(found: LinkedPersons, people: Mapping[bytes, Any], stored: _Pairs) -> _Pairs:
    """Pairs as they shall be, but for their state. Persons whom only the vault knows are left out."""
    wanted: _Pairs = {key: {**row, "is_found": False} for key, row in stored.items()}
    for pair in found.pairs:
        if pair.a in people and pair.b in people:
            key = min(pair.a, pair.b), max(pair.a, pair.b)
            wanted[key] = {**stored.get(key, _new_pair(*key)), **_measured(pair)}
    return wanted


def _new_pair(a: bytes, b: bytes) -> dict[str, Any]:
    return {"a_ref": a, "b_ref": b, "verdict": None, "is_put_off": False, "version": 0}


def _measured(pair: FoundPair) -> dict[str, Any]:
    return {
        "agreeing": pair.agreeing,
        "weight": pair.weight,
        "probability": pair.probability,
        "is_strong": pair.decision != WEAK,
        "is_found": True,
    }


def _write_pairs(kept: _Pairs, stored: _Pairs) -> None:
    if gone := [row["id"] for key, row in stored.items() if key not in kept]:
        for start in range(0, len(gone), queries.AT_ONCE):
            db.session.execute(delete(PersonPair).where(PersonPair.id.in_(gone[start : start + queries.AT_ONCE])))
    if new := [row for key, row in kept.items() if key not in stored]:
        db.session.execute(insert(PersonPair), new)
    if changed := [row for key, row in kept.items() if key in stored and row != stored[key]]:
        db.session.execute(update(PersonPair), changed)
