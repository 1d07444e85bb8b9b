"""Tables of benchmarking: metrics defined by the region, and its changes of norms."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import ExactNumber, Model, UtcDateTime


class Metric(Model):
    """A metric defined by the region; those that come with the portal are in its definition file."""

    __tablename__ = "metrics"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))  # what formulas and addresses call it
    version: Mapped[int]  # grows with every change; a form sends back the one it was drawn with

    versions: Mapped[list[MetricFormula]] = relationship(
        cascade="all, delete-orphan", order_by="MetricFormula.first_period"
    )


class MetricFormula(Model):
    """A version of a metric: valid from its quarter until the next version begins, so that no two are valid at once."""

    __tablename__ = "metric_versions"
    __table_args__ = (
        UniqueConstraint("metric_id", "first_period"),
        CheckConstraint("direction IN ('higher', 'lower', 'norm', 'none')", name="direction_known"),
        CheckConstraint("decimals BETWEEN 0 AND 4", name="decimals_few"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    metric_id: Mapped[int] = mapped_column(ForeignKey("metrics.id", ondelete="CASCADE"))
    first_period: Mapped[str] = mapped_column(String(6))  # "2026Q2"
    label_cs: Mapped[str] = mapped_column(String(200))
    label_en: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(100))  # "share", "czk/hours"
    formula: Mapped[str] = mapped_column(Text)
    decimals: Mapped[int]  # places shown
    forms: Mapped[str] = mapped_column(String(60))  # codes parted by spaces; empty: all that the formula allows
    service_types: Mapped[str | None] = mapped_column(String(200))  # codes parted by spaces; every type when null
    direction: Mapped[str] = mapped_column(String(6))  # which way is good
    note_cs: Mapped[str] = mapped_column(Text)
    note_en: Mapped[str] = mapped_column(Text)
    changed_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by_user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))


class NormDecision(Model):
    """A change of a norm from a day on, with its reason. Rows are only added: of two for one day the later counts."""

    __tablename__ = "norm_changes"
    __table_args__ = (
        Index("ix_norm_changes_line", "type_code", "measure", "form"),
        CheckConstraint("percent IS NULL OR (percent >= 0 AND percent <= 100)", name="percent_in_range"),
        CheckConstraint("length(reason) > 0", name="reason_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    type_code: Mapped[str] = mapped_column(String(3))
    measure: Mapped[str] = mapped_column(String(20))
    form: Mapped[str] = mapped_column(String(12))
    percent: Mapped[Decimal | None] = mapped_column(ExactNumber)  # null: no norm from that day on
    valid_from: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    decided_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))
