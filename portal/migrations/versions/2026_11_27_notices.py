"""Notices, how their readers want to be told, digests, calendars, and who follows which item.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'notice',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=60), nullable=False),
        sa.Column('subject_type', sa.String(length=60), nullable=False),
        sa.Column('subject_id', sa.Integer(), nullable=False),
        sa.Column('token', sa.String(length=80), nullable=False),
        sa.Column('details', sa.JSON(), nullable=False),
        sa.Column('key', sa.String(length=120), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('travels', sa.String(40), nullable=False),
        sa.Column('mailed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('mail_id', sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "travels IN ('at_once_or_daily', 'daily_only', 'weekly_only', 'never')", name=op.f('ck_notice_travels_code')
        ),
        sa.ForeignKeyConstraint(['mail_id'], ['mail.id'], name=op.f('fk_notice_mail_id'), ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_notice_person_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
        sa.UniqueConstraint('person_id', 'key', name=op.f('uq_notice_person_id_key')),
    )
    op.create_index('ix_notice_made_at', 'notice', ['made_at'])
    op.create_index('ix_notice_person_id_read_at', 'notice', ['person_id', 'read_at'])
    op.create_index('ix_notice_subject', 'notice', ['subject_type', 'subject_id'])
    op.create_table(
        'notice_preference',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('way', sa.String(40), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("way IN ('in_app', 'daily', 'at_once')", name=op.f('ck_notice_preference_way_code')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_notice_preference_person_id')),
        sa.PrimaryKeyConstraint('person_id', name=op.f('pk_notice_preference')),
    )
    op.create_table(
        'calendar_feed',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('secret_hash', sa.String(length=64), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_calendar_feed_person_id')),
        sa.PrimaryKeyConstraint('person_id', name=op.f('pk_calendar_feed')),
        sa.UniqueConstraint('secret_hash', name=op.f('uq_calendar_feed_secret_hash')),
    )
    op.create_table(
        'digest_round',
        sa.Column('sort', sa.String(40), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('cut_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sort IN ('daily', 'weekly')", name=op.f('ck_digest_round_sort_code')),
        sa.PrimaryKeyConstraint('sort', 'day', name=op.f('pk_digest_round')),
    )
    op.create_table(
        'digest',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('sort', sa.String(40), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.CheckConstraint("sort IN ('daily', 'weekly')", name=op.f('ck_digest_sort_code')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_digest_person_id')),
        sa.PrimaryKeyConstraint('person_id', 'sort', 'day', name=op.f('pk_digest')),
    )
    op.create_table(
        'subscription',
        sa.Column('item_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('since', sa.DateTime(timezone=True), nullable=False),
        sa.Column('muted', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_subscription_item_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_subscription_person_id')),
        sa.PrimaryKeyConstraint('item_id', 'person_id', name=op.f('pk_subscription')),
    )
    op.create_index('ix_subscription_person_id', 'subscription', ['person_id'])
