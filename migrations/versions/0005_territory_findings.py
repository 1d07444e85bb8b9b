"""Territory: what an import repaired or tolerated; one open version per region."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OPEN = sa.text("valid_to IS NULL")


def upgrade() -> None:
    op.add_column("territory_versions", sa.Column("findings", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("territory_versions") as batch:
        batch.alter_column("findings", server_default=None)  # it was there only for the rows already stored
    op.create_index(
        "uq_territory_versions_open",
        "territory_versions",
        ["region_code"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def downgrade() -> None:
    op.drop_index("uq_territory_versions_open", "territory_versions")
    with op.batch_alter_table("territory_versions") as batch:
        batch.drop_column("findings")
