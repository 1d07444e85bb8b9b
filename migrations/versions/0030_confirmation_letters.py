"""Waiting lists: letters about applications that wait for their yearly confirmation."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "confirmation_letters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=400), nullable=True),
        sa.Column("planned_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("sent_at_utc IS NULL OR state = 'sent'", name=op.f("ck_confirmation_letters_sent_when")),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'failed', 'dropped')",
            name=op.f("ck_confirmation_letters_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_confirmation_letters_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation_letters")),
        sa.UniqueConstraint("user_id", "on_day", name=op.f("uq_confirmation_letters_user_id_on_day")),
    )
    op.create_index("ix_confirmation_letters_state", "confirmation_letters", ["state"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_confirmation_letters_state", table_name="confirmation_letters")
    op.drop_table("confirmation_letters")
