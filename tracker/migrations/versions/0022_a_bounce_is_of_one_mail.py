"""a bounce is of one mail

Revision: 0022, after 0021

A report of a mail that came back names the mail, and is counted once. What was counted before names none.
"""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('bounce') as batch:
        batch.add_column(sa.Column('message_id', sa.String(), nullable=True))
        batch.create_unique_constraint('uq_bounce_message_id', ['message_id'])


def downgrade() -> None:
    with op.batch_alter_table('bounce') as batch:
        batch.drop_constraint('uq_bounce_message_id', type_='unique')
        batch.drop_column('message_id')
