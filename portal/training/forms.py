from collections.abc import Mapping
from typing import Any, ClassVar

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Optional

from portal.plan.steps import STEPS
from portal.training.facts import TrainingFacts, problems_of
from portal.training.fields import BahtField, HoursField, Needed, TrainingDayField
from portal.training.models import COST_HEADINGS, NAME_LENGTH, REASON_LENGTH, TITLE_LENGTH, TrainingKind
from portal.training.naming import TRAINING_KINDS, WHERE
from portal.translating import gettext, language
from portal.translating import lazy_gettext as _l
from portal.web.editing import EditingForm
from portal.web.forms import NotTooLong, PortalForm
from portal.web.numbers import whole_number


class TrainingForm(EditingForm):
    """A training as it is told; a form of one that is there is made by `opened`."""

    choice_names: ClassVar[Mapping[str, Mapping[Any, str]]] = {
        "kind": TRAINING_KINDS,
        "where": WHERE,
        "step": {code: code for code in STEPS},
    }

    title = StringField(
        _l("Name of the training"),
        description=_l("As it stands in the order or the invitation."),
        validators=[DataRequired(message=_l("Give the training a name.")), NotTooLong(TITLE_LENGTH)],
    )
    kind = SelectField(_l("Kind of training"), default=str(TrainingKind.COURSE))
    where = RadioField(_l("Where it is held"), default="outside")
    is_online = BooleanField(_l("Online"))
    start_date = TrainingDayField(_l("First day of the training"), validators=[Needed(_l("Give a day."))])
    end_date = TrainingDayField(
        _l("Last day of the training"),
        description=_l("Empty: the same day."),
        validators=[Optional()],
    )
    return_date = TrainingDayField(
        _l("Day of return to work"),
        description=_l(
            "The days for report and record count from it. Empty: the last day of the training. Of a training online or "
            "inside the organisation it always is."
        ),
        validators=[Optional()],
    )
    hours = HoursField(
        _l("Hours"),
        description=_l("Of the whole training. Empty: not known yet."),
        validators=[Optional()],
    )
    organiser = StringField(_l("Organiser"), validators=[NotTooLong(NAME_LENGTH)])
    place = StringField(_l("Place"), validators=[NotTooLong(NAME_LENGTH)])
    aims = TextAreaField(_l("Aims of the training"), validators=[NotTooLong(10_000)], render_kw={"rows": 3})
    order_number = StringField(_l("Number of the order"), validators=[NotTooLong(80)])
    order_date = TrainingDayField(_l("Date of the order"), validators=[Optional()])
    registration = BahtField(_l("Registration fee (baht)"), validators=[Optional()])
    travel = BahtField(_l("Travel (baht)"), validators=[Optional()])
    per_diem = BahtField(_l("Per diem (baht)"), validators=[Optional()])
    lodging = BahtField(_l("Lodging (baht)"), validators=[Optional()])
    budget_source = StringField(
        _l("Budget source"),
        description=_l("The heading of the budget, or who pays."),
        validators=[NotTooLong(NAME_LENGTH)],
    )
    goal = SelectField(_l("Goal of the plan"), validators=[Optional()])
    step = SelectField(_l("KM step"), default="KM2")

    def offer(self, goals: list[tuple[int, str]]) -> None:
        """Fill the choices in the reader's language; `goals` are those of the running plans, as (id, title)."""
        self.kind.choices = [(str(kind), gettext(name)) for kind, name in TRAINING_KINDS.items()]
        self.where.choices = [(where, gettext(name)) for where, name in WHERE.items()]
        self.step.choices = [
            (code, f"{code} {step.wording(language()).name}") for code, step in STEPS.items()
        ]
        none = [("", gettext("No goal: it serves the step at large"))]
        self.goal.choices = none + [(str(goal_id), title) for goal_id, title in goals]

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        problems = list(problems_of(self.facts()))
        for name, problem in problems:
            field = self[name]
            field.errors = [*field.errors, gettext(problem.message, **problem.values)]
        return not problems

    def facts(self) -> TrainingFacts:
        """The form as one value, after its fields were found in order."""
        return TrainingFacts(
            title=self.title.data or "",
            kind=TrainingKind(self.kind.data),
            is_outside=self.where.data == "outside",
            is_online=bool(self.is_online.data),
            start_date=self.start_date.data,
            end_date=self.end_date.data or self.start_date.data,
            came_back_on=self.return_date.data,
            hours=self.hours.data,
            organiser=self.organiser.data or "",
            place=self.place.data or "",
            aims=self.aims.data or "",
            order_number=self.order_number.data or "",
            order_date=self.order_date.data,
            costs={heading: self[heading].data or 0 for heading in COST_HEADINGS},
            budget_source=self.budget_source.data or "",
            goal_id=whole_number(self.goal.data),
            step=self.step.data,
        )

    @staticmethod
    def as_typed(facts: TrainingFacts) -> dict[str, Any]:
        """The values of the fields that tell this."""
        return {
            "title": facts.title,
            "kind": str(facts.kind),
            "where": "outside" if facts.is_outside else "inside",
            "is_online": facts.is_online,
            "start_date": facts.start_date,
            "end_date": facts.end_date,
            "return_date": facts.return_date,
            "hours": facts.hours,
            "organiser": facts.organiser,
            "place": facts.place,
            "aims": facts.aims,
            "order_number": facts.order_number,
            "order_date": facts.order_date,
            **{heading: facts.costs.get(heading, 0) for heading in COST_HEADINGS},
            "budget_source": facts.budget_source,
            "goal": str(facts.goal_id or ""),
            "step": facts.step,
        }


class PeopleChosen(PortalForm):
    """Choosing some of many: those chosen already as ticked boxes, a list to paste, a search by name or unit."""

    chosen = SelectMultipleField(_l("Who took part"), coerce=whole_number, validate_choice=False)
    people = TextAreaField(
        _l("List of names"),
        description=_l(
            "One a line: user name, e-mail address, or name and surname; a column copied from a list will do."
        ),
        validators=[NotTooLong(60_000)],
        render_kw={"rows": 4, "spellcheck": "false"},
    )
    find = StringField(_l("Find by name"), validators=[NotTooLong(100)])
    unit = SelectField(_l("Of the unit"), coerce=whole_number, validators=[Optional()], validate_choice=False)


class NewTrainingForm(PeopleChosen, TrainingForm):
    """A new training and who takes part in it."""

    i_took_part = BooleanField(_l("I take part myself"), default=True)
    draft = HiddenField(filters=())  # tells one new training from another, see training/drafting.py


class RecordForm(PortalForm):
    hours = HoursField(
        _l("Hours attended"),
        validators=[Needed(_l("Say for how many hours."))],
    )


class CancelForm(PortalForm):
    reason = StringField(
        _l("Why it does not take place"),
        validators=[DataRequired(message=_l("Say why.")), NotTooLong(REASON_LENGTH)],
    )


class TrainingListForm(PortalForm):
    file = FileField(
        _l("The list of trainings"),
        description=_l("XLSX, or CSV in any encoding, at most 5,000 rows."),
        validators=[DataRequired(message=_l("Choose a file."))],
    )
