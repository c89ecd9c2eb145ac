"""Two people who have the same form open: the second to save is told, sees both texts, and nothing is overwritten.

A form that edits what is stored carries a digest of what stood there when it was opened. When that is no longer what
stands there, texts that were not touched become the newer ones, and where others differ the form is not valid: it comes back with what was typed, beside what the other saved. Sent once more it
is saved, for then both texts were seen. Knowledge assets do the same by the numbers of their revisions.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from wtforms import Field, FieldList, FileField, FormField, HiddenField

from portal.markup.difference import Change, compare
from portal.templating import number
from portal.translating import gettext
from portal.web.forms import PortalForm


@dataclass(frozen=True)
class BothTexts:
    """One field in which what was typed and what was saved meanwhile differ, as its reader sees them."""

    label: str
    mine: str
    theirs: str

    @property
    def changes(self) -> tuple[Change, ...]:
        return compare(self.theirs, self.mine)


class EditingForm(PortalForm):
    """A form made by `opened`; `conflicts` holds what differs when somebody else saved meanwhile."""

    opened_with = HiddenField(filters=(), render_kw={"autocomplete": "off"})
    # Whether a form that does not say what stood there has seen nothing of it: for texts of people. What is kept in order by
    # lists, which a script may fill in, is taken as it is sent.
    must_have_seen: ClassVar[bool] = False
    conflicts: tuple[BothTexts, ...] = ()
    _stored: Mapping[str, Any] | None = None  # nothing is stored yet of what the form makes anew
    _saved_by: Callable[[], str] | None = None

    @classmethod
    def opened(
        cls, stored: Mapping[str, Any], *, saved_by: Callable[[], str] | None = None, **more: Any
    ) -> Self:
        """The form with what is stored now, by field; read it locked where it is about to be replaced.

        `saved_by` answers the name of who saved last; asked only when two collided.
        """
        form = cls(data={**stored, "opened_with": _opened_with(stored)}, **more)
        form._stored, form._saved_by = stored, saved_by
        return form

    @property
    def saved_by(self) -> str:
        return self._saved_by() if self._saved_by else ""

    def validate(self, extra_validators: Any = None) -> bool:
        return self._is_of_now() and super().validate(extra_validators)

    def _is_of_now(self) -> bool:
        if self.must_have_seen and not self.opened_with.raw_data:
            self.opened_with.data = ""
        if self._stored is None or self.opened_with.data == (now := _opened_with(self._stored)):
            return True
        self._take_over_what_was_left_alone(self._stored)
        theirs = type(self)(formdata=None, data=self._stored, prefix=self._prefix)
        self._make_room_for(theirs)
        self.conflicts = tuple(_differences(self, theirs))
        # Sent again it is compared with what is shown beside it now.
        self.opened_with.data = now
        return not self.conflicts

    def _take_over_what_was_left_alone(self, stored: Mapping[str, Any]) -> None:
        """A text that was not touched since the form was opened is the newer one that was saved meanwhile."""
        opened = _texts_opened(self.opened_with.data)
        for name, text in stored.items():
            field = self._fields.get(name)
            if field is not None and isinstance(text, str) and opened.get(name) == _text_digest(field.data):
                field.data = text

    def _make_room_for(self, theirs: "EditingForm") -> None:
        """Lines that the other added come along, and one that is free, for moving to it what was written on theirs."""
        for mine in self:
            if isinstance(mine, FieldList) and len(theirs[mine.short_name]) >= len(mine):
                for line in theirs[mine.short_name].entries[len(mine) :]:
                    mine.append_entry(line.data)
                if len(mine) < (mine.max_entries or len(mine)):
                    mine.append_entry()


def status_of(form: PortalForm) -> int:
    """The status of a page that shows the form again: 409 when somebody else saved meanwhile, 422 when something in it
    must be looked at, 403 and 429 when its writer may not send it now."""
    if isinstance(form, EditingForm) and form.conflicts:
        return 409
    if form.refused_with in (403, 429):
        return form.refused_with
    return 422 if form.errors else 200


def _opened_with(stored: Mapping[str, Any]) -> str:
    """What tells later whether this is still what stands there, as a whole and text by text."""
    texts = [f"{name}:{_text_digest(text)}" for name, text in stored.items() if isinstance(text, str)]
    return ";".join([_digest(stored), *texts])


def _texts_opened(sent: str | None) -> dict[str, str]:
    """The digests of the single texts in what a form sent back; none where somebody put something else there."""
    pairs = (part.partition(":") for part in (sent or "").split(";")[1:])
    return {name: digest for name, _, digest in pairs}


def _text_digest(text: Any) -> str:
    lines = str(text or "").replace("\r\n", "\n").strip()
    return hashlib.sha256(lines.encode("utf-8", "replace")).hexdigest()[:12]


def _digest(stored: Mapping[str, Any]) -> str:
    text = json.dumps(stored, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _differences(mine: EditingForm, theirs: EditingForm) -> Iterator[BothTexts]:
    others = {name: field for name, _, field in _leaves(theirs)}
    for name, label, field in _leaves(mine):
        texts = _shown(field, field), _shown(others[name], field) if name in others else ""
        if texts[0] != texts[1]:
            yield BothTexts(label, *texts)


def _leaves(fields: Any, before: str = "") -> Iterator[tuple[str, str, Field]]:
    """(name, label with that of its line, field) of everything that can be typed or chosen."""
    for field in fields:
        if isinstance(field, FieldList):
            for count, line in enumerate(field, 1):
                yield from _leaves([line], f"{field.label.text} {number(count)} · ")
        elif isinstance(field, FormField):
            yield from _leaves(field.form, before)
        elif not isinstance(field, FileField | HiddenField):
            yield field.name, f"{before}{field.label.text}", field


def _shown(field: Field, offered: Field) -> str:
    """The field's value as it reads on the page: the name of what was chosen, the text that was typed."""
    if hasattr(field, "as_read"):
        return str(field.as_read())
    if isinstance(field.data, bool):
        return gettext("yes") if field.data else gettext("no")
    choices = getattr(offered, "choices", None) or {}
    names = choices if isinstance(choices, dict) else dict(choices)
    values = field.data if isinstance(field.data, list) else ["" if field.data is None else field.data]
    return ", ".join(str(names.get(str(value), value)) for value in values)
