"""Alarms of the vault: a provider that asks for more codes than usual may be guessing identities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

from sqlalchemy import select

from portal.core import audit
from portal.core.audit import AuditEntry
from portal.core.clock import today
from portal.core.db import db
from portal.core.messages import _m
from portal.core.permissions import OPERATOR
from portal.vault.types import Usage, Vault

ACTION = "waitlists.vault.alarm"
KIND = "vault_alarm"

audit.name_actions({ACTION: _m("Alarm of the vault of codes")}, kinds={KIND: _m("alarm of the vault")})


def record_new_alarms(vault: Vault) -> list[Usage]:
    """Write yesterday's and today's alarms into the record of changes; returns those that were not there.

    Raises VaultUnavailable.
    """
    alarms = {_key(one): one for one in vault.usage(today() - timedelta(days=1)) if one.is_alarm}
    query = select(AuditEntry.object_key).where(
        AuditEntry.object_kind == KIND, AuditEntry.object_key.in_(alarms), AuditEntry.action == ACTION
    )
    known: Sequence[str] = db.session.scalars(query).all() if alarms else ()
    new = {key: one for key, one in alarms.items() if key not in known}
    details = {key: {**asdict(one), "day": one.day.isoformat()} for key, one in new.items()}
    audit.record_many(OPERATOR, ACTION, object_kind=KIND, details=details)
    return list(new.values())


def _key(usage: Usage) -> str:
    return f"{usage.provider}/{usage.day.isoformat()}"
