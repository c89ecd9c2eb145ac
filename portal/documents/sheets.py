"""Tables in and out: XLSX and CSV as offices make them, read into plain texts; and XLSX written for taking home.

A table from outside is distrusted: what it holds is counted while it is unpacked, and every refusal says in a sentence
what to do.
"""

import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import openpyxl
import regex
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from portal.errors import BadInput, TooLarge
from portal.thai.dates import BANGKOK
from portal.thai.decoding import decode
from portal.translating import N_

MAX_ROWS = 5_000
MAX_COLUMNS = 100
MOST_MERGES = 2_000
MOST_MERGED_CELLS = 200_000
# An office's list of 5,000 people unpacks to some 5 MB.
MAX_UNPACKED = 64 * 1024 * 1024
MAX_MEMBERS = 500
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_CHUNK = 64 * 1024
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})[\"']")
_FORBIDDEN_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
_EXCEL_ROWS = 1_048_576
# What openpyxl lets out when a part of the workbook is not what it should be.
_BROKEN = (
    InvalidFileException,
    SyntaxError,  # ElementTree's ParseError, and the one of lxml, which openpyxl takes where it is installed
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
)
_CELL_MOST = 32_767  # characters that Excel keeps in one cell
# Calendar 07 is the Buddhist one, 041E Thai: shown as 1 ต.ค. 2569, still a date to count with.
_THAI_DATE = "[$-107041E]d mmm yyyy"


class NotATable(BadInput):
    message = N_("This file can't be read as a table. Save it as .xlsx or .csv and send that.")


class OldExcel(BadInput):
    message = N_(
        "This is the old Excel format. Open it, choose “Save as” → Excel Workbook (.xlsx) and send that."
    )


class PasswordProtected(BadInput):
    message = N_("This file is protected by a password. Save it without one and send that.")


class EmptyTable(BadInput):
    message = N_("There is nothing in this file.")


class TooManyRows(TooLarge):
    status = 422
    message = N_("This table has more than %(most)s rows. Divide it into several files.")


class UnpacksTooLarge(TooLarge):
    status = 422
    message = N_("This file grows too large when it is unpacked. Save only the list itself in a new file.")


@dataclass(frozen=True)
class Row:
    """One row with its number as the writer sees it, and its cells as texts; an empty cell is an empty text."""

    number: int
    cells: tuple[str, ...]
    # Columns (from 0) whose formula has no result in the file: nobody can tell what stands there.
    unsolved: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Table:
    """The rows that hold something, in order and all of the same width. `encoding` is what a CSV was written in, empty for XLSX."""

    rows: tuple[Row, ...]
    encoding: str = ""


def read_table(data: bytes, filename: str = "", *, max_rows: int = MAX_ROWS) -> Table:
    """The first filled sheet of an XLSX, or a CSV in any encoding Thai offices use, by comma, semicolon or tab, wide
    ones too.

    Merged cells are filled with what is merged; dates come as day/month/year. NotATable, OldExcel, PasswordProtected,
    EmptyTable, TooManyRows, UnpacksTooLarge.
    """
    if not data.strip(b"\x00\t\r\n "):
        raise EmptyTable
    if data.startswith(_OLD_OFFICE):
        raise PasswordProtected if _ENCRYPTED in data else OldExcel
    if data.startswith(b"PK"):
        return _read_workbook(data, max_rows)
    if (
        data.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf"))
        or b"<html" in data[:1000].lower()
    ):
        raise NotATable
    return _read_text(data, max_rows)


# ---- CSV


def _read_text(data: bytes, max_rows: int) -> Table:
    text, encoding = decode(data)
    text = text.removeprefix("\ufeff")
    if "\x00" in text:
        raise NotATable
    first_line = 1
    told = re.match(r"sep=(.)\r?\n", text)  # Excel's own way of saying it
    if told:
        text, first_line = text[told.end() :], 2
    rows: list[Row] = []
    begins = first_line
    try:
        delimiter = told.group(1) if told else _delimiter(text)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        for cells in reader:
            _take(rows, Row(begins, tuple(cell.strip() for cell in cells[:MAX_COLUMNS])), max_rows)
            begins = first_line + reader.line_num
    except csv.Error as error:
        raise NotATable from error
    return _filled(rows, encoding)


