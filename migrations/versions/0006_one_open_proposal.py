"""Catalogue: one open proposal of changes for a service."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    op.create_index(
        "uq_catalog_edit_proposals_service_id",
        "catalog_edit_proposals",
        ["service_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def downgrade() -> None:
    op.drop_index("uq_catalog_edit_proposals_service_id", "catalog_edit_proposals")
