"""Who of the kraj looks after which provider, as the administrator decides."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from portal.core import audit
from portal.core.clock import now_utc
from portal.core.czech import czech_sort_key, fold
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.core.permissions import Actor
from portal.returns.followup import NO_WORKER, AssignmentLine, KeyWorkerLine
from portal.returns.models import KeyWorkerAssignment
from portal.returns.queries import key_workers
from portal.returns.service.overview import read_notes

audit.name_actions({"returns.key_worker.assigned": _m("Key worker of a provider changed")})

ROWS_PER_PAGE = 50


def list_key_workers() -> list[tuple[int, str]]:
    """Id and name of the key workers, in Czech order of names."""
    return sorted(key_workers.key_workers(), key=lambda one: (czech_sort_key(one[1]), one[0]))


def list_providers(
    *, text: str = "", worker_id: int | None = None, page: int = 1
) -> tuple[Sequence[KeyWorkerLine], int, int, int]:
    """One page of providers with their key workers, how many there are in all, the page's number and their count.

    ``text`` is a part of the name or the IČO; ``worker_id`` NO_WORKER keeps those that nobody looks after.
    """
    wanted = fold(text.strip())
    lines = [
        line
        for line in key_workers.providers()
        if (wanted in fold(line.name) or wanted == line.ico)
        and (worker_id is None or (line.user_id or NO_WORKER) == worker_id)
    ]
    lines.sort(key=lambda line: (czech_sort_key(line.name), line.ico))
    pages = max(1, -(-len(lines) // ROWS_PER_PAGE))
    number = min(max(page, 1), pages)
    return lines[(number - 1) * ROWS_PER_PAGE : number * ROWS_PER_PAGE], len(lines), number, pages


def read_history(ico: str) -> tuple[str, list[AssignmentLine]]:
    """Name of a provider and who looked after it, the latest first. Raises NotFound."""
    name, _notes = read_notes(ico)
    return name, key_workers.history_of(ico)


def assign_key_worker(actor: Actor, *, icos: Collection[str], user_id: int | None) -> int:
    """Let a key worker look after these providers from now on (None: nobody); returns how many that changed.

    Raises Invalid without a provider, for one that the register does not know, and for a person without the role.
    """
    if not icos:
        raise Invalid(_m("Choose at least one provider."), {"icos": [_m("Choose at least one provider.")]})
    ids = key_workers.provider_ids(icos)
    if len(ids) != len(set(icos)):
        raise Invalid(_m("The register does not know one of the providers. Load the page again."))
    if user_id is not None and not key_workers.is_key_worker(user_id):
        message = _m("This person is not an active key worker.")
        raise Invalid(message, {"worker": [message]})
    current, now, changed = key_workers.current_of(ids.values()), now_utc(), 0
    for ico, provider_id in sorted(ids.items()):
        stored = current.get(provider_id)
        before = None if stored is None else stored.user_id
        if before == user_id:
            continue
        if stored is not None:
            stored.ended_at_utc, stored.ended_by_name = now, actor.name
            db.session.flush()  # the old one ends before the new one begins: there is one at a time
        if user_id is not None:
            db.session.add(
                KeyWorkerAssignment(
                    provider_id=provider_id, user_id=user_id, assigned_at_utc=now, assigned_by_name=actor.name
                )
            )
        audit.record(
            actor,
            "returns.key_worker.assigned",
            object_kind="provider",
            object_key=ico,
            details={"from": before, "to": user_id},
        )
        changed += 1
    db.session.flush()
    return changed
