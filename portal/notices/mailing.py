"""Notices as mails: each at once, or one digest a day, or one a week. Nothing here commits; the scheduler does.

A mail is written in the transaction that marks its notices as mailed, and a digest is entered under person and day: whichever
worker does it, and wherever one ends, nobody gets a mail twice. What becomes of the mail afterwards is portal/mail's:
one that broke in the middle is marked uncertain there, and what it told of is not told again.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import Select, and_, func, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from portal.db import insert_into, now, session
from portal.mail.writing import write
from portal.notices.models import (
    Digest,
    DigestRound,
    DigestSort,
    Notice,
    NoticePreference,
    Travel,
    Way,
)
from portal.notices.wording import Speakers, Worded, as_read_by, worded
from portal.people.models import Person
from portal.templating import number
from portal.thai.dates import BANGKOK
from portal.translating import gettext, ngettext

DIGESTS_FROM: Final = time(7, 30)  # in Bangkok: before the office opens
# What waited longer for a mail (no address, no worker) is no news; it is in the portal.
MAILED_WITHIN: Final = timedelta(days=14)
MOST_IN_A_MAIL = 100


@dataclass(frozen=True)
class Links:
    """Where what a mail says is found: `base_url` begins each address (empty: the portal does not know its own), `unsubscribe`
    answers the path under which that person's mails are ended."""

    base_url: str
    unsubscribe: Callable[[int], str]


def digest_day(sort: DigestSort, moment: datetime) -> date | None:
    """The day of the digests that may be written at that moment: today in Bangkok, of weekly ones its Monday, which also
    a worker that was down on the Monday makes up for; None early in the morning."""
    local = moment.astimezone(BANGKOK)
    if local.time() < DIGESTS_FROM:
        return None
    back = local.weekday() if sort == DigestSort.WEEKLY else 0
    return local.date() - timedelta(days=back)


def begin_round(sort: DigestSort, day: date, moment: datetime) -> None:
    """Note, once, that the digests of the day hold what was told till this moment. What is told later waits for the next."""
    session.execute(
        insert_into(DigestRound.__table__).values(sort=sort, day=day, cut_at=moment).on_conflict_do_nothing()
    )


def waiting_for_digest(own: Session, sort: DigestSort, day: date, moment: datetime) -> list[int] | None:
    """The ids of all who are to get that day's digest and have none yet; None when its round was not begun."""
    begun = own.get(DigestRound, (sort, day))
    if begun is None:
        return None
    has_one = select(Digest.person_id).where(Digest.sort == sort, Digest.day == day)
    query = _to_be_mailed(moment).where(
        _travels_in(sort), Notice.made_at <= begun.cut_at, Person.id.not_in(has_one)
    )
    return list(own.scalars(query.with_only_columns(Person.id).distinct().order_by(Person.id)))


def write_digest(
    person_id: int, sort: DigestSort, day: date, moment: datetime, by: Speakers, links: Links
) -> bool:
    """Write the person's digest of that day; False when another worker has done it or nothing is left to say."""
    mine = session.execute(
        insert_into(Digest.__table__).values(person_id=person_id, sort=sort, day=day).on_conflict_do_nothing()
    ).rowcount  # type: ignore[attr-defined]
    if not mine:
        return False
    cut = select(DigestRound.cut_at).where(DigestRound.sort == sort, DigestRound.day == day).scalar_subquery()
    notices = session.scalars(
        _to_be_mailed(moment)
        .where(Person.id == person_id, _travels_in(sort), Notice.made_at <= cut)
        .order_by(Notice.made_at, Notice.id)
    ).all()
    return _mail(person_id, notices, by, links, sort)


def waiting_at_once(own: Session, moment: datetime) -> list[int]:
    """The ids of the notices that are to be mailed one by one, now."""
    query = _to_be_mailed(moment).where(
        NoticePreference.way == Way.AT_ONCE, Notice.travels == Travel.AT_ONCE_OR_DAILY
    )
    return list(own.scalars(query.with_only_columns(Notice.id).order_by(Notice.id)))


def write_at_once(notice_id: int, moment: datetime, by: Speakers, links: Links) -> bool:
    """Write the mail of this one notice; False when another worker has done it or there is nothing to say any more."""
    notice = session.scalar(_to_be_mailed(moment).where(Notice.id == notice_id))
    return notice is not None and _mail(notice.person_id, [notice], by, links)


