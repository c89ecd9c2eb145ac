from typing import ClassVar

from flask_wtf.file import FileField, MultipleFileField
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Optional
from wtforms.widgets import HiddenInput

from portal.items.audience import CHOICES, TALK
from portal.items.models import TITLE_LENGTH
from portal.knowledge.kinds import FORM_NAMES, KIND_NAMES
from portal.knowledge.models import AssetKind, KnowledgeForm
from portal.knowledge.writing import Written
from portal.markup.rendering import MAX_TEXT
from portal.plan.steps import STEPS
from portal.translating import N_, gettext, language
from portal.translating import lazy_gettext as _l
from portal.web.forms import NotTooLong, PortalForm
from portal.web.numbers import whole_number

AUDIENCE_NAMES = {
    "organisation": N_("Everybody in the organisation"),
    "unit": N_("Only my unit and the units below it"),
    "public": N_("Everybody, also citizens who are not signed in"),
    "talk": N_("Those who read the talk it comes from"),
}


class FulfilmentForm(Form):
    """One line of "what this fulfils"; a line without a step is left out."""

    choice_names: ClassVar = {"step": {code: code for code in STEPS}}

    step = SelectField(_l("KM step"), validators=[Optional()])
    goal = SelectField(_l("Goal of the plan"), validators=[Optional()])


class BeginFromFileForm(PortalForm):
    file = FileField(_l("File"), description=_l("Markdown or plain text; its text is put into the form."))


class AssetForm(PortalForm):
    choice_names: ClassVar = {"kind": KIND_NAMES, "knowledge": FORM_NAMES, "audience": AUDIENCE_NAMES}

    title = StringField(
        _l("Title"),
        description=_l("What a colleague would type to find it."),
        validators=[DataRequired(message=_l("Give it a title.")), NotTooLong(TITLE_LENGTH)],
    )
    kind = SelectField(_l("Kind"))
    text = TextAreaField(
        _l("Text"),
        description=_l("Headings, lists, tables and pictures are possible."),
        validators=[DataRequired(message=_l("Write something first.")), NotTooLong(MAX_TEXT)],
        render_kw={"rows": 18},
    )
    pictures = MultipleFileField(
        _l("Pictures for the text"),
        description=_l("They are put at the end of the text; their lines can be moved to where they belong."),
    )
    # The step that was proposed and not changed since: it follows the kind. Empty once the writer chose for himself.
    proposed = HiddenField(filters=())
    fulfilments = FieldList(FormField(FulfilmentForm), min_entries=3, max_entries=13)
    knowledge = RadioField(_l("Where the knowledge comes from"), default="explicit")
    tags = StringField(
        _l("Tags"),
        description=_l("Words a colleague may look for, divided by commas."),
        validators=[NotTooLong(600)],
    )
    audience = RadioField(_l("Who may read it"), default="organisation")
    authors_know = BooleanField(
        _l("Those who wrote the passages know that more people will read them"),
        description=_l("Tell or ask them before it is opened to more readers than the talk it comes from."),
    )
    note = StringField(
        _l("What did you change?"),
        description=_l("One line for the history."),
        validators=[NotTooLong(300)],
    )
    base_revision = IntegerField(widget=HiddenInput(), default=0, validators=[Optional()])
    origin = HiddenField(filters=())
    draft = HiddenField(filters=())  # tells one new text from another, see knowledge/drafting.py

    def offer(self, goals: list[tuple[int, str]], *, has_unit: bool, has_talk: bool = False) -> None:
        """Fill the choices in the reader's language; `goals` are those of the running plans, as (id, title)."""
        self.kind.choices = [(str(kind), gettext(name)) for kind, name in KIND_NAMES.items()]
        self.knowledge.choices = [(str(form), gettext(name)) for form, name in FORM_NAMES.items()]
        self.audience.choices = [
            (choice, gettext(AUDIENCE_NAMES[choice])) for choice in CHOICES if has_unit or choice != "unit"
        ]
        if has_talk:
            self.audience.choices.insert(0, (TALK, gettext(AUDIENCE_NAMES[TALK])))
        steps = [("", "–")] + [
            (code, f"{code} {step.wording(language()).name}") for code, step in STEPS.items()
        ]
        none = [("", gettext("No goal: it serves the step at large"))]
        for line in self.fulfilments:
            line.form.step.choices = steps
            line.form.goal.choices = none + [(str(goal_id), title) for goal_id, title in goals]

    def chosen_fulfilments(self) -> list[tuple[int | None, str]]:
        """(goal id or None, step code) of every line that names a step."""
        return [
            (whole_number(line.form.goal.data), line.form.step.data)
            for line in self.fulfilments
            if line.form.step.data
        ]

    def written(self) -> Written:
        """The form as one value, after it was validated."""
        return Written(
            title=self.title.data or "",
            text=self.text.data or "",
            kind=AssetKind(self.kind.data),
            knowledge=KnowledgeForm(self.knowledge.data),
            fulfilments=self.chosen_fulfilments(),
            readers=self.audience.data,
            tags=self.chosen_tags(),
            note=self.note.data or "",
            base_revision=self.base_revision.data,
            authors_know=self.authors_know.data,
        )

    def chosen_tags(self) -> list[str]:
        return (self.tags.data or "").replace("،", ",").split(",")
