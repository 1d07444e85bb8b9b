"""Imports of needs of municipalities from files."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "municipal_need_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("state", sa.String(11), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("fault_count", sa.Integer(), nullable=False),
        sa.Column("created_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_user_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(200), nullable=False),
        sa.Column("applied_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rolled_back_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('previewed', 'rejected', 'applied', 'rolled_back', 'discarded')",
            name=op.f("ck_municipal_need_imports_state_known"),
        ),
        sa.CheckConstraint(
            "(state IN ('applied', 'rolled_back')) = (applied_at_utc IS NOT NULL)",
            name=op.f("ck_municipal_need_imports_applied_timed"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipal_need_imports")),
    )
    op.create_index("ix_municipal_need_imports_content_hash", "municipal_need_imports", ["content_hash"])
    op.create_index(
        "ix_municipal_need_imports_created_by_user_id", "municipal_need_imports", ["created_by_user_id", "state"]
    )
    op.create_table(
        "municipal_need_import_items",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(6), nullable=False),
        sa.Column("municipality_code", sa.String(6), nullable=False),
        sa.Column("situation", sa.String(20), nullable=False),
        sa.Column("target_group", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(12), nullable=False),
        sa.Column("type_code", sa.String(4), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("after_version", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "length(reason) = 0 OR reason IN ('no_service', 'no_capacity', 'too_far', 'too_dear', 'refuses', 'other')",
            name=op.f("ck_municipal_need_import_items_reason_known"),
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["municipal_need_imports.id"],
            name=op.f("fk_municipal_need_import_items_import_id_municipal_need_imports"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipal_need_import_items")),
        sa.UniqueConstraint(
            *("import_id", "period", "municipality_code", "situation", "target_group", "reason", "type_code"),
            name="uq_municipal_need_import_items_place",
        ),
    )


def downgrade() -> None:
    op.drop_table("municipal_need_import_items")
    op.drop_table("municipal_need_imports")
