"""After the training: what is asked, and the page of one participation with the work, the interviews and the use."""

from dataclasses import dataclass
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.db import session
from portal.documents.sending import send_table
from portal.drafts.keeping import discard
from portal.errors import NotHere
from portal.people.models import Unit
from portal.people.organisation_tree import units_to_offer
from portal.people.settings import settings_of
from portal.plan.running import this_fiscal_year
from portal.thai.dates import bangkok_today, fiscal_year
from portal.training.after import (
    answer_use,
    interviews_of,
    note_interview,
    review_of,
    review_work,
    take_back_interview,
    use_of,
)
from portal.training.after_figures import FollowUp, after_figures, follow_ups
from portal.training.after_forms import RESPONDENTS, SCALE_NAMES, USED, InterviewForm, ReviewForm, UseForm
from portal.training.after_permissions import (
    After,
    can_answer_use,
    can_interview,
    can_review,
    can_see_interviews,
    can_take_back_interview,
    is_back,
)
from portal.training.after_questions import Asks, asked_of
from portal.training.blueprint import bp
from portal.training.models import Participation, Training
from portal.training.oversight import oversees
from portal.training.report_models import Interview, Respondent, Used
from portal.translating import N_, gettext
from portal.web.editing import status_of
from portal.web.numbers import whole_number
from portal.web.visibility import current_person, get_visible, require

PAGE_SIZE = 30
_FOR_THE_PAGE = (joinedload(Participation.training), joinedload(Participation.person))


@dataclass(frozen=True)
class Wanted:
    """What the figures are narrowed to."""

    year: int
    unit_id: int | None = None
    page: int = 1

    @classmethod
    def from_args(cls) -> "Wanted":
        args = request.args
        return cls(
            year=whole_number(args.get("year"), 2400, 2700) or this_fiscal_year(),
            unit_id=whole_number(args.get("unit")),
            page=whole_number(args.get("page"), at_most=True) or 1,
        )

    @property
    def units(self) -> list[int] | None:
        """The unit and all below it; None for everybody."""
        if self.unit_id is None:
            return None
        path = select(Unit.path).where(Unit.id == self.unit_id).scalar_subquery()
        return list(session.scalars(select(Unit.id).where(Unit.path.startswith(path))))

    def as_args(self, **changed: Any) -> dict[str, Any]:
        args = {"year": self.year, "unit": self.unit_id, "page": self.page if self.page > 1 else None}
        return {key: value for key, value in {**args, **changed}.items() if value is not None}


@bp.get("/after")
def list_asked() -> ResponseReturnValue:
    """What is asked of whoever looks; for those who oversee, what came of the year's trainings."""
    person = current_person()
    questions = asked_of(person)
    return render_template(
        "training/list_asked.html",
        uses=[one for one in questions if one.asks == Asks.USE],
        reviews=[one for one in questions if one.asks == Asks.REVIEW],
        days=settings_of(person.organisation_id).follow_up_days,
        overview=_overview() if oversees(person) else None,
        respondents=RESPONDENTS,
        used_names=USED,
    )


