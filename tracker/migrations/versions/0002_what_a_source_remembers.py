"""Sources remember what was new, who looks at them, and when a host is free

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('host_turn',
    sa.Column('host', sa.String(length=300), nullable=False),
    sa.Column('free_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('host', name=op.f('pk_host_turn'))
    )
    with op.batch_alter_table('source', schema=None) as batch_op:
        batch_op.add_column(sa.Column('full_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('newest_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('idle_looks', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('gone_looks', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('taken_by', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('taken_until', sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.add_column(sa.Column('listed_title', sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.drop_column('listed_title')
    with op.batch_alter_table('source', schema=None) as batch_op:
        for column in ('taken_until', 'taken_by', 'gone_looks', 'idle_looks', 'newest_at', 'full_at'):
            batch_op.drop_column(column)
    op.drop_table('host_turn')
