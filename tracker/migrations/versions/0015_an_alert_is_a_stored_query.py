"""an alert is a stored query

Revision: 0015, after 0014

An address becomes a follower that has any number of alerts, each of them a query of the search. What followed a topic and
perhaps some speakers follows the query for these. A follower who was owed the same thing for two topics is owed it once.
Going down, alerts that are no topic with speakers end, with what was owed to them.
"""

import hashlib
import json
import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
NUMBER, TEXT = sa.Integer(), sa.String()
FIRST = {'sent': 0, 'taken': 1, 'owed': 2, 'failed': 3, 'dropped': 4}


def upgrade() -> None:
    _create()
    with op.batch_alter_table('subscription') as batch:
        batch.add_column(sa.Column('follower_id', sa.Integer()))
        batch.add_column(sa.Column('query_id', sa.Integer()))
        batch.add_column(sa.Column('clock', sa.String(length=120)))
        batch.drop_constraint('uq_subscription_address_folded_topic_id', type_='unique')
    with op.batch_alter_table('delivery') as batch:
        batch.add_column(sa.Column('follower_id', sa.Integer()))
    connection = op.get_bind()
    _followers(connection)
    _drop_doubles(connection)
    with op.batch_alter_table('delivery') as batch:
        batch.drop_index('ix_delivery_message_id')
        batch.drop_index('ix_delivery_subject')
        batch.drop_constraint('uq_delivery_subscription_id_occasion_subject', type_='unique')
        batch.alter_column('follower_id', existing_type=sa.Integer(), nullable=False)
        batch.create_foreign_key('fk_delivery_follower_id_follower', 'follower', ['follower_id'], ['id'])
        batch.create_unique_constraint(
            'uq_delivery_subject_occasion_follower_id', ['subject', 'occasion', 'follower_id']
        )
    there = sa.text('message_id IS NOT NULL')
    op.create_index('ix_delivery_message', 'delivery', ['message_id'], sqlite_where=there, postgresql_where=there)
    op.create_index('ix_delivery_follower', 'delivery', ['follower_id', 'state'])
    with op.batch_alter_table('subscription') as batch:
        batch.drop_index('ix_subscription_address_folded')
        batch.drop_constraint('fk_subscription_topic_id_topic', type_='foreignkey')
        for name in (
            'address', 'address_folded', 'topic_id', 'speakers', 'plain', 'timezone', 'confirmations_sent',
            'last_confirmation_at',
        ):  # fmt: skip
            batch.drop_column(name)
        for name in ('follower_id', 'query_id', 'clock'):
            batch.alter_column(name, existing_type=sa.String(length=120) if name == 'clock' else sa.Integer(), nullable=False)
        batch.create_foreign_key('fk_subscription_follower_id_follower', 'follower', ['follower_id'], ['id'])
        batch.create_foreign_key('fk_subscription_query_id_stored_query', 'stored_query', ['query_id'], ['id'])
        batch.create_unique_constraint('uq_subscription_follower_id_query_id', ['follower_id', 'query_id'])
        batch.create_index('ix_subscription_query', ['query_id', 'state'])
    op.execute('DELETE FROM suppression WHERE failures < 3')
    op.drop_column('suppression', 'failures')


