"""Telling people: a notice is a row written in the transaction of what it tells of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update

from portal.db import insert_into, now, session
from portal.notices.models import NOTICES_OF, Notice, Travel
from portal.remembering import renew

READ_ONES_KEPT = timedelta(days=180)
ALL_KEPT = timedelta(days=400)
AT_ONE_TIME = 200


@dataclass(frozen=True)
class Kind:
    """A kind of notice, declared by the domain that tells it.

    `title` is an msgid: what it is about in two or three words, the subject of a mail. `under` names the stamp of what the
    notice is about ("item:{0.subject_id}"): while that stamp is the same, the notice's words are as open or closed as
    they were. Without it the bell asks for the words anew on every page.
    """

    code: str
    title: str
    travels: Travel = Travel.AT_ONCE_OR_DAILY
    under: str = ""


def tell(
    people: Iterable[int], kind: Kind, subject: Any, *, key: str, token: str = "", **details: Any
) -> int:
    """Tell these persons (ids) of the subject, a mapped object with an id; answers how many did not know it yet.

    Nobody is told twice under one key, by whomever at whatever moment. `details` are codes, ids and dates (ISO) only:
    what a notice says is worded when it is read.
    """
    told = sorted(set(people))
    session.flush()  # the subject, when it is new
    new: list[int] = []
    for start in range(0, len(told), AT_ONE_TIME):
        rows = [
            {
                "person_id": person_id,
                "kind": kind.code,
                "subject_type": subject.__tablename__,
                "subject_id": subject.id,
                "token": token,
                "details": details,
                "key": key,
                "made_at": now(),
                "travels": kind.travels,
            }
            for person_id in told[start : start + AT_ONE_TIME]
        ]
        statement = insert_into(Notice.__table__).values(rows)
        new += session.scalars(
            statement.on_conflict_do_nothing(index_elements=["person_id", "key"]).returning(
                Notice.__table__.c.person_id
            )
        )
    _renew_for(new)
    return len(new)


def tell_of_more(people: Iterable[int], kind: Kind, subject: Any) -> set[int]:
    """Those of these persons who have an unread notice of this kind about the subject: it moves to the top and, worded
    when it is read, tells of the new as well. The others are still to be told."""
    unread = (
        Notice.person_id.in_(set(people)),
        Notice.kind == kind.code,
        Notice.subject_type == subject.__tablename__,
        Notice.subject_id == subject.id,
        Notice.read_at.is_(None),
    )
    known = set(session.scalars(select(Notice.person_id).where(*unread)))
    if known:
        session.execute(
            update(Notice).where(*unread).values(made_at=now()).execution_options(synchronize_session=False),
            execution_options={"renewed": True},
        )
        _renew_for(known)
    return known


def take_back(kind: Kind, subject: Any) -> None:
    """Forget all unread notices of this kind about the subject: what they asked for was done."""
    asked = (
        Notice.kind == kind.code,
        Notice.subject_type == subject.__tablename__,
        Notice.subject_id == subject.id,
        Notice.read_at.is_(None),
    )
    _remove(*asked)


def forget_old_notices() -> int:
    """Remove what was read half a year ago, and everything after a year and a month; answers how many."""
    return _remove(or_(Notice.read_at < now() - READ_ONES_KEPT, Notice.made_at < now() - ALL_KEPT))


def _remove(*which: Any) -> int:
    gone = list(
        session.scalars(
            delete(Notice).where(*which).returning(Notice.person_id),
            execution_options={"renewed": True, "synchronize_session": False},
        )
    )
    _renew_for(gone)
    return len(gone)


def _renew_for(people: Iterable[int]) -> None:
    for person_id in set(people):
        renew(session(), NOTICES_OF.format(person_id))
