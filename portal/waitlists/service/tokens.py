"""Keys by which a provider's own program asks for codes: made and withdrawn by the approver, kept as a hash."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.core import audit
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.errors import Invalid, NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor, Grant, Permission, Role
from portal.waitlists.models import ProviderToken
from portal.waitlists.queries import people as queries

PREFIX = "kissos_"  # so that a key lost in a file can be recognised by scanners
TOKEN_BYTES = 32
MAX_NAME = 80
USE_NOTED_EVERY = timedelta(minutes=1)

audit.name_actions(
    {
        "waitlists.token.created": _m("Key of a provider's program created"),
        "waitlists.token.revoked": _m("Key of a provider's program withdrawn"),
    }
)


@dataclass(frozen=True)
class TokenLine:
    id: int
    provider_name: str
    name: str
    beginning: str
    created_at_utc: datetime
    created_by_name: str
    last_used_at_utc: datetime | None
    revoked_at_utc: datetime | None
    revoked_by_name: str | None


def list_providers(actor: Actor) -> Sequence[tuple[str, str]]:
    """IČO and name of the providers for whose programs the actor may make keys."""
    return [(row.ico, row.name) for row in queries.providers(actor.provider_icos(Permission.WAITLIST_TOKENS) or ())]


def list_tokens(actor: Actor) -> Sequence[TokenLine]:
    """Keys of the actor's providers, withdrawn ones included. Two statements."""
    names = {row.id: row.name for row in queries.providers(actor.provider_icos(Permission.WAITLIST_TOKENS) or ())}
    return [
        TokenLine(
            row.id,
            names[row.provider_id],
            row.name,
            row.beginning,
            row.created_at_utc,
            row.created_by_name,
            row.last_used_at_utc,
            row.revoked_at_utc,
            row.revoked_by_name,
        )
        for row in queries.tokens_of(list(names))
    ]


def create_token(actor: Actor, *, ico: str, name: str) -> str:
    """A new key of the provider, to be shown once. Raises NotFound, Invalid (``name``)."""
    provider_id = queries.provider_id(ico) if actor.can_for_provider(Permission.WAITLIST_TOKENS, ico) else None
    if provider_id is None:
        raise NotFound(_m("There is no such provider."))
    plain = " ".join(name.split())
    if not plain or len(plain) > MAX_NAME:
        sentence = _m("Write what the key is for, at most %(limit)s characters.", limit=MAX_NAME)
        raise Invalid(sentence, {"name": [sentence]})
    token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    stored = ProviderToken(
        provider_id=provider_id,
        name=plain,
        token_hash=_hash(token),
        beginning=token[:12],
        created_at_utc=now_utc(),
        created_by_name=actor.name,
    )
    db.session.add(stored)
    db.session.flush()
    _record(actor, "waitlists.token.created", stored, ico)
    return token


def revoke_token(actor: Actor, *, token_id: int) -> None:
    """Withdraw a key at once; one that was withdrawn before stays so. Raises NotFound."""
    found = queries.find_token(token_id)
    if found is None or not actor.can_for_provider(Permission.WAITLIST_TOKENS, found[1]):
        raise NotFound(_m("There is no such key."))
    stored, ico = found
    if stored.revoked_at_utc is None:
        stored.revoked_at_utc, stored.revoked_by_name = now_utc(), actor.name
        db.session.flush()
        _record(actor, "waitlists.token.revoked", stored, ico)


def actor_of_token(token: str) -> tuple[Actor, str] | None:
    """Who asks with this key, and for which provider (IČO); None for a key that is not in force. Notes the use."""
    found = queries.token_by_hash(_hash(token))
    if found is None:
        return None
    stored, ico = found
    now = now_utc()
    if stored.last_used_at_utc is None or now - stored.last_used_at_utc >= USE_NOTED_EVERY:
        stored.last_used_at_utc = now
        db.session.flush()
    return Actor(name=f"{stored.name} ({stored.beginning}…)", grants=frozenset({Grant(Role.PROVIDER_EDITOR, ico)})), ico


def _hash(token: str) -> str:
    """The key is 32 random bytes, so a plain hash of it cannot be searched."""
    return hashlib.sha256(token.encode()).hexdigest()


def _record(actor: Actor, action: str, stored: ProviderToken, ico: str) -> None:
    audit.record(
        actor,
        action,
        object_kind="provider_token",
        object_key=stored.id,
        details={"provider": ico, "name": stored.name, "beginning": stored.beginning},
    )
