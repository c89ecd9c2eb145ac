from typing import Any, Final

from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Optional, StopValidation, ValidationError

from portal.templating import number
from portal.training.clock_names import COVERS, DISCHARGES, POLICIES
from portal.training.models import NAME_LENGTH, REASON_LENGTH, Covers, Discharge
from portal.training.ruling import RuleText
from portal.translating import gettext
from portal.translating import lazy_gettext as _l
from portal.web.editing import EditingForm
from portal.web.forms import DateTextField, NotTooLong, PortalForm, WholeNumberField

MOST_DAYS = 366
MOST_MONTHS = 24
NEEDS_NAME = DataRequired(message=_l("Give it a name."))
NEEDS_REASON = DataRequired(message=_l("Give a reason: it stays with the duty, and others will read it."))


class NeedsDay:
    """A day; what can't be read as one keeps the field's own words for it, which DataRequired would drop."""

    field_flags: Final = {"required": True}

    def __call__(self, _form: Any, field: Any) -> None:
        if field.data is None:
            raise StopValidation("" if field.errors else gettext("Give a day."))


class Within:
    """A whole number between two, and the message says which in the reader's numerals."""

    def __init__(self, least: int, most: int):
        self.least, self.most = least, most

    def __call__(self, _form: Any, field: Any) -> None:
        if field.data is not None and not self.least <= field.data <= self.most:
            raise ValidationError(
                gettext(
                    "Write a number between %(least)s and %(most)s.",
                    least=number(self.least),
                    most=number(self.most),
                )
            )


class RuleForm(EditingForm):
    name = StringField(_l("What is to be done"), validators=[NEEDS_NAME, NotTooLong(NAME_LENGTH)])
    name_en = StringField(_l("In English"), validators=[NotTooLong(NAME_LENGTH)])
    days = WholeNumberField(
        _l("Days after the return"),
        description=_l("The day of the return itself is not counted."),
        validators=[Within(1, MOST_DAYS)],
    )
    every_months = WholeNumberField(
        _l("Months of a term"),
        description=_l(
            "The days are counted from the end of each term. For further study that is entered or changed from now on."
        ),
        validators=[Within(1, MOST_MONTHS)],
    )
    source = TextAreaField(
        _l("Where it comes from"),
        description=_l("The regulation, order or resolution, so that everybody can look it up."),
        validators=[NotTooLong(REASON_LENGTH)],
        render_kw={"rows": 3},
    )
    source_en = TextAreaField(
        _l("Where it comes from, in English"), validators=[NotTooLong(REASON_LENGTH)], render_kw={"rows": 2}
    )

    def written(self) -> RuleText:
        return RuleText(
            name=self.name.data or "",
            name_en=self.name_en.data or "",
            days=self.days.data or 0,
            source=self.source.data or "",
            source_en=self.source_en.data or "",
            every_months=self.every_months.data
            if self.every_months
            else None,  # the field is left out of other rules,
        )


class NewRuleForm(RuleForm):
    covers = SelectField(_l("After what"), choices=[])
    discharged_by = SelectField(_l("Done by"), choices=[])
    returns_from = DateTextField(
        _l("For returns from this day on"),
        description=_l(
            "Who came back before it is not asked. Left empty, everybody is asked whose training is entered here."
        ),
        validators=[Optional()],
    )

    choice_names = {"covers": COVERS, "discharged_by": DISCHARGES}  # noqa: RUF012 - read only

    def offer(self) -> None:
        self.covers.choices = [(str(code), gettext(name)) for code, name in COVERS.items()]
        # An interim report belongs to the terms of the rule that ships with the portal.
        self.discharged_by.choices = [
            (str(code), gettext(name)) for code, name in DISCHARGES.items() if code != Discharge.INTERIM
        ]

    def chosen(self) -> dict[str, Any]:
        return {
            "covers": Covers(self.covers.data),
            "discharged_by": Discharge(self.discharged_by.data),
            "returns_from": self.returns_from.data,
        }


class EndRuleForm(PortalForm):
    exempts = BooleanField(_l("Exempt from what is open by it, too"))
    reason = TextAreaField(
        _l("Reason for the exemption"), validators=[NotTooLong(REASON_LENGTH)], render_kw={"rows": 2}
    )

    def validate_reason(self, field: Any) -> None:
        if self.exempts.data and not field.data:
            raise ValidationError(str(NEEDS_REASON.message))


class CountingForm(EditingForm):
    holiday_policy = SelectField(_l("When the last day is a weekend or a holiday"))
    follow_up_days = WholeNumberField(
        _l("Asked for what became of it, days after the return"),
        description=_l(
            "The superior is then asked for the work before and after, the person whether he has used it."
        ),
        validators=[Within(1, MOST_DAYS)],
    )

    choice_names = {"holiday_policy": POLICIES}  # noqa: RUF012 - read only

    def offer(self) -> None:
        self.holiday_policy.choices = [(str(code), gettext(name)) for code, name in POLICIES.items()]


class HolidayForm(EditingForm):
    name = StringField(_l("Name"), validators=[NEEDS_NAME, NotTooLong(NAME_LENGTH)])
    name_en = StringField(_l("Name in English"), validators=[NotTooLong(NAME_LENGTH)])


class NewHolidayForm(PortalForm):
    day = DateTextField(_l("Day"), validators=[NeedsDay()])
    name = StringField(_l("Name"), validators=[NEEDS_NAME, NotTooLong(NAME_LENGTH)])
    name_en = StringField(_l("Name in English"), validators=[NotTooLong(NAME_LENGTH)])


class ExemptForm(PortalForm):
    reason = TextAreaField(
        _l("Reason"), validators=[NEEDS_REASON, NotTooLong(REASON_LENGTH)], render_kw={"rows": 2}
    )


class ExtendForm(PortalForm):
    until = DateTextField(_l("New due date"), validators=[NeedsDay()])
    reason = TextAreaField(
        _l("Reason"), validators=[NEEDS_REASON, NotTooLong(REASON_LENGTH)], render_kw={"rows": 2}
    )


class DoneForm(PortalForm):
    on = DateTextField(_l("Done on"), validators=[NeedsDay()])
    late_reason = TextAreaField(
        _l("Why it is late"),
        description=_l("Only when it was done after the due date."),
        validators=[NotTooLong(REASON_LENGTH)],
        render_kw={"rows": 2},
    )
