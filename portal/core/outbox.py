"""Letters that wait in a table until they went: taken by one sender at a time, tried again after a failure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, and_, update

from portal.core.clock import now_utc
from portal.core.config import Settings
from portal.core.db import db
from portal.core.mail import Mail, MailFailed, send_mail
from portal.core.transaction import transaction

RETRY_AFTER = timedelta(minutes=15)  # twice as long after each failure
STUCK_AFTER = timedelta(hours=1)  # sending takes a minute at most: who has held a letter for so long is dead


class Due(Protocol):
    """A letter to be sent now, with all that its text needs."""

    @property
    def id(self) -> int: ...


D = TypeVar("D", bound=Due)


def settle_row(row: Any, error: str | None) -> None:
    """Write down in the row of a letter that it went, or why it did not and when it is tried again."""
    now = now_utc()
    if error is None:
        row.state, row.sent_at_utc, row.error = "sent", now, None
    else:
        row.state, row.error = "failed", error[:400]
        row.next_attempt_at_utc = now + RETRY_AFTER * 2 ** (row.attempts - 1)


@dataclass(frozen=True)
class Outbox:
    """The letters of one table.

    ``letters``: a model with the columns ``id``, ``state`` (waiting, sending, sent, failed, dropped), ``attempts``,
    ``error``, ``next_attempt_at_utc`` (while sending: until when the sender has it) and ``sent_at_utc``.
    """

    letters: type[Any]
    most_attempts: int = 5

    def is_due(self, now: datetime) -> ColumnElement[bool]:
        """Waiting, failed, or taken for sending so long ago that whoever took it must have died."""
        due: ColumnElement[bool] = and_(
            self.letters.state.in_(("waiting", "failed", "sending")),
            self.letters.attempts < self.most_attempts,
            self.letters.next_attempt_at_utc <= now,
        )
        return due

    def claim(self, letter_id: int) -> bool:
        """Take a letter for sending; False when somebody else has it."""
        now = now_utc()
        taken: Any = db.session.execute(
            update(self.letters)
            .where(self.letters.id == letter_id, self.is_due(now))
            .values(state="sending", attempts=self.letters.attempts + 1, next_attempt_at_utc=now + STUCK_AFTER)
            .execution_options(synchronize_session=False)
        )
        return bool(taken.rowcount)

    def drop(self, letter_id: int) -> None:
        """Nothing of the letter is true any more."""
        db.session.get_one(self.letters, letter_id).state = "dropped"
        db.session.flush()

    def settle(self, letter_id: int, error: str | None) -> None:
        """Write down that a letter went, or why it did not and when it is tried again."""
        settle_row(db.session.get_one(self.letters, letter_id, populate_existing=True), error)
        db.session.flush()

    def post(
        self,
        settings: Settings,
        due: Iterable[D],
        compose: Callable[[Settings, D], Mail],
        *,
        is_void: Callable[[D], bool] = lambda one: False,
    ) -> dict[str, int]:
        """Send letters, each in units of work of its own; a server that does not answer ends the round.

        ``is_void``: whether nothing is left to be told. Returns how many were ``sent``, ``failed`` and ``dropped``.
        """
        counts = {"sent": 0, "failed": 0, "dropped": 0}
        for one in due:
            with transaction():
                if not self.claim(one.id):
                    continue
                if is_void(one):
                    self.drop(one.id)
                    counts["dropped"] += 1
                    continue
            error: MailFailed | None = None
            try:
                send_mail(settings, compose(settings, one))
            except MailFailed as failure:
                error = failure
            with transaction():
                self.settle(one.id, None if error is None else error.reason)
            counts["sent" if error is None else "failed"] += 1
            if error is not None and error.is_unreachable:
                break
        return counts
