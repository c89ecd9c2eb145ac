"""Keeping threads in order: pins, moves, merges, splits, stubs of replies that went elsewhere; polls.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('thread') as table:
        table.add_column(sa.Column('listed_as', sa.String(length=40), nullable=True))
        table.add_column(sa.Column('has_answer', sa.Boolean(), nullable=False, server_default=sa.false()))
        table.drop_index('ix_thread_community_id_last_posted_at')
    op.execute(
        "UPDATE thread SET listed_as = (SELECT kind FROM item WHERE item.id = thread.id AND item.state = 'published')"
    )
    op.execute(
        'UPDATE thread SET has_answer = EXISTS'
        ' (SELECT 1 FROM accepted_answer WHERE accepted_answer.thread_id = thread.id)'
    )
    op.create_index('ix_thread_last_posted_at', 'thread', ['last_posted_at'])
    op.create_index('ix_thread_in_order', 'thread', ['community_id', 'last_posted_at', 'listed_as'])
    op.create_index(
        'ix_thread_of_a_kind', 'thread', ['community_id', 'listed_as', 'last_posted_at', 'has_answer']
    )
    op.create_index('ix_post_lately', 'post', ['posted_at', 'item_id', 'author_id', 'hidden_at'])
    op.create_index('ix_reaction_lately', 'reaction', ['sort', 'reacted_at', 'item_id', 'person_id'])
    op.create_index(
        'ix_post_hidden',
        'post',
        ['hidden_at'],
        sqlite_where=sa.text('hidden_at IS NOT NULL'),
        postgresql_where=sa.text('hidden_at IS NOT NULL'),
    )
    op.create_table(
        'thread_pin',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('thread_id', sa.Integer(), nullable=False),
        sa.Column('pinned_by_id', sa.Integer(), nullable=False),
        sa.Column('pinned_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('why', sa.String(length=300), nullable=False),
        sa.Column('lifted_by_id', sa.Integer(), nullable=True),
        sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['lifted_by_id'], ['person.id'], name=op.f('fk_thread_pin_lifted_by_id')),
        sa.ForeignKeyConstraint(['pinned_by_id'], ['person.id'], name=op.f('fk_thread_pin_pinned_by_id')),
        sa.ForeignKeyConstraint(
            ['thread_id'], ['thread.id'], name=op.f('fk_thread_pin_thread_id'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_thread_pin')),
    )
    op.create_index('ix_thread_pin_thread_id', 'thread_pin', ['thread_id'])
    op.create_index(
        'uq_thread_pin_now',
        'thread_pin',
        ['thread_id'],
        unique=True,
        sqlite_where=sa.text('lifted_at IS NULL'),
        postgresql_where=sa.text('lifted_at IS NULL'),
    )
    op.create_table(
        'thread_act',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(40), nullable=False),
        sa.Column('thread_id', sa.Integer(), nullable=False),
        sa.Column('other_id', sa.Integer(), nullable=True),
        sa.Column('first', sa.Integer(), nullable=False),
        sa.Column('posts', sa.Integer(), nullable=False),
        sa.Column('from_community_id', sa.Integer(), nullable=True),
        sa.Column('to_community_id', sa.Integer(), nullable=True),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('why', sa.String(length=300), nullable=False),
        sa.CheckConstraint("kind IN ('moved', 'merged', 'split')", name=op.f('ck_thread_act_kind_code')),
        sa.CheckConstraint("(kind = 'moved') = (other_id IS NULL)", name=op.f('ck_thread_act_where_to')),
        sa.CheckConstraint(
            "(kind = 'moved') = (from_community_id IS NOT NULL AND to_community_id IS NOT NULL)",
            name=op.f('ck_thread_act_between_communities'),
        ),
        sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_thread_act_by_id')),
        sa.ForeignKeyConstraint(
            ['from_community_id'], ['community.id'], name=op.f('fk_thread_act_from_community_id')
        ),
        sa.ForeignKeyConstraint(
            ['other_id'], ['thread.id'], name=op.f('fk_thread_act_other_id'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['thread_id'], ['thread.id'], name=op.f('fk_thread_act_thread_id'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['to_community_id'], ['community.id'], name=op.f('fk_thread_act_to_community_id')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_thread_act')),
    )
    op.create_index('ix_thread_act_thread_id', 'thread_act', ['thread_id'])
    op.create_index('ix_thread_act_other_id', 'thread_act', ['other_id'])
    op.create_table(
        'post_stub',
        sa.Column('stub_id', sa.Integer(), nullable=False),
        sa.Column('post_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_post_stub_post_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['stub_id'], ['post.id'], name=op.f('fk_post_stub_stub_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('stub_id', name=op.f('pk_post_stub')),
    )
    op.create_index('ix_post_stub_post_id', 'post_stub', ['post_id'])
    op.create_table(
        'poll',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('thread_id', sa.Integer(), nullable=False),
        sa.Column('question', sa.String(length=300), nullable=False),
        sa.Column('takes_several', sa.Boolean(), nullable=False),
        sa.Column('is_named', sa.Boolean(), nullable=False),
        sa.Column('last_day', sa.Date(), nullable=True),
        sa.Column('made_by_id', sa.Integer(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('send_key', sa.String(length=40), nullable=True),
        sa.Column('ended_by_id', sa.Integer(), nullable=True),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint('(ended_at IS NULL) = (ended_by_id IS NULL)', name=op.f('ck_poll_ended_by_whom')),
        sa.ForeignKeyConstraint(['ended_by_id'], ['person.id'], name=op.f('fk_poll_ended_by_id')),
        sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_poll_made_by_id')),
        sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_poll_thread_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_poll')),
        sa.UniqueConstraint('send_key', name=op.f('uq_poll_send_key')),
    )
    op.create_index('ix_poll_thread_id', 'poll', ['thread_id'])
    op.create_table(
        'poll_option',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('poll_id', sa.Integer(), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('text', sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ['poll_id'], ['poll.id'], name=op.f('fk_poll_option_poll_id'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_poll_option')),
        sa.UniqueConstraint('poll_id', 'place', name=op.f('uq_poll_option_poll_id_place')),
    )
    op.create_table(
        'poll_vote',
        sa.Column('option_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('poll_id', sa.Integer(), nullable=False),
        sa.Column('voted_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['option_id'], ['poll_option.id'], name=op.f('fk_poll_vote_option_id'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_poll_vote_person_id')),
        sa.ForeignKeyConstraint(['poll_id'], ['poll.id'], name=op.f('fk_poll_vote_poll_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('option_id', 'person_id', name=op.f('pk_poll_vote')),
    )
    op.create_index('ix_poll_vote_poll_id_person_id', 'poll_vote', ['poll_id', 'person_id'])
