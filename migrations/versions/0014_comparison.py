"""Computed values of metrics, peer groups, predecessors of services, notes to metrics."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "metric_values",
        sa.Column("service_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("metric", sa.String(length=40), nullable=False),
        sa.Column("form", sa.String(length=12), nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("numerator", sa.Double(), nullable=True),
        sa.Column("denominator", sa.Double(), nullable=True),
        sa.CheckConstraint(
            "state IN ('value', 'zero', 'not_supplied', 'undefined')", name=op.f("ck_metric_values_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_metric_values_service_id_services"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("service_id", "metric", "form", "period", name=op.f("pk_metric_values")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "metric_programs",
        sa.Column("metric", sa.String(length=40), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("computed_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("metric", name=op.f("pk_metric_programs")),
    )
    op.create_table(
        "peer_groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("owner_name", sa.String(length=200), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_peer_groups_name_given")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_peer_groups_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_groups")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_peer_groups_user_id_name")),
    )
    op.create_table(
        "peer_group_members",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["peer_groups.id"], name=op.f("fk_peer_group_members_group_id_peer_groups"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_peer_group_members_service_id_services"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", "service_id", name=op.f("pk_peer_group_members")),
    )
    op.create_index(op.f("ix_peer_group_members_service_id"), "peer_group_members", ["service_id"])
    op.create_table(
        "service_predecessors",
        sa.Column("service_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("predecessor_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("linked_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("linked_by_user_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_service_predecessors_reason_given")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_service_predecessors_service_id_services"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["predecessor_id"],
            ["services.id"],
            name=op.f("fk_service_predecessors_predecessor_id_services"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_service_predecessors")),
    )
    op.create_index(op.f("ix_service_predecessors_predecessor_id"), "service_predecessors", ["predecessor_id"])
    op.create_table(
        "metric_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("metric", sa.String(length=40), nullable=False),
        sa.Column("type_code", sa.String(length=4), nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_user_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_metric_notes_text_given")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_notes")),
    )
    op.create_index("ix_metric_notes_place", "metric_notes", ["type_code", "metric", "period"])


def downgrade() -> None:
    op.drop_table("metric_notes")
    op.drop_table("service_predecessors")
    op.drop_table("peer_group_members")
    op.drop_table("peer_groups")
    op.drop_table("metric_programs")
    op.drop_table("metric_values")
