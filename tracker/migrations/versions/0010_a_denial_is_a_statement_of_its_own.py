"""a denial is a statement of its own

Revision: 0010, after 0009

`claim.negated` becomes `claim.polarity` ("affirmed" or "denied"). A denial gets the identity key under which the same denial
is found again, made of the one it had, and loses the positions that the machine suggested for the words it denies.
"""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE claim ADD COLUMN polarity VARCHAR(40) DEFAULT 'affirmed' NOT NULL")
    op.execute("UPDATE claim SET polarity = 'denied' WHERE negated")
    op.execute('ALTER TABLE claim DROP COLUMN negated')
    connection = op.get_bind()
    claim = sa.table('claim', sa.column('id', sa.Integer), sa.column('identity_key', sa.String), sa.column('polarity'))
    for row in connection.execute(sa.select(claim.c.id, claim.c.identity_key).where(claim.c.polarity == 'denied')).all():
        key = hashlib.sha256(f'denied\0{row.identity_key}'.encode()).hexdigest()
        connection.execute(sa.update(claim).where(claim.c.id == row.id).values(identity_key=key))
    op.execute(
        "DELETE FROM coding WHERE state = 'suggested' AND claim_id IN (SELECT id FROM claim WHERE polarity = 'denied')"
    )


def downgrade() -> None:
    op.execute('ALTER TABLE claim ADD COLUMN negated BOOLEAN DEFAULT false NOT NULL')
    op.execute("UPDATE claim SET negated = true WHERE polarity = 'denied'")
    op.execute('ALTER TABLE claim DROP COLUMN polarity')
