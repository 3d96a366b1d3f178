"""sources are made on the site

<<<<<<<< HEAD:tracker/migrations/versions/0025_sources_are_made_on_the_site.py
Revision: 0025, after 0024
========
Revision: 0024, after 0023
>>>>>>>> 5006c8f (Call the words of a document by a name of their own):tracker/migrations/versions/0024_sources_are_made_on_the_site.py

Who wrote a source on the site, and who paused one there: what the configuration says of it then changes neither.
"""

import sqlalchemy as sa
from alembic import op

<<<<<<<< HEAD:tracker/migrations/versions/0025_sources_are_made_on_the_site.py
revision = '0025'
down_revision = '0024'
========
revision = '0024'
down_revision = '0023'
>>>>>>>> 5006c8f (Call the words of a document by a name of their own):tracker/migrations/versions/0024_sources_are_made_on_the_site.py
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
