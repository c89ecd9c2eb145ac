"""The page: works without script, shows what is found, and what to do when nothing is."""

from html import unescape

import pytest
import regex

from portal.knowledge.models import AssetKind
from portal.people.models import GroupKind
from tests.making import make_asset, make_group, make_organisation, make_person, make_unit


@pytest.fixture
def browser(login_as):
    return login_as(make_person("มาลี"))


def read(page):
    """The page's text without its markup, on one line."""
    return " ".join(unescape(regex.sub(r"<[^>]+>", "", page.text)).split())


def test_a_colleague_finds_a_manual_by_a_word_inside_it(browser, settle):
    asset = make_asset("คู่มือรับชำระ", "ผู้มีหน้าที่ยื่นแบบ ภ.ด.ส. ที่งานจัดเก็บรายได้ภายในเดือนเมษายน")
    settle()
    page = browser.get("/search?q=เมษายน")
    assert page.status_code == 200
    assert f'href="/knowledge/{asset.id}' in page.text
    assert "<mark>เมษายน</mark>" in page.text
    assert "พบ 1 รายการ" in read(page)


def test_filters_are_a_form_that_sends_an_address(browser, settle):
    make_asset("คู่มือประปา", "ประปา")
    make_asset("เรื่องเล่าประปา", "ประปา", kind=AssetKind.STORY)
    settle()
    page = browser.get("/search?q=ประปา").text
    form = regex.search(r'<form class="facets".*?</form>', page, regex.DOTALL)[0]
    assert 'action="/search"' in form
    assert 'method="get"' in form
    assert '<input type="hidden" name="q" value="ประปา">' in form
    assert regex.search(r'name="kind" value="story"(?! checked)', form)
    narrowed = browser.get("/search?q=ประปา&kind=story").text
    assert "เรื่องเล่า" in narrowed
    assert "คู่มือ<mark>ประปา</mark>" not in narrowed
    assert regex.search(r'name="kind" value="story" checked', narrowed)
    assert regex.search(r'name="kind" value="manual"', narrowed)  # to choose it as well


def test_pages_keep_question_and_filters(browser, settle):
    author = make_person()
    for n in range(12):
        make_asset(f"คู่มือประปา {n}", "ประปา", author=author)
    settle()
    page = browser.get("/search?q=ประปา&step=KM3").text
    following = unescape(regex.search(r'href="([^"]+)" rel="next"', page)[1])
    assert browser.get(following).text.count('class="hit"') == 2


def test_nothing_typed_invites_to_ask(browser):
    page = browser.get("/search")
    assert page.status_code == 200
    assert 'class="hit"' not in page.text
    assert "คุณกำลังหาอะไร" in read(page)


@pytest.mark.parametrize(
    ("address", "advice"),
    [
        ("/search?q=กขคงจ", "ไม่พบ"),
        ("/search?q=ประปา&kind=qa", "ค้นโดยไม่ใช้ตัวกรอง"),
        ("/search?kind=qa", "ล้างทั้งหมด"),
        ("/search?q=อะไร", "คำเหล่านี้"),
        ("/search?q=ประปา&page=40", "ไปหน้าแรก"),
    ],
)
def test_an_empty_page_says_what_to_do_next(browser, settle, address, advice):
    make_asset("คู่มือประปา", "ประปา")
    settle()
    page = browser.get(address)
    assert 'class="hit"' not in page.text
    assert advice in read(page)


def test_while_the_index_is_rebuilt_the_page_says_so_and_answers(browser):
    make_asset("คู่มือประปา", "ประปา")
    page = browser.get("/search?q=ประปา")
    assert "คู่มือ<mark>ประปา</mark>" in page.text
    assert "กำลังสร้าง" in read(page)


def test_what_people_wrote_stays_text(browser, settle):
    make_asset('<script>alert(1)</script> "ประปา" &', "`<b>ประปา</b>` <img src=x onerror=alert(1)>")
    settle()
    page = browser.get('/search?q=ประปา"><script>alert(2)</script>').text
    assert "<script>alert" not in page
    assert "<b>" not in regex.search(r'<article class="hit">.*?</article>', page, regex.DOTALL)[0]


@pytest.mark.parametrize("hostile", ["(" * 3000, "*", "title:[a TO", "ก" * 7000, "%FF%FE", "\u0e48" * 900])
def test_no_input_is_an_error(browser, settle, hostile):
    make_asset()
    settle()
    assert browser.get("/search", query_string=f"q={hostile}").status_code == 200
    assert (
        browser.get(
            "/search", query_string=f"q=ประปา&page={hostile}&unit={hostile}&kind={hostile}"
        ).status_code
        == 200
    )


