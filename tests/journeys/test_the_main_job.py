"""The main job, in a real browser against the real portal: sign in, write a manual with a table and a picture, tie it,
publish it, and a colleague finds it by a word inside it. On a PC and on a phone, with and without script."""

import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.making import PASSWORD

pytestmark = pytest.mark.browser
TEXT = """# การรับชำระ

| ขั้น | ทำอะไร |
|---|---|
| 1 | ตรวจแบบแสดงรายการ |
| 2 | ออกใบเสร็จรับเงินอิเล็กทรอนิกส์ |

ถ้าพบ{word}ให้แจ้งหัวหน้าฝ่ายทันที
"""


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    path = tmp_path_factory.mktemp("pictures") / "แผนผังเคาน์เตอร์.png"
    Image.new("RGB", (640, 400), "#0e5c6b").save(path)
    return path


def sign_in(page: Page, address: str, account: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("#account", account)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    expect(page.locator("summary", has_text="สมพงษ์" if account == "writer" else "มาลี")).to_be_visible()


@pytest.mark.parametrize(("width", "script"), [(1280, True), (360, True), (1280, False), (360, False)])
def test_a_manual_is_written_published_and_found_by_a_word_inside_it(
    portal, chromium, picture, width, script
):
    address = f"http://127.0.0.1:{portal.port}"
    word = f"ใบกำกับปลอม{'กขคง'[[1280, 360].index(width) + 2 * (not script)]}๑๒"
    view = {"width": width, "height": 800}
    writer = chromium.new_context(viewport=view, java_script_enabled=script, locale="th-TH").new_page()
    sign_in(writer, address, "writer")
    writer.goto(f"{address}/knowledge/new")
    step = writer.locator("#fulfilments-0-step")
    expect(step).to_have_value("KM3")  # proposed
    writer.fill("#title", f"คู่มือรับชำระค่าธรรมเนียม จอ {width} {'มี' if script else 'ไม่มี'}สคริปต์")
    writer.fill("#text", TEXT.format(word=word))
    if script:
        expect(writer.locator(".editor-bar")).to_be_visible()  # the editor's script is there
        writer.set_input_files("[data-picture]", picture)
        expect(writer.locator("#text")).to_have_value(text_with("/files/"), timeout=15_000)
    else:  # the picture goes in with the form
        writer.set_input_files("#pictures", picture)
    writer.get_by_role("button", name="เผยแพร่").click()
    expect(writer.locator("h1")).to_contain_text("คู่มือรับชำระค่าธรรมเนียม")
    expect(writer.locator("main .prose table")).to_contain_text("ออกใบเสร็จรับเงินอิเล็กทรอนิกส์")
    assert not script or no_sideways_scroll(writer)
    item = writer.url

    reader = chromium.new_context(viewport=view, java_script_enabled=script, locale="th-TH").new_page()
    sign_in(reader, address, "reader")
    reader.fill("#search-box", word)
    reader.press("#search-box", "Enter")
    hit = reader.locator("article.hit").first
    expect(hit).to_contain_text("คู่มือรับชำระค่าธรรมเนียม")
    expect(hit.locator("mark").first).to_be_visible()
    hit.locator("a").first.click()
    expect(reader.locator("main .prose").first).to_contain_text(word)
    shown = reader.locator("main .prose img").first
    shown.scroll_into_view_if_needed()
    expect(shown).to_be_visible()
    if script:  # without it a page can't be asked
        expect(shown).to_have_js_property("naturalWidth", 640)  # waits till it has come
        assert no_sideways_scroll(reader)
    else:
        assert (
            reader.request.get(f"{address}{shown.get_attribute('src')}").headers["content-type"]
            == "image/png"
        )
    assert item
    for page in (writer, reader):
        page.context.close()


def text_with(part: str) -> re.Pattern[str]:
    """A pattern that matches any text with the part in it."""
    return re.compile(rf".*{re.escape(part)}", re.S)


def no_sideways_scroll(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
