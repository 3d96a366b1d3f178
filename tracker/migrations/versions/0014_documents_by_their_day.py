"""documents by their day

Revision: 0014, after 0013

A line-up says how many documents of each side were looked at; without this index it would read every document for it.
"""

from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_document_published_at', 'document', ['published_at'])


def downgrade() -> None:
    op.drop_index('ix_document_published_at', table_name='document')
