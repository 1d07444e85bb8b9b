"""Returns: history of dates, exceptions, key workers of providers, notes of calls, reminders."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "key_worker_assignments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("assigned_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_by_name", sa.String(length=200), nullable=False),
        sa.Column("ended_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_name", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["providers.id"],
            name=op.f("fk_key_worker_assignments_provider_id_providers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_key_worker_assignments_user_id_users"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_worker_assignments")),
    )
    op.create_index("ix_key_worker_assignments_user_id", "key_worker_assignments", ["user_id"])
    op.create_index(
        "uq_key_worker_assignments_provider_id",
        "key_worker_assignments",
        ["provider_id"],
        unique=True,
        sqlite_where=sa.text("ended_at_utc IS NULL"),
        postgresql_where=sa.text("ended_at_utc IS NULL"),
    )

    op.create_table(
        "reporting_period_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("from_on_time_until", sa.Date(), nullable=True),
        sa.Column("from_closes_on", sa.Date(), nullable=True),
        sa.Column("to_on_time_until", sa.Date(), nullable=False),
        sa.Column("to_closes_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(from_on_time_until IS NULL) = (from_closes_on IS NULL)",
            name=op.f("ck_reporting_period_changes_from_dates_whole"),
        ),
        sa.CheckConstraint(
            "from_on_time_until IS NULL OR length(reason) > 0", name=op.f("ck_reporting_period_changes_reason_given")
        ),
        sa.ForeignKeyConstraint(
            ["period"],
            ["reporting_periods.period"],
            name=op.f("fk_reporting_period_changes_period_reporting_periods"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reporting_period_changes")),
    )
    op.create_index("ix_reporting_period_changes_period_id", "reporting_period_changes", ["period", "id"])

    op.create_table(
        "return_call_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("called_on", sa.Date(), nullable=False),
        sa.Column("result", sa.String(length=500), nullable=False),
        sa.Column("at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint("length(result) > 0", name=op.f("ck_return_call_notes_result_given")),
        sa.ForeignKeyConstraint(
            ["period"],
            ["reporting_periods.period"],
            name=op.f("fk_return_call_notes_period_reporting_periods"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["providers.id"],
            name=op.f("fk_return_call_notes_provider_id_providers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_call_notes")),
    )
    op.create_index("ix_return_call_notes_provider_id_id", "return_call_notes", ["provider_id", "id"])

    op.create_table(
        "return_reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("message_key", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("services", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=400), nullable=True),
        sa.Column("planned_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("planned_by_user_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("sent_at_utc IS NULL OR state = 'sent'", name=op.f("ck_return_reminders_sent_when")),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'failed', 'dropped')", name=op.f("ck_return_reminders_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["period"],
            ["reporting_periods.period"],
            name=op.f("fk_return_reminders_period_reporting_periods"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_return_reminders_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_reminders")),
        sa.UniqueConstraint("user_id", "period", "kind", name=op.f("uq_return_reminders_user_id_period_kind")),
    )
    op.create_index("ix_return_reminders_message_key", "return_reminders", ["message_key"])
    op.create_index("ix_return_reminders_period_id", "return_reminders", ["period", "id"])
    op.create_index("ix_return_reminders_state", "return_reminders", ["state"])

    op.create_table(
        "return_exceptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("ends_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by_user_id", sa.Integer(), nullable=True),
        sa.Column("granted_by_name", sa.String(length=200), nullable=False),
        sa.Column("withdrawn_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_name", sa.String(length=200), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at_utc IS NULL) = (withdrawn_reason IS NULL)",
            name=op.f("ck_return_exceptions_withdrawn_with_reason"),
        ),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_return_exceptions_reason_given")),
        sa.ForeignKeyConstraint(
            ["period"],
            ["reporting_periods.period"],
            name=op.f("fk_return_exceptions_period_reporting_periods"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["providers.id"],
            name=op.f("fk_return_exceptions_provider_id_providers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_return_exceptions_service_id_services"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_exceptions")),
    )
    op.create_index("ix_return_exceptions_period_provider_id", "return_exceptions", ["period", "provider_id"])
    op.create_index("ix_return_exceptions_period_service_id", "return_exceptions", ["period", "service_id"])


def downgrade() -> None:
    op.drop_table("return_reminders")
    op.drop_table("return_call_notes")
    op.drop_table("key_worker_assignments")
    op.drop_table("return_exceptions")
    op.drop_table("reporting_period_changes")
