"""Knowledge that is wanted: the list for all staff, saying that one needs it too, and the answer of the KM team."""

from typing import Final

import regex
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField, TextAreaField

from portal.db import session
from portal.drafts.sending import sent_once
from portal.errors import NotHere
from portal.items.merged import named_to, where_they_went
from portal.items.models import Item
from portal.items.views import page_of
from portal.plan.models import WORDS_LENGTH, KnowledgeNeed, NeedState
from portal.plan.needs import answer, ask_for, decline, needs_of, say_me_too
from portal.plan.permissions import can_ask_for_knowledge, can_close_need, can_join_need
from portal.search.views import bp
from portal.translating import N_, gettext
from portal.translating import lazy_gettext as _l
from portal.web.editing import status_of
from portal.web.forms import NotTooLong, PortalForm, SendKeyField
from portal.web.numbers import whole_number
from portal.web.refusals import refusals_in
from portal.web.visibility import current_person, get_visible, require

PAGE_SIZE: Final = 30
NOTE_LENGTH: Final = 2000
STATES: Final = {
    NeedState.OPEN: N_("Open needs"),
    NeedState.ANSWERED: N_("Answered needs"),
    NeedState.DECLINED: N_("Declined needs"),
}
_IN_ADDRESS: Final = regex.compile(r"/[a-z]+/([0-9]+)(?:[/?#]|$)")


class NeedForm(PortalForm):
    words = StringField(_l("What you were looking for"), validators=[NotTooLong(WORDS_LENGTH)])
    note = TextAreaField(_l("What for"), validators=[NotTooLong(NOTE_LENGTH)], render_kw={"rows": 2})
    send_key = SendKeyField()


class AnswerForm(PortalForm):
    item = StringField(
        _l("Item that answers it"),
        description=_l("Its address or its number, as /knowledge/12."),
        validators=[NotTooLong(500)],
    )
    reply = TextAreaField(_l("In a sentence"), validators=[NotTooLong(NOTE_LENGTH)], render_kw={"rows": 3})


@bp.get("/plan/needs")
def list_needs() -> ResponseReturnValue:
    require(can_ask_for_knowledge(current_person()))
    return _list(NeedForm(formdata=None))


@bp.post("/plan/needs")
def ask_for_knowledge() -> ResponseReturnValue:
    require(can_ask_for_knowledge(current_person()))
    form = NeedForm()
    if form.validate_on_submit():
        with refusals_in(form):
            sent = sent_once(current_person(), request.path, request.form.items(multi=True))
            if not sent.led_to:
                ask_for(form.words.data or "", by=current_person(), note=form.note.data or "")
                sent.led_to = url_for("search.list_needs")
                session.commit()
                flash(
                    gettext(
                        "The KM team and all colleagues see it now. You are told when there is an answer."
                    ),
                    "success",
                )
            return redirect(sent.led_to)
    return _list(form)


@bp.post("/plan/needs/<int:need_id>/me-too")
def need_it_too(need_id: int) -> ResponseReturnValue:
    need = get_visible(KnowledgeNeed, need_id)
    require(can_join_need(current_person(), need))
    say_me_too(need, by=current_person())
    session.commit()
    flash(gettext("Noted. You are told when there is an answer."), "success")
    return redirect(url_for("search.list_needs", _anchor=f"need-{need.id}"))


@bp.route("/plan/needs/<int:need_id>/close", methods=["GET", "POST"])
def close_need(need_id: int) -> ResponseReturnValue:
    need = get_visible(KnowledgeNeed, need_id, locked=request.method == "POST")
    require(can_close_need(current_person(), need))
    form = AnswerForm()
    if form.validate_on_submit():
        item = _item_at(form.item.data or "")
        if item is None and form.item.data:
            form.item.errors = [
                gettext("There is no published item of this address or number that you may read.")
            ]
        else:
            with refusals_in(form):
                reply = form.reply.data or ""
                if request.form.get("outcome") == NeedState.DECLINED:
                    decline(need, by=current_person(), reply=reply)
                else:
                    answer(need, by=current_person(), item_id=item.id if item else None, reply=reply)
                session.commit()
                flash(gettext("Closed. Those who need it are told."), "success")
                return redirect(url_for("search.list_needs"))
        need = get_visible(KnowledgeNeed, need_id)  # a refusal has ended the transaction it came from
    return render_template("search/close_need.html", form=form, need=need), status_of(form)


def _item_at(typed: str) -> Item | None:
    """The published item at that address, or of that number, if the person may see it."""
    address = _IN_ADDRESS.search(typed)
    number = whole_number(address[1] if address else typed)
    try:
        item = get_visible(Item, number) if number else None
    except NotHere:
        return None
    return item if item is not None and item.is_published else None


def _list(form: NeedForm) -> ResponseReturnValue:
    person = current_person()
    state = request.args.get("state", "")
    shown = NeedState(state) if state in set(NeedState) else NeedState.OPEN
    page = whole_number(request.args.get("page"), most=10_000) or 1
    needs, total = needs_of(person, shown, start=(page - 1) * PAGE_SIZE, count=PAGE_SIZE)
    answers = _open_answers(needs)
    rendered = render_template(
        "search/list_needs.html",
        form=form,
        needs=needs,
        answers=answers,
        mine={need.id for need in needs if person.id in {voice.person_id for voice in need.voices}},
        closable={need.id for need in needs if can_close_need(person, need)},
        states=[(gettext(name), str(one), one == shown) for one, name in STATES.items()],
        state=shown,
        page=page,
        pages=max(1, -(-total // PAGE_SIZE)),
        url_of=lambda number: url_for("search.list_needs", state=shown, page=number),
    )
    return rendered, status_of(form)


def _open_answers(needs: list[KnowledgeNeed]) -> dict[int, tuple[str, str]]:
    """Title and address of the items that answer, by id, as far as they are open to the reader."""
    ids = {need.item_id for need in needs if need.item_id}
    if not ids:
        return {}
    went = where_they_went(ids)
    items = session.scalars(
        named_to(current_person()).where(Item.id.in_({went.get(one, one) for one in ids}))
    )
    found = {item.id: (item.title, page_of(item)) for item in items}
    return {one: found[stands] for one in ids if (stands := went.get(one, one)) in found}
