from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired

from portal.people.passwords import MOST_LENGTH
from portal.translating import lazy_gettext as _l
from portal.web.forms import NotTooLong, PortalForm


class SignInForm(PortalForm):
    account = StringField(
        _l("User name or e-mail"),
        validators=[DataRequired(), NotTooLong(254)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Password"),
        validators=[DataRequired()],
        filters=(),
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField(filters=())
    kept = HiddenField(filters=())  # what somebody had typed when his session ended; see web/kept_forms.py


class ForgottenPasswordForm(PortalForm):
    account = StringField(
        _l("User name or e-mail"),
        validators=[DataRequired(), NotTooLong(254)],
        render_kw={"autocomplete": "username", "autocapitalize": "none"},
    )


class NewPasswordForm(PortalForm):
    password = PasswordField(
        _l("New password"),
        description=_l("At least 10 characters. A sentence you can remember is better than a short riddle."),
        validators=[DataRequired(), NotTooLong(MOST_LENGTH)],
        filters=(),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("New password, once more"),
        validators=[DataRequired()],
        filters=(),
        render_kw={"autocomplete": "new-password"},
    )


class ChangePasswordForm(NewPasswordForm):
    current = PasswordField(
        _l("Present password"),
        validators=[DataRequired()],
        filters=(),
        render_kw={"autocomplete": "current-password"},
    )
