"""The forms of what is put on record after a training."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import FieldList, Form, FormField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, ValidationError

from portal.errors import BadInput
from portal.training.after import MOST_POINTS, Point, mind_day
from portal.training.models import NAME_LENGTH, Participation
from portal.training.report_models import Respondent, Used, WorkReview
from portal.translating import N_, gettext
from portal.translating import lazy_gettext as _l
from portal.web.editing import EditingForm
from portal.web.forms import DateTextField, NotTooLong, PortalForm, repaired
from portal.web.numbers import whole_number

MOST_WORDS = 5_000
SCALE_NAMES = {
    1: N_("can't do it yet"),
    2: N_("does it with help"),
    3: N_("does it alone"),
    4: N_("does it well"),
    5: N_("does it well and teaches others"),
}
RESPONDENTS = {
    Respondent.SUPERIOR: N_("Superior"),
    Respondent.SUBORDINATE: N_("Subordinate"),
    Respondent.COLLEAGUE: N_("Colleague"),
}
USED = {
    Used.YES: N_("Yes, in my work"),
    Used.PARTLY: N_("In part"),
    Used.NOT_YET: N_("Not yet, but I will"),
    Used.NO: N_("No, it can't be used"),
}


class ScaleField(RadioField):
    """1 to 5, or None: a button that nobody pressed says nothing, whatever is stored."""

    def __init__(self, label: Any = None, **kwargs: Any):
        super().__init__(label, coerce=int, validate_choice=False, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = whole_number(valuelist[0], 1, MOST_POINTS) if valuelist else None


class PointLine(Form):
    what = StringField(_l("What work"), validators=[NotTooLong(NAME_LENGTH)], filters=(repaired,))
    before = ScaleField(_l("Before the training"))
    after = ScaleField(_l("Now"))

    @property
    def is_marked(self) -> bool:
        return self.before.data is not None or self.after.data is not None

    @property
    def is_empty(self) -> bool:
        return not self.what.data and not self.is_marked


class ReviewForm(EditingForm):
    """Up to five points of work. A stored point whose name was emptied is taken out."""

    points = FieldList(
        FormField(PointLine), _l("Points of work"), min_entries=MOST_POINTS, max_entries=MOST_POINTS
    )
    words = TextAreaField(
        _l("In words"),
        description=_l(
            "What changed in the work, by an example: a task that is now done without help, a mistake that no longer comes, "
            "something that was taught to others. Also what still needs support."
        ),
        validators=[NotTooLong(MOST_WORDS)],
        render_kw={"rows": 4},
    )

    @staticmethod
    def stored(review: WorkReview | None) -> dict[str, Any]:
        """What the form is opened with."""
        if review is None:
            return {"points": [], "words": ""}
        points = [{"what": one.what, "before": one.before, "after": one.after} for one in review.points]
        return {"points": points, "words": review.words}

    @property
    def written(self) -> list[Point]:
        """The points as they are to be stored."""
        return [
            (line.what.data, line.before.data, line.after.data) for line in self._lines() if line.what.data
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        if self.conflicts:
            return False
        stored = len((self._stored or {}).get("points", ()))
        for place, line in enumerate(self._lines(), 1):
            if not line.what.data and line.is_marked and place > stored:
                _say(line.what, gettext("Write what work was marked."))
            elif line.what.data:
                for mark in (line.before, line.after):
                    if mark.data is None:
                        _say(mark, gettext("Choose a mark."))
        if not any(line.what.data or line.errors for line in self._lines()):
            _say(self.points[0].form.what, gettext("Name at least one point of the work."))
        wrong = [line.errors for line in self._lines()]
        if any(wrong):
            self.points.errors = wrong
        return is_valid and not any(wrong)

    def _lines(self) -> Iterable[PointLine]:
        return [entry.form for entry in self.points]


class InterviewForm(PortalForm):
    respondent = RadioField(
        _l("Who was asked"),
        validators=[InputRequired(message=_l("Choose who was asked."))],
    )
    respondent_name = StringField(
        _l("The name, if it may be known"),
        description=_l(
            "Leave it empty when whoever answered wishes so. The person who was trained does not see interviews."
        ),
        validators=[NotTooLong(NAME_LENGTH)],
    )
    held_on = DateTextField(
        _l("Day of the talk"), validators=[DataRequired(message=_l("Write the day of the talk."))]
    )
    told = TextAreaField(
        _l("What was said"),
        description=_l(
            "Ask what is different in the work since, what it is seen by, whether something was passed on to colleagues, "
            "and what would help. Short sentences in the words of whoever answered are best."
        ),
        validators=[DataRequired(message=_l("Write down what was said.")), NotTooLong(MOST_WORDS)],
        render_kw={"rows": 5},
    )
    choice_names = {"respondent": RESPONDENTS}  # noqa: RUF012 - as the base declares it

    participation: Participation | None = None

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.respondent.choices = _offered(RESPONDENTS)

    def validate_held_on(self, field: DateTextField) -> None:
        if self.participation is None:
            return
        try:
            mind_day(self.participation, field.data)
        except BadInput as error:
            raise ValidationError(gettext(error.message)) from error


class UseForm(EditingForm):
    used = RadioField(
        _l("Have you used what you learned?"),
        validators=[InputRequired(message=_l("Choose one of the four."))],
    )
    used_words = TextAreaField(
        _l("How, or what stands in the way"),
        description=_l(
            "One or two sentences: in which task, with what result; or what is missing: time, tools, an order, budget. "
            "An honest “not yet” helps more than a polite “yes”."
        ),
        validators=[NotTooLong(MOST_WORDS)],
        render_kw={"rows": 3},
    )
    choice_names = {"used": USED}  # noqa: RUF012 - as the base declares it

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.used.choices = _offered(USED)


def _offered(names: Mapping[Any, str]) -> list[tuple[str, str]]:
    """The choices in the reader's language."""
    return [(str(code), gettext(name)) for code, name in names.items()]


def _say(field: Any, message: str) -> None:
    field.errors = [*field.errors, message]
