"""Where somebody worked, and as what, on a day long past or still to come."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.db import session
from portal.people.models import Posting
from portal.thai.dates import bangkok_today

_MOST_AT_ONCE = 5_000


class Places:
    """The postings of some people, read in one query."""

    def __init__(self, person_ids: Iterable[int]):
        wanted = set(person_ids)
        query = select(Posting).options(joinedload(Posting.position)).order_by(Posting.from_date)
        if len(wanted) <= _MOST_AT_ONCE:
            query = query.where(Posting.person_id.in_(wanted))
        self._postings: dict[int, list[Posting]] = {}
        for posting in session.scalars(query):
            self._postings.setdefault(posting.person_id, []).append(posting)

    def on(self, person_id: int, day: date) -> tuple[int | None, str]:
        """(unit id, title of the post) of that day, else of today; (None, "") for somebody without a post."""
        for asked in (day, bangkok_today()):
            for posting in reversed(self._postings.get(person_id, [])):
                if posting.from_date <= asked and (posting.to_date is None or posting.to_date >= asked):
                    return posting.position.unit_id, posting.position.title
        return None, ""
