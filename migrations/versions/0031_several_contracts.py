"""Municipal support: several contracts of one kind; the mark of a year read from its index alone."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('grant_figures', sa.Column('contracts', sa.JSON(), nullable=True))
    op.drop_index('ix_grant_figures_side_year', table_name='grant_figures')
    op.create_index('ix_grant_figures_side_year', 'grant_figures', ['side', 'year', 'version', 'changed_at_utc'])


def downgrade() -> None:
    op.drop_index('ix_grant_figures_side_year', table_name='grant_figures')
    op.create_index('ix_grant_figures_side_year', 'grant_figures', ['side', 'year'])
    op.drop_column('grant_figures', 'contracts')
