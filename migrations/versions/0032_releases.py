"""Releases: public figures about persons and money, frozen by quarter."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "releases",
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("rules", sa.String(length=200), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("exact", sa.JSON(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("built_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("built_by_user_id", sa.Integer(), nullable=True),
        sa.Column("built_by_name", sa.String(length=200), nullable=False),
        sa.Column("audit", sa.JSON(), nullable=True),
        sa.Column("audited_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audited_sha256", sa.String(length=64), nullable=True),
        sa.Column("published_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_user_id", sa.Integer(), nullable=True),
        sa.Column("published_by_name", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'passed', 'failed', 'published')", name=op.f("ck_releases_state_known")
        ),
        sa.CheckConstraint(
            "(state = 'published') = (published_at_utc IS NOT NULL)",
            name=op.f("ck_releases_published_when_it_says_so"),
        ),
        sa.CheckConstraint(
            "state = 'draft' OR audited_sha256 = content_sha256", name=op.f("ck_releases_audited_as_it_is")
        ),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_releases")),
    )


def downgrade() -> None:
    op.drop_table("releases")
