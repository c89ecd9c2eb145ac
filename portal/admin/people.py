"""People: the list, adding, editing, one-time links, letting go and taking back."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.admin.answering import refusals_in
from portal.admin.blueprint import bp
from portal.admin.choices import offer_names
from portal.admin.forms import PersonForm
from portal.admin.person_page import person_page
from portal.db import session
from portal.documents.sending import send_table
from portal.errors import BadInput, NotHere
from portal.people.listing import PeopleFilter, Place, State, find_all_people, find_people
from portal.people.mailing import link_address
from portal.people.models import Category, Person
from portal.people.naming import CATEGORIES
from portal.people.organisation_tree import units_to_offer
from portal.people.passwords import demand_another_password, hand_out_link
from portal.people.registering import deactivate, edit_person, reactivate, register
from portal.people.sign_in_models import ApiToken
from portal.people.tokens import revoke_token
from portal.translating import N_, gettext
from portal.web.editing import status_of
from portal.web.visibility import current_person, get_visible

STATES = {
    State.HERE: N_("Here today"),
    State.NO_PASSWORD: N_("Never chosen a password"),
    State.LEFT: N_("Have left"),
    State.ALL: N_("All"),
}


class NobodyWithoutPassword(BadInput):
    message = N_("Everybody in this list has chosen a password already.")


@bp.get("/people")
def list_people() -> ResponseReturnValue:
    wanted = PeopleFilter.from_args(request.args)
    return render_template(
        "admin/list_people.html",
        wanted=wanted,
        found=find_people(wanted, current_person()),
        units=units_to_offer(g.organisation),
        states=STATES,
    )


@bp.get("/people.xlsx")
def download_people() -> ResponseReturnValue:
    page = find_all_people(PeopleFilter.from_args(request.args), current_person())
    header = (
        N_("Prefix"),
        N_("First name"),
        N_("Surname"),
        N_("User name"),
        N_("E-mail"),
        N_("Telephone"),
        N_("Category"),
        N_("Unit"),
        N_("Position"),
        N_("Last day in office"),
        N_("Left on"),
    )
    return send_table(
        N_("People"),
        header,
        (
            (
                person.prefix,
                person.first_name,
                person.last_name,
                person.username,
                person.email or "",
                person.phone,
                gettext(CATEGORIES[person.category]),
                ", ".join(place.position.unit.name for place in page.places.get(person.id, ())),
                ", ".join(_post(place) for place in page.places.get(person.id, ())),
                person.retirement_date,
                person.deactivated_at,
            )
            for person in page.people
        ),
    )


def _post(place: Place) -> str:
    return (
        gettext("acting %(position)s", position=place.position.title)
        if place.is_acting
        else place.position.title
    )


@bp.route("/people/new", methods=["GET", "POST"])
def add_person() -> ResponseReturnValue:
    form = PersonForm(category=str(Category.STAFF))
    offer_names(form.category, CATEGORIES)
    if form.validate_on_submit():
        with refusals_in(form):
            person = register(
                g.organisation,
                by=current_person(),
                **form.written(),
            )
            session.commit()
            flash(
                gettext(
                    "%(person)s was added. Give a position and make a one-time link.", person=person.name
                ),
                "success",
            )
            return redirect(url_for("admin.show_person", person_id=person.id))
    return render_template("admin/add_person.html", form=form), status_of(form)


@bp.route("/people/<int:person_id>", methods=["GET", "POST"])
def show_person(person_id: int) -> ResponseReturnValue:
    person = get_visible(Person, person_id)
    if request.method == "GET":
        return person_page(person)
    form = PersonForm()
    offer_names(form.category, CATEGORIES)
    if form.validate_on_submit():
        with refusals_in(form):
            edit_person(
                person,
                by=current_person(),
                **form.written(),
            )
            session.commit()
            flash(gettext("Saved."), "success")
            return redirect(url_for("admin.show_person", person_id=person.id))
    return person_page(person, form=form)


@bp.post("/people/<int:person_id>/deactivate")
def let_go(person_id: int) -> ResponseReturnValue:
    person = get_visible(Person, person_id)
    form = PersonForm(formdata=None)
    with refusals_in(form):
        deactivate(person, by=current_person())
        session.commit()
        flash(
            gettext("%(person)s is deactivated. What was written stays under that name.", person=person.name),
            "success",
        )
        return redirect(url_for("admin.show_person", person_id=person.id))
    return person_page(person, refusals=form.form_errors)


@bp.post("/people/<int:person_id>/reactivate")
def take_back(person_id: int) -> ResponseReturnValue:
    person = get_visible(Person, person_id)
    if not person.is_active:
        reactivate(person, by=current_person())
        session.commit()
        flash(
            gettext(
                "%(person)s may sign in again. Positions, groups and roles are given anew.",
                person=person.name,
            ),
            "success",
        )
    return redirect(url_for("admin.show_person", person_id=person.id))


@bp.post("/people/<int:person_id>/must-change-password")
def demand_new_password(person_id: int) -> ResponseReturnValue:
    person = get_visible(Person, person_id)
    demand_another_password(person, by=current_person())
    session.commit()
    flash(
        gettext("%(person)s must choose a new password before anything else.", person=person.name), "success"
    )
    return redirect(url_for("admin.show_person", person_id=person.id))


@bp.post("/tokens/<int:token_id>/revoke")
def revoke_api_token(token_id: int) -> ResponseReturnValue:
    token = session.get(ApiToken, token_id) if 0 < token_id < 2**31 else None
    if token is None or token.revoked_at is not None:
        raise NotHere
    person = get_visible(Person, token.person_id)
    revoke_token(token, by=current_person())
    session.commit()
    flash(gettext("The token is revoked. A program that still uses it is refused."), "success")
    return redirect(url_for("admin.show_person", person_id=person.id))


@bp.post("/people/<int:person_id>/link")
def make_one_time_link(person_id: int) -> ResponseReturnValue:
    """The page shows the link this once: only its hash is kept, and reloading makes a new one."""
    person = get_visible(Person, person_id)
    secret = hand_out_link(person, by=current_person())
    session.commit()
    return person_page(person, link=link_address(secret))


@bp.post("/people/links.xlsx")
def make_links() -> ResponseReturnValue:
    """A link for everybody of the list who has never chosen a password, as a table to hand out. Shown this once."""
    wanted = PeopleFilter.from_args({**request.args, "state": str(State.NO_PASSWORD)})
    page = find_all_people(wanted, current_person())
    if not page.people:
        raise NobodyWithoutPassword
    secrets = {
        person.id: hand_out_link(person, by=current_person(), in_a_list=True) for person in page.people
    }
    session.commit()
    header = (
        N_("Unit"),
        N_("Name"),
        N_("User name"),
        N_("Link for choosing a password, once, within 7 days"),
    )
    rows = (
        (
            ", ".join(place.position.unit.name for place in page.places.get(person.id, ())),
            person.name,
            person.username,
            link_address(secrets[person.id]),
        )
        for person in page.people
    )
    return send_table(N_("Sign-in links"), header, sorted(rows))
