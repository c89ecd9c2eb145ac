"""What is put on record of the time after a training: the work before and after (rule 4 of document 001, section 17),
interviews with the people around (rule 5), and whether the person uses what he learned.

None of it holds up a report or closes a duty; all of it is counted (after_figures.py).
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from portal.audit.recording import record
from portal.db import now, session
from portal.errors import BadInput
from portal.people.listing import places_of
from portal.people.models import Person
from portal.thai.dates import bangkok_today
from portal.training.models import NAME_LENGTH, Participation
from portal.training.report_models import Interview, Respondent, UseAnswer, Used, WorkPoint, WorkReview
from portal.translating import N_

MOST_POINTS = 5
SCALE = range(1, 6)
Point = tuple[str, int, int]  # what work, before, after


class NothingReviewed(BadInput):
    message = N_("Name at least one point of the work and mark it before and after.")


class OffTheScale(BadInput):
    message = N_("Up to five points of work, each marked before and after on the scale of five.")


class DayAhead(BadInput):
    message = N_("This day is still to come. Write the day on which the talk was held.")


class DayBeforeReturn(BadInput):
    message = N_("The talk is about the time after the training: it can't have been before the return.")


class NothingSaid(BadInput):
    message = N_("Write down what was said.")


def review_of(participation: Participation) -> WorkReview | None:
    """The superior's look at the work; None while nobody wrote it."""
    return session.scalar(select(WorkReview).where(WorkReview.participation_id == participation.id))


def use_of(participation: Participation) -> UseAnswer | None:
    """The person's answer whether he uses it; None while he has not answered."""
    return session.get(UseAnswer, participation.id)


def interviews_of(participation: Participation) -> list[Interview]:
    """The interviews about the participation, in the order in which they were held."""
    return list(
        session.scalars(
            select(Interview)
            .where(Interview.participation_id == participation.id)
            .order_by(Interview.held_on, Interview.id)
        )
    )


def review_work(
    participation: Participation, *, by: Person, points: Sequence[Point], words: str = ""
) -> WorkReview:
    """Write the work before and after, or replace what stood there; the last one to write stands under it."""
    if not points:
        raise NothingReviewed
    if len(points) > MOST_POINTS or any(
        before not in SCALE or after not in SCALE for _, before, after in points
    ):
        raise OffTheScale
    title = _title_of(by)
    review = review_of(participation)
    if review is None:
        review = WorkReview(participation_id=participation.id)
        session.add(review)
    kept = {point.place: point for point in review.points}
    review.points = [
        _written(kept.get(place) or WorkPoint(place=place), point) for place, point in enumerate(points, 1)
    ]
    review.words, review.by_id, review.by_title, review.at = words, by.id, title, now()
    record("participation.review_work", participation, by=by, person=participation.person_id)
    return review


def note_interview(
    participation: Participation,
    *,
    by: Person,
    respondent: Respondent,
    held_on: date,
    words: str,
    respondent_name: str = "",
) -> Interview:
    """Put on record what a superior, a subordinate or a colleague said; the same sent twice is one interview."""
    mind_day(participation, held_on)
    if not words:
        raise NothingSaid
    respondent = Respondent(respondent)
    for noted in interviews_of(participation):
        said = (noted.respondent, noted.respondent_name, noted.held_on, noted.words)
        if said == (respondent, respondent_name, held_on, words):
            return noted
    interview = Interview(
        participation_id=participation.id,
        respondent=respondent,
        respondent_name=respondent_name,
        held_on=held_on,
        words=words,
        by_id=by.id,
    )
    session.add(interview)
    record("participation.note_interview", participation, by=by, person=participation.person_id)
    return interview


def mind_day(participation: Participation, held_on: date) -> None:
    """DayAhead or DayBeforeReturn for a day on which the interview can't have been held."""
    if held_on > bangkok_today():
        raise DayAhead
    if held_on < participation.training.return_date:
        raise DayBeforeReturn


def take_back_interview(interview: Interview, *, by: Person) -> None:
    """Delete what was noted by mistake."""
    participation = interview.participation
    record("participation.take_back_interview", participation, by=by, person=participation.person_id)
    session.delete(interview)


def answer_use(participation: Participation, *, by: Person, used: Used, words: str = "") -> UseAnswer:
    """The person's answer, or a new one in its place: who has not yet used it may have by next month."""
    answer = use_of(participation)
    if answer is None:
        answer = UseAnswer(participation_id=participation.id)
        session.add(answer)
    answer.used, answer.words, answer.answered_at = Used(used), words, now()
    record("participation.answer_use", participation, by=by, person=participation.person_id)
    return answer


def _written(row: WorkPoint, point: Point) -> WorkPoint:
    row.what, row.before, row.after = point
    return row


def _title_of(person: Person) -> str:
    """His own post on this day; one in which he acts when he holds none."""
    places = places_of([person.id]).get(person.id, [])
    held = sorted(places, key=lambda place: place.is_acting)
    return held[0].position.title[:NAME_LENGTH] if held else ""
