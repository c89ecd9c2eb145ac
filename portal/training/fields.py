"""Form fields of trainings: sums in baht and hours, in Thai or Arabic digits; what can't be read stays in the field."""

from typing import Any, ClassVar

from wtforms import StringField
from wtforms.validators import StopValidation

from portal.errors import BadInput
from portal.training.money import plain_baht, plain_hours, read_baht, read_hours
from portal.translating import gettext


class Needed:
    """Something must be typed; what was typed and can't be read has its own error, which stays."""

    field_flags: ClassVar = {"required": True}

    def __init__(self, message: Any):
        self.message = message

    def __call__(self, _form: Any, field: Any) -> None:
        if field.errors:
            raise StopValidation
        if field.data is None:
            raise StopValidation(str(self.message))


class _NumberText(StringField):
    data: Any

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs.setdefault("filters", ())
        kwargs["render_kw"] = {
            "inputmode": "decimal",
            "autocomplete": "off",
            "class": "short",
            **(kwargs.get("render_kw") or {}),
        }
        super().__init__(*args, **kwargs)
        self._typed = ""

    def read(self, text: str) -> Any:
        raise NotImplementedError

    def plain(self, value: Any) -> str:
        raise NotImplementedError

    def process_formdata(self, valuelist: list[Any]) -> None:
        self._typed = str(valuelist[0]).strip() if valuelist else ""
        self.data = None
        if self._typed:
            try:
                self.data = self.read(self._typed)
            except BadInput as error:
                raise ValueError(gettext(error.message, **error.values)) from error

    def _value(self) -> str:
        return self._typed or ("" if self.data is None else self.plain(self.data))

    def as_read(self) -> str:
        """The value as a page shows it, where two texts stand beside each other."""
        return "" if self.data is None else self.plain(self.data)


class BahtField(_NumberText):
    """A sum; `data` is in satang, None when nothing was typed."""

    def read(self, text: str) -> int:
        return read_baht(text)

    def plain(self, value: int) -> str:
        return plain_baht(value) if value else ""


class HoursField(_NumberText):
    """Hours; `data` is a float, None when nothing was typed."""

    def read(self, text: str) -> float:
        return read_hours(text)

    def plain(self, value: float) -> str:
        return plain_hours(value)
