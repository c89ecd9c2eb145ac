"""Tables in the raw text of a document: which lines are rows, where a header is, and how they read as Markdown.

Two layouts come out of Word, PDF and OCR: a row a line with tabs between its cells, and a cell a line with a tab
before each. Headers are told by the names that columns have in Thai action plans and forms, not by position.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from portal.markup.escaping import escaped
from portal.markup.limits import MAX_CELLS, MAX_COLUMNS, MAX_ROW

# Stands for a line break inside a line or a cell, where the document had <br>, <p> or <li>.
BREAK = "\v"
# Stands for an end of line that may be only the end of the column's width.
SOFT = "\f"

DIGIT = "0-9๐-๙"
NUMBER = re.compile(rf"^[{DIGIT}]{{1,3}}(?:\.[{DIGIT}]{{1,3}}){{0,3}}[.)]?$")
ENUMERATOR = re.compile(
    rf"^\(?[{DIGIT}]{{1,3}}(?:\.[{DIGIT}]{{1,3}}){{0,3}}[.)]{{1,2}}|^[{DIGIT}]{{1,3}}(?:\.[{DIGIT}]{{1,3}}){{1,3}}\s"
)
INLINE_ENUMERATOR = re.compile(rf"(?<=\s)([{DIGIT}]{{1,2}})([.)])(?=\s*[^\s{DIGIT}])")
BULLET = re.compile(r"^[-•·●▪❖➢✓*–]\s*(?=\S)")
STEP = re.compile(rf"^(?:ขั้นตอนที่|ขั้นที่|หมวดที่|หมวด|ส่วนที่|ด้านที่|กลุ่มที่|ระยะที่)\s*[{DIGIT}]")
THAI = re.compile(r"[\u0e01-\u0e3a\u0e40-\u0e4e]")
PIPE_ROW = re.compile(r"^\s*(?:[-*•]\s+)?\|.*\|\s*$")
PIPE_RULE = re.compile(r"^(?:\s*:?-+:?\s*\|)*\s*:?-+:?\s*$")
UNESCAPED_PIPE = re.compile(r"(?<!\\)\|")

NUMBER_COLUMNS = frozenset({"ที่", "ลำดับ", "ลำดับที่", "ข้อ", "ข้อที่", "no", "no.", "#", "เลขที่"})
# What columns are called in action plans, reports and worksheets of Thai public bodies. A cell counts when it
# begins with one of these and says little more.
NAMES_OF_COLUMNS = (
    "กิจกรรม|วิธีการสู่ความสำเร็จ|วิธีการ|วิธีดำเนินการ|ระยะเวลา|ตัวชี้วัด|เป้าหมาย|เป้าประสงค์|"
    "กลุ่มเป้าหมาย|เครื่องมือ|วัสดุ|งบประมาณ|ผู้รับผิดชอบ|สถานะ|หมายเหตุ|องค์ความรู้|ขั้นตอน|รายละเอียด|"
    "วัตถุประสงค์|แบบฟอร์ม|เกณฑ์|เรื่อง|หน้า|ชื่อ|ตำแหน่ง|ทำหน้าที่|หน่วยงาน|ส่วนราชการ|สำนัก/กอง|คะแนน|"
    "กำหนดการ|ขอบเขต|ประโยชน์|โครงการ|วัน/เดือน/ปี|วันที่|เดือน|จำนวน|รายการ|ผลการดำเนินงาน|ผลผลิต|ผลลัพธ์|"
    "ผลที่คาดว่า|ปัญหา|ข้อเสนอแนะ|ระดับคะแนน|น้ำหนัก|หน่วยนับ|หน่วยที่วัด|กระบวนงาน|กระบวนการ|ประเด็น|"
    "ยุทธศาสตร์|กลยุทธ์|หมายเลขโทรศัพท์|โทรศัพท์|ผลการประเมิน|สิ่งที่มีอยู่|รหัส|ประเภท|สถานที่|ค่าเป้าหมาย|"
    "ความถี่"
)
COLUMN_NAMES = tuple(NAMES_OF_COLUMNS.split("|"))
LONGEST_COLUMN_NAME = 40


@dataclass
class Table:
    """Rows of cells. `before` and `after` are lines that stood in the table's block but are no rows of it."""

    rows: list[list[str]]
    header: list[str] | None = None
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)

    @property
    def width(self) -> int:
        return max((len(row) for row in [*self.rows, self.header or []]), default=0)


