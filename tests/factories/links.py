"""Persons of the portal and pairs of them, without a vault."""

from __future__ import annotations

import secrets
from typing import Any

from portal.core.db import db
from portal.waitlists.links.models import PersonPair
from portal.waitlists.models import Person
from portal.waitlists.types import group_of


def make_person(*, is_certain: bool = False) -> bytes:
    ref = secrets.token_bytes(16)
    number = group_of(ref)
    db.session.add(Person(ref=ref, is_certain=is_certain, sure_group=number, probable_group=number))
    db.session.flush()
    return ref


def make_pair(one: bytes | None = None, other: bytes | None = None, **columns: Any) -> PersonPair:
    """A proposed pair, of new persons where none are given."""
    a, b = sorted((one or make_person(), other or make_person()))
    given: dict[str, Any] = {"probability": 0.4, "weight": 12.0, "agreeing": 6, "is_strong": False, **columns}
    pair = PersonPair(
        a_ref=a, b_ref=b, is_found=True, verdict=None, is_put_off=False, state="proposed", version=0, **given
    )
    db.session.add(pair)
    db.session.flush()
    return pair
