"""Form fields of trainings: sums in baht and hours, in Thai or Arabic digits; what can't be read stays in the field."""

import re
from datetime import date, timedelta
from typing import Any, ClassVar

from wtforms import StringField
from wtforms.validators import StopValidation

from portal.errors import BadInput
from portal.templating import year as year_in_numerals
from portal.thai.dates import bangkok_today
from portal.thai.numerals import to_arabic_digits
from portal.training.money import plain_baht, plain_hours, read_baht, read_hours
from portal.translating import gettext
from portal.web.forms import DateTextField


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


# A year of two figures is of the Buddhist era; when that lies so far back, 2026 may have been meant by 26.
FAR_BACK = timedelta(days=5 * 365)
_FOUR_FIGURES = re.compile(r"[0-9]{4}")


def is_doubtful(typed: str, day: date) -> bool:
    """Whether the year was typed with two figures and would be long ago: which era was meant has to be asked."""
    return not _FOUR_FIGURES.search(to_arabic_digits(typed)) and day < bangkok_today() - FAR_BACK


class TrainingDayField(DateTextField):
    """A day of a training; a year of two figures that would be long ago is asked for."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        if isinstance(self.data, date) and is_doubtful(self._typed, self.data):
            asked = self.data
            self.data = None
            raise ValueError(
                gettext(
                    "Is %(buddhist)s (B.E.) meant, or %(western)s? Write all four figures of the year.",
                    buddhist=year_in_numerals(asked.year + 543),
                    western=year_in_numerals(2000 + (asked.year + 543) % 100),
                )
            )


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
