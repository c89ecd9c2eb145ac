"""The raw text of a document, as Word, PDF or OCR gives it, made into Markdown that shows the same words.

General rules for Thai official papers: tabs are table cells, tags are layout, a short numbered or well-known
line before a longer text is a heading, and every character that Markdown would take for markup is escaped.
No word is added, lost or changed; bullets and the leaders of ornamental lines become Markdown's own.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from portal.markup.dialect import CONTROLS, HTML_TAGS
from portal.markup.escaping import escaped
from portal.markup.imported_tables import (
    BREAK,
    BULLET,
    DIGIT,
    ENUMERATOR,
    PIPE_ROW,
    SOFT,
    Table,
    is_lone_cell,
    is_row,
    markdown_of,
    pipe_table,
    tables_from_cells,
    tables_from_rows,
)

TAG = re.compile(rf"(?i)</?({'|'.join(sorted(HTML_TAGS, key=len, reverse=True))})(?:[\s/][^<>\n]*)?/?>")
BREAKING_TAGS = frozenset(
    {
        "p",
        "br",
        "li",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "div",
        "tr",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
    }
)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
SPACES = re.compile(r"[^\S\t\n\v]+")

LINE_ENDS = re.compile(f"[{BREAK}{SOFT}]")
PAGE_NUMBER = re.compile(rf"^[-–—]\s*[{DIGIT}]{{1,4}}\s*[-–—]$")
ORNAMENT = re.compile(r"^(?:[*_=~\-–—·.]\s?){5,}$")
LONE_MARK = re.compile(
    rf"^(?:\(?[{DIGIT}]{{1,3}}(?:\.[{DIGIT}]{{1,3}})?[.)]{{1,2}}|[{DIGIT}]\.[{DIGIT}]{{1,2}}|\()$"
)
LIST_ITEM = re.compile(r"^(?:[-•·●▪❖➢✓–]\s+|[•·●▪❖➢✓])+(?=\S)")

NUMBERED = re.compile(rf"^([{DIGIT}]{{1,2}})(?:\.(?=\s*\D)|(?=\s))\s*(?=[^\s{DIGIT}/.,)])(.+)$")
SUBNUMBERED = re.compile(rf"^[{DIGIT}]{{1,2}}\.[{DIGIT}]{{1,2}}\.?\s+\S")
PART = re.compile(rf"^(?:ส่วนที่|บทที่|ตอนที่|ภาคที่)\s*[{DIGIT}]{{1,2}}(?:\s|$)")
ENDS_IN_NUMBER = re.compile(rf"ที่\s*[{DIGIT}]{{1,2}}$|^แบบฟอร์ม\s*[{DIGIT}]{{1,2}}$")
# Headings that stand in nearly every plan, report or project paper, without a number of their own.
HEADINGS_WITHOUT_NUMBER = (
    "คำนำ|สารบัญ|ภาคผนวก|บทสรุป|บทสรุปผู้บริหาร|บรรณานุกรม|เอกสารอ้างอิง|กิตติกรรมประกาศ|วิสัยทัศน์|พันธกิจ|"
    "ยุทธศาสตร์|หลักการและเหตุผล|วัตถุประสงค์"
)
KNOWN_HEADINGS = frozenset(HEADINGS_WITHOUT_NUMBER.split("|"))
LEADS_ON = ("ดังนี้", "ได้แก่", "ประกอบด้วย", "เช่น", "คือ", "และ", "หรือ", "โดย", ":", ",", "เป็น")
LONGEST_HEADING = 80
LONGEST_TITLE = 60
PROSE = 80
LONG_PROSE = 110

HEADING_PART, HEADING_NUMBERED, HEADING_SUB = "#", "##", "###"


def markdown_from_text(text: str) -> str:
    """The Markdown of a document's text, ending with one newline; an empty text gives an empty string.

    Give it text that is repaired already (`portal.thai.repair`). Page numbers and the like stay as text.
    """
    lines = _lines(text)
    writer = _Writer()
    place = 0
    while place < len(lines):
        place = _take_block(lines, place, writer)
    blocks = [block for block in writer.written() if block]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _lines(text: str) -> list[str]:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace(BREAK, "\n")
    text = CONTROLS.sub("", text).removeprefix("\ufeff")
    # Once more: taking out one tag may join the halves of another.
    text = COMMENT.sub("", text)
    previous = None
    while previous != text:
        previous, text = text, TAG.sub(_break_or_nothing, text)
    text = ENTITY.sub(_character, text)
    lines = []
    for line in text.split("\n"):
        line = SPACES.sub(" ", line)
        if "\t" in line:
            lines.append(line.strip(" "))
        else:
            lines += [part.strip() for part in line.split(BREAK)] if BREAK in line else [line.strip()]
    return lines


def _break_or_nothing(tag: re.Match[str]) -> str:
    return BREAK if tag.group(1).lower() in BREAKING_TAGS else ""


def _character(entity: re.Match[str]) -> str:
    character = CONTROLS.sub("", html.unescape(entity.group()))
    return " " if character.isspace() else character


@dataclass
class _Text:
    """Consecutive lines without tabs; `before_table` when nothing but blank lines parts them from one.

    Lines `of_table` stood in a table's own rows: they say what it is about and are no headings.
    """

    lines: list[str]
    before_table: bool = False
    of_table: bool = False


@dataclass
class _Writer:
    """The blocks of the document in order; headings are told at the end, when what follows is known."""

    blocks: list[_Text | str] = field(default_factory=list)
    sections: list[int] = field(default_factory=list)

    def text(self, lines: list[str], *, of_table: bool = False) -> None:
        kept = _with_marks_joined([line for line in lines if line])
        if kept:
            self.blocks.append(_Text(kept, of_table=of_table))

    def table(self, table: Table) -> None:
        for words in table.before:
            self.text(LINE_ENDS.split(words), of_table=True)
        markdown = markdown_of(table)
        if markdown:
            if self.blocks and isinstance(self.blocks[-1], _Text):
                self.blocks[-1].before_table = True
            self.blocks.append(markdown)
        for words in table.after:
            self.text(LINE_ENDS.split(words), of_table=True)

    def rule(self) -> None:
        self.blocks.append("---")

    def written(self) -> Iterator[str]:
        for place, block in enumerate(self.blocks):
            if isinstance(block, str):
                yield block
                continue
            following = self.blocks[place + 1] if place + 1 < len(self.blocks) else None
            yield from self._paragraphs(block, following if isinstance(following, _Text) else None)

    def _paragraphs(self, block: _Text, following: _Text | None) -> Iterator[str]:
        run: list[str] = []
        listed = False
        for place, line in enumerate(block.lines):
            rest = block.lines[place + 1 :]
            after = rest[0] if rest else following.lines[0] if following else ""
            alone = len(block.lines) == 1
            at_table = not rest and (block.before_table or (following is not None and following.of_table))
            level = "" if block.of_table else self._heading(line, after, alone, at_table)
            bullet = LIST_ITEM.match(line)
            if level or (bool(bullet) != listed and run):
                yield "\n".join(run)
                run = []
            listed = bullet is not None
            if level:
                yield f"{level} {escaped(line).replace('#', chr(92) + '#')}"
            elif bullet:
                run.append("- " + escaped(line[bullet.end() :], line_start=True))
            else:
                run.append(escaped(line, line_start=True))
        yield "\n".join(run)

    def _heading(self, line: str, after: str, alone: bool, before_table: bool) -> str:
        """The heading marks of a line, empty for most; `alone` when blank lines stand around it."""
        if line in KNOWN_HEADINGS:
            return HEADING_PART
        if len(line) > LONGEST_HEADING or line.endswith(LEADS_ON) or PAGE_NUMBER.match(line):
            return ""
        if alone and PART.match(line):
            return HEADING_PART
        if alone and ENDS_IN_NUMBER.search(line) and not ENUMERATOR.match(line) and (after or before_table):
            return HEADING_NUMBERED
        if alone and SUBNUMBERED.match(line) and (before_table or len(after) >= PROSE):
            return HEADING_SUB
        numbered = NUMBERED.match(line)
        if numbered:
            opens = before_table or len(after) >= PROSE or bool(SUBNUMBERED.match(after))
            opens = opens or (alone and bool(LIST_ITEM.match(after)))
            return self._numbered(int(numbered.group(1))) if opens and not NUMBERED.match(after) else ""
        title = alone and len(line) <= LONGEST_TITLE and not ENUMERATOR.match(line) and not BULLET.match(line)
        starts = not re.match(rf"^(?:[({DIGIT}\"“/]|เป็น|และ|โดย|ซึ่ง|ที่|ทาง|หรือ)", line) and not re.search(
            rf"[.…]{{3}}|[{DIGIT}]$", line
        )
        prose = len(after) >= LONG_PROSE and not ENUMERATOR.match(after) and not BULLET.match(after)
        return HEADING_SUB if title and starts and prose else ""

    def _numbered(self, number: int) -> str:
        """Sections count on; one that starts again from 1 stands under the section before it."""
        while self.sections:
            if self.sections[-1] < number <= self.sections[-1] + 3:
                self.sections[-1] = number
                return HEADING_NUMBERED if len(self.sections) == 1 else HEADING_SUB
            if number == 1 and len(self.sections) == 1:
                self.sections.append(1)
                return HEADING_SUB
            if len(self.sections) == 1 and number > 1:
                return ""
            self.sections.pop()
        self.sections = [number]
        return HEADING_NUMBERED if number <= 3 else ""


def _take_block(lines: list[str], place: int, writer: _Writer) -> int:
    """Writes the block that begins at a line; the place of the first line after it."""
    line = lines[place]
    if not line:
        return place + 1
    if ORNAMENT.match(line) and not line.startswith("."):
        writer.rule()
        return place + 1
    if PAGE_NUMBER.match(line):
        writer.text([line])
        return place + 1
    if PIPE_ROW.match(line):
        stop = place
        while stop < len(lines) and PIPE_ROW.match(lines[stop]):
            stop += 1
        table = pipe_table(lines[place:stop])
        if table is not None:
            writer.table(table)
            return stop
    if is_lone_cell(line):
        stop, cells = _lone_cells(lines, place)
        for table in tables_from_cells(cells):
            writer.table(table)
        return stop
    stop = place
    rows = is_row(line)
    while stop < len(lines) and lines[stop] and (stop == place or not _begins_block(lines[stop])):
        if is_lone_cell(lines[stop]) and not rows:
            break
        rows = rows or is_row(lines[stop])
        stop += 1
    block = lines[place:stop]
    tabs = [at for at, words in enumerate(block) if is_row(words)]
    if not tabs:
        writer.text(block)
        return stop
    writer.text(block[: tabs[0]])
    for table in tables_from_rows(block[tabs[0] : tabs[-1] + 1]):
        writer.table(table)
    writer.text(block[tabs[-1] + 1 :])
    return stop


def _begins_block(line: str) -> bool:
    return bool(PAGE_NUMBER.match(line) or ORNAMENT.match(line) or PIPE_ROW.match(line))


def _lone_cells(lines: list[str], place: int) -> tuple[int, list[str]]:
    """The cells of a layout with a cell a line, and the place after them.

    A page number ends the run, and so do two blank lines before something that is no cell, unless a cell comes
    right after it: Word leaves blank lines inside cells.
    """
    cells: list[str] = []
    blank = 0
    stop = place
    for at in range(place, len(lines)):
        line = lines[at]
        if not line:
            blank += 1
            continue
        if is_lone_cell(line):
            cells.append(line.strip())
        elif is_row(line) or PAGE_NUMBER.match(line) or ORNAMENT.match(line) or blank >= 2:
            break
        elif blank:
            cells[-1] = cells[-1] + BREAK + line if cells[-1] else line
        else:
            cells[-1] += SOFT + line
        blank = 0
        stop = at + 1
    return stop, cells


def _with_marks_joined(lines: list[str]) -> list[str]:
    """A number or bracket that stands alone on its line goes with the words on the next."""
    kept: list[str] = []
    waiting = ""
    for line in lines:
        if waiting and not LONE_MARK.match(line):
            line, waiting = f"{waiting} {line}", ""
        if LONE_MARK.match(line):
            if waiting:
                kept.append(waiting)
            waiting = line
        else:
            kept.append(line)
    return [*kept, waiting] if waiting else kept
