"""What people do with posts (react, mention, write anew, read up to), and how they are told: watching, weekly mails, feeds.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('post') as table:
        table.add_column(sa.Column('version', sa.Integer(), nullable=False, server_default='1'))
        table.add_column(sa.Column('rewritten_at', sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table('notice_preference') as table:
        table.drop_constraint(op.f('ck_notice_preference_way_code'), type_='check')
        table.create_check_constraint(
            op.f('ck_notice_preference_way_code'), "way IN ('in_app', 'daily', 'weekly', 'at_once')"
        )
    with op.batch_alter_table('mail') as table:
        table.add_column(sa.Column('unsubscribe_path', sa.String(300), nullable=False, server_default=''))
    op.create_table(
        'reaction',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('item_id', sa.Integer(), nullable=False),
        sa.Column('post_id', sa.Integer(), nullable=True),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('sort', sa.String(40), nullable=False),
        sa.Column('how', sa.String(length=300), nullable=False),
        sa.Column('reacted_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sort = 'used' OR how = ''", name=op.f('ck_reaction_how_of_use_only')),
        sa.CheckConstraint("sort IN ('thanks', 'agree', 'used')", name=op.f('ck_reaction_sort_code')),
        sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_reaction_item_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_reaction_person_id')),
        sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_reaction_post_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_reaction')),
    )
    _once('reaction', 'person_id', 'sort')
    op.create_index('ix_reaction_item_id', 'reaction', ['item_id'])
    op.create_index('ix_reaction_person_id_reacted_at', 'reaction', ['person_id', 'reacted_at'])
    op.create_table(
        'mention',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('item_id', sa.Integer(), nullable=False),
        sa.Column('post_id', sa.Integer(), nullable=True),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_mention_by_id')),
        sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_mention_item_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_mention_person_id')),
        sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_mention_post_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_mention')),
    )
    _once('mention', 'person_id')
    op.create_index('ix_mention_item_id', 'mention', ['item_id'])
    op.create_index('ix_mention_person_id', 'mention', ['person_id'])
    op.create_index('ix_mention_by_id_at', 'mention', ['by_id', 'at'])
    op.create_table(
        'former_text',
        sa.Column('post_id', sa.Integer(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_former_text_post_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('post_id', 'version', name=op.f('pk_former_text')),
    )
    op.create_table(
        'last_read',
        sa.Column('item_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('read_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_last_read_item_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_last_read_person_id')),
        sa.PrimaryKeyConstraint('item_id', 'person_id', name=op.f('pk_last_read')),
    )
    op.create_index('ix_last_read_person_id', 'last_read', ['person_id'])
    op.create_table(
        'community_reading',
        sa.Column('community_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('level', sa.String(40), nullable=False),
        sa.Column('read_till', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level IN ('watch', 'follow', 'mute')", name=op.f('ck_community_reading_level_code')),
        sa.ForeignKeyConstraint(
            ['community_id'], ['community.id'], name=op.f('fk_community_reading_community_id')
        ),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_community_reading_person_id')),
        sa.PrimaryKeyConstraint('community_id', 'person_id', name=op.f('pk_community_reading')),
    )
    op.create_index('ix_community_reading_person_id', 'community_reading', ['person_id'])
    # To who belongs already all that was written till now is read: nobody begins with an archive of unread threads.
    op.execute(
        "INSERT INTO community_reading (community_id, person_id, level, read_till) "
        "SELECT DISTINCT community.id, group_membership.person_id, 'follow', CURRENT_TIMESTAMP "
        'FROM community JOIN group_membership ON group_membership.group_id = community.group_id '
        'WHERE group_membership.to_date IS NULL OR group_membership.to_date >= CURRENT_DATE'
    )
    op.create_table(
        'feed_address',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('secret_hash', sa.String(length=64), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_feed_address_person_id')),
        sa.PrimaryKeyConstraint('person_id', name=op.f('pk_feed_address')),
        sa.UniqueConstraint('secret_hash', name=op.f('uq_feed_address_secret_hash')),
    )


def _once(table: str, *who: str) -> None:
    for of, first, said in (('post', 'post_id', 'IS NOT NULL'), ('item', 'item_id', 'IS NULL')):
        where = sa.text(f'post_id {said}')
        op.create_index(
            f'uq_{table}_of_{of}', table, [first, *who], unique=True, sqlite_where=where, postgresql_where=where
        )
