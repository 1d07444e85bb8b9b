"""Waiting lists: persons by code, applications and their history, users, imports, frozen quarters."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("ref", sa.LargeBinary(length=16), nullable=False),
        sa.Column("is_certain", sa.Boolean(), nullable=False),
        sa.Column("sure_group", sa.BigInteger(), nullable=False),
        sa.Column("probable_group", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_people")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index("ix_people_probable_group", ["probable_group"], unique=False)
        batch_op.create_index("ix_people_sure_group", ["sure_group"], unique=False)

    op.create_table(
        "snapshot_quarters",
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("frozen_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_snapshot_quarters")),
    )
    op.create_table(
        "waitlist_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("confirm_after_days", sa.Integer(), nullable=False),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("providers_see_elsewhere", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "confirm_after_days BETWEEN 30 AND 1100", name=op.f("ck_waitlist_rules_confirm_after_in_bounds")
        ),
        sa.CheckConstraint("grace_days BETWEEN 0 AND 365", name=op.f("ck_waitlist_rules_grace_in_bounds")),
        sa.CheckConstraint("id = 1", name=op.f("ck_waitlist_rules_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waitlist_rules")),
    )
    op.create_table(
        "person_codes",
        sa.Column("code", sa.LargeBinary(length=16), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("person_ref", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_ref"], ["people.ref"], name=op.f("fk_person_codes_person_ref_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["providers.id"], name=op.f("fk_person_codes_provider_id_providers"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_person_codes")),
        sa.UniqueConstraint("provider_id", "person_ref", name=op.f("uq_person_codes_provider_id_person_ref")),
    )
    with op.batch_alter_table("person_codes", schema=None) as batch_op:
        batch_op.create_index("ix_person_codes_person_ref", ["person_ref"], unique=False)

    op.create_table(
        "provider_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("beginning", sa.String(length=12), nullable=False),
        sa.Column("created_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.Column("last_used_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_name", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["providers.id"], name=op.f("fk_provider_tokens_provider_id_providers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_provider_tokens_token_hash")),
    )
    with op.batch_alter_table("provider_tokens", schema=None) as batch_op:
        batch_op.create_index("ix_provider_tokens_provider_id", ["provider_id"], unique=False)

    op.create_table(
        "applications",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person_ref", sa.LargeBinary(length=16), nullable=False),
        sa.Column("file_reference", sa.String(length=40), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("state_on", sa.Date(), nullable=False),
        sa.Column("state_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("adverse_situation", sa.String(length=20), nullable=False),
        sa.Column("target_group", sa.String(length=20), nullable=True),
        sa.Column("municipality_code", sa.String(length=7), nullable=False),
        sa.Column("birth_year", sa.SmallInteger(), nullable=True),
        sa.Column("sex", sa.String(length=1), nullable=True),
        sa.Column("urgency", sa.String(length=6), nullable=False),
        sa.Column("can_start_from", sa.Date(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("others_waiting", sa.Integer(), nullable=True),
        sa.Column("asked_since", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_user_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('refused', 'declined')) = (reason IS NOT NULL)", name=op.f("ck_applications_reason_given")
        ),
        sa.CheckConstraint(
            "(state IN ('waiting', 'offered')) = (decided_on IS NULL)", name=op.f("ck_applications_decided_when")
        ),
        sa.CheckConstraint(
            "municipality_code IN ('outside', 'unknown') OR length(municipality_code) = 6",
            name=op.f("ck_applications_municipality_or_special"),
        ),
        sa.CheckConstraint("sex IS NULL OR sex IN ('f', 'm')", name=op.f("ck_applications_sex_known")),
        sa.CheckConstraint(
            "state IN ('waiting', 'offered', 'admitted', 'refused', 'declined', 'withdrawn', 'expired', 'deceased')",
            name=op.f("ck_applications_state_known"),
        ),
        sa.CheckConstraint("urgency IN ('urgent', 'usual', 'ahead')", name=op.f("ck_applications_urgency_known")),
        sa.CheckConstraint("confirmed_on >= received_on", name=op.f("ck_applications_confirmed_after_received")),
        sa.ForeignKeyConstraint(
            ["code"], ["person_codes.code"], name=op.f("fk_applications_code_person_codes"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_applications_service_id_services"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("service_id", "file_reference", name=op.f("uq_applications_service_id_file_reference")),
    )
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.create_index("ix_applications_code", ["code"], unique=False)
        batch_op.create_index("ix_applications_person_ref", ["person_ref"], unique=False)
        batch_op.create_index("ix_applications_service_id_confirmed_on", ["service_id", "confirmed_on"], unique=False)
        batch_op.create_index("ix_applications_service_id_state", ["service_id", "state", "received_on"], unique=False)
        batch_op.create_index("ix_applications_state_confirmed_on", ["state", "confirmed_on"], unique=False)
        batch_op.create_index(
            "uq_applications_service_id_code",
            ["service_id", "code"],
            unique=True,
            sqlite_where=sa.text("state IN ('waiting', 'offered')"),
            postgresql_where=sa.text("state IN ('waiting', 'offered')"),
        )

    op.create_table(
        "ordering_criteria",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(label) > 0", name=op.f("ck_ordering_criteria_label_given")),
        sa.CheckConstraint("points BETWEEN -1000 AND 1000", name=op.f("ck_ordering_criteria_points_in_bounds")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_ordering_criteria_service_id_services"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ordering_criteria")),
        sa.UniqueConstraint("service_id", "label", name=op.f("uq_ordering_criteria_service_id_label")),
    )
    op.create_table(
        "waiting_list_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=11), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("problem_count", sa.Integer(), nullable=False),
        sa.Column("created_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_user_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("applied_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rolled_back_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('applied', 'rolled_back')) = (applied_at_utc IS NOT NULL)",
            name=op.f("ck_waiting_list_imports_applied_timed"),
        ),
        sa.CheckConstraint(
            "state IN ('previewed', 'blocked', 'applied', 'rolled_back', 'discarded')",
            name=op.f("ck_waiting_list_imports_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["services.id"],
            name=op.f("fk_waiting_list_imports_service_id_services"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_list_imports")),
    )
    with op.batch_alter_table("waiting_list_imports", schema=None) as batch_op:
        batch_op.create_index(
            "ix_waiting_list_imports_service_id_content_hash", ["service_id", "content_hash"], unique=False
        )

    op.create_table(
        "waiting_list_orders",
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=6), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("rule IN ('date', 'points')", name=op.f("ck_waiting_list_orders_rule_known")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_waiting_list_orders_service_id_services"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_waiting_list_orders")),
    )
    op.create_table(
        "application_criteria",
        sa.Column("application_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_criteria_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["criterion_id"],
            ["ordering_criteria.id"],
            name=op.f("fk_application_criteria_criterion_id_ordering_criteria"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("application_id", "criterion_id", name=op.f("pk_application_criteria")),
    )
    with op.batch_alter_table("application_criteria", schema=None) as batch_op:
        batch_op.create_index("ix_application_criteria_criterion_id", ["criterion_id"], unique=False)

    op.create_table(
        "application_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("application_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("from_state", sa.String(length=9), nullable=True),
        sa.Column("to_state", sa.String(length=9), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('added', 'edited', 'moved', 'confirmed', 'noted', 'imported', 'taken_back')",
            name=op.f("ck_application_events_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_events_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_events")),
    )
    with op.batch_alter_table("application_events", schema=None) as batch_op:
        batch_op.create_index("ix_application_events_application_id_id", ["application_id", "id"], unique=False)
        batch_op.create_index("ix_application_events_at_utc", ["at_utc"], unique=False)

    op.create_table(
        "application_snapshots",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("application_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("person_ref", sa.LargeBinary(length=16), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("urgency", sa.String(length=6), nullable=False),
        sa.Column("can_start_from", sa.Date(), nullable=True),
        sa.Column("adverse_situation", sa.String(length=20), nullable=False),
        sa.Column("target_group", sa.String(length=20), nullable=True),
        sa.Column("municipality_code", sa.String(length=7), nullable=False),
        sa.Column("birth_year", sa.SmallInteger(), nullable=True),
        sa.Column("sex", sa.String(length=1), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_snapshots_application_id_applications"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["period"],
            ["snapshot_quarters.period"],
            name=op.f("fk_application_snapshots_period_snapshot_quarters"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["services.id"],
            name=op.f("fk_application_snapshots_service_id_services"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_snapshots")),
        sa.UniqueConstraint("period", "application_id", name=op.f("uq_application_snapshots_period_application_id")),
    )
    with op.batch_alter_table("application_snapshots", schema=None) as batch_op:
        batch_op.create_index("ix_application_snapshots_application_id", ["application_id"], unique=False)
        batch_op.create_index("ix_application_snapshots_period_service_id", ["period", "service_id"], unique=False)
        batch_op.create_index("ix_application_snapshots_person_ref", ["person_ref"], unique=False)

    op.create_table(
        "clients",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person_ref", sa.LargeBinary(length=16), nullable=False),
        sa.Column("application_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(length=13), nullable=True),
        sa.Column("municipality_code", sa.String(length=7), nullable=False),
        sa.Column("adverse_situation", sa.String(length=20), nullable=False),
        sa.Column("target_group", sa.String(length=20), nullable=True),
        sa.Column("birth_year", sa.SmallInteger(), nullable=True),
        sa.Column("sex", sa.String(length=1), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "end_reason IS NULL OR end_reason IN ('goal_met', 'other_service', 'home', 'own_wish', 'terminated', 'deceased', 'other')",
            name=op.f("ck_clients_end_reason_known"),
        ),
        sa.CheckConstraint(
            "municipality_code IN ('outside', 'unknown') OR length(municipality_code) = 6",
            name=op.f("ck_clients_municipality_or_special"),
        ),
        sa.CheckConstraint("sex IS NULL OR sex IN ('f', 'm')", name=op.f("ck_clients_sex_known")),
        sa.CheckConstraint("(ended_on IS NULL) = (end_reason IS NULL)", name=op.f("ck_clients_end_with_reason")),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name=op.f("ck_clients_dates_in_order")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_clients_application_id_applications"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["code"], ["person_codes.code"], name=op.f("fk_clients_code_person_codes"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_clients_service_id_services"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clients")),
    )
    with op.batch_alter_table("clients", schema=None) as batch_op:
        batch_op.create_index("ix_clients_application_id", ["application_id"], unique=False)
        batch_op.create_index("ix_clients_code", ["code"], unique=False)
        batch_op.create_index("ix_clients_person_ref", ["person_ref"], unique=False)
        batch_op.create_index("ix_clients_service_id_ended_on", ["service_id", "ended_on"], unique=False)
        batch_op.create_index("ix_clients_service_id_started_on", ["service_id", "started_on"], unique=False)
        batch_op.create_index(
            "uq_clients_service_id_code",
            ["service_id", "code"],
            unique=True,
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        )

    op.create_table(
        "waiting_list_import_items",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=True),
        sa.Column("code", sa.LargeBinary(length=16), nullable=False),
        sa.Column("file_reference", sa.String(length=40), nullable=False),
        sa.Column("application_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("base_version", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("after_version", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('new', 'changed', 'gone')", name=op.f("ck_waiting_list_import_items_kind_known")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_waiting_list_import_items_application_id_applications"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["code"],
            ["person_codes.code"],
            name=op.f("fk_waiting_list_import_items_code_person_codes"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["waiting_list_imports.id"],
            name=op.f("fk_waiting_list_import_items_import_id_waiting_list_imports"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_list_import_items")),
    )
    with op.batch_alter_table("waiting_list_import_items", schema=None) as batch_op:
        batch_op.create_index("ix_waiting_list_import_items_application_id", ["application_id"], unique=False)
        batch_op.create_index("ix_waiting_list_import_items_code", ["code"], unique=False)
        batch_op.create_index("ix_waiting_list_import_items_import_id_kind", ["import_id", "kind", "id"], unique=False)



def downgrade() -> None:
    for table in (
        "waiting_list_import_items",
        "clients",
        "application_snapshots",
        "application_events",
        "application_criteria",
        "waiting_list_orders",
        "waiting_list_imports",
        "ordering_criteria",
        "applications",
        "provider_tokens",
        "person_codes",
        "waitlist_rules",
        "snapshot_quarters",
        "people",
    ):
        op.drop_table(table)
