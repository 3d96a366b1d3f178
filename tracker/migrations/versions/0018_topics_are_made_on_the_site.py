"""topics are made on the site

Revision: 0018, after 0017

A topic has examples that test its rules, and names who wrote it on the site; those that stand name nobody: they came from the
configuration file.
"""

from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute('ALTER TABLE topic ADD COLUMN edited_by VARCHAR')
    op.execute("ALTER TABLE topic ADD COLUMN examples JSON DEFAULT '{}' NOT NULL")


def downgrade() -> None:
    op.execute('ALTER TABLE topic DROP COLUMN examples')
    op.execute('ALTER TABLE topic DROP COLUMN edited_by')
