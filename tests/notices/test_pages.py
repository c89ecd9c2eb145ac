"""The bell, its list, following what it tells of, and one's choices; on the pages people see."""

import re

import pytest
from sqlalchemy import select

from portal.db import session
from portal.items import audience
from portal.items.posting import write_post
from portal.notices.models import Notice, NoticePreference, Way
from portal.people.models import Person
from tests.making import make_asset, make_person, make_unit

BELL = re.compile(r'<a class="notices" href="/notices">.*?</a>', re.S)


def bell(browser, url="/knowledge"):
    """The number at the bell, empty when there is none."""
    found = BELL.search(browser.get(url).text)
    number = re.search(r'<b class="count">([^<]*)', found[0]) if found else None
    return number[1] if number else ""


def commented(author, title="คู่มือรับชำระภาษี", times=1, **more):
    asset = make_asset(title, author=author, **more)
    for _ in range(times):
        write_post(asset, by=make_person("มานพ"), text="ลองทำแล้ว")
    session.commit()
    return asset


def notice_of(person):
    return session.scalars(
        select(Notice).where(Notice.person_id == person.id).order_by(Notice.id.desc())
    ).first()


def test_the_bell_counts_what_is_unread_on_every_page(login_as):
    author = make_person("สมศรี")
    browser = login_as(author)
    assert bell(browser) == ""
    commented(author)
    assert [bell(browser, url) for url in ("/", "/knowledge", "/me", "/notices")] == ["1"] * 4
    commented(author, "อีกเรื่อง")
    assert bell(browser) == "2"


def test_the_number_is_written_in_the_readers_numerals_and_ends_at_99(login_as, tell_her):
    author = make_person("สมศรี", numerals="thai")
    for number in range(120):
        tell_her(author, f"เรื่อง {number}")
    assert bell(login_as(author)) == "๙๙+"
    assert "ยังไม่ได้อ่าน ๑๒๐ เรื่อง" in login_as(author).get("/notices").text


def test_visitors_have_no_bell_and_no_list(client, app):
    make_person()
    assert not BELL.search(client.get("/").text)
    assert client.get("/notices").location.startswith("/sign-in")


def test_a_page_costs_one_question_more_at_most_and_an_item_none(login_as, count_queries):
    author = make_person("สมศรี")
    asset = commented(author, times=3)
    browser = login_as(author)

    def cost(url):
        browser.get(url)
        browser.get(url)
        with count_queries() as statements:
            browser.get(url)
        return [one for one in statements if "notice" in one or "subscription" in one], len(statements)

    asked, all_asked = cost(f"/knowledge/{asset.id}")
    assert asked == []
    assert all_asked == 3
    assert cost("/notices")[1] >= 3
    with_unread = cost("/knowledge")
    browser.post("/notices/read")
    assert cost("/knowledge") == with_unread


def test_following_a_notice_leads_there_and_marks_it_read(login_as):
    author = make_person("สมศรี")
    asset = commented(author)
    browser = login_as(author)
    answer = browser.get(f"/notices/{notice_of(author).id}")
    assert answer.location == f"/knowledge/{asset.id}#post-1"
    assert bell(browser) == ""
    assert notice_of(author).read_at is not None
    assert "คู่มือรับชำระภาษี" in browser.get("/notices").text, "it stays in the list"


def test_all_are_marked_as_read(login_as):
    author = make_person("สมศรี")
    for number in range(3):
        commented(author, f"เรื่อง {number}")
    browser = login_as(author)
    page = browser.post("/notices/read", follow_redirects=True).text
    assert "บันทึกแล้วว่าอ่านครบทุกเรื่อง" in page
    assert "อ่านครบทุกเรื่องแล้ว" in page
    assert bell(browser) == ""


def test_another_persons_notice_is_not_found_and_stays_unread(login_as):
    author = make_person("สมศรี")
    commented(author)
    assert login_as(make_person("มาลี")).get(f"/notices/{notice_of(author).id}").status_code == 404
    assert notice_of(author).read_at is None


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999"])
def test_a_notice_that_never_was_is_not_found(login_as, number):
    assert login_as(make_person()).get(f"/notices/{number}").status_code == 404


