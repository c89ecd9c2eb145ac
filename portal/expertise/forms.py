from wtforms import StringField

from portal.translating import lazy_gettext as _l
from portal.web.forms import PortalForm


class TagForm(PortalForm):
    """A subject that one knows something about."""

    tag = StringField(
        _l("I can be asked about"),
        description=_l(
            "A few words each, for example: procurement, land tax, drones. Colleagues find you by them."
        ),
        render_kw={"autocomplete": "off", "enterkeyhint": "done"},
    )
