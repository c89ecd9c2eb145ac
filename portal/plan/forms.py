from wtforms import FieldList, Form, FormField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, NumberRange, Optional

from portal.plan.models import TITLE_LENGTH, PlanKind
from portal.templating import number
from portal.translating import N_, gettext
from portal.translating import lazy_gettext as _l
from portal.web.editing import EditingForm
from portal.web.forms import NotTooLong, WholeNumberField, repaired

PLAN_KINDS = {PlanKind.PLAN: N_("Plan of a year"), PlanKind.PROJECT: N_("Short project")}


class StrategyLine(Form):
    title = StringField(_l("Strategy"), validators=[NotTooLong(TITLE_LENGTH)], filters=(repaired,))
    title_en = StringField(_l("In English"), validators=[NotTooLong(TITLE_LENGTH)], filters=(repaired,))


class GoalLine(Form):
    title = StringField(
        _l("Goal (desired state)"), validators=[NotTooLong(TITLE_LENGTH)], filters=(repaired,)
    )
    title_en = StringField(_l("In English"), validators=[NotTooLong(TITLE_LENGTH)], filters=(repaired,))
    measurable_unit = TextAreaField(
        _l("Measurable unit"),
        description=_l("What one can count: a manual in every unit, staff who were developed."),
        validators=[NotTooLong(2000)],
        filters=(repaired,),
        render_kw={"rows": 2},
    )
    strategy = SelectField(_l("Serves the strategy"), validators=[Optional()])


class PlanForm(EditingForm):
    title = StringField(
        _l("Title"),
        validators=[DataRequired(message=_l("Give it a title.")), NotTooLong(TITLE_LENGTH)],
    )
    title_en = StringField(_l("Title in English"), validators=[NotTooLong(TITLE_LENGTH)])
    fiscal_year = WholeNumberField(
        _l("Fiscal year (B.E.)"),
        description=_l("From 1 October to 30 September, named by the year in which it ends."),
        validators=[NumberRange(min=2540, max=2600, message=_l("Write the year as 2570."))],
    )
    kind = SelectField(_l("Kind"))
    strategies = FieldList(FormField(StrategyLine), _l("Strategies"), min_entries=1, max_entries=20)
    goals = FieldList(FormField(GoalLine), _l("Goals"), min_entries=1, max_entries=20)

    def offer(self) -> None:
        """Fill the choices in the reader's language; a goal can serve any strategy of this form, by its number."""
        self.kind.choices = [(str(kind), gettext(name)) for kind, name in PLAN_KINDS.items()]
        numbers = [("", "–")] + [(str(n), number(n)) for n in range(1, len(self.strategies) + 1)]
        for line in self.goals:
            line.form.strategy.choices = numbers
