"""Why somebody may know, in words: "Accepted answers: 3", each with the works it rests on."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from portal.db import session
from portal.expertise.finding import Expert, NamedSubject, Sort, Work
from portal.items.views import page_of
from portal.notices.models import Notice
from portal.notices.wording import Worded
from portal.people.models import Person
from portal.templating import number, page_url
from portal.translating import gettext, ngettext

MOST_NAMED: Final = 3


@dataclass(frozen=True)
class Reason:
    """One thing that speaks for a person: `works` are (title, address) of the best of it."""

    text: str
    works: tuple[tuple[str, str], ...] = ()


def reasons_of(expert: Expert, *, most: int = MOST_NAMED) -> list[Reason]:
    """In the reader's language and numerals, what he contributed first, then what he says he knows."""
    reasons = [
        Reason(_counted(sort, len(works)), tuple((work.title, address_of(work)) for work in works[:most]))
        for sort, works in expert.works.items()
    ]
    if expert.used:
        reasons.append(Reason(_times_used(expert.used)))
    return reasons + [Reason(_named(subject)) for subject in expert.subjects[:most]]


def address_of(work: Work) -> str:
    """The page of the work, of an answer at the reply itself."""
    if work.post is None:
        return page_of(work)
    return page_of(work, post=str(work.post), _anchor=f"post-{work.post}")


def _times_used(count: int) -> str:
    return ngettext(
        "Colleagues used it %(num)s time", "Colleagues used it %(num)s times", count, num=number(count)
    )


def _named(subject: NamedSubject) -> str:
    if not subject.confirmed:
        return gettext("Says to know “%(tag)s”", tag=subject.tag)
    return ngettext(
        "Knows “%(tag)s”, as %(num)s colleague confirms",
        "Knows “%(tag)s”, as %(num)s colleagues confirm",
        subject.confirmed,
        tag=subject.tag,
        num=number(subject.confirmed),
    )


def _counted(sort: Sort, count: int) -> str:
    num = number(count)
    if sort == Sort.ANSWER:
        return ngettext(
            "Answered and was accepted %(num)s time",
            "Answered and was accepted %(num)s times",
            count,
            num=num,
        )
    if sort == Sort.ASSET:
        return ngettext(
            "Wrote %(num)s text of the knowledge store",
            "Wrote %(num)s texts of the knowledge store",
            count,
            num=num,
        )
    if sort == Sort.REPORT:
        return ngettext("%(num)s report on a training", "%(num)s reports on trainings", count, num=num)
    if sort == Sort.TALK:
        return ngettext("Told it in %(num)s thread", "Told it in %(num)s threads", count, num=num)
    if sort == Sort.QUESTION:
        return ngettext("Asked %(num)s question about it", "Asked %(num)s questions about it", count, num=num)
    return ngettext("%(num)s other contribution", "%(num)s other contributions", count, num=num)


def tag_taken_words(notices: list[Notice], person: Person) -> dict[int, Worded | None]:
    """That somebody who plans took a subject away from what the reader can be asked about, and who."""
    ids = {notice.details.get("by", 0) for notice in notices}
    by = {one.id: one for one in session.scalars(select(Person).where(Person.id.in_(ids)))}
    return {
        notice.id: Worded(
            gettext(
                "%(name)s took a subject away from what you can be asked about. Ask why, if you like.",
                name=who.name,
            ),
            page_url("expertise.my_subjects"),
        )
        if (who := by.get(notice.details.get("by", 0))) is not None
        else None
        for notice in notices
    }
