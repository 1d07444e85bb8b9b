"""What accounts tell and take: people, their roles, the outcome of a login, filters. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from portal.core.messages import Message, _m
from portal.core.permissions import Actor, Grant, Role, Scope

ROLE_NAMES: Mapping[Role, Message] = {
    Role.PROVIDER_EDITOR: _m("Provider: editor"),
    Role.PROVIDER_APPROVER: _m("Provider: approver"),
    Role.KEY_WORKER: _m("Region: key worker"),
    Role.PLANNER: _m("Region: planner"),
    Role.ADMINISTRATOR: _m("Region: administrator"),
    Role.MUNICIPALITY_WORKER: _m("Municipality: worker"),
    Role.AUDITOR: _m("Auditor"),
}

ROLE_TASKS: Mapping[Role, Message] = {
    Role.PROVIDER_EDITOR: _m("Fills in the returns and keeps the catalogue entry of one provider."),
    Role.PROVIDER_APPROVER: _m("As the editor, and submits the returns of the provider."),
    Role.KEY_WORKER: _m("Checks and accepts returns, compares services, decides on proposals of edits."),
    Role.PLANNER: _m("Reads returns and compares services, prepares plans."),
    Role.ADMINISTRATOR: _m("Manages users and imports, reads the record of changes."),
    Role.MUNICIPALITY_WORKER: _m("Keeps the records of one municipality."),
    Role.AUDITOR: _m("Reads everything, changes nothing."),
}


class UserState(StrEnum):
    ACTIVE = "active"
    INVITED = "invited"  # has a link and no password yet
    LOCKED = "locked"
    INACTIVE = "inactive"


@dataclass(frozen=True)
class SignedIn:
    """Who a session belongs to, as read once per request."""

    id: int
    email: str
    name: str
    language: str | None
    session_token: str = field(repr=False)
    has_second_factor: bool
    grants: frozenset[Grant]

    @property
    def actor(self) -> Actor:
        return Actor(user_id=self.id, name=self.name, grants=self.grants)

    @property
    def is_regional(self) -> bool:
        return any(grant.role.is_regional for grant in self.grants)


@dataclass(frozen=True)
class UserRow:
    """One person as the administration shows it; without password, seed and token."""

    id: int
    email: str
    name: str
    language: str | None
    state: UserState
    grants: tuple[Grant, ...]
    has_second_factor: bool
    locked_until_utc: datetime | None
    link_expires_at_utc: datetime | None
    created_at_utc: datetime
    last_login_at_utc: datetime | None
    version: int


@dataclass(frozen=True)
class UserFilter:
    text: str = ""
    role: Role | None = None
    state: UserState | None = None
    page: int = 1


@dataclass(frozen=True)
class Page:
    """Part of a longer list. ``number`` counts from 1."""

    number: int
    size: int
    total: int

    @property
    def count(self) -> int:
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True)
class UserList:
    rows: tuple[UserRow, ...]
    page: Page


@dataclass(frozen=True)
class AuditFilter:
    """``before_id`` is where the page begins; entries run from the newest to the oldest."""

    who: str = ""
    action: str = ""
    object_kind: str = ""
    object_key: str = ""
    from_day: date | None = None
    to_day: date | None = None
    before_id: int | None = None


@dataclass(frozen=True)
class AuditRow:
    id: int
    at_utc: datetime
    user_id: int | None
    actor_name: str
    action: str
    object_kind: str
    object_key: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class AuditPage:
    rows: tuple[AuditRow, ...]
    older_than_id: int | None  # where the next page begins; None on the last one


@dataclass(frozen=True)
class LoginAttempt:
    """A login as counted before its password is looked at.

    ``user_id`` and ``password_hash`` are None where nobody has the address, is deactivated or has no password.
    ``locked_until_utc`` is the lock in force (``is_refused``), or the one that stays if this attempt fails.
    """

    email_digest: str
    user_id: int | None
    password_hash: str | None = field(repr=False)
    session_token: str | None = field(repr=False)
    has_second_factor: bool
    is_refused: bool
    locked_until_utc: datetime | None


@dataclass(frozen=True)
class SecondStep:
    """What became of a code: ``signed_in`` when it was right, ``locked_until_utc`` when there were too many."""

    signed_in: SignedIn | None
    locked_until_utc: datetime | None = None
    by_recovery_code: bool = False


def normalised_email(text: str) -> str:
    """The one spelling under which an address is kept: trimmed, composed, casefolded."""
    return unicodedata.normalize("NFC", text.replace("\0", "").strip()).casefold()


def searchable(*parts: str) -> str:
    """Text without accents and case, for finding people the way their names are typed in a hurry."""
    decomposed = unicodedata.normalize("NFD", " ".join(parts).casefold().replace("\0", ""))
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def find_role(text: str) -> Role | None:
    """The role of this code name."""
    return next((role for role in Role if role.value == text), None)


def ordered_grants(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """In the order of the roles' declaration, then by scope."""
    order = list(Role)
    return tuple(sorted(grants, key=lambda grant: (order.index(grant.role), grant.scope_code or "")))


SCOPE_CODE_NAMES: Mapping[Scope, Message] = {
    Scope.PROVIDER: _m("IČO of the provider"),
    Scope.MUNICIPALITY: _m("Code of the municipality"),
}


ACTION_NAMES: Mapping[str, Message] = {
    "accounts.login": _m("Signed in"),
    "accounts.logout": _m("Signed out"),
    "accounts.login.locked": _m("Signing in locked after wrong attempts"),
    "accounts.recovery_code.used": _m("Recovery code used"),
    "accounts.recovery_codes.replaced": _m("Recovery codes replaced"),
    "accounts.second_factor.enrolled": _m("Second factor set up"),
    "accounts.second_factor.removed": _m("Second factor removed"),
    "accounts.second_factor.reset": _m("Second factor reset by the administrator"),
    "accounts.password.changed": _m("Password changed"),
    "accounts.password.set": _m("Password set"),
    "accounts.password_link.made": _m("Link for setting the password made"),
    "accounts.user.created": _m("User created"),
    "accounts.user.changed": _m("User changed"),
    "accounts.user.activated": _m("User activated"),
    "accounts.user.deactivated": _m("User deactivated"),
    "accounts.user.unlocked": _m("User unlocked"),
    "accounts.role.granted": _m("Role granted"),
    "accounts.role.revoked": _m("Role taken away"),
}

KIND_NAMES: Mapping[str, Message] = {"user": _m("user")}
