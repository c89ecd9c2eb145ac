"""The memo as a Word file (DOCX) with the look of the PDF, to be worked on further.

Word takes Thai for complex script and reads font, size and weight of it from attributes of their own (`w:cs`, `w:szCs`,
`w:bCs`); python-docx sets those of Latin text.
"""

import io
from collections.abc import Iterable
from typing import Final

from docx import Document
from docx.document import Document as WordFile
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt
from docx.table import Table as WordTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run as WordRun

from portal.documents.emblems import as_png
from portal.documents.memo import (
    MOST_IN_A_MEMO,
    Look,
    Memo,
    Opinion,
    Words,
    check_length,
    figure,
    heading_of,
    lines_below,
    one_line,
    paragraphs,
    stand_beside,
    words,
    written_day,
)
from portal.documents.text_blocks import (
    Block,
    Heading,
    Listing,
    Paragraph,
    Quote,
    Run,
    Table,
    Verbatim,
    blocks_of,
)
from portal.documents.typefaces import OFFICE_NAME, OFFICE_SIZE, typeface
from portal.documents.word_parts import (
    add_field,
    add_lines,
    child_of,
    kept_on_one_page,
    kept_spaces,
    make_link,
    set_font,
    set_rules,
)
from portal.thai.clusters import length
from portal.thai.numerals import Numerals

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WIDTH: Final = Cm(16)
INDENT: Final = Cm(2.5)
# Drawn alike, under other names: taken when a machine has no TH SarabunPSK.
_ALIKE: Final = "TH Sarabun New,TH SarabunIT๙,TH Sarabun"
_DOTS: Final = "." * 46
_HALF_A_LINE: Final = 34  # letters
_ALIGN: Final = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}

_Place = WordFile | _Cell


def memo_docx(memo: Memo, look: Look) -> bytes:
    """The memo as DOCX in TH SarabunPSK at 16 points, or in the organisation's own fonts. PaperTooLong."""
    check_length((memo,), MOST_IN_A_MEMO)
    return _Writer(memo, look).written()


