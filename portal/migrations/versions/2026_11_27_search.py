"""What the search keeps: passages as they are compared letter by letter, the thesaurus as it was saved, what was asked,
saved searches, the knowledge that is wanted, and the nightly self-checks.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('search_text') as table:
        table.add_column(sa.Column('normal', sa.Text(), nullable=False, server_default=''))
        table.add_column(sa.Column('readers', sa.Integer(), nullable=False, server_default='0'))
    op.create_table(
        'thesaurus_version',
        sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('saved_by_id', sa.Integer(), nullable=False),
        sa.Column('note', sa.String(length=300), nullable=False),
        sa.Column('restores', sa.Integer(), nullable=True),
        sa.Column('text', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['saved_by_id'], ['person.id'], name=op.f('fk_thesaurus_version_saved_by_id')),
        sa.PrimaryKeyConstraint('number', name=op.f('pk_thesaurus_version')),
    )
    op.create_table(
        'asked_query',
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('words', sa.String(length=120), nullable=False),
        sa.Column('asked', sa.Integer(), nullable=False),
        sa.Column('not_found', sa.Integer(), nullable=False),
        sa.Column('clicks', sa.Integer(), nullable=False),
        sa.Column('ranks', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('day', 'words', name=op.f('pk_asked_query')),
    )
    op.create_table(
        'asked_by',
        sa.Column('words', sa.String(length=120), nullable=False),
        sa.Column('asker', sa.String(length=32), nullable=False),
        sa.Column('last_on', sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint('words', 'asker', name=op.f('pk_asked_by')),
    )
    op.create_table(
        'saved_search',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('query', sa.Text(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('wants_notice', sa.Boolean(), nullable=False),
        sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('worked_on', sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ['person_id'], ['person.id'], name=op.f('fk_saved_search_person_id'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_search')),
    )
    op.create_index(op.f('ix_saved_search_person_id'), 'saved_search', ['person_id'])
    op.create_table(
        'knowledge_need',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('organisation_id', sa.Integer(), nullable=False),
        sa.Column('words', sa.String(length=300), nullable=False),
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('asked_by_id', sa.Integer(), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('state', sa.String(40), nullable=False),
        sa.Column('closed_by_id', sa.Integer(), nullable=True),
        sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('reply', sa.Text(), nullable=False),
        sa.Column('item_id', sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'answered', 'declined')", name=op.f('ck_knowledge_need_state_code')),
        sa.ForeignKeyConstraint(['asked_by_id'], ['person.id'], name=op.f('fk_knowledge_need_asked_by_id')),
        sa.ForeignKeyConstraint(['closed_by_id'], ['person.id'], name=op.f('fk_knowledge_need_closed_by_id')),
        sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_knowledge_need_item_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['unit.id'], name=op.f('fk_knowledge_need_organisation_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_need')),
    )
    op.create_index(
        'ix_knowledge_need_organisation_id_state_key', 'knowledge_need', ['organisation_id', 'state', 'key']
    )
    op.create_index(op.f('ix_knowledge_need_asked_by_id'), 'knowledge_need', ['asked_by_id'])
    op.create_index(op.f('ix_knowledge_need_item_id'), 'knowledge_need', ['item_id'])
    op.create_table(
        'knowledge_need_voice',
        sa.Column('need_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['need_id'], ['knowledge_need.id'], name=op.f('fk_knowledge_need_voice_need_id'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_knowledge_need_voice_person_id')),
        sa.PrimaryKeyConstraint('need_id', 'person_id', name=op.f('pk_knowledge_need_voice')),
    )
    op.create_table(
        'search_check',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('doors', sa.Integer(), nullable=False),
        sa.Column('requests', sa.Integer(), nullable=False),
        sa.Column('leaks', sa.JSON(), nullable=False),
        sa.Column('problem', sa.String(40), nullable=False),
        sa.Column('marker_ids', sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "problem IN ('none', 'interrupted', 'not_indexed', 'owner_blind', 'doors_shut', 'failed')",
            name=op.f('ck_search_check_problem_code'),
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_search_check')),
    )
    op.create_index('ix_search_check_began_at', 'search_check', ['began_at'])
