"""Groups and their dated members."""

from typing import Any, Final

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.admin.answering import found, refusals_in
from portal.admin.blueprint import bp
from portal.admin.choices import offer_names, offer_people
from portal.admin.forms import GroupForm, MemberForm, MembershipForm
from portal.communities.listing import community_of
from portal.db import session
from portal.documents.sending import send_table
from portal.errors import NotHere
from portal.people.appointing import change_membership, join
from portal.people.audiences import valid_on
from portal.people.grouping import close_group, create_group, edit_group, reopen_group
from portal.people.last_writers import last_writer
from portal.people.models import Group, GroupKind, GroupMembership, GroupRole, Person
from portal.people.naming import GROUP_KINDS, GROUP_ROLES
from portal.thai.dates import bangkok_today
from portal.translating import N_, gettext
from portal.web.editing import status_of
from portal.web.numbers import whole_number
from portal.web.visibility import current_person, get_visible

_NO_COMMUNITY: Final = Group.kind != GroupKind.COMMUNITY
KINDS: Final = {kind: name for kind, name in GROUP_KINDS.items() if kind != GroupKind.COMMUNITY}


@bp.get("/groups")
def list_groups() -> ResponseReturnValue:
    groups = session.scalars(
        select(Group)
        .where(Group.organisation_id == g.organisation.id, _NO_COMMUNITY)
        .order_by(Group.closed_on.is_not(None), Group.sort_key, Group.id)
    ).all()
    return render_template(
        "admin/list_groups.html", groups=groups, members=_count_members(), kinds=GROUP_KINDS
    )


def _count_members() -> dict[int, int]:
    counted = session.execute(
        select(GroupMembership.group_id, func.count())
        .where(valid_on(bangkok_today(), GroupMembership.from_date, GroupMembership.to_date))
        .group_by(GroupMembership.group_id)
    )
    return {row[0]: row[1] for row in counted}


@bp.get("/groups.xlsx")
def download_groups() -> ResponseReturnValue:
    """One row a membership, also ended ones."""
    memberships = session.scalars(
        select(GroupMembership)
        .join(Group)
        .join(Person)
        .where(Group.organisation_id == g.organisation.id, _NO_COMMUNITY)
        .options(joinedload(GroupMembership.group), joinedload(GroupMembership.person))
        .order_by(Group.sort_key, Group.id, Person.sort_key)
    )
    header = (N_("Group"), N_("Kind"), N_("Member"), N_("Part in the group"), N_("First day"), N_("Last day"))
    return send_table(
        N_("Groups and members"),
        header,
        (
            (
                row.group.name,
                gettext(GROUP_KINDS[row.group.kind]),
                row.person.name,
                gettext(GROUP_ROLES[row.role]),
                row.from_date,
                row.to_date,
            )
            for row in memberships
        ),
    )


@bp.route("/groups/new", methods=["GET", "POST"])
def add_group() -> ResponseReturnValue:
    form = GroupForm(kind=str(GroupKind.WORKING_GROUP))
    offer_names(form.kind, KINDS)
    if form.validate_on_submit():
        group = create_group(
            g.organisation,
            by=current_person(),
            **form.written(),
        )
        session.commit()
        flash(gettext("“%(name)s” was added.", name=group.name), "success")
        return redirect(url_for("admin.show_group", group_id=group.id))
    return render_template("admin/edit_group.html", form=form, group=None), status_of(form)


@bp.route("/groups/<int:group_id>", methods=["GET", "POST"])
def show_group(group_id: int) -> ResponseReturnValue:
    if request.method == "GET" and (community := community_of(found(Group, group_id))) is not None:
        return redirect(url_for("communities.show_community", community_id=community.id))
    group = _group(group_id, locked=request.method == "POST")
    form = _group_form(group)
    if form.validate_on_submit():
        edit_group(
            group,
            by=current_person(),
            **form.written(),
        )
        session.commit()
        flash(gettext("Saved."), "success")
        return redirect(url_for("admin.show_group", group_id=group.id))
    return _group_page(group, form=form)


