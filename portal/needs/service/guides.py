"""The methodical text beside the form, in versions."""

from __future__ import annotations

from collections.abc import Sequence

from portal.core import audit
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.needs import queries
from portal.needs.models import NeedGuide
from portal.needs.types import MAX_GUIDE, Guide


def current_guide() -> Guide:
    """The text in force; version 0 where nobody wrote any. One query."""
    return next(iter(queries.guides(1)), Guide())


def list_guides() -> Sequence[Guide]:
    """All versions, the latest first. One query."""
    return queries.guides()


def write_guide(actor: Actor, *, text: str, seen: int) -> Guide:
    """Store a new version; the same text is no new one. ``seen``: the version that the form was drawn with.

    Raises Forbidden, Invalid by field, Conflict where somebody wrote another version in between.
    """
    if not actor.can(Permission.NEEDS_GUIDE):
        raise Forbidden(_m("Your role does not allow this."))
    now = current_guide()
    text = "\n".join(line.rstrip() for line in text.strip().splitlines())
    fault = None
    if not text:
        fault = _m("Write the text.")
    elif len(text) > MAX_GUIDE:
        fault = _m("The text is longer than %(most)s characters.", most=MAX_GUIDE)
    if fault is not None:
        raise Invalid(fault, {"text": [fault]})
    if now.version != seen:
        raise Conflict(_m("Somebody changed the text in the meantime."))
    if text == now.text:
        return now
    row = NeedGuide(
        version=now.version + 1, text=text, written_at_utc=now_utc(), user_id=actor.user_id, actor_name=actor.name
    )
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "needs.guide", object_kind="needs_guide", object_key=row.version)
    return Guide(row.version, row.text, row.written_at_utc, row.actor_name)
