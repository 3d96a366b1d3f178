"""the desk decides and corrects

Revision: 0017, after 0016

Decisions are kept with the rows they changed, corrections are public rows, pairs that may be one utterance wait for a person,
and shifts are signed. Shifts that stood before are signed as of when they were made: they were mailed then. "Declined to
answer" is stored as "declined".
"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
OPEN = sa.text('decided_at IS NULL')
CONFIRMED = sa.text("status = 'confirmed'")


def upgrade() -> None:
    op.create_table(
        'decision',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('by', sa.String(), nullable=False),
        sa.Column('at', TIME, nullable=False),
        sa.Column('action', sa.String(), nullable=False),
        sa.Column('subject', sa.String(), nullable=False),
        sa.Column('item', sa.String(), nullable=False),
        sa.Column('batch', sa.String(), nullable=True),
        sa.Column('changes', sa.JSON(), nullable=False),
        sa.Column('undone_at', TIME, nullable=True),
        sa.PrimaryKeyConstraint('id', name='pk_decision'),
    )
    op.create_index('ix_decision_by_id', 'decision', ['by', 'id'])
    op.create_index('ix_decision_batch', 'decision', ['batch'])
    op.create_index('ix_decision_subject', 'decision', ['subject'])
    op.create_table(
        'correction',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('claim_id', sa.Integer(), nullable=False),
        sa.Column('field', sa.String(length=40), nullable=False),
        sa.Column('old', sa.String(), nullable=False),
        sa.Column('new', sa.String(), nullable=False),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('by', sa.String(), nullable=False),
        sa.Column('at', TIME, nullable=False),
        sa.Column('undone_at', TIME, nullable=True),
        sa.ForeignKeyConstraint(['claim_id'], ['claim.id'], name='fk_correction_claim_id_claim'),
        sa.PrimaryKeyConstraint('id', name='pk_correction'),
    )
    op.create_index('ix_correction_claim_id', 'correction', ['claim_id'])
    op.create_table(
        'look_alike',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('claim_id', sa.Integer(), nullable=False),
        sa.Column('other_id', sa.Integer(), nullable=False),
        sa.Column('likeness', sa.Integer(), nullable=False),
        sa.Column('at', TIME, nullable=False),
        sa.Column('decided_at', TIME, nullable=True),
        sa.ForeignKeyConstraint(['claim_id'], ['claim.id'], name='fk_look_alike_claim_id_claim'),
        sa.ForeignKeyConstraint(['other_id'], ['claim.id'], name='fk_look_alike_other_id_claim'),
        sa.PrimaryKeyConstraint('id', name='pk_look_alike'),
        sa.UniqueConstraint('claim_id', 'other_id', name='uq_look_alike_claim_id_other_id'),
    )
    op.create_index('ix_look_alike_open', 'look_alike', ['id'], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index('ix_look_alike_other_id', 'look_alike', ['other_id'])
    op.create_table(
        'settled',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('claim_id', sa.Integer(), nullable=False),
        sa.Column('doubt', sa.String(length=40), nullable=False),
        sa.Column('by', sa.String(), nullable=False),
        sa.Column('at', TIME, nullable=False),
        sa.Column('lifted_at', TIME, nullable=True),
        sa.ForeignKeyConstraint(['claim_id'], ['claim.id'], name='fk_settled_claim_id_claim'),
        sa.PrimaryKeyConstraint('id', name='pk_settled'),
    )
    op.create_index('ix_settled_claim_doubt', 'settled', ['claim_id', 'doubt'])
    op.create_table(
        'reservation',
        sa.Column('claim_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('by', sa.String(), nullable=False),
        sa.Column('until', TIME, nullable=False),
        sa.ForeignKeyConstraint(['claim_id'], ['claim.id'], name='fk_reservation_claim_id_claim'),
        sa.PrimaryKeyConstraint('claim_id', name='pk_reservation'),
    )
    op.create_table(
        'second_coding',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('claim_id', sa.Integer(), nullable=False),
        sa.Column('topic_id', sa.String(length=80), nullable=False),
        sa.Column('reading', sa.String(length=40), nullable=False),
        sa.Column('position_id', sa.Integer(), nullable=True),
        sa.Column('by', sa.String(), nullable=False),
        sa.Column('at', TIME, nullable=False),
        sa.Column('note', sa.String(), nullable=True),
        sa.CheckConstraint(
            "(reading = 'position') = (position_id IS NOT NULL)", name='ck_second_coding_position_or_reason'
        ),
        sa.ForeignKeyConstraint(['claim_id'], ['claim.id'], name='fk_second_coding_claim_id_claim'),
        sa.ForeignKeyConstraint(['position_id'], ['position.id'], name='fk_second_coding_position_id_position'),
        sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name='fk_second_coding_topic_id_topic'),
        sa.PrimaryKeyConstraint('id', name='pk_second_coding'),
        sa.UniqueConstraint('claim_id', 'topic_id', 'by', name='uq_second_coding_claim_id_topic_id_by'),
    )
    op.create_index('ix_second_coding_topic', 'second_coding', ['topic_id', 'claim_id'])
    op.create_table(
        'shift_signature',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('shift_id', sa.Integer(), nullable=False),
        sa.Column('by', sa.String(), nullable=False),
        sa.Column('at', TIME, nullable=False),
        sa.ForeignKeyConstraint(['shift_id'], ['shift.id'], name='fk_shift_signature_shift_id_shift'),
        sa.PrimaryKeyConstraint('id', name='pk_shift_signature'),
        sa.UniqueConstraint('shift_id', 'by', name='uq_shift_signature_shift_id_by'),
    )
    op.create_index('ix_claim_to_publish', 'claim', ['id'], sqlite_where=CONFIRMED, postgresql_where=CONFIRMED)
    # Not by copying the tables: the search's triggers hang on `speaker`.
    op.execute(
        'ALTER TABLE speaker ADD COLUMN merged_into INTEGER '
        'CONSTRAINT fk_speaker_merged_into_speaker REFERENCES speaker (id)'
    )
    op.execute('ALTER TABLE topic ADD COLUMN signatures INTEGER DEFAULT 1 NOT NULL')
    op.execute('ALTER TABLE shift ADD COLUMN scale INTEGER DEFAULT 1 NOT NULL')
    op.add_column('shift', sa.Column('signed_at', TIME, nullable=True))
    op.execute('UPDATE shift SET signed_at = at')
    op.execute(
        'UPDATE shift SET scale = (SELECT position.scale FROM coding JOIN position ON position.id = coding.position_id '
        'WHERE coding.id = shift.after_coding_id) WHERE EXISTS (SELECT 1 FROM coding JOIN position '
        'ON position.id = coding.position_id WHERE coding.id = shift.after_coding_id)'
    )
    op.execute("UPDATE coding SET reading = 'declined' WHERE reading = 'declined to answer'")


def downgrade() -> None:
    op.execute("UPDATE coding SET reading = 'declined to answer' WHERE reading = 'declined'")
    op.execute("UPDATE coding SET reading = 'ambiguous' WHERE reading = 'fragment'")
    op.drop_column('shift', 'signed_at')
    op.drop_column('shift', 'scale')
    op.drop_column('topic', 'signatures')
    if op.get_bind().dialect.name == 'sqlite':
        op.execute('ALTER TABLE speaker DROP COLUMN merged_into')
    else:
        op.drop_column('speaker', 'merged_into')
    op.drop_index('ix_claim_to_publish', table_name='claim')
    for table in (
        'shift_signature', 'second_coding', 'reservation', 'settled', 'look_alike', 'correction', 'decision',
    ):  # fmt: skip
        op.drop_table(table)
