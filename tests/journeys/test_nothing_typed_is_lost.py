"""Nothing typed is lost, in a real browser against the real portal: two tabs, a tab loaded again, a session that was
ended elsewhere, a comment that waits; and the step that follows the kind."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_the_main_job import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def address(portal):
    return f"http://127.0.0.1:{portal.port}"


@pytest.fixture
def writing(chromium, address):
    """A browser in which the writer is signed in."""
    context = chromium.new_context(viewport={"width": 360, "height": 800}, locale="th-TH")
    sign_in(context.new_page(), address, "writer")
    yield context
    context.close()


def is_kept(page: Page) -> None:
    expect(page.locator(".draft-state")).to_contain_text("บันทึกร่างแล้ว", timeout=10_000)


def test_two_tabs_keep_two_texts_and_each_finds_its_own_when_loaded_again(writing, address):
    one, other = writing.new_page(), writing.new_page()
    for page, title in ((one, "เรื่องในแท็บแรก"), (other, "เรื่องในแท็บที่สอง")):
        page.goto(f"{address}/knowledge/new")
        page.locator("#title").press_sequentially(title)
        is_kept(page)
        assert "draft=" in page.url
    one.reload()
    expect(one.locator("#title")).to_have_value("เรื่องในแท็บแรก")
    expect(one.locator(".draft-offer")).to_have_count(0)
    other.reload()
    expect(other.locator("#title")).to_have_value("เรื่องในแท็บที่สอง")
    one.goto(address)
    lines = one.locator("#unfinished")
    expect(lines).to_contain_text("เรื่องในแท็บที่สอง")
    line = lines.locator("li", has_text="เรื่องในแท็บแรก")
    line.locator("summary").click()
    line.get_by_role("button", name="ใช่ ทิ้งเลย").click()
    expect(lines).not_to_contain_text("เรื่องในแท็บแรก")
    lines.get_by_role("link", name="เรื่องในแท็บที่สอง").click()
    expect(one.locator("#title")).to_have_value("เรื่องในแท็บที่สอง")


def test_a_text_typed_without_a_connection_in_a_tab_that_closed_is_offered_in_the_next(writing, address):
    page = writing.new_page()
    page.goto(f"{address}/knowledge/new")
    writing.set_offline(True)
    page.locator("#title").press_sequentially("เขียนบนเรือ")
    page.close()
    writing.set_offline(False)
    page = writing.new_page()
    page.clock.install()
    page.clock.fast_forward(120_000)
    page.goto(f"{address}/knowledge/new")
    page.get_by_role("button", name="ทำต่อจากร่าง").click()
    expect(page.locator("#title")).to_have_value("เขียนบนเรือ")


def test_a_comment_waits_for_its_writer_and_is_gone_when_sent(writing, address, chromium):
    author = writing.new_page()
    author.goto(f"{address}/knowledge/new")
    author.fill("#title", "เรื่องที่รอความเห็น")
    author.fill("#text", "เนื้อหา")
    author.get_by_role("button", name="เผยแพร่").click()
    expect(author.locator("h1")).to_contain_text("เรื่องที่รอความเห็น")
    item = author.url
    author.locator("#text").press_sequentially("ขอเพิ่มว่า")
    is_kept(author)
    author.goto(item)
    author.get_by_role("button", name="ทำต่อจากร่าง").click()
    expect(author.locator("#text")).to_have_value("ขอเพิ่มว่า")
    author.get_by_role("button", name="ส่งความเห็น").click()
    expect(author.locator("article.post")).to_contain_text("ขอเพิ่มว่า")
    # One sent within the pause, before the server had a draft of it, is not offered again either.
    author.fill("#text", "ส่งทันที")
    author.get_by_role("button", name="ส่งความเห็น").click()
    expect(author.locator("article.post").last).to_contain_text("ส่งทันที")
    author.wait_for_timeout(500)
    expect(author.locator(".draft-offer")).to_have_count(0)
    expect(author.locator("#text")).to_have_value("")


def test_who_was_signed_out_elsewhere_comes_back_to_what_he_typed(writing, address, chromium):
    page = writing.new_page()
    page.goto(f"{address}/knowledge/new")
    page.fill("#title", "พิมพ์ทั้งบ่าย")
    page.fill("#text", "เนื้อหาที่พิมพ์ทั้งบ่าย")
    is_kept(page)
    elsewhere = chromium.new_context(locale="th-TH").new_page()
    sign_in(elsewhere, address, "writer")
    elsewhere.goto(f"{address}/me")
    elsewhere.evaluate("document.querySelector('form[action=\"/sign-out-everywhere\"]').submit()")
    expect(elsewhere.locator("#account")).to_be_visible()
    page.get_by_role("button", name="บันทึกเป็นร่าง").click()
    expect(page.locator("main")).to_contain_text("หมดเวลา")
    page.fill("#account", "writer")
    page.fill("#password", "ปลาทูว่ายในคลอง")
    page.press("#password", "Enter")
    expect(page.locator("main")).to_contain_text("ชื่อเรื่อง")
    expect(page.get_by_label("ชื่อเรื่อง")).to_have_value("พิมพ์ทั้งบ่าย")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="ส่งอีกครั้ง").click()
    expect(page.locator("h1")).to_contain_text("พิมพ์ทั้งบ่าย")
    page.goto(address)
    expect(page.locator("#unfinished li", has_text="พิมพ์ทั้งบ่าย")).to_have_count(1)  # the draft it was saved as


def test_the_step_follows_the_kind_till_the_writer_chooses_one(writing, address):
    page = writing.new_page()
    page.goto(f"{address}/knowledge/new")
    step = page.locator("#fulfilments-0-step")
    expect(step).to_have_value("KM3")
    page.select_option("#kind", "story")
    expect(step).to_have_value("KM6")
    page.select_option("#kind", "qa")
    expect(step).to_have_value("KM5")
    step.select_option("KM2")
    page.select_option("#kind", "lesson_learned")
    expect(step).to_have_value("KM2")


def test_the_preview_shows_what_is_typed(writing, address):
    page = writing.new_page()
    page.goto(f"{address}/knowledge/new")
    page.fill("#text", "คำ**หนา**")
    page.locator("[data-preview] summary").click()
    expect(page.locator("[data-preview-text] strong")).to_have_text("หนา")


def test_a_file_fills_the_form_without_script(chromium, address, tmp_path):
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": 360, "height": 800}, locale="th-TH"
    )
    page = context.new_page()
    sign_in(page, address, "writer")
    file = tmp_path / "แนวทาง.txt"
    file.write_bytes("แนวทางการเบิกค่าเดินทาง\n\nให้แนบใบสำคัญรับเงิน".encode("tis-620"))
    page.goto(f"{address}/knowledge/new")
    page.locator("#from-file summary").click()
    page.set_input_files("#file", file)
    page.get_by_role("button", name="นำมาใส่ในแบบฟอร์ม").click()
    expect(page.locator("#title")).to_have_value("แนวทางการเบิกค่าเดินทาง")
    expect(page.locator("#text")).to_have_value(re.compile("ให้แนบใบสำคัญรับเงิน"))
    context.close()


@pytest.mark.parametrize("script", [True, False])
def test_who_looks_at_the_preview_at_once_and_leaves_finds_the_text_again(chromium, address, script):
    context = chromium.new_context(java_script_enabled=script, locale="th-TH")
    page = context.new_page()
    sign_in(page, address, "writer")
    title = f"ดูก่อนแล้วไป {'มี' if script else 'ไม่มี'}สคริปต์"
    page.goto(f"{address}/knowledge/new")
    page.fill("#title", title)
    page.fill("#text", "บรรทัดแรก\n\nบรรทัดสุดท้าย\n")
    page.get_by_role("button", name="ดูตัวอย่าง").click()
    expect(page.locator("#preview")).to_contain_text("บรรทัดสุดท้าย")
    if script:
        page.wait_for_timeout(500)
        expect(page.locator(".draft-offer")).to_have_count(0)
        page.go_back()
        expect(page.locator("#title")).to_have_value(title)
        page.wait_for_timeout(500)
        expect(page.locator(".draft-offer")).to_have_count(0)
    page.goto(f"{address}/knowledge/new")
    expect(page.locator("#begun")).to_contain_text(title)
    page.goto(address)
    page.locator("#unfinished").get_by_role("link", name=title).click()
    expect(page.locator("#text")).to_have_value(re.compile("บรรทัดสุดท้าย"))
    context.close()


def test_a_comment_left_in_the_middle_is_listed_at_once_and_opens_filled(writing, address):
    page = writing.new_page()
    page.goto(f"{address}/knowledge/new")
    page.fill("#title", "เรื่องที่ความเห็นค้าง")
    page.fill("#text", "เนื้อหา")
    page.get_by_role("button", name="เผยแพร่").click()
    page.locator("#text").press_sequentially("พิมพ์ไว้ครึ่งเดียว")
    page.locator("a.brand").click()
    line = page.locator("#unfinished li", has_text="เรื่องที่ความเห็นค้าง")
    expect(line).to_contain_text("ความเห็น")
    line.get_by_role("link", name="เขียนต่อ").click()
    expect(page.locator("#text")).to_have_value("พิมพ์ไว้ครึ่งเดียว")
    page.wait_for_timeout(500)
    expect(page.locator(".draft-offer")).to_have_count(0)
    # Left by typing another address, the draft is sent on behind it.
    page.press("#text", "Control+End")
    page.locator("#text").press_sequentially(" และอีกครึ่ง")
    page.goto(f"{address}/people")
    page.wait_for_timeout(500)
    page.goto(address)
    line.get_by_role("link", name="เขียนต่อ").click()
    expect(page.locator("#text")).to_have_value("พิมพ์ไว้ครึ่งเดียว และอีกครึ่ง")
    page.get_by_role("button", name="ส่งความเห็น").click()
    expect(page.locator("article.post")).to_contain_text("และอีกครึ่ง")
    page.goto(address)
    expect(line).to_have_count(0)


def test_what_is_saved_while_its_draft_is_on_the_way_leaves_no_draft_behind(writing, address):
    page = writing.new_page()
    page.goto(f"{address}/knowledge/new")
    page.fill("#title", "บันทึกระหว่างส่งร่าง")
    page.fill("#text", "เนื้อหา")
    page.route("**/drafts/**", lambda route: (page.wait_for_timeout(400), route.continue_()))
    with page.expect_request("**/drafts/knowledge-new-*", timeout=10_000):
        page.locator("#text").press_sequentially("ต่อ")
    page.get_by_role("button", name="บันทึกเป็นร่าง").click()
    expect(page.locator("h1")).to_contain_text("บันทึกระหว่างส่งร่าง")
    page.goto(address)
    expect(page.locator("#unfinished li", has_text="บันทึกระหว่างส่งร่าง")).to_have_count(1)


@pytest.mark.parametrize("script", [True, False])
def test_who_signed_out_in_another_tab_is_told_that_his_text_is_kept_and_gets_it_back(
    chromium, address, script
):
    context = chromium.new_context(
        java_script_enabled=script, viewport={"width": 360, "height": 800}, locale="th-TH"
    )
    page = context.new_page()
    sign_in(page, address, "writer")
    page.goto(f"{address}/knowledge/new")
    page.fill("#title", "พิมพ์แล้วออกที่แท็บอื่น")
    page.fill("#text", "เนื้อหาทั้งบ่าย")
    tab = context.new_page()
    tab.goto(f"{address}/me")
    tab.locator("summary", has_text="สมพงษ์").click()
    tab.get_by_role("button", name="ออกจากระบบ", exact=True).click()
    expect(tab.get_by_role("link", name="เข้าสู่ระบบ").first).to_be_visible()
    page.get_by_role("button", name="บันทึกเป็นร่าง").click()
    expect(page.locator("main")).to_contain_text("สิ่งที่พิมพ์ไว้ยังอยู่ครบ")
    page.fill("#account", "writer")
    page.fill("#password", "ปลาทูว่ายในคลอง")
    page.press("#password", "Enter")
    expect(page.get_by_label("ชื่อเรื่อง")).to_have_value("พิมพ์แล้วออกที่แท็บอื่น")
    expect(page.locator("header summary", has_text="สมพงษ์")).to_be_visible()
    page.get_by_role("button", name="ส่งอีกครั้ง").click()
    expect(page.locator("h1")).to_contain_text("พิมพ์แล้วออกที่แท็บอื่น")
    context.close()


@pytest.mark.parametrize("script", [True, False])
def test_the_page_speaks_of_buttons_only_where_they_are(chromium, address, script):
    page = chromium.new_context(java_script_enabled=script, locale="th-TH").new_page()
    sign_in(page, address, "writer")
    page.goto(f"{address}/knowledge/new")
    expect(page.locator("[data-editor-help]")).to_be_visible(visible=script)
    expect(page.locator("#text-help")).not_to_contain_text("ปุ่ม")
    page.context.close()


def test_an_offered_draft_is_not_overwritten_by_what_is_typed_before_one_answers(writing, address):
    page = writing.new_page()
    page.goto(f"{address}/knowledge/new")
    page.fill("#title", "เรื่องที่บันทึกแล้ว")
    page.fill("#text", "เนื้อหาที่บันทึกแล้ว")
    page.get_by_role("button", name="บันทึกเป็นร่าง").click()
    page.wait_for_url(re.compile(r"/knowledge/[0-9]+"))
    edit = f"{page.url.split('?')[0]}/edit"
    page.goto(edit)
    page.fill("#text", "เนื้อหาที่บันทึกแล้ว ต่อด้วยข้อความที่ยังไม่ได้บันทึก")
    is_kept(page)
    page.goto("about:blank")
    page.goto(edit)
    expect(page.locator(".draft-offer")).to_be_visible()
    page.locator("#tags").press_sequentially("พัสดุ")  # types on without looking at the offer
    is_kept(page)
    page.goto("about:blank")
    page.goto(f"{edit}?draft=1")
    expect(page.locator("#text")).to_have_value("เนื้อหาที่บันทึกแล้ว ต่อด้วยข้อความที่ยังไม่ได้บันทึก")
    expect(page.locator("#tags")).to_have_value("พัสดุ")