def is_row(line: str) -> bool:
    """Whether a line holds tabs between cells, or is one cell of the layout with a cell a line."""
    return "\t" in line


def is_lone_cell(line: str) -> bool:
    """Whether a line is one cell: a tab before it and none in it."""
    return line.lstrip(" ").startswith("\t") and "\t" not in line.strip(" ")[1:]


def cells_of(line: str) -> list[str]:
    return [cell.strip(" " + BREAK) for cell in line.strip(" ").split("\t")]


def is_header(cells: Sequence[str]) -> bool:
    """Whether a row names columns: at least two known names, making up half of what it says."""
    filled = [cell for cell in cells if cell]
    known = sum(map(_names_a_column, filled))
    return known >= 2 and known * 2 >= len(filled)


def _names_a_column(cell: str) -> bool:
    name = re.sub(r"\s+", "", cell).lower()
    if name in NUMBER_COLUMNS:
        return True
    return len(name) <= LONGEST_COLUMN_NAME and name.startswith(COLUMN_NAMES) and not ENUMERATOR.match(cell)


def tables_from_rows(lines: list[str]) -> Iterator[Table]:
    """The tables in consecutive lines of which the first and the last have tabs; a new header begins a new one.

    Lines without tabs between two rows belong to the cell above them, unless the row above is full and a header
    follows: then they are the next table's title.
    """
    width = max(len(cells_of(line)) for line in lines if is_row(line))
    table = Table([])
    loose: list[str] = []
    for line in lines:
        if not is_row(line):
            # Trailing tabs are often cut off, and a step's row has nothing else.
            if STEP.match(line) and not loose and (table.rows or table.header):
                table.rows.append([line])
            else:
                loose.append(line)
            continue
        cells = cells_of(line)
        if is_header(cells) and (table.header or table.rows):
            titles = _lone_titles(table) if table.header is None else []
            if titles:
                table.before += titles + loose
                table.header, loose = cells, []
                width = max(width, len(cells))
                continue
            if table.header is not None or len(table.rows) > 1:
                yield table
                table = Table([], before=loose)
                loose = []
        if not table.rows and table.header is None:
            table.before += loose
            loose = []
            if is_header(cells):
                table.header = cells
            else:
                table.rows.append(cells)
            continue
        above = table.rows[-1] if table.rows else table.header or []
        for piece in loose:
            place = len(above) - 1 if len(above) < width else _last_filled(above)
            above[place] = joined(above[place], piece)
        torn = bool(loose) or (NUMBER.match(above[0]) is not None and bool(cells[0]))
        loose = []
        if (
            torn
            and len(above) < width
            and len(above) + len(cells) - 1 == width
            and not (NUMBER.match(cells[0]) or STEP.match(cells[0]))
        ):
            above[-1] = joined(above[-1], cells[0])
            above += cells[1:]
        else:
            table.rows.append(cells)
    yield table


def tables_from_cells(cells: list[str]) -> Iterator[Table]:
    """The tables in a run of single cells: a header is a run of column names that begins with a number column.

    Rows begin at cells that count on by one. Cells outside such a table come back as `before` and `after`.
    """
    loose: list[str] = []
    place = 0
    while place < len(cells):
        header = _header_at(cells, place)
        if header is None:
            loose.append(cells[place])
            place += 1
            continue
        table = Table([], header=[settled(cell) for cell in header], before=loose)
        loose = []
        place += len(header)
        number = 1
        while place < len(cells) and _number(cells[place]) == number:
            stop = next(
                (at for at in range(place + 1, len(cells)) if _number(cells[at]) == number + 1),
                min(place + len(header), len(cells)),
            )
            if stop - place > len(header) and _header_at(cells[:stop], place + len(header)) is not None:
                stop = place + len(header)
            row, spare = cells[place : place + len(header)], cells[place + len(header) : stop]
            for cell in spare:
                row[-1] = joined(row[-1] + BREAK, cell) if row[-1] else cell
            table.rows.append([settled(cell) for cell in row])
            place, number = stop, number + 1
        yield table
    if loose:
        yield Table([], before=loose)


def settled(cell: str) -> str:
    """A cell whose lines were broken by the width of its column, put together again."""
    first, *rest = cell.split(SOFT)
    for line in rest:
        first = joined(first, line)
    return first


