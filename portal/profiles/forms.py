from wtforms import PasswordField, RadioField, StringField
from wtforms.validators import Optional

from portal.notices.models import Way
from portal.thai.numerals import Numerals
from portal.translating import LANGUAGES, gettext
from portal.translating import lazy_gettext as _l
from portal.web.forms import NotTooLong, PortalForm


class MyPageForm(PortalForm):
    """What everybody decides for himself; name, position and roles are the admin's."""

    phone = StringField(
        _l("Telephone"),
        description=_l("Colleagues see it; it never stands on a public page."),
        validators=[NotTooLong(60)],
        render_kw={"inputmode": "tel", "autocomplete": "tel"},
    )
    email = StringField(
        _l("E-mail"),
        description=_l("Colleagues see it, and a forgotten password is mailed there."),
        validators=[NotTooLong(254)],
        render_kw={"inputmode": "email", "autocomplete": "email"},
    )
    current = PasswordField(
        _l("Present password"),
        description=_l("Needed only to change the e-mail address."),
        filters=(),
        render_kw={"autocomplete": "current-password"},
    )
    language = RadioField(_l("Language"), validators=[Optional()])
    numerals = RadioField(
        _l("Numerals"),
        description=_l("In Thai; English pages are always in Arabic numerals."),
        validators=[Optional()],
    )

    def offer(self) -> None:
        """Fill the choices; the first leaves it to the organisation."""
        usual = {"": gettext("As the organisation has it")}
        self.language.choices = usual | LANGUAGES
        self.numerals.choices = usual | {
            str(Numerals.ARABIC): gettext("Arabic numerals (123)"),
            str(Numerals.THAI): gettext("Thai numerals (๑๒๓)"),
        }


class NoticeForm(PortalForm):
    """How one is told besides the bell."""

    way = RadioField(
        _l("Notices by e-mail"),
        choices=lambda: {
            str(Way.DAILY): gettext("One e-mail a day with everything new"),
            str(Way.WEEKLY): gettext("One e-mail a week"),
            str(Way.AT_ONCE): gettext("An e-mail at once for each notice"),
            str(Way.IN_APP): gettext("No e-mails; I look at the notices here"),
        },
    )
