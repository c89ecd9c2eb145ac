"""Who knows what, and who was thanked and honoured for it.

Revision ID: 0013
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0010'
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