@bp.post("/groups/<int:group_id>/members")
def add_member(group_id: int) -> ResponseReturnValue:
    group = _group(group_id)
    form = MemberForm(prefix="member")
    _offer_member(form)
    if form.validate_on_submit():
        with refusals_in(form):
            person = get_visible(Person, form.person.data)
            join(
                person,
                group,
                by=current_person(),
                from_date=form.from_date.data,
                to_date=form.to_date.data,
                role=GroupRole(form.role.data),
            )
            session.commit()
            flash(
                gettext("%(person)s now belongs to “%(group)s”.", person=person.name, group=group.name),
                "success",
            )
            return redirect(url_for("admin.show_group", group_id=group.id))
    return _group_page(group, member_form=form)


@bp.route("/memberships/<int:membership_id>", methods=["GET", "POST"])
def show_membership(membership_id: int) -> ResponseReturnValue:
    membership = session.get(GroupMembership, membership_id) if membership_id < 2**31 else None
    if membership is None:
        raise NotHere
    _group(membership.group_id)
    form = MembershipForm(obj=membership)
    offer_names(form.role, GROUP_ROLES)
    if form.validate_on_submit():
        with refusals_in(form):
            change_membership(
                membership,
                by=current_person(),
                from_date=form.from_date.data,
                to_date=form.to_date.data,
                role=GroupRole(form.role.data),
            )
            session.commit()
            flash(gettext("Saved."), "success")
            return redirect(url_for("admin.show_group", group_id=membership.group_id))
    page = render_template("admin/edit_membership.html", form=form, membership=membership)
    return page, status_of(form)


@bp.post("/groups/<int:group_id>/close")
def close_this_group(group_id: int) -> ResponseReturnValue:
    group = _group(group_id)
    close_group(group, by=current_person())
    session.commit()
    flash(gettext("“%(name)s” is closed.", name=group.name), "success")
    return redirect(url_for("admin.list_groups"))


@bp.post("/groups/<int:group_id>/reopen")
def reopen_this_group(group_id: int) -> ResponseReturnValue:
    group = _group(group_id)
    reopen_group(group, by=current_person())
    session.commit()
    flash(gettext("“%(name)s” is open again.", name=group.name), "success")
    return redirect(url_for("admin.show_group", group_id=group.id))


def _group(group_id: int, *, locked: bool = False) -> Group:
    """A group that is administered here; who belongs to a community is its own affair."""
    group = found(Group, group_id, locked=locked)
    if group.kind == GroupKind.COMMUNITY:
        raise NotHere
    return group


def _group_page(
    group: Group, form: GroupForm | None = None, member_form: MemberForm | None = None
) -> ResponseReturnValue:
    status = max(status_of(one) for one in (form, member_form) if one)
    if form is None:
        form = _group_form(group, formdata=None)
    if member_form is None:
        member_form = MemberForm(
            formdata=None, prefix="member", from_date=bangkok_today(), role=str(GroupRole.MEMBER)
        )
        member_form.person.data = whole_number(request.args.get("person"))
        _offer_member(member_form)
    memberships = session.scalars(
        select(GroupMembership)
        .join(Person)
        .where(GroupMembership.group_id == group.id)
        .options(joinedload(GroupMembership.person))
        .order_by(Person.sort_key)
    ).all()
    page = render_template(
        "admin/edit_group.html",
        form=form,
        member_form=member_form,
        group=group,
        memberships=sorted(memberships, key=_head_first),
        group_roles=GROUP_ROLES,
        today=bangkok_today(),
    )
    return page, status


def _group_form(group: Group, **more: Any) -> GroupForm:
    stored = {
        "name": group.name,
        "name_en": group.name_en,
        "kind": str(group.kind),
        "purpose": group.purpose,
    }
    form = GroupForm.opened(stored, saved_by=lambda: last_writer(group, "group.edit"), **more)
    offer_names(form.kind, KINDS)
    return form


def _head_first(membership: GroupMembership) -> tuple[bool, int]:
    ended = membership.to_date is not None and membership.to_date < bangkok_today()
    return ended, list(GroupRole).index(membership.role)


def _offer_member(form: MemberForm) -> None:
    offer_people(form.person)
    offer_names(form.role, GROUP_ROLES)
