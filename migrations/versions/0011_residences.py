"""Returns: users by municipality of residence, target group and adverse situation."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WITHOUT_GROUP = sa.text("target_group IS NULL")


def upgrade() -> None:
    op.create_table(
        "return_residence_parts",
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('supplied', 'no_one', 'not_applicable', 'not_supplied')",
            name=op.f("ck_return_residence_parts_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["returns.id"], name=op.f("fk_return_residence_parts_return_id_returns"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("return_id", name=op.f("pk_return_residence_parts")),
    )
    op.create_table(
        "return_residences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("municipality_code", sa.String(length=7), nullable=False),
        sa.Column("target_group", sa.String(length=20), nullable=True),
        sa.Column("adverse_situation", sa.String(length=20), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "municipality_code IN ('outside', 'unknown') OR length(municipality_code) = 6",
            name=op.f("ck_return_residences_municipality_or_special"),
        ),
        sa.CheckConstraint("persons > 0", name=op.f("ck_return_residences_persons_above_zero")),
        sa.ForeignKeyConstraint(
            ["return_id"], ["returns.id"], name=op.f("fk_return_residences_return_id_returns"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_residences")),
        sa.UniqueConstraint(
            "return_id", "municipality_code", "target_group", "adverse_situation", name=op.f("uq_residences")
        ),
    )
    op.create_index(
        "uq_residences_without_group",
        "return_residences",
        ["return_id", "municipality_code", "adverse_situation"],
        unique=True,
        sqlite_where=WITHOUT_GROUP,
        postgresql_where=WITHOUT_GROUP,
    )
    op.create_table(
        "return_residence_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("municipality_code", sa.String(length=7), nullable=True),
        sa.Column("target_group", sa.String(length=20), nullable=True),
        sa.Column("adverse_situation", sa.String(length=20), nullable=True),
        sa.Column("from_persons", sa.Integer(), nullable=True),
        sa.Column("to_persons", sa.Integer(), nullable=True),
        sa.Column("from_state", sa.String(length=14), nullable=True),
        sa.Column("to_state", sa.String(length=14), nullable=True),
        sa.CheckConstraint(
            "(municipality_code IS NULL) = (from_state IS NOT NULL)"
            " AND (from_state IS NULL) = (to_state IS NULL)"
            " AND (municipality_code IS NULL) = (adverse_situation IS NULL)",
            name=op.f("ck_return_residence_changes_row_or_state"),
        ),
        sa.ForeignKeyConstraint(
            ["return_id"],
            ["returns.id"],
            name=op.f("fk_return_residence_changes_return_id_returns"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_residence_changes")),
    )
    op.create_index(
        "ix_return_residence_changes_return_id_version", "return_residence_changes", ["return_id", "version"]
    )


def downgrade() -> None:
    op.drop_table("return_residence_changes")
    op.drop_table("return_residences")
    op.drop_table("return_residence_parts")
