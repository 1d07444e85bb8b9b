"""Tables of access: imported matrices of travel times."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model
from portal.core.import_steps import ImportColumns, import_checks


class TravelImport(ImportColumns, Model):
    """One file of travel times between municipalities, and what became of it.

    The matrix is always read as a whole, so it is kept as one packed value; the one applied last is in force.
    """

    __tablename__ = "travel_imports"
    __table_args__ = (
        *import_checks(),
        CheckConstraint("state = 'rejected' OR matrix IS NOT NULL", name="matrix_there"),
        Index("ix_travel_imports_state_applied_at_utc", "state", "applied_at_utc"),
    )

    base_import_id: Mapped[int | None]  # the matrix in force that the preview was compared with
    pairs: Mapped[int]
    new: Mapped[int]
    changed: Mapped[int]
    same: Mapped[int]
    gone: Mapped[int]
    municipalities: Mapped[int]
    matrix: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)  # packed, see access/calc/matrix.py
