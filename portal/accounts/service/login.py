"""Logging in: counting attempts, locks, session tokens, the second step.

An attempt is counted before its password is looked at, in a unit of work of its own, so that many at once are not
more than five in a row, and so that no lock of the database is held while Argon2 works. Addresses that nobody has
are counted and locked in the same way: no answer tells who exists.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta

from sqlalchemy import Connection, Table, bindparam, select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts import queries
from portal.accounts.models import LoginFailure, User
from portal.accounts.second_factor import derived_secret, matching_step, recovery_digest
from portal.accounts.types import LoginAttempt, SecondStep, SignedIn, normalised_email
from portal.core import audit
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.permissions import PUBLIC_ACTOR, Actor, Grant, Role

MAX_FAILURES = 5
LOCK_MINUTES = 15
_FORGET_AFTER = timedelta(hours=24)


def new_session_token() -> str:
    return secrets.token_urlsafe(32)


def end_all_sessions(connection: Connection) -> None:
    """Give everybody a new session token, within the unit of work of this connection: all have to sign in again."""
    people = connection.scalars(select(User.id)).all()
    if people:
        users: Table = User.__table__  # type: ignore[assignment]  # the declarative base types it as FromClause
        statement = update(users).where(users.c.id == bindparam("person")).values(session_token=bindparam("token"))
        connection.execute(statement, [{"person": person, "token": new_session_token()} for person in people])


def email_digest(email: str) -> str:
    return hashlib.sha256(normalised_email(email).encode()).hexdigest()


def find_signed_in(user_id: int, session_token: str) -> SignedIn | None:
    """Whose session this is, with the roles, in one statement; None when it is over."""
    rows = queries.session_rows(user_id)
    if not rows or not hmac.compare_digest(rows[0].session_token, session_token):
        return None
    first = rows[0]
    return SignedIn(
        id=first.id,
        email=first.email,
        name=first.name,
        language=first.language,
        session_token=first.session_token,
        has_second_factor=first.has_second_factor,
        grants=frozenset(Grant(Role(row.role), row.scope_code or None) for row in rows if row.role is not None),
    )


def begin_login(*, email: str) -> LoginAttempt:
    """Count an attempt under this address and say what to compare its password with."""
    digest = email_digest(email)
    failure = _counted(digest)
    if failure is None:
        return _refused(digest)
    known = queries.find_credentials(normalised_email(email))
    return LoginAttempt(
        email_digest=digest,
        user_id=known.id if known else None,
        password_hash=known.password_hash if known else None,
        session_token=known.session_token if known else None,
        has_second_factor=bool(known and known.has_second_factor),
        is_refused=False,
        locked_until_utc=failure.locked_until_utc,
    )


def record_lock(attempt: LoginAttempt) -> None:
    """Tell the audit log that an address was locked, whether it is somebody's or not."""
    if attempt.locked_until_utc is not None and not attempt.is_refused:
        audit.record(
            PUBLIC_ACTOR,
            "accounts.login.locked",
            object_kind="user",
            object_key=attempt.user_id if attempt.user_id is not None else "unknown",
            details={"failures": MAX_FAILURES, "minutes": LOCK_MINUTES},
        )


def password_was_right(attempt: LoginAttempt) -> None:
    """Take this one attempt back, and no more: guesses of the code before it still count."""
    failure = queries.find_failure(attempt.email_digest, for_update=True)
    if failure is not None:
        failure.failures = max(0, failure.failures - 1)
        if failure.failures < MAX_FAILURES:
            failure.locked_until_utc = None
        db.session.flush()


def finish_login(*, user_id: int, rehashed: str | None = None) -> SignedIn | None:
    """Begin a session with a new token; sessions begun before are over. None when the person is gone meanwhile."""
    user = queries.find_user(user_id, for_update=True)
    if user is None or not user.is_active:
        return None
    if rehashed is not None:
        user.password_hash = rehashed
    user.session_token = new_session_token()
    user.last_login_at_utc = now_utc()
    forget_failures(user.email)
    signed_in = _as_signed_in(user)
    audit.record(signed_in.actor, "accounts.login", object_kind="user", object_key=user.id)
    db.session.flush()
    return signed_in


