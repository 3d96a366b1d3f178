"""operators are told

Revision: 0023, after 0022

What operators were told of the service, so that the same is not told again. Going down, what is owed to them goes.
"""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'notice',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('about', sa.String(), nullable=False),
        sa.Column('state', sa.String(), nullable=False),
        sa.Column('words', sa.String(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_notice'),
    )
    op.create_index('ix_notice_about', 'notice', ['about'])


def downgrade() -> None:
    op.drop_table('notice')
    op.execute("DELETE FROM delivery WHERE occasion = 'notice'")
