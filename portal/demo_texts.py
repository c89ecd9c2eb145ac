"""The texts of the large demonstration, put together from what ships with the portal: names, titles, paragraphs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import yaml

from portal.communities.thread_models import ThreadKind
from portal.markup.rendering import render
from portal.paths import CONTENT

FIRST_NAMES: Final = (
    "กมล จันทร์เพ็ญ เกรียงไกร ขวัญใจ จิราพร ชัยวัฒน์ ณัฐพล ดวงดาว ทองสุข ธนพร นิภา บุญมี ประเสริฐ ปราณี พรทิพย์ มานพ ยุพิน "
    "รัตนา ละออ วรรณา วิชัย ศรีสุดา สมบัติ สมหมาย สายฝน สุชาติ สุภาพร อนงค์ อรุณี อำพล"
)
LAST_NAMES: Final = "แก้วใส คงมั่น จันทร์ดี ชูศรี ทองคำ บุญเรือง พูลสวัสดิ์ มีสุข รักษ์ดี วงศ์ทอง ศรีสว่าง สุขใจ แสงทอง อินทร์แก้ว"
PLACES: Final = "บ้านดอน หนองบัว ท่าช้าง โคกสูง คลองใหม่ วังน้ำใส ป่าแดง ห้วยทราย เขาน้อย บางพลับ นาเจริญ ดอนแก้ว"
TITLES: Final = {
    ThreadKind.QUESTION: (
        "{topic} ต้องเริ่มจากตรงไหน",
        "อบต.{place} ถามเรื่อง{topic}",
        "{topic} ใครเคยทำแล้วติดตรงไหนบ้าง",
        "{topic} ที่{place}ทำอย่างไร",
    ),
    ThreadKind.TOLD_STORY: ("{topic}: เรื่องที่เกิดขึ้นที่{place}", "วันที่{place}ลองทำ{topic}"),
    ThreadKind.DISCUSSION: ("ชวนคุยเรื่อง{topic}", "{topic} ทำให้ง่ายกว่านี้ได้ไหม ({place})"),
    ThreadKind.TALK_RECORD: ("บันทึกวงเล่าเรื่อง{topic} ที่{place}",),
}
KINDS: Final = (ThreadKind.QUESTION,) * 6 + (
    ThreadKind.TOLD_STORY,
    ThreadKind.DISCUSSION,
    ThreadKind.DISCUSSION,
    ThreadKind.TALK_RECORD,
)
_BEGINNINGS: Final = (
    "ที่{place}เคยเจอแบบนี้ครับ",
    "ของเราทำตามนี้ค่ะ",
    "ขอเสริมจากที่ทำจริง",
    "ลองดูข้อนี้ก่อน",
    "อ่านแล้วนึกถึงเรื่องนี้",
    "ขอบคุณที่เล่าให้ฟัง",
    "เห็นด้วยครับ",
    "ถามต่อหน่อยค่ะ",
)


@dataclass(frozen=True)
class Material:
    """What texts are put together from: topics for titles, and paragraphs with their HTML."""

    topics: tuple[str, ...]
    paragraphs: tuple[str, ...]
    beginnings: tuple[str, ...]
    html: dict[str, str]

    def text_of(self, parts: Sequence[str]) -> tuple[str, str]:
        """The paragraphs as a text and as its HTML: each stands for itself, so it is rendered once and for all."""
        return "\n\n".join(parts), "\n".join(self.html[part] for part in parts)


def material() -> Material:
    """From the handbook and the town's own texts, as they ship."""
    topics: list[str] = []
    paragraphs: list[str] = []
    # What stands in a list, a table, a quotation or with a link does not stand for itself.
    not_plain = re.compile(r"^[#|!>*+-]|^\d+\.|\]\(|^\s|\n\s*[-*\d]|<|`")
    for file in sorted((*(CONTENT / "handbook").glob("*.md"), *(CONTENT / "demo" / "assets").glob("*.md"))):
        front, _, text = file.read_text("utf-8").removeprefix("---\n").partition("\n---\n")
        title = str(yaml.safe_load(front)["title"])
        topics.append(title)
        for block in (part.strip() for part in text.split("\n\n")):
            if heading := re.fullmatch(r"#+ (.{4,60})", block):
                topics.append(f"{title} ({heading[1].strip()})")
            elif 40 <= len(block) <= 500 and not not_plain.search(block):
                paragraphs.append(block)
    topics, paragraphs = list(dict.fromkeys(topics)), list(dict.fromkeys(paragraphs))
    beginnings = [one.format(place=place) for one in _BEGINNINGS for place in PLACES.split()]
    beginnings = list(dict.fromkeys(beginnings))
    return Material(
        tuple(topics),
        tuple(paragraphs),
        tuple(beginnings),
        {part: render(part, heading_offset=2).html for part in (*paragraphs, *beginnings)},
    )
