"""The whole way of a report in a real browser, on a phone: a clerk enters her training, writes, closes the tab, comes back,
hands in with a photograph; four superiors endorse, one of them after a return; a colleague finds it and takes it home."""

import io
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from docx import Document as WordDocument
from PIL import Image
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from portal import db
from portal.thai.dates import bangkok_today
from portal.thai.repair import repair
from tests.databases import url_of
from tests.making import PASSWORD, make_person
from tests.running import RunningPortal
from tests.training.town import make_town

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 740}
WORD = "ทะเบียนคุมครุภัณฑ์กลาง"


@pytest.fixture(scope="module")
def names():
    """The usernames of the town's people, by their part in it; filled when the portal is made."""
    return {}


@pytest.fixture(scope="module")
def portal(founded, databases, names):
    home = Path(tempfile.mkdtemp(prefix="portal-journey-"))
    databases.copy_portal(founded, home)
    engine = db.connect(url_of(home))
    town = make_town()
    people = {
        "writer": town.writer,
        "section_head": town.section_head,
        "division_head": town.division_head,
        "clerk": town.clerk,
        "mayor": town.mayor,
        "colleague": make_person("เพื่อน", unit=town.division),
    }
    names.update({part: person.username for part, person in people.items()})
    db.session.remove()
    engine.dispose()
    with RunningPortal(home) as running:
        yield running
    databases.drop(url_of(home))
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def photograph(tmp_path_factory):
    path = tmp_path_factory.mktemp("photographs") / "ภาพจากโทรศัพท์.jpg"
    Image.new("RGB", (1600, 1200), "#8a5a10").save(path)
    return path


class Office:
    """Opens the portal as somebody of the town; each time a browser of its own."""

    def __init__(self, address: str, chromium: Chromium, names: dict[str, str]):
        self.address, self.chromium, self.names = address, chromium, names

    def open_as(self, part: str, view: dict[str, int] | None = None) -> Page:
        page = self.chromium.new_context(
            viewport=view or {"width": 1280, "height": 800}, locale="th-TH", accept_downloads=True
        ).new_page()
        page.goto(f"{self.address}/sign-in")
        page.fill("#account", self.names[part])
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        expect(page.locator("h1")).to_contain_text("สวัสดี")
        return page


@pytest.fixture
def office(portal, chromium, names):
    return Office(f"http://127.0.0.1:{portal.port}", chromium, names)


def test_a_report_from_the_training_to_the_store(office, photograph):
    phone = office.open_as("writer", PHONE)
    report = enter_and_begin(office, phone)
    write_and_come_back(phone, report)
    hand_in(phone, report, photograph)

    decide(office, "section_head", report, "เห็นชอบ")
    decide(office, "division_head", report, "ขอให้เพิ่มวันที่เริ่มใช้", sends_back=True)

    phone.goto(f"{report}/edit")
    expect(phone.locator("#returned")).to_contain_text("ขอให้เพิ่มวันที่เริ่มใช้")
    phone.fill("#part-application", "เริ่มใช้วันที่ 1 ธันวาคม กับครุภัณฑ์ของกองทั้งหมด")
    phone.get_by_role("button", name="ส่งรายงาน").click()
    expect(phone.locator(".message-success")).to_contain_text("ส่งรายงานแล้ว")

    for superior in ("section_head", "division_head", "clerk", "mayor"):
        decide(office, superior, report, f"เห็นชอบ {superior}")
    find_and_take_home(office, report)
    phone.context.close()


def enter_and_begin(office: Office, page: Page, title: str = "การควบคุมทรัพย์สินของเทศบาล") -> str:
    """Enter the training and begin its report; answers the report's address."""
    last = bangkok_today() - timedelta(days=3)
    page.goto(f"{office.address}/training/new")
    page.fill("#title", title)
    page.fill("#start_date", f"{last.day}/{last.month}/{last.year + 543}")
    page.fill("#end_date", f"{last.day}/{last.month}/{last.year}")  # the other era, told apart
    page.fill("#hours", "๖")
    page.fill("#organiser", "สถาบันพัฒนาบุคลากรท้องถิ่น")
    assert no_sideways_scroll(page)
    page.get_by_role("button", name="บันทึก", exact=True).last.click()
    expect(page.locator("h1")).to_contain_text(title)
    page.get_by_role("button", name="เขียนรายงาน").or_(
        page.get_by_role("link", name="เขียนรายงาน")
    ).first.click()
    page.wait_for_url("**/training/reports/*/edit")
    return page.url.removesuffix("/edit")


