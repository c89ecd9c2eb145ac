from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired

from portal.items.posting import MOST_CHARACTERS
from portal.items.talk_models import HOW_LENGTH
from portal.translating import lazy_gettext as _l
from portal.web.editing import EditingForm
from portal.web.forms import NotTooLong, PortalForm, SendKeyField


class ForReadersForm(PortalForm):
    """What is typed for those who read the item now: the form says who they were when it was shown (items/audience.py)."""

    meant_for = HiddenField(filters=(), render_kw={"autocomplete": "off"})


class CommentForm(PortalForm):
    text = TextAreaField(_l("Your comment"), render_kw={"rows": 4})
    send_key = SendKeyField()


class HideForm(PortalForm):
    reason = StringField(_l("Reason"), validators=[NotTooLong(300)])


class RewriteForm(ForReadersForm, EditingForm):
    must_have_seen = True
    text = TextAreaField(
        _l("Text"),
        validators=[DataRequired(message=_l("Write something first.")), NotTooLong(MOST_CHARACTERS)],
    )


class UsedForm(PortalForm):
    how = StringField(
        _l("How did you use it, and what came of it?"),
        description=_l(
            "One line. It stands beside the text, with your name: the next reader sees that it works."
        ),
        validators=[
            DataRequired(message=_l("Say in a line how you used it and what came of it.")),
            NotTooLong(HOW_LENGTH),
        ],
    )


class HideForOthersForm(PortalForm):
    """Who takes away what somebody else wrote says why."""

    reason = StringField(
        _l("Reason"),
        description=_l("Its author is told, and whoever reads along sees it in place of the text."),
        validators=[DataRequired(message=_l("Say why in a sentence.")), NotTooLong(300)],
    )
