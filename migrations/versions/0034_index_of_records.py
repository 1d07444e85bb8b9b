"""Municipal support: an index in the order of the list of both sides."""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_grant_figures_year", "grant_figures", ["year", "service_id", "municipality_code", "kind"])


def downgrade() -> None:
    op.drop_index("ix_grant_figures_year", table_name="grant_figures")
