"""Entering a training: one's own, or for others; adding people to one that is there."""

from dataclasses import dataclass, field

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.db import session
from portal.drafts.keeping import discard, keep_sent, kept
from portal.errors import PortalError
from portal.knowledge.drafting import key_of_new
from portal.people.models import Person
from portal.people.organisation_tree import units_to_offer
from portal.plan.running import goals_to_offer
from portal.templating import in_language, number, show_date
from portal.thai.dates import bangkok_today
from portal.training.blueprint import bp
from portal.training.choosing import Choice, choose, found_by, unit_people
from portal.training.drafting import as_sent, begun, form_of_new
from portal.training.entering import Added, add_participants, enter_training, same_trainings
from portal.training.forms import NewTrainingForm, PeopleChosen
from portal.training.models import Training
from portal.training.permissions import can_enter, can_enter_for_others, can_join
from portal.translating import gettext, ngettext
from portal.web.editing import status_of
from portal.web.numbers import whole_number
from portal.web.visibility import current_person, get_visible, require

_NOBODY = Choice([], [], [], [])


@dataclass
class Chosen:
    """Who is chosen so far, and who else the page offers."""

    choice: Choice = _NOBODY
    offered: list[Person] = field(default_factory=list)
    looked: bool = False

    @property
    def people(self) -> list[Person]:
        return self.choice.people


@bp.route("/new", methods=["GET", "POST"])
def new_training() -> ResponseReturnValue:
    require(can_enter(current_person()))
    return _enter(many=False)


@bp.route("/many", methods=["GET", "POST"])
def enter_many() -> ResponseReturnValue:
    """The same form for who enters others: it begins without himself, and with the choice of people open."""
    require(can_enter_for_others(current_person()))
    return _enter(many=True)


@bp.route("/<int:training_id>/participants", methods=["GET", "POST"])
def add_people(training_id: int) -> ResponseReturnValue:
    """Add some of many to a training that is there."""
    person = current_person()
    training = get_visible(Training, training_id, locked=request.method == "POST")
    require(can_enter_for_others(person) and can_join(person, training))
    form = PeopleChosen()
    _offer_units(form, person)
    chosen = _people_of(form, person) if request.method == "POST" else Chosen()
    if request.method == "POST" and not _only_looks(form) and form.validate() and _all_known(form, chosen):
        try:
            added = add_participants(training, chosen.people, by=person, hours=training.hours)
            session.commit()
            _say(training, added)
            return redirect(url_for("training.show_training", training_id=training.id))
        except PortalError as error:
            session.rollback()
            form.form_errors = [gettext(error.message, **error.values)]
    page = render_template("training/add_people.html", form=form, training=training, chosen=chosen)
    return page, status_of(form)


@bp.post("/<int:training_id>/join")
def join_training(training_id: int) -> ResponseReturnValue:
    """I took part, too."""
    person = current_person()
    training = get_visible(Training, training_id, locked=True)
    require(can_join(person, training))
    added = add_participants(training, [person], by=person)
    session.commit()
    _say(training, added)
    return redirect(url_for("training.show_training", training_id=training.id))


def _enter(*, many: bool) -> ResponseReturnValue:
    person = current_person()
    form = _form(person, many=many)
    form.draft.data = key_of_new(form.draft.data)
    form.offer(goals_to_offer(person.organisation_id))
    _offer_units(form, person)
    if request.method == "GET":
        chosen = _people_of(form, person) if "draft" in request.args else Chosen()
        return _page(form, chosen, many=many)
    chosen = _people_of(form, person)
    if _only_looks(form):
        return _page(form, chosen, many=many, status=200)
    is_valid = form.validate()
    if (
        not _all_known(form, chosen, itself=not can_enter_for_others(person) or form.i_took_part.data)
        or not is_valid
    ):
        return _page(form, chosen, many=many)
    try:
        return _save(form, chosen, many=many)
    except PortalError as error:
        session.rollback()
        form.form_errors = [gettext(error.message, **error.values)]
        return _page(form, chosen, many=many, status=error.status)


def _form(person: Person, *, many: bool) -> NewTrainingForm:
    """Empty, or with the draft that the address names."""
    if request.method == "POST":
        return NewTrainingForm()
    key = key_of_new(request.args.get("draft"))
    draft = kept(person, form_of_new(key))
    form = NewTrainingForm(formdata=as_sent(draft)) if draft else NewTrainingForm(i_took_part=not many)
    form.draft.data = key
    return form