class _Writer:
    def __init__(self, memo: Memo, look: Look) -> None:
        self.memo, self.look = memo, look
        self.words: Words = words(look)
        own = typeface(look.fonts) if look.fonts else None
        self.family = own.family if own and own.folder == look.fonts else OFFICE_NAME
        self.size = round(own.size * 2) / 2 if own and own.folder == look.fonts else OFFICE_SIZE
        self.file = Document()
        self._page()
        self._letters()

    def written(self) -> bytes:
        """The whole memo in order, as the bytes of a DOCX."""
        self._head()
        for part in paragraphs(self.memo.opening):
            self._indented(self.file).add_run(part)
        self._facts()
        for place, section in enumerate(self.memo.sections, 1):
            heading = heading_of(place, section, self.memo, self.look)
            if heading:
                self._heading(self.file, (Run(heading),))
            blocks = blocks_of(section.text) or (Paragraph((Run(self.words.nothing),)),)
            self._blocks(self.file, blocks)
        self._attachments()
        for part in paragraphs(self.memo.closing):
            closing = self._indented(self.file)
            closing.add_run(part)
            closing.paragraph_format.keep_with_next = True
        self._signers()
        self._opinions()
        kept = io.BytesIO()
        self.file.save(kept)
        return kept.getvalue()

    def _page(self) -> None:
        page = self.file.sections[0]
        page.page_width, page.page_height = Cm(21), Cm(29.7)
        page.left_margin, page.right_margin, page.top_margin, page.bottom_margin = (
            Cm(3),
            Cm(2),
            Cm(2.5),
            Cm(2),
        )
        page.header_distance = Cm(1.25)
        page.different_first_page_header_footer = True
        header = page.header.paragraphs[0]
        header.alignment = WD_ALIGN_PARAGRAPH.CENTER
        header.add_run("- ")
        add_field(header, "PAGE")
        header.add_run(" -")
        numbers = child_of(page._sectPr, "w:pgNumType")
        numbers.set(qn("w:fmt"), "thaiNumbers" if self.look.numerals is Numerals.THAI else "decimal")
        properties = self.file.core_properties
        properties.title = one_line(self.memo.subject)[:255]
        properties.author = ", ".join(filter(None, (one_line(name) for name, _ in self.memo.signers)))[:255]
        properties.language = "th-TH" if self.look.language == "th" else "en-GB"
        properties.comments = ""

    def _letters(self) -> None:
        """One font for all of the file: for Latin, for Thai, and wherever the file's theme would have its say."""
        for style in (self.file.styles["Normal"], self.file.styles["Header"]):
            properties = style.element.get_or_add_rPr()
            set_font(properties, self.family)
            child_of(properties, "w:sz").set(qn("w:val"), str(int(self.size * 2)))
            child_of(properties, "w:szCs").set(qn("w:val"), str(int(self.size * 2)))
            language = child_of(properties, "w:lang")
            language.set(qn("w:val"), "en-US" if self.look.language == "th" else "en-GB")
            language.set(qn("w:bidi"), "th-TH")
        defaults = self.file.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
        if defaults is not None:
            set_font(defaults, self.family)
        normal = self.file.styles["Normal"].paragraph_format
        normal.space_before = normal.space_after = Pt(0)
        normal.line_spacing = 1.0
        self._name_alike()

    def _name_alike(self) -> None:
        """Tells Word which fonts look the same, where TH SarabunPSK is not installed."""
        if self.family != OFFICE_NAME:
            return
        for relation in self.file.part.rels.values():
            if relation.reltype == RELATIONSHIP_TYPE.FONT_TABLE:
                known = relation.target_part.blob.decode("utf-8")
                entry = f'<w:font w:name="{self.family}"><w:altName w:val="{_ALIKE}"/></w:font>'
                relation.target_part._blob = known.replace("</w:fonts>", f"{entry}</w:fonts>").encode()

    def _head(self) -> None:
        head = self._grid((Cm(2.2), Cm(11.6), Cm(2.2)))
        picture = as_png(self.look.emblem)
        if picture is not None:
            run = head.cell(0, 0).paragraphs[0].add_run()
            drawn = run.add_picture(io.BytesIO(picture), height=Cm(1.5))
            drawn._inline.docPr.set("descr", self.words.emblem)
        title = head.cell(0, 1).paragraphs[0]
        title.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._bold(title.add_run(self.words.memo), 29)
        number, day = one_line(self.memo.number), written_day(self.memo.day, self.look)
        self._fields((self.words.agency, one_line(self.memo.agency)))
        if length(number) <= _HALF_A_LINE:
            self._fields((self.words.number, number), (self.words.date, day))
        else:
            self._fields((self.words.number, number))
            self._fields((self.words.date, day))
        self._fields((self.words.subject, one_line(self.memo.subject)))
        to = self.file.add_paragraph()
        to.paragraph_format.space_before = Pt(6)
        to.paragraph_format.left_indent, to.paragraph_format.first_line_indent = Cm(1.5), -Cm(1.5)
        to.paragraph_format.tab_stops.add_tab_stop(Cm(1.5))
        to.add_run(f"{self.words.to}\t{one_line(self.memo.to)}")

    def _fields(self, *fields: tuple[str, str]) -> None:
        """Labels with their texts on dots, which run on to the next label or the right edge."""
        at = self.file.add_paragraph()
        if len(fields) > 1:
            at.paragraph_format.tab_stops.add_tab_stop(Cm(8), WD_TAB_ALIGNMENT.LEFT, WD_TAB_LEADER.DOTS)
        at.paragraph_format.tab_stops.add_tab_stop(WIDTH, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
        for label, text in fields:
            self._bold(at.add_run(label), 20)
            at.add_run("  ")
            if text:
                run = at.add_run(text)
                child_of(run._r.get_or_add_rPr(), "w:u").set(qn("w:val"), "dotted")
            at.add_run("\t")

    def _facts(self) -> None:
        if not self.memo.facts:
            return
        self._gap(4)
        table = self._grid((Cm(4), Cm(12)), len(self.memo.facts))
        for row, (label, value) in zip(table.rows, self.memo.facts, strict=True):
            self._bold(row.cells[0].paragraphs[0].add_run(one_line(label)))
            lines = paragraphs(value) or (self.words.nothing,)
            add_lines(row.cells[1].paragraphs[0], lines)
        set_rules(table, inside="BFBFBF")
        self._gap(4)

    def _attachments(self) -> None:
        names = [one_line(name) or self.words.nothing for name in self.memo.attachments]
        if not names:
            return
        counted = self.words.attachments % {"count": figure(len(names), self.look)}
        self._heading(self.file, (Run(counted),))
        columns = 2 if len(names) > 6 else 1
        table = self._grid((Length(WIDTH // columns),) * columns, -(-len(names) // columns))
        for place, name in enumerate(names):
            at = table.cell(place // columns, place % columns).paragraphs[0]
            self._hanging(at, Cm(1.4), Cm(0.9), f"{figure(place + 1, self.look)}.")
            at.add_run(name)

    def _signers(self) -> None:
        signers = [(name, paragraphs(position)) for name, position in self.memo.signers]
        for place in range(0, len(signers), 2):
            pair = signers[place : place + 2]
            table = kept_on_one_page(self._grid((Cm(8), Cm(8))))
            for side, (name, lines) in enumerate(pair, 2 - len(signers) if len(signers) == 1 else 0):
                self._signature(table.cell(0, side), name, lines, Pt(40))

    def _signature(self, cell: _Cell, name: str, lines: tuple[str, ...], room: Length) -> None:
        at = cell.paragraphs[-1] if not cell.paragraphs[-1].text else cell.add_paragraph()
        for place, line in enumerate((f"({one_line(name) or _DOTS})", *lines)):
            at = at if place == 0 else cell.add_paragraph()
            at.alignment = WD_ALIGN_PARAGRAPH.CENTER
            at.paragraph_format.space_before = room if place == 0 else Pt(0)
            at.paragraph_format.keep_with_next = place < len(lines)
            at.add_run(line)

    def _opinions(self) -> None:
        opinions = self.memo.opinions
        if not opinions:
            return
        self._gap(10)
        if not stand_beside(self.memo):
            table = self._grid((WIDTH,), len(opinions))
            for row, opinion in zip(table.rows, opinions, strict=True):
                self._opinion(row.cells[0], opinion, Cm(7.6))
            set_rules(table, top="7F7F7F", inside="7F7F7F")
            return
        table = self._grid((Cm(8), Cm(8)), (len(opinions) + 1) // 2, padding=0.2)
        for place, opinion in enumerate(opinions):
            alone = place == len(opinions) - 1 and place % 2 == 0
            row = table.rows[place // 2]
            child_of(row._tr.get_or_add_trPr(), "w:cantSplit")
            cell = row.cells[0].merge(row.cells[1]) if alone else row.cells[place % 2]
            self._opinion(cell, opinion, Cm(7.6) if alone else Cm(0))
        set_rules(table, top="7F7F7F", inside="7F7F7F", sides="7F7F7F")

    def _opinion(self, cell: _Cell, opinion: Opinion, left: Length) -> None:
        at = cell.paragraphs[0]
        if opinion.label.strip():
            self._bold(at.add_run(one_line(opinion.label)))
            at.paragraph_format.keep_with_next = True
            at = cell.add_paragraph()
        add_lines(at, paragraphs(opinion.text) or (_DOTS, _DOTS))
        before = len(cell.paragraphs)
        cell.add_paragraph()
        self._signature(cell, opinion.name, lines_below(opinion, self.look), Pt(26))
        for below in cell.paragraphs[before:]:
            below.paragraph_format.left_indent = left
        cell.paragraphs[-1].paragraph_format.space_after = Pt(4)

    def _blocks(self, place: _Place, blocks: Iterable[Block], left: Length | None = None) -> None:
        """The blocks one under the other; `left` is set inside lists and quotes, where first lines are not set in."""
        for block in blocks:
            match block:
                case Paragraph():
                    at = self._indented(place) if left is None else place.add_paragraph()
                    if left is not None:
                        at.paragraph_format.left_indent = left
                    self._runs(at, block.runs)
                case Heading():
                    self._heading(place, block.runs)
                case Listing():
                    self._list(place, block, Length((left or 0) + Cm(1.5)))
                case Table():
                    self._table(place, block)
                case Quote():
                    self._blocks(place, block.blocks, Length((left or 0) + Cm(1)))
                case Verbatim():
                    at = place.add_paragraph()
                    at.paragraph_format.left_indent = Length((left or 0) + Cm(1))
                    add_lines(at, (kept_spaces(line) for line in block.lines))
                case _:
                    self._ruled(place.add_paragraph())

    def _list(self, place: _Place, listing: Listing, left: Length) -> None:
        for number, item in enumerate(listing.items, listing.start):
            marker = f"{figure(number, self.look)}." if listing.ordered else "•"
            at = place.add_paragraph()
            self._hanging(at, left, Cm(0.6), marker)
            rest = item
            if item and isinstance(item[0], Paragraph):
                self._runs(at, item[0].runs)
                rest = item[1:]
            self._blocks(place, rest, left)

    def _table(self, place: _Place, block: Table) -> None:
        width = sum(cell.span for cell in block.rows[0])
        table = (
            place.add_table(len(block.rows), width)
            if isinstance(place, _Cell)
            else self.file.add_table(len(block.rows), width)
        )
        set_rules(table, top="7F7F7F", inside="7F7F7F", sides="7F7F7F")
        indent = child_of(
            table._tbl.tblPr, "w:tblInd"
        )  # else Word lets the table stand out by its cells' padding
        indent.set(qn("w:w"), "108")
        indent.set(qn("w:type"), "dxa")
        table.alignment = WD_TABLE_ALIGNMENT.LEFT
        for row, cells in zip(table.rows, block.rows, strict=True):
            at = 0
            child_of(row._tr.get_or_add_trPr(), "w:cantSplit")
            for cell in cells:
                there = row.cells[at]
                if cell.span > 1:
                    there = there.merge(row.cells[min(at + cell.span, width) - 1])
                at += cell.span
                there.paragraphs[0].alignment = _ALIGN[cell.align]
                self._runs(there.paragraphs[0], cell.runs, bold=cell.head)
        for row in table.rows[: block.header]:
            child_of(row._tr.get_or_add_trPr(), "w:tblHeader")
        if not isinstance(place, _Cell):
            self._gap(4)

    def _runs(self, at: WordParagraph, runs: Iterable[Run], *, bold: bool = False) -> None:
        for run in runs:
            written = at.add_run()
            for place, line in enumerate(run.text.split("\n")):
                if place:
                    written.add_break(WD_BREAK.LINE)
                written.add_text(line)
            font = written.font
            if bold or "bold" in run.styles:
                font.bold = font.cs_bold = True
            if "italic" in run.styles:
                font.italic = font.cs_italic = True
            font.underline = True if "underline" in run.styles else None
            font.strike = True if "strike" in run.styles else None
            font.superscript = True if "super" in run.styles else None
            font.subscript = True if "sub" in run.styles else None
            if run.link:
                make_link(at, written, run.link)

    def _heading(self, place: _Place, runs: Iterable[Run]) -> None:
        at = place.add_paragraph()
        at.paragraph_format.space_before = Pt(6)
        at.paragraph_format.keep_with_next = True
        self._runs(at, runs, bold=True)

    def _indented(self, place: _Place) -> WordParagraph:
        at = place.add_paragraph()
        at.alignment = WD_ALIGN_PARAGRAPH.THAI_JUSTIFY
        at.paragraph_format.first_line_indent = INDENT
        at.paragraph_format.space_before = Pt(3)
        return at

    def _hanging(self, at: WordParagraph, left: Length, hang: Length, marker: str) -> None:
        at.paragraph_format.left_indent, at.paragraph_format.first_line_indent = left, Length(-hang)
        at.paragraph_format.tab_stops.add_tab_stop(left)
        at.add_run(f"{marker}\t")

    def _bold(self, run: WordRun, points: float | None = None) -> None:
        """Bold in Latin and Thai; `points` are those of TH Sarabun."""
        run.font.bold = run.font.cs_bold = True
        if points is not None:
            half_points = str(round(points * self.size / OFFICE_SIZE * 2))
            properties = run._r.get_or_add_rPr()
            child_of(properties, "w:sz").set(qn("w:val"), half_points)
            child_of(properties, "w:szCs").set(qn("w:val"), half_points)

    def _grid(self, widths: tuple[Length, ...], rows: int = 1, *, padding: float = 0) -> WordTable:
        """A table without rules that keeps its widths; its texts stand `padding` cm inside the edges."""
        table: WordTable = self.file.add_table(rows, len(widths))
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
            for cell in column.cells:
                cell.width = width
        margins = child_of(table._tbl.tblPr, "w:tblCellMar")
        for side in ("left", "right"):
            margin = child_of(margins, f"w:{side}")
            margin.set(qn("w:w"), str(Cm(padding).twips))
            margin.set(qn("w:type"), "dxa")
        return table

    def _gap(self, points: float) -> None:
        """A line of that height: between a table and what follows, which Word would join."""
        gap = self.file.add_paragraph()
        gap.paragraph_format.line_spacing = Pt(points)

    def _ruled(self, at: WordParagraph) -> None:
        bottom = child_of(child_of(at._p.get_or_add_pPr(), "w:pBdr"), "w:bottom")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "1"), ("color", "7F7F7F")):
            bottom.set(qn(f"w:{name}"), value)
