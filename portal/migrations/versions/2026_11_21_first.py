"""The first shape: people, items, the least of the plan, files, mail, outbox.

Revision ID: 0001
Revises: 
"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def by_bytes(length: int) -> sa.String:
    return sa.String(length=length).with_variant(sa.String(length=length, collation='C'), 'postgresql')


def upgrade() -> None:
    op.create_table('audit_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('action', sa.String(length=60), nullable=False),
    sa.Column('subject_type', sa.String(length=40), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=True),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    op.create_index('ix_audit_entry_actor_id', 'audit_entry', ['actor_id'])
    op.create_index('ix_audit_entry_at', 'audit_entry', ['at'])
    op.create_index('ix_audit_entry_subject', 'audit_entry', ['subject_type', 'subject_id'])

    op.create_table('draft',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('form', sa.String(length=80), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('person_id', 'form', name=op.f('pk_draft'))
    )
    op.create_table('mail',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('to_address', sa.String(length=254), nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('holds_secret', sa.Boolean(), nullable=False),
    sa.Column('message_id', sa.String(length=200), nullable=False),
    sa.Column('state', sa.String(40), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_error', sa.String(length=500), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('waiting', 'sending', 'sent', 'uncertain', 'failed')", name=op.f('ck_mail_state_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail')),
    sa.UniqueConstraint('message_id', name=op.f('uq_mail_message_id'))
    )
    op.create_index('ix_mail_state', 'mail', ['state'])

    op.create_table('outbox',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=True),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox'))
    )
    op.create_index('ix_outbox_kind_id', 'outbox', ['kind', 'id'])

    op.create_table('sign_in_attempt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('address', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_attempt'))
    )
    op.create_index('ix_sign_in_attempt_account_at', 'sign_in_attempt', ['account', 'at'])
    op.create_index('ix_sign_in_attempt_address_at', 'sign_in_attempt', ['address', 'at'])

    op.create_table('stored_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('media_type', sa.String(length=120), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.Column('stored_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stored_file')),
    sa.UniqueConstraint('name', name=op.f('uq_stored_file_name')),
    sa.UniqueConstraint('sha256', name=op.f('uq_stored_file_sha256'))
    )
    op.create_table('unit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(40), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('name_en', sa.String(length=200), nullable=False),
    sa.Column('short_name', sa.String(length=60), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('path', by_bytes(400), nullable=False),
    sa.Column('sort_key', by_bytes(800), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.CheckConstraint("kind IN ('organisation', 'office', 'division', 'section', 'work', 'centre')", name=op.f('ck_unit_kind_code')),
    sa.ForeignKeyConstraint(['organisation_id'], ['unit.id'], name=op.f('fk_unit_organisation_id')),
    sa.ForeignKeyConstraint(['parent_id'], ['unit.id'], name=op.f('fk_unit_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit')),
    sa.UniqueConstraint('organisation_id', 'code', name=op.f('uq_unit_organisation_id_code'))
    )
    op.create_index('ix_unit_parent_id', 'unit', ['parent_id'])
    op.create_index('ix_unit_path', 'unit', ['path'])

    op.create_table('group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(40), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('name_en', sa.String(length=200), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('sort_key', by_bytes(800), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.CheckConstraint("kind IN ('km_team', 'reviewers', 'committee', 'working_group', 'community')", name=op.f('ck_group_kind_code')),
    sa.ForeignKeyConstraint(['organisation_id'], ['unit.id'], name=op.f('fk_group_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_group'))
    )
    op.create_index('ix_group_organisation_id', 'group', ['organisation_id'])

    op.create_table('organisation_setting',
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('value', sa.JSON(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['unit.id'], name=op.f('fk_organisation_setting_organisation_id')),
    sa.PrimaryKeyConstraint('organisation_id', 'key', name=op.f('pk_organisation_setting'))
    )
    op.create_table('person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('prefix', sa.String(length=40), nullable=False),
    sa.Column('first_name', sa.String(length=200), nullable=False),
    sa.Column('last_name', sa.String(length=200), nullable=False),
    sa.Column('username', sa.String(length=80), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('phone', sa.String(length=60), nullable=False),
    sa.Column('category', sa.String(40), nullable=False),
    sa.Column('retirement_date', sa.Date(), nullable=True),
    sa.Column('language', sa.String(length=2), nullable=True),
    sa.Column('numerals', sa.String(length=10), nullable=True),
    sa.Column('password_hash', sa.String(length=200), nullable=True),
    sa.Column('must_change_password', sa.Boolean(), nullable=False),
    sa.Column('is_system', sa.Boolean(), nullable=False),
    sa.Column('sort_key', by_bytes(800), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deactivated_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("category IN ('staff', 'elected')", name=op.f('ck_person_category_code')),
    sa.ForeignKeyConstraint(['organisation_id'], ['unit.id'], name=op.f('fk_person_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('email', name=op.f('uq_person_email')),
    sa.UniqueConstraint('username', name=op.f('uq_person_username'))
    )
    op.create_index('ix_person_organisation_id', 'person', ['organisation_id'])
    op.create_index('ix_person_sort_key', 'person', ['sort_key'])

    op.create_table('plan',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(40), nullable=False),
    sa.Column('fiscal_year', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=500), nullable=False),
    sa.Column('title_en', sa.String(length=500), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind IN ('plan', 'project')", name=op.f('ck_plan_kind_code')),
    sa.CheckConstraint('fiscal_year BETWEEN 2400 AND 2700', name=op.f('ck_plan_fiscal_year_be')),
    sa.ForeignKeyConstraint(['organisation_id'], ['unit.id'], name=op.f('fk_plan_organisation_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_plan_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan'))
    )
    op.create_index('ix_plan_fiscal_year', 'plan', ['fiscal_year'])
    op.create_index('ix_plan_organisation_id', 'plan', ['organisation_id'])
    op.create_index('ix_plan_unit_id', 'plan', ['unit_id'])

    op.create_table('position',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('title_en', sa.String(length=200), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('rank', sa.String(40), nullable=False),
    sa.Column('superior_id', sa.Integer(), nullable=True),
    sa.Column('sort_key', by_bytes(800), nullable=False),
    sa.Column('abolished_on', sa.Date(), nullable=True),
    sa.CheckConstraint("rank IN ('chief_executive', 'deputy_chief_executive', 'permanent_secretary', 'deputy_permanent_secretary', 'head', 'staff')", name=op.f('ck_position_rank_code')),
    sa.CheckConstraint('superior_id IS NULL OR superior_id <> id', name=op.f('ck_position_not_own_superior')),
    sa.ForeignKeyConstraint(['organisation_id'], ['unit.id'], name=op.f('fk_position_organisation_id')),
    sa.ForeignKeyConstraint(['superior_id'], ['position.id'], name=op.f('fk_position_superior_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_position_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_position'))
    )
    op.create_index('ix_position_organisation_id', 'position', ['organisation_id'])
    op.create_index('ix_position_superior_id', 'position', ['superior_id'])
    op.create_index('ix_position_unit_id', 'position', ['unit_id'])
    op.create_index(
        'uq_position_head_of_unit',
        'position',
        ['unit_id'],
        unique=True,
        sqlite_where=sa.text("rank = 'head' AND abolished_on IS NULL"),
        postgresql_where=sa.text("rank = 'head' AND abolished_on IS NULL"),
    )

    op.create_table('acting_appointment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('position_id', sa.Integer(), nullable=False),
    sa.Column('from_date', sa.Date(), nullable=False),
    sa.Column('to_date', sa.Date(), nullable=True),
    sa.Column('order_number', sa.String(length=80), nullable=False),
    sa.CheckConstraint('to_date IS NULL OR to_date >= from_date', name=op.f('ck_acting_appointment_ends_after_start')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_acting_appointment_person_id')),
    sa.ForeignKeyConstraint(['position_id'], ['position.id'], name=op.f('fk_acting_appointment_position_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_acting_appointment'))
    )
    op.create_index('ix_acting_appointment_person_id', 'acting_appointment', ['person_id'])
    op.create_index('ix_acting_appointment_position_id', 'acting_appointment', ['position_id'])

    op.create_table('api_token',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('secret_hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_used_on', sa.Date(), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_api_token_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_token')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_api_token_secret_hash'))
    )
    op.create_index('ix_api_token_person_id', 'api_token', ['person_id'])

    op.create_table('group_membership',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(40), nullable=False),
    sa.Column('from_date', sa.Date(), nullable=False),
    sa.Column('to_date', sa.Date(), nullable=True),
    sa.CheckConstraint("role IN ('head', 'secretary', 'member')", name=op.f('ck_group_membership_role_code')),
    sa.CheckConstraint('to_date IS NULL OR to_date >= from_date', name=op.f('ck_group_membership_ends_after_start')),
    sa.ForeignKeyConstraint(['group_id'], ['group.id'], name=op.f('fk_group_membership_group_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_group_membership_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_group_membership'))
    )
    op.create_index('ix_group_membership_group_id', 'group_membership', ['group_id'])
    op.create_index('ix_group_membership_person_id', 'group_membership', ['person_id'])

    op.create_table('item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('type', sa.String(length=40), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('sort_key', by_bytes(1200), nullable=False),
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
    sa.PrimaryKeyConstraint('id', name=op.f('pk_item'))
    )
    op.create_index('ix_item_author_id', 'item', ['author_id'])
    op.create_index('ix_item_sort_key', 'item', ['sort_key'])
    op.create_index('ix_item_state_published_at', 'item', ['state', 'published_at'])
    op.create_index('ix_item_type', 'item', ['type'])
    op.create_index('ix_item_unit_id', 'item', ['unit_id'])

    op.create_table('one_time_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('secret_hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('made_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_one_time_link_made_by_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_one_time_link_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_one_time_link')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_one_time_link_secret_hash'))
    )
    op.create_index('ix_one_time_link_person_id', 'one_time_link', ['person_id'])

    op.create_table('posting',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('position_id', sa.Integer(), nullable=False),
    sa.Column('from_date', sa.Date(), nullable=False),
    sa.Column('to_date', sa.Date(), nullable=True),
    sa.CheckConstraint('to_date IS NULL OR to_date >= from_date', name=op.f('ck_posting_ends_after_start')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_posting_person_id')),
    sa.ForeignKeyConstraint(['position_id'], ['position.id'], name=op.f('fk_posting_position_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_posting'))
    )
    op.create_index('ix_posting_person_id', 'posting', ['person_id'])
    op.create_index('ix_posting_position_id', 'posting', ['position_id'])

    op.create_table('role_grant',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(40), nullable=False),
    sa.Column('from_date', sa.Date(), nullable=False),
    sa.Column('to_date', sa.Date(), nullable=True),
    sa.Column('granted_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("role IN ('cko', 'facilitator', 'practitioner', 'note_taker', 'network_manager', 'technologist', 'executive', 'data_assistant', 'admin')", name=op.f('ck_role_grant_role_code')),
    sa.CheckConstraint('to_date IS NULL OR to_date >= from_date', name=op.f('ck_role_grant_ends_after_start')),
    sa.ForeignKeyConstraint(['granted_by_id'], ['person.id'], name=op.f('fk_role_grant_granted_by_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_role_grant_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grant'))
    )
    op.create_index('ix_role_grant_person_id', 'role_grant', ['person_id'])

    op.create_table('sign_in',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('secret_hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('browser', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_sign_in_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_sign_in_secret_hash'))
    )
    op.create_index('ix_sign_in_person_id', 'sign_in', ['person_id'])

    op.create_table('site_page',
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=40), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('text_en', sa.Text(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['changed_by_id'], ['person.id'], name=op.f('fk_site_page_changed_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['unit.id'], name=op.f('fk_site_page_organisation_id')),
    sa.PrimaryKeyConstraint('organisation_id', 'slug', name=op.f('pk_site_page'))
    )
    op.create_table('strategy',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=500), nullable=False),
    sa.Column('title_en', sa.String(length=500), nullable=False),
    sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_strategy_plan_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_strategy')),
    sa.UniqueConstraint('plan_id', 'number', name=op.f('uq_strategy_plan_id_number'))
    )

    op.create_table('goal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('strategy_id', sa.Integer(), nullable=True),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=500), nullable=False),
    sa.Column('title_en', sa.String(length=500), nullable=False),
    sa.Column('measurable_unit', sa.Text(), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_goal_plan_id')),
    sa.ForeignKeyConstraint(['strategy_id'], ['strategy.id'], name=op.f('fk_goal_strategy_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_goal')),
    sa.UniqueConstraint('plan_id', 'number', name=op.f('uq_goal_plan_id_number'))
    )
    op.create_index('ix_goal_strategy_id', 'goal', ['strategy_id'])

    op.create_table('imported_item',
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('external_id', sa.String(length=200), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_imported_item_item_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organisation_id'], ['unit.id'], name=op.f('fk_imported_item_organisation_id')),
    sa.PrimaryKeyConstraint('item_id', name=op.f('pk_imported_item')),
    sa.UniqueConstraint('organisation_id', 'external_id', name=op.f('uq_imported_item_organisation_id_external_id'))
    )
    op.create_table('item_audience',
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_item_audience_item_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('item_id', 'token', name=op.f('pk_item_audience'))
    )
    op.create_index('ix_item_audience_token_item', 'item_audience', ['token', 'item_id'])

    op.create_table('item_redirect',
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('to_item_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('item_id <> to_item_id', name=op.f('ck_item_redirect_leads_elsewhere')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_item_redirect_by_id')),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_item_redirect_item_id')),
    sa.ForeignKeyConstraint(['to_item_id'], ['item.id'], name=op.f('fk_item_redirect_to_item_id')),
    sa.PrimaryKeyConstraint('item_id', name=op.f('pk_item_redirect'))
    )
    op.create_index('ix_item_redirect_to_item_id', 'item_redirect', ['to_item_id'])

    op.create_table('item_tag',
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('tag', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_item_tag_item_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('item_id', 'tag', name=op.f('pk_item_tag'))
    )
    op.create_index('ix_item_tag_tag', 'item_tag', ['tag'])

    op.create_table('knowledge_asset',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('knowledge', sa.String(40), nullable=False),
    sa.CheckConstraint("knowledge IN ('explicit', 'tacit')", name=op.f('ck_knowledge_asset_knowledge_code')),
    sa.ForeignKeyConstraint(['id'], ['item.id'], name=op.f('fk_knowledge_asset_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_asset'))
    )
    op.create_table('post',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('renderer_version', sa.Integer(), nullable=False),
    sa.Column('posted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('send_key', sa.String(length=40), nullable=True),
    sa.Column('hidden_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hidden_by_id', sa.Integer(), nullable=True),
    sa.Column('hidden_reason', sa.String(length=300), nullable=False),
    sa.CheckConstraint('(hidden_at IS NULL) = (hidden_by_id IS NULL)', name=op.f('ck_post_hidden_by_whom')),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_post_author_id')),
    sa.ForeignKeyConstraint(['hidden_by_id'], ['person.id'], name=op.f('fk_post_hidden_by_id')),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_post_item_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post')),
    sa.UniqueConstraint('item_id', 'number', name=op.f('uq_post_item_id_number')),
    sa.UniqueConstraint('send_key', name=op.f('uq_post_send_key'))
    )
    op.create_index('ix_post_author_id', 'post', ['author_id'])

    op.create_table('reading',
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('reader', sa.String(length=32), nullable=False),
    sa.Column('visits', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_reading_item_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('item_id', 'day', 'reader', name=op.f('pk_reading'))
    )
    op.create_table('revision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_revision_author_id')),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_revision_item_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_revision')),
    sa.UniqueConstraint('item_id', 'number', name=op.f('uq_revision_item_id_number'))
    )
    op.create_index('ix_revision_author_id', 'revision', ['author_id'])

    op.create_table('search_text',
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('revision_number', sa.Integer(), nullable=False),
    sa.Column('heading', sa.String(length=300), nullable=False),
    sa.Column('anchor', sa.String(length=300), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_search_text_item_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('item_id', 'number', name=op.f('pk_search_text'))
    )
    op.create_table('attachment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=True),
    sa.Column('post_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('uploaded_by_id', sa.Integer(), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('is_original', sa.Boolean(), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('post_id IS NULL OR item_id IS NOT NULL', name=op.f('ck_attachment_post_has_item')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_attachment_file_id')),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_attachment_item_id')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_attachment_post_id')),
    sa.ForeignKeyConstraint(['uploaded_by_id'], ['person.id'], name=op.f('fk_attachment_uploaded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment'))
    )
    op.create_index('ix_attachment_file_id', 'attachment', ['file_id'])
    op.create_index('ix_attachment_item_id', 'attachment', ['item_id'])
    op.create_index('ix_attachment_post_id', 'attachment', ['post_id'])
    op.create_index('ix_attachment_uploaded_by_id', 'attachment', ['uploaded_by_id'])

    op.create_table('fulfilment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('goal_id', sa.Integer(), nullable=True),
    sa.Column('step', sa.String(length=3), nullable=False),
    sa.CheckConstraint("step IN ('KM1', 'KM2', 'KM3', 'KM4', 'KM5', 'KM6', 'KM7', 'CM1', 'CM2', 'CM3', 'CM4', 'CM5', 'CM6')", name=op.f('ck_fulfilment_step_code')),
    sa.ForeignKeyConstraint(['goal_id'], ['goal.id'], name=op.f('fk_fulfilment_goal_id')),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_fulfilment_item_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fulfilment')),
    sa.UniqueConstraint('item_id', 'goal_id', 'step', name=op.f('uq_fulfilment_item_id_goal_id_step'))
    )
    op.create_index('ix_fulfilment_goal_step', 'fulfilment', ['goal_id', 'step'])
    op.create_index(
        'uq_fulfilment_without_goal',
        'fulfilment',
        ['item_id', 'step'],
        unique=True,
        sqlite_where=sa.text('goal_id IS NULL'),
        postgresql_where=sa.text('goal_id IS NULL'),
    )

    op.create_table('origin',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('from_item_id', sa.Integer(), nullable=False),
    sa.Column('from_post_id', sa.Integer(), nullable=True),
    sa.Column('excerpt', sa.Text(), nullable=False),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['from_item_id'], ['item.id'], name=op.f('fk_origin_from_item_id')),
    sa.ForeignKeyConstraint(['from_post_id'], ['post.id'], name=op.f('fk_origin_from_post_id')),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_origin_item_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_origin'))
    )
    op.create_index('ix_origin_from_item_id', 'origin', ['from_item_id'])
    op.create_index('ix_origin_item_id', 'origin', ['item_id'])

    op.create_table('rendering',
    sa.Column('revision_id', sa.Integer(), nullable=False),
    sa.Column('renderer_version', sa.Integer(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('headings', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['revision_id'], ['revision.id'], name=op.f('fk_rendering_revision_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('revision_id', name=op.f('pk_rendering'))
    )
