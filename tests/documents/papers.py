"""A memo as a clerk of the town would hand it in, valid by default."""

import io
from datetime import date
from typing import Any

from PIL import Image

from portal.documents.memo import Memo, Opinion, Section

PARAGRAPH = (
    "การเข้ารับการฝึกอบรมครั้งนี้ทำให้มีความรู้ความเข้าใจเกี่ยวกับระเบียบกระทรวงมหาดไทยว่าด้วยการเบิกจ่ายเงินขององค์กรปกครองส่วนท้องถิ่น "
    "และนำไปใช้ปฏิบัติงานในหน้าที่ได้อย่างถูกต้อง รวดเร็ว และโปร่งใส ทั้งยังได้แลกเปลี่ยนประสบการณ์กับเพื่อนร่วมวิชาชีพทั่วประเทศ"
)
LONG_NAME = "นางสาวเกริกเกียรติศักดิ์ชัยวัฒนานุกูลประเสริฐ ณ อยุธยาวงศ์วรเดชานุภาพพิพัฒน์มงคลสกุล"
HEAD = Opinion(
    "เห็นควรนำความรู้ไปถ่ายทอดในที่ประชุมประจำเดือน", "นางพิมพ์ใจ เงินวิจิตร", "ผู้อำนวยการกองคลัง", date(2026, 10, 28)
)
CLERK = Opinion(
    "เห็นชอบตามที่เสนอ",
    "นายประสิทธิ์ มั่นคง",
    "ปลัดเทศบาล",
    date(2026, 10, 29),
    acting=True,
    own_position="รองปลัดเทศบาล",
    label="ความเห็นของปลัดเทศบาล",
)


def make_memo(**given: Any) -> Memo:
    memo = {
        "agency": "กองคลัง เทศบาลตำบลปากน้ำท่าเรือ",
        "number": "ชบ 54302/128",
        "day": date(2026, 10, 27),
        "subject": "รายงานผลการฝึกอบรมหลักสูตรการจัดการความรู้",
        "to": "นายกเทศมนตรีตำบลปากน้ำท่าเรือ",
        "opening": "ตามที่ได้รับอนุมัติให้เข้ารับการฝึกอบรม บัดนี้เสร็จสิ้นแล้ว จึงขอรายงานผล",
        "facts": (("หลักสูตร", "การจัดการความรู้ รุ่นที่ 12"), ("ค่าใช้จ่าย", "")),
        "sections": (Section("วัตถุประสงค์", "เพื่อให้มีความรู้"), Section("ความรู้ที่ได้รับ", PARAGRAPH)),
        "attachments": ("ใบประกาศนียบัตร.pdf",),
        "closing": "จึงเรียนมาเพื่อโปรดทราบ",
        "signers": (("นางสาวชนิดา ใจดี", "นักวิชาการเงินและบัญชีชำนาญการ"),),
        "opinions": (HEAD, CLERK),
    }
    return Memo(**(memo | given))


def make_picture(kind: str = "PNG", size: tuple[int, int] = (300, 300)) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", size, (120, 20, 20)).save(kept, kind)
    return kept.getvalue()
