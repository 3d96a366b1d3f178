"""alerts go to webhooks

Revision: 0021, after 0020

A follower is an email address or a webhook's, and a delivery knows which, so that neither waits behind the other. The test
of a webhook is owed to no alert. Going down, webhooks go with all that was owed to them.
"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
NUMBER, TEXT, WORD = sa.Integer(), sa.String(), sa.String(length=40)


def upgrade() -> None:
    for table in ('follower', 'delivery'):
        op.add_column(table, sa.Column('medium', WORD, nullable=False, server_default='mail'))
    with op.batch_alter_table('follower') as batch:
        batch.alter_column('medium', existing_type=WORD, server_default=None)
    with op.batch_alter_table('delivery') as batch:
        batch.alter_column('medium', existing_type=WORD, server_default=None)
        batch.alter_column('subscription_id', existing_type=NUMBER, nullable=True)
    op.drop_index('ix_delivery_waiting', 'delivery')
    op.create_index('ix_delivery_waiting', 'delivery', ['state', 'medium', 'due_at'])
    op.create_table(
        'webhook',
        sa.Column('id', NUMBER, nullable=False),
        sa.Column('follower_id', NUMBER, nullable=False),
        sa.Column('name', TEXT, nullable=False),
        sa.Column('configured_as', sa.String(length=80), nullable=True),
        sa.Column('state', WORD, nullable=False),
        sa.Column('key_number', NUMBER, nullable=False),
        sa.Column('rotated_at', TIME, nullable=True),
        sa.Column('created_by', TEXT, nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('failing_since', TIME, nullable=True),
        sa.Column('failures', NUMBER, nullable=False),
        sa.Column('retry_at', TIME, nullable=True),
        sa.Column('answered_at', TIME, nullable=True),
        sa.Column('answer', TEXT, nullable=True),
        sa.Column('accepted_at', TIME, nullable=True),
        sa.ForeignKeyConstraint(['follower_id'], ['follower.id'], name='fk_webhook_follower_id_follower'),
        sa.PrimaryKeyConstraint('id', name='pk_webhook'),
        sa.UniqueConstraint('configured_as', name='uq_webhook_configured_as'),
        sa.UniqueConstraint('follower_id', name='uq_webhook_follower_id'),
    )


def downgrade() -> None:
    op.drop_table('webhook')
    op.execute("DELETE FROM delivery WHERE medium = 'webhook' OR subscription_id IS NULL")
    op.execute(
        "DELETE FROM subscription WHERE follower_id IN (SELECT id FROM follower WHERE medium = 'webhook')"
    )
    op.execute("DELETE FROM follower WHERE medium = 'webhook'")
    op.drop_index('ix_delivery_waiting', 'delivery')
    op.create_index('ix_delivery_waiting', 'delivery', ['state', 'due_at'])
    with op.batch_alter_table('delivery') as batch:
        batch.alter_column('subscription_id', existing_type=NUMBER, nullable=False)
        batch.drop_column('medium')
    with op.batch_alter_table('follower') as batch:
        batch.drop_column('medium')
