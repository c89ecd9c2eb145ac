"""Lists as offices write them: which header means what, where the header stands, and the rows below it by column."""

import base64
import json
import zlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import regex

from portal.documents.sheets import Row, Table
from portal.errors import BadInput
from portal.thai.normalising import normalise
from portal.thai.repair import repair
from portal.translating import N_

# What is longer is cut for keeping, and refused when the row is judged.
CELL_MOST = 1_000
_LOOK_FOR_HEADER = 20  # rows: a title, an order number and a date often stand above it
_PASSED_OVER = frozenset({"ที่", "ลำดับ", "ลำดับที่", "no", "หมายเหตุ", "remark", "remarks", "note"})


@dataclass(frozen=True)
class ListColumn:
    """A column of a list: its code, the header of our template, what else offices call it; `explanation` is a msgid."""

    code: str
    header: str
    also: tuple[str, ...]
    example: str
    explanation: str = ""
    is_needed: bool = False


class NoHeaderFound(BadInput):
    message = N_(
        "The line with the names of the columns was not found. The list needs at least these: %(columns)s. The template "
        "shows how."
    )


class ColumnsMissing(BadInput):
    message = N_("These columns are missing: %(columns)s. The template shows how.")


class NothingInList(BadInput):
    message = N_("Below the names of the columns there is nothing.")


@dataclass(frozen=True)
class ListedRow:
    """One row: its number in the file and its cells by the codes of the columns."""

    number: int
    cells: dict[str, str]
    unsolved: tuple[str, ...] = ()  # columns whose formula has no result


@dataclass(frozen=True)
class Listed:
    """A list as it was sent; `ignored` are headers that mean nothing to us."""

    rows: tuple[ListedRow, ...]
    ignored: tuple[str, ...] = ()
    encoding: str = ""
    file_name: str = ""

    def packed(self) -> str:
        """As one short text, for keeping between two requests."""
        rows = [[row.number, row.cells, row.unsolved] for row in self.rows]
        return pack([rows, self.ignored, self.encoding, self.file_name])

    @classmethod
    def unpacked(cls, text: str) -> "Listed":
        rows, ignored, encoding, file_name = unpack(text)
        return cls(
            tuple(ListedRow(number, cells, tuple(unsolved)) for number, cells, unsolved in rows),
            tuple(ignored),
            encoding,
            file_name,
        )


def pack(value: Any) -> str:
    """Lists, texts and numbers as one short text: a list of thousands of rows repeats itself."""
    return base64.b85encode(zlib.compress(json.dumps(value, ensure_ascii=False).encode())).decode()


def unpack(text: str) -> Any:
    """What `pack` was given."""
    return json.loads(zlib.decompress(base64.b85decode(text)))


def read_columns(
    table: Table,
    columns: Sequence[ListColumn],
    file_name: str = "",
    *,
    named_by: Collection[str] = (),
    understood: Callable[[Sequence[str | None]], Sequence[str | None]] = lambda codes: codes,
) -> Listed:
    """The rows below the header, by column. `named_by`: columns of which a header names one, where a single word may be all of
    it; `understood`: the columns of a header, where one depends on what stands beside it. NoHeaderFound, ColumnsMissing,
    NothingInList."""
    codes_of = {
        _folded(name): column.code
        for column in columns
        for name in (*column.also, column.header, column.code)
    }
    at = _header_row(table.rows, codes_of, columns, named_by)
    header = table.rows[at]
    codes = understood([codes_of.get(_folded(text)) if text else None for text in header.cells])
    missing = [column.header for column in columns if column.is_needed and column.code not in codes]
    if missing:
        raise ColumnsMissing(columns=", ".join(missing))
    ignored = [
        text
        for text, code in zip(header.cells, codes, strict=True)
        if text and code is None and _folded(text) not in _PASSED_OVER
    ]
    rows = tuple(_listed(row, codes) for row in table.rows[at + 1 :] if not _repeats(row, header))
    rows = tuple(row for row in rows if row.cells or row.unsolved)
    if not rows:
        raise NothingInList
    return Listed(rows, tuple(dict.fromkeys(ignored)), table.encoding, file_name[:200])


def _header_row(
    rows: Sequence[Row],
    codes_of: dict[str, str],
    columns: Sequence[ListColumn],
    named_by: Collection[str],
) -> int:
    """The row that names most columns, at least two or one that it is known by; a title above it may hold such a word, too."""
    best, most = None, 0 if named_by else 1
    for place, row in enumerate(rows[:_LOOK_FOR_HEADER]):
        # One word merged over a whole line of title is one word.
        found = {codes_of[_folded(cell)] for cell in row.cells if _folded(cell) in codes_of}
        if len(found) > most and (not named_by or not found.isdisjoint(named_by)):
            best, most = place, len(found)
    if best is None:
        raise NoHeaderFound(columns=", ".join(column.header for column in columns if column.is_needed))
    return best


def _listed(row: Row, codes: Iterable[str | None]) -> ListedRow:
    cells: dict[str, str] = {}
    unsolved: list[str] = []
    for place, code in enumerate(codes):
        if code is None:
            continue
        text = " ".join(repair(row.cells[place]).split()) if place < len(row.cells) else ""
        if place in row.unsolved:
            unsolved.append(code)
        elif text and text not in ("-", "–"):
            # One header over several columns: prefix, name and surname under one word.
            before = cells.get(code, "")
            cells[code] = (f"{before} {text}" if before and before != text else text)[:CELL_MOST]
    return ListedRow(row.number, cells, tuple(unsolved))


def _repeats(row: Row, header: Row) -> bool:
    """A printed list repeats its header on every page."""
    return row.cells[: len(header.cells)] == header.cells


def _folded(text: str) -> str:
    return regex.sub(r"[\s.\-–_/*:()]+", "", normalise(text).lower())
