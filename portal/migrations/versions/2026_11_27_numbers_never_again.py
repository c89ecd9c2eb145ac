"""On SQLite, too, the number of an item that was deleted is never given to another one.

Since drafts can be deleted, a form that was left open in a tab would else be saved over the text that came next.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name != 'sqlite':
        return  # a sequence never goes back
    item = sa.Table(
        'item',
        sa.MetaData(),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('type', sa.String(length=40), nullable=False),
        sa.Column('organisation_id', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=True),
        sa.Column('author_id', sa.Integer(), nullable=False),
        sa.Column('title', sa.String(length=300), nullable=False),
        sa.Column('sort_key', sa.String(length=1200), nullable=False),
        sa.Column('state', sa.String(40), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('revision_number', sa.Integer(), nullable=False),
        sa.Column('open_to', sa.JSON(), nullable=False),
        sa.CheckConstraint("state = 'draft' OR published_at IS NOT NULL", name=op.f('ck_item_published_when')),
        sa.CheckConstraint("state IN ('draft', 'published', 'retired')", name=op.f('ck_item_state_code')),
        sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_item_author_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['unit.id'], name=op.f('fk_item_organisation_id')),
        sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_item_unit_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_item')),
        sa.Index('ix_item_author_id', 'author_id'),
        sa.Index('ix_item_sort_key', 'sort_key'),
        sa.Index('ix_item_state_published_at', 'state', 'published_at'),
        sa.Index('ix_item_type', 'type'),
        sa.Index('ix_item_unit_id', 'unit_id'),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table(
        'item', recreate='always', copy_from=item, table_kwargs={'sqlite_autoincrement': True}
    ):
        pass
