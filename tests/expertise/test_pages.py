"""The pages on which people are found by what they know."""

import pytest

from portal.communities.joining import belong
from portal.communities.talking import accept_answer, reply
from portal.db import now, session
from portal.expertise.permissions import can_remove_tag
from portal.expertise.tagging import add_tag, confirm, tags_of
from portal.items.talk_models import Reaction, ReactionSort
from portal.people.models import GroupKind, Openness
from tests.communities.making import make_community, make_thread
from tests.indexing import index_all
from tests.making import make_admin, make_asset, make_group, make_organisation, make_person, make_unit


@pytest.fixture
def manee(app):
    with app.test_request_context():
        make_organisation()
        yield make_person("มานี")


@pytest.fixture
def somchai(manee):
    return make_person("สมชาย")


def test_a_search_for_a_topic_names_people_with_what_they_did_and_no_score(
    manee, somchai, login_as, settings
):
    asset = make_asset("คู่มือจัดซื้อรถขยะ", author=manee)
    thread = make_thread("จัดซื้อรถขยะกี่ราย", by=somchai)
    belong(thread.community, manee, by=manee)
    accept_answer(thread, reply(thread, by=manee, text="สามราย"), by=somchai)
    confirm(add_tag(manee, "จัดซื้อ"), by=somchai)
    index_all(settings)
    page = login_as(somchai).get("/experts?q=จัดซื้อรถขยะ").text
    assert f'href="/people/{manee.id}"' in page
    assert "ตอบแล้วได้รับเลือก 1 ครั้ง" in page
    assert f'href="/threads/{thread.id}?post=1#post-1"' in page
    assert f'href="/knowledge/{asset.id}"' in page
    assert "รู้เรื่อง “จัดซื้อ” เพื่อนร่วมงานยืนยัน 1 คน" in page
    assert page.index(manee.name) < page.index(somchai.name, page.index(manee.name))


def test_the_public_finds_nobody(manee, client):
    answer = client.get("/experts?q=จัดซื้อ")
    assert answer.status_code == 302
    assert "/sign-in" in answer.location


def test_without_a_topic_one_sees_what_colleagues_can_be_asked_about(manee, somchai, login_as):
    add_tag(manee, "ภาษีที่ดิน")
    assert "ภาษีที่ดิน" in login_as(somchai).get("/experts").text


def test_where_nobody_is_found_one_is_led_to_the_communities(somchai, login_as, settings):
    index_all(settings)
    page = login_as(somchai).get("/experts?q=ปลากระป๋อง").text
    assert "ยังไม่พบว่าใครรู้เรื่องนี้" in page
    assert 'href="/communities"' in page


def test_a_script_in_a_topic_or_a_subject_is_shown_as_text(manee, somchai, login_as, settings):
    add_tag(manee, "<script>alert(1)</script>")
    index_all(settings)
    browser = login_as(somchai)
    for address in ("/experts", "/experts?q=<script>alert(1)</script>", f"/people/{manee.id}"):
        assert "<script>alert" not in browser.get(address).text


def test_one_says_what_one_can_be_asked_about_and_takes_it_out_again(manee, login_as):
    browser = login_as(manee)
    assert browser.post("/me/expertise", data={"tag": "จัดซื้อจัดจ้าง"}).status_code == 302
    (tag,) = tags_of([manee.id])[manee.id]
    for address in ("/me", "/me/expertise", f"/people/{manee.id}"):
        assert "จัดซื้อจัดจ้าง" in browser.get(address).text
    browser.post(f"/expertise/{tag.id}/remove")
    assert tags_of([manee.id]) == {}


def test_what_is_refused_stays_in_the_box(manee, login_as):
    answer = login_as(manee).post("/me/expertise", data={"tag": "ก" * 80})
    assert answer.status_code == 422
    assert "ก" * 80 in answer.text
    assert "ยาวได้ไม่เกิน 60 ตัวอักษร" in answer.text


def test_a_colleague_confirms_on_the_profile_and_it_says_who_did(manee, somchai, login_as):
    tag = add_tag(manee, "จัดซื้อ")
    browser = login_as(somchai)
    assert f"/expertise/{tag.id}/confirm" in browser.get(f"/people/{manee.id}").text
    browser.post(f"/expertise/{tag.id}/confirm")
    page = browser.get(f"/people/{manee.id}").text
    assert f"ยืนยันโดย {somchai.name}" in page
    assert f"/expertise/{tag.id}/take-back" in page
    browser.post(f"/expertise/{tag.id}/take-back")
    assert "ยังไม่มีใครยืนยัน" in browser.get(f"/people/{manee.id}").text


def test_nobody_confirms_himself_or_removes_what_another_said(manee, somchai, login_as):
    tag = add_tag(manee, "จัดซื้อ")
    assert login_as(manee).post(f"/expertise/{tag.id}/confirm").status_code == 403
    assert login_as(somchai).post(f"/expertise/{tag.id}/remove").status_code == 403
    assert "/confirm" not in login_as(manee).get(f"/people/{manee.id}").text


