"""what suggesters know is kept

Revision: 0019, after 0018

What a suggester learned of a topic, and how far it agrees with the topic's confirmed codings, stand in a table of their own.
The job "learn" fills it; nothing that stands changes.
"""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'topic_suggester',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('topic_id', sa.String(length=80), nullable=False),
        sa.Column('name', sa.String(length=40), nullable=False),
        sa.Column('scale', sa.Integer(), nullable=False),
        sa.Column('rests_on', sa.String(length=64), nullable=False),
        sa.Column('model', sa.JSON(), nullable=True),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ('coded', 'shown', 'exact', 'near', 'covered', 'without', 'alone')
        ),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name='fk_topic_suggester_topic_id_topic'),
        sa.PrimaryKeyConstraint('id', name='pk_topic_suggester'),
        sa.UniqueConstraint('topic_id', 'name', name='uq_topic_suggester_topic_id_name'),
    )


def downgrade() -> None:
    op.drop_table('topic_suggester')
