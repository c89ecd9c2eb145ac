"""What is typed when something is reported and decided, and the rules of talk."""

from typing import Any, ClassVar

from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, NumberRange, Optional, ValidationError

from portal.items.hiding import REASON_LENGTH
from portal.items.listed_words import MOST_WORDS, as_compared
from portal.items.order_models import WORD_LENGTH, WORDS_LENGTH
from portal.moderation.models import Reason
from portal.moderation.naming import REASONS
from portal.moderation.suspending import DAYS
from portal.templating import number
from portal.translating import gettext, ngettext
from portal.translating import lazy_gettext as _l
from portal.web.editing import EditingForm
from portal.web.forms import NotTooLong, PortalForm, WholeNumberField

EVERYWHERE = "everywhere"
SAY_WHY = DataRequired(message=_l("Say why in a sentence."))


class ReportForm(PortalForm):
    choice_names: ClassVar = {"reason": REASONS}

    reason = RadioField(_l("What is wrong with it"))
    words = TextAreaField(
        _l("In your own words"),
        description=_l("Needed where it is something else. Only moderators read it."),
        validators=[NotTooLong(WORDS_LENGTH)],
        render_kw={"rows": 3},
    )

    def offer(self) -> None:
        """The reasons in the reader's language."""
        self.reason.choices = [(str(code), gettext(name)) for code, name in REASONS.items()]

    def chosen(self) -> Reason:
        return Reason(self.reason.data)


class ReportUseForm(ReportForm):
    whose = RadioField(_l("Which line"))


class VerdictForm(PortalForm):
    hide = BooleanField(_l("Hide the text"), description=_l("A note stays in its place, with the reason."))
    warn = BooleanField(_l("Warn its author"))
    days = SelectField(_l("Suspend its author from writing"), default="", validators=[Optional()])
    where = SelectField(_l("Where"), default="", validators=[Optional()])
    why = TextAreaField(
        _l("Why"),
        description=_l("Its author is told. Whoever reads along sees it, too, in place of a hidden text."),
        validators=[NotTooLong(REASON_LENGTH)],
        render_kw={"rows": 2},
    )

    def offer(self, places: list[tuple[str, str]]) -> None:
        """For how long, and in which places (value, name) the reader may suspend."""
        self.days.choices = [
            ("", gettext("do not suspend")),
            *((str(days), ngettext("%(num)s day", "%(num)s days", days, num=number(days))) for days in DAYS),
        ]
        self.where.choices = places or [("", "–")]


class TurnDownForm(PortalForm):
    why = TextAreaField(
        _l("Why not"),
        description=_l("Its writer is told."),
        validators=[SAY_WHY, NotTooLong(WORDS_LENGTH)],
        render_kw={"rows": 2},
    )


class LiftForm(PortalForm):
    why = StringField(
        _l("Why"), description=_l("The person is told."), validators=[SAY_WHY, NotTooLong(WORDS_LENGTH)]
    )


class HideOpeningForm(PortalForm):
    reason = StringField(
        _l("Reason"),
        description=_l("Its author is told, and whoever reads along sees it in place of the text."),
        validators=[SAY_WHY, NotTooLong(REASON_LENGTH)],
    )


def _figure(label: Any, explained: Any, least: int) -> WholeNumberField:
    asked = NumberRange(min=least, max=10_000, message=_l("Write a whole number, at most 10,000."))
    return WholeNumberField(label, description=explained, validators=[asked])


class RulesForm(EditingForm):
    held_first_posts = _figure(
        _l("First texts of somebody new that a moderator reads first"),
        _l("Zero: none. Till it is let through only its writer and moderators see such a text."),
        0,
    )
    posts_per_hour = _figure(
        _l("Texts one person sends within an hour"),
        _l("Comments, replies, threads, meetings, polls, and each time one of them is changed."),
        1,
    )
    mentions_per_hour = _figure(_l("Mentions by one person within an hour"), "", 1)
    reports_per_day = _figure(_l("Reports by one person within a day"), "", 1)
    reword = TextAreaField(
        _l("Words whose writer is asked to say it in another way"),
        description=_l(
            "One a line. The writer sees which word it is, and the text stays where it was typed."
        ),
        validators=[NotTooLong(100_000)],
        render_kw={"rows": 6, "spellcheck": "false"},
    )
    hold = TextAreaField(
        _l("Words that let a moderator read the text first"),
        description=_l("One a line. A word that stands in both lists is asked to be said in another way."),
        validators=[NotTooLong(100_000)],
        render_kw={"rows": 6, "spellcheck": "false"},
    )

    def validate_reword(self, field: TextAreaField) -> None:
        _mind_words(field.data)

    def validate_hold(self, field: TextAreaField) -> None:
        _mind_words(field.data)


def _mind_words(typed: str | None) -> None:
    lines = [word for line in (typed or "").splitlines() if (word := as_compared(line))]
    if len(lines) > MOST_WORDS:
        raise ValidationError(gettext("At most %(most)s words.", most=number(MOST_WORDS)))
    long = next((word for word in lines if len(word) > WORD_LENGTH), "")
    if long:
        raise ValidationError(gettext("This is too long for a word: “%(word)s …”", word=long[:30]))
    short = next((word for word in lines if len(word) < 2), "")
    if short:
        raise ValidationError(
            gettext("One letter is no word: “%(word)s”. It would stand in nearly every text.", word=short)
        )
