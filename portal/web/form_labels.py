"""What the fields of a form are called, for a form of which only the names and values are left."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    TextAreaField,
)
from wtforms.fields.core import UnboundField
from wtforms.widgets import HiddenInput

from portal.translating import N_, gettext
from portal.web.forms import PortalForm
from portal.web.numbers import whole_number

_Field = Any  # an UnboundField; its type parameter exists in the stubs only

TYPED = N_("What you typed")
YES = N_("Yes")


@dataclass(frozen=True)
class Entry:
    """A field as its writer knows it. `label` is empty for what the form carries unseen; `text` is set where the value is
    a code of ours and stands for these words."""

    name: str
    value: str
    label: str = ""
    text: str = ""


def entries_of(fields: Collection[tuple[str, str]]) -> list[Entry]:
    """The fields in the reader's language, by the form among all of ours that has fields of these names. What was typed
    into a form that none of them knows is shown too."""
    known = _fields_of(_form_with([name for name, _ in fields]))
    if not any(_plain(name) in known for name, _ in fields):
        return [Entry(name, value, gettext(TYPED)) for name, value in fields]
    return [_entry(name, value, known.get(_plain(name))) for name, value in fields]


def texts_in(fields: Collection[tuple[str, str]]) -> list[Entry]:
    """Those of the fields into which texts of any length are typed, in the reader's language; what no form knows is none."""
    known = _fields_of(_form_with([name for name, _ in fields]))
    found = [(name, value, known.get(_plain(name))) for name, value in fields]
    return [
        _entry(name, value, one)
        for name, value, one in found
        if one and issubclass(one[1].field_class, TextAreaField)
    ]


def _entry(name: str, value: str, found: tuple[type[Form], _Field] | None) -> Entry:
    if found is None or _is_hidden(found[1]):
        return Entry(name, value)
    form, field = found
    label = str(field.kwargs.get("label") or next(iter(field.args), "") or gettext(TYPED))
    if issubclass(field.field_class, BooleanField):
        return Entry(name, value, label, gettext(YES))
    if not issubclass(field.field_class, RadioField | SelectField):
        return Entry(name, value, label)
    words: Mapping[str, str] = getattr(form, "choice_names", {}).get(_plain(name).rpartition("-")[2], {})
    return Entry(name, value, label, gettext(words[value])) if value in words else Entry(name, value)


def _form_with(names: Collection[str]) -> type[Form]:
    """Of the forms that have most of these fields the one with the fewest others."""
    wanted = {_plain(name) for name in names}

    def fits(form: type[Form]) -> tuple[int, int]:
        has = set(_fields_of(form))
        return len(has & wanted), -len(has)

    return max(_all_forms(PortalForm), key=fits, default=PortalForm)


def _all_forms(form: type[Form]) -> Iterator[type[Form]]:
    for one in form.__subclasses__():
        yield one
        yield from _all_forms(one)


def _fields_of(form: type[Form]) -> dict[str, tuple[type[Form], _Field]]:
    """The fields by name, with the form that has them; those of a list of small forms as `list-field`."""
    found: dict[str, tuple[type[Form], _Field]] = {}
    for name in dir(form):
        field = getattr(form, name, None)
        if not isinstance(field, UnboundField):
            continue
        inner: Any = field.args[0] if field.field_class is FieldList else field
        if isinstance(inner, UnboundField) and inner.field_class is FormField:
            found.update({f"{name}-{own}": field for own, field in _fields_of(inner.args[0]).items()})
        else:
            found[name] = form, inner
    return found


def _plain(name: str) -> str:
    """The name without the numbers of lines: `fulfilments-0-step` is `fulfilments-step`."""
    return "-".join(part for part in name.split("-") if whole_number(part, least=0) is None)


def _is_hidden(field: _Field) -> bool:
    return issubclass(field.field_class, HiddenField) or isinstance(field.kwargs.get("widget"), HiddenInput)