def _to_be_mailed(moment: datetime) -> Select[Notice]:
    """Unread notices no mail was written of, of people who have an address and are here and want mails."""
    return (
        select(Notice)
        .join(Person, Person.id == Notice.person_id)
        .outerjoin(NoticePreference, NoticePreference.person_id == Person.id)
        .where(
            Notice.mailed_at.is_(None),
            Notice.read_at.is_(None),
            Notice.travels != Travel.NEVER,
            Notice.made_at > moment - MAILED_WITHIN,
            Person.email.is_not(None),
            Person.email != "",
            Person.deactivated_at.is_(None),
            func.coalesce(NoticePreference.way, Way.DAILY) != Way.IN_APP,
        )
    )


def _travels_in(sort: DigestSort) -> ColumnElement[bool]:
    """What is for once a week comes once a week; the rest as often as its reader chose."""
    way = func.coalesce(NoticePreference.way, Way.DAILY)
    if sort == DigestSort.WEEKLY:
        return or_(
            Notice.travels == Travel.WEEKLY_ONLY,
            and_(Notice.travels.in_((Travel.DAILY_ONLY, Travel.AT_ONCE_OR_DAILY)), way == Way.WEEKLY),
        )
    return or_(
        and_(Notice.travels == Travel.DAILY_ONLY, way != Way.WEEKLY),
        and_(Notice.travels == Travel.AT_ONCE_OR_DAILY, way == Way.DAILY),
    )


def _mail(
    person_id: int, notices: Sequence[Notice], by: Speakers, links: Links, sort: DigestSort | None = None
) -> bool:
    """Claim the notices and write the mail of those that are still open to the person."""
    claimed = set(
        session.scalars(
            update(Notice)
            .where(Notice.id.in_([notice.id for notice in notices]), Notice.mailed_at.is_(None))
            .values(mailed_at=now())
            .returning(Notice.id),
            # Whether it was mailed stands on no page.
            execution_options={"renewed": True, "synchronize_session": False},
        )
    )
    person = session.get_one(Person, person_id)
    held = set(
        session.scalars(Notice.visible_to(person).with_only_columns(Notice.id).where(Notice.id.in_(claimed)))
    )
    with as_read_by(person):
        open_ones = worded([notice for notice in notices if notice.id in held], person, by)
        if not open_ones:
            return False
        mail = write(
            person.email or "",
            _subject(open_ones, by, sort),
            _text(open_ones, links.base_url),
            holds_secret=True,  # the titles of what is open to its reader, not to who looks after the mails
            unsubscribe_path=links.unsubscribe(person_id),
        )
    session.flush()
    session.execute(
        update(Notice).where(Notice.id.in_([notice.id for notice, _ in open_ones])).values(mail_id=mail.id),
        execution_options={"renewed": True, "synchronize_session": False},
    )
    return True


def _subject(open_ones: Collection[tuple[Notice, Worded]], by: Speakers, sort: DigestSort | None) -> str:
    """Our own words and a number: what people wrote stands in the text alone."""
    if sort is None:
        return gettext(
            "Notice: %(what)s", what="".join(gettext(by[one.kind].kind.title) for one, _ in open_ones)
        )
    count = len(open_ones)
    if sort == DigestSort.WEEKLY:
        return ngettext("This week: %(num)s notice", "This week: %(num)s notices", count, num=number(count))
    return ngettext("Today: %(num)s notice", "Today: %(num)s notices", count, num=number(count))


def _text(open_ones: Sequence[tuple[Notice, Worded]], base_url: str) -> str:
    parts = [_paragraph(notice, words, base_url) for notice, words in open_ones[:MOST_IN_A_MAIL]]
    if len(open_ones) > MOST_IN_A_MAIL:
        parts.append(
            gettext("And %(count)s more in the portal.", count=number(len(open_ones) - MOST_IN_A_MAIL))
        )
    if base_url:
        parts.append(
            gettext(
                "All notices: %(all)s\nHow you are told is chosen on your page: %(me)s",
                all=f"{base_url}/notices",
                me=f"{base_url}/me",
            )
        )
    else:
        parts.append(
            gettext(
                "All of this stands in the portal under “Notices”. How you are told is chosen there on your page."
            )
        )
    return "\n\n".join(parts)


def _paragraph(notice: Notice, words: Worded, base_url: str) -> str:
    # One line, whatever people put into their titles: a line of theirs must not look like one of ours.
    said = " ".join(f"• {words.text}{f' ({words.note})' if words.note else ''}".split())
    return f"{said}\n  {base_url}/notices/{notice.id}" if base_url else said
