"""What is typed to keep threads in order: why, where to, and which replies."""

import re
from typing import ClassVar

from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.communities.carrying import MOST_AT_ONCE
from portal.communities.naming import THREAD_KINDS
from portal.communities.thread_models import WHY_LENGTH, ThreadKind
from portal.items.models import TITLE_LENGTH
from portal.markup.rendering import MAX_TEXT
from portal.thai.numerals import to_arabic_digits
from portal.translating import gettext
from portal.translating import lazy_gettext as _l
from portal.web.forms import NotTooLong, PortalForm
from portal.web.numbers import whole_number

_RANGE = re.compile(r"(\d{1,9})(?:\s*[-–]\s*(\d{1,9}))?")


class WhyForm(PortalForm):
    why = StringField(
        _l("Why"),
        description=_l("Everybody who reads the thread sees it."),
        validators=[DataRequired(message=_l("Say why in a sentence.")), NotTooLong(WHY_LENGTH)],
    )


class MoveForm(WhyForm):
    target = SelectField(_l("To which community"))

    def offer(self, communities: list[tuple[int, str]]) -> None:
        self.target.choices = [(str(one), name) for one, name in communities]


class MergeForm(WhyForm):
    near = RadioField(_l("Into which thread"), validators=[Optional()])
    into = StringField(
        _l("Another one: its number or its address"),
        description=_l("Its own replies keep their numbers."),
    )
    sure = HiddenField(filters=())

    def offer(self, threads: list[tuple[int, str]]) -> None:
        """Those of the community that were last written in, as (id, title)."""
        self.near.choices = [(str(thread_id), title) for thread_id, title in threads]

    def validate_into(self, field: StringField) -> None:
        if not field.data and not self.near.data:
            raise ValidationError(gettext("Say into which thread."))

    def number(self) -> int | None:
        """The number of the thread that is meant, what was typed before what was chosen; None when it can't be told."""
        typed = to_arabic_digits(self.into.data or "").partition("?")[0].partition("#")[0]
        digits = re.findall(r"\d+", typed)
        if self.into.data:
            return whole_number(digits[-1]) if digits else None
        return whole_number(self.near.data)


class SplitForm(WhyForm):
    choice_names: ClassVar = {"kind": THREAD_KINDS}

    chosen = SelectMultipleField(
        _l("Replies on this page"),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,
    )
    more = StringField(
        _l("Replies by their numbers"),
        validators=[NotTooLong(500)],
    )
    title = StringField(
        _l("Title of the new thread"),
        validators=[DataRequired(message=_l("Give it a title.")), NotTooLong(TITLE_LENGTH)],
    )
    kind = RadioField(_l("What it is"), default=str(ThreadKind.DISCUSSION))
    text = TextAreaField(
        _l("How it opens"),
        description=_l("In your name: a sentence that says what it is about."),
        validators=[DataRequired(message=_l("Write something first.")), NotTooLong(MAX_TEXT)],
        render_kw={"rows": 3},
    )

    def offer(self, posts: list[tuple[int, str]]) -> None:
        self.chosen.choices = [(str(number), label) for number, label in posts]
        self.kind.choices = [
            (str(code), gettext(name))
            for code, name in THREAD_KINDS.items()
            if code != ThreadKind.ANNOUNCEMENT
        ]

    def validate_more(self, field: StringField) -> None:
        typed = to_arabic_digits(field.data or "")
        if _RANGE.sub("", typed).strip(" ,;และ"):
            raise ValidationError(gettext("Write numbers with commas between them, or a range with a dash."))
        if len(self.numbers()) > MOST_AT_ONCE:
            raise ValidationError(gettext("At most five hundred replies at once."))

    def numbers(self) -> set[int]:
        """The numbers that were ticked or typed."""
        found = {number for one in self.chosen.data or () if (number := whole_number(one))}
        for first, last in _RANGE.findall(to_arabic_digits(self.more.data or "")):
            begin, end = int(first), int(last or first)
            found.update(range(begin, min(end, begin + MOST_AT_ONCE) + 1))
        return found
