"""Documents of the comparison made in the background: kept for a while for whoever asked for them."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "region_reports",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.Column("type_code", sa.String(length=4), nullable=True),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("asked_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(content IS NULL) = (made_at_utc IS NULL)", name=op.f("ck_region_reports_made_with_content")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_region_reports_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region_reports")),
        sa.UniqueConstraint("job_id", name=op.f("uq_region_reports_job_id")),
    )
    op.create_index(op.f("ix_region_reports_user_id"), "region_reports", ["user_id"])
    op.create_index(op.f("ix_region_reports_expires_at_utc"), "region_reports", ["expires_at_utc"])


def downgrade() -> None:
    op.drop_table("region_reports")
