"""The first page (what must I do, what is new, what can I find) and the pages at the foot."""

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField

from portal.db import session
from portal.errors import NotHere
from portal.evidence.coverage import evidence_by_goal
from portal.files.models import StoredFile
from portal.files.storing import path_of
from portal.home import site_pages
from portal.home.overview import newest_items
from portal.home.unfinished import unfinished_of
from portal.knowledge.kinds import STORE_KINDS
from portal.knowledge.permissions import can_write
from portal.people.permissions import can_administer
from portal.people.signing_in import public
from portal.plan.permissions import can_plan
from portal.plan.running import plans_of_year, this_fiscal_year
from portal.plan.steps import KM_STEPS, STEPS
from portal.translating import gettext
from portal.translating import lazy_gettext as _l
from portal.web.editing import EditingForm, status_of
from portal.web.forms import NotTooLong
from portal.web.visibility import current_person, require

bp = Blueprint("home", __name__)


class SitePageForm(EditingForm):
    text = TextAreaField(
        _l("In Thai"), validators=[NotTooLong(site_pages.MOST_CHARACTERS)], render_kw={"rows": 14}
    )
    text_en = TextAreaField(
        _l("In English"), validators=[NotTooLong(site_pages.MOST_CHARACTERS)], render_kw={"rows": 14}
    )


@bp.get("/")
@public
def first_page() -> ResponseReturnValue:
    person = current_person()
    plan = (
        next(iter(plans_of_year(g.organisation.id, this_fiscal_year())), None)
        if person and g.organisation
        else None
    )
    return render_template(
        "home/first_page.html",
        newest=newest_items(person),
        unfinished=unfinished_of(person) if person else [],
        plan=plan,
        evidence=evidence_by_goal(plan, person) if plan else [],
        can_write=can_write(person),
        can_plan=can_plan(person) if person else False,
        kinds=STORE_KINDS,
        km_steps=KM_STEPS,
        steps=STEPS,
        this_year=this_fiscal_year(),
    )


@bp.get("/emblem")
@public
def show_emblem() -> ResponseReturnValue:
    """The organisation's emblem, which stands on every page, also for visitors."""
    file_id = g.settings.emblem_file_id
    stored = session.get(StoredFile, file_id) if file_id else None
    if stored is None:
        raise NotHere
    return send_file(
        path_of(stored, current_app.config["SETTINGS"]), mimetype=stored.media_type, max_age=3600
    )


@bp.get("/site/<slug>")
@public
def show_site_page(slug: str) -> ResponseReturnValue:
    page = _site_page(slug)
    return render_template(
        "home/site_page.html",
        page=page,
        title=gettext(page.title),
        html=site_pages.html_of(page, g.organisation),
        can_edit=can_administer(current_person()),
    )


@bp.route("/site/<slug>/edit", methods=["GET", "POST"])
def edit_site_page(slug: str) -> ResponseReturnValue:
    page = _site_page(slug)
    require(can_administer(current_person()))
    text, text_en = site_pages.texts_of(page, g.organisation, locked=request.method == "POST")
    form = SitePageForm.opened(
        {"text": text, "text_en": text_en}, saved_by=lambda: site_pages.last_writer_of(page, g.organisation)
    )
    if form.validate_on_submit():
        site_pages.write(
            page,
            g.organisation,
            by=current_person(),
            text=form.text.data or "",
            text_en=form.text_en.data or "",
        )
        session.commit()
        flash(gettext("The page is saved."))
        return redirect(url_for("home.show_site_page", slug=slug))
    shown = render_template("home/edit_site_page.html", page=page, title=gettext(page.title), form=form)
    return shown, status_of(form)


def _site_page(slug: str) -> site_pages.PageOfSite:
    page = site_pages.PAGES.get(slug)
    if page is None or g.organisation is None:
        raise NotHere
    return page