def test_a_profile_tells_of_what_its_reader_may_read_and_of_nothing_else(manee, somchai, login_as):
    unit = make_unit("กองช่าง")
    open_one = make_asset("คู่มือเปิด", author=manee)
    make_asset("คู่มือของกองช่าง", author=manee, unit=unit, readers="unit")
    make_asset("ร่างที่ยังไม่เผยแพร่", author=manee, published=False)
    piti = make_person("ปิติ")
    closed = make_community("ชุมชนลับ", openness=Openness.CLOSED, by=piti)
    thread = make_thread("ความลับของชุมชน", community=closed, by=piti)
    belong(closed, manee, by=manee)
    post = reply(thread, by=manee, text="ตอบในที่ปิด")
    accept_answer(thread, post, by=piti)
    session.add(Reaction(item_id=open_one.id, person_id=piti.id, sort=ReactionSort.THANKS))
    session.add(Reaction(item_id=thread.id, post_id=post.id, person_id=piti.id, sort=ReactionSort.THANKS))
    session.commit()
    page = login_as(somchai).get(f"/people/{manee.id}").text
    assert "คู่มือเปิด" in page
    for secret in ("คู่มือของกองช่าง", "ร่างที่ยังไม่เผยแพร่", "ความลับของชุมชน", "ชุมชนลับ", "คำตอบที่ได้รับเลือก"):
        assert secret not in page
    assert "<dt>คำขอบคุณจากเพื่อนร่วมงาน</dt><dd>1</dd>" in page
    member = login_as(piti).get(f"/people/{manee.id}").text
    assert "ความลับของชุมชน" in member
    assert "<dt>คำขอบคุณจากเพื่อนร่วมงาน</dt><dd>2</dd>" in member


def test_telephone_and_mail_are_for_colleagues_and_for_nobody_else(
    manee, somchai, login_as, client, settings
):
    manee.phone, manee.email = "034-111-222", "manee@example.org"
    make_asset("คู่มือจัดซื้อรถขยะ", author=manee, readers="public")
    index_all(settings)
    browser = login_as(somchai)
    assert "034-111-222" in browser.get("/experts?q=จัดซื้อ").text
    assert "manee@example.org" in browser.get(f"/people/{manee.id}").text
    for address in ("/search?q=จัดซื้อ", "/", f"/people/{manee.id}", "/experts?q=จัดซื้อ"):
        page = client.get(address).text
        assert "034-111-222" not in page
        assert "manee@example.org" not in page


def test_the_card_of_a_communitys_members_says_what_each_is_good_at(manee, somchai, login_as, count_queries):
    community = make_community(by=manee)
    belong(community, somchai, by=somchai)
    add_tag(manee, "จัดซื้อ")
    session.commit()
    browser = login_as(somchai)
    browser.get(f"/communities/{community.id}/members")

    def asked():
        with count_queries() as statements:
            page = browser.get(f"/communities/{community.id}/members").text
        return page, len(statements)

    page, few = asked()
    assert "จัดซื้อ" in page
    for name in ("ปิติ", "ชูใจ", "วีระ"):
        person = make_person(name)
        belong(community, person, by=person)
        add_tag(person, f"เรื่องของ{name}")
    session.commit()
    browser.get(f"/communities/{community.id}/members")
    page, many = asked()
    assert "เรื่องของวีระ" in page
    assert many <= few


def test_an_empty_search_leads_to_the_people_who_may_know(manee, somchai, login_as, client, settings):
    index_all(settings)
    browser = login_as(somchai)
    assert 'href="/experts?q=' in browser.get("/search?q=ปลากระป๋องตราเรือใบ").text
    add_tag(manee, "ปลากระป๋อง")
    session.commit()
    page = browser.get("/search?q=ปลากระป๋อง").text
    assert "ใครอาจรู้เรื่องนี้" in page
    assert manee.name in page
    assert "/experts" not in client.get("/search?q=ปลากระป๋อง").text


def test_beside_the_results_stand_those_who_wrote_them_but_not_oneself(manee, somchai, login_as, settings):
    for author in (manee, somchai):
        make_asset(f"คู่มือจัดซื้อของ{author.first_name}", author=author)
    index_all(settings)
    page = login_as(somchai).get("/search?q=จัดซื้อ").text
    section = page[page.index("ใครอาจรู้เรื่องนี้") :]
    assert f'href="/people/{manee.id}"' in section
    assert f'href="/people/{somchai.id}"' not in section


def test_who_has_left_stands_nowhere_among_those_who_may_know(manee, somchai, login_as, settings):
    add_tag(manee, "จัดซื้อ")
    make_asset("คู่มือจัดซื้อรถขยะ", author=manee)
    manee.deactivated_at = now()
    index_all(settings)
    browser = login_as(somchai)
    for address in ("/experts", "/experts?q=จัดซื้อ"):
        assert f'href="/people/{manee.id}"' not in browser.get(address).text
    assert "ใครอาจรู้เรื่องนี้" not in browser.get("/search?q=จัดซื้อ").text


def test_who_plans_takes_a_subject_away_and_its_owner_is_told_by_whom(manee, somchai, login_as):
    insulting = add_tag(manee, "นินทานายก")
    confirm(insulting, by=somchai)
    own = add_tag(somchai, "พัสดุ")
    planner = make_person("นารี", groups=(make_group("คณะทำงาน KM", GroupKind.KM_TEAM),))
    admin = make_admin()
    session.commit()
    may = {
        person.first_name: can_remove_tag(person, insulting) for person in (manee, somchai, planner, admin)
    }
    assert may == {"มานี": True, "สมชาย": False, "นารี": True, admin.first_name: True}
    assert not can_remove_tag(None, insulting)
    address = f"/expertise/{insulting.id}/remove"
    assert address not in login_as(somchai).get(f"/people/{manee.id}").text
    browser = login_as(planner)
    assert address in browser.get(f"/people/{manee.id}").text
    assert browser.post(address).location == f"/people/{manee.id}"
    assert tags_of([manee.id]) == {}
    assert tags_of([somchai.id]) == {somchai.id: [own]}
    notices = login_as(manee).get("/notices").text
    assert "นารี" in notices
    assert "หัวข้อ" in notices
    log = login_as(admin).get("/admin/audit").text
    assert "มานี" in log
    assert "นำหัวข้อ" in log
    assert browser.post(address).status_code == 404
