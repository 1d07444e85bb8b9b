"""Tables of releases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model, UtcDateTime


class Release(Model):
    """Public figures of one quarter. A published one is final: later corrections are not published."""

    __tablename__ = "releases"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'passed', 'failed', 'published')", name="state_known"),
        CheckConstraint("(state = 'published') = (published_at_utc IS NOT NULL)", name="published_when_it_says_so"),
        CheckConstraint("state = 'draft' OR audited_sha256 = content_sha256", name="audited_as_it_is"),
    )

    period: Mapped[str] = mapped_column(String(6), primary_key=True)  # "2026Q2"
    state: Mapped[str] = mapped_column(String(9))
    rules: Mapped[str] = mapped_column(String(200))  # that it follows, with their thresholds
    content: Mapped[list[dict[str, Any]]] = mapped_column(JSON, deferred=True)  # tables as everybody sees them
    # Said beside the tables (``types.Beside``); null: prepared before there was anything to say.
    beside: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    content_sha256: Mapped[str] = mapped_column(String(64))  # of both, and of the rules
    exact: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)  # what they were made from; for the kraj alone
    parts: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)  # by provider, for the auditor alone
    built_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)  # before the first record was read
    built_by_user_id: Mapped[int | None]
    built_by_name: Mapped[str] = mapped_column(String(200))
    audit: Mapped[dict[str, Any] | None] = mapped_column(JSON, deferred=True)  # the last report
    audited_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
    audited_sha256: Mapped[str | None] = mapped_column(String(64))  # of the content that was audited
    published_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_by_user_id: Mapped[int | None]
    published_by_name: Mapped[str | None] = mapped_column(String(200))
