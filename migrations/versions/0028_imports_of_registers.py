"""Waiting lists: imports of the registers of users, beside those of the lists."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

CLIENT = "fk_waiting_list_import_items_client_id_clients"


def upgrade() -> None:
    with op.batch_alter_table("waiting_list_imports") as batch:
        batch.add_column(sa.Column("subject", sa.String(length=12), nullable=False, server_default="applications"))
        batch.create_check_constraint(
            op.f("ck_waiting_list_imports_subject_known"), "subject IN ('applications', 'stays')"
        )
    with op.batch_alter_table("waiting_list_imports") as batch:
        batch.alter_column("subject", server_default=None)
    with op.batch_alter_table("waiting_list_import_items") as batch:
        batch.add_column(sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch.alter_column("file_reference", existing_type=sa.String(length=40), nullable=True)
        batch.create_foreign_key(op.f(CLIENT), "clients", ["client_id"], ["id"], ondelete="SET NULL")
        batch.create_index("ix_waiting_list_import_items_client_id", ["client_id"], unique=False)


def downgrade() -> None:
    op.execute("DELETE FROM waiting_list_imports WHERE subject = 'stays'")  # and their items
    op.execute("DELETE FROM waiting_list_import_items WHERE file_reference IS NULL")  # SQLite without foreign keys
    with op.batch_alter_table("waiting_list_import_items") as batch:
        batch.drop_index("ix_waiting_list_import_items_client_id")
        batch.drop_constraint(op.f(CLIENT), type_="foreignkey")
        batch.alter_column("file_reference", existing_type=sa.String(length=40), nullable=False)
        batch.drop_column("client_id")
    with op.batch_alter_table("waiting_list_imports") as batch:
        batch.drop_constraint(op.f("ck_waiting_list_imports_subject_known"), type_="check")
        batch.drop_column("subject")
