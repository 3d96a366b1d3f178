"""a list of the past is kept, and addresses go

Revision: 0012, after 0011

`backfill_item.archived` names the bytes of the list that a text came with. Outlets and notes lose the e-mail addresses that
bylines brought along before they were stripped on the way in.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

ADDRESS = re.compile(r'[<(\[]?\b(?:mailto:)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+[>)\]]?', re.IGNORECASE)


def upgrade() -> None:
    op.execute('ALTER TABLE backfill_item ADD COLUMN archived VARCHAR')
    connection = op.get_bind()
    document = sa.table('document', sa.column('id', sa.Integer), sa.column('outlet'), sa.column('note'))
    for column in (document.c.outlet, document.c.note):
        found = connection.execute(sa.select(document.c.id, column).where(column.contains('@'))).all()
        for number, words in found:
            plain = ' '.join(ADDRESS.sub(' ', words).split()) or None
            connection.execute(sa.update(document).where(document.c.id == number).values({column.name: plain}))


def downgrade() -> None:
    op.execute('ALTER TABLE backfill_item DROP COLUMN archived')
