from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, NumberRange, Optional, ValidationError

from portal.people.models import NAME_LENGTH, Category, GroupKind, Rank, UnitKind
from portal.people.passwords import MOST_LENGTH
from portal.translating import gettext
from portal.translating import lazy_gettext as _l
from portal.web.editing import EditingForm
from portal.web.forms import DateTextField, NotTooLong, PortalForm, WholeNumberField
from portal.web.numbers import whole_number

NEEDS_NAME = DataRequired(message=_l("Give it a name."))
NEEDS_DAY = DataRequired(message=_l("Give a day."))


class UnitForm(EditingForm):
    name = StringField(_l("Name"), validators=[NEEDS_NAME, NotTooLong(NAME_LENGTH)])
    name_en = StringField(_l("Name in English"), validators=[NotTooLong(NAME_LENGTH)])
    short_name = StringField(_l("Short name"), validators=[NotTooLong(60)])
    code = StringField(
        _l("Code"), description=_l("By which lists and imports name the unit."), validators=[NotTooLong(40)]
    )
    kind = SelectField(_l("Kind"))
    parent = SelectField(_l("Stands below"), coerce=whole_number)
    place = WholeNumberField(
        _l("Place in the order"),
        description=_l("Counted among the units beside it; the others move up."),
        validators=[
            Optional(),
            NumberRange(min=1, max=999, message=_l("Write a whole number; the first place is one.")),
        ],
    )

    def written(self) -> dict[str, Any]:
        return {
            "kind": UnitKind(self.kind.data),
            "name": self.name.data or "",
            "name_en": self.name_en.data or "",
            "short_name": self.short_name.data or "",
            "code": self.code.data or "",
        }


class MoveUnitForm(PortalForm):
    parent = SelectField(_l("New place in the tree"), coerce=whole_number)


class PositionForm(EditingForm):
    title = StringField(_l("Title of the post"), validators=[NEEDS_NAME, NotTooLong(NAME_LENGTH)])
    title_en = StringField(_l("Title in English"), validators=[NotTooLong(NAME_LENGTH)])
    number = StringField(_l("Position number"), validators=[NotTooLong(40)])
    unit = SelectField(_l("Unit"), coerce=whole_number)
    rank = SelectField(_l("Place in the chain of command"))
    superior = SelectField(
        _l("Superior"),
        coerce=whole_number,
        description=_l("Leave it to the tree unless the organisation decided otherwise for this post."),
        validators=[Optional()],
    )

    def written(self) -> dict[str, Any]:
        return {
            "title": self.title.data or "",
            "title_en": self.title_en.data or "",
            "number": self.number.data or "",
            "rank": Rank(self.rank.data),
        }


class PersonForm(PortalForm):
    prefix = StringField(_l("Prefix"), validators=[NotTooLong(40)], render_kw={"class": "short"})
    first_name = StringField(_l("First name"), validators=[NEEDS_NAME, NotTooLong(NAME_LENGTH)])
    last_name = StringField(_l("Surname"), validators=[NotTooLong(NAME_LENGTH)])
    username = StringField(
        _l("User name"),
        description=_l("Small letters a–z, digits, dots, dashes and underscores."),
        validators=[DataRequired(), NotTooLong(80)],
        render_kw={"autocapitalize": "none", "spellcheck": "false"},
    )
    email = StringField(_l("E-mail"), validators=[NotTooLong(254)], render_kw={"inputmode": "email"})
    phone = StringField(_l("Telephone"), validators=[NotTooLong(60)], render_kw={"inputmode": "tel"})
    category = SelectField(_l("Category"))
    retirement_date = DateTextField(_l("Last day in office"), validators=[Optional()])

    def written(self) -> dict[str, Any]:
        return {
            "username": self.username.data or "",
            "first_name": self.first_name.data or "",
            "last_name": self.last_name.data or "",
            "prefix": self.prefix.data or "",
            "email": self.email.data,
            "phone": self.phone.data or "",
            "category": Category(self.category.data),
            "retirement_date": self.retirement_date.data,
        }


class DatesForm(PortalForm):
    from_date = DateTextField(_l("First day"), validators=[NEEDS_DAY])
    to_date = DateTextField(
        _l("Last day"), description=_l("Empty: until further notice."), validators=[Optional()]
    )

    def written(self) -> dict[str, Any]:
        return {"from_date": self.from_date.data, "to_date": self.to_date.data}


class AppointingForm(DatesForm):
    leaves_others = BooleanField(_l("Leaves the present position the day before"), default=True)

    def written(self) -> dict[str, Any]:
        return {**super().written(), "leaves_others": self.leaves_others.data}


class PostingForm(AppointingForm):
    position = SelectField(
        _l("Position"), coerce=whole_number, validators=[DataRequired(message=_l("Choose a position."))]
    )


class HolderForm(AppointingForm):
    person = SelectField(
        _l("Person"), coerce=whole_number, validators=[DataRequired(message=_l("Choose a person."))]
    )


class ActingDatesForm(DatesForm):
    order_number = StringField(
        _l("Order"), description=_l("Number and date of the order."), validators=[NotTooLong(80)]
    )

    def written(self) -> dict[str, Any]:
        return {**super().written(), "order_number": self.order_number.data or ""}


