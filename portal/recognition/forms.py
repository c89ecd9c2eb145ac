"""What is typed about awards."""

from collections.abc import Iterable
from typing import Any

from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import DataRequired

from portal.people.models import Person
from portal.recognition.models import REASON_LENGTH
from portal.translating import gettext
from portal.translating import lazy_gettext as _l
from portal.web.forms import NotTooLong, PortalForm


class HonourForm(PortalForm):
    """Whom one honours, and why."""

    person = SelectField(_l("Whom"), validators=[DataRequired(message=_l("Choose somebody."))])
    reason = TextAreaField(
        _l("Reason"),
        description=_l(
            "In a sentence or two, as it is to stand on the certificate. Every colleague may read it."
        ),
        validators=[DataRequired(message=_l("Say why, in a sentence or two.")), NotTooLong(REASON_LENGTH)],
    )
    send_key = HiddenField(filters=())

    def offer(self, people: Iterable[Person]) -> None:
        choices: list[Any] = [("", gettext("Choose"))]
        self.person.choices = choices + [(str(one.id), one.name) for one in people]


class WithdrawForm(PortalForm):
    """Why an award is withdrawn."""

    why = TextAreaField(
        _l("Why it is withdrawn"),
        description=_l("Who was honoured is told."),
        validators=[DataRequired(message=_l("Say why, in a sentence or two.")), NotTooLong(REASON_LENGTH)],
    )