def _save(form: NewTrainingForm, chosen: Chosen, *, many: bool) -> ResponseReturnValue:
    person, facts, action = current_person(), form.facts(), request.form.get("action", "")
    people = list(chosen.people)
    if not can_enter_for_others(person):
        people = [person]
    elif form.i_took_part.data:
        people = [person, *(one for one in people if one.id != person.id)]
    joined = whole_number(action.removeprefix("join-")) if action.startswith("join-") else None
    if joined is not None:
        training = get_visible(Training, joined, locked=True)
        require(can_join(person, training))
    else:
        twins = same_trainings(facts, person.organisation_id)
        if twins and action != "despite":
            return _page(form, chosen, many=many, status=409, twins=twins)
        training = enter_training(facts, by=person)
    added = add_participants(training, people, by=person, hours=facts.hours)
    discard(person, form_of_new(str(form.draft.data)))
    session.commit()
    _say(training, added)
    return redirect(url_for("training.show_training", training_id=training.id))


def _say(training: Training, added: Added) -> None:
    """What was done, in as many sentences as it takes."""
    if added.new:
        flash(
            ngettext(
                "%(num)s participant was entered.",
                "%(num)s participants were entered.",
                len(added.new),
                num=number(len(added.new)),
            ),
            "success",
        )
    if added.already:
        names = ", ".join(row.person.name for row in added.already[:5])
        if len(added.already) > 5:
            names += " …"
        flash(gettext("In the training already: %(names)s.", names=names))
    if filled := len(added.recorded):
        flash(
            ngettext(
                "The record of %(num)s participant is filled.",
                "The records of %(num)s participants are filled.",
                filled,
                num=number(filled),
            ),
            "success",
        )
    elif training.return_date > bangkok_today():
        flash(
            gettext(
                "It is entered in advance. The record is filled after the return, from %(day)s on.",
                day=show_date(training.return_date, "long"),
            )
        )
    elif added.new:
        flash(gettext("The record is not filled yet: say for how many hours."), "warning")


def _offer_units(form: PeopleChosen, person: Person) -> None:
    units = units_to_offer(g.organisation) if can_enter_for_others(person) else []
    form.unit.choices = [("", "–")] + [
        (str(unit.id), "– " * (len(unit.ancestor_ids) - 1) + in_language(unit, "name")) for unit in units
    ]


def _only_looks(form: PeopleChosen) -> bool:
    """Whether the button was one that looks for people; pressing Enter in the field for a name does, too."""
    action = request.form.get("action", "")
    return action in ("find", "unit") or (action == "enter" and bool(form.find.data))


def _people_of(form: PeopleChosen, person: Person) -> Chosen:
    """Who is chosen by boxes and pasted names; the names that are known become boxes, those that are not stay to be mended."""
    if not can_enter_for_others(person):
        return Chosen()
    ids = list(form.chosen.data or [])
    if request.form.get("action") == "unit" and form.unit.data:
        ids += [one.id for one in unit_people(person, form.unit.data)]
    choice = choose(person, ids, form.people.data or "")
    form.people.data = "\n".join(choice.unknown)
    chosen = Chosen(choice, list(choice.near))
    if _only_looks(form) and request.form.get("action") != "unit":
        chosen.looked = True
        known = {one.id for one in chosen.offered}
        found = found_by(person, form.find.data or "", form.unit.data, but=choice.people)
        chosen.offered += [one for one in found if one.id not in known]
    return chosen


def _all_known(form: PeopleChosen, chosen: Chosen, *, itself: bool = False) -> bool:
    """Whether everybody who was named is known and somebody is; else the reasons stand beside the fields."""
    problems = [gettext(error.message, **error.values) for error in chosen.choice.problems]
    if problems:
        form.people.errors = [*form.people.errors, *problems]
    elif not chosen.people and not itself:
        form.people.errors = [*form.people.errors, gettext("Choose who takes part.")]
    else:
        return True
    return False


def _page(
    form: NewTrainingForm,
    chosen: Chosen,
    *,
    many: bool,
    status: int | None = None,
    twins: list[Training] | None = None,
) -> ResponseReturnValue:
    person, draft_form = current_person(), form_of_new(str(form.draft.data))
    if (
        request.method == "POST"
    ):  # nothing was stored, and whoever leaves the page now finds what he typed again
        session.rollback()
        keep_sent(person, draft_form, request.form.items(multi=True))
        session.commit()
    page = render_template(
        "training/write_training.html",
        form=form,
        training=None,
        chosen=chosen,
        many=many,
        twins=twins or [],
        draft_form=draft_form,
        may_choose=can_enter_for_others(person),
        others=begun(person)[:3] if request.method == "GET" and "draft" not in request.args else [],
    )
    return page, status_of(form) if status is None else status
