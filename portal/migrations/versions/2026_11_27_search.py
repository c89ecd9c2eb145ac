"""What the search keeps: passages as they are compared letter by letter, the thesaurus as it was saved, what was asked.

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