def test_the_public_searches_what_is_public_and_learns_no_names(client, settle):
    author = make_person("สมพงษ์", last_name="ผู้เขียนลับ")
    make_asset("คู่มือประชาชน", "ขอใช้ประปา", readers="public", author=author)
    make_asset("คู่มือภายใน", "ซ่อมประปา", author=author)
    settle()
    page = client.get("/search?q=ประปา")
    assert page.status_code == 200
    assert "คู่มือประชาชน" in page.text
    assert "คู่มือภายใน" not in page.text
    assert "ผู้เขียนลับ" not in page.text
    assert "พบ 1 รายการ" in read(page)


def test_the_author_is_named_to_colleagues(browser, settle):
    make_asset("คู่มือประปา", author=make_person("สมพงษ์", last_name="เขียนเก่ง"), unit=make_unit("กองช่าง"))
    settle()
    page = read(browser.get("/search?q=ประปา"))
    assert "เขียนเก่ง" in page
    assert "กองช่าง" in page


def test_in_english_the_page_speaks_english(browser, settle):
    make_asset("คู่มือประปา", "ประปา")
    settle()
    browser.post("/language", data={"language": "en"})
    page = read(browser.get("/search?q=ประปา"))
    assert "1 result" in page
    assert "Fiscal year" in page


def test_thai_numerals_are_on_the_whole_page(login_as, settle):
    make_organisation(numerals="thai")
    browser = login_as(make_person())
    make_asset("คู่มือประปา", "ประปา")
    settle()
    page = read(browser.get("/search?q=ประปา"))
    assert "พบ ๑ รายการ" in page
    assert regex.search("๒๕[๐-๙]{2}", page)


def test_a_page_of_results_costs_few_queries(browser, settle, count_queries, database):
    most = 18 if database == "postgresql" else 12  # there the index is asked by queries, too
    author = make_person()
    for n in range(10):
        make_asset(f"คู่มือประปา {n}", "ประปา", author=author)
    settle()
    browser.get("/search?q=ประปา")
    with count_queries() as statements:
        browser.get("/search?q=ประปา")
    assert len(statements) <= most, "\n".join(statements)


def test_only_staff_are_told_to_write_down_what_is_not_there(browser, client):
    make_organisation()
    assert "เขียนขึ้นไว้" in read(browser.get("/search?q=กขคงจ"))
    page = read(client.get("/search?q=กขคงจ"))
    assert "ไม่พบ" in page
    assert "เขียนขึ้นไว้" not in page


def test_a_typed_filter_is_shown_and_can_be_taken_away(browser, settle):
    make_asset("คู่มือประปา", "ประปา")
    make_asset("เรื่องเล่าประปา", "ประปา", kind=AssetKind.STORY)
    settle()
    page = browser.get("/search?q=ประปา ประเภท:คู่มือ&sort=title").text
    assert page.count('class="hit"') == 1
    chip = regex.search(r'<a class="tag tag-removable" href="([^"]+)">(.*?)</a>', page, regex.DOTALL)
    assert "ประเภท: คู่มือ" in chip[2]
    assert browser.get(unescape(chip[1])).text.count('class="hit"') == 2
    # Its box is ticked, and unticking it leaves nothing behind in the words.
    form = regex.search(r'<form class="facets".*?</form>', page, regex.DOTALL)[0]
    assert '<input type="hidden" name="q" value="ประปา">' in form
    assert regex.search(r'name="kind" value="manual" checked', form)


def test_people_are_a_filter_that_is_shown_and_can_be_taken_away(browser, settle):
    somchai = make_person("สมชาย", last_name="ขยัน", prefix="นาย")
    make_asset("คู่มือประปา", "ประปา", author=somchai)
    make_asset("เรื่องเล่าประปา", "ประปา")
    settle()
    for address in ("/search?q=ประปา โดย:สมชาย", f"/search?q=ประปา&author={somchai.id}"):
        page = browser.get(address).text
        assert page.count('class="hit"') == 1
        chip = regex.search(r'<a class="tag tag-removable" href="([^"]+)">(.*?)</a>', page, regex.DOTALL)
        assert "นายสมชาย ขยัน" in chip[2]
        assert browser.get(unescape(chip[1])).text.count('class="hit"') == 2


def test_a_filter_that_nobody_knows_is_said_to_be_none(browser, settle):
    make_asset("คู่มือประปา", "ประปา")
    settle()
    page = browser.get("/search?q=ประปา หน่วย:กองสวน")
    assert 'class="hit"' in page.text
    assert "ไม่รู้จักหน่วยงาน “กองสวน”" in read(page)


def test_results_are_offered_in_other_orders(browser, settle):
    for title in ("ขั้นตอนประปา", "เกมประปา"):
        make_asset(title, "ประปา")
    settle()
    page = browser.get("/search?q=ประปา").text
    by_title = unescape(regex.search(r'<a href="([^"]+)">ตามชื่อเรื่อง</a>', page)[1])
    found = browser.get(by_title).text
    assert found.index("เกม<mark>") < found.index("ขั้นตอน<mark>")
    assert '<b aria-current="true">ตามชื่อเรื่อง</b>' in found


