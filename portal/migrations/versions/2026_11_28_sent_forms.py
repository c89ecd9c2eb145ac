"""Forms that made something, so that a second click makes nothing more.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'sent_form',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=40), nullable=False),
        sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('led_to', sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint('person_id', 'key', name=op.f('pk_sent_form')),
    )
