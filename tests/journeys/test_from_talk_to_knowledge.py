"""Ask, call a colleague, answer, accept, lift, see the family tree: in a real browser on a phone's width, with and without
script."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_the_main_job import no_sideways_scroll, sign_in

pytestmark = pytest.mark.browser
# How large the letters of the picture are on the screen.
LETTERS = """Array.from(document.querySelectorAll("svg.family text"),
    one => parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a)"""


@pytest.fixture
def address(portal):
    return f"http://127.0.0.1:{portal.port}"


def phone(chromium, address: str, who: str, *, script: bool) -> Page:
    context = chromium.new_context(
        viewport={"width": 360, "height": 800}, locale="th-TH", java_script_enabled=script
    )
    page = context.new_page()
    sign_in(page, address, who)
    return page


def is_narrow(page: Page, *, script: bool) -> None:
    if script:
        assert no_sideways_scroll(page), page.url


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_question_becomes_knowledge(chromium, address, script):
    name = f"ชุมชนงานช่าง {'ก' if script else 'ข'}"
    malee = phone(chromium, address, "reader", script=script)
    malee.goto(f"{address}/communities/new")
    malee.get_by_label("ชื่อชุมชน").first.fill(name)
    malee.locator("#purpose").fill("ตรวจงานจ้างให้ถูกตั้งแต่ครั้งแรก")
    malee.locator("main button[type=submit]").last.click()
    expect(malee.locator("h1")).to_have_text(name)
    community = malee.url
    is_narrow(malee, script=script)

    sompong = phone(chromium, address, "writer", script=script)
    sompong.goto(community)
    sompong.get_by_role("button", name="เข้าร่วม").click()
    sompong.get_by_role("link", name="ตั้งกระทู้").first.click()
    sompong.locator("#title").fill("ตรวจรับถนนต้องใช้ใครบ้าง")
    ask(sompong, "#text", script=script)
    sompong.get_by_role("button", name="ส่ง", exact=True).click()
    expect(sompong.locator("h1")).to_have_text("ตรวจรับถนนต้องใช้ใครบ้าง")
    thread = sompong.url
    assert sompong.locator("article .prose a", has_text="@มาลี").count() == 1
    is_narrow(sompong, script=script)

    malee.goto(f"{address}/notices")
    malee.get_by_role("link", name="กล่าวถึงคุณใน").first.click()
    expect(malee.locator("h1")).to_have_text("ตรวจรับถนนต้องใช้ใครบ้าง")
    malee.locator("#write textarea").fill("กรรมการสามคน มีช่างหนึ่งคน และผู้ควบคุมงาน")
    malee.get_by_role("button", name="ส่งคำตอบ").click()
    expect(malee.locator("#post-1")).to_contain_text("กรรมการสามคน")

    sompong.goto(f"{thread}?page=1")
    sompong.locator("#post-1").get_by_role("link", name="อ้างถึง").click()
    expect(sompong.locator("#write textarea")).to_have_value(quoting("กรรมการสามคน"))
    sompong.goto(f"{thread}?page=1")
    sompong.locator("#post-1").get_by_role("button", name="ขอบคุณ").click()
    expect(sompong.locator("#post-1 .word-mine")).to_contain_text("ขอบคุณ")
    sompong.locator("#post-1").get_by_role("button", name="นี่คือคำตอบ").click()
    sompong.goto(f"{thread}?page=1")
    expect(sompong.locator("#answer")).to_contain_text("กรรมการสามคน")

    malee.goto(f"{thread}?page=1")
    answer = malee.locator("#post-1")
    if script:  # what is marked is what is taken
        answer.locator(".prose p").evaluate(
            "one => getSelection().setBaseAndExtent(one.firstChild, 0, one.firstChild, 12)"
        )
    answer.get_by_role("link", name="ยกเป็นขุมความรู้").click()
    expect(malee.locator("article[data-passage] input[type=checkbox]:checked")).to_have_count(1)
    expect(malee.locator("article[data-passage] textarea").last).to_have_value(
        "กรรมการสามคน ".strip() if script else ""
    )
    is_narrow(malee, script=script)
    malee.locator("main button[type=submit]").last.click()
    malee.wait_for_url("**/knowledge/*/edit*")
    malee.locator("#title").fill(f"กรรมการตรวจรับถนน {'ก' if script else 'ข'}")
    malee.get_by_role("button", name="เผยแพร่").click()
    expect(malee.locator("h1")).to_contain_text("กรรมการตรวจรับถนน")
    asset = malee.url

    sompong.goto(f"{thread}?page=1")
    expect(sompong.locator("aside, .aside").first).to_contain_text("กรรมการตรวจรับถนน")
    sompong.goto(asset)
    sompong.get_by_role("link", name="ผังที่มา").first.click()
    expect(sompong.locator("svg.family a")).to_have_count(2)
    if script:
        assert min(sompong.evaluate(LETTERS)) >= 14, "the picture is read on a phone"
    expect(sompong.locator("main")).to_contain_text("ตรวจรับถนนต้องใช้ใครบ้าง")
    is_narrow(sompong, script=script)
    for page in (malee, sompong):
        page.context.close()


def ask(page: Page, field: str, *, script: bool) -> None:
    """With script the name is offered after its beginning; without it is typed."""
    if not script:
        page.locator(field).fill("@มาลี ช่วยบอกที")
        return
    # What is typed before the script is there is offered nothing till the next key.
    expect(page.locator(field)).to_have_attribute("aria-controls", re.compile("offered"), timeout=15_000)
    page.locator(field).press_sequentially("ถาม @มาล")
    expect(page.locator("[role=listbox] li").first).to_contain_text("มาลี", timeout=15_000)
    page.keyboard.press("Enter")
    page.locator(field).press_sequentially("ช่วยบอกที")


def quoting(words: str):
    return re.compile(rf"> .*\(/posts/\d+\):\n>\n> {re.escape(words)}")
