"""Who may honour, who learns of an award, and that nobody learns through one of what he may not know."""

import pytest
from sqlalchemy import select

from portal.audit.models import AuditEntry
from portal.communities.joining import belong, leave
from portal.db import now, session
from portal.items.models import Origin
from portal.people.models import GroupKind, Openness, RoleName
from portal.recognition.awarding import (
    ReasonMissing,
    ReasonTooLong,
    WithdrawnAlready,
    honour,
    show_awards,
    withdraw,
)
from portal.recognition.models import REASON_LENGTH, Award
from portal.recognition.permissions import (
    can_honour,
    can_print_certificate,
    can_see_award,
    can_see_awards,
    can_withdraw,
)
from portal.recognition.wording import worded
from tests.communities.making import make_community, make_thread
from tests.making import (
    grant_role,
    make_admin,
    make_asset,
    make_group,
    make_organisation,
    make_person,
    make_unit,
)
from tests.making import join as join_group
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def cast(app):
    """The holder of an award, a colleague, one of the KM team, an executive, the admin, one who has left, and the public."""
    with app.test_request_context():
        make_organisation()
        team = make_group("คณะทำงาน KM", GroupKind.KM_TEAM)
        people = {
            "holder": make_person("มานี"),
            "colleague": make_person("สมชาย"),
            "km_team": make_person("นารี"),
            "executive": make_person("นายก"),
            "admin": make_admin("ธิดา"),
            "gone": make_person("ชูใจ"),
            "public": None,
        }
        join_group(people["km_team"], team)
        grant_role(people["executive"], RoleName.EXECUTIVE)
        people["gone"].deactivated_at = now()
        session.commit()
        yield people


def earned(person, badge="on_time", **more):
    award = Award(
        organisation_id=person.organisation_id,
        person_id=person.id,
        badge=badge,
        facts=more.pop("facts", {"year": 2569}),
        **more,
    )
    session.add(award)
    session.commit()
    return award


def seeing(award, cast):
    """Who sees it; rule and query agree."""
    found = set()
    for who, person in cast.items():
        by_rule = can_see_award(person, award)
        by_query = session.scalar(Award.visible_to(person).where(Award.id == award.id)) is not None
        assert by_rule == by_query, who
        if by_rule:
            found.add(who)
    return found


COLLEAGUES = {"holder", "colleague", "km_team", "executive", "admin"}
HONOURING = {"km_team", "executive", "admin"}


def test_every_colleague_sees_an_award_and_nobody_else(cast):
    assert seeing(earned(cast["holder"]), cast) == COLLEAGUES
    assert {who for who, one in cast.items() if can_see_awards(one)} == COLLEAGUES


def test_who_keeps_his_awards_to_himself_shows_them_to_those_alone_who_honour(cast):
    award = earned(cast["holder"])
    show_awards(cast["holder"], shown=False)
    show_awards(cast["holder"], shown=False)
    session.commit()
    assert seeing(award, cast) == {"holder"} | HONOURING
    show_awards(cast["holder"], shown=True)
    session.commit()
    assert seeing(award, cast) == COLLEAGUES


def test_what_was_withdrawn_is_seen_by_its_holder_and_by_those_who_honour(cast):
    award = earned(cast["holder"])
    withdraw(award, by=cast["admin"], why="ผิดคน")
    session.commit()
    assert seeing(award, cast) == {"holder"} | HONOURING


def test_an_award_that_rests_on_a_closed_community_is_known_to_those_alone_who_know_of_that(cast):
    community = make_community("ชุมชนลับ", openness=Openness.CLOSED, by=cast["holder"])
    award = earned(cast["holder"], "awake", community_id=community.id)
    # Those who plan know that the community is there; an executive who does not plan does not.
    assert seeing(award, cast) == {"holder", "km_team", "admin"}
    belong(community, cast["colleague"], by=cast["colleague"])
    session.commit()
    assert "colleague" in seeing(award, cast)
    leave(community, cast["colleague"], by=cast["colleague"])
    session.commit()
    assert "colleague" not in seeing(award, cast)


