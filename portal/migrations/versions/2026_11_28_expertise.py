"""Who knows what, and who was thanked and honoured for it.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'expertise_tag',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('tag', sa.String(length=60), nullable=False),
        sa.Column('key', sa.String(length=120), nullable=False),
        sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_expertise_tag_person_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_expertise_tag')),
        sa.UniqueConstraint('person_id', 'key', name=op.f('uq_expertise_tag_person_id_key')),
    )
    op.create_index('ix_expertise_tag_key', 'expertise_tag', ['key'])
    op.create_table(
        'tag_confirmation',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('tag_id', sa.Integer(), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['tag_id'], ['expertise_tag.id'], name=op.f('fk_tag_confirmation_tag_id'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_tag_confirmation_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_tag_confirmation')),
        sa.UniqueConstraint('tag_id', 'by_id', name=op.f('uq_tag_confirmation_tag_id_by_id')),
    )
    op.create_index('ix_tag_confirmation_by_id', 'tag_confirmation', ['by_id'])
    op.create_table(
        'award',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('organisation_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('badge', sa.String(length=40), nullable=False),
        sa.Column('occasion', sa.String(length=80), nullable=False),
        sa.Column('community_id', sa.Integer(), nullable=True),
        sa.Column('facts', sa.JSON(), nullable=False),
        sa.Column('awarded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('given_by_id', sa.Integer(), nullable=True),
        sa.Column('reason', sa.String(length=500), nullable=False),
        sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('withdrawn_by_id', sa.Integer(), nullable=True),
        sa.Column('withdrawn_why', sa.String(length=500), nullable=False),
        sa.CheckConstraint("(given_by_id IS NULL) = (reason = '')", name=op.f('ck_award_by_hand_with_reason')),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)"
            " AND (withdrawn_at IS NULL) = (withdrawn_why = '')",
            name=op.f('ck_award_withdrawn_by_whom_and_why'),
        ),
        sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_award_community_id')),
        sa.ForeignKeyConstraint(['given_by_id'], ['person.id'], name=op.f('fk_award_given_by_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['unit.id'], name=op.f('fk_award_organisation_id')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_award_person_id')),
        sa.ForeignKeyConstraint(['withdrawn_by_id'], ['person.id'], name=op.f('fk_award_withdrawn_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_award')),
        sa.UniqueConstraint('person_id', 'badge', 'occasion', name=op.f('uq_award_person_id_badge_occasion')),
    )
    op.create_index('ix_award_community_id', 'award', ['community_id'])
    op.create_index('ix_award_organisation_id_awarded_at', 'award', ['organisation_id', 'awarded_at'])
    op.create_table(
        'hidden_awards',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('since', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_hidden_awards_person_id')),
        sa.PrimaryKeyConstraint('person_id', name=op.f('pk_hidden_awards')),
    )
    op.create_table(
        'award_round',
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('looked_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('day', name=op.f('pk_award_round')),
    )
