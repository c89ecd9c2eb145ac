"""What is typed about meetings."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any, ClassVar

from sqlalchemy import Select
from wtforms import RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Optional

from portal.items.models import TITLE_LENGTH
from portal.markup.rendering import MAX_TEXT
from portal.meetings.announcing import BadLink, EndsTooEarly, Invitation, is_link_to_a_meeting
from portal.meetings.models import (
    LINK_LENGTH,
    NAME_LENGTH,
    PLACE_LENGTH,
    WHY_LENGTH,
    Attendance,
    EventKind,
    EventNote,
    NoteSort,
)
from portal.meetings.naming import DUTIES, EVENT_KINDS, NOTE_SORTS, USUAL_STEP
from portal.meetings.noting import MOST_CHARACTERS, Noted
from portal.people.models import Person, Unit
from portal.people.person_field import PersonField
from portal.plan.steps import STEPS
from portal.templating import in_language, shown_digits
from portal.thai.dates import BANGKOK
from portal.thai.reading_times import UnreadableTime, read_time
from portal.translating import gettext, language
from portal.translating import lazy_gettext as _l
from portal.web.editing import EditingForm
from portal.web.forms import DateTextField, NotTooLong, PortalForm, SendKeyField
from portal.web.numbers import whole_number

GUEST = "guest:"


class TimeTextField(StringField):
    """A time of day as people write it; `data` is a time or None. What can't be read is refused and stays in the field."""

    data: Any

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs.setdefault("filters", ())
        kwargs["render_kw"] = {"autocomplete": "off", "class": "short", **(kwargs.get("render_kw") or {})}
        super().__init__(*args, **kwargs)
        self._typed = ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self._typed = str(valuelist[0]).strip() if valuelist else ""
        self.data = None
        if not self._typed:
            return
        try:
            self.data = read_time(self._typed)
        except UnreadableTime as error:
            raise ValueError(
                gettext("This can't be read as a time. Write it as %(time)s.", time=shown_digits("9.30"))
            ) from error

    def _value(self) -> str:
        return self._typed or (f"{self.data:%H.%M}" if isinstance(self.data, time) else "")

    def as_read(self) -> str:
        """The time as a page shows it, where two texts stand beside each other."""
        return f"{self.data:%H.%M}" if isinstance(self.data, time) else self._value()


class EventForm(EditingForm):
    choice_names: ClassVar = {"kind": EVENT_KINDS, "step": {code: code for code in STEPS}}

    kind = RadioField(_l("Kind of meeting"), default=str(EventKind.TALK_CIRCLE))
    title = StringField(
        _l("Title"),
        description=_l("What is met for, as a colleague would say it."),
        validators=[DataRequired(message=_l("Give it a title.")), NotTooLong(TITLE_LENGTH)],
    )
    day = DateTextField(_l("Day"), validators=[DataRequired(message=_l("Say on which day."))])
    begins = TimeTextField(_l("Begins at"), validators=[DataRequired(message=_l("Say when it begins."))])
    ends = TimeTextField(_l("Ends at"), validators=[DataRequired(message=_l("Say when it ends."))])
    last_day = DateTextField(
        _l("Last day"),
        description=_l("Only when it goes on for several days."),
        validators=[Optional()],
    )
    place = StringField(_l("Place"), validators=[NotTooLong(PLACE_LENGTH)])
    link = StringField(
        _l("Link"),
        description=_l("For who takes part online. It begins with https://"),
        validators=[NotTooLong(LINK_LENGTH)],
        render_kw={"inputmode": "url", "autocomplete": "off"},
    )
    text = TextAreaField(
        _l("Invitation and agenda"),
        description=_l("What is talked about and in which order, what to bring. It may stay empty."),
        validators=[NotTooLong(MAX_TEXT)],
    )
    unit = SelectField(_l("Unit that holds it"), validators=[Optional()])
    step = SelectField(_l("KM step that it serves"), validators=[Optional()])
    goal = SelectField(_l("Goal of the plan"), validators=[Optional()])
    send_key = SendKeyField()

    def offer(self, goals: list[tuple[int, str]], units: Iterable[Unit]) -> None:
        """Fill the choices in the reader's language; `goals` are those of the running plans, as (id, title)."""
        self.kind.choices = [(str(code), gettext(name)) for code, name in EVENT_KINDS.items()]
        self.unit.choices = [("", "–")] + [(str(unit.id), in_language(unit, "name")) for unit in units]
        self.step.choices = [("", gettext("As is usual for what it is"))] + [
            (code, f"{code} {step.wording(language()).name}") for code, step in STEPS.items()
        ]
        self.goal.choices = [("", gettext("No goal: it serves the step at large"))] + [
            (str(goal_id), title) for goal_id, title in goals
        ]

    def validate_link(self, field: Any) -> None:
        if field.data and not is_link_to_a_meeting(field.data):
            raise ValidationError(gettext(BadLink.message))

    def validate_ends(self, _field: Any) -> None:
        if all(isinstance(part, date) for part in (self.day.data, self.last_day.data or self.day.data)) and (
            isinstance(self.begins.data, time) and isinstance(self.ends.data, time)
        ):
            starts_at, ends_at = self._span()
            if ends_at <= starts_at:
                raise ValidationError(gettext(EndsTooEarly.message))

    def _span(self) -> tuple[datetime, datetime]:
        return (
            datetime.combine(self.day.data, self.begins.data, BANGKOK),
            datetime.combine(self.last_day.data or self.day.data, self.ends.data, BANGKOK),
        )

    def invitation(self) -> Invitation:
        """The form as one value, after it was validated."""
        kind = EventKind(self.kind.data)
        starts_at, ends_at = self._span()
        return Invitation(
            kind=kind,
            title=self.title.data or "",
            text=self.text.data or "",
            starts_at=starts_at,
            ends_at=ends_at,
            place=" ".join((self.place.data or "").split()),
            link=(self.link.data or "").strip(),
            unit_id=whole_number(self.unit.data),
            step=self.step.data or str(USUAL_STEP[kind]),
            goal_id=whole_number(self.goal.data),
        )


