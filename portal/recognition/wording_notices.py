"""The words of notices about awards; for nobody but their holders."""

from sqlalchemy import select

from portal.db import session
from portal.notices.models import Notice
from portal.notices.wording import Worded
from portal.people.models import Person
from portal.recognition.models import Award
from portal.recognition.wording import name_of, worded
from portal.templating import page_url
from portal.translating import gettext


def awarded_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """What one is honoured for, as long as it stands."""
    found: dict[int, Worded | None] = {}
    standing = {one.id: one for one in _own(notices, person) if one.withdrawn_at is None}
    by_id = {one.award.id: one for one in worded(list(standing.values()), person)}
    for notice in notices:
        award = by_id.get(notice.subject_id)
        if award is not None:
            text = gettext("You are honoured: “%(name)s”. %(reason)s", name=award.name, reason=award.reason)
            found[notice.id] = Worded(text, page_url("recognition.show_award", award_id=award.award.id))
    return found


def withdrawn_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """That it was withdrawn, and why."""
    own = {one.id: one for one in _own(notices, person) if one.withdrawn_at is not None}
    return {
        notice.id: Worded(
            gettext("“%(name)s” was withdrawn: %(why)s", name=name_of(award), why=award.withdrawn_why),
            page_url("recognition.show_award", award_id=award.id),
        )
        for notice in notices
        if (award := own.get(notice.subject_id)) is not None
    }


def _own(notices: list[Notice], person: Person) -> list[Award]:
    ids = {notice.subject_id for notice in notices}
    return list(session.scalars(select(Award).where(Award.id.in_(ids), Award.person_id == person.id)))
