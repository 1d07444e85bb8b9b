"""Counts of need, flow between services, waiting as everybody may learn it."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('need_flows',
    sa.Column('year', sa.SmallInteger(), nullable=False),
    sa.Column('type_code', sa.String(length=4), nullable=False),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('target', sa.String(length=20), nullable=False),
    sa.Column('most', sa.Integer(), nullable=False),
    sa.Column('least', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('year', 'type_code', 'source', 'target', name=op.f('pk_need_flows'))
    )
    op.create_table('need_quarters',
    sa.Column('period', sa.String(length=6), nullable=False),
    sa.Column('counted_on', sa.Date(), nullable=False),
    sa.Column('counted_at_utc', sa.DateTime(timezone=True), nullable=False),
    sa.Column('is_closed', sa.Boolean(), nullable=False),
    sa.Column('applications', sa.Integer(), nullable=False),
    sa.Column('links', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('period', name=op.f('pk_need_quarters'))
    )
    op.create_table('need_waits',
    sa.Column('period', sa.String(length=6), nullable=False),
    sa.Column('type_code', sa.String(length=4), nullable=False),
    sa.Column('level', sa.String(length=8), nullable=False),
    sa.Column('area', sa.String(length=7), nullable=False),
    sa.Column('from_months', sa.SmallInteger(), nullable=True),
    sa.Column('to_months', sa.SmallInteger(), nullable=True),
    sa.Column('frozen_at_utc', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("level IN ('region', 'district', 'orp')", name=op.f('ck_need_waits_level_known')),
    sa.CheckConstraint('(from_months IS NULL) = (to_months IS NULL)', name=op.f('ck_need_waits_both_or_none')),
    sa.PrimaryKeyConstraint('period', 'type_code', 'level', 'area', name=op.f('pk_need_waits'))
    )
    op.create_table('need_counts',
    sa.Column('type_code', sa.String(length=4), nullable=False),
    sa.Column('situation', sa.String(length=20), nullable=False),
    sa.Column('target_group', sa.String(length=20), nullable=False),
    sa.Column('area', sa.String(length=7), nullable=False),
    sa.Column('period', sa.String(length=6), nullable=False),
    sa.Column('applications', sa.Integer(), nullable=False),
    sa.Column('persons_most', sa.Integer(), nullable=False),
    sa.Column('persons_least', sa.Integer(), nullable=False),
    sa.Column('confirmed_most', sa.Integer(), nullable=False),
    sa.Column('confirmed_least', sa.Integer(), nullable=False),
    sa.Column('able_most', sa.Integer(), nullable=False),
    sa.Column('able_least', sa.Integer(), nullable=False),
    sa.Column('urgent_most', sa.Integer(), nullable=False),
    sa.Column('urgent_least', sa.Integer(), nullable=False),
    sa.Column('unmet_most', sa.Integer(), nullable=False),
    sa.Column('unmet_least', sa.Integer(), nullable=False),
    sa.Column('arrived_most', sa.Integer(), nullable=False),
    sa.Column('arrived_least', sa.Integer(), nullable=False),
    sa.Column('satisfied_most', sa.Integer(), nullable=False),
    sa.Column('satisfied_least', sa.Integer(), nullable=False),
    sa.Column('left_without_help_most', sa.Integer(), nullable=False),
    sa.Column('left_without_help_least', sa.Integer(), nullable=False),
    sa.Column('died_most', sa.Integer(), nullable=False),
    sa.Column('died_least', sa.Integer(), nullable=False),
    sa.Column('waiting_n', sa.Integer(), nullable=False),
    sa.Column('waiting_p25', sa.Float(), nullable=True),
    sa.Column('waiting_p50', sa.Float(), nullable=True),
    sa.Column('waiting_p75', sa.Float(), nullable=True),
    sa.Column('waited_n', sa.Integer(), nullable=False),
    sa.Column('waited_p25', sa.Float(), nullable=True),
    sa.Column('waited_p50', sa.Float(), nullable=True),
    sa.Column('waited_p75', sa.Float(), nullable=True),
    sa.ForeignKeyConstraint(['period'], ['need_quarters.period'], name=op.f('fk_need_counts_period_need_quarters'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('type_code', 'situation', 'target_group', 'area', 'period', name=op.f('pk_need_counts'))
    )
    op.create_index('ix_need_counts_period', 'need_counts', ['period', 'area', 'target_group', 'situation'], unique=False)
    op.create_table('need_refusals',
    sa.Column('period', sa.String(length=6), nullable=False),
    sa.Column('type_code', sa.String(length=4), nullable=False),
    sa.Column('refused', sa.Integer(), nullable=False),
    sa.Column('services', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['period'], ['need_quarters.period'], name=op.f('fk_need_refusals_period_need_quarters'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('period', 'type_code', name=op.f('pk_need_refusals'))
    )


def downgrade() -> None:
    op.drop_table('need_refusals')
    op.drop_index('ix_need_counts_period', table_name='need_counts')
    op.drop_table('need_counts')
    op.drop_table('need_waits')
    op.drop_table('need_quarters')
    op.drop_table('need_flows')
