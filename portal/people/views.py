"""Signing in and out, passwords. Profiles stand in their own room."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.audit.recording import record
from portal.db import session
from portal.errors import TooOften
from portal.people import passwords, signing_in
from portal.people.forms import ChangePasswordForm, ForgottenPasswordForm, NewPasswordForm, SignInForm
from portal.people.mailing import mail_password_link
from portal.people.models import Person
from portal.people.passwords import PasswordTooWeak
from portal.people.signing_in import public
from portal.translating import gettext
from portal.web.kept_forms import KeptForm
from portal.web.views import safe_target
from portal.web.visibility import current_person

bp = Blueprint("people", __name__)


@bp.route("/sign-in", methods=["GET", "POST"], endpoint="sign_in")
@public
def sign_in(kept: KeptForm | None = None) -> ResponseReturnValue:
    if kept is not None:  # somebody's session ended while he typed: his form waits on this page
        form = SignInForm(formdata=None, kept=kept.sealed())
        return _sign_in_page(form)
    form = SignInForm(next=request.args.get("next", ""))
    # Somebody else's form may wait for him on the page of whoever signed in meanwhile.
    if current_person() is not None and KeptForm.opened(form.kept.data or "") is None:
        return redirect(url_for("home.first_page"))
    if not form.validate_on_submit():
        return _sign_in_page(form), 422 if form.errors else 200
    account, address = form.account.data or "", request.remote_addr or ""
    try:
        passwords.mind_the_brake(account, address)
    except TooOften as error:
        form.form_errors = [gettext(error.message)]
        return _sign_in_page(form), error.status, {"Retry-After": str(error.wait)}
    person = passwords.find_by_account(account)
    if not passwords.check_password(person, form.password.data or "") or person is None:
        passwords.note_failure(account, address)
        session.commit()
        form.form_errors = [gettext("User name and password do not fit together.")]
        return _sign_in_page(form), 422
    passwords.forgive(account)
    signing_in.begin_session(person)
    session.commit()
    waiting = KeptForm.opened(form.kept.data or "")
    if waiting is not None and waiting.person_id == person.id:
        return render_template("people/send_again.html", kept=waiting)
    return redirect(safe_target(form.next.data) or url_for("home.first_page"))


def _sign_in_page(form: SignInForm) -> str:
    return render_template(
        "people/sign_in.html",
        form=form,
        kept=KeptForm.opened(form.kept.data or ""),
        demo=current_app.extensions["demo"] if current_app.config["SETTINGS"].demo else None,
    )


@bp.post("/sign-out", endpoint="sign_out")
def sign_out() -> ResponseReturnValue:
    signing_in.end_session()
    session.commit()
    answer = redirect(url_for("home.first_page"))
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@bp.post("/sign-out-everywhere")
def sign_out_everywhere() -> ResponseReturnValue:
    signing_in.end_all_sessions(current_person())
    record("person.sign_out_everywhere", current_person(), by=current_person())
    session.commit()
    flash(gettext("You are signed out in every browser."))
    return redirect(url_for("people.sign_in"))


@bp.route("/password", methods=["GET", "POST"])
def change_password() -> ResponseReturnValue:
    person = current_person()
    form = ChangePasswordForm()
    if form.validate_on_submit():
        account, address = f"present {person.username}", request.remote_addr or ""
        passwords.mind_the_brake(account, address)
        if not passwords.check_password(person, form.current.data or ""):
            passwords.note_failure(account, address)
            session.commit()
            form.current.errors = [gettext("This is not your present password.")]
        elif form.current.data == form.password.data:
            form.password.errors = [gettext("Choose a new password, not the present one.")]
        elif _set(form, person):
            signing_in.end_all_sessions(person)
            signing_in.begin_session(person)
            record("person.change_password", person, by=person)
            session.commit()
            flash(gettext("Your password was changed. Other browsers are signed out."))
            return redirect(url_for("home.first_page"))
        session.rollback()
    return render_template("people/change_password.html", form=form), 422 if form.errors else 200


@bp.route("/password/forgotten", methods=["GET", "POST"])
@public
def forgotten_password() -> ResponseReturnValue:
    """Answers alike whether the account exists or not."""
    form = ForgottenPasswordForm()
    if form.validate_on_submit():
        account, address = form.account.data or "", request.remote_addr or ""
        passwords.mind_the_brake(f"forgotten {account}", address)
        passwords.note_failure(f"forgotten {account}", address)
        person = passwords.find_by_account(account)
        if person is not None and person.is_active and person.email:
            mail_password_link(person)
        session.commit()
        return render_template("people/forgotten_password_sent.html")
    return render_template("people/forgotten_password.html", form=form)


@bp.route("/password/set/<secret>", methods=["GET", "POST"])
@public
def set_password(secret: str) -> ResponseReturnValue:
    link = passwords.open_link(secret)
    person = link.person
    form = NewPasswordForm()
    if form.validate_on_submit():
        passwords.use_link(link)
        if _set(form, person):
            signing_in.end_all_sessions(person)
            signing_in.begin_session(person)
            record("person.set_password", person, by=person)
            session.commit()
            flash(gettext("Your new password is set. You are signed in."))
            return redirect(url_for("home.first_page"))
    session.rollback()
    return render_template("people/set_password.html", form=form, person=person), 422 if form.errors else 200


def _set(form: NewPasswordForm, person: Person) -> bool:
    """Set the new password on the person, or say beside the field why it can't be."""
    if form.password.data != form.again.data:
        form.again.errors = [gettext("The two passwords are not the same.")]
        return False
    try:
        passwords.set_password(person, form.password.data or "")
    except PasswordTooWeak as error:
        form.password.errors = [gettext(error.message)]
        return False
    return True
