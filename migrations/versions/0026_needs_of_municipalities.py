"""Needs of municipalities: figures with provenance, their history, quarters handed over, the method."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('municipal_need_changes',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('period', sa.String(length=6), nullable=False),
    sa.Column('municipality_code', sa.String(length=6), nullable=False),
    sa.Column('situation', sa.String(length=20), nullable=False),
    sa.Column('target_group', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.String(length=12), nullable=False),
    sa.Column('type_code', sa.String(length=4), nullable=False),
    sa.Column('step', sa.String(length=10), nullable=False),
    sa.Column('before', sa.JSON(), nullable=True),
    sa.Column('after', sa.JSON(), nullable=True),
    sa.Column('source', sa.String(length=12), nullable=False),
    sa.Column('at_utc', sa.DateTime(timezone=True), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=200), nullable=False),
    sa.CheckConstraint("source IN ('municipality', 'orp', 'region', 'import')", name=op.f('ck_municipal_need_changes_source_known')),
    sa.CheckConstraint("step IN ('written', 'corrected', 'withdrawn', 'removed', 'imported', 'taken_back')", name=op.f('ck_municipal_need_changes_step_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_municipal_need_changes'))
    )
    op.create_index('ix_municipal_need_changes_place', 'municipal_need_changes', ['period', 'municipality_code', 'id'])
    op.create_table('municipal_need_guides',
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('written_at_utc', sa.DateTime(timezone=True), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('version', name=op.f('pk_municipal_need_guides'))
    )
    op.create_table('municipal_need_reports',
    sa.Column('period', sa.String(length=6), nullable=False),
    sa.Column('municipality_code', sa.String(length=6), nullable=False),
    sa.Column('source', sa.String(length=12), nullable=False),
    sa.Column('handed_over_at_utc', sa.DateTime(timezone=True), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=200), nullable=False),
    sa.CheckConstraint("source IN ('municipality', 'orp', 'region', 'import')", name=op.f('ck_municipal_need_reports_source_known')),
    sa.PrimaryKeyConstraint('period', 'municipality_code', name=op.f('pk_municipal_need_reports'))
    )
    op.create_table('municipal_needs',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('period', sa.String(length=6), nullable=False),
    sa.Column('municipality_code', sa.String(length=6), nullable=False),
    sa.Column('situation', sa.String(length=20), nullable=False),
    sa.Column('target_group', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.String(length=12), nullable=False),
    sa.Column('type_code', sa.String(length=4), nullable=False),
    sa.Column('state', sa.String(length=14), nullable=False),
    sa.Column('persons', sa.Integer(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('source', sa.String(length=12), nullable=False),
    sa.Column('actor_name', sa.String(length=200), nullable=False),
    sa.Column('changed_by_user_id', sa.Integer(), nullable=True),
    sa.Column('changed_at_utc', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('corrected_state', sa.String(length=14), nullable=True),
    sa.Column('corrected_persons', sa.Integer(), nullable=True),
    sa.Column('corrected_why', sa.Text(), nullable=True),
    sa.Column('corrected_source', sa.String(length=12), nullable=True),
    sa.Column('corrected_by', sa.String(length=200), nullable=True),
    sa.Column('corrected_at_utc', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state IN ('not_applicable', 'not_supplied') AND persons IS NULL) OR (state = 'value' AND persons IS NOT NULL AND persons > 0) OR (state = 'zero' AND persons IS NOT NULL AND persons = 0)", name=op.f('ck_municipal_needs_state_and_persons_agree')),
    sa.CheckConstraint("corrected_state IS NULL OR (corrected_state IN ('not_applicable', 'not_supplied') AND corrected_persons IS NULL) OR (corrected_state = 'value' AND corrected_persons IS NOT NULL AND corrected_persons > 0) OR (corrected_state = 'zero' AND corrected_persons IS NOT NULL AND corrected_persons = 0)", name=op.f('ck_municipal_needs_correction_agrees')),
    sa.CheckConstraint("length(reason) = 0 OR reason IN ('no_service', 'no_capacity', 'too_far', 'too_dear', 'refuses', 'other')", name=op.f('ck_municipal_needs_reason_known')),
    sa.CheckConstraint("source IN ('municipality', 'orp', 'region', 'import')", name=op.f('ck_municipal_needs_source_known')),
    sa.CheckConstraint('(corrected_state IS NULL) = (corrected_why IS NULL) AND (corrected_state IS NOT NULL OR corrected_persons IS NULL)', name=op.f('ck_municipal_needs_correction_has_a_reason')),
    sa.CheckConstraint('length(reason) > 0 OR coalesce(persons, 0) = 0', name=op.f('ck_municipal_needs_mark_is_no_number')),
    sa.CheckConstraint('length(reason) > 0 OR length(target_group) + length(type_code) = 0', name=op.f('ck_municipal_needs_mark_is_whole')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_municipal_needs')),
    sa.UniqueConstraint('period', 'municipality_code', 'situation', 'target_group', 'reason', 'type_code', name='uq_municipal_needs_place')
    )
    op.create_index('ix_municipal_needs_municipality_code_period', 'municipal_needs', ['municipality_code', 'period'])


def downgrade() -> None:
    op.drop_index('ix_municipal_needs_municipality_code_period', table_name='municipal_needs')
    op.drop_table('municipal_needs')
    op.drop_table('municipal_need_reports')
    op.drop_table('municipal_need_guides')
    op.drop_index('ix_municipal_need_changes_place', table_name='municipal_need_changes')
    op.drop_table('municipal_need_changes')
