"""What is chosen to be lifted, and of which nuggets a core is made."""

from dataclasses import dataclass
from typing import Final

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, StringField
from wtforms.validators import DataRequired

from portal.items.models import TITLE_LENGTH
from portal.translating import lazy_gettext as _l
from portal.web.forms import NotTooLong, PortalForm, SendKeyField
from portal.web.numbers import whole_number

OPENING: Final = 0  # the text that opens a thread, where posts are chosen by their ids
MOST_SENT: Final = 200  # choices read of a form


class LiftForm(PortalForm):
    title = StringField(
        _l("Working title"),
        description=_l("It can be changed in the draft."),
        validators=[DataRequired(message=_l("Give it a title.")), NotTooLong(TITLE_LENGTH)],
    )
    send_key = SendKeyField()
    without_names = BooleanField(
        _l("Leave out who said it"),
        description=_l("The draft then names nobody and does not lead to the single replies."),
    )


class CoreForm(PortalForm):
    title = StringField(
        _l("What the nuggets together are about"),
        validators=[DataRequired(message=_l("Give it a title.")), NotTooLong(TITLE_LENGTH)],
    )
    send_key = SendKeyField()


@dataclass(frozen=True)
class Chosen:
    """The ids of the posts that are ticked, OPENING among them, each with the part that is to be taken, empty for all of it."""

    parts: dict[int, str]

    @classmethod
    def from_form(cls, sent: "MultiDict[str, str]") -> "Chosen":
        """What is ticked, and what a part was typed of, whether it is ticked or not."""
        typed = [
            name.removeprefix("part-")
            for name, part in sent.items()
            if name.startswith("part-") and part.strip()
        ]
        ids = [whole_number(one, 0) for one in [*sent.getlist("chosen"), *typed][:MOST_SENT]]
        return cls({one: sent.get(f"part-{one}", "") for one in ids if one is not None})


def chosen_numbers(sent: "MultiDict[str, str]") -> list[int]:
    """The ids of the nuggets that are ticked, each once, in their order."""
    ids = (whole_number(one) for one in sent.getlist("nugget")[:MOST_SENT])
    return list(dict.fromkeys(one for one in ids if one))
