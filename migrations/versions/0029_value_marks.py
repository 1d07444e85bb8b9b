"""Metrics: a mark that changes with the kept values, so that a process knows whether those it holds are today's."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "metric_value_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(32), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_metric_value_marks_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_value_marks")),
    )


def downgrade() -> None:
    op.drop_table("metric_value_marks")
