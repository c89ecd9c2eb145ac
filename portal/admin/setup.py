"""The first-run page of a real organisation. While there is no organisation, every other page leads here."""

from collections.abc import Callable

from flask import (
    Blueprint,
    Flask,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from portal.admin.answering import refusals_in
from portal.admin.forms import FirstRunForm
from portal.admin.settings import offer_decisions, stored_emblem
from portal.db import session
from portal.errors import BadInput, NotHere, PortalError
from portal.people import signing_in
from portal.people.founding import FirstAdmin, found_organisation, is_bare, is_setup_code, read_units
from portal.people.models import OrganisationKind, Unit
from portal.people.passwords import mind_strength, mind_the_brake, note_failure
from portal.people.permissions import can_administer
from portal.people.registering import readable_email, readable_username
from portal.people.settings import decide, the_organisation
from portal.people.signing_in import public
from portal.translating import N_, gettext
from portal.web.editing import status_of
from portal.web.visibility import current_person

bp = Blueprint("setup", __name__)

# What works before there is an organisation.
_OPEN_BEFORE = frozenset({"setup.first_run", "static", "web.health", "web.choose_language"})
# The account under which wrong set-up codes are counted; no user name has a blank.
_BRAKE = "set-up code"

# What most local authorities have; whoever fills the page in changes it to what is there.
USUAL_UNITS = "\n".join(
    (
        "สำนักปลัด",
        "กองคลัง",
        "กองช่าง",
        "กองการศึกษา",
        "กองสาธารณสุขและสิ่งแวดล้อม",
        "กองสวัสดิการสังคม",
        "กองยุทธศาสตร์และงบประมาณ",
        "หน่วยตรวจสอบภายใน",
    )
)


class WrongSetupCode(BadInput):
    message = N_("This is not the set-up code. Look at what the command that started the portal printed.")


def install(app: Flask, furnish: Callable[[Unit], None] | None = None) -> None:
    """Add the page, and lead everything to it until the organisation is there. Call before sign-in is installed.

    `furnish` is called with the new organisation after it was committed, to put into it what ships with the portal.
    """
    app.register_blueprint(bp)
    app.extensions["furnish"] = furnish

    @app.before_request
    def lead_to_first_run() -> ResponseReturnValue | None:
        # Once founded an organisation stays: the question is asked until the answer is yes, never again after.
        if app.extensions.get("founded") or request.endpoint in _OPEN_BEFORE:
            return None
        if the_organisation() is not None:
            app.extensions["founded"] = True
            return None
        if request.path.startswith("/api/"):
            return {"error": gettext("This portal has not been set up yet."), "status": 503}, 503
        return redirect(url_for("setup.first_run"))


@bp.route("/setup", methods=["GET", "POST"])
@public
def first_run() -> ResponseReturnValue:
    """Open while there is no organisation, with the code; or to the admin whom the command line made before."""
    organisation, person = the_organisation(), current_person()
    if organisation is not None and not (can_administer(person) and is_bare(organisation)):
        raise NotHere
    form = FirstRunForm(kind=str(OrganisationKind.SUBDISTRICT_MUNICIPALITY), units=USUAL_UNITS)
    offer_decisions(form)
    if person is not None:
        for name in ("code", "prefix", "first_name", "last_name", "username", "email", "password", "again"):
            delattr(form, name)
    if form.is_submitted() and _is_complete(form):
        with refusals_in(form):
            _found(form)
            flash(gettext("The portal is yours. Take in your colleagues next."), "success")
            return redirect(url_for("admin.overview"))
    return render_template("setup/first_run.html", form=form, is_admin=person is not None), status_of(form)


def _is_complete(form: FirstRunForm) -> bool:
    """Whether everything can be used; each thing that can't is said beside its field, all of them at once."""
    form.validate()
    checks: dict[str, Callable[[], object]] = {"units": lambda: read_units(form.units.data or "")}
    if "code" in form:  # the admin who was made on the command line has shown who he is
        checks |= {
            "code": lambda: _mind_code(form),
            "username": lambda: readable_username(form.username.data or ""),
            "email": lambda: readable_email(form.email.data),
            "password": lambda: mind_strength(
                form.password.data or "", (form.username.data or "\n").strip().lower()
            ),
        }
    for name, check in checks.items():
        if not form[name].errors:
            try:
                check()
            except PortalError as error:
                form[name].errors = [gettext(error.message, **error.values)]
    return not form.errors


def _mind_code(form: FirstRunForm) -> None:
    mind_the_brake(_BRAKE, request.remote_addr or "")
    if not is_setup_code(form.code.data or "", current_app.config["SETTINGS"]):
        note_failure(_BRAKE, request.remote_addr or "")
        session.commit()
        raise WrongSetupCode


def _found(form: FirstRunForm) -> None:
    person = current_person()
    organisation, admin = found_organisation(
        name=form.name.data or "",
        name_en=form.name_en.data or "",
        short_name=form.short_name.data or "",
        kind=OrganisationKind(form.kind.data),
        language=form.language.data,
        numerals=form.numerals.data,
        contact=form.contact.data or "",
        units=read_units(form.units.data or ""),
        admin=person
        or FirstAdmin(
            username=form.username.data or "",
            password=form.password.data or "",
            first_name=form.first_name.data or "",
            last_name=form.last_name.data or "",
            prefix=form.prefix.data or "",
            email=form.email.data or "",
        ),
    )
    emblem = stored_emblem(form)
    if emblem is not None:
        decide(organisation.id, emblem_file_id=emblem)
    if person is None:
        signing_in.begin_session(admin)
    session.commit()
    furnish = current_app.extensions["furnish"]
    if furnish is not None:
        furnish(organisation)
        session.commit()
