"""Tables of access: imported matrices of travel times."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model, UtcDateTime


class TravelImport(Model):
    """One file of travel times between municipalities, and what became of it.

    The matrix is always read as a whole, so it is kept as one packed value; the one applied last is in force.
    """

    __tablename__ = "travel_imports"
    __table_args__ = (
        CheckConstraint(
            "state IN ('previewed', 'rejected', 'applied', 'rolled_back', 'discarded')", name="state_known"
        ),
        CheckConstraint("(state IN ('applied', 'rolled_back')) = (applied_at_utc IS NOT NULL)", name="applied_timed"),
        CheckConstraint("state = 'rejected' OR matrix IS NOT NULL", name="matrix_there"),
        Index("ix_travel_imports_state_applied_at_utc", "state", "applied_at_utc"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    content_hash: Mapped[str] = mapped_column(String(64), index=True)  # of the matrix, whatever the order of its rows
    state: Mapped[str] = mapped_column(String(11))
    base_import_id: Mapped[int | None]  # the matrix in force that the preview was compared with
    pairs: Mapped[int]
    new: Mapped[int]
    changed: Mapped[int]
    same: Mapped[int]
    gone: Mapped[int]
    municipalities: Mapped[int]
    faults: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # the first of them, as shown
    fault_count: Mapped[int]
    matrix: Mapped[bytes | None] = mapped_column(LargeBinary)  # packed, see access/calc/matrix.py
    created_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    applied_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rolled_back_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
