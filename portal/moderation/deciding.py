"""Deciding about what was reported: nothing is wrong with it, or it is hidden, and its author is warned or suspended."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from portal.audit.recording import record
from portal.db import lock, now, session
from portal.errors import BadInput, Conflict
from portal.items.hiding import hide_opening, hide_post, opening_hidden
from portal.moderation.models import Caution, Outcome, Report
from portal.moderation.pieces import pieces_of, take_away
from portal.moderation.suspending import said, suspend
from portal.notices.telling import Kind, tell
from portal.people.models import Group, Person
from portal.translating import N_

WARNED: Final = Kind("moderation.warned", N_("A moderator warns you"))
TAKEN_AWAY: Final = Kind("moderation.taken_away", N_("What you wrote was taken away"))
DECIDED: Final = Kind("moderation.decided", N_("Your report"))


class DecidedAlready(Conflict):
    message = N_("%(name)s has decided this already.")


class NothingChosen(BadInput):
    message = N_("Choose what is to be done, or say that nothing is wrong with it.")


@dataclass(frozen=True)
class Verdict:
    """What is done about a text; `days` 0: its author is not suspended, `group` None: he is everywhere. `pieces`: the codes of
    what is taken away of what he added to the text."""

    why: str
    hides: bool = False
    warns: bool = False
    days: int = 0
    group: Group | None = None
    pieces: tuple[str, ...] = ()


def dismiss(reported: Report, *, by: Person, why: str = "") -> None:
    """Nothing is wrong with it; whoever reported it is told. DecidedAlready."""
    for one in _take(reported, by):
        _close(one, Outcome.DISMISSED, by, why.strip())
    record("report_of_text.dismiss", reported, by=by, item=reported.item.id)


def act_on(reported: Report, verdict: Verdict, *, by: Person) -> None:
    """Do what the verdict says; all who reported the text are told, and its author why. DecidedAlready, NothingChosen, SayWhy,
    NotToBeSuspended."""
    hides = verdict.hides and reported.is_about_text
    if not (hides or verdict.pieces or verdict.warns or verdict.days):
        raise NothingChosen
    why = said(verdict.why)
    taken = _take(reported, by)
    pieces = [one for one in pieces_of(reported) if one.code in verdict.pieces]
    author = reported.author
    if hides:
        _hide(reported, by, why)
    for piece in pieces:
        take_away(reported, piece, by=by)
    if pieces:
        tell([author.id], TAKEN_AWAY, reported, key=f"taken_away:{reported.id}")
    if verdict.warns:
        caution = Caution(
            person_id=author.id, item_id=reported.item.id, post_id=reported.post_id, by_id=by.id, why=why
        )
        session.add(caution)
        session.flush()
        record("person.warn", author, by=by, item=reported.item.id)
        tell([author.id], WARNED, caution, key=f"warned:{caution.id}")
    if verdict.days:
        suspend(author, verdict.group, verdict.days, by=by, why=why)
    for one in taken:
        _close(one, Outcome.HIDDEN if hides or pieces else Outcome.SPOKEN_TO, by, why)
    record("report_of_text.decide", reported, by=by, item=reported.item.id)


def _take(reported: Report, by: Person) -> Sequence[Report]:
    """All open reports of the same text, nobody else's from here on. Two who decide at the same moment come one after the
    other, and the second is told. The item first, as whoever carries a thread elsewhere does: the reports go along with it."""
    lock(reported.item)
    same = (
        select(Report)
        .where(reported.of_same_text())
        .order_by(Report.id)
        .with_for_update(of=Report)
        .execution_options(populate_existing=True)
    )
    found = session.scalars(same).all()
    if reported.decided_at is not None:
        name = reported.decided_by.name if reported.decided_by is not None else ""
        raise DecidedAlready(name=name)
    return [one for one in found if one.decided_at is None]


def _hide(reported: Report, by: Person, why: str) -> None:
    if reported.post is not None:
        hide_post(reported.post, by=by, reason=why)
    else:
        hidden = opening_hidden(reported.item)
        if hidden is None or hidden.hidden_by_id == reported.item.author_id:
            hide_opening(reported.item, by=by, reason=why)


def _close(one: Report, outcome: Outcome, by: Person, why: str) -> None:
    one.decided_at, one.decided_by_id, one.outcome, one.why = now(), by.id, outcome, why
    session.flush()
    tell([one.reporter_id], DECIDED, one, key=f"decided:{one.id}")
