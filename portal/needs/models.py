"""Tables of the needs of municipalities."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model, UtcDateTime
from portal.core.import_steps import FigureImportColumns, import_checks

BigKey = BigInteger().with_variant(Integer, "sqlite")
STATE_AND_PERSONS_AGREE = (
    "({prefix}state IN ('not_applicable', 'not_supplied') AND {prefix}persons IS NULL)"
    " OR ({prefix}state = 'value' AND {prefix}persons IS NOT NULL AND {prefix}persons > 0)"
    " OR ({prefix}state = 'zero' AND {prefix}persons IS NOT NULL AND {prefix}persons = 0)"
)
REASON_KNOWN = (
    "length(reason) = 0 OR reason IN ('no_service', 'no_capacity', 'too_far', 'too_dear', 'refuses', 'other')"
)
SOURCES = "('municipality', 'orp', 'region')"


class MunicipalNeed(Model):
    """How many persons of a municipality have a need that cannot be solved. An empty reason: of the whole situation."""

    __tablename__ = "municipal_needs"
    __table_args__ = (
        UniqueConstraint(
            *("period", "municipality_code", "situation", "target_group", "reason", "type_code"),
            name="uq_municipal_needs_place",
        ),
        CheckConstraint(STATE_AND_PERSONS_AGREE.format(prefix=""), name="state_and_persons_agree"),
        CheckConstraint(
            f"corrected_state IS NULL OR {STATE_AND_PERSONS_AGREE.format(prefix='corrected_')}",
            name="correction_agrees",
        ),
        CheckConstraint(
            "(corrected_state IS NULL) = (corrected_why IS NULL) AND (corrected_state IS NOT NULL OR"
            " corrected_persons IS NULL)",
            name="correction_has_a_reason",
        ),
        CheckConstraint(REASON_KNOWN, name="reason_known"),
        CheckConstraint("length(reason) > 0 OR length(target_group) + length(type_code) = 0", name="mark_is_whole"),
        CheckConstraint("length(reason) > 0 OR coalesce(persons, 0) = 0", name="mark_is_no_number"),
        CheckConstraint(f"source IN {SOURCES}", name="source_known"),
        Index("ix_municipal_needs_municipality_code_period", "municipality_code", "period"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    period: Mapped[str] = mapped_column(String(6))  # "2026Q2"
    municipality_code: Mapped[str] = mapped_column(String(6))  # ČSÚ; codes outlive versions of the territory
    situation: Mapped[str] = mapped_column(String(20))
    target_group: Mapped[str] = mapped_column(String(20))  # empty: not told
    reason: Mapped[str] = mapped_column(String(12))  # empty: the row stands for the whole situation
    type_code: Mapped[str] = mapped_column(String(4))  # wanted type of service; empty: none told
    state: Mapped[str] = mapped_column(String(14))  # of the original, as the two after it
    persons: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(12))  # who said the original
    actor_name: Mapped[str] = mapped_column(String(200))
    changed_by_user_id: Mapped[int | None]
    changed_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int]  # grows with every change; a form sends back the one it was drawn with
    corrected_state: Mapped[str | None] = mapped_column(String(14))  # null: nobody corrected it
    corrected_persons: Mapped[int | None]
    corrected_why: Mapped[str | None] = mapped_column(Text)
    corrected_source: Mapped[str | None] = mapped_column(String(12))
    corrected_by: Mapped[str | None] = mapped_column(String(200))
    corrected_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MunicipalNeedChange(Model):
    """One step in the history of a figure of needs; it stays when the figure is removed."""

    __tablename__ = "municipal_need_changes"
    __table_args__ = (
        CheckConstraint(
            "step IN ('written', 'corrected', 'withdrawn', 'removed', 'imported', 'taken_back')", name="step_known"
        ),
        CheckConstraint(f"source IN {SOURCES}", name="source_known"),
        Index("ix_municipal_need_changes_place", "period", "municipality_code", "id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    period: Mapped[str] = mapped_column(String(6))
    municipality_code: Mapped[str] = mapped_column(String(6))
    situation: Mapped[str] = mapped_column(String(20))
    target_group: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(12))
    type_code: Mapped[str] = mapped_column(String(4))
    step: Mapped[str] = mapped_column(String(10))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # null: there was no figure
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # null: the figure is gone
    source: Mapped[str] = mapped_column(String(12))
    at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))


class MunicipalNeedReport(Model):
    """That the needs of a municipality in a quarter were handed over as complete."""

    __tablename__ = "municipal_need_reports"
    __table_args__ = (CheckConstraint(f"source IN {SOURCES}", name="source_known"),)

    period: Mapped[str] = mapped_column(String(6), primary_key=True)
    municipality_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    source: Mapped[str] = mapped_column(String(12))
    handed_over_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))


class NeedGuide(Model):
    """One version of the methodical text that stands beside the form; the highest one is in force."""

    __tablename__ = "municipal_need_guides"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    written_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))


class MunicipalNeedImport(FigureImportColumns, Model):
    """One file of needs: what it would change and what became of it."""

    __tablename__ = "municipal_need_imports"
    __table_args__ = (
        *import_checks(),
        Index("ix_municipal_need_imports_created_by_user_id", "created_by_user_id", "state"),
    )


class MunicipalNeedImportItem(Model):
    """What one import does to one figure; ``before`` is what taking it back restores."""

    __tablename__ = "municipal_need_import_items"
    __table_args__ = (
        UniqueConstraint(
            *("import_id", "period", "municipality_code", "situation", "target_group", "reason", "type_code"),
            name="uq_municipal_need_import_items_place",
        ),
        CheckConstraint(REASON_KNOWN, name="reason_known"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("municipal_need_imports.id", ondelete="CASCADE"))
    row: Mapped[int] = mapped_column("row_number")
    period: Mapped[str] = mapped_column(String(6))
    municipality_code: Mapped[str] = mapped_column(String(6))
    situation: Mapped[str] = mapped_column(String(20))
    target_group: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(12))
    type_code: Mapped[str] = mapped_column(String(4))
    base_version: Mapped[int | None]  # of the figure that the preview was made on; null: there was none
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # null: it gives way to a figure
    after_version: Mapped[int | None]  # of the figure, set when applied
