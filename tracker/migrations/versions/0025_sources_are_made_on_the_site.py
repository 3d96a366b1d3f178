"""sources are made on the site

Revision: 0025, after 0024

Who wrote a source on the site, and who paused one there: what the configuration says of it then changes neither.
"""

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('source') as batch:
        batch.add_column(sa.Column('edited_by', sa.String(), nullable=True))
        batch.add_column(sa.Column('paused_by', sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('source') as batch:
        batch.drop_column('paused_by')
        batch.drop_column('edited_by')
