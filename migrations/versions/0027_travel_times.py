"""Access to services: matrices of travel times between municipalities."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "travel_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("state", sa.String(11), nullable=False),
        sa.Column("base_import_id", sa.Integer(), nullable=True),
        sa.Column("pairs", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("municipalities", sa.Integer(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("fault_count", sa.Integer(), nullable=False),
        sa.Column("matrix", sa.LargeBinary(), nullable=True),
        sa.Column("created_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_user_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(200), nullable=False),
        sa.Column("applied_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rolled_back_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('previewed', 'rejected', 'applied', 'rolled_back', 'discarded')",
            name=op.f("ck_travel_imports_state_known"),
        ),
        sa.CheckConstraint(
            "(state IN ('applied', 'rolled_back')) = (applied_at_utc IS NOT NULL)",
            name=op.f("ck_travel_imports_applied_timed"),
        ),
        sa.CheckConstraint("state = 'rejected' OR matrix IS NOT NULL", name=op.f("ck_travel_imports_matrix_there")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_travel_imports")),
    )
    op.create_index("ix_travel_imports_content_hash", "travel_imports", ["content_hash"])
    op.create_index("ix_travel_imports_state_applied_at_utc", "travel_imports", ["state", "applied_at_utc"])


def downgrade() -> None:
    op.drop_table("travel_imports")
