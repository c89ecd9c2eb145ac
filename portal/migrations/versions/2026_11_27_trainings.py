"""Trainings, duties and their rules, holidays; reports, their way up, and what is asked for afterwards.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('duty_rule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('name_en', sa.String(length=200), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('covers', sa.String(40), nullable=False),
    sa.Column('discharged_by', sa.String(40), nullable=False),
    sa.Column('source', sa.String(length=500), nullable=False),
    sa.Column('source_en', sa.String(length=500), nullable=False),
    sa.Column('returns_from', sa.Date(), nullable=True),
    sa.Column('every_months', sa.Integer(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("covers IN ('every', 'outside', 'further_study')", name=op.f('ck_duty_rule_covers_code')),
    sa.CheckConstraint("discharged_by IN ('report', 'record', 'interim', 'by_hand')", name=op.f('ck_duty_rule_discharged_by_code')),
    sa.CheckConstraint('days BETWEEN 1 AND 366', name=op.f('ck_duty_rule_days_of_a_year')),
    sa.ForeignKeyConstraint(['organisation_id'], ['unit.id'], name=op.f('fk_duty_rule_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duty_rule')),
    sa.UniqueConstraint('organisation_id', 'code', name=op.f('uq_duty_rule_organisation_id_code'))
    )
    op.create_table('holiday',
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('name_en', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['unit.id'], name=op.f('fk_holiday_organisation_id')),
    sa.PrimaryKeyConstraint('organisation_id', 'day', name=op.f('pk_holiday'))
    )
    op.create_table('holiday_year',
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('taken_over_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['unit.id'], name=op.f('fk_holiday_year_organisation_id')),
    sa.PrimaryKeyConstraint('organisation_id', 'year', name=op.f('pk_holiday_year'))
    )
    op.create_table('training',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('kind', sa.String(40), nullable=False),
    sa.Column('organiser', sa.String(length=200), nullable=False),
    sa.Column('place', sa.String(length=200), nullable=False),
    sa.Column('is_outside', sa.Boolean(), nullable=False),
    sa.Column('is_online', sa.Boolean(), nullable=False),
    sa.Column('start_date', sa.Date(), nullable=False),
    sa.Column('end_date', sa.Date(), nullable=False),
    sa.Column('return_date', sa.Date(), nullable=False),
    sa.Column('hours', sa.Double(), nullable=True),
    sa.Column('order_number', sa.String(length=80), nullable=False),
    sa.Column('order_date', sa.Date(), nullable=True),
    sa.Column('registration', sa.BigInteger(), nullable=False),
    sa.Column('travel', sa.BigInteger(), nullable=False),
    sa.Column('per_diem', sa.BigInteger(), nullable=False),
    sa.Column('lodging', sa.BigInteger(), nullable=False),
    sa.Column('budget_source', sa.String(length=200), nullable=False),
    sa.Column('aims', sa.Text(), nullable=False),
    sa.Column('goal_id', sa.Integer(), nullable=True),
    sa.Column('step', sa.String(length=3), nullable=False),
    sa.Column('entered_by_id', sa.Integer(), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_by_id', sa.Integer(), nullable=True),
    sa.Column('cancelled_reason', sa.String(length=500), nullable=False),
    sa.CheckConstraint("kind IN ('course', 'seminar', 'workshop', 'study_visit', 'further_study')", name=op.f('ck_training_kind_code')),
    sa.CheckConstraint("step IN ('KM1', 'KM2', 'KM3', 'KM4', 'KM5', 'KM6', 'KM7', 'CM1', 'CM2', 'CM3', 'CM4', 'CM5', 'CM6')", name=op.f('ck_training_step_code')),
    sa.CheckConstraint('end_date >= start_date', name=op.f('ck_training_ends_after_start')),
    sa.CheckConstraint('return_date >= end_date', name=op.f('ck_training_returns_after_end')),
    sa.ForeignKeyConstraint(['cancelled_by_id'], ['person.id'], name=op.f('fk_training_cancelled_by_id')),
    sa.ForeignKeyConstraint(['entered_by_id'], ['person.id'], name=op.f('fk_training_entered_by_id')),
    sa.ForeignKeyConstraint(['goal_id'], ['goal.id'], name=op.f('fk_training_goal_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['unit.id'], name=op.f('fk_training_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training'))
    )
    op.create_index('ix_training_organisation_start', 'training', ['organisation_id', 'start_date'], unique=False)
    op.create_index('ix_training_organisation_return', 'training', ['organisation_id', 'return_date'], unique=False)
    op.create_table('participation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('training_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('position_title', sa.String(length=200), nullable=False),
    sa.Column('hours', sa.Double(), nullable=True),
    sa.Column('entered_by_id', sa.Integer(), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('recorded_by_id', sa.Integer(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(recorded_at IS NULL) = (recorded_by_id IS NULL)', name=op.f('ck_participation_recorded_by_whom')),
    sa.ForeignKeyConstraint(['entered_by_id'], ['person.id'], name=op.f('fk_participation_entered_by_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_participation_person_id')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['person.id'], name=op.f('fk_participation_recorded_by_id')),
    sa.ForeignKeyConstraint(['training_id'], ['training.id'], name=op.f('fk_participation_training_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_participation_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_participation')),
    sa.UniqueConstraint('training_id', 'person_id', name=op.f('uq_participation_training_id_person_id'))
    )
    op.create_index(op.f('ix_participation_person_id'), 'participation', ['person_id'], unique=False)
    op.create_index(op.f('ix_participation_unit_id'), 'participation', ['unit_id'], unique=False)
    op.create_table('training_report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('training_id', sa.Integer(), nullable=False),
    sa.Column('term', sa.Integer(), nullable=False),
    sa.Column('stage', sa.String(40), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('on_time', sa.Boolean(), nullable=True),
    sa.Column('late_reason', sa.String(length=500), nullable=False),
    sa.Column('filed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('carried_to', sa.JSON(), nullable=False),
    sa.CheckConstraint("stage IN ('draft', 'on_its_way', 'returned', 'filed')", name=op.f('ck_training_report_stage_code')),
    sa.ForeignKeyConstraint(['id'], ['item.id'], name=op.f('fk_training_report_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['training_id'], ['training.id'], name=op.f('fk_training_report_training_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_report'))
    )
    op.create_index(op.f('ix_training_report_stage'), 'training_report', ['stage'], unique=False)
    op.create_index(op.f('ix_training_report_training_id'), 'training_report', ['training_id'], unique=False)
    op.create_table('duty',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('participation_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('rule_id', sa.Integer(), nullable=False),
    sa.Column('term', sa.Integer(), nullable=False),
    sa.Column('rule_name', sa.String(length=200), nullable=False),
    sa.Column('rule_name_en', sa.String(length=200), nullable=False),
    sa.Column('rule_days', sa.Integer(), nullable=False),
    sa.Column('rule_source', sa.String(length=500), nullable=False),
    sa.Column('rule_source_en', sa.String(length=500), nullable=False),
    sa.Column('discharged_by', sa.String(40), nullable=False),
    sa.Column('counted_from', sa.Date(), nullable=False),
    sa.Column('strict_on', sa.Date(), nullable=False),
    sa.Column('lenient_on', sa.Date(), nullable=False),
    sa.Column('policy', sa.String(40), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('remind_by', sa.Date(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by_id', sa.Integer(), nullable=True),
    sa.Column('on_time', sa.Boolean(), nullable=True),
    sa.Column('late_reason', sa.String(length=500), nullable=False),
    sa.CheckConstraint("discharged_by IN ('report', 'record', 'interim', 'by_hand')", name=op.f('ck_duty_discharged_by_code')),
    sa.CheckConstraint("policy IN ('strict', 'next_working_day')", name=op.f('ck_duty_policy_code')),
    sa.CheckConstraint('on_time IS NULL OR closed_at IS NOT NULL', name=op.f('ck_duty_on_time_when_closed')),
    sa.ForeignKeyConstraint(['closed_by_id'], ['person.id'], name=op.f('fk_duty_closed_by_id')),
    sa.ForeignKeyConstraint(['participation_id'], ['participation.id'], name=op.f('fk_duty_participation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_duty_person_id')),
    sa.ForeignKeyConstraint(['rule_id'], ['duty_rule.id'], name=op.f('fk_duty_rule_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duty')),
    sa.UniqueConstraint('participation_id', 'rule_id', 'term', name=op.f('uq_duty_participation_id_rule_id_term'))
    )
    op.create_index('ix_duty_open', 'duty', ['closed_at', 'due_on'], unique=False)
    op.create_index('ix_duty_person_due', 'duty', ['person_id', 'due_on'], unique=False)
    op.create_table('endorsement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('position_id', sa.Integer(), nullable=True),
    sa.Column('position_title', sa.String(length=200), nullable=False),
    sa.Column('is_filing', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(40), nullable=False),
    sa.Column('arrived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('assigned_to_id', sa.Integer(), nullable=True),
    sa.Column('assigned_by_id', sa.Integer(), nullable=True),
    sa.Column('assigned_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('assigned_reason', sa.String(length=500), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('person_name', sa.String(length=400), nullable=False),
    sa.Column('own_title', sa.String(length=200), nullable=False),
    sa.Column('is_acting', sa.Boolean(), nullable=False),
    sa.Column('order_number', sa.String(length=80), nullable=False),
    sa.Column('opinion', sa.Text(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('ahead', 'waiting', 'endorsed', 'filed', 'returned', 'skipped', 'superseded')", name=op.f('ck_endorsement_state_code')),
    sa.CheckConstraint("state NOT IN ('endorsed', 'filed', 'returned') OR (person_id IS NOT NULL AND decided_at IS NOT NULL)", name=op.f('ck_endorsement_decided_by_whom')),
    sa.ForeignKeyConstraint(['assigned_by_id'], ['person.id'], name=op.f('fk_endorsement_assigned_by_id')),
    sa.ForeignKeyConstraint(['assigned_to_id'], ['person.id'], name=op.f('fk_endorsement_assigned_to_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_endorsement_person_id')),
    sa.ForeignKeyConstraint(['position_id'], ['position.id'], name=op.f('fk_endorsement_position_id')),
    sa.ForeignKeyConstraint(['report_id'], ['training_report.id'], name=op.f('fk_endorsement_report_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_endorsement')),
    sa.UniqueConstraint('report_id', 'round', 'place', name=op.f('uq_endorsement_report_id_round_place'))
    )
    op.create_index(op.f('ix_endorsement_assigned_to_id'), 'endorsement', ['assigned_to_id'], unique=False)
    op.create_index(op.f('ix_endorsement_person_id'), 'endorsement', ['person_id'], unique=False)
    op.create_index('ix_endorsement_state_position', 'endorsement', ['state', 'position_id'], unique=False)
    op.create_table('interview',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('participation_id', sa.Integer(), nullable=False),
    sa.Column('respondent', sa.String(40), nullable=False),
    sa.Column('respondent_name', sa.String(length=200), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("respondent IN ('superior', 'subordinate', 'colleague')", name=op.f('ck_interview_respondent_code')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_interview_by_id')),
    sa.ForeignKeyConstraint(['participation_id'], ['participation.id'], name=op.f('fk_interview_participation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_interview'))
    )
    op.create_index(op.f('ix_interview_participation_id'), 'interview', ['participation_id'], unique=False)
    op.create_table('report_participation',
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('participation_id', sa.Integer(), nullable=False),
    sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['participation_id'], ['participation.id'], name=op.f('fk_report_participation_participation_id')),
    sa.ForeignKeyConstraint(['report_id'], ['training_report.id'], name=op.f('fk_report_participation_report_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('report_id', 'participation_id', name=op.f('pk_report_participation'))
    )
    op.create_index(op.f('ix_report_participation_participation_id'), 'report_participation', ['participation_id'], unique=False)
    op.create_table('use_answer',
    sa.Column('participation_id', sa.Integer(), nullable=False),
    sa.Column('used', sa.String(40), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("used IN ('yes', 'partly', 'not_yet', 'no')", name=op.f('ck_use_answer_used_code')),
    sa.ForeignKeyConstraint(['participation_id'], ['participation.id'], name=op.f('fk_use_answer_participation_id')),
    sa.PrimaryKeyConstraint('participation_id', name=op.f('pk_use_answer'))
    )
    op.create_table('work_review',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('participation_id', sa.Integer(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('by_title', sa.String(length=200), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_work_review_by_id')),
    sa.ForeignKeyConstraint(['participation_id'], ['participation.id'], name=op.f('fk_work_review_participation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_work_review')),
    sa.UniqueConstraint('participation_id', name=op.f('uq_work_review_participation_id'))
    )
    op.create_table('duty_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('duty_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(40), nullable=False),
    sa.Column('due_before', sa.Date(), nullable=False),
    sa.Column('due_after', sa.Date(), nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('extended', 'exempted', 'recounted')", name=op.f('ck_duty_change_kind_code')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_duty_change_by_id')),
    sa.ForeignKeyConstraint(['duty_id'], ['duty.id'], name=op.f('fk_duty_change_duty_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duty_change'))
    )
    op.create_index(op.f('ix_duty_change_duty_id'), 'duty_change', ['duty_id'], unique=False)
    op.create_table('work_point',
    sa.Column('review_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(length=200), nullable=False),
    sa.Column('before', sa.SmallInteger(), nullable=False),
    sa.Column('after', sa.SmallInteger(), nullable=False),
    sa.CheckConstraint('after BETWEEN 1 AND 5', name=op.f('ck_work_point_after_scale')),
    sa.CheckConstraint('before BETWEEN 1 AND 5', name=op.f('ck_work_point_before_scale')),
    sa.ForeignKeyConstraint(['review_id'], ['work_review.id'], name=op.f('fk_work_point_review_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('review_id', 'place', name=op.f('pk_work_point'))
    )