class ActingForm(ActingDatesForm):
    position = SelectField(
        _l("Acts in the position"),
        coerce=whole_number,
        validators=[DataRequired(message=_l("Choose a position."))],
    )


class RoleForm(DatesForm):
    role = SelectField(_l("Role"))


class GroupForm(EditingForm):
    name = StringField(_l("Name"), validators=[NEEDS_NAME, NotTooLong(NAME_LENGTH)])
    name_en = StringField(_l("Name in English"), validators=[NotTooLong(NAME_LENGTH)])
    kind = SelectField(_l("Kind"))
    purpose = TextAreaField(_l("What it is for"), validators=[NotTooLong(2000)], render_kw={"rows": 3})

    def written(self) -> dict[str, Any]:
        return {
            "kind": GroupKind(self.kind.data),
            "name": self.name.data or "",
            "name_en": self.name_en.data or "",
            "purpose": self.purpose.data or "",
        }


class MemberForm(DatesForm):
    person = SelectField(
        _l("Person"), coerce=whole_number, validators=[DataRequired(message=_l("Choose a person."))]
    )
    role = SelectField(_l("Part in the group"))


class MembershipForm(DatesForm):
    role = SelectField(_l("Part in the group"))


class OrganisationForm(EditingForm):
    name = StringField(_l("Name of the organisation"), validators=[NEEDS_NAME, NotTooLong(NAME_LENGTH)])
    name_en = StringField(_l("Name in English"), validators=[NotTooLong(NAME_LENGTH)])
    short_name = StringField(_l("Short name"), validators=[NotTooLong(60)])
    kind = SelectField(_l("Kind of organisation"))
    language = SelectField(_l("Language for those who chose none"))
    numerals = SelectField(_l("Numerals for those who chose none"))
    contact = TextAreaField(
        _l("Whom to ask"),
        description=_l("Shown to people who can't sign in: a room, an office telephone. No private numbers."),
        validators=[NotTooLong(500)],
        render_kw={"rows": 2},
    )
    emblem = FileField(_l("Emblem"), description=_l("A picture, best a square PNG with a clear ground."))
    remove_emblem = BooleanField(_l("Take the emblem away"))


class SettingsForm(OrganisationForm):
    community_active_days = WholeNumberField(
        _l("Days for which a member counts as active"),
        description=_l("Who wrote in a community within so many days takes an active part in it."),
        validators=[NumberRange(min=1, max=3650, message=_l("Write a number of days from 1 to 3,650."))],
    )
    community_sleeping_days = WholeNumberField(
        _l("Days after which a quiet community has fallen asleep"),
        description=_l("Its facilitator is told then, and the KM team sees it in a list."),
        validators=[NumberRange(min=1, max=3650, message=_l("Write a number of days from 1 to 3,650."))],
    )
    community_unanswered_days = WholeNumberField(
        _l("Days after which a question without an answer is offered to others"),
        description=_l("A few colleagues who wrote about such things, and may read it, are told once."),
        validators=[NumberRange(min=1, max=3650, message=_l("Write a number of days from 1 to 3,650."))],
    )


class ListForm(PortalForm):
    file = FileField(
        _l("The list"),
        description=_l("XLSX, or CSV in any encoding, at most 5,000 rows."),
        validators=[DataRequired(message=_l("Choose a file."))],
    )


class FirstRunForm(OrganisationForm):
    code = StringField(
        _l("Set-up code"),
        description=_l("The command that started the portal printed it. It shows that you run this machine."),
        validators=[DataRequired(message=_l("Enter the set-up code."))],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "class": "short"},
    )
    units = TextAreaField(
        _l("Units, one per line"),
        description=_l(
            "Set a line in with blanks or a dash to put it below the one above. All can be changed later."
        ),
        validators=[NotTooLong(20_000)],
        filters=(),
        render_kw={"rows": 12, "spellcheck": "false"},
    )
    prefix = StringField(_l("Prefix"), validators=[NotTooLong(40)], render_kw={"class": "short"})
    first_name = StringField(_l("First name"), validators=[NEEDS_NAME, NotTooLong(NAME_LENGTH)])
    last_name = StringField(_l("Surname"), validators=[NotTooLong(NAME_LENGTH)])
    username = StringField(
        _l("User name"),
        description=_l("Small letters a–z, digits, dots, dashes and underscores."),
        validators=[DataRequired(), NotTooLong(80)],
        render_kw={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "username"},
    )
    email = StringField(_l("E-mail"), validators=[NotTooLong(254)], render_kw={"inputmode": "email"})
    password = PasswordField(
        _l("Password"),
        description=_l("At least 10 characters. A sentence you can remember is better than a short riddle."),
        validators=[DataRequired(), NotTooLong(MOST_LENGTH)],
        filters=(),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("Password, once more"),
        validators=[DataRequired()],
        filters=(),
        render_kw={"autocomplete": "new-password"},
    )

    def validate_again(self, field: PasswordField) -> None:
        if field.data != self.password.data:
            raise ValidationError(gettext("The two passwords are not the same."))
