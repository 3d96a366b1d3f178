"""the border of a topic is kept

Revision: 0024, after 0023

Statements that a topic's rules find or miss by little wait for an editor, the nearest first. Filled when what is held is
compared with the topics again, which a new version of the rules does by itself.
"""

import sqlalchemy as sa
from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'topic_border',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('claim_id', sa.Integer(), nullable=False),
        sa.Column('topic_id', sa.String(length=80), nullable=False),
        sa.Column('place', sa.BigInteger(), nullable=False),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('matched', sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(['claim_id'], ['claim.id'], name='fk_topic_border_claim_id_claim'),
        sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name='fk_topic_border_topic_id_topic'),
        sa.PrimaryKeyConstraint('id', name='pk_topic_border'),
        sa.UniqueConstraint('claim_id', 'topic_id', name='uq_topic_border_claim_id_topic_id'),
    )
    op.create_index('ix_topic_border_topic_id', 'topic_border', ['topic_id'])
    op.create_index('ix_topic_border_place', 'topic_border', ['place'])


def downgrade() -> None:
    op.drop_table('topic_border')
