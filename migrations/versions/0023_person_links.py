"""Links of persons: pairs, decisions about them, runs of linking."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "person_pairs",
        sa.Column("id", BIG, nullable=False),
        sa.Column("a_ref", sa.LargeBinary(length=16), nullable=False),
        sa.Column("b_ref", sa.LargeBinary(length=16), nullable=False),
        sa.Column("agreeing", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("is_strong", sa.Boolean(), nullable=False),
        sa.Column("is_found", sa.Boolean(), nullable=False),
        sa.Column("verdict", sa.String(length=9), nullable=True),
        sa.Column("is_put_off", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("decided_by_user_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=True),
        sa.Column("decided_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("a_ref < b_ref", name=op.f("ck_person_pairs_smaller_first")),
        sa.CheckConstraint(
            "state IN ('proposed', 'conflict', 'auto', 'linked', 'split', 'gone')",
            name=op.f("ck_person_pairs_state_known"),
        ),
        sa.CheckConstraint(
            "verdict IS NULL OR verdict IN ('same', 'different')", name=op.f("ck_person_pairs_verdict_known")
        ),
        sa.CheckConstraint(
            "(verdict IS NOT NULL) = (state IN ('linked', 'split'))", name=op.f("ck_person_pairs_decided_by_verdict")
        ),
        sa.CheckConstraint("probability BETWEEN 0 AND 1", name=op.f("ck_person_pairs_probability_in_bounds")),
        sa.ForeignKeyConstraint(
            ["a_ref"], ["people.ref"], name=op.f("fk_person_pairs_a_ref_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["b_ref"], ["people.ref"], name=op.f("fk_person_pairs_b_ref_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_pairs")),
        sa.UniqueConstraint("a_ref", "b_ref", name=op.f("uq_person_pairs_a_ref_b_ref")),
    )
    op.create_index("ix_person_pairs_b_ref", "person_pairs", ["b_ref"])
    op.create_index("ix_person_pairs_state", "person_pairs", ["state", "is_put_off", "probability"])
    op.create_table(
        "person_pair_events",
        sa.Column("id", BIG, nullable=False),
        sa.Column("pair_id", BIG, nullable=False),
        sa.Column("at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=9), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('same', 'different', 'later', 'undone')", name=op.f("ck_person_pair_events_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["pair_id"],
            ["person_pairs.id"],
            name=op.f("fk_person_pair_events_pair_id_person_pairs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_pair_events")),
    )
    op.create_index("ix_person_pair_events_pair_id_id", "person_pair_events", ["pair_id", "id"])
    op.create_table(
        "linking_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("rules_version", sa.String(length=12), nullable=False),
        sa.Column("lower", sa.Double(), nullable=False),
        sa.Column("upper", sa.Double(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("compared", sa.BigInteger(), nullable=False),
        sa.Column("left_out", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_linking_runs")),
    )
    op.create_index("ix_linking_runs_on_day", "linking_runs", ["on_day"])


def downgrade() -> None:
    op.drop_table("linking_runs")
    op.drop_table("person_pair_events")
    op.drop_table("person_pairs")
