"""Returns: the form of 2020 is that of 2015 to 2025, followed by one of 2026.

A return stays with the form that it was begun with. One of 2026 that comes back after a downgrade, which knows a single
form, is told by a figure that only the form of 2026 asks for.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE returns SET form_version = 'quarterly_2026' WHERE form_version = 'quarterly_2020'"
        " AND id IN (SELECT return_id FROM return_cells WHERE field = 'users_new')"
    )
    op.execute("UPDATE returns SET form_version = 'quarterly_2015' WHERE form_version = 'quarterly_2020'")


def downgrade() -> None:
    op.execute(
        "UPDATE returns SET form_version = 'quarterly_2020' WHERE form_version IN ('quarterly_2015', 'quarterly_2026')"
    )
