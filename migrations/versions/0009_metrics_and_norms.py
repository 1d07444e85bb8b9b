"""Benchmarking: metrics defined by the region, changes of norms."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "metrics",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metrics")),
        sa.UniqueConstraint("name", name=op.f("uq_metrics_name")),
    )
    op.create_table(
        "metric_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("first_period", sa.String(length=6), nullable=False),
        sa.Column("label_cs", sa.String(length=200), nullable=False),
        sa.Column("label_en", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=100), nullable=False),
        sa.Column("formula", sa.Text(), nullable=False),
        sa.Column("decimals", sa.Integer(), nullable=False),
        sa.Column("forms", sa.String(length=60), nullable=False),
        sa.Column("service_types", sa.String(length=200), nullable=True),
        sa.Column("direction", sa.String(length=6), nullable=False),
        sa.Column("note_cs", sa.Text(), nullable=False),
        sa.Column("note_en", sa.Text(), nullable=False),
        sa.Column("changed_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_user_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "direction IN ('higher', 'lower', 'norm', 'none')", name=op.f("ck_metric_versions_direction_known")
        ),
        sa.CheckConstraint("decimals BETWEEN 0 AND 4", name=op.f("ck_metric_versions_decimals_few")),
        sa.ForeignKeyConstraint(
            ["metric_id"], ["metrics.id"], name=op.f("fk_metric_versions_metric_id_metrics"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_versions")),
        sa.UniqueConstraint("metric_id", "first_period", name=op.f("uq_metric_versions_metric_id_first_period")),
    )
    op.create_table(
        "norm_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("type_code", sa.String(length=3), nullable=False),
        sa.Column("measure", sa.String(length=20), nullable=False),
        sa.Column("form", sa.String(length=12), nullable=False),
        sa.Column("percent", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_user_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "percent IS NULL OR (percent >= 0 AND percent <= 100)", name=op.f("ck_norm_changes_percent_in_range")
        ),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_norm_changes_reason_given")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_norm_changes")),
    )
    op.create_index("ix_norm_changes_line", "norm_changes", ["type_code", "measure", "form"])


def downgrade() -> None:
    op.drop_table("norm_changes")
    op.drop_table("metric_versions")
    op.drop_table("metrics")
