"""Free places: places of services with their history, alerts with letters, snapshots."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vacancy_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("changed_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vacancy_version")),
    )
    op.create_table(
        "vacancy_waiting_snapshots",
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("type_code", sa.String(length=4), nullable=False),
        sa.Column("orp_code", sa.String(length=5), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.CheckConstraint("persons > 0", name=op.f("ck_vacancy_waiting_snapshots_persons_positive")),
        sa.PrimaryKeyConstraint("on_day", "type_code", "orp_code", name=op.f("pk_vacancy_waiting_snapshots")),
    )
    op.create_index(
        "ix_vacancy_waiting_snapshots_type_code_on_day",
        "vacancy_waiting_snapshots",
        ["type_code", "on_day"],
        unique=False,
    )
    op.create_table(
        "vacancy_alerts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("wish", sa.String(length=400), nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("created_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_vacancy_alerts_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vacancy_alerts")),
        sa.UniqueConstraint("token", name=op.f("uq_vacancy_alerts_token")),
        sa.UniqueConstraint("user_id", "wish", name=op.f("uq_vacancy_alerts_user_id_wish")),
    )
    op.create_table(
        "vacancy_letters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=400), nullable=True),
        sa.Column("planned_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("sent_at_utc IS NULL OR state = 'sent'", name=op.f("ck_vacancy_letters_sent_when")),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'failed', 'dropped')", name=op.f("ck_vacancy_letters_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_vacancy_letters_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vacancy_letters")),
        sa.UniqueConstraint("user_id", "on_day", name=op.f("uq_vacancy_letters_user_id_on_day")),
    )
    op.create_index("ix_vacancy_letters_state", "vacancy_letters", ["state"], unique=False)
    op.create_table(
        "vacancy_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=9), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('added', 'edited', 'moved', 'split', 'joined', 'removed', 'confirmed')",
            name=op.f("ck_vacancy_events_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_vacancy_events_service_id_services"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vacancy_events")),
    )
    op.create_index("ix_vacancy_events_service_id", "vacancy_events", ["service_id", "id"], unique=False)
    op.create_table(
        "vacancy_lists",
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("confirmed_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_user_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_by_name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_vacancy_lists_service_id_services"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_vacancy_lists")),
    )
    op.create_index("ix_vacancy_lists_confirmed_on", "vacancy_lists", ["confirmed_on"], unique=False)
    op.create_table(
        "vacancy_places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=8), nullable=True),
        sa.Column("free_from", sa.Date(), nullable=True),
        sa.Column("free_since_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("room", sa.String(length=6), nullable=False),
        sa.Column("municipality_code", sa.String(length=6), nullable=True),
        sa.Column("floor", sa.SmallInteger(), nullable=True),
        sa.Column("barrier_free", sa.Boolean(), nullable=False),
        sa.Column("lift", sa.Boolean(), nullable=False),
        sa.Column("target_group", sa.String(length=20), nullable=True),
        sa.Column("sex", sa.String(length=1), nullable=True),
        sa.Column("age_from", sa.SmallInteger(), nullable=True),
        sa.Column("age_to", sa.SmallInteger(), nullable=True),
        sa.Column("price_from_czk", sa.Integer(), nullable=True),
        sa.Column("price_to_czk", sa.Integer(), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (reason IS NOT NULL)", name=op.f("ck_vacancy_places_closed_with_reason")
        ),
        sa.CheckConstraint(
            "reason IS NULL OR reason IN ('repair', 'staff', 'hygiene', 'internal', 'other')",
            name=op.f("ck_vacancy_places_reason_known"),
        ),
        sa.CheckConstraint("room IN ('single', 'double', 'more')", name=op.f("ck_vacancy_places_room_known")),
        sa.CheckConstraint("sex IS NULL OR sex IN ('f', 'm')", name=op.f("ck_vacancy_places_sex_known")),
        sa.CheckConstraint(
            "state IN ('free', 'closed') OR free_from IS NULL", name=op.f("ck_vacancy_places_free_from_of_free")
        ),
        sa.CheckConstraint(
            "state IN ('occupied', 'reserved', 'free', 'closed')", name=op.f("ck_vacancy_places_state_known")
        ),
        sa.CheckConstraint(
            "age_from IS NULL OR age_to IS NULL OR age_from <= age_to", name=op.f("ck_vacancy_places_ages_in_order")
        ),
        sa.CheckConstraint("places BETWEEN 1 AND 500", name=op.f("ck_vacancy_places_places_in_bounds")),
        sa.CheckConstraint(
            "price_from_czk IS NULL OR price_to_czk IS NULL OR price_from_czk <= price_to_czk",
            name=op.f("ck_vacancy_places_prices_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_vacancy_places_service_id_services"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vacancy_places")),
    )
    op.create_index("ix_vacancy_places_service_id", "vacancy_places", ["service_id", "id"], unique=False)
    op.create_index("ix_vacancy_places_state", "vacancy_places", ["state", "service_id"], unique=False)
    op.create_table(
        "vacancy_snapshots",
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("orp_code", sa.String(length=5), nullable=False),
        sa.Column("type_code", sa.String(length=4), nullable=False),
        sa.Column("free", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("occupied", sa.Integer(), nullable=False),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "free >= 0 AND closed >= 0 AND reserved >= 0 AND occupied >= 0",
            name=op.f("ck_vacancy_snapshots_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_vacancy_snapshots_service_id_services"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("on_day", "service_id", "orp_code", name=op.f("pk_vacancy_snapshots")),
    )
    op.create_index("ix_vacancy_snapshots_service_id", "vacancy_snapshots", ["service_id"], unique=False)
    op.create_index("ix_vacancy_snapshots_type_code_on_day", "vacancy_snapshots", ["type_code", "on_day"], unique=False)
    op.create_table(
        "vacancy_alert_places",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("free_since_utc", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"],
            ["vacancy_alerts.id"],
            name=op.f("fk_vacancy_alert_places_alert_id_vacancy_alerts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["place_id"],
            ["vacancy_places.id"],
            name=op.f("fk_vacancy_alert_places_place_id_vacancy_places"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("alert_id", "place_id", "free_since_utc", name=op.f("pk_vacancy_alert_places")),
    )
    op.create_index("ix_vacancy_alert_places_place_id", "vacancy_alert_places", ["place_id"], unique=False)


def downgrade() -> None:
    op.drop_table("vacancy_alert_places")
    op.drop_table("vacancy_snapshots")
    op.drop_table("vacancy_places")
    op.drop_table("vacancy_lists")
    op.drop_table("vacancy_events")
    op.drop_table("vacancy_letters")
    op.drop_table("vacancy_alerts")
    op.drop_table("vacancy_waiting_snapshots")
    op.drop_table("vacancy_version")
