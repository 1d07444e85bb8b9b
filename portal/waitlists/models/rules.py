"""What the kraj sets for all waiting lists."""

from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model


class WaitlistRules(Model):
    """One row; without it the rules are those of ``types.Rules``."""

    __tablename__ = "waitlist_rules"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("confirm_after_days BETWEEN 30 AND 1100", name="confirm_after_in_bounds"),
        CheckConstraint("grace_days BETWEEN 0 AND 365", name="grace_in_bounds"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    confirm_after_days: Mapped[int]  # from the last confirmation until a new one is asked for
    grace_days: Mapped[int]  # after that, until the application expires
    providers_see_elsewhere: Mapped[bool]  # False: "waits elsewhere too" is for the kraj alone
    version: Mapped[int]
