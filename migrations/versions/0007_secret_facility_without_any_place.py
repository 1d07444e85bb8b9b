"""Catalogue: a secret facility holds neither a name nor the names of its municipality and district."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NAME = "ck_facilities_secret_has_no_address"
PLACE = (
    "name", "street", "house_number", "postcode", "municipality_code", "municipality_name",
    "orp_code", "orp_name", "address_place_code", "lon", "lat",
)  # fmt: skip
BEFORE = ("street", "house_number", "postcode", "lon", "address_place_code", "municipality_code")


def upgrade() -> None:
    facilities = sa.table("facilities", sa.column("secret", sa.Boolean), *map(sa.column, PLACE))
    op.execute(facilities.update().where(facilities.c.secret).values(dict.fromkeys(PLACE)))
    replace_check(PLACE)


def downgrade() -> None:
    replace_check(BEFORE)


def replace_check(columns: tuple[str, ...]) -> None:
    condition = f"NOT secret OR ({' AND '.join(f'{column} IS NULL' for column in columns)})"
    with op.batch_alter_table("facilities") as batch:
        batch.drop_constraint(op.f(NAME), type_="check")
        batch.create_check_constraint(op.f(NAME), condition)
