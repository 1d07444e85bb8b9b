"""The ministry's yearly reporting: sources, imports, figures, and their reconciliation with the returns."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ministry_sources",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_ministry_sources_name_given")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ministry_sources")),
        sa.UniqueConstraint("name", name=op.f("uq_ministry_sources_name")),
    )
    op.create_table(
        "ministry_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("file_table", sa.JSON(), nullable=True),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.JSON(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("fault_count", sa.Integer(), nullable=False),
        sa.Column("base_import_id", sa.Integer(), nullable=True),
        sa.Column("created_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_user_id", sa.Integer(), nullable=True),
        sa.Column("applied_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rolled_back_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('mapping', 'previewed', 'waiting', 'rejected', 'applied', 'rolled_back', 'discarded')",
            name=op.f("ck_ministry_imports_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["ministry_sources.id"],
            name=op.f("fk_ministry_imports_source_id_ministry_sources"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ministry_imports")),
    )
    op.create_index(op.f("ix_ministry_imports_content_hash"), "ministry_imports", ["content_hash"], unique=False)
    op.create_index(op.f("ix_ministry_imports_source_id"), "ministry_imports", ["source_id"], unique=False)
    op.create_index("ix_ministry_imports_year_state", "ministry_imports", ["year", "state"], unique=False)
    op.create_table(
        "ministry_figures",
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("value", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'value' AND value IS NOT NULL AND value <> 0) OR (state = 'zero' AND value IS NOT NULL AND value = 0) OR (state IN ('not_applicable', 'not_supplied') AND value IS NULL)",
            name=op.f("ck_ministry_figures_state_and_value_agree"),
        ),
        sa.CheckConstraint("value IS NULL OR value >= 0", name=op.f("ck_ministry_figures_value_not_negative")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_ministry_figures_service_id_services"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("service_id", "year", "item", name=op.f("pk_ministry_figures")),
    )
    op.create_index("ix_ministry_figures_year_item", "ministry_figures", ["year", "item"], unique=False)
    op.create_table(
        "ministry_import_changes",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("before_state", sa.String(length=14), nullable=True),
        sa.Column("before_value", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("before_row", sa.Integer(), nullable=True),
        sa.Column("after_state", sa.String(length=14), nullable=False),
        sa.Column("after_value", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.CheckConstraint(
            "(after_state = 'value' AND after_value IS NOT NULL AND after_value <> 0) OR (after_state = 'zero' AND after_value IS NOT NULL AND after_value = 0) OR (after_state IN ('not_applicable', 'not_supplied') AND after_value IS NULL)",
            name=op.f("ck_ministry_import_changes_after_state_and_value_agree"),
        ),
        sa.CheckConstraint("kind IN ('new', 'changed', 'same')", name=op.f("ck_ministry_import_changes_kind_known")),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["ministry_imports.id"],
            name=op.f("fk_ministry_import_changes_import_id_ministry_imports"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["services.id"],
            name=op.f("fk_ministry_import_changes_service_id_services"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", "service_id", "item", name=op.f("pk_ministry_import_changes")),
    )
    op.create_index(
        op.f("ix_ministry_import_changes_service_id"), "ministry_import_changes", ["service_id"], unique=False
    )
    op.create_table(
        "reconciliations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("m_value", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("b_value", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("waits_for", sa.String(length=8), nullable=True),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_user_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'explained', 'to_correct', 'accepted')", name=op.f("ck_reconciliations_state_known")
        ),
        sa.CheckConstraint(
            "waits_for IS NULL OR waits_for IN ('provider', 'region')", name=op.f("ck_reconciliations_waits_for_known")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_reconciliations_service_id_services"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
        sa.UniqueConstraint("service_id", "year", "item", name=op.f("uq_reconciliations_service_id_year_item")),
    )
    op.create_index("ix_reconciliations_waits_for", "reconciliations", ["waits_for"], unique=False)
    op.create_table(
        "reconciliation_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reconciliation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "kind IN ('comment', 'question', 'answer')", name=op.f("ck_reconciliation_messages_kind_known")
        ),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_reconciliation_messages_text_given")),
        sa.ForeignKeyConstraint(
            ["reconciliation_id"],
            ["reconciliations.id"],
            name=op.f("fk_reconciliation_messages_reconciliation_id_reconciliations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_messages")),
    )
    op.create_index(
        op.f("ix_reconciliation_messages_reconciliation_id"),
        "reconciliation_messages",
        ["reconciliation_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("reconciliation_messages")
    op.drop_table("reconciliations")
    op.drop_table("ministry_import_changes")
    op.drop_table("ministry_figures")
    op.drop_table("ministry_imports")
    op.drop_table("ministry_sources")
