"""The thesaurus as it holds now, and every version of it that was saved: by whom, when, why."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import defer, joinedload

from portal.db import session
from portal.errors import NotHere
from portal.people.models import Person, Unit
from portal.remembering import THESAURUS, Remembered
from portal.search.models import ThesaurusVersion
from portal.search.thesaurus import Thesaurus, read, shipped
from portal.web.numbers import LARGEST

SHIPPED_NUMBER: Final = 0
NOTE_LENGTH: Final = 300


def the_thesaurus() -> Thesaurus:
    """The thesaurus that holds now. Read and prepared once in each process; whoever saves another is heard by all of them
    at their next question."""
    return _NOW.get(session(), THESAURUS, None, lambda: read(text_of(newest_number())))


def newest_number() -> int:
    """The version that holds; 0 while nobody has changed what came with the portal."""
    return session.scalar(select(func.max(ThesaurusVersion.number))) or SHIPPED_NUMBER


def text_of(number: int) -> str:
    """The whole text of a version; NotHere when there is no such."""
    if number == SHIPPED_NUMBER:
        return shipped()
    return version(number).text


def version(number: int) -> ThesaurusVersion:
    """A version that was saved; NotHere when there is no such."""
    found = session.get(ThesaurusVersion, number) if number <= LARGEST else None
    if found is None:
        raise NotHere
    return found


def versions() -> Sequence[ThesaurusVersion]:
    """Those that were saved, the newest first, without their texts."""
    newest_first = select(ThesaurusVersion).order_by(ThesaurusVersion.number.desc())
    return session.scalars(
        newest_first.options(defer(ThesaurusVersion.text), joinedload(ThesaurusVersion.saved_by))
    ).all()


def stands_still(organisation_id: int) -> None:
    """Till this transaction ends nobody else saves a version: what is read now is what is replaced."""
    session.execute(select(Unit.id).where(Unit.id == organisation_id).with_for_update())


def save_version(text: str, *, by: Person, note: str, restores: int | None = None) -> ThesaurusVersion:
    """The text holds from now on, for everybody. Call `stands_still` before reading what it replaces."""
    saved = ThesaurusVersion(
        number=newest_number() + 1, saved_by_id=by.id, note=note[:NOTE_LENGTH], restores=restores, text=text
    )
    session.add(saved)
    session.flush()
    return saved


_NOW: Final = Remembered[None, Thesaurus](most=1)
