"""Benchmarking: groups of a quarter as published to providers, once."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "group_releases",
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("rules", sa.String(length=300), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("frozen_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_by_user_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_group_releases")),
    )
    op.create_table(
        "group_release_lines",
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("type_code", sa.String(length=3), nullable=False),
        sa.Column("metric", sa.String(length=40), nullable=False),
        sa.Column("form", sa.String(length=12), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("at_least", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=True),
        sa.CheckConstraint("at_least >= 0", name=op.f("ck_group_release_lines_at_least_not_negative")),
        sa.ForeignKeyConstraint(
            ["period"],
            ["group_releases.period"],
            name=op.f("fk_group_release_lines_period_group_releases"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("period", "type_code", "metric", "form", name=op.f("pk_group_release_lines")),
    )


def downgrade() -> None:
    op.drop_table("group_release_lines")
    op.drop_table("group_releases")
