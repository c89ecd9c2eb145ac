"""The columns of a list of people as offices write them, and what of them says that a line is the header."""

from collections.abc import Sequence

from portal.documents.columns import ListColumn, Listed, NoHeaderFound, read_columns
from portal.documents.sheets import Table
from portal.errors import BadInput
from portal.translating import N_

COLUMNS = (
    ListColumn(
        "prefix",
        "คำนำหน้า",
        ("คำนำหน้าชื่อ", "คำนำหน้านาม", "prefix", "title"),
        "นาง",
        N_("Mr, Mrs, rank and the like"),
    ),
    ListColumn("first_name", "ชื่อ", ("ชื่อตัว", "first name", "firstname", "given name"), "พิมพ์ใจ", N_("Needed")),
    ListColumn(
        "last_name",
        "นามสกุล",
        ("สกุล", "last name", "lastname", "surname", "family name"),
        "เงินวิจิตร",
        "",
    ),
    ListColumn(
        "full_name",
        "ชื่อ-สกุล",
        (
            "ชื่อ - สกุล",
            "ชื่อ-นามสกุล",
            "ชื่อสกุล เต็ม",
            "ชื่อ สกุล",
            "ชื่อและนามสกุล",
            "รายชื่อ",
            "name",
            "full name",
            "fullname",
        ),
        "",
        N_("Instead of the three columns before it"),
    ),
    ListColumn(
        "username",
        "ชื่อผู้ใช้",
        ("ชื่อบัญชี", "รหัสผู้ใช้", "บัญชีผู้ใช้", "user", "username", "user name", "login"),
        "pimjai",
        N_("Small letters a–z and digits; empty: taken from the e-mail address"),
    ),
    ListColumn(
        "email",
        "อีเมล",
        ("อีเมล์", "อีเมลล์", "e-mail", "email", "mail", "ไปรษณีย์อิเล็กทรอนิกส์"),
        "pimjai@example.org",
        "",
    ),
    ListColumn(
        "phone",
        "โทรศัพท์",
        ("เบอร์โทร", "เบอร์โทรศัพท์", "โทร", "หมายเลขโทรศัพท์", "มือถือ", "phone", "telephone", "tel", "mobile"),
        "081-000-0000",
        "",
    ),
    ListColumn(
        "category",
        "ประเภท",
        ("ประเภทบุคลากร", "category", "type"),
        "พนักงาน",
        N_("พนักงาน (staff) or ฝ่ายการเมือง (elected); empty: staff"),
    ),
    ListColumn(
        "unit",
        "ส่วนราชการ",
        (
            "หน่วยงาน",
            "สังกัด",
            "กอง",
            "ฝ่าย",
            "สำนัก/กอง",
            "กอง/สำนัก",
            "แผนก",
            "unit",
            "division",
            "department",
            "office",
        ),
        "กองคลัง",
        N_("Name, short name or code of a unit that is in the portal already"),
    ),
    ListColumn(
        "position",
        "ตำแหน่ง",
        ("ชื่อตำแหน่ง", "position", "post", "job title"),
        "ผู้อำนวยการกองคลัง",
        N_("A new one is made when it is not there"),
    ),
    ListColumn("number", "เลขที่ตำแหน่ง", ("ตำแหน่งเลขที่", "position number", "number"), "04-2102-001", ""),
    ListColumn(
        "head",
        "เป็นหัวหน้าส่วนราชการ",
        ("หัวหน้า", "หัวหน้าหน่วยงาน", "หัวหน้าส่วนราชการ", "head", "is head"),
        "ใช่",
        N_("ใช่ or yes for the head of the unit"),
    ),
    ListColumn(
        "from_date",
        "ดำรงตำแหน่งตั้งแต่",
        ("ตั้งแต่", "ตั้งแต่วันที่", "วันที่ดำรงตำแหน่ง", "วันเริ่ม", "วันที่เริ่ม", "from", "since", "from date", "start date"),
        "1 ต.ค. 2565",
        N_("Any way of writing a date; empty: today"),
    ),
    ListColumn(
        "retirement_date",
        "วันพ้นจากราชการ",
        ("วันเกษียณ", "วันเกษียณอายุ", "เกษียณ", "เกษียณอายุ", "วันครบเกษียณ", "retirement", "retirement date"),
        "30 ก.ย. 2580",
        "",
    ),
)
BY_CODE = {column.code: column for column in COLUMNS}
TEMPLATE = tuple(column for column in COLUMNS if column.code != "full_name")
# The user name of the template's example line: nobody can have it.
EXAMPLE_USERNAME = "ตัวอย่าง"


class NoHeader(BadInput):
    message = N_(
        "The line with the names of the columns was not found. The list needs at least a column “ชื่อ” or “ชื่อ-สกุล”; "
        "the template shows how."
    )


def read_people(table: Table, file_name: str = "") -> Listed:
    """The rows below the header, by column. NoHeader, NothingInList."""
    try:
        return read_columns(
            table, COLUMNS, file_name, named_by={"first_name", "full_name"}, understood=_surname_beside_name
        )
    except NoHeaderFound as error:
        raise NoHeader from error


def _surname_beside_name(codes: Sequence[str | None]) -> Sequence[str | None]:
    """ชื่อสกุล is the surname beside ชื่อ, and the whole name when it stands alone."""
    if "first_name" in codes and "last_name" not in codes:
        return ["last_name" if code == "full_name" else code for code in codes]
    return codes
