"""statements can be searched

Revision: 0013, after 0012

The words of each claim as the search holds them (`search_text`), and the claims whose words are to be made anew
(`search_stale`): at first all of them. The index over the words and the triggers that keep both are made at the end of
every upgrade (`tracker.speech.ledger.search_schema`), since SQLite drops the triggers of a table that is rebuilt.
"""

import sqlalchemy as sa
from alembic import op

from tracker.speech.ledger import search_schema

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'search_text',
        sa.Column('claim_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('quote', sa.String(), nullable=False),
        sa.Column('about', sa.String(), nullable=False),
        sa.Column('stems', sa.String(), nullable=False),
        sa.PrimaryKeyConstraint('claim_id', name='pk_search_text'),
    )
    op.create_table(
        'search_stale',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('claim_id', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_search_stale'),
    )
    op.execute('INSERT INTO search_stale (claim_id) SELECT id FROM claim ORDER BY id')


def downgrade() -> None:
    search_schema.drop(op.get_bind())
    op.drop_table('search_stale')
    op.drop_table('search_text')