def _delimiter(text: str) -> str:
    """The mark that divides most of the first lines into the same number of cells, more than one."""
    lines = [line for line in text.splitlines()[:30] if line.strip()]
    best, most = ",", (0, 0)
    for mark in ",;\t|，；｜":  # the wide ones come from East Asian keyboards and from PDF
        counts = [len(next(csv.reader([line], delimiter=mark), [])) for line in lines]
        usual = max(set(counts), key=counts.count, default=1)
        score = (counts.count(usual) if usual > 1 else 0, usual)
        if score > most:
            best, most = mark, score
    return best


# ---- XLSX


def _read_workbook(data: bytes, max_rows: int) -> Table:
    members = _unpacked(data)
    if "xl/workbook.xml" not in members:
        raise NotATable
    with warnings.catch_warnings():
        # openpyxl warns of every feature it passes over (validation lists, printers' settings): no news to anybody here.
        warnings.filterwarnings("ignore", module="openpyxl")
        try:
            return _read_parts(data, members, max_rows)
        except _BROKEN as error:
            raise NotATable from error


def _read_parts(data: bytes, members: dict[str, bytes], max_rows: int) -> Table:
    book = _load(data, values=True)
    solved_only = any(_FORMULA.search(content) for name, content in members.items() if "worksheets" in name)
    formulas = _load(data, values=False) if solved_only else None
    for number, sheet in enumerate(book.worksheets):
        other = None if formulas is None else formulas.worksheets[number]
        rows = list(_sheet_rows(sheet, other, max_rows))
        if rows:
            xml = members.get(str(sheet._worksheet_path).lstrip("/"), b"")
            return _filled(_merged(rows, xml))
    raise EmptyTable


def _unpacked(data: bytes) -> dict[str, bytes]:
    """Every XML part by name. The real bytes are counted: what a ZIP says of itself may be a lie."""
    parts: dict[str, bytes] = {}
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_MEMBERS:
                raise UnpacksTooLarge
            for entry in entries:
                if entry.flag_bits & 1 or entry.filename in parts or ".." in entry.filename.split("/"):
                    raise NotATable
                kept: list[bytes] = []
                with archive.open(entry) as member:
                    while chunk := member.read(_CHUNK):
                        total += len(chunk)
                        if total > MAX_UNPACKED:
                            raise UnpacksTooLarge
                        kept.append(chunk)
                parts[entry.filename] = b"".join(kept) if entry.filename.endswith((".xml", ".rels")) else b""
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OSError,
    ) as error:
        raise NotATable from error
    if any(b"<!DOCTYPE" in content or b"<!ENTITY" in content for content in parts.values()):
        raise NotATable
    return parts


def _load(data: bytes, *, values: bool) -> Any:
    return openpyxl.load_workbook(
        io.BytesIO(data), read_only=True, data_only=values, keep_links=False, rich_text=False
    )


def _sheet_rows(sheet: Any, formulas: Any, max_rows: int) -> Iterator[Row]:
    sheet.reset_dimensions()  # what the sheet says of its own size is often wrong
    solved = _cells(sheet)
    written = None if formulas is None else _cells(formulas)
    rows: list[Row] = []
    for number, cells in solved:
        texts = tuple(_text(value) for value in cells)
        unsolved: frozenset[int] = frozenset()
        if written is not None:
            _, sources = next(written, (number, ()))
            unsolved = frozenset(
                column
                for column, source in enumerate(sources)
                if isinstance(source, str)
                and source.startswith("=")
                and (column >= len(cells) or cells[column] is None or str(cells[column]).startswith("#"))
            )
        _take(rows, Row(number, texts, unsolved), max_rows)
    yield from rows


def _cells(sheet: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS), start=1):
        if (
            number > _EXCEL_ROWS
        ):  # a row may call itself number ten milliards; the empty ones before it have no end
            raise NotATable
        yield number, cells


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        # Both eras are seen in cells that Excel calls dates; the four digits tell which.
        return f"{value.day}/{value.month}/{value.year}"
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()


