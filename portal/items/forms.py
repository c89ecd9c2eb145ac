from wtforms import HiddenField, StringField, TextAreaField

from portal.translating import lazy_gettext as _l
from portal.web.forms import NotTooLong, PortalForm


class CommentForm(PortalForm):
    text = TextAreaField(_l("Your comment"), render_kw={"rows": 4})
    send_key = HiddenField(filters=())


class HideForm(PortalForm):
    reason = StringField(_l("Reason"), validators=[NotTooLong(300)])
