"""The columns of a list of trainings: one row for each who took part."""

from portal.documents.columns import ListColumn
from portal.translating import N_

# The person of the template's example line: nobody is called so.
EXAMPLE_PERSON = "ตัวอย่าง"

COLUMNS = (
    ListColumn(
        "title",
        "ชื่อหลักสูตร",
        ("ชื่อการอบรม", "ชื่อการฝึกอบรม", "หลักสูตร", "โครงการ", "ชื่อโครงการ", "เรื่อง", "title", "training", "course"),
        "การจัดทำแผนพัฒนาท้องถิ่น",
        N_("Rows of the same title and days are one training"),
        is_needed=True,
    ),
    ListColumn(
        "person",
        "ผู้เข้าอบรม",
        (
            "ผู้เข้ารับการอบรม",
            "ผู้เข้ารับการฝึกอบรม",
            "ชื่อ-สกุล",
            "ชื่อ-นามสกุล",
            "ชื่อ สกุล",
            "ชื่อผู้ใช้",
            "อีเมล",
            "รายชื่อ",
            "name",
            "full name",
            "person",
            "participant",
            "username",
            "email",
        ),
        "นางสาวมาลี ใจเย็น",
        N_("User name, e-mail address, or name and surname with or without prefix"),
        is_needed=True,
    ),
    ListColumn(
        "start_date",
        "วันเริ่ม",
        ("วันที่เริ่ม", "วันเริ่มต้น", "ตั้งแต่วันที่", "ตั้งแต่", "วันที่อบรม", "วันที่", "start", "start date", "from", "date"),
        "1 ต.ค. 2569",
        N_("Any way of writing a date"),
        is_needed=True,
    ),
    ListColumn(
        "end_date",
        "วันสิ้นสุด",
        ("วันที่สิ้นสุด", "ถึงวันที่", "ถึง", "end", "end date", "to"),
        "3 ต.ค. 2569",
        N_("Empty: the first day"),
    ),
    ListColumn(
        "return_date",
        "วันกลับ",
        ("วันที่กลับ", "วันเดินทางกลับ", "วันกลับมาปฏิบัติงาน", "return", "return date", "returned"),
        "4 ต.ค. 2569",
        N_("Back at work; empty: the last day"),
    ),
    ListColumn(
        "hours",
        "จำนวนชั่วโมง",
        ("ชั่วโมง", "ชม.", "hours"),
        "18",
        N_("Of a training that is over the record is filled with them"),
    ),
    ListColumn(
        "kind",
        "ประเภท",
        ("ประเภทการอบรม", "ชนิด", "kind", "type"),
        "อบรม",
        N_("อบรม สัมมนา ประชุมเชิงปฏิบัติการ ศึกษาดูงาน or ศึกษาต่อ; empty: อบรม"),
    ),
    ListColumn(
        "organiser", "หน่วยงานที่จัด", ("ผู้จัด", "หน่วยงานผู้จัด", "organiser", "organizer"), "สถาบันพัฒนาบุคลากรท้องถิ่น"
    ),
    ListColumn("place", "สถานที่", ("สถานที่จัด", "สถานที่อบรม", "place", "venue"), "จังหวัดปทุมธานี"),
    ListColumn(
        "where",
        "ภายใน/ภายนอก",
        ("ภายในภายนอก", "ในหรือนอกหน่วยงาน", "where", "inside outside"),
        "ภายนอก",
        N_("ภายนอก or ภายใน; empty: outside"),
    ),
    ListColumn(
        "online",
        "ออนไลน์",
        ("online", "is online", "ผ่านระบบออนไลน์"),
        "ไม่ใช่",
        N_("ใช่ or yes for a training online"),
    ),
    ListColumn(
        "registration",
        "ค่าลงทะเบียน",
        ("ค่าธรรมเนียม", "registration", "fee"),
        "3,900",
        N_("Of all who took part together, in baht: in one row, or the same in each"),
    ),
    ListColumn("travel", "ค่าเดินทาง", ("ค่าพาหนะ", "ค่าพาหนะเดินทาง", "travel"), "1,200.50"),
    ListColumn("per_diem", "ค่าเบี้ยเลี้ยง", ("เบี้ยเลี้ยง", "per diem"), "720"),
    ListColumn("lodging", "ค่าที่พัก", ("ค่าเช่าที่พัก", "lodging"), "2,400"),
    ListColumn("budget_source", "แหล่งงบประมาณ", ("งบประมาณ", "budget", "budget source"), "ข้อบัญญัติงบประมาณ"),
    ListColumn("order_number", "เลขที่คำสั่ง", ("คำสั่งที่", "คำสั่ง", "หนังสือที่", "order", "order number"), "123/2569"),
    ListColumn("order_date", "วันที่คำสั่ง", ("ลงวันที่", "คำสั่งลงวันที่", "order date"), "20 ก.ย. 2569"),
    ListColumn("aims", "วัตถุประสงค์", ("aims", "aim", "purpose"), ""),
    ListColumn(
        "goal",
        "เป้าหมายที่",
        ("เป้าหมาย", "เป้าหมาย km", "goal", "goal number"),
        "1",
        N_("Number of the goal in the plan of that fiscal year"),
    ),
    ListColumn(
        "step",
        "ขั้นตอน",
        ("ขั้นตอน km", "กระบวนการ", "step", "km step"),
        "KM2",
        N_("KM1–KM7 or CM1–CM6; empty: KM2"),
    ),
)
BY_CODE = {column.code: column for column in COLUMNS}
