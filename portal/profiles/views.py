"""Colleagues: the directory, a person's profile, and one's own page."""

from collections.abc import Sequence

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from portal.db import now, session
from portal.documents.sending import send_table
from portal.errors import NotHere, PortalError
from portal.notices.preferring import told
from portal.people.audiences import memberships_of, valid_on
from portal.people.editing_oneself import PasswordNeeded, WrongPassword, edit_oneself
from portal.people.listing import PeopleFilter, State, find_all_people, find_people, places_of
from portal.people.models import Group, GroupKind, GroupMembership, Openness, Person, RoleGrant
from portal.people.naming import GROUP_ROLES, ROLES
from portal.people.organisation_tree import units_to_offer
from portal.people.passwords import digest, mind_the_brake, note_failure
from portal.people.permissions import can_administer, can_see_contact
from portal.people.sign_in_models import SignIn
from portal.people.signing_in import IDLE
from portal.people.superiors import NOBODY, ChainLoops, chain_above, incumbents_on
from portal.people.tokens import make_token, revoke_token, tokens_in_use
from portal.profiles.browsers import name_of_browser
from portal.profiles.forms import MyPageForm, NoticeForm
from portal.thai.dates import bangkok_today
from portal.translating import N_, gettext, speak
from portal.web.visibility import current_person, get_visible

bp = Blueprint("profiles", __name__)


def _wanted() -> PeopleFilter:
    """Colleagues look for those who are here; who has left is found through what he wrote."""
    return PeopleFilter.from_args({**request.args, "state": str(State.HERE)})


@bp.get("/people")
def list_people() -> ResponseReturnValue:
    wanted = _wanted()
    return render_template(
        "profiles/list_people.html",
        wanted=wanted,
        found=find_people(wanted, current_person()),
        units=units_to_offer(g.organisation),
    )


@bp.get("/people.xlsx")
def download_people() -> ResponseReturnValue:
    page = find_all_people(_wanted(), current_person())
    header = (N_("Name"), N_("Position"), N_("Unit"), N_("Telephone"), N_("E-mail"))
    return send_table(
        N_("People"),
        header,
        (
            (
                person.name,
                ", ".join(place.position.title for place in page.places.get(person.id, ())),
                ", ".join(place.position.unit.name for place in page.places.get(person.id, ())),
                person.phone,
                person.email or "",
            )
            for person in page.people
        ),
    )


@bp.get("/people/<int:person_id>")
def show_person(person_id: int) -> ResponseReturnValue:
    me = current_person()
    person = get_visible(Person, person_id)
    today = bangkok_today()
    places = places_of([person.id]).get(person.id, [])
    own = next((place.position for place in places if not place.is_acting), None)
    try:
        chain = chain_above(own) if own else []
    except ChainLoops:  # only rows written past the rules can do this; the profile opens all the same
        chain = []
    return render_template(
        "profiles/show_person.html",
        person=person,
        places=places,
        chain=chain,
        incumbents=incumbents_on((position.id for position in chain), today),
        nobody=NOBODY,
        roles=_roles_of(person),
        memberships=_memberships_of(person, me),
        role_names=ROLES,
        group_roles=GROUP_ROLES,
        can_see_contact=can_see_contact(me, person),
        can_administer=can_administer(me),
    )


def _roles_of(person: Person) -> list[RoleGrant]:
    return list(
        session.scalars(
            select(RoleGrant)
            .where(
                RoleGrant.person_id == person.id,
                valid_on(bangkok_today(), RoleGrant.from_date, RoleGrant.to_date),
            )
            .order_by(RoleGrant.id)
        )
    )


