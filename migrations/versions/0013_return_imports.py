"""Returns: imports of files with what they write."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "return_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("form_version", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=11), nullable=False),
        sa.Column("empty", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("warnings", sa.Integer(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("marked", sa.LargeBinary(), nullable=True),
        sa.Column("created_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_user_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("applied_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rolled_back_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('previewed', 'blocked', 'applied', 'rolled_back', 'discarded')",
            name=op.f("ck_return_imports_state_known"),
        ),
        sa.CheckConstraint(
            "(state IN ('applied', 'rolled_back')) = (applied_at_utc IS NOT NULL)",
            name=op.f("ck_return_imports_applied_timed"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_imports")),
    )
    op.create_index(op.f("ix_return_imports_content_hash"), "return_imports", ["content_hash"])
    op.create_index(op.f("ix_return_imports_created_at_utc"), "return_imports", ["created_at_utc"])
    op.create_table(
        "return_import_items",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("register_id", sa.Integer(), nullable=False),
        sa.Column("provider_ico", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("kind", sa.String(length=9), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("changed_cells", sa.Integer(), nullable=False),
        sa.Column("emptied_cells", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("comments", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after_version", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('new', 'changed', 'unchanged')", name=op.f("ck_return_import_items_kind_known")),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["return_imports.id"],
            name=op.f("fk_return_import_items_import_id_return_imports"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["services.id"],
            name=op.f("fk_return_import_items_service_id_services"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", "service_id", name=op.f("pk_return_import_items")),
    )


def downgrade() -> None:
    op.drop_table("return_import_items")
    op.drop_index(op.f("ix_return_imports_created_at_utc"), table_name="return_imports")
    op.drop_index(op.f("ix_return_imports_content_hash"), table_name="return_imports")
    op.drop_table("return_imports")