def _header_at(cells: Sequence[str], place: int) -> list[str] | None:
    if re.sub(r"\s+", "", cells[place]).lower() not in NUMBER_COLUMNS:
        return None
    stop = place
    while stop < len(cells) and cells[stop] and _names_a_column(cells[stop]):
        stop += 1
    return list(cells[place:stop]) if stop - place >= 3 else None


def _number(cell: str) -> int | None:
    match = re.fullmatch(rf"([{DIGIT}]{{1,3}})[.)]?", cell.strip())
    return int(match.group(1)) if match else None


def _lone_titles(table: Table) -> list[str]:
    """The rows so far, when none has more than its first cell: lines above the header, not rows."""
    if any(any(row[1:]) for row in table.rows):
        return []
    titles = [row[0] for row in table.rows]
    table.rows = []
    return titles


def _last_filled(cells: Sequence[str]) -> int:
    return max((place for place, cell in enumerate(cells) if cell), default=0)


def joined(above: str, below: str) -> str:
    """A line and the line it was broken into, inside a cell: Thai goes on without a space, a new point below."""
    above, below = above.rstrip(" "), below.strip(" ")
    if not above or not below:
        return above + below
    if above.endswith(BREAK) or BULLET.match(below) or ENUMERATOR.match(below):
        return above.rstrip(BREAK) + BREAK + below
    between = "" if THAI.match(above[-1]) and THAI.match(below[0]) else " "
    return above + between + below


def pipe_table(lines: list[str]) -> Table | None:
    """The table of lines that are written with pipes already; None without the rule that makes them one."""
    rows: list[list[str]] = []
    header: list[str] | None = None
    ruled = False
    for line in lines:
        inner = line[line.index("|") + 1 :].rstrip().removesuffix("|")
        if PIPE_RULE.match(inner):
            if not ruled and len(rows) == 1:
                header = rows.pop()
            ruled = True
        else:
            rows.append([cell.strip().replace("\\|", "|") for cell in UNESCAPED_PIPE.split(inner)])
    return Table(rows, header=header if header and any(header) else None) if ruled else None


def markdown_of(table: Table) -> str:
    """A GFM table, padded to its widest row; a step's row spans it. Too wide or too long cells become lines."""
    width = table.width
    if not width or (not table.rows and not table.header):
        return ""
    rows = [_row(row, width, table.header) for row in table.rows]
    if width > MAX_COLUMNS or any(len(row) > MAX_ROW for row in rows):
        every = [table.header or [], *table.rows]
        return "\n\n".join(
            "\n".join(escaped(cell, line_start=True) for cell in row if cell) for row in every if any(row)
        )
    head = _row(table.header or [], width, None)
    rule = "|" + "---|" * width
    most = max(MAX_CELLS // width - 2, 1)
    parts = [rows[at : at + most] for at in range(0, len(rows), most)] or [[]]
    blank = _row([], width, None)
    return "\n\n".join("\n".join([blank if at else head, rule, *part]) for at, part in enumerate(parts))


def _row(cells: list[str], width: int, header: list[str] | None) -> str:
    if header and cells[0] and not any(cells[1:]) and width > 1 and _spans(cells[0], header):
        return f"| {_cell(cells[0])} " + "|" * width
    padded = cells + [""] * (width - len(cells))
    return "| " + " | ".join(map(_cell, padded)) + " |"


def _spans(words: str, header: list[str]) -> bool:
    if STEP.match(words):
        return True
    # Words alone in a column of numbers are a heading for the rows below.
    return re.sub(r"\s+", "", header[0]).lower() in NUMBER_COLUMNS and not NUMBER.match(words)


def _cell(cell: str) -> str:
    return "<br>".join(escaped(line.strip()) for line in _points(cell).split(BREAK) if line.strip())


def _points(cell: str) -> str:
    """The cell with its numbered or dashed points each on a line of its own."""
    expected = 1
    breaks = []
    for match in INLINE_ENUMERATOR.finditer(" " + cell):
        if int(match.group(1)) == expected:
            breaks.append(match.start() - 1)
            expected += 1
        elif expected > 1 and int(match.group(1)) == 1:
            break
    if expected > 2:
        for at in reversed(breaks):
            cell = cell[:at] + BREAK + cell[at:] if at > 0 else cell
    parts = []
    for part in cell.split(BREAK):
        part = part.strip()
        parts.append(re.sub(r"\s+-\s+(?=\S)", BREAK + "- ", part) if part.startswith("- ") else part)
    return BREAK.join(parts)