def downgrade() -> None:
    op.add_column('suppression', sa.Column('failures', sa.Integer(), nullable=False, server_default='3'))
    with op.batch_alter_table('suppression') as batch:
        batch.alter_column('failures', existing_type=sa.Integer(), server_default=None)
    columns = [
        sa.Column('address', sa.String()), sa.Column('address_folded', sa.String()), sa.Column('topic_id', sa.String(length=80)),
        sa.Column('speakers', sa.JSON()), sa.Column('plain', sa.Boolean()), sa.Column('timezone', sa.String()),
        sa.Column('confirmations_sent', sa.Integer()), sa.Column('last_confirmation_at', TIME),
    ]  # fmt: skip
    with op.batch_alter_table('subscription') as batch:
        for column in columns:
            batch.add_column(column)
    _topics_again(op.get_bind())
    with op.batch_alter_table('delivery') as batch:
        batch.drop_index('ix_delivery_follower')
        batch.drop_index('ix_delivery_message')
        batch.drop_constraint('uq_delivery_subject_occasion_follower_id', type_='unique')
        batch.drop_constraint('fk_delivery_follower_id_follower', type_='foreignkey')
        batch.drop_column('follower_id')
        batch.create_unique_constraint(
            'uq_delivery_subscription_id_occasion_subject', ['subscription_id', 'occasion', 'subject']
        )
        batch.create_index('ix_delivery_message_id', ['message_id'])
        batch.create_index('ix_delivery_subject', ['subject'])
    with op.batch_alter_table('subscription') as batch:
        batch.drop_index('ix_subscription_query')
        batch.drop_constraint('uq_subscription_follower_id_query_id', type_='unique')
        batch.drop_constraint('fk_subscription_follower_id_follower', type_='foreignkey')
        batch.drop_constraint('fk_subscription_query_id_stored_query', type_='foreignkey')
        for name in ('follower_id', 'query_id', 'clock'):
            batch.drop_column(name)
        for column in columns:
            if column.name != 'last_confirmation_at':
                batch.alter_column(column.name, existing_type=column.type, nullable=False)
        batch.create_foreign_key('fk_subscription_topic_id_topic', 'topic', ['topic_id'], ['id'])
        batch.create_unique_constraint('uq_subscription_address_folded_topic_id', ['address_folded', 'topic_id'])
        batch.create_index('ix_subscription_address_folded', ['address_folded'])
    for table in ('bounce', 'muted_speaker', 'query_anchor', 'stored_query', 'follower'):
        op.drop_table(table)


