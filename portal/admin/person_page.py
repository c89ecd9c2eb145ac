"""A person's page in the administration: one page with several forms, of which one at a time comes back with errors."""

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.admin.choices import offer_names, offer_posts
from portal.admin.forms import ActingForm, PersonForm, PostingForm, RoleForm
from portal.db import session
from portal.people.models import (
    ActingAppointment,
    Group,
    GroupKind,
    GroupMembership,
    Person,
    Position,
    Posting,
    RoleGrant,
)
from portal.people.naming import CATEGORIES, GROUP_ROLES, ROLES
from portal.people.tokens import tokens_in_use
from portal.thai.dates import bangkok_today


def posting_form(*, typed: bool = True) -> PostingForm:
    form = (
        PostingForm(prefix="posting")
        if typed
        else PostingForm(formdata=None, prefix="posting", from_date=bangkok_today())
    )
    offer_posts(form.position)
    return form


def acting_form() -> ActingForm:
    form = ActingForm(prefix="acting")
    offer_posts(form.position)
    return form


def role_form(*, typed: bool = True) -> RoleForm:
    form = (
        RoleForm(prefix="role")
        if typed
        else RoleForm(formdata=None, prefix="role", from_date=bangkok_today())
    )
    offer_names(form.role, ROLES)
    return form


def person_page(
    person: Person,
    form: PersonForm | None = None,
    posting: PostingForm | None = None,
    acting: ActingForm | None = None,
    role: RoleForm | None = None,
    refusals: list[str] | None = None,
    link: str = "",
) -> ResponseReturnValue:
    """The page with these forms as they came back; the others as they begin. `link` is shown this once."""
    sent = [one for one in (form, posting, acting, role) if one is not None]
    if form is None:
        form = PersonForm(formdata=None, obj=person)
        offer_names(form.category, CATEGORIES)
    if posting is None:
        posting = posting_form(typed=False)
    if acting is None:
        acting = ActingForm(formdata=None, prefix="acting", from_date=bangkok_today())
        acting.position.choices = posting.position.choices
    page = render_template(
        "admin/edit_person.html",
        person=person,
        form=form,
        posting_form=posting,
        acting_form=acting,
        role_form=role or role_form(typed=False),
        refusals=refusals or [],
        link=link,
        postings=session.scalars(
            select(Posting)
            .where(Posting.person_id == person.id)
            .options(joinedload(Posting.position).joinedload(Position.unit))
            .order_by(Posting.from_date.desc())
        ).all(),
        appointments=session.scalars(
            select(ActingAppointment)
            .where(ActingAppointment.person_id == person.id)
            .options(joinedload(ActingAppointment.position).joinedload(Position.unit))
            .order_by(ActingAppointment.from_date.desc())
        ).all(),
        grants=session.scalars(
            select(RoleGrant)
            .where(RoleGrant.person_id == person.id)
            .order_by(RoleGrant.from_date.desc(), RoleGrant.id)
        ).all(),
        memberships=session.scalars(
            select(GroupMembership)
            .join(GroupMembership.group)
            .where(GroupMembership.person_id == person.id, Group.kind != GroupKind.COMMUNITY)
            .options(joinedload(GroupMembership.group))
            .order_by(GroupMembership.from_date.desc())
        ).all(),
        tokens=tokens_in_use(person),
        roles=ROLES,
        group_roles=GROUP_ROLES,
        today=bangkok_today(),
    )
    return page, 422 if refusals or any(one.errors for one in sent) else 200