class CancelForm(PortalForm):
    why = StringField(
        _l("Why"),
        description=_l("Everybody who sees the meeting reads it, and who means to come is told."),
        validators=[DataRequired(message=_l("Say why in a sentence.")), NotTooLong(WHY_LENGTH)],
    )


class DutyForm(PortalForm):
    choice_names: ClassVar = {"duty": DUTIES}

    person = PersonField(_l("Colleague"))
    duty = SelectField(_l("What he or she does for it"))

    def offer(self, among: Select[Person]) -> None:
        self.person.offer(among)
        self.duty.choices = [(str(code), gettext(name)) for code, name in DUTIES.items()]


class GuestForm(PortalForm):
    name = StringField(
        _l("Guest's name"),
        validators=[DataRequired(message=_l("Write the guest's name.")), NotTooLong(NAME_LENGTH)],
    )
    from_where = StringField(_l("From which organisation"), validators=[NotTooLong(NAME_LENGTH)])


class NoteForm(EditingForm):
    choice_names: ClassVar = {"sort": NOTE_SORTS}

    sort = RadioField(_l("What was noted"), default=str(NoteSort.STORY))
    text = TextAreaField(
        _l("What he or she said"),
        validators=[DataRequired(message=_l("Write something first.")), NotTooLong(MOST_CHARACTERS)],
    )
    said_by = SelectField(_l("Who said it"), validators=[Optional()])
    said_by_name = StringField(
        _l("Somebody else"),
        description=_l("The name of who said it, when it is not in the list."),
        validators=[NotTooLong(NAME_LENGTH)],
    )
    send_key = SendKeyField()

    def offer(self, people: Iterable[Person], guests: Iterable[Attendance]) -> None:
        """Fill the choices in the reader's language: colleagues, then guests by name."""
        self.sort.choices = [(str(code), gettext(name)) for code, name in NOTE_SORTS.items()]
        self.said_by.choices = [
            ("", gettext("Nobody in particular")),
            *((str(person.id), person.name) for person in people),
            *((f"{GUEST}{name}", name) for name in dict.fromkeys(one.guest_name for one in guests)),
        ]

    def noted(self) -> Noted:
        """The form as one value, after it was validated. A name that was typed goes before one that was chosen."""
        chosen, typed = self.said_by.data or "", (self.said_by_name.data or "").strip()
        is_guest = chosen.startswith(GUEST)
        return Noted(
            sort=NoteSort(self.sort.data),
            text=self.text.data or "",
            said_by_id=None if typed or is_guest else whole_number(chosen),
            said_by_name=typed or (chosen.removeprefix(GUEST) if is_guest else ""),
        )


def as_typed(note: EventNote) -> dict[str, object]:
    """The note as its form holds it."""
    return {
        "sort": str(note.sort),
        "text": note.text,
        "said_by": str(note.said_by_id or ""),
        "said_by_name": note.said_by_name,
    }
