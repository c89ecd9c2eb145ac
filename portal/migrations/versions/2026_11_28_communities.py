"""Communities of practice: who may join, who does what in them, who asked to be let in; their threads.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

STEPS = [f'KM{number}' for number in range(1, 8)] + [f'CM{number}' for number in range(1, 7)]


def upgrade() -> None:
    # Till now a community was a group like any other, kept by the administration. There it stays, as a working group.
    op.execute("UPDATE \"group\" SET kind = 'working_group' WHERE kind = 'community'")
    with op.batch_alter_table('group') as table:
        table.add_column(sa.Column('openness', sa.String(40), nullable=False, server_default='closed'))
        table.create_check_constraint(
            op.f('ck_group_openness_code'), "openness IN ('open', 'on_request', 'closed')"
        )
        table.create_check_constraint(
            op.f('ck_group_open_communities_only'), "kind = 'community' OR openness = 'closed'"
        )
    op.create_table(
        'community',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('organisation_id', sa.Integer(), nullable=False),
        sa.Column('group_id', sa.Integer(), nullable=False),
        sa.Column('goal_id', sa.Integer(), nullable=True),
        sa.Column('step', sa.String(length=3), nullable=False),
        sa.Column('founded_by_id', sa.Integer(), nullable=False),
        sa.Column('founded_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            'step IN ({})'.format(', '.join(f"'{code}'" for code in STEPS)), name=op.f('ck_community_step_code')
        ),
        sa.ForeignKeyConstraint(['founded_by_id'], ['person.id'], name=op.f('fk_community_founded_by_id')),
        sa.ForeignKeyConstraint(['goal_id'], ['goal.id'], name=op.f('fk_community_goal_id')),
        sa.ForeignKeyConstraint(['group_id'], ['group.id'], name=op.f('fk_community_group_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['unit.id'], name=op.f('fk_community_organisation_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_community')),
        sa.UniqueConstraint('group_id', name=op.f('uq_community_group_id')),
    )
    op.create_index('ix_community_organisation_id', 'community', ['organisation_id'])
    op.create_table(
        'community_part',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('community_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('part', sa.String(40), nullable=False),
        sa.Column('since', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "part IN ('sponsor', 'facilitator', 'note_taker', 'network_manager')",
            name=op.f('ck_community_part_part_code'),
        ),
        sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_community_part_community_id')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_community_part_person_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_community_part')),
        sa.UniqueConstraint(
            'community_id', 'person_id', 'part', name=op.f('uq_community_part_community_id_person_id_part')
        ),
    )
    op.create_index('ix_community_part_person_id', 'community_part', ['person_id'])
    op.create_table(
        'join_request',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('community_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('why', sa.Text(), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('decided_by_id', sa.Integer(), nullable=True),
        sa.Column('is_accepted', sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            '(decided_at IS NULL) = (is_accepted IS NULL)', name=op.f('ck_join_request_decided_how')
        ),
        sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_join_request_community_id')),
        sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_join_request_decided_by_id')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_join_request_person_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_join_request')),
    )
    op.create_index('ix_join_request_person_id', 'join_request', ['person_id'])
    op.create_index(
        'uq_join_request_waiting',
        'join_request',
        ['community_id', 'person_id'],
        unique=True,
        sqlite_where=sa.text('decided_at IS NULL'),
        postgresql_where=sa.text('decided_at IS NULL'),
    )
    op.create_table(
        'thread',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('community_id', sa.Integer(), nullable=False),
        sa.Column('replies', sa.Integer(), nullable=False),
        sa.Column('last_posted_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('send_key', sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_thread_community_id')),
        sa.ForeignKeyConstraint(['id'], ['item.id'], name=op.f('fk_thread_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_thread')),
        sa.UniqueConstraint('send_key', name=op.f('uq_thread_send_key')),
    )
    op.create_index('ix_thread_community_id_last_posted_at', 'thread', ['community_id', 'last_posted_at'])
    op.create_table(
        'accepted_answer',
        sa.Column('thread_id', sa.Integer(), nullable=False),
        sa.Column('post_id', sa.Integer(), nullable=False),
        sa.Column('accepted_by_id', sa.Integer(), nullable=False),
        sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['accepted_by_id'], ['person.id'], name=op.f('fk_accepted_answer_accepted_by_id')),
        sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_accepted_answer_post_id')),
        sa.ForeignKeyConstraint(
            ['thread_id'], ['thread.id'], name=op.f('fk_accepted_answer_thread_id'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('thread_id', name=op.f('pk_accepted_answer')),
        sa.UniqueConstraint('post_id', name=op.f('uq_accepted_answer_post_id')),
    )
    op.create_table(
        'thread_lock',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('thread_id', sa.Integer(), nullable=False),
        sa.Column('locked_by_id', sa.Integer(), nullable=False),
        sa.Column('locked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('why', sa.String(length=300), nullable=False),
        sa.Column('lifted_by_id', sa.Integer(), nullable=True),
        sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['lifted_by_id'], ['person.id'], name=op.f('fk_thread_lock_lifted_by_id')),
        sa.ForeignKeyConstraint(['locked_by_id'], ['person.id'], name=op.f('fk_thread_lock_locked_by_id')),
        sa.ForeignKeyConstraint(
            ['thread_id'], ['thread.id'], name=op.f('fk_thread_lock_thread_id'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_thread_lock')),
    )
    op.create_index(
        'uq_thread_lock_now',
        'thread_lock',
        ['thread_id'],
        unique=True,
        sqlite_where=sa.text('lifted_at IS NULL'),
        postgresql_where=sa.text('lifted_at IS NULL'),
    )