def test_what_was_closed_meanwhile_is_gone_from_bell_list_and_address(login_as):
    unit = make_unit("กองคลัง")
    follower, author = make_person("ปิติ", unit=make_unit("กองช่าง")), make_person("สมศรี", unit=unit)
    asset = make_asset("เงินเดือนผู้บริหาร", author=author, unit=unit)
    browser = login_as(follower)
    browser.post(f"/items/{asset.id}/follow")
    write_post(asset, by=author, text="ข้อมูลเพิ่ม")
    assert bell(browser) == "1"
    assert "เงินเดือนผู้บริหาร" in browser.get("/notices").text
    audience.open_to(asset, audience.tokens_for("unit", asset))
    assert bell(browser) == ""
    assert "เงินเดือนผู้บริหาร" not in browser.get("/notices").text
    assert browser.get(f"/notices/{notice_of(follower).id}").status_code == 404


def test_titles_are_escaped_in_the_list(login_as):
    author = make_person("สมศรี")
    commented(author, "<script>alert(1)</script> & “จบ”")
    page = login_as(author).get("/notices").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; “จบ”" in page


def test_an_empty_list_says_what_belongs_there(login_as):
    page = login_as(make_person()).get("/notices").text
    assert "ยังไม่มีแจ้งเตือน" in page
    assert "/notices/read" not in page


def test_a_long_list_has_pages(login_as, tell_her):
    person = make_person()
    for number in range(65):
        tell_her(person, f"ที่ {number}.")
    browser = login_as(person)
    assert [browser.get(f"/notices?page={page}").text.count("เรื่อง ที่") for page in (1, 2, 3)] == [30, 30, 5]
    assert browser.get("/notices?page=9999").text.count("เรื่อง ที่") == 5
    assert browser.get("/notices?page=มั่ว").status_code == 200


def test_an_item_is_followed_and_left_by_a_button_beside_it(login_as):
    author, reader = make_person("สมศรี"), make_person("มาลี")
    asset = make_asset(author=author)
    browser = login_as(reader)
    page = browser.get(f"/knowledge/{asset.id}").text
    assert f"/items/{asset.id}/follow" in page
    page = browser.post(f"/items/{asset.id}/follow", follow_redirects=True).text
    assert "ตั้งแต่นี้จะแจ้งเมื่อมีความเห็นใหม่" in page
    assert f"/items/{asset.id}/unfollow" in page
    assert f"/items/{asset.id}/follow" not in page
    write_post(asset, by=author, text="หนึ่ง")
    assert bell(browser) == "1"
    browser.post(f"/items/{asset.id}/unfollow")
    assert bell(browser) == ""
    assert f"/items/{asset.id}/unfollow" in login_as(author).get(f"/knowledge/{asset.id}").text


def test_visitors_are_offered_no_following(client, app):
    asset = make_asset(author=make_person(), readers="public")
    assert f"/items/{asset.id}/follow" not in client.get(f"/knowledge/{asset.id}").text


def test_the_way_of_being_told_is_chosen_on_ones_own_page(login_as):
    me = make_person(email="me@town.example")
    browser = login_as(me)
    checked = re.compile(r'name="way"[^>]*value="(\w+)"[^>]*checked|checked[^>]*name="way"[^>]*value="(\w+)"')
    assert "".join(filter(None, checked.search(browser.get("/me").text).groups())) == "daily"
    for way in (Way.AT_ONCE, Way.IN_APP, Way.DAILY):
        assert browser.post("/me/notices", data={"way": way}).status_code == 302
        assert session.get(NoticePreference, me.id).way == way
        assert "".join(filter(None, checked.search(browser.get("/me").text).groups())) == way


@pytest.mark.parametrize("way", ["", "by_pigeon", "daily\0"])
def test_a_way_there_is_not_is_refused_in_words(login_as, way):
    answer = login_as(make_person()).post("/me/notices", data={"way": way})
    assert answer.status_code == 422 or answer.status_code == 400
    assert session.scalars(select(NoticePreference)).all() == []


def test_who_has_no_address_is_told_so(login_as):
    assert "ยังไม่มีที่อยู่อีเมลของคุณ" in login_as(make_person()).get("/me").text
    assert "ยังไม่มีที่อยู่อีเมลของคุณ" not in login_as(make_person(email="me@town.example")).get("/me").text


def test_a_new_choice_is_the_persons_own(login_as):
    me, other = make_person(), make_person()
    login_as(me).post("/me/notices", data={"way": "in_app"})
    assert session.get(NoticePreference, other.id) is None
    assert session.get(Person, me.id).is_active
