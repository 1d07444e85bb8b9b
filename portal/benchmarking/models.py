"""Tables of benchmarking: metrics of the region, changes of norms, computed values, groups, notes, predecessors."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

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


class MetricValue(Model):
    """A metric of one accepted return, for one form. What is not applicable has no row."""

    __tablename__ = "metric_values"
    __table_args__ = (
        CheckConstraint("state IN ('value', 'zero', 'not_supplied', 'undefined')", name="state_known"),
        # Without a number of its own a row of SQLite lies where its key is: half the size, and one search less.
        {"sqlite_with_rowid": False},
    )

    service_id: Mapped[int] = mapped_column(
        ForeignKey("services.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    metric: Mapped[str] = mapped_column(String(40), primary_key=True)
    form: Mapped[str] = mapped_column(String(12), primary_key=True)
    period: Mapped[str] = mapped_column(String(6), primary_key=True)  # "2026Q2"
    state: Mapped[str] = mapped_column(String(12))
    value: Mapped[float | None] = mapped_column(Double)  # in the unit of the metric; a share is 0.6
    numerator: Mapped[float | None] = mapped_column(Double)
    denominator: Mapped[float | None] = mapped_column(Double)


class MetricValueMark(Model):
    """One row with a mark that is another one after every change of the values."""

    __tablename__ = "metric_value_marks"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(String(32))


class MetricProgram(Model):
    """By which formulas all values of a metric were computed. Where it is another than today's, values are not used."""

    __tablename__ = "metric_programs"

    metric: Mapped[str] = mapped_column(String(40), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    computed_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)


class PeerGroup(Model):
    """Services that somebody of the kraj compares with each other; their own, or shared within the kraj."""

    __tablename__ = "peer_groups"
    __table_args__ = (
        UniqueConstraint("user_id", "name"),
        CheckConstraint("length(name) > 0", name="name_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    owner_name: Mapped[str] = mapped_column(String(200))
    is_shared: Mapped[bool]
    version: Mapped[int]
    changed_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)

    members: Mapped[list[PeerGroupMember]] = relationship(cascade="all, delete-orphan")


class PeerGroupMember(Model):
    __tablename__ = "peer_group_members"

    group_id: Mapped[int] = mapped_column(ForeignKey("peer_groups.id", ondelete="CASCADE"), primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"), primary_key=True, index=True)


class ServicePredecessor(Model):
    """A service that took over another's work: its series goes on from the other's."""

    __tablename__ = "service_predecessors"
    __table_args__ = (CheckConstraint("length(reason) > 0", name="reason_given"),)

    service_id: Mapped[int] = mapped_column(
        ForeignKey("services.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    predecessor_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    linked_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    linked_by_user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))


class MetricNote(Model):
    """What the kraj wants remembered about a metric of a type in a quarter."""

    __tablename__ = "metric_notes"
    __table_args__ = (
        Index("ix_metric_notes_place", "type_code", "metric", "period"),
        CheckConstraint("length(text) > 0", name="text_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    metric: Mapped[str] = mapped_column(String(40))
    type_code: Mapped[str] = mapped_column(String(4))
    period: Mapped[str] = mapped_column(String(6))
    text: Mapped[str] = mapped_column(Text)
    written_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    written_by_user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))


class GroupRelease(Model):
    """The groups of a quarter as they were told to providers, once. The row and its lines never change."""

    __tablename__ = "group_releases"

    period: Mapped[str] = mapped_column(String(6), primary_key=True)  # "2026Q2"
    rules: Mapped[str] = mapped_column(String(300))  # version and thresholds of disclosure control
    content_sha256: Mapped[str] = mapped_column(String(64))  # of what was told; see portal.disclosure.release
    frozen_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    frozen_by_user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    # name -> IČO of those that counted as one; null in what was published before holdings were recorded
    holdings: Mapped[dict[str, list[str]] | None] = mapped_column(JSON)


class GroupLineRelease(Model):
    """What one line of a quarter tells about the group of a type: rounded figures, or nothing."""

    __tablename__ = "group_release_lines"
    __table_args__ = (CheckConstraint("at_least >= 0", name="at_least_not_negative"),)

    period: Mapped[str] = mapped_column(ForeignKey("group_releases.period", ondelete="RESTRICT"), primary_key=True)
    type_code: Mapped[str] = mapped_column(String(3), primary_key=True)
    metric: Mapped[str] = mapped_column(String(40), primary_key=True)
    form: Mapped[str] = mapped_column(String(12), primary_key=True)
    figures: Mapped[dict[str, float]] = mapped_column(JSON)  # statistic -> value; empty when hidden
    at_least: Mapped[int]  # the group has at least so many providers; 0 when hidden
    reason: Mapped[str | None] = mapped_column(String(30))  # why it is hidden; for the region alone


class RegionReport(Model):
    """A document that somebody of the kraj asked for, of one type or of the whole network; gone after its time."""

    __tablename__ = "region_reports"
    __table_args__ = (
        UniqueConstraint("job_id"),
        CheckConstraint("(content IS NULL) = (made_at_utc IS NULL)", name="made_with_content"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)  # random, it stands in the address
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)  # the only reader
    job_id: Mapped[str] = mapped_column(String(32))  # of the job that makes it
    type_code: Mapped[str | None] = mapped_column(String(4))  # null: the whole network
    period: Mapped[str] = mapped_column(String(6))  # "2026Q2" or "2026"
    language: Mapped[str] = mapped_column(String(2))
    content: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))  # PDF, once it is made
    size: Mapped[int]  # bytes of the content; 0 until it is made
    asked_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    made_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at_utc: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Holding(Model):
    """Providers under one owner, as the kraj knows it: in a group they count once. The register does not say."""

    __tablename__ = "holdings"
    __table_args__ = (UniqueConstraint("name"), CheckConstraint("length(name) > 0", name="name_given"))

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    version: Mapped[int]  # grows with every change; a form sends back the one it was drawn with


class HoldingMember(Model):
    """A provider in a holding from a day to a day, both included; ended rows stay."""

    __tablename__ = "holding_members"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates_in_order"),
        CheckConstraint("length(reason) > 0", name="reason_given"),
        CheckConstraint("(valid_to IS NULL) = (end_reason IS NULL)", name="end_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    holding_id: Mapped[int] = mapped_column(ForeignKey("holdings.id", ondelete="CASCADE"), index=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("providers.id", ondelete="CASCADE"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text)  # where the kraj has it from
    end_reason: Mapped[str | None] = mapped_column(Text)
    recorded_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))