def take_second_step(*, user_id: int, session_token: str, code: str, secret_key: str) -> SecondStep:
    """Check a code of the phone or a recovery code after the password was right.

    ``session_token`` is the one in force when the password was checked: a reset in between ends the login.
    """
    user = queries.find_user(user_id, for_update=True)
    if user is None or not user.is_active or not hmac.compare_digest(user.session_token, session_token):
        return SecondStep(None)
    failure = _counted(email_digest(user.email))
    if failure is None:
        return SecondStep(None, _refused(email_digest(user.email)).locked_until_utc)
    by_recovery = False
    if not take_code(user, code, secret_key):
        by_recovery = _take_recovery_code(user, code)
        if not by_recovery:
            return SecondStep(None, failure.locked_until_utc)
    return SecondStep(finish_login(user_id=user.id), by_recovery_code=by_recovery)


def end_session(actor: Actor) -> None:
    """Log out: the token changes, so that a copy of the cookie is worth nothing."""
    user = queries.find_user(actor.user_id, for_update=True) if actor.user_id is not None else None
    if user is not None:
        user.session_token = new_session_token()
        audit.record(actor, "accounts.logout", object_kind="user", object_key=user.id)
        db.session.flush()


def take_code(user: User, code: str, secret_key: str) -> bool:
    """Whether the code is right now and was not taken before; a right one is used up."""
    if user.totp_seed is None:
        return False
    step = matching_step(derived_secret(user.totp_seed, secret_key), code, now_utc(), user.totp_last_step)
    if step is None:
        return False
    user.totp_last_step = step
    db.session.flush()
    return True


def forget_failures(email: str) -> None:
    failure = queries.find_failure(email_digest(email), for_update=True)
    if failure is not None:
        db.session.delete(failure)
        db.session.flush()


def _take_recovery_code(user: User, code: str) -> bool:
    digest = recovery_digest(code)
    stored = queries.find_unused_recovery_code(user.id, digest) if digest is not None else None
    if stored is None:
        return False
    stored.used_at_utc = now_utc()
    audit.record(
        Actor(user_id=user.id, name=user.name), "accounts.recovery_code.used", object_kind="user", object_key=user.id
    )
    return True


def _counted(digest: str) -> LoginFailure | None:
    """The row of the address with this attempt counted in; None when the address is locked."""
    now = now_utc()
    queries.forget_failures_before(now - _FORGET_AFTER, now)
    failure = queries.find_failure(digest, for_update=True) or _first_failure(digest)
    if failure.locked_until_utc is not None:
        if failure.locked_until_utc > now:
            return None
        failure.failures, failure.locked_until_utc = 0, None
    failure.failures += 1
    failure.last_at_utc = now
    if failure.failures >= MAX_FAILURES:
        failure.locked_until_utc = now + timedelta(minutes=LOCK_MINUTES)
    db.session.flush()
    return failure


def _first_failure(digest: str) -> LoginFailure:
    failure = LoginFailure(email_digest=digest, failures=0, last_at_utc=now_utc())
    try:
        with db.session.begin_nested():
            db.session.add(failure)
    except IntegrityError:  # another attempt under the same address came first
        stored = queries.find_failure(digest, for_update=True)
        assert stored is not None
        return stored
    return failure


def _refused(digest: str) -> LoginAttempt:
    failure = queries.find_failure(digest)
    return LoginAttempt(
        email_digest=digest,
        user_id=None,
        password_hash=None,
        session_token=None,
        has_second_factor=False,
        is_refused=True,
        locked_until_utc=failure.locked_until_utc if failure else None,
    )


def _as_signed_in(user: User) -> SignedIn:
    return SignedIn(
        id=user.id,
        email=user.email,
        name=user.name,
        language=user.language,
        session_token=user.session_token,
        has_second_factor=user.totp_seed is not None,
        grants=frozenset(Grant(Role(row.role), row.scope_code or None) for row in user.grants),
    )
