"""Counts of need, worked out in advance so that pages are quick. All of it can be counted anew."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model, UtcDateTime


class NeedQuarter(Model):
    """A quarter that was counted: when, as of which day, from which links between persons."""

    __tablename__ = "need_quarters"

    period: Mapped[str] = mapped_column(String(6), primary_key=True)  # "2026Q2"
    counted_on: Mapped[date]  # the day that the figures describe
    counted_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    is_closed: Mapped[bool]  # counted from the frozen lists
    applications: Mapped[int]  # rows of the lists that were counted
    links: Mapped[str] = mapped_column(String(64))  # SHA-256 of who counts as one person


class NeedCount(Model):
    """Figures of one part of one quarter; "all" where it is not divided. The meaning is in ``need.types``."""

    __tablename__ = "need_counts"
    __table_args__ = (Index("ix_need_counts_period", "period", "area", "target_group", "situation"),)

    type_code: Mapped[str] = mapped_column(String(4), primary_key=True)
    situation: Mapped[str] = mapped_column(String(20), primary_key=True)
    target_group: Mapped[str] = mapped_column(String(20), primary_key=True)  # "not_told" where nothing is said
    area: Mapped[str] = mapped_column(String(7), primary_key=True)  # ORP, municipality, "outside", "unknown", "all"
    period: Mapped[str] = mapped_column(ForeignKey("need_quarters.period", ondelete="CASCADE"), primary_key=True)
    applications: Mapped[int]
    persons_most: Mapped[int]  # by confirmed links alone
    persons_least: Mapped[int]  # by all probable links
    confirmed_most: Mapped[int]
    confirmed_least: Mapped[int]
    able_most: Mapped[int]
    able_least: Mapped[int]
    urgent_most: Mapped[int]
    urgent_least: Mapped[int]
    unmet_most: Mapped[int]
    unmet_least: Mapped[int]
    arrived_most: Mapped[int]
    arrived_least: Mapped[int]
    satisfied_most: Mapped[int]
    satisfied_least: Mapped[int]
    left_without_help_most: Mapped[int]
    left_without_help_least: Mapped[int]
    died_most: Mapped[int]
    died_least: Mapped[int]
    waiting_n: Mapped[int]
    waiting_p25: Mapped[float | None] = mapped_column(Float)  # days
    waiting_p50: Mapped[float | None] = mapped_column(Float)
    waiting_p75: Mapped[float | None] = mapped_column(Float)
    waited_n: Mapped[int]
    waited_p25: Mapped[float | None] = mapped_column(Float)
    waited_p50: Mapped[float | None] = mapped_column(Float)
    waited_p75: Mapped[float | None] = mapped_column(Float)


class NeedRefusal(Model):
    """Requests refused for capacity (§ 91 (3) b) of the Act), told in returns by services that keep no waiting list."""

    __tablename__ = "need_refusals"

    period: Mapped[str] = mapped_column(ForeignKey("need_quarters.period", ondelete="CASCADE"), primary_key=True)
    type_code: Mapped[str] = mapped_column(String(4), primary_key=True)  # or "all"
    refused: Mapped[int]
    services: Mapped[int]  # that told it


class NeedFlow(Model):
    """Persons who went from one station to the next within a year, by type of service."""

    __tablename__ = "need_flows"

    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    type_code: Mapped[str] = mapped_column(String(4), primary_key=True)
    source: Mapped[str] = mapped_column(String(20), primary_key=True)  # need.types.Station, or "next:" and a type
    target: Mapped[str] = mapped_column(String(20), primary_key=True)
    most: Mapped[int]  # by confirmed links alone
    least: Mapped[int]  # by all probable links


class NeedWait(Model):
    """How long people waited who were admitted within a year, as everybody may learn it. Written once for a quarter.

    A row without quartiles says that it cannot be told.
    """

    __tablename__ = "need_waits"
    __table_args__ = (
        CheckConstraint("(from_months IS NULL) = (to_months IS NULL)", name="both_or_none"),
        CheckConstraint("level IN ('region', 'district', 'orp')", name="level_known"),
    )

    period: Mapped[str] = mapped_column(String(6), primary_key=True)  # the last of the four quarters
    type_code: Mapped[str] = mapped_column(String(4), primary_key=True)
    level: Mapped[str] = mapped_column(String(8), primary_key=True)
    area: Mapped[str] = mapped_column(String(7), primary_key=True)
    from_months: Mapped[int | None] = mapped_column(SmallInteger)  # lower quartile
    to_months: Mapped[int | None] = mapped_column(SmallInteger)  # upper quartile
    frozen_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