def _create() -> None:
    op.create_table(
        'follower',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('public_id', sa.String(length=43), nullable=False),
        sa.Column('address', sa.String(), nullable=False),
        sa.Column('address_folded', sa.String(), nullable=False),
        sa.Column('timezone', sa.String(), nullable=False),
        sa.Column('quiet_from', sa.Integer(), nullable=True),
        sa.Column('quiet_to', sa.Integer(), nullable=True),
        sa.Column('paused_until', TIME, nullable=True),
        sa.Column('plain', sa.Boolean(), nullable=False),
        sa.Column('confirmations_sent', sa.Integer(), nullable=False),
        sa.Column('last_confirmation_at', TIME, nullable=True),
        sa.Column('confirmed_at', TIME, nullable=True),
        sa.Column('created_at', TIME, nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_follower'),
        sa.UniqueConstraint('address_folded', name='uq_follower_address_folded'),
        sa.UniqueConstraint('public_id', name='uq_follower_public_id'),
    )
    op.create_table(
        'stored_query',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('told', sa.JSON(), nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_stored_query'),
        sa.UniqueConstraint('digest', name='uq_stored_query_digest'),
    )
    op.create_table(
        'query_anchor',
        sa.Column('anchor', sa.String(length=200), nullable=False),
        sa.Column('query_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['query_id'], ['stored_query.id'], name='fk_query_anchor_query_id_stored_query'),
        sa.PrimaryKeyConstraint('anchor', 'query_id', name='pk_query_anchor'),
    )
    op.create_table(
        'muted_speaker',
        sa.Column('follower_id', sa.Integer(), nullable=False),
        sa.Column('speaker_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['follower_id'], ['follower.id'], name='fk_muted_speaker_follower_id_follower'),
        sa.ForeignKeyConstraint(['speaker_id'], ['speaker.id'], name='fk_muted_speaker_speaker_id_speaker'),
        sa.PrimaryKeyConstraint('follower_id', 'speaker_id', name='pk_muted_speaker'),
    )
    op.create_table(
        'bounce',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('address_folded', sa.String(), nullable=False),
        sa.Column('permanent', sa.Boolean(), nullable=False),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('at', TIME, nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_bounce'),
    )
    op.create_index('ix_bounce_address', 'bounce', ['address_folded', 'at'])


FOLLOWER = sa.table(
    'follower', sa.column('id', NUMBER), sa.column('public_id', TEXT), sa.column('address', TEXT),
    sa.column('address_folded', TEXT), sa.column('timezone', TEXT), sa.column('plain', sa.Boolean()),
    sa.column('confirmations_sent', NUMBER), sa.column('last_confirmation_at', TIME), sa.column('confirmed_at', TIME),
    sa.column('created_at', TIME),
)  # fmt: skip
QUERY = sa.table(
    'stored_query', sa.column('id', NUMBER), sa.column('digest', TEXT), sa.column('told', sa.JSON()),
    sa.column('created_at', TIME),
)  # fmt: skip
ANCHOR = sa.table('query_anchor', sa.column('anchor', TEXT), sa.column('query_id', NUMBER))
SPEAKER = sa.table('speaker', sa.column('id', NUMBER), sa.column('slug', TEXT))
DELIVERY = sa.table(
    'delivery', sa.column('id', NUMBER), sa.column('subscription_id', NUMBER), sa.column('follower_id', NUMBER),
    sa.column('occasion', TEXT), sa.column('subject', TEXT), sa.column('state', TEXT),
)  # fmt: skip
SUBSCRIPTION = sa.table(
    'subscription', sa.column('id', NUMBER), sa.column('address', TEXT), sa.column('address_folded', TEXT),
    sa.column('topic_id', TEXT), sa.column('speakers', sa.JSON()), sa.column('plain', sa.Boolean()),
    sa.column('wanted', sa.JSON()), sa.column('rhythm', TEXT), sa.column('timezone', TEXT), sa.column('state', TEXT),
    sa.column('token_sha256', TEXT), sa.column('token_until', TIME), sa.column('confirmations_sent', NUMBER),
    sa.column('last_confirmation_at', TIME), sa.column('created_at', TIME), sa.column('confirmed_at', TIME),
    sa.column('follower_id', NUMBER), sa.column('query_id', NUMBER), sa.column('clock', TEXT),
)  # fmt: skip


def _followers(connection: sa.Connection) -> None:
    """Make the follower of each address and the query of each subscription; a wish for other speakers loses its link."""
    slugs = dict(connection.execute(sa.select(SPEAKER.c.id, SPEAKER.c.slug)).all())
    followers, queries = {}, {}
    for row in connection.execute(sa.select(SUBSCRIPTION).order_by(SUBSCRIPTION.c.id)).all():
        if row.address_folded not in followers:
            followers[row.address_folded] = _follower(connection, row)
        wanted = row.wanted or {}
        speakers = wanted.get('speakers', []) if row.state == 'pending' else row.speakers
        told = {
            **({'speaker': sorted(slugs[one] for one in speakers if one in slugs)} if speakers else {}),
            'topic': [row.topic_id],
        }
        other = row.state == 'confirmed' and row.token_sha256 and sorted(wanted.get('speakers', [])) != sorted(row.speakers)
        connection.execute(
            sa.update(SUBSCRIPTION).where(SUBSCRIPTION.c.id == row.id).values(
                follower_id=followers[row.address_folded],
                query_id=_query(connection, told, queries),
                clock=f'{row.rhythm} {row.timezone}',
                **({'token_sha256': None, 'token_until': None} if other else {}),
            )
        )  # fmt: skip
    connection.execute(
        sa.update(DELIVERY).values(
            follower_id=sa.select(SUBSCRIPTION.c.follower_id).where(SUBSCRIPTION.c.id == DELIVERY.c.subscription_id)
            .scalar_subquery()
        )
    )  # fmt: skip


def _follower(connection: sa.Connection, first: sa.Row) -> int:
    own = connection.execute(
        sa.select(SUBSCRIPTION).where(SUBSCRIPTION.c.address_folded == first.address_folded)
    ).all()
    made = connection.execute(
        sa.insert(FOLLOWER).values(
            public_id=secrets.token_urlsafe(16), address=first.address, address_folded=first.address_folded,
            timezone=first.timezone, plain=any(row.plain for row in own),
            confirmations_sent=sum(row.confirmations_sent for row in own),
            last_confirmation_at=max((row.last_confirmation_at for row in own if row.last_confirmation_at), default=None),
            confirmed_at=min((row.confirmed_at for row in own if row.confirmed_at), default=None),
            created_at=min(row.created_at for row in own),
        ).returning(FOLLOWER.c.id)
    )  # fmt: skip
    return made.scalar_one()


def _query(connection: sa.Connection, told: dict, made: dict) -> int:
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    if digest not in made:
        values = {'digest': digest, 'told': told, 'created_at': datetime.now(UTC)}
        made[digest] = connection.execute(sa.insert(QUERY).values(values).returning(QUERY.c.id)).scalar_one()
        anchors = [f'speaker:{slug}' for slug in told.get('speaker', ())] or [f'topic:{told["topic"][0]}']
        connection.execute(sa.insert(ANCHOR), [{'anchor': one, 'query_id': made[digest]} for one in anchors])
    return made[digest]


def _drop_doubles(connection: sa.Connection) -> None:
    """Of what a follower is owed or was told twice for two topics, keep one: what went before what waits."""
    one = DELIVERY.alias('one')
    doubled = (
        sa.select(one.c.subject, one.c.occasion, one.c.follower_id)
        .group_by(one.c.subject, one.c.occasion, one.c.follower_id).having(sa.func.count() > 1)
    )  # fmt: skip
    for key in connection.execute(doubled).all():
        rows = connection.execute(
            sa.select(DELIVERY.c.id, DELIVERY.c.state).where(
                DELIVERY.c.subject == key.subject, DELIVERY.c.occasion == key.occasion,
                DELIVERY.c.follower_id == key.follower_id,
            )
        ).all()  # fmt: skip
        rows = sorted(rows, key=lambda row: (FIRST.get(row.state, 9), row.id))
        connection.execute(sa.delete(DELIVERY).where(DELIVERY.c.id.in_([row.id for row in rows[1:]])))


def _topics_again(connection: sa.Connection) -> None:
    followers = {row.id: row for row in connection.execute(sa.select(FOLLOWER)).all()}
    queries = {row.id: row.told for row in connection.execute(sa.select(QUERY)).all()}
    numbers = {slug: number for number, slug in connection.execute(sa.select(SPEAKER.c.id, SPEAKER.c.slug)).all()}
    held = set()
    for row in connection.execute(sa.select(SUBSCRIPTION).order_by(SUBSCRIPTION.c.id)).all():
        told, follower = queries[row.query_id], followers[row.follower_id]
        key = (follower.address_folded, told.get('topic', [None])[0])
        if not set(told) <= {'topic', 'speaker'} or 'topic' not in told or key in held:
            connection.execute(sa.delete(DELIVERY).where(DELIVERY.c.subscription_id == row.id))
            connection.execute(sa.delete(SUBSCRIPTION).where(SUBSCRIPTION.c.id == row.id))
            continue
        held.add(key)
        connection.execute(
            sa.update(SUBSCRIPTION).where(SUBSCRIPTION.c.id == row.id).values(
                address=follower.address, address_folded=follower.address_folded, topic_id=told['topic'][0],
                speakers=[numbers[slug] for slug in told.get('speaker', ()) if slug in numbers], plain=follower.plain,
                timezone=follower.timezone, confirmations_sent=follower.confirmations_sent,
                last_confirmation_at=follower.last_confirmation_at,
            )
        )  # fmt: skip
