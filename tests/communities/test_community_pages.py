"""The pages of communities: found one, join, ask, let in, name a note taker, leave, end it and open it again."""

import pytest
from sqlalchemy import select

from portal.communities.founding import close_down
from portal.communities.joining import ask_to_join, belong, leave
from portal.communities.models import Community, JoinRequest, Part
from portal.communities.permissions import is_member
from portal.db import session
from portal.people.models import GroupKind, Openness
from tests.communities.making import make_community
from tests.making import make_group, make_organisation, make_person

FORM = {"name": "ชุมชนงานพัสดุ", "purpose": "จัดซื้อถูกระเบียบ", "openness": "open", "step": "KM6", "goal": ""}


@pytest.fixture
def malee(app):
    make_organisation()
    return make_person("มาลี")


def test_anybody_on_the_staff_founds_a_community(malee, login_as):
    browser = login_as(malee)
    answer = browser.post("/communities/new", data=FORM)
    community = session.scalars(select(Community)).one()
    assert answer.location == f"/communities/{community.id}"
    page = browser.get(answer.location).text
    assert "ชุมชนงานพัสดุ" in page
    assert "จัดซื้อถูกระเบียบ" in page
    assert malee.name in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "ใส่ชื่อ"),
        ({"purpose": " "}, "เขียนหนึ่งประโยคว่าชุมชนนี้มีไว้ทำอะไร"),
        ({"name": "ก" * 201}, "201"),
        ({"openness": "wide"}, ""),
        ({"step": "KM9"}, ""),
        ({"goal": "77"}, ""),
    ],
)
def test_bad_input_is_said_and_nothing_typed_is_lost(malee, login_as, wrong, said):
    answer = login_as(malee).post("/communities/new", data=FORM | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    for name in {"name", "purpose"} - wrong.keys():
        assert FORM[name] in answer.text
    assert session.scalars(select(Community)).first() is None


def test_a_name_that_is_taken_is_said_beside_what_was_typed(malee, login_as):
    make_community(FORM["name"])
    answer = login_as(malee).post("/communities/new", data=FORM)
    assert answer.status_code == 422
    assert "มีชุมชนชื่อ “ชุมชนงานพัสดุ” อยู่แล้ว" in answer.text
    assert FORM["purpose"] in answer.text


def test_joining_and_leaving_are_one_click_each(malee, login_as):
    community, somchai = make_community(), make_person("สมชาย")
    browser = login_as(somchai)
    for _ in range(2):  # a double click
        assert browser.post(f"/communities/{community.id}/join").location == f"/communities/{community.id}"
    assert is_member(somchai, community)
    for _ in range(2):
        assert browser.post(f"/communities/{community.id}/leave").location == f"/communities/{community.id}"
    assert not is_member(somchai, community)


def test_who_leaves_a_closed_one_is_led_to_the_list(malee, login_as):
    community, somchai = make_community(openness=Openness.CLOSED), make_person("สมชาย")
    belong(community, somchai, by=community.founded_by)
    session.commit()
    answer = login_as(somchai).post(f"/communities/{community.id}/leave")
    assert answer.location == "/communities"


def test_a_request_is_written_once_and_decided_on_the_members_page(malee, login_as):
    community, somchai = make_community(openness=Openness.ON_REQUEST, by=malee), make_person("สมชาย")
    asking = login_as(somchai)
    asking.post(f"/communities/{community.id}/requests", data={"why": "อยากเรียนรู้"})
    again = asking.post(f"/communities/{community.id}/requests", data={"why": "ยังอยากอยู่"})
    assert again.status_code == 422
    assert "คุณขอเข้าร่วมเมื่อ" in again.text
    leading = login_as(malee)
    assert "มีผู้ขอเข้าร่วม 1 คน" in leading.get(f"/communities/{community.id}").text
    assert "อยากเรียนรู้" in leading.get(f"/communities/{community.id}/members").text
    request = session.scalars(select(JoinRequest)).one()
    address = f"/communities/{community.id}/requests/{request.id}"
    assert leading.post(address).status_code == 422, "neither let in nor turned down"
    leading.post(address, data={"outcome": "let_in"})
    assert is_member(somchai, community)
    assert leading.post(address, data={"outcome": "turn_down"}).status_code == 409


def test_a_request_to_one_community_is_not_decided_through_another(malee, login_as):
    mine = make_community("ชุมชนของมาลี", by=malee)
    other = make_community("ชุมชนอื่น", openness=Openness.ON_REQUEST)
    request = ask_to_join(other, make_person("สมชาย"))
    session.commit()
    answer = login_as(malee).post(f"/communities/{mine.id}/requests/{request.id}", data={"outcome": "let_in"})
    assert answer.status_code == 404
    assert request.decided_at is None
    assert login_as(malee).post(f"/communities/{mine.id}/parts/{other.parts[0].id}/end").status_code == 404


def test_who_facilitates_names_a_note_taker_who_gives_it_up_himself(malee, login_as):
    community, somchai = make_community(by=malee), make_person("สมชาย")
    belong(community, somchai, by=somchai)
    session.commit()
    data = {"person": somchai.name, "part": "note_taker"}
    login_as(malee).post(f"/communities/{community.id}/parts", data=data)
    taken = next(one for one in community.parts if one.part == Part.NOTE_TAKER)
    assert taken.person_id == somchai.id
    stranger = make_person("คนอื่น")
    assert login_as(stranger).post(f"/communities/{community.id}/parts/{taken.id}/end").status_code == 403
    login_as(somchai).post(f"/communities/{community.id}/parts/{taken.id}/end")
    session.refresh(community)
    assert [one.part for one in community.parts] == [Part.FACILITATOR]


def test_members_are_offered_by_name_to_who_leads_and_no_list_of_all_stands_in_a_page(malee, login_as):
    community, somchai = make_community(by=malee, openness=Openness.CLOSED), make_person("สมชาย")
    somsak = make_person("สมศักดิ์")
    belong(community, somchai, by=malee)
    session.commit()
    browser, address = login_as(malee), f"/communities/{community.id}/members"

    def offered(query):
        return [one["note"] for one in browser.get(f"{address}/to-choose?{query}").json["people"]]

    assert (offered("q=สม"), offered("q=สม&new=1")) == ([somchai.username], [somsak.username])
    page = browser.get(address).text
    assert somsak.name not in page
    assert page.count('id="person"') == page.count('id="newcomer"') == 1
    make_person("สมชาย")
    refused = browser.post(address, data={"person": "สมชาย"})
    assert refused.status_code == 302, "the other one belongs to it already"
    several = browser.post(f"/communities/{community.id}/parts", data={"person": "สมชาย", "part": "sponsor"})
    assert several.status_code == 422
    assert f"({somchai.username})" in several.text
    assert login_as(somchai).get(f"{address}/to-choose?q=สม").status_code == 403


def test_nobody_takes_a_part_who_is_no_member(malee, login_as):
    community, stranger = make_community(by=malee), make_person("สมชาย")
    answer = login_as(malee).post(
        f"/communities/{community.id}/parts", data={"person": stranger.name, "part": "sponsor"}
    )
    assert answer.status_code == 422
    assert len(community.parts) == 1


def test_a_second_writer_sees_both_texts(malee, login_as):
    community = make_community(by=malee)
    browser = login_as(malee)
    page = browser.get(f"/communities/{community.id}/edit").text
    opened = page.split('name="opened_with"')[1].split('value="')[1].split('"')[0]
    browser.post(
        f"/communities/{community.id}/edit", data=FORM | {"purpose": "ของคนแรก", "opened_with": opened}
    )
    answer = browser.post(
        f"/communities/{community.id}/edit", data=FORM | {"purpose": "ของคนที่สอง", "opened_with": opened}
    )
    assert answer.status_code in (409, 422)
    assert "ของคนแรก" in answer.text
    assert "ของคนที่สอง" in answer.text
    session.refresh(community.group)
    assert community.group.purpose == "ของคนแรก"


def test_the_km_team_opens_again_what_was_ended(malee, login_as):
    community = make_community(by=malee)
    naree = make_person("นารี", groups=(make_group("คณะทำงาน KM", GroupKind.KM_TEAM),))
    login_as(malee).post(f"/communities/{community.id}/close")
    session.refresh(community.group)
    assert community.is_closed_down
    browser = login_as(naree)
    assert community.name in browser.get("/communities?state=closed_down").text
    browser.post(f"/communities/{community.id}/reopen")
    session.refresh(community.group)
    assert not community.is_closed_down


def test_script_in_a_name_is_shown_as_it_was_typed(malee, login_as):
    evil = "<script>alert(1)</script>"
    community = make_community(evil, by=malee, purpose=evil)
    browser = login_as(malee)
    for path in ("/communities", f"/communities/{community.id}", f"/communities/{community.id}/members"):
        page = browser.get(path).text
        assert evil not in page
        assert "&lt;script&gt;" in page


def test_empty_lists_say_what_belongs_there(malee, login_as):
    browser = login_as(malee)
    assert "ยังไม่มีชุมชน" in browser.get("/communities").text
    assert "คุณยังไม่ได้เข้าร่วมชุมชนใด" in browser.get("/communities?state=mine").text
    assert "ยังไม่มีชุมชนที่ปิดงาน" in browser.get("/communities?state=closed_down").text


def test_into_an_open_community_nobody_is_brought_and_into_a_closed_one_he_is_told(malee, login_as):
    somchai, browser = make_person("สมชาย"), login_as(malee)
    opened, closed = make_community(by=malee), make_community("ปิด", openness=Openness.CLOSED, by=malee)
    for community, status in ((opened, 403), (closed, 302)):
        answer = browser.post(f"/communities/{community.id}/members", data={"person": somchai.name})
        assert answer.status_code == status
    assert not is_member(somchai, opened)
    assert is_member(somchai, closed)
    assert "คุณเป็นสมาชิก “ปิด” แล้ว" in login_as(somchai).get("/notices").text


def test_those_who_plan_do_not_open_to_themselves_what_they_have_no_part_in(malee, login_as):
    community = make_community(openness=Openness.ON_REQUEST, by=malee)
    naree = make_person("นารี", groups=(make_group("คณะทำงาน KM", GroupKind.KM_TEAM),))
    leave(community, malee, by=malee)
    session.commit()
    browser, address = login_as(naree), f"/communities/{community.id}/edit"
    opened = browser.get(address).text.split('name="opened_with"')[1].split('value="')[1].split('"')[0]
    answer = browser.post(address, data=FORM | {"openness": "open", "opened_with": opened})
    assert answer.status_code == 422
    session.refresh(community.group)
    assert community.group.openness == Openness.ON_REQUEST
    assert browser.post(address, data=FORM | {"openness": "on_request", "opened_with": opened}).location, (
        "the rest they look after"
    )


def test_what_has_ended_is_edited_by_nobody(malee, login_as):
    community = make_community(by=malee)
    close_down(community, by=malee)
    session.commit()
    assert login_as(malee).get(f"/communities/{community.id}/edit").status_code == 403
