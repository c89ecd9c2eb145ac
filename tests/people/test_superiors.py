"""The chain of command: from the tree, from what was decided otherwise, and never in a circle."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.db import now, session
from portal.people.models import Posting, Rank
from portal.people.superiors import (
    ChainLoops,
    Establishment,
    Post,
    chain_above,
    holder_on,
    incumbents_on,
    superior_of,
)
from portal.thai.dates import bangkok_today
from tests.making import LONG_AGO, act_for, make_organisation, make_person, make_position, make_unit

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def town() -> dict[str, Any]:
    """A town: mayor, deputy and clerk above, a division with a head and a section, a post in each."""
    root = make_organisation()
    division = make_unit("กองคลัง")
    section = make_unit("ฝ่ายพัฒนารายได้", division)
    return {
        "mayor": make_position(root, "นายกเทศมนตรี", rank=Rank.CHIEF_EXECUTIVE),
        "deputy": make_position(root, "รองนายกเทศมนตรี", rank=Rank.DEPUTY_CHIEF_EXECUTIVE),
        "clerk": make_position(root, "ปลัดเทศบาล", rank=Rank.PERMANENT_SECRETARY),
        "deputy_clerk": make_position(root, "รองปลัดเทศบาล", rank=Rank.DEPUTY_PERMANENT_SECRETARY),
        "head": make_position(division, "ผู้อำนวยการกองคลัง", rank=Rank.HEAD),
        "section_head": make_position(section, "หัวหน้าฝ่ายพัฒนารายได้", rank=Rank.HEAD),
        "collector": make_position(section, "เจ้าพนักงานจัดเก็บรายได้"),
        "accountant": make_position(division, "นักวิชาการเงินและบัญชี"),
        "division": division,
        "section": section,
    }


def titles(positions: list[Any]) -> list[str]:
    return [position.title for position in positions]


def test_a_report_climbs_from_the_section_over_the_division_and_the_clerk_to_the_mayor(town):
    assert titles(chain_above(town["collector"])) == [
        "หัวหน้าฝ่ายพัฒนารายได้",
        "ผู้อำนวยการกองคลัง",
        "ปลัดเทศบาล",
        "นายกเทศมนตรี",
    ]
    assert superior_of(town["collector"]) is town["section_head"]


def test_nobody_stands_above_the_mayor(town):
    assert superior_of(town["mayor"]) is None
    assert chain_above(town["mayor"]) == []


def test_deputies_report_to_whom_they_stand_in_for(town):
    assert superior_of(town["deputy"]) is town["mayor"]
    assert superior_of(town["deputy_clerk"]) is town["clerk"]


def test_a_unit_without_a_head_reports_to_the_nearest_head_above(town):
    work = make_unit("งานแผนที่ภาษี", town["section"])
    surveyor = make_position(work, "นายช่างสำรวจ")
    assert titles(chain_above(surveyor))[0] == "หัวหน้าฝ่ายพัฒนารายได้"


def test_the_deputy_mayor_signs_before_the_mayor_where_the_organisation_chose_so(town):
    town["clerk"].superior_id = town["deputy"].id
    session.commit()
    assert titles(chain_above(town["accountant"])) == [
        "ผู้อำนวยการกองคลัง",
        "ปลัดเทศบาล",
        "รองนายกเทศมนตรี",
        "นายกเทศมนตรี",
    ]


def test_an_abolished_superior_gives_way_to_the_tree(town):
    town["head"].superior_id = town["deputy_clerk"].id
    session.commit()
    assert superior_of(town["head"]) is town["deputy_clerk"]
    town["deputy_clerk"].abolished_on = date(2026, 1, 1)
    session.commit()
    assert superior_of(town["head"]) is town["clerk"]


def test_a_department_has_no_permanent_secretary_and_its_heads_report_to_the_director_general():
    chief = make_position(title="อธิบดี", rank=Rank.CHIEF_EXECUTIVE)
    head = make_position(make_unit("กองการเจ้าหน้าที่"), "ผู้อำนวยการกอง", rank=Rank.HEAD)
    assert chain_above(head) == [chief]


def test_the_report_of_somebody_whose_post_was_abolished_still_finds_a_way_up(town):
    town["section_head"].abolished_on = date(2026, 1, 1)
    session.commit()
    assert titles(chain_above(town["section_head"])) == ["ผู้อำนวยการกองคลัง", "ปลัดเทศบาล", "นายกเทศมนตรี"]
    assert superior_of(town["collector"]) is town["head"]


def test_a_circle_is_named_by_its_positions(town):
    town["clerk"].superior_id = town["head"].id
    session.commit()
    with pytest.raises(ChainLoops) as caught:
        chain_above(town["accountant"])
    assert set(titles(caught.value.positions)) == {"ผู้อำนวยการกองคลัง", "ปลัดเทศบาล"}
    assert "ปลัดเทศบาล" in str(caught.value.values["circle"])


def test_chains_of_a_whole_town_cost_two_queries(town, count_queries):
    for number in range(30):
        make_position(town["section"], f"เจ้าหน้าที่ {number}")
    posts = [town["collector"], town["accountant"], town["head"]]
    with count_queries() as statements:
        establishment = Establishment.of(make_organisation().id)
        lengths = [len(chain_above(post, establishment)) for post in posts]
    assert lengths == [4, 3, 2]
    assert len([line for line in statements if "position" in line or "parent_id" in line]) <= 3


# ---- who sits there


def test_an_empty_post_keeps_its_place_and_has_no_holder(town):
    assert town["head"] in chain_above(town["accountant"])
    assert holder_on(town["head"], bangkok_today()) is None


def test_the_holder_is_asked_for_a_day(town):
    before, after = make_person("อนงค์"), make_person("วิชัย")
    handed_over = date(2026, 10, 1)
    session.add_all(
        [
            Posting(
                person_id=before.id,
                position_id=town["head"].id,
                from_date=LONG_AGO,
                to_date=handed_over - timedelta(days=1),
            ),
            Posting(person_id=after.id, position_id=town["head"].id, from_date=handed_over),
        ]
    )
    session.commit()
    assert holder_on(town["head"], handed_over - timedelta(days=1)) is before
    assert holder_on(town["head"], handed_over) is after


def test_whoever_was_ordered_to_act_signs_and_the_holder_is_still_told(town):
    holder, deputy = make_person("อนงค์"), make_person("วิชัย")
    session.add(Posting(person_id=holder.id, position_id=town["head"].id, from_date=LONG_AGO))
    act_for(deputy, town["head"], from_date=date(2026, 11, 2), to_date=date(2026, 11, 6))
    during = incumbents_on([town["head"].id], date(2026, 11, 6))[town["head"].id]
    assert (during.holder, during.acting, during.in_charge) == (holder, deputy, deputy)
    assert holder_on(town["head"], date(2026, 11, 7)) is holder


def test_somebody_who_left_signs_nothing_from_that_day(town):
    gone = make_person("อนงค์")
    session.add(Posting(person_id=gone.id, position_id=town["head"].id, from_date=LONG_AGO))
    gone.deactivated_at = now()
    session.commit()
    assert holder_on(town["head"], bangkok_today()) is None
    assert holder_on(town["head"], bangkok_today() - timedelta(days=1)) is gone


# ---- over random establishments


@st.composite
def establishments(draw: st.DrawFn, *, own_superiors: bool = False) -> Establishment:
    units = draw(st.integers(1, 8))
    parents: dict[int, int | None] = {1: None}
    for unit in range(2, units + 1):
        parents[unit] = draw(st.integers(1, unit - 1))
    posts = []
    headed: set[int] = set()
    for number in range(1, draw(st.integers(1, 14)) + 1):
        rank = draw(st.sampled_from(list(Rank)))
        unit = 1 if rank not in (Rank.HEAD, Rank.STAFF) else draw(st.integers(1, units))
        if rank == Rank.HEAD and unit in headed:
            rank = Rank.STAFF
        if rank == Rank.HEAD:
            headed.add(unit)
        superior = draw(st.none() | st.integers(1, 14)) if own_superiors else None
        posts.append(Post(number, unit, rank, superior if superior != number else None))
    return Establishment(posts, parents)


@given(establishments())
def test_without_own_superiors_every_chain_ends_and_no_one_is_met_twice(establishment):
    establishment.mind_loops()
    for post_id in establishment.posts:
        chain = establishment.chain_above(post_id)
        assert len(chain) == len(set(chain))
        assert post_id not in chain


@given(establishments(own_superiors=True))
def test_a_circle_is_found_by_the_whole_exactly_when_some_chain_runs_into_one(establishment):
    def runs_in_a_circle(post_id: int) -> bool:
        try:
            establishment.chain_above(post_id)
        except ChainLoops:
            return True
        return False

    if any(runs_in_a_circle(post_id) for post_id in establishment.posts):
        with pytest.raises(ChainLoops):
            establishment.mind_loops()
    else:
        establishment.mind_loops()


@given(establishments())
def test_staff_report_within_their_unit_and_its_ancestors_or_to_the_top(establishment):
    for post in establishment.posts.values():
        superior_id = establishment.superior_of(post.id)
        if post.rank != Rank.STAFF or superior_id is None:
            continue
        superior = establishment.posts[superior_id]
        ancestors = set()
        unit: int | None = post.unit_id
        while unit is not None:
            ancestors.add(unit)
            unit = establishment.parents[unit]
        assert superior.unit_id in ancestors
        assert superior.rank != Rank.STAFF
