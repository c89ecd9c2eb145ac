"""Who may look at what came of a training, and who writes what there.

The review of the work and the answer about its use are open to the person they are about. What colleagues said in an
interview is not, whatever office he holds: respondents must be able to speak freely. It is read by those who stand over
him and those who oversee the trainings of the organisation. Nobody judges himself, and nobody his own superior.
"""

from datetime import date

from sqlalchemy import Select, false, or_, select

from portal.people.models import Person
from portal.thai.dates import bangkok_today
from portal.training.above import all_above, right_above, right_below
from portal.training.models import Participation, Training
from portal.training.oversight import keeps_the_register, oversees, units_led
from portal.training.permissions import can_see_training, leads
from portal.training.report_models import Interview


def is_back(participation: Participation, day: date | None = None) -> bool:
    """Whether there is an after to speak of: he went, the training was held, and he has returned."""
    return (
        participation.withdrawn_at is None
        and participation.training.cancelled_at is None
        and participation.training.return_date <= (day or bangkok_today())
    )


def stands_over(person: Person, participation: Participation) -> bool:
    """Whoever is in charge right above the participant today, or leads his unit of then; never somebody below him."""
    if person.id == participation.person_id or not can_see_training(person, participation.training):
        return False
    today = bangkok_today()
    return person.id in right_above(participation.person, today) or (
        leads(person, participation.unit_id) and participation.person_id not in all_above(person, today)
    )


def can_see_after(person: Person | None, participation: Participation) -> bool:
    """The page: whoever took part, who stands over him, who oversees. `After.visible_to` is its query."""
    if person is None or not can_see_training(person, participation.training):
        return False
    return person.id == participation.person_id or oversees(person) or stands_over(person, participation)


class After:
    """What followed a participation, as a kind of thing that is open to somebody or not."""

    @staticmethod
    def visible_to(person: Person | None) -> Select[Participation]:
        """The participations whose after the person sees; the query of `can_see_after`."""
        if person is None or not person.is_active:
            return select(Participation).where(false())
        ours = select(Training.id).where(Training.organisation_id == person.organisation_id)
        query = select(Participation).where(Participation.training_id.in_(ours))
        if oversees(person):
            return query
        today = bangkok_today()
        return query.where(
            or_(
                Participation.person_id.in_({person.id} | right_below(person, today)),
                Participation.unit_id.in_(units_led(person))
                & Participation.person_id.not_in(all_above(person, today)),
            )
        )


def can_see_interviews(person: Person | None, participation: Participation) -> bool:
    """Who stands over the participant and who oversees; never the participant himself."""
    if person is None or person.id == participation.person_id:
        return False
    return can_see_after(person, participation)


def can_review(person: Person | None, participation: Participation) -> bool:
    """Who stands over the participant, and those who keep the register, once he is back; nobody his own work."""
    return _may_write_of(person, participation)


def can_interview(person: Person | None, participation: Participation) -> bool:
    """The same who review; the interviewer need not be the superior, whom he interviews too."""
    return _may_write_of(person, participation)


def can_take_back_interview(person: Person | None, interview: Interview) -> bool:
    """Whoever noted it, and those who keep the register."""
    return (
        person is not None
        and can_interview(person, interview.participation)
        and (person.id == interview.by_id or keeps_the_register(person))
    )


def can_answer_use(person: Person | None, participation: Participation) -> bool:
    """Whoever took part, once he is back, and nobody for him."""
    return (
        person is not None
        and person.id == participation.person_id
        and can_see_training(person, participation.training)
        and is_back(participation)
    )


def _may_write_of(person: Person | None, participation: Participation) -> bool:
    if person is None or person.id == participation.person_id or not is_back(participation):
        return False
    if not can_see_training(person, participation.training):
        return False
    return keeps_the_register(person) or stands_over(person, participation)
