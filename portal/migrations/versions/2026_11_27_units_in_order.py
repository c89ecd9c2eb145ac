"""Units have a place among those beside them; strategies of a plan are withdrawn, not deleted.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('unit') as table:
        table.add_column(sa.Column('place', sa.Integer(), nullable=True))
    with op.batch_alter_table('strategy') as table:
        table.add_column(sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True))
