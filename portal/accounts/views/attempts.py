"""One try of a password, counted before and after. The answer is the same for those who exist and those who do not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext

from portal.accounts.passwords import verify_password
from portal.accounts.service import login
from portal.accounts.types import LoginAttempt
from portal.core.transaction import transaction
from portal.web.formats import moment


@dataclass(frozen=True)
class Checked:
    attempt: LoginAttempt
    is_right: bool

    @property
    def locked_until_utc(self) -> datetime | None:
        return None if self.is_right else self.attempt.locked_until_utc


def check_password(email: str, password: str) -> Checked:
    """Compare a password; Argon2 works between two short units of work, while nothing is locked."""
    with transaction():
        attempt = login.begin_login(email=email)
    if attempt.is_refused:
        return Checked(attempt, is_right=False)
    is_right = verify_password(attempt.password_hash, password)
    with transaction():
        if is_right:
            login.password_was_right(attempt)
        else:
            login.record_lock(attempt)
    return Checked(attempt, is_right)


def locked_sentence(until_utc: datetime) -> str:
    return gettext(
        "After %(count)s wrong attempts, signing in with this e-mail address is closed until %(time)s. "
        "Then try again, or ask the administrator to unlock it.",
        count=login.MAX_FAILURES,
        time=moment(until_utc),
    )


def fault_of(checked: Checked, otherwise: str) -> str:
    """What to say of a try that failed."""
    return locked_sentence(checked.locked_until_utc) if checked.locked_until_utc is not None else otherwise
