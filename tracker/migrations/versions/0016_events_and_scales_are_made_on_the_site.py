"""events and scales are made on the site

Revision: 0016, after 0015

A step of a scale may lie on an outer side and name an example; an event has zones, the reason of its pivot, days of its own
between before and after, documents and groups; an editor's word where an undated statement stands is a row
(`event_placement`); speakers belong to groups (`speaker_group`). Who changed a scale or an event on the site stands on it.
"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

EVENT = (
    ('zone', "VARCHAR DEFAULT 'UTC' NOT NULL"),
    ('pivot_zone', "VARCHAR DEFAULT 'UTC' NOT NULL"),
    ('pivot_reason', "VARCHAR DEFAULT '' NOT NULL"),
    ('during', 'BOOLEAN DEFAULT false NOT NULL'),
    ('documents', "JSON DEFAULT '[]' NOT NULL"),
    ('groups', "JSON DEFAULT '{}' NOT NULL"),
    ('edited_by', 'VARCHAR'),
)


def upgrade() -> None:
    op.execute('ALTER TABLE topic ADD COLUMN scale_by VARCHAR')
    op.execute('ALTER TABLE position ADD COLUMN side VARCHAR(40)')
    with op.batch_alter_table('position') as batch_op:
        batch_op.add_column(sa.Column('example_claim_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key('fk_position_example_claim_id_claim', 'claim', ['example_claim_id'], ['id'])
    for name, kind in EVENT:
        op.execute(f'ALTER TABLE event ADD COLUMN "{name}" {kind}')
    op.create_table(
        'event_placement',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('event_id', sa.String(length=80), nullable=False),
        sa.Column('claim_id', sa.Integer(), nullable=False),
        sa.Column('side', sa.String(), nullable=False),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('by', sa.String(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("side IN ('before', 'after')", name='ck_event_placement_one_side'),
        sa.ForeignKeyConstraint(['claim_id'], ['claim.id'], name='fk_event_placement_claim_id_claim'),
        sa.ForeignKeyConstraint(['event_id'], ['event.id'], name='fk_event_placement_event_id_event'),
        sa.PrimaryKeyConstraint('id', name='pk_event_placement'),
    )
    op.create_index('ix_event_placement_claim_id', 'event_placement', ['claim_id'])
    op.create_index('ix_event_placement_event_id', 'event_placement', ['event_id'])
    op.create_table(
        'speaker_group',
        sa.Column('speaker_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(['speaker_id'], ['speaker.id'], name='fk_speaker_group_speaker_id_speaker'),
        sa.PrimaryKeyConstraint('speaker_id', 'name', name='pk_speaker_group'),
    )


def downgrade() -> None:
    op.drop_table('speaker_group')
    op.drop_table('event_placement')
    for name, _ in reversed(EVENT):
        op.execute(f'ALTER TABLE event DROP COLUMN "{name}"')
    with op.batch_alter_table('position') as batch_op:
        batch_op.drop_constraint('fk_position_example_claim_id_claim', type_='foreignkey')
        batch_op.drop_column('example_claim_id')
    op.execute('ALTER TABLE position DROP COLUMN side')
    op.execute('ALTER TABLE topic DROP COLUMN scale_by')
