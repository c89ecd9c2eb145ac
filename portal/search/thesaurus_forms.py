"""The forms in which the KM team changes the thesaurus."""

from collections.abc import Collection
from typing import Any

from flask_wtf.file import FileField
from wtforms import HiddenField, StringField, TextAreaField

from portal.search.question import Reason
from portal.search.thesaurus import Group
from portal.search.thesaurus_changes import KINDS, faults_of, parted
from portal.search.thesaurus_versions import NOTE_LENGTH
from portal.translating import gettext
from portal.translating import lazy_gettext as _l
from portal.web.editing import EditingForm
from portal.web.forms import NotTooLong, PortalForm, repaired


class GroupForm(EditingForm):
    """A name and what else it is called, one to a line."""

    canonical = StringField(
        _l("Name"), description=_l("The full, correct name, as it stands in good texts."), filters=(repaired,)
    )
    abbreviation = TextAreaField(
        _l(KINDS[Reason.ABBREVIATION]),
        description=_l("One to a line. With or without dots is the same."),
        render_kw={"rows": 3},
    )
    misspelling = TextAreaField(
        _l(KINDS[Reason.MISSPELLING]),
        description=_l("As people often type it wrongly."),
        render_kw={"rows": 3},
    )
    synonym = TextAreaField(
        _l(KINDS[Reason.SYNONYM]),
        description=_l("Other words for the same thing; what is only near it brings in what nobody meant."),
        render_kw={"rows": 4},
    )
    english = TextAreaField(
        _l(KINDS[Reason.ENGLISH]),
        description=_l("Capitals or not is the same."),
        render_kw={"rows": 3},
    )

    @staticmethod
    def stored(group: Group) -> dict[str, str]:
        """The group as the fields show it."""
        lines = {str(kind): "\n".join(group.variants(kind)) for kind in Reason}
        return {"canonical": group.canonical, **lines}

    def written(self) -> Group:
        """The group as it was typed: each text once, blanks tidied."""
        return Group(
            " ".join((self.canonical.data or "").split()),
            **{str(kind): _texts(self[str(kind)].data) for kind in Reason},
        )

    def judge(self, taken: Collection[str]) -> bool:
        """Whether the group is good; else its faults stand at the fields. `taken` are names of other groups."""
        group = self.written()
        for fault in faults_of(group):
            self[str(fault.where)].errors = [*self[str(fault.where)].errors, str(fault)]
        if not any(group.variants(kind) for kind in Reason):
            self.canonical.errors = [*self.canonical.errors, gettext("Write at least one other word for it.")]
        if group.canonical in taken:
            self.canonical.errors = [
                *self.canonical.errors,
                gettext("There is a group of this name already."),
            ]
        return not self.errors


class TableForm(PortalForm):
    """The whole thesaurus as a table: pasted, or as a file."""

    file = FileField(
        _l("The table as a file"), description=_l("XLSX, or CSV in any encoding, at most 5,000 rows.")
    )
    text = TextAreaField(
        _l("Or paste it here"),
        description=_l("The first line names the columns."),
        render_kw={"rows": 12, "spellcheck": "false"},
        filters=(),
    )


class SaveForm(PortalForm):
    """`seen` is the number of the version beside which the changes were looked at."""

    seen = HiddenField()
    note = StringField(
        _l("What was changed, and why"),
        description=_l("One line, for whoever looks through the versions later."),
        validators=[NotTooLong(NOTE_LENGTH)],
    )


def _texts(typed: Any) -> tuple[str, ...]:
    lines = (part for line in str(typed or "").splitlines() for part in parted(line))
    return tuple(dict.fromkeys(text for line in lines if (text := " ".join(line.split()))))
