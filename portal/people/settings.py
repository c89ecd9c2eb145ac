"""What an organisation decides for itself, with types and defaults; stored a row a decision, edited by its admin."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Final

from sqlalchemy import select

from portal.db import session
from portal.people.models import OrganisationKind, OrganisationSetting, Unit
from portal.remembering import PEOPLE, Remembered, apart, joined
from portal.thai.numerals import Numerals
from portal.translating import DEFAULT


@dataclass(frozen=True)
class OrganisationSettings:
    """The decisions of one organisation; what was never decided has its default."""

    kind: str = OrganisationKind.SUBDISTRICT_MUNICIPALITY
    language: str = DEFAULT
    numerals: str = Numerals.ARABIC
    emblem_file_id: int | None = None
    demo: bool = False  # an invented town: said on every page, served on this machine only
    # strict: a due date stays where it was counted to; next_working_day: it moves off weekends and holidays.
    holiday_policy: str = "strict"
    follow_up_days: int = 90  # after the return of a training it is asked what became of it
    community_active_days: int = 90  # who wrote within so many days takes an active part in a community
    community_sleeping_days: int = 30  # a community in which nobody wrote for so long has fallen asleep
    community_unanswered_days: int = 5  # a question that waits so long is offered to colleagues who may know
    held_first_posts: int = 0  # so many texts of somebody new are read by a moderator before others read them
    posts_per_hour: int = 30  # so many texts one person sends to others
    mentions_per_hour: int = 50  # so many colleagues one person mentions
    reports_per_day: int = 10  # so many texts one person reports to moderators
    contact: str = ""  # shown to those who are not signed in, when they can't get in


def settings_of(organisation_id: int) -> OrganisationSettings:
    """The organisation's decisions as stored, with defaults for the rest."""
    return _of_rows(
        (key, value)
        for key, value in session.execute(
            select(OrganisationSetting.key, OrganisationSetting.value).where(
                OrganisationSetting.organisation_id == organisation_id
            )
        )
    )


def _of_rows(rows: Iterable[tuple[str, Any]]) -> OrganisationSettings:
    known = {field.name for field in fields(OrganisationSettings)}
    return OrganisationSettings(**{key: value for key, value in rows if key in known})


_FOUND: Final = Remembered[None, tuple[Unit | None, OrganisationSettings]](most=1)


def organisation_and_settings() -> tuple[Unit | None, OrganisationSettings]:
    """The organisation and its decisions, for every page; (None, defaults) before the first run."""
    organisation, decisions = _FOUND.get(session(), PEOPLE, None, _organisation_and_settings)
    return organisation and joined(session(), organisation), decisions


def _organisation_and_settings() -> tuple[Unit | None, OrganisationSettings]:
    rows = session.execute(
        select(Unit, OrganisationSetting.key, OrganisationSetting.value)
        .outerjoin(OrganisationSetting, OrganisationSetting.organisation_id == Unit.id)
        .where(Unit.parent_id.is_(None))
        .order_by(Unit.id)
    ).all()
    if not rows:
        return None, OrganisationSettings()
    organisation: Unit = rows[0][0]
    return apart(organisation), _of_rows((key, value) for unit, key, value in rows if unit is organisation)


def decide(organisation_id: int, **decisions: object) -> None:
    """Store decisions; TypeError for one that OrganisationSettings does not know."""
    OrganisationSettings(**decisions)  # type: ignore[arg-type]
    for key, value in decisions.items():
        row = session.get(OrganisationSetting, (organisation_id, key))
        if row is None:
            session.add(OrganisationSetting(organisation_id=organisation_id, key=key, value=value))
        else:
            row.value = value


def the_organisation() -> Unit | None:
    """The root unit; None before the first-run page was filled in. The interface shows one organisation."""
    return session.scalar(select(Unit).where(Unit.parent_id.is_(None)).order_by(Unit.id).limit(1))


def emblems() -> set[int]:
    """The stored files that are some organisation's emblem: nothing else refers to them."""
    values = session.scalars(
        select(OrganisationSetting.value).where(OrganisationSetting.key == "emblem_file_id")
    )
    return {value for value in values if isinstance(value, int)}
