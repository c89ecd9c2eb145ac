"""The base of every form: our own catalogue for field errors (WTForms ships no Thai), CSRF, a date field."""

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, StringField, ValidationError
from wtforms.validators import StopValidation

from portal.db import SEND_KEY_LENGTH
from portal.templating import number, show_date
from portal.thai.dates import AmbiguousYear, UnreadableDate, read_date
from portal.thai.repair import repair
from portal.translating import form_for, gettext
from portal.web.numbers import whole_number

EXAMPLE_DAY = date(2026, 10, 1)


class _Catalogue:
    """WTForms asks for an object with these two methods."""

    def gettext(self, message: str) -> str:
        return gettext(message)

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        # WTForms fills in its own values afterwards; only the form is chosen here.
        return form_for(singular, plural, count)


def repaired(value: Any) -> Any:
    """The field filter at the door: legacy glyphs and stray marks are put right, blanks at the ends go."""
    return repair(value).strip() if isinstance(value, str) else value


class PortalForm(FlaskForm):  # type: ignore[misc] # flask-wtf has no types
    """A form whose every text is repaired at the door and whose errors come from our catalogue."""

    # What the codes of a choice are called (field name → code → msgid), for a form that is shown again without its page.
    choice_names: ClassVar[Mapping[str, Mapping[Any, str]]] = {}
    refused_with = 0  # the HTTP status of the act that was refused (web/refusals.py)

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        locales = ("th",)

        def get_translations(self, _form: Any) -> Any:
            return _Catalogue()

        def bind_field(self, form: Any, unbound_field: Any, options: Mapping[str, Any]) -> Any:
            if issubclass(unbound_field.field_class, StringField) and "filters" not in unbound_field.kwargs:
                options = {**options, "filters": (repaired,)}
            return unbound_field.bind(form=form, **options)


class DateTextField(StringField):
    """A day as people write it: พ.ศ. or ค.ศ., Thai or Arabic numerals, short or long months. `data` is a date or None.

    What can't be told is refused with a question; what was typed stays in the field.
    """

    data: Any

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs.setdefault("filters", ())
        kwargs["render_kw"] = {"autocomplete": "off", **(kwargs.get("render_kw") or {})}
        super().__init__(*args, **kwargs)
        self._typed = ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self._typed = str(valuelist[0]).strip() if valuelist else ""
        self.data = None
        if not self._typed:
            return
        try:
            self.data = read_date(self._typed)
        except AmbiguousYear as error:
            raise ValueError(gettext("Which year is meant? Write all four figures of it.")) from error
        except UnreadableDate as error:
            raise ValueError(
                gettext(
                    "This can't be read as a date. Write it as %(day)s.", day=show_date(EXAMPLE_DAY, "long")
                )
            ) from error

    def _value(self) -> str:
        if self._typed:
            return self._typed
        if isinstance(self.data, date):
            return f"{self.data.day}/{self.data.month}/{self.data.year + 543}"
        return ""

    def as_read(self) -> str:
        """The day as a page shows it, where two texts stand beside each other."""
        return show_date(self.data) if isinstance(self.data, date) else self._value()


def new_send_key() -> str:
    """For one form of one page that is shown."""
    return secrets.token_urlsafe(16)


class SendKeyField(HiddenField):
    """What makes sending twice one act: chosen once for each page shown, and sent along with it. `data` is always a key that
    fits its column."""

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs = {"filters": (), "default": new_send_key, **kwargs}
        super().__init__(*args, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = (str(valuelist[0]) if valuelist else "")[:SEND_KEY_LENGTH] or new_send_key()


class WholeNumberField(IntegerField):
    """A number as people type it, in Thai or Arabic digits; `data` is None for what is none, and the field says so."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = whole_number(valuelist[0], least=0) if valuelist else self.data
        if self.data is None:
            raise ValueError(self.gettext("Not a valid integer value."))

    def pre_validate(self, form: Any) -> None:
        """What is no number is said once."""
        if self.process_errors:
            raise StopValidation


class NotTooLong:
    """At most so many characters, and the message says how many there are."""

    def __init__(self, limit: int):
        self.limit = limit

    def __call__(self, _form: Any, field: Any) -> None:
        if field.data and len(field.data) > self.limit:
            raise ValidationError(
                gettext(
                    "At most %(limit)s characters; this has %(length)s.",
                    limit=number(self.limit),
                    length=number(len(field.data)),
                )
            )