def test_who_left_a_closed_community_keeps_his_award_and_reads_its_name_no_more(cast):
    holder = cast["holder"]
    community = make_community("ชุมชนลับ", openness=Openness.CLOSED, by=holder)
    award = earned(holder, "awake", community_id=community.id)
    (words,) = worded([award], holder)
    assert "ชุมชนลับ" in words.reason
    leave(community, holder, by=holder)
    session.commit()
    assert seeing(award, cast) >= {"holder"}
    (words,) = worded([award], holder)
    assert "ชุมชนลับ" not in words.reason
    assert words.works == ()


def test_what_an_award_was_given_for_is_named_to_those_alone_who_may_read_it(cast):
    unit = make_unit("กองช่าง")
    asset = make_asset("คู่มือของกองช่าง", author=cast["holder"], unit=unit, readers="unit")
    session.add(Origin(item_id=asset.id, from_item_id=make_thread(by=cast["holder"]).id))
    award = earned(cast["holder"], "lifted", facts={"items": [asset.id]})
    (own,) = worded([award], cast["holder"])
    (others,) = worded([award], cast["colleague"])
    assert "คู่มือของกองช่าง" in own.reason
    assert own.works
    assert "คู่มือของกองช่าง" not in others.reason
    assert others.works == ()


def test_a_badge_that_is_no_rule_any_more_is_not_shown(cast):
    assert worded([earned(cast["holder"], "of_former_times")], cast["holder"]) == []


def test_those_who_plan_and_the_executives_honour_others_and_nobody_himself(cast):
    holder = cast["holder"]
    assert {who for who, one in cast.items() if can_honour(one, holder)} == HONOURING
    for who in HONOURING:
        assert not can_honour(cast[who], cast[who])
        assert not can_honour(cast[who], cast["gone"])
    award = earned(holder)
    assert {who for who, one in cast.items() if can_withdraw(one, award)} == HONOURING
    assert {who for who, one in cast.items() if can_print_certificate(one, award)} == HONOURING | {"holder"}
    own = earned(cast["admin"])
    assert not can_withdraw(cast["admin"], own)
    withdraw(award, by=cast["admin"], why="ผิดคน")
    session.commit()
    assert not any(can_withdraw(one, award) or can_print_certificate(one, award) for one in cast.values())


def test_an_award_by_hand_says_who_gave_it_why_and_is_logged_without_the_reason(cast):
    award = honour(cast["holder"], by=cast["executive"], reason=" ดูแลผู้สูงอายุ\nทั้งตำบล ", send_key="a")
    session.commit()
    assert (award.given_by, award.reason) == (cast["executive"], "ดูแลผู้สูงอายุ ทั้งตำบล")
    withdraw(award, by=cast["admin"], why="ให้ซ้ำ")
    session.commit()
    assert (award.withdrawn_by, award.withdrawn_why) == (cast["admin"], "ให้ซ้ำ")
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.action.startswith("award.")).order_by(AuditEntry.id)
    ).all()
    assert [(one.action, one.actor_id, one.details) for one in entries] == [
        ("award.give", cast["executive"].id, {"person": cast["holder"].id}),
        ("award.withdraw", cast["admin"].id, {"person": cast["holder"].id}),
    ]


def test_sent_twice_it_is_one_award_and_another_time_another(cast):
    for key in ("a", "a", "b"):
        honour(cast["holder"], by=cast["executive"], reason="ดีมาก", send_key=key)
    session.commit()
    assert len(session.scalars(select(Award)).all()) == 2


def test_nothing_is_given_or_withdrawn_without_a_reason_nor_twice(cast):
    for wrong, error in (("  \n", ReasonMissing), ("ก" * (REASON_LENGTH + 1), ReasonTooLong)):
        with pytest.raises(error):
            honour(cast["holder"], by=cast["executive"], reason=wrong, send_key="a")
        with pytest.raises(error):
            withdraw(earned(cast["holder"], occasion=error.__name__), by=cast["admin"], why=wrong)
    award = earned(cast["holder"])
    withdraw(award, by=cast["admin"], why="ผิดคน")
    with pytest.raises(WithdrawnAlready):
        withdraw(award, by=cast["admin"], why="ผิดคน")
