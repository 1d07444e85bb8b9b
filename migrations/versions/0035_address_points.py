"""Address points of RÚIAN, in sets."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "address_sets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("in_force", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=400), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("municipalities", sa.Integer(), nullable=False),
        sa.Column("without_point", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.JSON(), nullable=False),
        sa.Column("imported_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by_user_id", sa.Integer(), nullable=True),
        sa.Column("imported_by_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "points > 0 AND municipalities > 0 AND without_point >= 0", name=op.f("ck_address_sets_counts_possible")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_sets")),
    )
    op.create_index(
        "uq_address_sets_in_force",
        "address_sets",
        ["in_force"],
        unique=True,
        sqlite_where=sa.text("in_force"),
        postgresql_where=sa.text("in_force"),
    )
    op.create_table(
        "address_streets",
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column(
            "start",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("place_words", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["set_id"],
            ["address_sets.id"],
            name=op.f("fk_address_streets_set_id_address_sets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("set_id", "start", "number", name=op.f("pk_address_streets")),
    )
    op.create_table(
        "address_points",
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("street_number", sa.Integer(), nullable=False),
        sa.Column("house", sa.Integer(), nullable=False),
        sa.Column("numbers", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.CheckConstraint(
            "lon BETWEEN 12 AND 19 AND lat BETWEEN 48 AND 51.2", name=op.f("ck_address_points_in_the_country")
        ),
        sa.ForeignKeyConstraint(
            ["set_id"],
            ["address_sets.id"],
            name=op.f("fk_address_points_set_id_address_sets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("set_id", "code", name=op.f("pk_address_points")),
    )
    op.create_index(
        "ix_address_points_set_id_street_number_house", "address_points", ["set_id", "street_number", "house"]
    )
    op.create_index("ix_address_points_set_id_house", "address_points", ["set_id", "house"])


def downgrade() -> None:
    op.drop_table("address_points")
    op.drop_table("address_streets")
    op.drop_table("address_sets")