def _overview() -> dict[str, Any]:
    wanted = Wanted.from_args()
    units = wanted.units
    figures = after_figures(g.organisation.id, wanted.year, units)
    return {
        "wanted": wanted,
        "figures": figures,
        "lines": follow_ups(
            g.organisation.id, wanted.year, units, first=(wanted.page - 1) * PAGE_SIZE, most=PAGE_SIZE
        ),
        "pages": max(1, -(-figures.returned // PAGE_SIZE)),
        "years": _years(),
        "units": units_to_offer(g.organisation),
    }


def _years() -> list[int]:
    """The fiscal years from the first return to this one, newest first."""
    first = session.scalar(
        select(func.min(Training.return_date)).where(Training.organisation_id == g.organisation.id)
    )
    this = this_fiscal_year()
    return list(range(this, min(fiscal_year(first), this) - 1 if first else this - 1, -1))


@bp.get("/after.xlsx")
def download_after() -> ResponseReturnValue:
    require(oversees(current_person()))
    wanted = Wanted.from_args()
    header = (
        N_("Name"),
        N_("Position"),
        N_("Unit"),
        N_("Training"),
        N_("Returned on"),
        N_("Points of work"),
        N_("Before, on average"),
        N_("Now, on average"),
        N_("The superior's words"),
        N_("Written by"),
        *(INTERVIEWS_OF[kind] for kind in Respondent),
        N_("Used?"),
        N_("The person's words"),
    )
    lines = follow_ups(g.organisation.id, wanted.year, wanted.units)
    return send_table(N_("After the trainings"), header, (_row(line) for line in lines))


INTERVIEWS_OF = {
    Respondent.SUPERIOR: N_("Interviews of superiors"),
    Respondent.SUBORDINATE: N_("Interviews of subordinates"),
    Respondent.COLLEAGUE: N_("Interviews of colleagues"),
}


def _row(line: FollowUp) -> list[Any]:
    participation, review, use = line.participation, line.review, line.use
    return [
        participation.person.name,
        participation.position_title,
        participation.unit.name if participation.unit else "",
        participation.training.title,
        participation.training.return_date,
        len(review.points) if review else None,
        None if line.before is None else round(line.before, 2),
        None if line.after is None else round(line.after, 2),
        review.words if review else "",
        f"{review.by.name} {review.by_title}".strip() if review else "",
        *(line.interviews.get(kind, 0) for kind in Respondent),
        gettext(USED[use.used]) if use else "",
        use.words if use else "",
    ]


@bp.get("/participations/<int:participation_id>/after")
def show_after(participation_id: int) -> ResponseReturnValue:
    return _page(get_visible(After, participation_id, *_FOR_THE_PAGE))


@bp.post("/participations/<int:participation_id>/after/review")
def save_review(participation_id: int) -> ResponseReturnValue:
    participation, person = _locked(participation_id), current_person()
    require(can_review(person, participation))
    form = _review_form(participation)
    if not form.validate_on_submit():
        return _page(participation, review_form=form), status_of(form)
    review_work(participation, by=person, points=form.written, words=form.words.data or "")
    return _done(participation, "review", gettext("The look at the work is saved."))


@bp.post("/participations/<int:participation_id>/after/interviews")
def add_interview(participation_id: int) -> ResponseReturnValue:
    participation, person = _locked(participation_id), current_person()
    require(can_interview(person, participation))
    form = _interview_form(participation)
    if not form.validate_on_submit():
        return _page(participation, interview_form=form), status_of(form)
    note_interview(
        participation,
        by=person,
        respondent=Respondent(form.respondent.data),
        respondent_name=form.respondent_name.data or "",
        held_on=form.held_on.data,
        words=form.told.data or "",
    )
    return _done(participation, "interviews", gettext("The interview is noted."))


@bp.post("/participations/<int:participation_id>/after/interviews/<int:interview_id>/take-back")
def take_back(participation_id: int, interview_id: int) -> ResponseReturnValue:
    participation, person = _locked(participation_id), current_person()
    require(can_interview(person, participation))
    interview = next((one for one in interviews_of(participation) if one.id == interview_id), None)
    if interview is None:
        raise NotHere
    require(can_take_back_interview(person, interview))
    take_back_interview(interview, by=person)
    return _done(participation, "interviews", gettext("The interview is deleted."))


@bp.post("/participations/<int:participation_id>/after/use")
def save_use(participation_id: int) -> ResponseReturnValue:
    participation, person = _locked(participation_id), current_person()
    require(can_answer_use(person, participation))
    form = _use_form(participation)
    if not form.validate_on_submit():
        return _page(participation, use_form=form), status_of(form)
    answer_use(participation, by=person, used=Used(form.used.data), words=form.used_words.data or "")
    return _done(participation, "use", gettext("Thank you, the answer is saved."))


def _locked(participation_id: int) -> Participation:
    return get_visible(After, participation_id, locked=True)


def _done(participation: Participation, part: str, said: str) -> ResponseReturnValue:
    discard(current_person(), _draft(participation, part))
    session.commit()
    flash(said)
    return redirect(
        url_for("training.show_after", participation_id=participation.id, _anchor=f"after-{part}")
    )


def _draft(participation: Participation, part: str) -> str:
    return f"after-{participation.id}-{part}"


def _review_form(participation: Participation) -> ReviewForm:
    review = review_of(participation)
    return ReviewForm.opened(
        ReviewForm.stored(review), saved_by=lambda: review.by.name if review is not None else ""
    )


def _interview_form(participation: Participation) -> InterviewForm:
    form = InterviewForm()
    form.participation = participation
    return form


def _use_form(participation: Participation) -> UseForm:
    answer = use_of(participation)
    stored = {"used": str(answer.used), "used_words": answer.words} if answer else {}
    return UseForm.opened(stored, saved_by=lambda: participation.person.name)


def _page(participation: Participation, **sent: Any) -> str:
    """The page; `sent` is the form that came back, where one did."""
    person = current_person()
    forms = sent or {  # what was sent belongs to one of the three; the others are left out till it is saved
        "review_form": _review_form(participation) if can_review(person, participation) else None,
        "interview_form": _interview_form(participation) if can_interview(person, participation) else None,
        "use_form": _use_form(participation) if can_answer_use(person, participation) else None,
    }
    sees_interviews = can_see_interviews(person, participation)
    interviews: list[Interview] = interviews_of(participation) if sees_interviews else []
    return render_template(
        "training/show_after.html",
        participation=participation,
        is_back=is_back(participation),
        is_own=person.id == participation.person_id,
        review=review_of(participation),
        use=use_of(participation),
        interviews=interviews,
        sees_interviews=sees_interviews,
        may_take_back={one.id for one in interviews if can_take_back_interview(person, one)},
        drafts={part: _draft(participation, part) for part in ("review", "interviews", "use")},
        today=bangkok_today(),
        scale_names=SCALE_NAMES,
        respondents=RESPONDENTS,
        used_names=USED,
        sent=bool(sent),
        **{"review_form": None, "interview_form": None, "use_form": None, **forms},
    )
