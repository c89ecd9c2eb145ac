"""The comfort of the editor, in a real browser: lists that number themselves, and what is pasted from other programs."""

import pytest
from playwright.sync_api import expect

from tests.journeys.test_the_main_job import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def page(portal, chromium):
    address = f"http://127.0.0.1:{portal.port}"
    page = chromium.new_context(locale="th-TH").new_page()
    sign_in(page, address, "writer")
    page.goto(f"{address}/knowledge/new")
    expect(page.locator(".editor-bar")).to_be_visible()
    yield page
    page.context.close()


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (["1. หนึ่ง", "2. สอง", "๓. สาม"], "1. หนึ่ง\n2. สอง\n3. สาม"),
        (["1.หนึ่ง", "สอง", "5) ห้า"], "1. หนึ่ง\n2. สอง\n5. ห้า"),
        (["3.5 บาท", "2.75 บาท"], "1. 3.5 บาท\n2. 2.75 บาท"),
    ],
)
def test_who_types_the_number_that_is_there_already_does_not_get_two(page, typed, text):
    page.locator("#text").focus()
    page.locator("[data-act=numbers]").click()
    for n, line in enumerate(typed):
        if n:
            page.keyboard.press("Enter")
        page.keyboard.type(line)
    expect(page.locator("#text")).to_have_value(text)


def test_a_number_in_a_list_that_somebody_typed_himself_is_left_alone(page):
    page.locator("#text").focus()
    page.keyboard.type("1. 2. สอง")
    expect(page.locator("#text")).to_have_value("1. 2. สอง")


def paste(page, html, plain="x"):
    page.evaluate(
        """([html, plain]) => {
          const area = document.querySelector("#text");
          const data = new DataTransfer();
          data.setData("text/html", html);
          data.setData("text/plain", plain);
          area.focus();
          area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        [html, plain],
    )
    return page.locator("#text").input_value().strip()


OF_WORD = """<html><head><style>p {color: red}</style></head><body>
<h1>คู่มือ<b>ภาษี</b></h1>
<p class=MsoNormal>ยื่นแบบ<b> ภ.ป.1 </b>ภายใน<i>มีนาคม</i> ตาม<a href="https://example.com/a (1)">ระเบียบ</a></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>1.<span>&nbsp;&nbsp; </span></span><![endif]>รับแบบ</p>
<p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>o<span>&nbsp; </span></span><![endif]>ตรวจ</p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>2.<span>&nbsp;&nbsp; </span></span><![endif]>ออก<b>ใบเสร็จ</b></p>
<h2>อัตรา</h2>
<table><tr><td><p><b>ประเภท</b></p></td><td><p>บาท</p></td></tr><tr><td>ก|ข</td><td>5</td></tr></table>
<ul><li>หนึ่ง<ol start="3"><li>ข้อย่อย</li></ol></li><li><p>สอง</p></li></ul>
<p>2 * 3 * 4 และ [ก]_ข_</p>
</body></html>"""

AS_MARKDOWN = """# คู่มือภาษี

ยื่นแบบ **ภ.ป.1** ภายใน*มีนาคม* ตาม[ระเบียบ](https://example.com/a%20%281%29)

1. รับแบบ
    - ตรวจ
2. ออก**ใบเสร็จ**

## อัตรา

| **ประเภท** | บาท |
| --- | --- |
| ก\\|ข | 5 |

- หนึ่ง
    3. ข้อย่อย
- สอง

2 \\* 3 \\* 4 และ \\[ก\\]\\_ข\\_"""


def test_what_is_pasted_from_word_keeps_headings_bold_lists_and_tables(page):
    assert paste(page, OF_WORD) == AS_MARKDOWN
    page.locator("[data-preview] summary").click()
    shown = page.locator("[data-preview-text]")
    for kind, words in (
        ("ol > li > ul > li", "ตรวจ"),
        ("strong", "ใบเสร็จ"),
        ("td", "ก|ข"),
        ("ul > li > ol > li", "ข้อย่อย"),
    ):
        expect(shown.locator(kind, has_text=words).first).to_be_visible()
    expect(shown).to_contain_text("2 * 3 * 4 และ [ก]_ข_")


def test_a_few_words_pasted_stay_in_their_line_and_plain_text_is_left_to_the_browser(page):
    page.fill("#text", "ก่อน ")
    page.press("#text", "Control+End")
    assert paste(page, "<b>หนา</b>") == "ก่อน **หนา**"
    assert paste(page, "<p>ไม่มีรูปแบบ</p>") == "ก่อน **หนา**"


def test_the_bold_that_wraps_a_google_document_is_none(page):
    html = '<b style="font-weight:normal"><p><span style="font-weight:400">ปกติ</span> <span style="font-weight:700">หนา</span></p></b>'
    assert paste(page, html) == "ปกติ **หนา**"


@pytest.mark.parametrize(
    "hostile",
    [
        "<b>ก</b><img src=x onerror='window.caught=1'><script>window.caught=1</script>",
        "<b>ก</b><svg onload='window.caught=1'></svg><iframe srcdoc='<script>parent.caught=1</script>'></iframe>",
        "<b>ก</b><a href='javascript:window.caught=1'>กด</a>",
        "<b>ก</b>&lt;img src=x onerror=window.caught=1&gt;",
        "<ul>" * 3000 + "<li>ก</li>",
    ],
)
def test_hostile_html_is_only_ever_read(page, hostile):
    failed = []
    page.on("pageerror", lambda error: failed.append(error))
    text = paste(page, hostile)
    assert "ก" in text
    assert "javascript:" not in text
    page.locator("[data-preview] summary").click()
    expect(page.locator("[data-preview-text]")).to_contain_text("ก")
    assert page.evaluate("window.caught") is None
    assert failed == []
