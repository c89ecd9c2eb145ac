"""Order where people write: reports, warnings, suspensions, texts that a moderator reads first, listed words, hidden openings.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'suspension',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('group_id', sa.Integer(), nullable=True),
        sa.Column('from_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('until_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('why', sa.Text(), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('lifted_by_id', sa.Integer(), nullable=True),
        sa.Column('lifted_why', sa.Text(), nullable=False),
        sa.CheckConstraint('(lifted_at IS NULL) = (lifted_by_id IS NULL)', name=op.f('ck_suspension_lifted_by_whom')),
        sa.CheckConstraint('until_at >= from_at', name=op.f('ck_suspension_lasts')),
        sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_suspension_by_id')),
        sa.ForeignKeyConstraint(['group_id'], ['group.id'], name=op.f('fk_suspension_group_id')),
        sa.ForeignKeyConstraint(['lifted_by_id'], ['person.id'], name=op.f('fk_suspension_lifted_by_id')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_suspension_person_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_suspension')),
    )
    op.create_index('ix_suspension_group_id', 'suspension', ['group_id'])
    op.create_index('ix_suspension_person_id_until_at', 'suspension', ['person_id', 'until_at'])
    op.create_table(
        'held_text',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('author_id', sa.Integer(), nullable=False),
        sa.Column('item_id', sa.Integer(), nullable=True),
        sa.Column('group_id', sa.Integer(), nullable=True),
        sa.Column('title', sa.String(length=300), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('send_key', sa.String(length=40), nullable=True),
        sa.Column('because', sa.String(40), nullable=False),
        sa.Column('held_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('decided_by_id', sa.Integer(), nullable=True),
        sa.Column('is_let_through', sa.Boolean(), nullable=True),
        sa.Column('why', sa.Text(), nullable=False),
        sa.Column('post_id', sa.Integer(), nullable=True),
        sa.CheckConstraint("because IN ('new', 'word')", name=op.f('ck_held_text_because_code')),
        sa.CheckConstraint('(decided_at IS NULL) = (is_let_through IS NULL)', name=op.f('ck_held_text_decided_how')),
        sa.CheckConstraint('item_id IS NOT NULL OR group_id IS NOT NULL', name=op.f('ck_held_text_stands_somewhere')),
        sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_held_text_author_id')),
        sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_held_text_decided_by_id')),
        sa.ForeignKeyConstraint(['group_id'], ['group.id'], name=op.f('fk_held_text_group_id')),
        sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_held_text_item_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_held_text_post_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_held_text')),
        sa.UniqueConstraint('author_id', 'send_key', name=op.f('uq_held_text_author_id_send_key')),
    )
    op.create_index('ix_held_text_decided_at_held_at', 'held_text', ['decided_at', 'held_at'])
    op.create_index('ix_held_text_group_id', 'held_text', ['group_id'])
    op.create_index('ix_held_text_item_id', 'held_text', ['item_id'])
    op.create_table(
        'held_file',
        sa.Column('attachment_id', sa.Integer(), nullable=False),
        sa.Column('held_text_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['attachment_id'], ['attachment.id'], name=op.f('fk_held_file_attachment_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['held_text_id'], ['held_text.id'], name=op.f('fk_held_file_held_text_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('attachment_id', name=op.f('pk_held_file')),
    )
    op.create_index('ix_held_file_held_text_id', 'held_file', ['held_text_id'])
    op.create_table(
        'listed_word',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('organisation_id', sa.Integer(), nullable=False),
        sa.Column('word', sa.String(length=100), nullable=False),
        sa.Column('handling', sa.String(40), nullable=False),
        sa.CheckConstraint("handling IN ('reword', 'hold')", name=op.f('ck_listed_word_handling_code')),
        sa.ForeignKeyConstraint(['organisation_id'], ['unit.id'], name=op.f('fk_listed_word_organisation_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_listed_word')),
        sa.UniqueConstraint('organisation_id', 'word', name=op.f('uq_listed_word_organisation_id_word')),
    )
    op.create_table(
        'hidden_opening',
        sa.Column('item_id', sa.Integer(), nullable=False),
        sa.Column('title', sa.String(length=300), nullable=False),
        sa.Column('hidden_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('hidden_by_id', sa.Integer(), nullable=False),
        sa.Column('reason', sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(['hidden_by_id'], ['person.id'], name=op.f('fk_hidden_opening_hidden_by_id')),
        sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_hidden_opening_item_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('item_id', name=op.f('pk_hidden_opening')),
    )
    op.create_table(
        'report',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('reporter_id', sa.Integer(), nullable=False),
        sa.Column('author_id', sa.Integer(), nullable=False),
        sa.Column('item_id', sa.Integer(), nullable=False),
        sa.Column('post_id', sa.Integer(), nullable=True),
        sa.Column('reason', sa.String(40), nullable=False),
        sa.Column('words', sa.Text(), nullable=False),
        sa.Column('reported_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('decided_by_id', sa.Integer(), nullable=True),
        sa.Column('outcome', sa.String(40), nullable=True),
        sa.Column('why', sa.Text(), nullable=False),
        sa.CheckConstraint("outcome IN ('dismissed', 'hidden', 'spoken_to')", name=op.f('ck_report_outcome_code')),
        sa.CheckConstraint("reason IN ('rude', 'private', 'wrong', 'elsewhere', 'other')", name=op.f('ck_report_reason_code')),
        sa.CheckConstraint('(decided_at IS NULL) = (outcome IS NULL)', name=op.f('ck_report_decided_how')),
        sa.CheckConstraint('reporter_id <> author_id', name=op.f('ck_report_by_another')),
        sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_report_author_id')),
        sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_report_decided_by_id')),
        sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_report_item_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_report_post_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['reporter_id'], ['person.id'], name=op.f('fk_report_reporter_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_report')),
    )
    op.create_index('ix_report_author_id', 'report', ['author_id'])
    op.create_index('ix_report_decided_at_reported_at', 'report', ['decided_at', 'reported_at'])
    op.create_index('ix_report_item_id_post_id', 'report', ['item_id', 'post_id'])
    op.create_index('ix_report_reporter_id_reported_at', 'report', ['reporter_id', 'reported_at'])
    op.create_index('uq_report_open_on_item', 'report', ['reporter_id', 'item_id'], unique=True, sqlite_where=sa.text('decided_at IS NULL AND post_id IS NULL'), postgresql_where=sa.text('decided_at IS NULL AND post_id IS NULL'))
    op.create_index('uq_report_open_on_post', 'report', ['reporter_id', 'post_id'], unique=True, sqlite_where=sa.text('decided_at IS NULL AND post_id IS NOT NULL'), postgresql_where=sa.text('decided_at IS NULL AND post_id IS NOT NULL'))
    op.create_table(
        'caution',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('item_id', sa.Integer(), nullable=False),
        sa.Column('post_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('why', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_caution_by_id')),
        sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_caution_item_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_caution_person_id')),
        sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_caution_post_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_caution')),
    )
    op.create_index('ix_caution_item_id', 'caution', ['item_id'])
    op.create_index('ix_caution_person_id', 'caution', ['person_id'])
