"""A person's notices as he sees them: the list, the number at the bell, what he read."""

from datetime import date
from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.db import now, session
from portal.notices.models import NOTICES_OF, Notice
from portal.notices.wording import Speakers, Worded, worded
from portal.people.models import Person
from portal.remembering import PEOPLE, Remembered, expect, renew, stamps_of
from portal.thai.dates import bangkok_today

MOST_LISTED = 500
MOST_COUNTED = 200  # above a hundred the bell shows 99+

_COUNTS: Final = Remembered[tuple[int, date], int](most=10_000)
# The subjects whose stamps the last count of a person hung on.
_HUNG_ON: Final = Remembered[int, tuple[str, ...]](most=10_000)


def notices_of(person: Person, by: Speakers) -> list[tuple[Notice, Worded]]:
    """The person's newest notices with their words, unread ones first."""
    newest = (
        Notice.visible_to(person)
        .order_by(Notice.read_at.is_not(None), Notice.made_at.desc(), Notice.id.desc())
        .limit(MOST_LISTED)
    )
    return worded(session.scalars(newest), person, by)


def unread_of(person: Person, by: Speakers) -> int:
    """How many unread notices are open to the person now, at most MOST_COUNTED. Remembered under the stamps of the notices
    and of all they are about, so that a page costs no more than the question for stamps."""
    subjects = _HUNG_ON.kept("last", [person.id]).get(person.id, ())
    stamps = stamps_of(session(), NOTICES_OF.format(person.id), PEOPLE, *subjects)
    key = person.id, bangkok_today()
    known = _COUNTS.kept(stamps, [key])
    return known[key] if known else _count(person, by, key)


def expect_the_bell(person: Person) -> None:
    """Let the stamps that the bell will ask for be read along with the page's own."""
    subjects = _HUNG_ON.kept("last", [person.id]).get(person.id, ())
    expect(session(), NOTICES_OF.format(person.id), *subjects)


def _count(person: Person, by: Speakers, key: tuple[int, date]) -> int:
    newest = (
        Notice.visible_to(person)
        .where(Notice.read_at.is_(None))
        .order_by(Notice.made_at.desc())
        .limit(MOST_COUNTED)
    )
    notices = session.scalars(newest).all()
    under = {by[notice.kind].kind.under.format(notice) for notice in notices if notice.kind in by}
    subjects = tuple(sorted(under - {""}))
    # Read before what they stand for: whatever changes meanwhile has another stamp.
    stamps = stamps_of(session(), NOTICES_OF.format(person.id), PEOPLE, *subjects)
    count = len(worded(notices, person, by))
    if "" not in under:
        _HUNG_ON.keep("last", person.id, subjects)
        _COUNTS.keep(stamps, key, count)
    return count


def read_one(notice_id: int, person_id: int, *, own: Session) -> None:
    """Note in that session's transaction that the person followed his notice."""
    _note_read(own, person_id, Notice.id == notice_id)


def read_all(person: Person, by: Speakers) -> int:
    """The person has seen all that are open to him; answers how many were unread."""
    seen = [notice.id for notice, _ in notices_of(person, by) if notice.read_at is None]
    return _note_read(session(), person.id, Notice.id.in_(seen))


def read_about(person: Person, kind: str, subject_id: int, *, own: Session | None = None) -> None:
    """What the person was told of this subject he knows by now; noted in that session's transaction, if one is given."""
    _note_read(own or session(), person.id, Notice.kind == kind, Notice.subject_id == subject_id)


def _note_read(own: Session, person_id: int, *which: object) -> int:
    done: int = own.execute(
        update(Notice)
        .where(Notice.person_id == person_id, Notice.read_at.is_(None), *which)  # type: ignore[arg-type]
        .values(read_at=now()),
        execution_options={"renewed": True, "synchronize_session": False},
    ).rowcount  # type: ignore[attr-defined]
    if done:
        renew(own, NOTICES_OF.format(person_id))
    return done
