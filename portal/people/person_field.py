"""A field that takes a colleague by name. Thousands of them are no list to choose from on a phone."""

from typing import Any

from sqlalchemy import Select
from wtforms import StringField, ValidationError

from portal.errors import PortalError
from portal.people.by_name import the_one_called
from portal.people.models import Person
from portal.translating import gettext
from portal.translating import lazy_gettext as _l


class PersonField(StringField):
    """`person` is the one who was typed, of those who were offered; whom nobody or several are called the field says so."""

    def __init__(self, label: Any, **kwargs: Any):
        kwargs.setdefault("description", _l("Name, or user name. What is offered can be chosen."))
        kwargs["render_kw"] = {"autocomplete": "off", **(kwargs.get("render_kw") or {})}
        super().__init__(label, **kwargs)
        self._among: Select[Person] | None = None
        self._person: Person | None = None

    def offer(self, among: Select[Person]) -> None:
        """Of whom one may be typed."""
        self._among = among

    @property
    def person(self) -> Person:
        """The one who is meant, after the form was validated."""
        if self._person is None:
            raise RuntimeError("nobody was asked whom this field means")
        return self._person

    def pre_validate(self, form: Any) -> None:
        if self._among is None:
            raise RuntimeError("nobody said of whom this field chooses")
        try:
            self._person = the_one_called(self.data or "", self._among)
        except PortalError as error:
            raise ValidationError(gettext(error.message, **error.values)) from error
