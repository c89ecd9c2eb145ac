"""Honouring: what was earned is given once, by itself; what is given by hand has a reason, and can be taken back with one."""

from datetime import datetime
from typing import Final

from sqlalchemy import delete, select

from portal.audit.recording import record
from portal.db import insert_into, lock, now, session
from portal.errors import BadInput, Conflict
from portal.notices.models import Travel
from portal.notices.telling import Kind, take_back, tell
from portal.people.models import Person, Unit
from portal.recognition.badges import BADGES, BY_HAND
from portal.recognition.models import REASON_LENGTH, Award, AwardRound, HiddenAwards
from portal.thai.dates import BANGKOK
from portal.thai.repair import repair
from portal.translating import N_

AWARDED: Final = Kind(
    "recognition.awarded", N_("You are honoured"), Travel.DAILY_ONLY, under="award:{0.subject_id}"
)
WITHDRAWN: Final = Kind("recognition.withdrawn", N_("An award was withdrawn"), under="award:{0.subject_id}")
MORNING: Final = 6  # o'clock in Bangkok: nobody is told at night


class ReasonMissing(BadInput):
    message = N_("Say why, in a sentence or two.")


class ReasonTooLong(BadInput):
    message = N_("At most %(most)s characters, so that it fits on a certificate.")


class WithdrawnAlready(Conflict):
    message = N_("This award was withdrawn already.")


def award_what_was_earned(moment: datetime) -> int:
    """Once a day, from the morning on: give each badge to those who have earned it since, and tell them; answers how many
    were told."""
    local = moment.astimezone(BANGKOK)
    if local.hour < MORNING or not _begin_round(local):
        return 0
    told = 0
    for organisation_id in session.scalars(select(Unit.id).where(Unit.parent_id.is_(None))).all():
        for badge in BADGES.values():
            for earned in list(badge.earners(organisation_id, moment)):
                award_id = session.scalar(
                    insert_into(Award)
                    .values(
                        organisation_id=organisation_id,
                        person_id=earned.person_id,
                        badge=badge.code,
                        occasion=earned.occasion,
                        community_id=earned.community_id,
                        facts=earned.facts,
                        awarded_at=moment,
                        reason="",
                        withdrawn_why="",
                    )
                    .on_conflict_do_nothing(index_elements=["person_id", "badge", "occasion"])
                    .returning(Award.id),
                    execution_options={"renewed": True},  # nobody remembers anything of a new one
                )
                if award_id is not None:
                    award = session.get_one(Award, award_id)
                    told += tell([earned.person_id], AWARDED, award, key=f"award:{award_id}")
    return told


def _begin_round(local: datetime) -> bool:
    """Whether nobody has looked today; the days before are forgotten."""
    began = session.scalar(
        insert_into(AwardRound)
        .values(day=local.date(), looked_at=local)
        .on_conflict_do_nothing(index_elements=["day"])
        .returning(AwardRound.day)
    )
    if began is None:
        return False
    session.execute(delete(AwardRound).where(AwardRound.day < local.date()))
    return True


def honour(person: Person, *, by: Person, reason: str, send_key: str) -> Award:
    """Honour somebody by hand; he is told. Sent twice with one key it is one award. ReasonMissing, ReasonTooLong."""
    reason = _read(reason)
    # Two windows, or a double click: the key makes it one.
    lock(person)
    sent = session.scalar(
        select(Award).where(
            Award.person_id == person.id, Award.badge == BY_HAND, Award.occasion == send_key[:80]
        )
    )
    if sent is not None:
        return sent
    award = Award(
        organisation_id=person.organisation_id,
        person_id=person.id,
        badge=BY_HAND,
        occasion=send_key[:80],
        given_by_id=by.id,
        reason=reason,
    )
    session.add(award)
    session.flush()
    record("award.give", award, by=by, person=person.id)  # why stands with the award
    tell([person.id], AWARDED, award, key=f"award:{award.id}")
    return award


def withdraw(award: Award, *, by: Person, why: str) -> None:
    """It is no honour any more; its holder is told why, and what was earned by a rule is not given again.
    ReasonMissing, ReasonTooLong, WithdrawnAlready."""
    why = _read(why)
    lock(award)
    if award.withdrawn_at is not None:
        raise WithdrawnAlready
    award.withdrawn_at, award.withdrawn_by_id, award.withdrawn_why = now(), by.id, why
    session.flush()
    record("award.withdraw", award, by=by, person=award.person_id)
    take_back(AWARDED, award)
    tell([award.person_id], WITHDRAWN, award, key=f"award_withdrawn:{award.id}")


def show_awards(person: Person, *, shown: bool) -> None:
    """Whether colleagues see the person's awards; choosing the same twice is nothing new."""
    if shown:
        session.execute(delete(HiddenAwards).where(HiddenAwards.person_id == person.id))
    else:
        session.execute(
            insert_into(HiddenAwards)
            .values(person_id=person.id, since=now())
            .on_conflict_do_nothing(index_elements=["person_id"])
        )


def _read(reason: str) -> str:
    text = " ".join(repair(reason).split())
    if not text:
        raise ReasonMissing
    if len(text) > REASON_LENGTH:
        raise ReasonTooLong(most=REASON_LENGTH)
    return text
