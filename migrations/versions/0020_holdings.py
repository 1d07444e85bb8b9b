"""Benchmarking: holdings, whose companies count once in groups, and which of them counted in a published quarter."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "holdings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_holdings_name_given")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holdings")),
        sa.UniqueConstraint("name", name=op.f("uq_holdings_name")),
    )
    op.create_table(
        "holding_members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("holding_id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("recorded_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_user_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_holding_members_dates_in_order")
        ),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_holding_members_reason_given")),
        sa.CheckConstraint(
            "(valid_to IS NULL) = (end_reason IS NULL)", name=op.f("ck_holding_members_end_with_reason")
        ),
        sa.ForeignKeyConstraint(
            ["holding_id"], ["holdings.id"], name=op.f("fk_holding_members_holding_id_holdings"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["providers.id"], name=op.f("fk_holding_members_provider_id_providers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding_members")),
    )
    op.create_index(op.f("ix_holding_members_holding_id"), "holding_members", ["holding_id"])
    op.create_index(op.f("ix_holding_members_provider_id"), "holding_members", ["provider_id"])
    op.add_column("group_releases", sa.Column("holdings", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("group_releases", "holdings")
    op.drop_table("holding_members")
    op.drop_table("holdings")
