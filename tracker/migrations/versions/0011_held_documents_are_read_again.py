"""held documents are read again

Revision: 0011, after 0010

What a snapshot was read with stands on it (`snapshot.read_with`; empty for those read before, which are therefore read again
once), differences have a table (`reading_change`), and a suggestion that does not follow any more is withdrawn. The lists of
statements whose speaker or day is unsure, or whose source was edited, are found by indexes of their own.
"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

UNSURE = (
    ('ix_claim_unresolved', 'claim', 'speaker_id IS NULL'),
    ('ix_claim_undated', 'claim', "said_precision = 'unknown'"),
    ('ix_claim_loose_day', 'claim', "said_precision IN ('range', 'month', 'year')"),
    ('ix_claim_day_conflict', 'claim', 'said_conflict IS NOT NULL'),
    ('ix_claim_venue_conflict', 'claim', 'venue_conflict IS NOT NULL'),
    ('ix_appearance_not_intact', 'appearance', "state <> 'intact'"),
)


def upgrade() -> None:
    op.execute('ALTER TABLE snapshot ADD COLUMN read_with VARCHAR(80)')
    op.create_index('ix_snapshot_read_with', 'snapshot', ['read_with'])
    op.execute('ALTER TABLE coding ADD COLUMN withdrawn_at TIMESTAMP WITH TIME ZONE')
    op.create_index('ix_delivery_subject', 'delivery', ['subject'])
    op.execute('ALTER TABLE claim ADD COLUMN venue_conflict VARCHAR')
    for name, table, where in UNSURE:
        op.create_index(name, table, ['id'], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.create_table(
        'reading_change',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('claim_id', sa.Integer(), nullable=False),
        sa.Column('appearance_id', sa.Integer(), nullable=True),
        sa.Column('field', sa.String(length=100), nullable=False),
        sa.Column('old', sa.JSON(), nullable=False),
        sa.Column('new', sa.JSON(), nullable=False),
        sa.Column('why_old', sa.JSON(), nullable=False),
        sa.Column('why_new', sa.JSON(), nullable=False),
        sa.Column('reader_old', sa.String(), nullable=False),
        sa.Column('reader_new', sa.String(), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('decided_by', sa.String(), nullable=True),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['appearance_id'], ['appearance.id'], name='fk_reading_change_appearance_id_appearance'),
        sa.ForeignKeyConstraint(['claim_id'], ['claim.id'], name='fk_reading_change_claim_id_claim'),
        sa.PrimaryKeyConstraint('id', name='pk_reading_change'),
    )
    op.create_index('ix_reading_change_state', 'reading_change', ['state', 'id'])
    op.create_index('ix_reading_change_claim', 'reading_change', ['claim_id', 'field'])


def downgrade() -> None:
    op.drop_table('reading_change')
    for name, table, _ in reversed(UNSURE):
        op.drop_index(name, table)
    op.execute('ALTER TABLE claim DROP COLUMN venue_conflict')
    op.drop_index('ix_delivery_subject', 'delivery')
    op.execute('ALTER TABLE coding DROP COLUMN withdrawn_at')
    op.drop_index('ix_snapshot_read_with', 'snapshot')
    op.execute('ALTER TABLE snapshot DROP COLUMN read_with')
