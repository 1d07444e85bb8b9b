"""Imports of whole waiting lists and registers of users: what a file would change, what became of it.

Neither the file nor its name is kept; rows hold codes and attributes, never identity.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model, UtcDateTime
from portal.waitlists.models.applications import BigKey


class ListImport(Model):
    """One file of a service's waiting list, or of its register of users."""

    __tablename__ = "waiting_list_imports"
    __table_args__ = (
        CheckConstraint("state IN ('previewed', 'blocked', 'applied', 'rolled_back', 'discarded')", name="state_known"),
        CheckConstraint("subject IN ('applications', 'stays')", name="subject_known"),
        CheckConstraint("(state IN ('applied', 'rolled_back')) = (applied_at_utc IS NOT NULL)", name="applied_timed"),
        Index("ix_waiting_list_imports_service_id_content_hash", "service_id", "content_hash"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"))
    subject: Mapped[str] = mapped_column(String(12))
    content_hash: Mapped[str] = mapped_column(String(64))  # of the rows as they were understood
    state: Mapped[str] = mapped_column(String(11))
    rows: Mapped[int] = mapped_column("row_count")
    same: Mapped[int]  # rows that change nothing
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # the first of them, with row and column
    problem_count: Mapped[int]
    created_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    applied_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rolled_back_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ListImportItem(Model):
    """What one import does to one application or stay; ``before`` is what taking it back restores."""

    __tablename__ = "waiting_list_import_items"
    __table_args__ = (
        CheckConstraint("kind IN ('new', 'changed', 'gone')", name="kind_known"),
        Index("ix_waiting_list_import_items_import_id_kind", "import_id", "kind", "id"),
        Index("ix_waiting_list_import_items_code", "code"),
        Index("ix_waiting_list_import_items_application_id", "application_id"),
        Index("ix_waiting_list_import_items_client_id", "client_id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("waiting_list_imports.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(7))
    row: Mapped[int | None] = mapped_column("row_number")  # None: gone, so in no row
    code: Mapped[bytes] = mapped_column(ForeignKey("person_codes.code", ondelete="CASCADE"))
    file_reference: Mapped[str | None] = mapped_column(String(40))  # a stay has none
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id", ondelete="SET NULL"))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("clients.id", ondelete="SET NULL"))
    base_version: Mapped[int | None]  # of the application or stay that the preview was made on
    before: Mapped[dict[str, Any]] = mapped_column(JSON)  # field -> stored value; of the fields that change
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    after_version: Mapped[int | None]  # of the application or stay, set when applied
