"""The nightly self-checks of the search.

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
    op.create_table(
        'search_check',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('doors', sa.Integer(), nullable=False),
        sa.Column('requests', sa.Integer(), nullable=False),
        sa.Column('leaks', sa.JSON(), nullable=False),
        sa.Column('problem', sa.String(40), nullable=False),
        sa.Column('marker_ids', sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "problem IN ('none', 'interrupted', 'not_indexed', 'owner_blind', 'doors_shut', 'failed')",
            name=op.f('ck_search_check_problem_code'),
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_search_check')),
    )
    op.create_index('ix_search_check_began_at', 'search_check', ['began_at'])
