from collections.abc import Sequence
from typing import Any

from wtforms import FieldList, Form, FormField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, NumberRange, Optional

from portal.plan.models import TITLE_LENGTH, Goal, Plan, PlanKind, Strategy
from portal.plan.planning import LineEmptied, LineWithdrawn
from portal.templating import in_language, number
from portal.thai.reading_dates import ERA
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


class YearField(WholeNumberField):
    """A Buddhist year; one of the Common Era is understood too, and kept in `common_era` so that the page can say so."""

    common_era: int | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None and 2540 - ERA <= self.data <= 2600 - ERA:
            self.common_era, self.data = self.data, self.data + ERA


class PlanForm(EditingForm):
    title = StringField(
        _l("Name of the plan"),
        validators=[DataRequired(message=_l("Give the plan a name.")), NotTooLong(TITLE_LENGTH)],
    )
    title_en = StringField(_l("Name of the plan in English"), validators=[NotTooLong(TITLE_LENGTH)])
    fiscal_year = YearField(
        _l("Fiscal year (B.E.)"),
        description=_l("From 1 October to 30 September, named by the year in which it ends."),
        validators=[
            NumberRange(
                min=2540,
                max=2600,
                message=_l("Write a year near the present one, as 2570 or 2027."),
            )
        ],
    )
    kind = SelectField(_l("Kind"))
    strategies = FieldList(FormField(StrategyLine), _l("Strategies"), min_entries=1, max_entries=20)
    goals = FieldList(FormField(GoalLine), _l("Goals"), min_entries=1, max_entries=20)

    plan: Plan | None = None  # whose lines it edits

    @property
    def withdrawn(self) -> dict[str, dict[int, str]]:
        """The titles of the lines that were withdrawn, by number: their places stay free."""
        if self.plan is None:
            return {"strategies": {}, "goals": {}}
        return {
            name: {line.number: in_language(line) for line in lines if line.withdrawn_at is not None}
            for name, lines in (("strategies", self.plan.strategies), ("goals", self.plan.goals))
        }

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        if self.plan is None or self.conflicts:
            return is_valid
        kept = [self._keeps(self.strategies, self.plan.strategies), self._keeps(self.goals, self.plan.goals)]
        return is_valid and all(kept)

    def _keeps(self, fields: Any, lines: Sequence[Strategy | Goal]) -> bool:
        """Nothing is taken out of the plan by emptying its field, nor written where something was withdrawn."""
        titles = [line.form.title for line in fields]
        is_kept = True
        for line in lines:
            while line.number > len(titles):  # a form that was sent without the line does not take it out
                titles.append(fields.append_entry({}).form.title)
            title = titles[line.number - 1]
            if bool(title.data) == (line.withdrawn_at is not None):
                refusal = LineWithdrawn if title.data else LineEmptied
                title.errors = [*title.errors, gettext(refusal.message)]
                is_kept = False
        if not is_kept:
            fields.errors = [line.errors for line in fields]  # the list keeps what its lines said before
        return is_kept

    def offer(self) -> None:
        """Fill the choices in the reader's language; a goal can serve any strategy of this form, by its number."""
        self.kind.choices = [(str(kind), gettext(name)) for kind, name in PLAN_KINDS.items()]
        gone = self.withdrawn["strategies"]
        numbers = [("", "–")] + [
            (str(n), number(n)) for n in range(1, len(self.strategies) + 1) if n not in gone
        ]
        for line in self.goals:
            line.form.strategy.choices = numbers
