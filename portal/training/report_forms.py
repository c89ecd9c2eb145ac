"""The forms of a report and of those who endorse it."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from flask_wtf.file import MultipleFileField
from wtforms import (
    FieldList,
    FormField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.widgets import CheckboxInput, ListWidget

from portal.items.audience import CHOICES
from portal.knowledge.forms import AUDIENCE_NAMES, FulfilmentForm
from portal.plan.steps import STEPS
from portal.training.endorsing import OPINION_LENGTH
from portal.training.models import REASON_LENGTH
from portal.training.report_models import PARTS
from portal.training.reporting import PART_LENGTH, PART_NAMES
from portal.translating import N_, gettext, language
from portal.translating import lazy_gettext as _l
from portal.web.editing import EditingForm
from portal.web.forms import NotTooLong, PortalForm
from portal.web.numbers import whole_number

# What a good answer contains, under each field.
HELP = {
    "aims": N_(
        "What the organiser promised and what you went for. Taken from the training; add to it if you like."
    ),
    "content": N_(
        "The topics in three to ten lines, in the order of the programme. The hand-outs can be attached below."
    ),
    "gained": N_("Three to five points, so that a colleague who was not there can understand and do it."),
    "application": N_(
        "Which task, from when, who takes part. After a while the portal asks whether it was used."
    ),
    "passing_on": N_(
        "For example: section meeting on the 27th, an article in the knowledge store, teaching one colleague."
    ),
    "problems": N_(
        "What hindered you, what the organisation should provide, which law or form must be looked at."
    ),
}
ROWS = {"aims": 3, "content": 6, "gained": 10, "application": 6, "passing_on": 3, "problems": 3}


def _part(name: str) -> TextAreaField:
    return TextAreaField(
        _l(PART_NAMES[name]),
        id=f"part-{name}",  # every page has an element called content
        description=_l(HELP[name]),
        validators=[NotTooLong(PART_LENGTH)],
        render_kw={"rows": ROWS[name]},
    )


class FulfilmentsForm(EditingForm):
    """Steps and goals, a line each."""

    fulfilments = FieldList(FormField(FulfilmentForm), min_entries=3, max_entries=13)

    def offer(self, goals: Iterable[tuple[int, str]]) -> None:
        """Fill the choices; `goals` as (id, title)."""
        steps = [("", "–")] + [
            (code, f"{code} {step.wording(language()).name}") for code, step in STEPS.items()
        ]
        none = [("", gettext("No goal: it serves the step at large"))]
        offered = none + [(str(goal_id), title) for goal_id, title in goals]
        for line in self.fulfilments:
            line.form.step.choices, line.form.goal.choices = steps, offered

    def chosen_fulfilments(self) -> list[tuple[int | None, str]]:
        """(goal id or None, step code) of every line that names a step."""
        return [
            (whole_number(line.form.goal.data), line.form.step.data)
            for line in self.fulfilments
            if line.form.step.data
        ]


class ReportForm(FulfilmentsForm):
    choice_names: ClassVar = {"readers": AUDIENCE_NAMES}

    aims = _part("aims")
    content = _part("content")
    gained = _part("gained")
    application = _part("application")
    passing_on = _part("passing_on")
    problems = _part("problems")
    late_reason = StringField(
        _l("Why it is late"),
        description=_l("One sentence. It stands on the report for those who endorse it."),
        validators=[NotTooLong(REASON_LENGTH)],
    )
    files = MultipleFileField(
        _l("Certificate, photographs, hand-outs"),
        description=_l("Several at once, also straight from the camera of a phone."),
    )
    group = SelectMultipleField(
        _l("Who went with you and hands in this same report"),
        description=_l("Their duty is done with this report, too. They read it and can write in it."),
        choices=[],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )
    readers = RadioField(_l("Who may read it once it is endorsed"))

    def parts(self) -> dict[str, str]:
        return {name: self[name].data or "" for name in PARTS}

    def offer_all(
        self, goals: Iterable[tuple[int, str]], companions: Iterable[tuple[int, str]], *, has_unit: bool
    ) -> None:
        """Fill the choices: goals and companions as (id, name)."""
        self.offer(goals)
        self.group.choices = [(str(number), name) for number, name in companions]
        self.readers.choices = [
            (choice, gettext(AUDIENCE_NAMES[choice])) for choice in CHOICES if has_unit or choice != "unit"
        ]

    def chosen_companions(self) -> set[int]:
        offered = {choice[0] for choice in self.group.iter_choices()}
        return {int(number) for number in self.group.data or () if number in offered}

    def take_up(self, typed: Mapping[str, Any]) -> None:
        """Go on with what was typed and not saved, where a field can take it."""
        for name in (*PARTS, "late_reason"):
            if isinstance(text := typed.get(name), str):
                self[name].data = text
        if "group" in typed:
            self.group.data = [str(number) for number in _list(typed["group"])]
        if isinstance(chosen := (_list(typed.get("readers")) or [None])[0], str):
            self.readers.data = chosen
        for line in self.fulfilments:
            for field in (line.form.step, line.form.goal):
                if isinstance(text := typed.get(field.name), str):
                    field.data = text


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class OpinionForm(PortalForm):
    opinion = TextAreaField(
        _l("Opinion"),
        description=_l(
            "A sentence is enough: what is good, what shall be done with it. Only those concerned read it."
        ),
        validators=[NotTooLong(OPINION_LENGTH)],
        render_kw={"rows": 4},
    )


class ReassignForm(PortalForm):
    person = SelectField(_l("Who decides here instead"), validate_choice=False)
    reason = StringField(
        _l("Reason"),
        description=_l("For example: the post is empty, on leave until the 15th. It stays with the report."),
        validators=[NotTooLong(REASON_LENGTH)],
    )
