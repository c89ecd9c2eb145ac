"""The search knows replies and comments: each has passages of its own, beside those of its item. Questions that were offered
to who may know.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What stands there belongs to the items themselves: post 0. A new index is made anyhow, and fills in the rest.
    with op.batch_alter_table('search_text') as table:
        table.add_column(sa.Column('post_id', sa.Integer(), nullable=False, server_default='0'))
        table.drop_constraint('pk_search_text', type_='primary')
        table.create_primary_key(op.f('pk_search_text'), ['item_id', 'post_id', 'number'])
        table.create_index('ix_search_text_post_id', ['post_id'])
    with op.batch_alter_table('index_entry') as table:
        table.add_column(sa.Column('post_id', sa.Integer(), nullable=False, server_default='0'))
        table.drop_constraint('uq_index_entry_generation_id_item_id', type_='unique')
        table.create_unique_constraint(
            op.f('uq_index_entry_generation_id_item_id_post_id'), ['generation_id', 'item_id', 'post_id']
        )
        table.create_index('ix_index_entry_generation_id_post_id', ['generation_id', 'post_id'])
    op.create_table(
        'offered_question',
        sa.Column('thread_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['thread_id'], ['thread.id'], name=op.f('fk_offered_question_thread_id'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('thread_id', name=op.f('pk_offered_question')),
    )