def _merged(rows: list[Row], xml: bytes) -> list[Row]:
    """What is merged over several cells stands in each of them."""
    at = {row.number: list(row.cells) for row in rows}
    filled = 0
    for count, found in enumerate(_MERGED.finditer(xml)):
        if count > MOST_MERGES or filled > MOST_MERGED_CELLS:
            raise NotATable
        left, top, right, bottom = range_boundaries(found.group(1).decode("ascii"))
        if left is None or top is None or right is None or bottom is None or left > MAX_COLUMNS:
            continue
        above = at.get(top, [])
        value = above[left - 1] if left <= len(above) else ""
        if not value:
            continue
        for number in range(top, min(bottom, rows[-1].number) + 1):
            cells = at.get(number)
            if cells is None:
                continue
            last = min(right, MAX_COLUMNS)
            filled += last - left + 1
            cells.extend([""] * (last - len(cells)))
            cells[left - 1 : last] = [value] * (last - left + 1)
    return [Row(row.number, tuple(at[row.number]), row.unsolved) for row in rows]


def _take(rows: list[Row], row: Row, max_rows: int) -> None:
    if not any(row.cells) and not row.unsolved:
        return
    if len(rows) >= max_rows:
        raise TooManyRows(most=f"{max_rows:,}")
    rows.append(row)


def _filled(rows: list[Row], encoding: str = "") -> Table:
    if not rows:
        raise EmptyTable
    width = max(max((place + 1 for place, cell in enumerate(row.cells) if cell), default=0) for row in rows)
    width = max(width, *(column + 1 for row in rows for column in row.unsolved), 1)
    return Table(
        tuple(Row(row.number, (row.cells + ("",) * width)[:width], row.unsolved) for row in rows),
        encoding,
    )


# ---- writing


@dataclass(frozen=True)
class Sheet:
    """A sheet to write: its title, the header and rows of texts, numbers and dates."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Any]] = field(default_factory=tuple)


def write_table(title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """An XLSX with one sheet: the header bold and held in place, dates in the Buddhist era, texts as texts.

    A text that begins with = stays a text and is never worked out by the program that opens it.
    """
    return write_sheets([Sheet(title, header, rows)])


def write_sheets(sheets: Iterable[Sheet]) -> bytes:
    """An XLSX with these sheets."""
    book = openpyxl.Workbook(write_only=True)
    for sheet in sheets:
        rows = [list(row) for row in sheet.rows]
        page = book.create_sheet(_FORBIDDEN_IN_TITLES.sub(" ", _clean(sheet.title)).strip("' ")[:31] or "1")
        page.freeze_panes = "A2"
        for number, _label in enumerate(sheet.header, start=1):
            shown = [sheet.header[number - 1], *(row[number - 1] for row in rows[:200] if number <= len(row))]
            page.column_dimensions[get_column_letter(number)].width = _width(shown)
        page.append([_cell(page, label, bold=True) for label in sheet.header])
        for row in rows:
            page.append([_cell(page, value) for value in row])
        if sheet.header:
            page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.header))}{len(rows) + 1}"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _cell(page: Any, value: Any, *, bold: bool = False) -> Any:
    if isinstance(value, datetime) and value.tzinfo is not None:
        value = value.astimezone(BANGKOK).replace(tzinfo=None)
    if value is not None and not isinstance(value, (bool, int, float, date)):
        value = _clean(str(value))[:_CELL_MOST]
    cell = WriteOnlyCell(page, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
        cell.alignment = Alignment(vertical="top", wrap_text=len(value) > 60 or "\n" in value)
    elif isinstance(value, datetime):
        cell.number_format = f"{_THAI_DATE} hh:mm"
    elif isinstance(value, date):
        cell.number_format = _THAI_DATE
    if bold:
        cell.font = Font(bold=True)
    return cell


def _clean(text: str) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("", text)


def _width(values: Iterable[Any]) -> float:
    """In Excel's measure: letters wide. Thai marks above and below take no place of their own."""
    longest = max((len(regex.findall(r"\X", str(value))) for value in values if value is not None), default=8)
    return float(min(max(longest + 2, 8), 60))
