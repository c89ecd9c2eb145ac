"""The first page of the administration: what is there, what waits to be done, panels of other rooms; and the components."""

from dataclasses import dataclass

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from wtforms import (
    BooleanField,
    FileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired

from portal.admin.blueprint import bp
from portal.admin.search_checks import newest_check
from portal.db import session
from portal.mail.models import Mail, MailState
from portal.people.audiences import valid_on
from portal.people.founding import is_bare
from portal.people.models import Group, GroupKind, GroupMembership, Person, Position, Posting, Unit
from portal.thai.dates import bangkok_today
from portal.translating import gettext
from portal.translating import lazy_gettext as _l
from portal.web.forms import DateTextField, PortalForm


@dataclass(frozen=True)
class Counts:
    """How much the organisation has, and what of it needs somebody's hand."""

    people: int
    without_password: int
    units: int
    positions: int
    vacant: int
    km_team: int
    failed_mails: int


def _counts() -> Counts:
    """All in one query."""
    here = (
        (Person.organisation_id == g.organisation.id)
        & Person.deactivated_at.is_(None)
        & Person.is_system.is_(False)
    )
    posts = (Position.organisation_id == g.organisation.id) & Position.abolished_on.is_(None)
    today = bangkok_today()
    held = select(Posting.position_id).where(valid_on(today, Posting.from_date, Posting.to_date))
    row = session.execute(
        select(
            select(func.count()).select_from(Person).where(here).scalar_subquery(),
            select(func.count())
            .select_from(Person)
            .where(here, Person.password_hash.is_(None))
            .scalar_subquery(),
            select(func.count())
            .select_from(Unit)
            .where(
                Unit.organisation_id == g.organisation.id,
                Unit.parent_id.is_not(None),
                Unit.closed_on.is_(None),
            )
            .scalar_subquery(),
            select(func.count()).select_from(Position).where(posts).scalar_subquery(),
            select(func.count())
            .select_from(Position)
            .where(posts, Position.id.not_in(held))
            .scalar_subquery(),
            select(func.count())
            .select_from(GroupMembership)
            .join(Group)
            .where(
                Group.organisation_id == g.organisation.id,
                Group.kind == GroupKind.KM_TEAM,
                Group.closed_on.is_(None),
                valid_on(today, GroupMembership.from_date, GroupMembership.to_date),
            )
            .scalar_subquery(),
            select(func.count()).select_from(Mail).where(Mail.state == MailState.FAILED).scalar_subquery(),
        )
    ).one()
    return Counts(*row)


@dataclass(frozen=True)
class Step:
    """Something that belongs to a working portal and is not there yet."""

    title: str
    text: str
    url: str


def _steps(counts: Counts) -> list[Step]:
    steps = []
    if is_bare(g.organisation):
        steps.append(
            Step(
                gettext("Set up the organisation"),
                gettext("Name, kind, units and the highest posts, on one page."),
                url_for("setup.first_run"),
            )
        )
    if counts.people <= 1:
        steps.append(
            Step(
                gettext("Take in your colleagues"),
                gettext(
                    "Send the list you have, XLSX or CSV. You see what it would do before anything is changed."
                ),
                url_for("admin.import_people"),
            )
        )
    if not counts.km_team:
        steps.append(
            Step(
                gettext("Fill the KM team"),
                gettext("Its members write the plan. Put them into the group “KM team”."),
                url_for("admin.list_groups"),
            )
        )
    if counts.without_password:
        steps.append(
            Step(
                gettext("Hand out sign-in links"),
                gettext(
                    "Some colleagues have never chosen a password. A link lets each of them choose one, once."
                ),
                url_for("admin.list_people", state="no_password"),
            )
        )
    return steps


@bp.get("")
def overview() -> ResponseReturnValue:
    counts = _counts()
    return render_template("admin/overview.html", counts=counts, steps=_steps(counts), check=newest_check())


class SampleForm(PortalForm):
    """One field of each kind, for the living page."""

    name = StringField(_l("Name"), validators=[DataRequired()])
    kind = SelectField(_l("Kind"))
    choice = RadioField(_l("Who may read it"), default="all")
    agreed = BooleanField(_l("Leaves the present position the day before"))
    returned = DateTextField(_l("First day"))
    file = FileField(_l("The list"))
    text = TextAreaField(_l("Text"))


@bp.get("/components")
def show_components() -> ResponseReturnValue:
    """Every component in its states, for those who build pages."""
    form = SampleForm(formdata=None)
    form.kind.choices = {"manual": gettext("Manual"), "story": gettext("Story")}
    form.choice.choices = {"all": gettext("All"), "unit": gettext("Unit")}
    form.name.errors = [gettext("Give it a name.")]
    return render_template("living_page.html", form=form)
