"""What is typed about communities."""

from typing import ClassVar

from sqlalchemy import Select
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Optional

from portal.communities.founding import About
from portal.communities.naming import OPENNESS, PARTS, THREAD_KINDS
from portal.communities.thread_models import WHY_LENGTH, ThreadKind
from portal.items.forms import ForReadersForm
from portal.items.models import TITLE_LENGTH
from portal.items.posting import MOST_CHARACTERS
from portal.markup.rendering import MAX_TEXT
from portal.people.models import NAME_LENGTH, Openness, Person
from portal.people.person_field import PersonField
from portal.plan.steps import STEPS
from portal.translating import gettext, language
from portal.translating import lazy_gettext as _l
from portal.web.editing import EditingForm
from portal.web.forms import NotTooLong, PortalForm, SendKeyField
from portal.web.numbers import whole_number

PURPOSE_LENGTH = 500
REASON_LENGTH = 1000


class CommunityForm(EditingForm):
    choice_names: ClassVar = {"openness": OPENNESS, "step": {code: code for code in STEPS}}

    name = StringField(
        _l("Name of the community"),
        validators=[DataRequired(message=_l("Give it a name.")), NotTooLong(NAME_LENGTH)],
    )
    name_en = StringField(_l("Name in English"), validators=[NotTooLong(NAME_LENGTH)])
    purpose = TextAreaField(
        _l("What the community is for"),
        description=_l("In one sentence: what its members want to be better at. It stands above everything."),
        validators=[
            DataRequired(message=_l("Say in a sentence what it is for.")),
            NotTooLong(PURPOSE_LENGTH),
        ],
        render_kw={"rows": 2},
    )
    openness = RadioField(_l("Who may join"), default=str(Openness.OPEN))
    step = SelectField(_l("KM step that it serves"), default="KM6")
    goal = SelectField(_l("Goal of the plan"), validators=[Optional()])

    def offer(self, goals: list[tuple[int, str]], only: Openness | None = None) -> None:
        """Fill the choices in the reader's language; `goals` are those of the running plans, as (id, title). `only`: who may
        join stays as it is."""
        self.openness.choices = [
            (str(code), gettext(name)) for code, name in OPENNESS.items() if only in (None, code)
        ]
        self.step.choices = [
            (code, f"{code} {step.wording(language()).name}") for code, step in STEPS.items()
        ]
        self.goal.choices = [("", "–")] + [(str(goal_id), title) for goal_id, title in goals]

    def about(self) -> About:
        """The form as one value, after it was validated."""
        return About(
            name=self.name.data or "",
            name_en=self.name_en.data or "",
            purpose=self.purpose.data or "",
            openness=Openness(self.openness.data),
            goal_id=whole_number(self.goal.data),
            step=self.step.data,
        )


class FoundingForm(CommunityForm):
    send_key = SendKeyField()


class JoinForm(PortalForm):
    why = TextAreaField(
        _l("Why you would like to join"),
        description=_l("A sentence for those who let people in. It may stay empty."),
        validators=[NotTooLong(REASON_LENGTH)],
        render_kw={"rows": 2},
    )


class PartForm(PortalForm):
    choice_names: ClassVar = {"part": PARTS}

    person = PersonField(_l("Member"))
    part = SelectField(_l("What he or she does for it"))

    def offer(self, members: Select[Person]) -> None:
        self.person.offer(members)
        self.part.choices = [(str(code), gettext(name)) for code, name in PARTS.items()]


class BringInForm(PortalForm):
    person = PersonField(_l("Colleague"), id="newcomer")  # beside the member who is given a part

    def offer(self, colleagues: Select[Person]) -> None:
        self.person.offer(colleagues)


class ThreadForm(PortalForm):
    choice_names: ClassVar = {"kind": THREAD_KINDS}

    kind = RadioField(_l("What it is"), default=str(ThreadKind.QUESTION))
    title = StringField(
        _l("Title"),
        description=_l("The question itself, or what it is about, as a colleague would type it."),
        validators=[DataRequired(message=_l("Give it a title.")), NotTooLong(TITLE_LENGTH)],
    )
    text = TextAreaField(
        _l("Text"),
        validators=[DataRequired(message=_l("Write something first.")), NotTooLong(MAX_TEXT)],
    )
    send_key = SendKeyField()

    def offer(self, *, announces: bool) -> None:
        """The kinds; announcements for who may make them."""
        self.kind.choices = [
            (str(code), gettext(name))
            for code, name in THREAD_KINDS.items()
            if announces or code != ThreadKind.ANNOUNCEMENT
        ]


class OpeningForm(ForReadersForm, EditingForm):
    must_have_seen = True
    title = StringField(
        _l("Title"),
        validators=[DataRequired(message=_l("Give it a title.")), NotTooLong(TITLE_LENGTH)],
    )
    text = TextAreaField(
        _l("Text"),
        validators=[DataRequired(message=_l("Write something first.")), NotTooLong(MAX_TEXT)],
    )


class ReplyForm(ForReadersForm):
    text = TextAreaField(
        _l("Your reply"),
        validators=[DataRequired(message=_l("Write something first.")), NotTooLong(MOST_CHARACTERS)],
    )
    send_key = SendKeyField()


class LockForm(PortalForm):
    why = StringField(
        _l("Why"),
        description=_l("Everybody who reads the thread sees it."),
        validators=[DataRequired(message=_l("Say why in a sentence.")), NotTooLong(WHY_LENGTH)],
    )
