"""The text of a passage as it is compared letter by letter.

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
