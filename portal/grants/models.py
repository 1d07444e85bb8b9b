"""Tables of municipal support."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import ExactNumber, Model, UtcDateTime
from portal.core.import_steps import FigureImportColumns, import_checks
from portal.returns.models import STATE_AND_VALUE_AGREE

KIND_KNOWN = "kind IN ('running', 'investment', 'rent', 'gift', 'founder')"
BigKey = BigInteger().with_variant(Integer, "sqlite")


class GrantFigure(Model):
    """What one side says that a municipality gave to a service in a year, in CZK. The municipality's side is public."""

    __tablename__ = "grant_figures"
    __table_args__ = (
        UniqueConstraint("service_id", "municipality_code", "year", "kind", "side"),
        CheckConstraint(STATE_AND_VALUE_AGREE.format(prefix=""), name="state_and_value_agree"),
        CheckConstraint("value IS NULL OR value >= 0", name="value_not_negative"),
        CheckConstraint(KIND_KNOWN, name="kind_known"),
        CheckConstraint("side IN ('municipality', 'provider')", name="side_known"),
        CheckConstraint("source IN ('municipality', 'region', 'provider', 'import')", name="source_known"),
        CheckConstraint("reply IS NULL OR reply IN ('confirmed', 'disputed')", name="reply_known"),
        Index("ix_grant_figures_side_year", "side", "year", "version", "changed_at_utc"),  # the mark is read from it
        Index("ix_grant_figures_municipality_code_year", "municipality_code", "year"),
        Index("ix_grant_figures_year", "year", "service_id", "municipality_code", "kind"),  # the list of both sides
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="RESTRICT"))
    municipality_code: Mapped[str] = mapped_column(String(6))  # ČSÚ; codes outlive versions of the territory
    year: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    side: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(14))
    value: Mapped[Decimal | None] = mapped_column(ExactNumber)
    contract: Mapped[str] = mapped_column(String(100))
    granted_on: Mapped[date | None]
    contracts: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))  # null: one at most
    note: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(12))
    version: Mapped[int]  # grows with every change; a form sends back the one it was drawn with
    changed_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by_user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    reply: Mapped[str | None] = mapped_column(String(9))  # of the other side, to this very amount
    reply_text: Mapped[str | None] = mapped_column(Text)
    replied_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reply_actor_name: Mapped[str | None] = mapped_column(String(200))


class GrantSettlement(Model):
    """How the kraj settled a difference of the two sides. Figures are those it was decided about."""

    __tablename__ = "grant_settlements"
    __table_args__ = (
        UniqueConstraint("service_id", "municipality_code", "year", "kind"),
        CheckConstraint(KIND_KNOWN, name="kind_known"),
        CheckConstraint("state IN ('open', 'explained', 'to_correct', 'accepted')", name="state_known"),
        Index("ix_grant_settlements_year_state", "year", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="RESTRICT"))
    municipality_code: Mapped[str] = mapped_column(String(6))
    year: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    comment: Mapped[str] = mapped_column(Text)
    gave: Mapped[Decimal | None] = mapped_column(ExactNumber)
    received: Mapped[Decimal | None] = mapped_column(ExactNumber)
    version: Mapped[int]
    changed_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by_user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))


class GrantChange(Model):
    """One step in the history of a figure: written, replied to, settled, imported, taken back."""

    __tablename__ = "grant_changes"
    __table_args__ = (
        CheckConstraint(KIND_KNOWN, name="kind_known"),
        CheckConstraint("step IN ('written', 'imported', 'taken_back', 'replied', 'settled')", name="step_known"),
        Index("ix_grant_changes_service_id_municipality_code_year", "service_id", "municipality_code", "year", "id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"))
    municipality_code: Mapped[str] = mapped_column(String(6))
    year: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    side: Mapped[str | None] = mapped_column(String(12))  # null: of both, as when a difference is settled
    step: Mapped[str] = mapped_column(String(10))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # null: the figure is gone
    at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))


class GrantImport(FigureImportColumns, Model):
    """One file of municipal support: what it would change and what became of it."""

    __tablename__ = "grant_imports"
    __table_args__ = (*import_checks(), Index("ix_grant_imports_state", "state"))


class GrantImportItem(Model):
    """What one import does to one figure; ``before`` is what taking it back restores."""

    __tablename__ = "grant_import_items"
    __table_args__ = (
        UniqueConstraint("import_id", "service_id", "municipality_code", "year", "kind"),
        CheckConstraint(KIND_KNOWN, name="kind_known"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("grant_imports.id", ondelete="CASCADE"))
    row: Mapped[int] = mapped_column("row_number")
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"), index=True)
    municipality_code: Mapped[str] = mapped_column(String(6))
    year: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    base_version: Mapped[int | None]  # of the figure that the preview was made on; null: there was none
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    after_version: Mapped[int | None]  # of the figure, set when applied
