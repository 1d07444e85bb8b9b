"""catalog_imports: what an import shows and restores, what it leaves alone"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

# Columns that rows of the time before need a value for; the default goes again, since the model writes its own.
FILLED = {
    'catalog_import_changes': (
        ('name', sa.String(length=400), "''"),
        ('differences', sa.JSON(), "'[]'"),
    ),
    'catalog_imports': (
        ('services_live', sa.Integer(), '0'),
        ('counted', sa.Integer(), '0'),
        ('row_error_count', sa.Integer(), '0'),
        ('row_notice_count', sa.Integer(), '0'),
        ('code_lists', sa.JSON(), "'{}'"),
    ),
    'services': (('kept_fields', sa.JSON(), "'[]'"),),
}
OPTIONAL = {
    'catalog_import_changes': (('after_hash', sa.String(length=64)),),
    'catalog_imports': (('base_import_id', sa.Integer()), ('before', sa.JSON())),
    'services': (('missing_since', sa.Date()), ('changed_on', sa.Date())),
}
# JSON that is stored and read as text, so that an import need not decode it.
AS_TEXT = {'catalog_import_changes': ('before', 'after'), 'services': ('record',)}


def upgrade() -> None:
    for table, columns in FILLED.items():
        with op.batch_alter_table(table) as batch_op:
            for name, kind, value in columns:
                batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=sa.text(value)))
            for name, kind in OPTIONAL[table]:
                batch_op.add_column(sa.Column(name, kind, nullable=True))
            for name in AS_TEXT.get(table, ()):
                batch_op.alter_column(name, existing_type=sa.JSON(), type_=sa.Text())
        with op.batch_alter_table(table) as batch_op:
            for name, kind, _value in columns:
                batch_op.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
    # The row every writer of the catalogue locks has to be there before the first two of them meet.
    op.execute(
        sa.text(
            "INSERT INTO catalog_version (id, number, changed_at_utc)"
            " SELECT 1, 0, CURRENT_TIMESTAMP WHERE NOT EXISTS (SELECT 1 FROM catalog_version)"
        )
    )


def downgrade() -> None:
    for table in FILLED:
        with op.batch_alter_table(table) as batch_op:
            for name in AS_TEXT.get(table, ()):
                batch_op.alter_column(
                    name, existing_type=sa.Text(), type_=sa.JSON(), postgresql_using=f"{name}::json"
                )
            for name, *_rest in (*FILLED[table], *OPTIONAL[table]):
                batch_op.drop_column(name)
