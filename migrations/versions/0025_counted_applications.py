"""Waiting lists: an index that the counts of the list of services are read from alone."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_applications_service_id_confirmed_on", table_name="applications")
    op.create_index("ix_applications_counted", "applications", ["service_id", "state", "confirmed_on", "asked_since"])


def downgrade() -> None:
    op.drop_index("ix_applications_counted", table_name="applications")
    op.create_index("ix_applications_service_id_confirmed_on", "applications", ["service_id", "confirmed_on"])
