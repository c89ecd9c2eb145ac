"""The columns of a list of people as offices write them: which header means what, and where the header stands."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import regex

from portal.documents.sheets import Row, Table
from portal.errors import BadInput
from portal.thai.normalising import normalise
from portal.thai.repair import repair
from portal.translating import N_

# Longer cells are no names; what is longer than this is cut for keeping and refused when the row is judged.
CELL_MOST = 400
_LOOK_FOR_HEADER = 20  # rows: a title, an order number and a date often stand above it


@dataclass(frozen=True)
class Column:
    """A column of the list: its code, the header of our template, and what else offices call it."""

    code: str
    header: str
    also: tuple[str, ...]
    example: str
    explanation: str


COLUMNS = (
    Column(
        "prefix",
        "คำนำหน้า",
        ("คำนำหน้าชื่อ", "คำนำหน้านาม", "prefix", "title"),
        "นาง",
        N_("Mr, Mrs, rank and the like"),
    ),
    Column("first_name", "ชื่อ", ("ชื่อตัว", "first name", "firstname", "given name"), "พิมพ์ใจ", N_("Needed")),
    Column(
        "last_name",
        "นามสกุล",
        ("สกุล", "last name", "lastname", "surname", "family name"),
        "เงินวิจิตร",
        "",
    ),
    Column(
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
    Column(
        "username",
        "ชื่อผู้ใช้",
        ("ชื่อบัญชี", "รหัสผู้ใช้", "บัญชีผู้ใช้", "user", "username", "user name", "login"),
        "pimjai",
        N_("Small letters a–z and digits; empty: taken from the e-mail address"),
    ),
    Column(
        "email",
        "อีเมล",
        ("อีเมล์", "อีเมลล์", "e-mail", "email", "mail", "ไปรษณีย์อิเล็กทรอนิกส์"),
        "pimjai@example.org",
        "",
    ),
    Column(
        "phone",
        "โทรศัพท์",
        ("เบอร์โทร", "เบอร์โทรศัพท์", "โทร", "หมายเลขโทรศัพท์", "มือถือ", "phone", "telephone", "tel", "mobile"),
        "081-000-0000",
        "",
    ),
    Column(
        "category",
        "ประเภท",
        ("ประเภทบุคลากร", "category", "type"),
        "พนักงาน",
        N_("พนักงาน (staff) or ฝ่ายการเมือง (elected); empty: staff"),
    ),
    Column(
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
    Column(
        "position",
        "ตำแหน่ง",
        ("ชื่อตำแหน่ง", "position", "post", "job title"),
        "ผู้อำนวยการกองคลัง",
        N_("A new one is made when it is not there"),
    ),
    Column("number", "เลขที่ตำแหน่ง", ("ตำแหน่งเลขที่", "position number", "number"), "04-2102-001", ""),
    Column(
        "head",
        "เป็นหัวหน้าส่วนราชการ",
        ("หัวหน้า", "หัวหน้าหน่วยงาน", "หัวหน้าส่วนราชการ", "head", "is head"),
        "ใช่",
        N_("ใช่ or yes for the head of the unit"),
    ),
    Column(
        "from_date",
        "ดำรงตำแหน่งตั้งแต่",
        ("ตั้งแต่", "ตั้งแต่วันที่", "วันที่ดำรงตำแหน่ง", "วันเริ่ม", "วันที่เริ่ม", "from", "since", "from date", "start date"),
        "1 ต.ค. 2565",
        N_("Any way of writing a date; empty: today"),
    ),
    Column(
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
_PASSED_OVER = frozenset({"ที่", "ลำดับ", "ลำดับที่", "no", "หมายเหตุ", "remark", "remarks", "note"})


class NoHeader(BadInput):
    message = N_(
        "The line with the names of the columns was not found. The list needs at least a column “ชื่อ” or “ชื่อ-สกุล”; "
        "the template shows how."
    )


class NothingBelowHeader(BadInput):
    message = N_("Below the names of the columns there is nothing.")


@dataclass(frozen=True)
class ListedPerson:
    """One row of the list: the row's number in the file and its cells by the codes of the columns."""

    number: int
    cells: dict[str, str]
    unsolved: tuple[str, ...] = ()  # columns whose formula has no result


@dataclass(frozen=True)
class PeopleList:
    """A list as it was sent; `ignored` are headers that mean nothing to us."""

    rows: tuple[ListedPerson, ...]
    ignored: tuple[str, ...] = ()
    encoding: str = ""
    file_name: str = field(default="")

    def to_json(self) -> str:
        return json.dumps(
            {
                "rows": [[row.number, row.cells, row.unsolved] for row in self.rows],
                "ignored": self.ignored,
                "encoding": self.encoding,
                "file_name": self.file_name,
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> "PeopleList":
        kept = json.loads(text)
        return cls(
            tuple(ListedPerson(number, cells, tuple(unsolved)) for number, cells, unsolved in kept["rows"]),
            tuple(kept["ignored"]),
            kept["encoding"],
            kept["file_name"],
        )


def read_people(table: Table, file_name: str = "") -> PeopleList:
    """The rows below the header, by column. NoHeader, NothingBelowHeader."""
    at = _header_row(table.rows)
    header = table.rows[at]
    codes = [_code_of(text) for text in header.cells]
    if "first_name" in codes and "last_name" not in codes:
        # ชื่อสกุล is the surname beside ชื่อ, and the whole name when it stands alone.
        codes = ["last_name" if code == "full_name" else code for code in codes]
    ignored = [
        text
        for text, code in zip(header.cells, codes, strict=True)
        if text and code is None and _folded(text) not in _PASSED_OVER
    ]
    rows = tuple(_listed(row, codes) for row in table.rows[at + 1 :] if not _repeats(row, header))
    rows = tuple(row for row in rows if row.cells or row.unsolved)
    if not rows:
        raise NothingBelowHeader
    return PeopleList(rows, tuple(dict.fromkeys(ignored)), table.encoding, file_name[:200])


def _header_row(rows: Sequence[Row]) -> int:
    """The row that names most columns, a name among them; the title above may hold such a word too."""
    best, most = None, 0
    for place, row in enumerate(rows[:_LOOK_FOR_HEADER]):
        found = {code for code in map(_code_of, row.cells) if code}
        if found & {"first_name", "full_name"} and len(found) > most:
            best, most = place, len(found)
    if best is None:
        raise NoHeader
    return best


def _listed(row: Row, codes: Iterable[str | None]) -> ListedPerson:
    cells: dict[str, str] = {}
    unsolved: list[str] = []
    for place, code in enumerate(codes):
        if code is None:
            continue
        text = " ".join(repair(row.cells[place]).split()) if place < len(row.cells) else ""
        if place in row.unsolved:
            unsolved.append(code)
        elif text and text not in ("-", "–"):
            # One header over several columns: prefix, name and surname under “ชื่อ-สกุล”.
            before = cells.get(code, "")
            cells[code] = (f"{before} {text}" if before and before != text else text)[:CELL_MOST]
    return ListedPerson(row.number, cells, tuple(unsolved))


def _repeats(row: Row, header: Row) -> bool:
    """A printed list repeats its header on every page."""
    return row.cells[: len(header.cells)] == header.cells


def _folded(text: str) -> str:
    return regex.sub(r"[\s.\-–_/*:()]+", "", normalise(text).lower())


_CODES = {
    _folded(name): column.code for column in COLUMNS for name in (*column.also, column.header, column.code)
}


def _code_of(text: str) -> str | None:
    return _CODES.get(_folded(text)) if text else None
