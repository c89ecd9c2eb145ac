"""The rules, added, changed and ended by those who keep them; open duties follow at once."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from portal.audit.recording import record
from portal.db import now, session
from portal.people.models import Person, Unit
from portal.training.counting import counting_stands_still
from portal.training.duties import as_it_is, exempt, make_duties_of
from portal.training.models import Covers, Discharge, Duty, DutyRule, Participation, Training
from portal.training.recounting import Move, Recount, recount_all
from portal.training.rules import ship_rules


@dataclass(frozen=True)
class RuleText:
    """What of a rule may be changed at any time; `every_months` of an interim rule only."""

    name: str
    days: int
    name_en: str = ""
    source: str = ""
    source_en: str = ""
    every_months: int | None = None


def add_rule(
    organisation: Unit,
    text: RuleText,
    *,
    by: Person,
    covers: Covers,
    discharged_by: Discharge,
    returns_from: date | None,
) -> DutyRule:
    """A rule of the organisation's own, for everybody who returns on that day or later (empty: for all); what was entered
    already gets its duties now."""
    ship_rules(organisation.id)
    rule = DutyRule(
        organisation_id=organisation.id,
        code=f"own-{secrets.token_hex(6)}",
        covers=covers,
        discharged_by=discharged_by,
        returns_from=returns_from,
    )
    _write(rule, text)
    session.add(rule)
    session.flush()
    record("duty_rule.add", rule, by=by)
    _apply(rule, by=by)
    return rule


def change_rule(rule: DutyRule, text: RuleText, *, by: Person) -> list[Move]:
    """Name, days and source, also of what is open; answers the due dates that moved. Other months of an interim rule hold
    for what is entered or changed from now on."""
    counting_stands_still(rule.organisation_id, changes=True)
    before = _text(rule)
    if before == text:
        return []
    changed = [name for name in RuleText.__dataclass_fields__ if getattr(before, name) != getattr(text, name)]
    _write(rule, text)
    record("duty_rule.change", rule, by=by, fields=changed)
    for duty in open_duties(rule):
        for name, value in as_it_is(rule).items():
            setattr(duty, name, value)
    session.flush()
    return recount_all(rule.organisation_id, by=by, why=Recount.RULE, rule=rule)


def end_rule(rule: DutyRule, *, by: Person, exempts: str = "") -> int:
    """It makes no more duties. What it made is still owed, unless a reason is given by which all of it is exempted;
    answers how many were. One's own duties are left for somebody else to exempt."""
    counting_stands_still(rule.organisation_id, changes=True)
    if rule.ended_at is None:
        rule.ended_at = now()
        record("duty_rule.end", rule, by=by)
    exempted = [duty for duty in open_duties(rule) if duty.person_id != by.id] if exempts else []
    for duty in exempted:
        exempt(duty, by=by, reason=exempts)
    return len(exempted)


def resume_rule(rule: DutyRule, *, by: Person) -> None:
    """It makes duties again for what is entered or changed from now on."""
    counting_stands_still(rule.organisation_id, changes=True)
    if rule.ended_at is not None:
        rule.ended_at = None
        record("duty_rule.resume", rule, by=by)


def open_duties(rule: DutyRule) -> Sequence[Duty]:
    """What is owed by the rule."""
    return session.scalars(
        select(Duty).where(Duty.rule_id == rule.id, Duty.closed_at.is_(None)).order_by(Duty.id)
    ).all()


def _apply(rule: DutyRule, *, by: Person) -> None:
    returned = select(Participation).join(Participation.training)
    returned = returned.where(
        Training.organisation_id == rule.organisation_id, Training.cancelled_at.is_(None)
    )
    if rule.returns_from is not None:
        returned = returned.where(Training.return_date >= rule.returns_from)
    make_duties_of(session.scalars(returned.order_by(Participation.id)).all(), by=by)


def _text(rule: DutyRule) -> RuleText:
    return RuleText(**{name: getattr(rule, name) for name in RuleText.__dataclass_fields__})


def _write(rule: DutyRule, text: RuleText) -> None:
    for name in RuleText.__dataclass_fields__:
        setattr(rule, name, getattr(text, name))
