"""Needs of municipalities: nobody says a figure as "a file"; it is said by whoever takes the file over."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

TABLES = ("municipal_needs", "municipal_need_changes", "municipal_need_reports")
NOW = "source IN ('municipality', 'orp', 'region')"
BEFORE = "source IN ('municipality', 'orp', 'region', 'import')"


def upgrade() -> None:
    for name in TABLES:
        refuse_strangers(name)
    for name in TABLES:
        replace_check(name, NOW)


def downgrade() -> None:
    for name in TABLES:
        replace_check(name, BEFORE)


def refuse_strangers(name: str) -> None:
    """Who said such a row cannot be guessed, and no version of the portal has written one."""
    table = sa.table(name, sa.column("source", sa.String))
    found = op.get_bind().scalar(sa.select(sa.func.count()).select_from(table).where(table.c.source == "import"))
    if found:
        raise RuntimeError(
            f"{name}: {found} rows have the source 'import', which the portal never writes. Set it to who said them"
            " (municipality, orp or region), then upgrade again."
        )


def replace_check(name: str, condition: str) -> None:
    with op.batch_alter_table(name) as batch:
        batch.drop_constraint(op.f(f"ck_{name}_source_known"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{name}_source_known"), condition)
