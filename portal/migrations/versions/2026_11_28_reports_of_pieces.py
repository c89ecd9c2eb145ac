"""A report says what it is about: the text, a line about use below it, or a poll.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

OPEN_ON_POST = sa.text("decided_at IS NULL AND post_id IS NOT NULL AND about <> 'poll'")
OPEN_ON_ITEM = sa.text("decided_at IS NULL AND post_id IS NULL AND about <> 'poll'")
OPEN_ON_POLL = sa.text('decided_at IS NULL AND poll_id IS NOT NULL')


def upgrade() -> None:
    op.drop_index('uq_report_open_on_item', table_name='report')
    op.drop_index('uq_report_open_on_post', table_name='report')
    with op.batch_alter_table('report') as report:
        # Till now every report was about a text.
        report.add_column(sa.Column('about', sa.String(40), nullable=False, server_default='text'))
        report.add_column(sa.Column('poll_id', sa.Integer(), nullable=True))
        report.create_check_constraint(op.f('ck_report_about_code'), "about IN ('text', 'used', 'poll')")
        report.create_check_constraint(op.f('ck_report_poll_alone'), "poll_id IS NULL OR about = 'poll'")
        report.create_foreign_key(
            op.f('fk_report_poll_id'), 'poll', ['poll_id'], ['id'], ondelete='SET NULL'
        )
    with op.batch_alter_table('report') as report:
        report.alter_column('about', server_default=None)
    op.create_index('ix_report_poll_id', 'report', ['poll_id'])
    for name, columns, where in (
        ('uq_report_open_on_post', ['reporter_id', 'post_id', 'author_id', 'about'], OPEN_ON_POST),
        ('uq_report_open_on_item', ['reporter_id', 'item_id', 'author_id', 'about'], OPEN_ON_ITEM),
        ('uq_report_open_on_poll', ['reporter_id', 'poll_id'], OPEN_ON_POLL),
    ):
        op.create_index(name, 'report', columns, unique=True, sqlite_where=where, postgresql_where=where)
