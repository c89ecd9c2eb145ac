"""The components as a person meets them: in a real browser, at three widths, in both themes, with and without script."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.look.browsing import serving
from tests.look.harness import make_app

pytestmark = pytest.mark.browser
WIDTHS = (360, 768, 1280)


@pytest.fixture(scope="module")
def app() -> Flask:
    return make_app()


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    with serving(app) as address:
        yield address


@pytest.fixture
def drafts(app: Flask, request: pytest.FixtureRequest) -> dict[str, Any]:
    """The fields that the server keeps of this test's form."""
    return app.extensions["drafts"].setdefault(request.node.name, {})


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        locale="th-TH",
        extra_http_headers={"X-Test": request.node.name},
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/?errors=1", "/error", "/write"])
def test_nothing_is_cut_and_axe_finds_nothing(browser: Browser, address: str, path: str, scheme: str) -> None:
    for width in WIDTHS:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            has_touch=width < 800,
            is_mobile=width < 800,
            locale="th-TH",
        )
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda said, heard=complaints: heard.append(said.text) if _is_bad(said) else None)
        page.on("pageerror", lambda error, heard=complaints: heard.append(str(error)))
        page.goto(address + path, wait_until="networkidle")
        assert (
            page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
        )
        found = Axe().run(page).response["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == [], width
        assert complaints == []
        context.close()


def _is_bad(said: ConsoleMessage) -> bool:
    return said.type in ("error", "warning") or "Content Security Policy" in said.text


def test_at_twice_the_letter_size_nothing_runs_out_of_the_page(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 640, "height": 800})
    page.goto(address)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_under_a_finger_everything_is_large_enough_to_hit(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(address + "/write")
    small = page.evaluate("""() => [...document.querySelectorAll("a, button, summary, input, select, textarea")]
      .filter(e => e.offsetParent && !e.closest(".skip, p, .go") && !e.matches("[type=checkbox], [type=radio]"))
      .filter(e => e.getBoundingClientRect().height < 43.5 && e.getBoundingClientRect().width > 1
        && !e.classList.contains("go"))
      .map(e => e.outerHTML.slice(0, 120))""")
    assert small == []
    context.close()


def test_what_has_the_focus_can_be_seen(page: Page, address: str) -> None:
    page.goto(address + "/write")
    unseen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        outline = page.evaluate("""() => {
          const style = getComputedStyle(document.activeElement);
          const label = document.activeElement.nextElementSibling;
          return [document.activeElement.outerHTML.slice(0, 90), style.outlineStyle, parseFloat(style.outlineWidth)];
        }""")
        if not outline[0].startswith("<body") and (outline[1] == "none" or outline[2] < 2):
            unseen.append(outline)
    assert unseen == []


def test_a_slash_puts_the_cursor_into_the_search_and_escape_leaves_it(page: Page, address: str) -> None:
    page.goto(address)
    page.keyboard.press("/")
    expect(page.locator("#search-box")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#search-box")).not_to_be_focused()


def test_a_slash_typed_into_a_text_stays_in_the_text(page: Page, address: str) -> None:
    page.goto(address + "/write")
    page.locator("#text").focus()
    page.keyboard.type("1/2")
    expect(page.locator("#text")).to_have_value("1/2")


def test_the_toolbar_writes_markdown_and_ctrl_z_takes_it_back(page: Page, address: str) -> None:
    page.goto(address + "/write")
    text = page.locator("#text")
    text.fill("หนึ่ง")
    text.select_text()
    page.click("[data-act=bold]")
    expect(text).to_have_value("**หนึ่ง**")
    page.keyboard.press("Control+z")
    expect(text).to_have_value("หนึ่ง")
    page.click("[data-act=list]")
    expect(text).to_have_value("- หนึ่ง")
    page.click("[data-act=table]")
    assert "\n\n| หัวตาราง | หัวตาราง |\n| --- | --- |\n" in text.input_value()


def test_the_preview_is_made_by_the_server_while_one_types(page: Page, address: str) -> None:
    page.goto(address + "/write")
    page.locator("#text").fill("<b>สวัสดี</b>")
    page.click("summary:has-text('ดูตัวอย่าง')")
    expect(page.locator("[data-preview-text]")).to_have_text("<b>สวัสดี</b>")
    page.locator("#text").fill("อีกประโยค")
    expect(page.locator("[data-preview-text]")).to_have_text("อีกประโยค")


def test_a_picture_chosen_stands_in_the_text_and_a_refused_one_says_why(
    page: Page, address: str, tmp_path: Path
) -> None:
    page.goto(address + "/write")
    good, bad = tmp_path / "น้ำท่วม.png", tmp_path / "น้ำท่วม.gif"
    good.write_bytes(b"x")
    bad.write_bytes(b"x")
    page.set_input_files("[data-picture]", str(good))
    expect(page.locator("#text")).to_have_value(re.compile(r"!\[.*\.png\]\(/files/1\)"))
    page.set_input_files("[data-picture]", str(bad))
    expect(page.locator("#text-state")).to_have_text("รับเฉพาะรูป PNG")


def test_what_one_types_is_kept_as_a_draft_and_offered_again(
    page: Page, address: str, drafts: dict[str, Any]
) -> None:
    page.clock.install()
    page.goto(address + "/write")
    page.locator("#title").press_sequentially("ซ้อมดับเพลิง")
    page.check("#kind-1")
    page.clock.run_for(4000)
    expect(page.locator(".draft-state")).to_have_text("บันทึกร่างแล้ว 10:42 น.")
    assert drafts["title"] == "ซ้อมดับเพลิง"
    assert drafts["kind"] == ["story"]
    assert "csrf_token" not in drafts
    page.goto(address + "/write")
    expect(page.locator("#title")).to_have_value("")
    page.click("text=ทำต่อจากร่าง")
    expect(page.locator("#title")).to_have_value("ซ้อมดับเพลิง")
    expect(page.locator("#kind-1")).to_be_checked()


def test_without_a_connection_the_text_stays_on_the_device(
    page: Page, address: str, drafts: dict[str, Any]
) -> None:
    page.clock.install()
    page.goto(address + "/write")
    page.context.set_offline(True)
    page.locator("#title").press_sequentially("เขียนบนเรือ")
    page.clock.run_for(4000)
    expect(page.locator(".draft-state")).to_have_text("ไม่มีการเชื่อมต่อ ข้อความของคุณเก็บไว้ในเครื่องนี้แล้ว")
    assert drafts == {}
    page.context.set_offline(False)
    page.goto(address + "/write")
    page.click("text=ทำต่อจากร่าง")
    expect(page.locator("#title")).to_have_value("เขียนบนเรือ")


def test_a_date_field_shows_what_was_understood(page: Page, address: str) -> None:
    page.goto(address + "/write")
    page.locator("#returned").press_sequentially("8/11/69")
    expect(page.locator("#returned-understood")).to_have_text("วันอาทิตย์ที่ 8 พฤศจิกายน 2569")


def test_a_file_that_is_too_large_is_named_before_it_is_sent(
    page: Page, address: str, tmp_path: Path
) -> None:
    page.goto(address + "/write")
    large = tmp_path / "แผน.pdf"
    large.write_bytes(b"x" * 11)
    page.set_input_files("#file", str(large))
    expect(page.locator("[data-picked]")).to_have_text("แผน.pdf – ใหญ่กว่า 10 ไบต์")


def test_a_facet_takes_effect_when_it_is_ticked(page: Page, address: str) -> None:
    page.goto(address + "/write")
    page.click("#facet-kind-1")  # not check(): the page that comes next has another box
    page.wait_for_url("**/search?*")
    assert "kind=manual" in page.url
    assert "q=" in page.url


def test_without_script_facets_confirmations_and_fields_still_work(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(address + "/write")
    assert not page.is_visible(".editor-bar")
    assert page.is_visible("#text")
    page.click("summary:has-text('ลบ')")
    assert page.is_visible("text=ลบเรื่องนี้หรือไม่")
    assert not page.is_visible("#facet-kind-1")
    page.click("label[for=facets-opener]")
    page.check("#facet-kind-2")
    page.click("text=ใช้ตัวกรอง")
    assert "kind=story" in page.url
    context.close()


def test_on_paper_only_the_content_is_left(page: Page, address: str) -> None:
    page.goto(address)
    page.emulate_media(media="print")
    for chrome in (".top", ".foot", ".skip", ".facets", ".submit"):
        assert not page.locator(chrome).first.is_visible()
    assert page.locator("h1").is_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).color") == "rgb(0, 0, 0)"


PASTE = """([html, text]) => {
  const data = new DataTransfer();
  if (html) data.setData("text/html", html);
  if (text) data.setData("text/plain", text);
  const area = document.querySelector("#text");
  area.focus();
  const paste = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
  return area.dispatchEvent(paste);
}"""
EXCEL = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><style>td {mso-number-format: General}</style></head>
<body><!--StartFragment--><table><tr><td>ขั้น</td><td>ทำอะไร</td></tr>
<tr><td>1</td><td>รับ |
 ตรวจ&nbsp;แบบ</td></tr><tr><td></td><td></td></tr></table><!--EndFragment--></body></html>"""
WORD = """<body><p class=MsoNormal>ตารางที่ 1</p><table><thead><tr><th colspan=2>หัวรวม</th><th>ค</th></tr></thead>
<tr><td rowspan=2>ซ้าย</td><td>ก</td><td>ข</td></tr><tr><td>ง</td><td>จ</td></tr></table><p>หมายเหตุ <b>ท้าย</b>ตาราง</p></body>"""


def is_left_to_the_browser(page: Page, html: str, text: str = "") -> bool:
    return bool(page.evaluate(PASTE, [html, text]))


def test_cells_of_a_sheet_become_a_table(page: Page, address: str) -> None:
    page.goto(address + "/write")
    page.locator("#text").fill("ก่อนหน้า")
    assert not is_left_to_the_browser(page, EXCEL, "ขั้น\tทำอะไร")
    expect(page.locator("#text")).to_have_value(
        "ก่อนหน้า\n\n| ขั้น | ทำอะไร |\n| --- | --- |\n| 1 | รับ \\| ตรวจ แบบ |\n\n"
    )
    page.keyboard.press("Control+z")
    expect(page.locator("#text")).to_have_value("ก่อนหน้า")


def test_a_page_of_a_document_keeps_its_text_around_the_table_and_its_merged_cells(
    page: Page, address: str
) -> None:
    page.goto(address + "/write")
    is_left_to_the_browser(page, WORD)
    expect(page.locator("#text")).to_have_value(
        "ตารางที่ 1\n\n| หัวรวม |  | ค |\n| --- | --- | --- |\n| ซ้าย | ก | ข |\n|  | ง | จ |\n\nหมายเหตุ **ท้าย**ตาราง\n\n"
    )


def test_lines_with_tabs_become_a_table(page: Page, address: str) -> None:
    page.goto(address + "/write")
    is_left_to_the_browser(page, "", "ปี\tราย\r\n2569\t12\r\n")
    expect(page.locator("#text")).to_have_value("| ปี | ราย |\n| --- | --- |\n| 2569 | 12 |\n\n")


@pytest.mark.parametrize(
    ("html", "text"),
    [("<p>ย่อหน้า</p>", "ย่อหน้า"), ("", "ย่อหน้า\tมีแท็บ"), ("", "ก\tข\nค"), ("<table></table>", "ก"), ("", "")],
)
def test_what_is_no_table_is_pasted_by_the_browser(page: Page, address: str, html: str, text: str) -> None:
    page.goto(address + "/write")
    assert is_left_to_the_browser(page, html, text)


def test_nothing_in_a_pasted_page_is_loaded_or_run(page: Page, address: str) -> None:
    page.goto(address + "/write")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    is_left_to_the_browser(
        page,
        "<table><tr><td><img src=/evil onerror='window.evil = 1'><script>window.evil = 1</script>ก</td><td>ข</td></tr></table>",
    )
    page.wait_for_timeout(200)
    assert page.evaluate("window.evil") is None
    assert not [url for url in asked if "evil" in url]


@pytest.mark.parametrize(
    ("begun", "after"),
    [
        ("- หนึ่ง", "- หนึ่ง\n- สอง"),
        ("* หนึ่ง", "* หนึ่ง\n* สอง"),
        ("  - ย่อย", "  - ย่อย\n  - สอง"),
        ("9. เก้า", "9. เก้า\n10. สอง"),
        ("1) หนึ่ง", "1) หนึ่ง\n2) สอง"),
        ("- [x] ทำแล้ว", "- [x] ทำแล้ว\n- [ ] สอง"),
        ("ไม่ใช่รายการ", "ไม่ใช่รายการ\nสอง"),
        ("-ไม่ใช่", "-ไม่ใช่\nสอง"),
    ],
)
def test_enter_at_the_end_of_an_item_begins_the_next(
    page: Page, address: str, begun: str, after: str
) -> None:
    page.goto(address + "/write")
    page.locator("#text").fill(begun)
    page.locator("#text").press("End")
    page.keyboard.press("Enter")
    page.keyboard.insert_text("สอง")
    expect(page.locator("#text")).to_have_value(after)


def test_enter_in_an_empty_item_ends_the_list(page: Page, address: str) -> None:
    page.goto(address + "/write")
    page.locator("#text").fill("- หนึ่ง")
    page.locator("#text").press("End")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_have_value("- หนึ่ง\n")
    page.keyboard.press("Control+z")
    expect(page.locator("#text")).to_have_value("- หนึ่ง\n- ")


def test_enter_in_the_middle_of_an_item_breaks_the_line_only(page: Page, address: str) -> None:
    page.goto(address + "/write")
    page.locator("#text").fill("- หนึ่งสอง")
    page.evaluate("document.querySelector('#text').setSelectionRange(7, 7)")
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_have_value("- หนึ่ง\nสอง")
