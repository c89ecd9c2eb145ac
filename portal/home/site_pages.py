"""Privacy notice, cookies, site policy, contact: what every public body's site shows at its foot."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from portal.audit.recording import record
from portal.db import now, session
from portal.home.models import SitePage
from portal.markup.rendering import render
from portal.people.models import Person, Unit
from portal.remembering import SITE_PAGES, Remembered
from portal.thai.repair import repair
from portal.translating import N_, language


@dataclass(frozen=True)
class PageOfSite:
    """One page of the foot: its address, its name, and the text it has till somebody writes a better one."""

    slug: str
    title: str
    first_th: str
    first_en: str


PAGES = {
    page.slug: page
    for page in (
        PageOfSite(
            "privacy",
            N_("Privacy notice"),
            "## เราเก็บอะไร และเพื่ออะไร\n\n"
            "ระบบนี้ใช้ในการจัดการความรู้ของหน่วยงานตามภารกิจของรัฐ เก็บชื่อ ตำแหน่ง สังกัด และช่องทางติดต่อของบุคลากร "
            "เพื่อให้ทราบว่าใครเขียน ใครรับผิดชอบ และใครมีสิทธิ์อ่านเรื่องใด หมายเลขโทรศัพท์และอีเมลเห็นได้เฉพาะบุคลากรที่เข้าสู่ระบบ\n\n"
            "## บันทึกการใช้งาน\n\n"
            "กฎหมายว่าด้วยการกระทำความผิดเกี่ยวกับคอมพิวเตอร์กำหนดให้เก็บข้อมูลจราจรทางคอมพิวเตอร์ไม่น้อยกว่าเก้าสิบวัน "
            "เราเก็บวันเวลา หมายเลขเครื่อง และหน้าที่เปิด ไม่เก็บคำที่ค้นหา การนับจำนวนผู้อ่านใช้รหัสที่ย้อนกลับเป็นตัวบุคคลไม่ได้\n\n"
            "## สิทธิของคุณ\n\n"
            "คุณขอดู ขอแก้ไข หรือสอบถามเรื่องข้อมูลส่วนบุคคลของคุณได้ตามช่องทางในหน้าติดต่อ\n",
            "## What is kept, and why\n\n"
            "This site serves the organisation's knowledge management as a public task. It keeps names, posts, units and "
            "contacts of staff, so that it is known who wrote, who is responsible and who may read what. Telephone numbers "
            "and e-mail addresses are shown to signed-in staff only.\n\n"
            "## Records of use\n\n"
            "The Computer Crime Act asks for traffic data to be kept for at least 90 days. We keep time, address and page, "
            "not what was searched for. Readers are counted by codes that can't be traced back to persons.\n\n"
            "## Your rights\n\n"
            "You may see and correct what is kept about you, or ask about it: see the contact page.\n",
        ),
        PageOfSite(
            "cookies",
            N_("Cookies"),
            "เว็บไซต์นี้ใช้คุกกี้เพียงหนึ่งตัว ชื่อ `portal` ซึ่งจำเป็นต่อการเข้าสู่ระบบ การจำภาษาที่เลือก และการป้องกันการปลอมแปลงคำขอ "
            "หมดอายุเมื่อปิดเบราว์เซอร์ หรือเมื่อไม่ได้ใช้งานนานแปดชั่วโมง ไม่มีคุกกี้เพื่อการโฆษณาหรือการติดตาม\n",
            "This site uses one cookie, `portal`. It is needed to stay signed in, to remember the chosen language and to "
            "protect forms. It ends with the browser or after eight idle hours. There are no cookies for advertising or "
            "tracking.\n",
        ),
        PageOfSite(
            "policy",
            N_("Site policy"),
            "เนื้อหาในเว็บไซต์จัดทำเพื่อการปฏิบัติงานและการเรียนรู้ นำไปใช้ต่อได้โดยอ้างอิงที่มา "
            "ข้อกฎหมายและตัวเลขอาจเปลี่ยนแปลง โปรดตรวจสอบกับระเบียบฉบับปัจจุบันก่อนใช้ "
            "หากพบข้อผิดพลาด โปรดแจ้งผู้ดูแลตามช่องทางในหน้าติดต่อ\n",
            "What is published here serves work and learning and may be used when its source is named. Laws and figures "
            "change: check the current regulation before you rely on one. If you find a mistake, please tell us through "
            "the contact page.\n",
        ),
        PageOfSite(
            "contact",
            N_("Contact"),
            "ติดต่อหน่วยงานได้ที่ที่ทำการในวันและเวลาราชการ ผู้ดูแลระบบยังไม่ได้เพิ่มที่อยู่และหมายเลขโทรศัพท์กลางในหน้านี้\n",
            "Visit the office during working hours. The admin has not yet added the address and the central telephone "
            "number to this page.\n",
        ),
    )
}
MOST_CHARACTERS = 50_000


def html_of(page: PageOfSite, organisation: Unit) -> str:
    """The page in the reader's language: what was written for it, else what ships."""
    thai, english = texts_of(page, organisation)
    return render(english if language() == "en" else thai).html


def texts_of(page: PageOfSite, organisation: Unit, *, locked: bool = False) -> tuple[str, str]:
    """(Thai, English) as they stand, for editing; `locked`: nobody else replaces them till the request has ended."""
    own = session.get(SitePage, (organisation.id, page.slug), with_for_update=locked or None)
    return (own and own.text) or page.first_th, (own and own.text_en) or page.first_en


def last_writer_of(page: PageOfSite, organisation: Unit) -> str:
    """The name of who changed the page last; empty when it is as it shipped."""
    own = session.get(SitePage, (organisation.id, page.slug))
    person = session.get(Person, own.changed_by_id) if own and own.changed_by_id else None
    return person.name if person else ""


def write(page: PageOfSite, organisation: Unit, *, by: Person, text: str, text_en: str) -> None:
    """Replace the page's texts."""
    own = session.get(SitePage, (organisation.id, page.slug))
    if own is None:
        own = SitePage(organisation_id=organisation.id, slug=page.slug)
        session.add(own)
    own.text, own.text_en = repair(text).strip(), repair(text_en).strip()
    own.changed_at, own.changed_by_id = now(), by.id
    record("site_page.write", organisation, by=by, page=page.slug)


def last_update(organisation: Unit) -> datetime | None:
    """When one of the pages was changed last; None when they are as they shipped."""
    newest = select(func.max(SitePage.changed_at)).where(SitePage.organisation_id == organisation.id)
    return _LAST_UPDATE.get(session(), SITE_PAGES, organisation.id, lambda: session.scalar(newest))


_LAST_UPDATE: Final = Remembered[int, datetime | None](most=100)
