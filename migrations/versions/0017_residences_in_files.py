"""Returns: imports of files hold where users live."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("return_import_items") as batch:
        batch.add_column(sa.Column("residences", sa.JSON(none_as_null=True), nullable=True))
        batch.add_column(sa.Column("residence_version", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("residence_rows", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("after_residence_version", sa.Integer(), nullable=True))
    with op.batch_alter_table("return_import_items") as batch:
        batch.alter_column("residence_version", server_default=None)
        batch.alter_column("residence_rows", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("return_import_items") as batch:
        batch.drop_column("after_residence_version")
        batch.drop_column("residence_rows")
        batch.drop_column("residence_version")
        batch.drop_column("residences")
