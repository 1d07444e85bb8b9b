"""Municipal support: figures of both sides, their history and settlement, imports."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('grant_imports',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=11), nullable=False),
    sa.Column('row_count', sa.Integer(), nullable=False),
    sa.Column('new', sa.Integer(), nullable=False),
    sa.Column('changed', sa.Integer(), nullable=False),
    sa.Column('same', sa.Integer(), nullable=False),
    sa.Column('faults', sa.JSON(), nullable=False),
    sa.Column('fault_count', sa.Integer(), nullable=False),
    sa.Column('created_at_utc', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_user_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=200), nullable=False),
    sa.Column('applied_at_utc', sa.DateTime(timezone=True), nullable=True),
    sa.Column('rolled_back_at_utc', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state IN ('applied', 'rolled_back')) = (applied_at_utc IS NOT NULL)", name=op.f('ck_grant_imports_applied_timed')),
    sa.CheckConstraint("state IN ('previewed', 'rejected', 'applied', 'rolled_back', 'discarded')", name=op.f('ck_grant_imports_state_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grant_imports'))
    )
    op.create_index(op.f('ix_grant_imports_content_hash'), 'grant_imports', ['content_hash'], unique=False)
    op.create_index('ix_grant_imports_state', 'grant_imports', ['state'], unique=False)
    op.create_table('grant_changes',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('municipality_code', sa.String(length=6), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('side', sa.String(length=12), nullable=True),
    sa.Column('step', sa.String(length=10), nullable=False),
    sa.Column('before', sa.JSON(), nullable=True),
    sa.Column('after', sa.JSON(), nullable=True),
    sa.Column('at_utc', sa.DateTime(timezone=True), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=200), nullable=False),
    sa.CheckConstraint("kind IN ('running', 'investment', 'rent', 'gift', 'founder')", name=op.f('ck_grant_changes_kind_known')),
    sa.CheckConstraint("step IN ('written', 'imported', 'taken_back', 'replied', 'settled')", name=op.f('ck_grant_changes_step_known')),
    sa.ForeignKeyConstraint(['service_id'], ['services.id'], name=op.f('fk_grant_changes_service_id_services'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grant_changes'))
    )
    op.create_index('ix_grant_changes_service_id_municipality_code_year', 'grant_changes', ['service_id', 'municipality_code', 'year', 'id'], unique=False)
    op.create_table('grant_figures',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('municipality_code', sa.String(length=6), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('side', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=14), nullable=False),
    sa.Column('value', sa.Numeric(precision=14, scale=2), nullable=True),
    sa.Column('contract', sa.String(length=100), nullable=False),
    sa.Column('granted_on', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('source', sa.String(length=12), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('changed_at_utc', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_by_user_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=200), nullable=False),
    sa.Column('reply', sa.String(length=9), nullable=True),
    sa.Column('reply_text', sa.Text(), nullable=True),
    sa.Column('replied_at_utc', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reply_actor_name', sa.String(length=200), nullable=True),
    sa.CheckConstraint("(state = 'value' AND value IS NOT NULL AND value <> 0) OR (state = 'zero' AND value IS NOT NULL AND value = 0) OR (state IN ('not_applicable', 'not_supplied') AND value IS NULL)", name=op.f('ck_grant_figures_state_and_value_agree')),
    sa.CheckConstraint("kind IN ('running', 'investment', 'rent', 'gift', 'founder')", name=op.f('ck_grant_figures_kind_known')),
    sa.CheckConstraint("reply IS NULL OR reply IN ('confirmed', 'disputed')", name=op.f('ck_grant_figures_reply_known')),
    sa.CheckConstraint("side IN ('municipality', 'provider')", name=op.f('ck_grant_figures_side_known')),
    sa.CheckConstraint("source IN ('municipality', 'region', 'provider', 'import')", name=op.f('ck_grant_figures_source_known')),
    sa.CheckConstraint('value IS NULL OR value >= 0', name=op.f('ck_grant_figures_value_not_negative')),
    sa.ForeignKeyConstraint(['service_id'], ['services.id'], name=op.f('fk_grant_figures_service_id_services'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grant_figures')),
    sa.UniqueConstraint('service_id', 'municipality_code', 'year', 'kind', 'side', name=op.f('uq_grant_figures_service_id_municipality_code_year_kind_side'))
    )
    op.create_index('ix_grant_figures_municipality_code_year', 'grant_figures', ['municipality_code', 'year'], unique=False)
    op.create_index('ix_grant_figures_side_year', 'grant_figures', ['side', 'year'], unique=False)
    op.create_table('grant_import_items',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('import_id', sa.Integer(), nullable=False),
    sa.Column('row_number', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('municipality_code', sa.String(length=6), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('base_version', sa.Integer(), nullable=True),
    sa.Column('before', sa.JSON(), nullable=True),
    sa.Column('after', sa.JSON(), nullable=False),
    sa.Column('after_version', sa.Integer(), nullable=True),
    sa.CheckConstraint("kind IN ('running', 'investment', 'rent', 'gift', 'founder')", name=op.f('ck_grant_import_items_kind_known')),
    sa.ForeignKeyConstraint(['import_id'], ['grant_imports.id'], name=op.f('fk_grant_import_items_import_id_grant_imports'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['service_id'], ['services.id'], name=op.f('fk_grant_import_items_service_id_services'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grant_import_items')),
    sa.UniqueConstraint('import_id', 'service_id', 'municipality_code', 'year', 'kind', name=op.f('uq_grant_import_items_import_id_service_id_municipality_code_year_kind'))
    )
    op.create_index(op.f('ix_grant_import_items_service_id'), 'grant_import_items', ['service_id'], unique=False)
    op.create_table('grant_settlements',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('municipality_code', sa.String(length=6), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('gave', sa.Numeric(precision=14, scale=2), nullable=True),
    sa.Column('received', sa.Numeric(precision=14, scale=2), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('changed_at_utc', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_by_user_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=200), nullable=False),
    sa.CheckConstraint("kind IN ('running', 'investment', 'rent', 'gift', 'founder')", name=op.f('ck_grant_settlements_kind_known')),
    sa.CheckConstraint("state IN ('open', 'explained', 'to_correct', 'accepted')", name=op.f('ck_grant_settlements_state_known')),
    sa.ForeignKeyConstraint(['service_id'], ['services.id'], name=op.f('fk_grant_settlements_service_id_services'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grant_settlements')),
    sa.UniqueConstraint('service_id', 'municipality_code', 'year', 'kind', name=op.f('uq_grant_settlements_service_id_municipality_code_year_kind'))
    )
    op.create_index('ix_grant_settlements_year_state', 'grant_settlements', ['year', 'state'], unique=False)


def downgrade() -> None:
    op.drop_table('grant_settlements')
    op.drop_table('grant_import_items')
    op.drop_table('grant_figures')
    op.drop_table('grant_changes')
    op.drop_table('grant_imports')
