"""Stamps of what is remembered by the processes, and whether it still holds.

Revision ID: 0002
Revises: 0001
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'stamp',
        sa.Column('subject', sa.String(length=60), nullable=False),
        sa.Column('value', sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint('subject', name=op.f('pk_stamp')),
    )
    # What is there already may be remembered, too: under a stamp that no other database begins with.
    first = secrets.token_hex(8)
    for subject in ('people', 'plan', 'pages'):
        op.execute(sa.text('INSERT INTO stamp (subject, value) VALUES (:subject, :first)').bindparams(subject=subject, first=first))
    op.execute(sa.text("INSERT INTO stamp (subject, value) SELECT 'item:' || id, :first FROM item").bindparams(first=first))
