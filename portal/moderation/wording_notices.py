"""The words of notices about order: what waits for a moderator, and what became of what one wrote or reported. Each is worded
for as long as its reader may still know."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.db import now, session
from portal.items.order_models import HeldText, Suspension
from portal.items.permissions import can_see
from portal.items.views import page_of, page_of_reply
from portal.moderation.models import Caution, Outcome, Report
from portal.moderation.permissions import can_see_held, reads_of_suspension
from portal.moderation.queue import WITH_PLACE, count_cases_for, count_held_for
from portal.notices.models import Notice
from portal.notices.wording import Worded
from portal.people.models import Person
from portal.templating import number, page_url, show_datetime
from portal.translating import gettext, ngettext

Words = dict[int, Worded | None]
Row = TypeVar("Row", Report, HeldText, Suspension, Caution)


def reported_words(notices: list[Notice], person: Person) -> Words:
    """How many reported texts wait for the reader; nothing once none does."""
    waiting = count_cases_for(person)
    text = ngettext(
        "%(num)s reported text waits for you",
        "%(num)s reported texts wait for you",
        waiting,
        num=number(waiting),
    )
    return _queue(notices, waiting, text)


def held_words(notices: list[Notice], person: Person) -> Words:
    """How many texts wait to be read first by the reader; nothing once none does."""
    waiting = count_held_for(person)
    text = ngettext(
        "%(num)s text waits for you to read it first",
        "%(num)s texts wait for you to read them first",
        waiting,
        num=number(waiting),
    )
    return _queue(notices, waiting, text)


def _queue(notices: list[Notice], waiting: int, text: str) -> Words:
    said = Worded(text, page_url("moderation.show_queue"), gettext("Decide")) if waiting else None
    return {notice.id: said for notice in notices}


def decided_words(notices: list[Notice], person: Person) -> Words:
    """What became of the reader's report, while he reads where the text stood."""

    def words(one: Report) -> Worded | None:
        if one.reporter_id != person.id or one.outcome is None or not can_see(person, one.item):
            return None
        text = {
            Outcome.DISMISSED: gettext("Your report was looked at: the text stays as it is"),
            Outcome.HIDDEN: gettext("Your report was looked at: the text was hidden"),
            Outcome.SPOKEN_TO: gettext("Your report was looked at, and its author was spoken to"),
        }[one.outcome]
        return Worded(text, page_url("moderation.show_own", _anchor="reports"))

    return _each(notices, Report, words, *WITH_PLACE)


def taken_away_words(notices: list[Notice], person: Person) -> Words:
    """Why a line or a poll of the reader was taken away, while he reads where it stood."""

    def words(one: Report) -> Worded | None:
        if one.author_id != person.id or one.outcome != Outcome.HIDDEN or not can_see(person, one.item):
            return None
        text = gettext(
            "What you added to “%(title)s” was taken away: %(why)s", title=one.item.title, why=one.why
        )
        return Worded(text, _address(one))

    return _each(notices, Report, words, *WITH_PLACE)


def _address(one: Report) -> str:
    return page_of(one.item) if one.post is None else page_of_reply(one.item, one.post.number)


def warned_words(notices: list[Notice], person: Person) -> Words:
    """That and why the reader was warned, while he reads where it was: the words speak of what is said there."""

    def words(one: Caution) -> Worded | None:
        if one.person_id != person.id or not can_see(person, one.item):
            return None
        text = gettext("A moderator warns you: %(why)s", why=one.why)
        return Worded(text, page_url("moderation.show_own", _anchor="cautions"))

    return _each(notices, Caution, words, joinedload(Caution.item))


def suspended_words(notices: list[Notice], person: Person) -> Words:
    """Till when and why the reader may not write; nothing once he may, or where he no longer reads."""

    def words(one: Suspension) -> Worded | None:
        if not reads_of_suspension(person, one) or one.lifted_at is not None or one.until_at <= now():
            return None
        until = show_datetime(one.until_at)
        text = gettext("You may not write until %(until)s: %(why)s", until=until, why=one.why)
        return Worded(text, page_url("moderation.show_own", _anchor="suspensions"))

    return _each(notices, Suspension, words)


def lifted_words(notices: list[Notice], person: Person) -> Words:
    """That and why the reader may write again, while he reads there."""

    def words(one: Suspension) -> Worded | None:
        if not reads_of_suspension(person, one) or one.lifted_at is None:
            return None
        text = gettext("You may write again: %(why)s", why=one.lifted_why)
        return Worded(text, page_url("moderation.show_own", _anchor="suspensions"))

    return _each(notices, Suspension, words)


def let_through_words(notices: list[Notice], person: Person) -> Words:
    """That others read the reader's text now, while he reads where it stands."""

    def words(one: HeldText) -> Worded | None:
        if not one.is_let_through or one.item is None or not can_see_held(person, one):
            return None
        address = page_of(one.item) if one.post is None else page_of_reply(one.item, one.post.number)
        return Worded(gettext("Others read now what you wrote: “%(title)s”", title=one.item.title), address)

    return _each(notices, HeldText, words, joinedload(HeldText.item), joinedload(HeldText.post))


def not_let_through_words(notices: list[Notice], person: Person) -> Words:
    """Why the reader's text was not let through."""

    def words(one: HeldText) -> Worded | None:
        if one.is_let_through is not False or not can_see_held(person, one):
            return None
        text = gettext("Your text was not let through: %(why)s", why=one.why)
        return Worded(text, page_url("moderation.show_own", _anchor="held"))

    return _each(notices, HeldText, words, joinedload(HeldText.item))


def _each(
    notices: list[Notice], kind: type[Row], words: Callable[[Row], Worded | None], *options: object
) -> Words:
    ids = {notice.subject_id for notice in notices}
    rows = {
        one.id: one
        for one in session.scalars(select(kind).where(kind.id.in_(ids)).options(*options))  # type: ignore[arg-type]
    }
    return {
        notice.id: words(row) if (row := rows.get(notice.subject_id)) is not None else None
        for notice in notices
    }
