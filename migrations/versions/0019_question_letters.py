"""Ministry reporting: letters that tell providers of questions."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "question_letters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reconciliation_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=400), nullable=True),
        sa.Column("planned_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'failed', 'dropped')",
            name=op.f("ck_question_letters_state_known"),
        ),
        sa.CheckConstraint("sent_at_utc IS NULL OR state = 'sent'", name=op.f("ck_question_letters_sent_when")),
        sa.ForeignKeyConstraint(
            ["reconciliation_id"],
            ["reconciliations.id"],
            name=op.f("fk_question_letters_reconciliation_id_reconciliations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["reconciliation_messages.id"],
            name=op.f("fk_question_letters_message_id_reconciliation_messages"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_question_letters_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_letters")),
        sa.UniqueConstraint("message_id", "user_id", name=op.f("uq_question_letters_message_id_user_id")),
    )
    op.create_index("ix_question_letters_state", "question_letters", ["state"])
    op.create_index(op.f("ix_question_letters_reconciliation_id"), "question_letters", ["reconciliation_id"])


def downgrade() -> None:
    op.drop_table("question_letters")
