"""a claim is known by its identity key

Revision: 0008, after 0007

Both databases rename a column in place. A rebuilt table would lose its CHECKs on SQLite; for the same reason the
constraint keeps its name.
"""

from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute('ALTER TABLE claim RENAME COLUMN once TO identity_key')


def downgrade() -> None:
    op.execute('ALTER TABLE claim RENAME COLUMN identity_key TO once')