def write_and_come_back(page: Page, report: str) -> None:
    """Type, let it be kept, close the tab, come back and go on from what was kept."""
    page.fill("#part-content", "หลักการลงทะเบียน การตรวจสอบประจำปี การจำหน่าย")
    page.fill("#part-gained", f"- ต้องมี{WORD}เล่มเดียว\n- ตรวจนับปีละครั้งโดยคนที่ไม่ได้เป็นผู้ดูแล")
    page.fill("#part-application", "ปรับทะเบียนของกอง")
    expect(page.locator(".draft-state")).to_contain_text("บันทึก", timeout=20_000)
    context = page.context
    page.goto("about:blank")
    again = context.new_page()
    again.goto(f"{report}/edit")
    expect(again.locator(".message-info")).to_contain_text("ทำต่อจากที่พิมพ์ค้างไว้")
    expect(again.locator("#part-gained")).to_have_value(
        f"- ต้องมี{WORD}เล่มเดียว\n- ตรวจนับปีละครั้งโดยคนที่ไม่ได้เป็นผู้ดูแล"
    )
    again.close()


def hand_in(page: Page, report: str, photograph: Path) -> None:
    page.goto(f"{report}/edit")
    page.set_input_files("#files", photograph)
    expect(page.locator("[data-uploaded] a")).to_have_text("ภาพจากโทรศัพท์.jpg", timeout=20_000)
    assert no_sideways_scroll(page)
    page.get_by_role("button", name="ส่งรายงาน").click()
    expect(page.locator(".message-success")).to_contain_text("ส่งรายงานแล้ว")
    assert no_sideways_scroll(page)


def decide(office: Office, who: str, report: str, words: str, *, sends_back: bool = False) -> None:
    page = office.open_as(who)
    expect(page.locator("#waiting")).to_contain_text("การควบคุมทรัพย์สินของเทศบาล")  # on the first page
    page.goto(report)
    page.fill("#opinion", words)
    page.get_by_role("button", name="ส่งคืนพร้อมข้อแก้ไขนี้" if sends_back else "เห็นชอบ", exact=True).click()
    expect(page.locator(".message-success")).to_be_visible()
    page.context.close()


def find_and_take_home(office: Office, report: str) -> None:
    page = office.open_as("colleague", PHONE)
    page.fill("#search-box", WORD)
    page.press("#search-box", "Enter")
    hit = page.locator("article.hit").first
    expect(hit).to_contain_text("การควบคุมทรัพย์สินของเทศบาล")
    hit.locator("a").first.click()
    expect(page.locator("main .prose").first).to_contain_text(WORD)
    assert page.url.split("#")[0] == report
    expect(page.locator("main")).not_to_contain_text("เห็นชอบ mayor")
    pdf = page.request.get(f"{report}/memo.pdf").body()
    said = repair("".join(one.get_textpage().get_text_range() for one in pypdfium2.PdfDocument(pdf)))
    assert "บันทึกข้อความ" in said
    word = WordDocument(io.BytesIO(page.request.get(f"{report}/memo.docx").body()))
    assert any(WORD in paragraph.text for paragraph in word.paragraphs)
    page.context.close()


def no_sideways_scroll(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_handing_in_waits_for_the_files_that_are_still_on_their_way(office, photograph):
    page = office.open_as("colleague", PHONE)
    report = enter_and_begin(office, page, title="การถ่ายภาพงานก่อสร้าง")
    for part in ("content", "gained", "application"):
        page.fill(f"#part-{part}", "ข้อความ")

    def slowly(route):
        page.wait_for_timeout(1_500)
        route.continue_()

    page.route("**/files", slowly)
    page.set_input_files("#files", photograph)
    page.get_by_role("button", name="ส่งรายงาน").click()
    expect(page.locator("[data-upload-state]")).to_contain_text("กำลังส่งไฟล์อยู่")
    expect(page.locator(".message-success")).to_contain_text("ส่งรายงานแล้ว", timeout=20_000)
    expect(page.locator("main .files")).to_contain_text("ภาพจากโทรศัพท์.jpg")
    page.context.close()
    assert report