def test_what_was_typed_in_the_wrong_layout_is_offered_as_it_was_meant(browser, client, settle):
    make_asset("คู่มือประปา", "ประปา", readers="public")
    unit = make_unit("กองคลัง")
    make_asset("แผนลับ", "ระเบิด", author=make_person("สมพงษ์", unit=unit), unit=unit, readers="unit")
    settle()
    page = browser.get("/search", query_string={"q": "xitxk"}).text
    meant = regex.search(r'คุณหมายถึง <a href="([^"]+)">ประปา</a>', page)
    assert 'class="hit"' in browser.get(unescape(meant[1])).text
    # "ระเบิด" stands in a closed item only: to everybody else it is a word that stands nowhere.
    for person in (browser, client):
        assert "คุณหมายถึง" not in person.get("/search", query_string={"q": "itg[bf"}).text


def test_searching_only_for_what_was_typed_can_be_undone(browser, settle):
    make_asset("คู่มือประปา", "ประปา")
    settle()
    page = browser.get("/search?q=ประปา&exact=1").text
    undo = regex.search(r'<a href="([^"]+)">ค้นคำที่มีความหมายเดียวกันด้วย</a>', page)
    assert "exact" not in undo[1]
    form = regex.search(r'<form class="facets".*?</form>', page, regex.DOTALL)[0]
    assert '<input type="hidden" name="exact" value="1">' in form


def test_what_stands_nowhere_is_said_under_the_heading_and_can_be_asked_for(browser, client, settle):
    make_asset("ขอใบอนุญาตก่อสร้าง", "หนังสือ มท 0808.2/ว 1234", readers="public")
    settle()
    page = browser.get("/search?q=ขอใบอนุญาต โดรน")
    assert "ไม่พบคำว่า “โดรน” ในเรื่องที่คุณอ่านได้" in read(page)
    assert '<details class="need" open>' in page.text
    assert 'href="#need"' in page.text
    assert "ไม่พบเลขที่ “มท 0808.2/ว 9999”" in read(browser.get("/search?q=มท 0808.2/ว 9999"))
    found = browser.get("/search?q=ขอใบอนุญาต")
    assert "ไม่พบ" not in regex.sub(r"<details.*?</details>", "", found.text, flags=regex.DOTALL)
    assert '<details class="need">' in found.text
    page = client.get("/search?q=ขอใบอนุญาต โดรน")
    assert "ไม่พบคำว่า “โดรน”" in read(page)
    assert "#need" not in page.text


def test_who_asks_what_a_colleague_asked_for_already_joins_him(app, login_as):
    nari = make_person("นารี", groups=(make_group("คณะทำงาน KM", GroupKind.KM_TEAM),))
    login_as(make_person("สมชาย")).post("/plan/needs", data={"words": "บินโดรนพ่นยา"})
    browser = login_as(make_person("มาลี"))
    page = browser.get("/search?q=บินโดรน พ่นยา")
    assert "มีผู้ขอความรู้นี้ไว้แล้ว 1 คน" in read(page)
    assert "/close" not in page.text
    browser.post(regex.search(r'action="(/plan/needs/[0-9]+/me-too)"', page.text)[1])
    page = browser.get("/search?q=บินโดรนพ่นยา")
    assert "มีผู้ขอความรู้นี้ไว้แล้ว 2 คน" in read(page)
    assert "me-too" not in page.text
    assert regex.search("/plan/needs/[0-9]+/close", login_as(nari).get("/search?q=บินโดรนพ่นยา").text)


def test_the_heading_puts_no_quotation_marks_around_those_typed(browser, settle):
    make_asset("แผนพัฒนาท้องถิ่น")
    settle()
    assert 'ผลการค้นหา "แผนพัฒนา"' in read(browser.get('/search?q="แผนพัฒนา"'))
    assert "ผลการค้นหา “แผนพัฒนา”" in read(browser.get("/search?q=แผนพัฒนา"))


def test_two_digits_alone_are_offered_as_a_year(browser, settle):
    make_asset("แผนพัฒนาปี 2566")
    settle()
    page = browser.get("/search?q=66")
    assert "หมายถึง" in read(page)
    assert "ปี 2566" in read(page)


def test_the_public_reads_no_name_of_a_unit_that_opened_nothing_to_it(client, browser, settle):
    quiet, open_ = make_unit("กองลับเฉพาะ"), make_unit("กองเปิดเผย")
    make_asset("คู่มือประปา", "ประปา", unit=open_, readers="public")
    make_asset("คู่มือภายใน", "ประปา", unit=quiet)
    settle()
    for address in (f"/search?q=ประปา&unit={quiet.id}", "/search?q=ประปา หน่วยงาน:กองลับ", "/search?q=ประปา"):
        assert quiet.name not in read(client.get(address)), address
    assert quiet.name in read(browser.get(f"/search?q=ประปา&unit={quiet.id}"))
    assert open_.name in read(client.get(f"/search?q=ประปา&unit={open_.id}"))
    assert f'value="{quiet.id}"' in client.get(f"/search?q=ประปา&unit={quiet.id}").text  # to be unmade
