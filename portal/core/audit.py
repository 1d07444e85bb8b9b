"""The audit log: who did what to what, when. Written in the unit of work it tells about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, String, insert
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.clock import now_utc
from portal.core.db import Model, UtcDateTime, db
from portal.core.messages import Message
from portal.core.permissions import Actor


class AuditEntry(Model):
    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_object", "object_kind", "object_key"),
        Index("ix_audit_entries_at_utc", "at_utc"),
        Index("ix_audit_entries_action", "action"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None]  # no foreign key: the log outlives the user
    actor_name: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(80))  # "catalog.import.applied"
    object_kind: Mapped[str] = mapped_column(String(40))
    object_key: Mapped[str] = mapped_column(String(80))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)


def record(
    actor: Actor,
    action: str,
    *,
    object_kind: str,
    object_key: str | int,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add one entry to the present unit of work. Details never hold passwords, keys or applicants' identity."""
    db.session.add(
        AuditEntry(
            at_utc=now_utc(),
            user_id=actor.user_id,
            actor_name=actor.name or "anonymous",
            action=action,
            object_kind=object_kind,
            object_key=str(object_key),
            details=dict(details or {}),
        )
    )


def record_many(actor: Actor, action: str, *, object_kind: str, details: Mapping[str, Mapping[str, Any]]) -> None:
    """Add one entry for each object, by its key, in a single statement."""
    rows = [
        {
            "at_utc": now_utc(),
            "user_id": actor.user_id,
            "actor_name": actor.name or "anonymous",
            "action": action,
            "object_kind": object_kind,
            "object_key": key,
            "details": dict(told),
        }
        for key, told in details.items()
    ]
    if rows:
        db.session.execute(insert(AuditEntry), rows)


_action_names: dict[str, Message] = {}
_kind_names: dict[str, Message] = {}


def name_actions(names: Mapping[str, Message], *, kinds: Mapping[str, Message] | None = None) -> None:
    """Tell how the record of changes calls a feature's actions and the kinds of its objects.

    ``name_actions({"catalog.import.applied": _m("..."), ...}, kinds={"catalog_import": _m("import of the register")})``
    """
    _action_names.update(names)
    _kind_names.update(kinds or {})


def action_name(action: str) -> Message | None:
    """What people read in place of the code of an action; None where no feature has said."""
    return _action_names.get(action)


def kind_name(object_kind: str) -> Message | None:
    """What people read in place of the code of a kind of objects; None where no feature has said."""
    return _kind_names.get(object_kind)
