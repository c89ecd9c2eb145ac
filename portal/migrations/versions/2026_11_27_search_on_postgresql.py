"""The tables of the search index where PostgreSQL serves it.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

BY_BYTES = sa.String(200).with_variant(sa.String(200, collation='C'), 'postgresql')


def upgrade() -> None:
    op.create_table(
        'index_generation',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('schema_version', sa.Integer(), nullable=False),
        sa.Column('analysis_version', sa.Integer(), nullable=False),
        sa.Column('is_serving', sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_index_generation')),
    )
    op.create_table(
        'index_audience',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('generation_id', sa.Integer(), nullable=False),
        sa.Column('digest', sa.String(length=32), nullable=False),
        sa.Column('passages', sa.BigInteger(), nullable=False),
        sa.Column('title_length', sa.BigInteger(), nullable=False),
        sa.Column('text_length', sa.BigInteger(), nullable=False),
        sa.Column('gram_length', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_index_audience')),
        sa.UniqueConstraint('generation_id', 'digest', name=op.f('uq_index_audience_generation_id_digest')),
    )
    op.create_table(
        'index_token',
        sa.Column('token', BY_BYTES, nullable=False),
        sa.Column('audience_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint('token', 'audience_id', name=op.f('pk_index_token')),
    )
    op.create_table(
        'index_facets',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('generation_id', sa.Integer(), nullable=False),
        sa.Column('digest', sa.String(length=32), nullable=False),
        sa.Column('content', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_index_facets')),
        sa.UniqueConstraint('generation_id', 'digest', name=op.f('uq_index_facets_generation_id_digest')),
    )
    op.create_table(
        'index_term',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('generation_id', sa.Integer(), nullable=False),
        sa.Column('is_gram', sa.Boolean(), nullable=False),
        sa.Column('word', BY_BYTES, nullable=False),
        sa.Column('folded', BY_BYTES, nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_index_term')),
        sa.UniqueConstraint('generation_id', 'is_gram', 'word', name=op.f('uq_index_term_generation_id_is_gram_word')),
    )
    op.create_index('ix_index_term_generation_id_folded', 'index_term', ['generation_id', 'folded'])
    op.create_table(
        'index_frequency',
        sa.Column('term_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('audience_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('in_titles', sa.Integer(), nullable=False),
        sa.Column('in_texts', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('term_id', 'audience_id', name=op.f('pk_index_frequency')),
    )
    op.create_table(
        'index_entry',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('generation_id', sa.Integer(), nullable=False),
        sa.Column('item_id', sa.Integer(), nullable=False),
        sa.Column('published', sa.BigInteger(), nullable=False),
        sa.Column('whole', BY_BYTES, nullable=False),
        sa.Column('audience_id', sa.Integer(), nullable=False),
        sa.Column('facets_id', sa.Integer(), nullable=False),
        sa.Column('passages', sa.Integer(), nullable=False),
        sa.Column('title_length', sa.Integer(), nullable=False),
        sa.Column('text_length', sa.Integer(), nullable=False),
        sa.Column('gram_length', sa.Integer(), nullable=False),
        sa.Column('digest', sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_index_entry')),
        sa.UniqueConstraint('generation_id', 'item_id', name=op.f('uq_index_entry_generation_id_item_id')),
    )
    op.create_index('ix_index_entry_generation_id_whole', 'index_entry', ['generation_id', 'whole'])
    op.create_table(
        'index_posting',
        sa.Column('term_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('entry_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('passage', sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column('in_title', sa.SmallInteger(), nullable=False),
        sa.Column('in_text', sa.SmallInteger(), nullable=False),
        sa.Column('title_length', sa.SmallInteger(), nullable=False),
        sa.Column('text_length', sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint('term_id', 'entry_id', 'passage', name=op.f('pk_index_posting')),
    )
    op.create_index('ix_index_posting_entry_id', 'index_posting', ['entry_id'])