def _memberships_of(person: Person, reader: Person) -> list[GroupMembership]:
    """The groups he belongs to; of closed communities those that the reader belongs to himself."""
    return list(
        session.scalars(
            select(GroupMembership)
            .join(Group)
            .where(
                GroupMembership.person_id == person.id,
                Group.closed_on.is_(None),
                or_(
                    Group.kind != GroupKind.COMMUNITY,
                    Group.openness != Openness.CLOSED,
                    Group.id.in_(memberships_of(reader)),
                ),
                valid_on(bangkok_today(), GroupMembership.from_date, GroupMembership.to_date),
            )
            .options(joinedload(GroupMembership.group))
            .order_by(Group.sort_key)
        )
    )


@bp.route("/me", methods=["GET", "POST"])
def my_page() -> ResponseReturnValue:
    me = current_person()
    form = _my_form()
    if form.validate_on_submit():
        account, address = f"present {me.username}", request.remote_addr or ""
        if form.current.data:
            mind_the_brake(account, address)
        try:
            edit_oneself(
                me,
                password=form.current.data or "",
                phone=form.phone.data or "",
                email=form.email.data or "",
                language=form.language.data or None,
                numerals=form.numerals.data or None,
            )
        except PortalError as error:
            session.rollback()
            if isinstance(error, WrongPassword):
                note_failure(account, address)
                session.commit()
            field = form.current if isinstance(error, PasswordNeeded) else form.email
            field.errors = [gettext(error.message, **error.values)]
        else:
            session.commit()
            # What was chosen for this browser alone gives way to what was chosen for oneself.
            cookie.pop("language", None)
            speak(me.language or g.settings.language)  # what was changed is confirmed in the new language
            flash(gettext("Saved."), "success")
            return redirect(url_for("profiles.my_page"))
    return show_my_page(form), 422 if form.errors else 200


@bp.post("/me/tokens")
def make_own_token() -> ResponseReturnValue:
    """The page shows the token this once: only its hash is kept."""
    secret = make_token(current_person())
    session.commit()
    return show_my_page(new_token=secret)


@bp.post("/me/tokens/<int:token_id>/revoke")
def revoke_own_token(token_id: int) -> ResponseReturnValue:
    me = current_person()
    token = next((token for token in tokens_in_use(me) if token.id == token_id), None)
    if token is None:
        raise NotHere
    revoke_token(token, by=me)
    session.commit()
    flash(gettext("The token is revoked. A program that still uses it is refused."), "success")
    return redirect(url_for("profiles.my_page"))


def _my_form(*, is_sent: bool = True) -> MyPageForm:
    me = current_person()
    saved = {
        "phone": me.phone,
        "email": me.email,
        "language": me.language or "",
        "numerals": me.numerals or "",
    }
    form = MyPageForm(data=saved) if is_sent else MyPageForm(formdata=None, data=saved)
    form.offer()
    return form


def show_my_page(
    form: MyPageForm | None = None,
    notice_form: NoticeForm | None = None,
    *,
    new_token: str = "",
    new_calendar: str = "",
    new_feeds: Sequence[tuple[str, str]] = (),
) -> str:
    """One's own page: with the form that came back, with a secret that is shown this once, or as it is."""
    me = current_person()
    how = told(me)
    return render_template(
        "profiles/my_page.html",
        form=form or _my_form(is_sent=False),
        notice_form=notice_form or NoticeForm(formdata=None, way=how.way),
        has_calendar=how.has_calendar,
        new_calendar=new_calendar,
        has_feeds=how.has_feeds,
        new_feeds=new_feeds,
        person=me,
        places=places_of([me.id]).get(me.id, []),
        sign_ins=_sign_ins_of(me),
        name_of_browser=name_of_browser,
        this_browser=digest(cookie.get("secret", "")),
        tokens=tokens_in_use(me),
        new_token=new_token,
    )


def _sign_ins_of(person: Person) -> list[SignIn]:
    """The browsers in which the person is signed in, last seen first."""
    return list(
        session.scalars(
            select(SignIn)
            .where(SignIn.person_id == person.id, SignIn.last_seen_at >= now() - IDLE)
            .order_by(SignIn.last_seen_at.desc())
        )
    )
