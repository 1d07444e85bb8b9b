"""Releases: what is said beside their tables. Those prepared before say nothing, and their digest stays as it was."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("releases", sa.Column("beside", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("releases", "beside")
