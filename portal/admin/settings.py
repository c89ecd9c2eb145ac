"""What the organisation is called and decides, and its emblem."""

import io
from dataclasses import asdict

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from portal.admin.answering import found, refusals_in
from portal.admin.blueprint import bp
from portal.admin.choices import offer_names
from portal.admin.forms import OrganisationForm, SettingsForm
from portal.db import session
from portal.errors import BadInput
from portal.files.storing import store
from portal.people.deciding import change_decisions, rename_organisation
from portal.people.last_writers import last_writer
from portal.people.models import Unit
from portal.people.naming import ORGANISATION_KINDS
from portal.people.settings import settings_of
from portal.thai.numerals import Numerals
from portal.translating import LANGUAGES, N_, gettext, speak
from portal.web.editing import status_of
from portal.web.visibility import current_person

NUMERALS = {Numerals.ARABIC: N_("Arabic numerals (123)"), Numerals.THAI: N_("Thai numerals (๑๒๓)")}


class EmblemNoPicture(BadInput):
    message = N_("The emblem must be a picture: PNG, JPEG or WebP.")


def offer_decisions(form: OrganisationForm) -> None:
    """Fill the choices of kind, language and numerals."""
    offer_names(form.kind, ORGANISATION_KINDS)
    form.language.choices = dict(LANGUAGES)
    offer_names(form.numerals, NUMERALS)


def stored_emblem(form: OrganisationForm) -> int | None:
    """The id of the uploaded emblem, stored; None when none was sent. EmblemNoPicture and what `files` refuses."""
    upload = form.emblem.data
    if not upload:
        return None
    stored = store(io.BytesIO(upload.read()), upload.filename or "", settings=current_app.config["SETTINGS"])
    if not stored.is_picture:
        raise EmblemNoPicture
    return stored.id


@bp.route("/settings", methods=["GET", "POST"])
def organisation_settings() -> ResponseReturnValue:
    organisation = found(Unit, g.organisation.id, locked=request.method == "POST")
    decisions = settings_of(organisation.id)
    stored = {
        **asdict(decisions),
        "name": organisation.name,
        "name_en": organisation.name_en,
        "short_name": organisation.short_name,
    }
    form = SettingsForm.opened(
        stored, saved_by=lambda: last_writer(organisation, "organisation.decide", "organisation.rename")
    )
    offer_decisions(form)
    if form.validate_on_submit():
        with refusals_in(form):
            emblem_file_id = stored_emblem(form) or (
                None if form.remove_emblem.data else decisions.emblem_file_id
            )
            rename_organisation(
                organisation,
                by=current_person(),
                name=form.name.data or "",
                name_en=form.name_en.data or "",
                short_name=form.short_name.data or "",
            )
            change_decisions(
                organisation,
                by=current_person(),
                kind=form.kind.data,
                language=form.language.data,
                numerals=form.numerals.data,
                contact=form.contact.data or "",
                community_active_days=form.community_active_days.data,
                community_sleeping_days=form.community_sleeping_days.data,
                community_unanswered_days=form.community_unanswered_days.data,
                emblem_file_id=emblem_file_id,
            )
            session.commit()
            # Confirmed in the language that holds from now on.
            speak(cookie.get("language") or current_person().language or form.language.data)
            flash(gettext("Saved."), "success")
            return redirect(url_for("admin.organisation_settings"))
    page = render_template("admin/settings.html", form=form, emblem_file_id=decisions.emblem_file_id)
    return page, status_of(form)
