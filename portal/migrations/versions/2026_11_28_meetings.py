"""Meetings: when and where, who does what, who means to come, who was there, what was noted, what was called off.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'event',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('group_id', sa.Integer(), nullable=True),
        sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('place', sa.String(length=300), nullable=False),
        sa.Column('link', sa.String(length=500), nullable=False),
        sa.Column('code_number', sa.Integer(), nullable=False),
        sa.Column('send_key', sa.String(length=40), nullable=True),
        sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_event_ends_after_start')),
        sa.ForeignKeyConstraint(['group_id'], ['group.id'], name=op.f('fk_event_group_id')),
        sa.ForeignKeyConstraint(['id'], ['item.id'], name=op.f('fk_event_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_event')),
        sa.UniqueConstraint('send_key', name=op.f('uq_event_send_key')),
    )
    op.create_index('ix_event_starts_at', 'event', ['starts_at'])
    op.create_index('ix_event_group_id_starts_at', 'event', ['group_id', 'starts_at'])
    op.create_table(
        'event_part',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('event_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('duty', sa.String(40), nullable=False),
        sa.Column('since', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "duty IN ('organiser', 'note_taker', 'certifier')", name=op.f('ck_event_part_duty_code')
        ),
        sa.ForeignKeyConstraint(
            ['event_id'], ['event.id'], name=op.f('fk_event_part_event_id'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_event_part_person_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_event_part')),
        sa.UniqueConstraint('event_id', 'person_id', 'duty', name=op.f('uq_event_part_event_id_person_id_duty')),
    )
    op.create_index('ix_event_part_person_id', 'event_part', ['person_id'])
    op.create_table(
        'event_cancellation',
        sa.Column('event_id', sa.Integer(), nullable=False),
        sa.Column('cancelled_by_id', sa.Integer(), nullable=False),
        sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('why', sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ['cancelled_by_id'], ['person.id'], name=op.f('fk_event_cancellation_cancelled_by_id')
        ),
        sa.ForeignKeyConstraint(
            ['event_id'], ['event.id'], name=op.f('fk_event_cancellation_event_id'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('event_id', name=op.f('pk_event_cancellation')),
    )
    op.create_table(
        'event_answer',
        sa.Column('event_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('is_coming', sa.Boolean(), nullable=False),
        sa.Column('answered_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['event_id'], ['event.id'], name=op.f('fk_event_answer_event_id'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_event_answer_person_id')),
        sa.PrimaryKeyConstraint('event_id', 'person_id', name=op.f('pk_event_answer')),
    )
    op.create_index('ix_event_answer_person_id', 'event_answer', ['person_id'])
    op.create_table(
        'event_attendance',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('event_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('guest_name', sa.String(length=200), nullable=False),
        sa.Column('guest_from', sa.String(length=200), nullable=False),
        sa.Column('how', sa.String(40), nullable=False),
        sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('noted_by_id', sa.Integer(), nullable=False),
        sa.CheckConstraint("how IN ('qr', 'self', 'list')", name=op.f('ck_event_attendance_how_code')),
        sa.CheckConstraint(
            "(person_id IS NULL) = (guest_name <> '')", name=op.f('ck_event_attendance_person_or_guest')
        ),
        sa.CheckConstraint(
            "person_id IS NOT NULL OR how = 'list'", name=op.f('ck_event_attendance_guests_by_list')
        ),
        sa.ForeignKeyConstraint(
            ['event_id'], ['event.id'], name=op.f('fk_event_attendance_event_id'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(['noted_by_id'], ['person.id'], name=op.f('fk_event_attendance_noted_by_id')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_event_attendance_person_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_event_attendance')),
        sa.UniqueConstraint('event_id', 'person_id', name=op.f('uq_event_attendance_event_id_person_id')),
    )
    op.create_index('ix_event_attendance_person_id', 'event_attendance', ['person_id'])
    op.create_table(
        'event_note',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('event_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('sort', sa.String(40), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('html', sa.Text(), nullable=False),
        sa.Column('renderer_version', sa.Integer(), nullable=False),
        sa.Column('said_by_id', sa.Integer(), nullable=True),
        sa.Column('said_by_name', sa.String(length=200), nullable=False),
        sa.Column('written_by_id', sa.Integer(), nullable=False),
        sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('changed_by_id', sa.Integer(), nullable=True),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('send_key', sa.String(length=40), nullable=True),
        sa.CheckConstraint("sort IN ('told', 'lesson', 'decision')", name=op.f('ck_event_note_sort_code')),
        sa.CheckConstraint("said_by_id IS NULL OR said_by_name = ''", name=op.f('ck_event_note_said_by_one')),
        sa.ForeignKeyConstraint(['changed_by_id'], ['person.id'], name=op.f('fk_event_note_changed_by_id')),
        sa.ForeignKeyConstraint(
            ['event_id'], ['event.id'], name=op.f('fk_event_note_event_id'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(['said_by_id'], ['person.id'], name=op.f('fk_event_note_said_by_id')),
        sa.ForeignKeyConstraint(['written_by_id'], ['person.id'], name=op.f('fk_event_note_written_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_event_note')),
        sa.UniqueConstraint('event_id', 'number', name=op.f('uq_event_note_event_id_number')),
        sa.UniqueConstraint('send_key', name=op.f('uq_event_note_send_key')),
    )
    op.create_index('ix_event_note_said_by_id', 'event_note', ['said_by_id'])
    op.create_table(
        'event_notes_release',
        sa.Column('event_id', sa.Integer(), nullable=False),
        sa.Column('released_by_id', sa.Integer(), nullable=False),
        sa.Column('released_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['event_id'], ['event.id'], name=op.f('fk_event_notes_release_event_id'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['released_by_id'], ['person.id'], name=op.f('fk_event_notes_release_released_by_id')
        ),
        sa.PrimaryKeyConstraint('event_id', name=op.f('pk_event_notes_release')),
    )
