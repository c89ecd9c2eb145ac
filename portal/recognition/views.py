"""Awards: the list of a year, one with its reason and its certificate, giving and withdrawing by hand."""

import secrets
from dataclasses import replace

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.db import session
from portal.documents.certificate import certificate_pdf
from portal.errors import BadInput, NotHere
from portal.files.papers import PDF, made, sent
from portal.people.listing import people_to_offer
from portal.people.models import Person
from portal.plan.running import this_fiscal_year
from portal.recognition.awarding import honour, show_awards, withdraw
from portal.recognition.badges import BADGES, BY_HAND, HOW_BY_HAND, NAME_BY_HAND
from portal.recognition.certificates import certificate_of
from portal.recognition.forms import HonourForm, WithdrawForm
from portal.recognition.honouring import honours
from portal.recognition.listing import awards_of, awards_of_year, years_with_awards
from portal.recognition.models import Award
from portal.recognition.permissions import (
    can_honour,
    can_print_certificate,
    can_see_awards,
    can_withdraw,
    shows_awards,
)
from portal.recognition.wording import name_of, worded
from portal.thai.numerals import Numerals
from portal.translating import gettext
from portal.web.editing import status_of
from portal.web.numbers import whole_number
from portal.web.refusals import refusals_in
from portal.web.visibility import current_person, get_visible, require

bp = Blueprint("recognition", __name__)


@bp.get("/awards")
def list_awards() -> ResponseReturnValue:
    """Who was honoured in a fiscal year, in the order of their names, and what one is honoured for at all."""
    me = current_person()
    require(can_see_awards(me))
    year = whole_number(request.args.get("year"), 2400, 2700) or this_fiscal_year()
    chosen = request.args.get("badge", "")
    badge = chosen if chosen in BADGES or chosen == BY_HAND else ""
    page = whole_number(request.args.get("page"), most=100_000) or 1
    found = awards_of_year(me, year, badge=badge, page=page)
    return render_template(
        "recognition/list_awards.html",
        rows=worded(found.awards, me),
        found=found,
        page=page,
        year=year,
        years=sorted({*years_with_awards(me, this_fiscal_year()), year}, reverse=True),
        badge=badge,
        badges={code: (one.name, one.how) for code, one in BADGES.items()}
        | {BY_HAND: (NAME_BY_HAND, HOW_BY_HAND)},
        may_honour=honours(me),
        url_of=lambda number: url_for(
            "recognition.list_awards", year=year, badge=badge or None, page=number if number > 1 else None
        ),
    )


@bp.route("/awards/new", methods=["GET", "POST"])
def give() -> ResponseReturnValue:
    """Honour somebody by hand."""
    me = current_person()
    require(honours(me))
    form = HonourForm()
    form.offer(one for one in people_to_offer(me) if one.id != me.id)
    if request.method == "GET":
        form.person.data = request.args.get("person", "")
    if not form.send_key.data:
        form.send_key.data = secrets.token_urlsafe(16)
    if form.validate_on_submit():
        person = get_visible(Person, int(form.person.data))
        require(can_honour(me, person))
        with refusals_in(form):
            award = honour(person, by=me, reason=form.reason.data or "", send_key=form.send_key.data[:80])
            session.commit()
            flash(gettext("%(name)s is honoured and told of it.", name=person.name), "success")
            return redirect(url_for("recognition.show_award", award_id=award.id))
    return render_template("recognition/give.html", form=form), status_of(form)


@bp.get("/awards/<int:award_id>")
def show_award(award_id: int) -> ResponseReturnValue:
    return _page(get_visible(Award, award_id))


@bp.post("/awards/<int:award_id>/withdraw")
def take_back(award_id: int) -> ResponseReturnValue:
    award = get_visible(Award, award_id)
    require(can_withdraw(current_person(), award))
    form = WithdrawForm()
    if form.validate_on_submit():
        with refusals_in(form):
            withdraw(award, by=current_person(), why=form.why.data or "")
            session.commit()
            flash(gettext("The award is withdrawn. %(name)s is told why.", name=award.person.name), "success")
            return redirect(url_for("recognition.show_award", award_id=award_id))
    return _page(get_visible(Award, award_id), form)


@bp.get("/awards/<int:award_id>/certificate.pdf")
def download_certificate(award_id: int) -> ResponseReturnValue:
    """To print and sign, in the organisation's numerals whoever prints it."""
    award, me = get_visible(Award, award_id), current_person()
    require(can_print_certificate(me, award))
    numerals = Numerals(g.settings.numerals)
    certificate = certificate_of(award, g.organisation, me, numerals)
    pdf = made(lambda paper, look: certificate_pdf(paper, replace(look, numerals=numerals)), certificate)
    return sent(pdf, PDF, f"{name_of(award)} {award.person.name}.pdf")


@bp.post("/me/awards")
def choose_showing() -> ResponseReturnValue:
    """Whether colleagues see one's awards."""
    choice = request.form.get("shown", "")
    if choice not in ("yes", "no"):
        raise BadInput
    show_awards(current_person(), shown=choice == "yes")
    session.commit()
    flash(
        gettext("Colleagues see your awards.")
        if choice == "yes"
        else gettext("Colleagues do not see your awards."),
        "success",
    )
    return redirect(url_for("profiles.my_page", _anchor="awards"))


def _page(award: Award, form: WithdrawForm | None = None) -> ResponseReturnValue:
    me = current_person()
    words = next(iter(worded([award], me)), None)
    if words is None:  # its badge is no rule any more
        raise NotHere
    page = render_template(
        "recognition/show_award.html",
        award=award,
        words=words,
        form=form or WithdrawForm(formdata=None),
        may_withdraw=can_withdraw(me, award),
        may_print=can_print_certificate(me, award),
    )
    return page, status_of(form) if form else 200


def profile_section(person: Person) -> str:
    """For a profile: what its owner was honoured for, as far as the reader may see it."""
    me = current_person()
    rows = worded([one for one in awards_of(person, me) if one.withdrawn_at is None], me)
    may_honour = can_honour(me, person)
    if not rows and not may_honour:
        return ""
    return render_template(
        "recognition/profile_section.html", person=person, rows=rows, may_honour=may_honour
    )


def my_section(person: Person) -> str:
    """For one's own page: one's awards, and whether colleagues see them."""
    rows = worded(awards_of(person, person), person)
    return render_template("recognition/my_section.html", rows=rows, shown=not rows or shows_awards(person))
