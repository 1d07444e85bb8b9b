"""One's own account: password, language, second factor."""

from __future__ import annotations

from portal.accounts import queries
from portal.accounts.models import RecoveryCode
from portal.accounts.second_factor import derived_secret, matching_step, new_recovery_codes, recovery_digest
from portal.accounts.service.login import find_signed_in, forget_failures, new_session_token
from portal.accounts.service.users import check_password, get_user, store_password
from portal.accounts.types import SignedIn
from portal.core import audit
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.errors import Forbidden, Invalid, NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor

LANGUAGES = ("cs", "en")
_WRONG_CODE = _m("The code is not right. Check that the clock of your phone is right and enter the newest code.")


def change_password(actor: Actor, *, password: str) -> SignedIn:
    """Set the actor's own password, after the old one was checked; other sessions end. Raises Invalid."""
    user = get_user(_own_id(actor))
    check_password(password, about=(user.email, user.name))
    store_password(user, password)
    forget_failures(user.email)
    audit.record(actor, "accounts.password.changed", object_kind="user", object_key=user.id)
    return _renewed(user.id, user.session_token)


def change_language(actor: Actor, *, language: str) -> None:
    """Raises Invalid for a language that the portal does not speak."""
    if language not in LANGUAGES:
        fault = _m("Choose one of the languages offered.")
        raise Invalid(fault, {"language": [fault]})
    get_user(_own_id(actor)).language = language
    db.session.flush()


def enrol_second_factor(actor: Actor, *, seed: str, code: str, secret_key: str) -> tuple[SignedIn, list[str]]:
    """Take the second factor into use once a code proves that the phone holds it.

    Returns the session's new owner record (other sessions end) and the recovery codes, which are shown this once.
    Raises Forbidden when there is one already, Invalid on ``code`` for a wrong one.
    """
    user = get_user(_own_id(actor))
    if user.totp_seed is not None:
        raise Forbidden(_m("You already have a second factor."))
    step = matching_step(derived_secret(seed, secret_key), code, now_utc(), None)
    if step is None:
        raise Invalid(_WRONG_CODE, {"code": [_WRONG_CODE]})
    user.totp_seed, user.totp_last_step = seed, step
    user.session_token = new_session_token()
    codes = _replaced_recovery_codes(user.id)
    audit.record(actor, "accounts.second_factor.enrolled", object_kind="user", object_key=user.id)
    return _renewed(user.id, user.session_token), codes


def replace_recovery_codes(actor: Actor) -> list[str]:
    """New recovery codes in place of the old ones. Raises NotFound for somebody without a second factor."""
    user = get_user(_own_id(actor))
    if user.totp_seed is None:
        raise NotFound(_m("You have no second factor."))
    codes = _replaced_recovery_codes(user.id)
    audit.record(actor, "accounts.recovery_codes.replaced", object_kind="user", object_key=user.id)
    return codes


def remove_second_factor(actor: Actor, *, is_obligatory: bool) -> SignedIn:
    """Raises Forbidden for those who must have one, NotFound for somebody without one."""
    user = get_user(_own_id(actor))
    if user.totp_seed is None:
        raise NotFound(_m("You have no second factor."))
    if is_obligatory:
        raise Forbidden(_m("Your role needs a second factor."))
    user.totp_seed = user.totp_last_step = None
    user.session_token = new_session_token()
    queries.forget_recovery_codes(user.id)
    audit.record(actor, "accounts.second_factor.removed", object_kind="user", object_key=user.id)
    return _renewed(user.id, user.session_token)


def count_recovery_codes(actor: Actor) -> int:
    return queries.count_unused_recovery_codes(_own_id(actor))


def _own_id(actor: Actor) -> int:
    if actor.user_id is None:
        raise NotFound(_m("There is no such user."))
    return actor.user_id


def _replaced_recovery_codes(user_id: int) -> list[str]:
    queries.forget_recovery_codes(user_id)
    codes = new_recovery_codes()
    db.session.add_all(RecoveryCode(user_id=user_id, digest=recovery_digest(code)) for code in codes)
    db.session.flush()
    return codes


def _renewed(user_id: int, session_token: str) -> SignedIn:
    db.session.flush()
    signed_in = find_signed_in(user_id, session_token)
    assert signed_in is not None
    return signed_in
