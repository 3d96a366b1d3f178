"""a model is asked once

Revision: 0020, after 0019

Which statements a language model was asked about, with what, and what came of it; so that none is asked about twice for nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'model_question',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('claim_id', sa.Integer(), nullable=False),
        sa.Column('topic_id', sa.String(length=80), nullable=False),
        sa.Column('asked_with', sa.String(length=64), nullable=False),
        sa.Column('outcome', sa.String(length=20), nullable=False),
        sa.Column('detail', sa.String(), nullable=False),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['claim_id'], ['claim.id'], name='fk_model_question_claim_id_claim'),
        sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name='fk_model_question_topic_id_topic'),
        sa.PrimaryKeyConstraint('id', name='pk_model_question'),
        sa.UniqueConstraint('claim_id', 'topic_id', name='uq_model_question_claim_id_topic_id'),
    )
    op.create_index('ix_model_question_topic_id', 'model_question', ['topic_id'])


def downgrade() -> None:
    op.drop_table('model_question')
