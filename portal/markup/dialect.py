"""The Markdown that people write here, turned into HTML whose structure is ours.

Nothing a person types reaches the HTML as a tag: raw HTML is off, a few inline tags are rebuilt as elements
of our own, other tags are dropped and their text stays. What leaves this module still passes two cleaners
(`portal.markup.rendering`) before anybody sees it.
"""

import html
import re
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import markdown
from markdown.extensions.admonition import AdmonitionProcessor
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.tables import TableProcessor
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString

from portal.markup.finishing import Finish, Heading, Outline, TaskLists
from portal.markup.limits import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_FOOTNOTES,
    MAX_ROW,
    MAX_TEXT,
    BlockLimits,
    ParagraphLimits,
    TooLong,
    TooTangled,
    check_entities,
    check_fences,
)

KEPT_TAGS = ("b", "i", "u", "s", "sub", "sup", "mark", "kbd")
EVERY_HTML_TAG = (
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink "
    "blockquote body br button canvas caption center cite code col colgroup command content data datalist dd "
    "del details dfn dialog dir div dl dt element em embed fieldset figcaption figure font footer "
    "foreignobject form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe image img input "
    "ins isindex kbd keygen label layer legend li link listing main map mark marquee math menu menuitem meta "
    "meter mglyph mi mo mtext multicol nav nextid nobr noembed noframes noscript object ol optgroup option "
    "output p param picture plaintext portal pre progress q rb rp rt rtc ruby s samp script search section "
    "select shadow slot small source spacer span strike strong style sub summary sup svg table tbody td "
    "template textarea tfoot th thead time title tr track tt u ul use var video wbr xmp"
)
HTML_TAGS = EVERY_HTML_TAG.split()

# What an admonition is called when its writer gave it no title; the words are part of the text, so Thai.
ADMONITIONS = {
    "note": "หมายเหตุ",
    "tip": "ข้อแนะนำ",
    "important": "สำคัญ",
    "warning": "ข้อควรระวัง",
    "danger": "อันตราย",
    "example": "ตัวอย่าง",
}

CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
WHOLE_ROW = re.compile(r"\|{2,}$")


@dataclass(frozen=True)
class Draft:
    """HTML not yet cleaned, with its headings in order; `tangled` when the text is shown as it was typed."""

    html: str
    headings: tuple[Heading, ...] = ()
    tangled: bool = False


def draft(text: str, *, heading_offset: int = 1, anchor_prefix: str = "s-") -> Draft:
    """The HTML of a text, for the cleaners and for reading its words; never to be shown as it is.

    Headings are set by how they nest, starting below `heading_offset` (1: the page has its h1), so that no
    level is skipped. Raises `TooLong`. A text that nests too deeply or is built to exhaust the parser comes
    back as one block of the typed characters.
    """
    if len(text) > MAX_TEXT:
        raise TooLong(limit=MAX_TEXT)
    text = CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).expandtabs(4)
    outline = Outline(heading_offset, anchor_prefix)
    try:
        check_fences(text)
        drafted = _parser(outline).convert(text)
        check_entities(drafted)
        return Draft(drafted, tuple(outline.headings))
    except (RecursionError, TooTangled):
        return Draft(f'<pre class="as-typed">{html.escape(text)}</pre>', tangled=True)


def _parser(outline: Outline) -> markdown.Markdown:
    md = markdown.Markdown(
        extensions=["fenced_code", "def_list", "sane_lists", "nl2br", "admonition", _Footnotes()],
        output_format="html",
    )
    for name in ("olist", "ulist"):
        _number_in_arabic_only(md.parser.blockprocessors[name])
    md.preprocessors.deregister("html_block")
    md.preprocessors.register(BlockLimits(md), "blocks", 22)
    for pattern in ("html", "entity", "automail"):
        md.inlinePatterns.deregister(pattern)
    md.inlinePatterns.register(_Mail(r"<([^<>\s!]+@[^@<>\s]+)>", md), "mail", 110)
    md.inlinePatterns.register(
        _KeptTag(rf"(?i)<({'|'.join(KEPT_TAGS)})(?:\s[^<>]*)?>(.+?)</\1\s*>", md), "kept", 95
    )
    md.inlinePatterns.register(_LineBreak(r"(?i)<br\s*/?>", md), "br", 94)
    tags = "|".join(sorted(HTML_TAGS, key=len, reverse=True))
    md.inlinePatterns.register(_Dropped(rf"(?i)</?(?:{tags})(?:[\s/][^<>]*)?>|<!--.*?-->", md), "dropped", 91)
    md.parser.blockprocessors.register(_Admonition(md.parser), "admonition", 105)
    md.ESCAPED_CHARS.append("|")
    md.parser.blockprocessors.register(_Tables(md.parser, {"use_align_attribute": True}), "table", 75)
    md.treeprocessors.register(ParagraphLimits(md), "limits", 45)
    md.treeprocessors.register(TaskLists(md), "tasks", 40)
    md.treeprocessors.register(Finish(md, outline), "finish", -10)
    return md


def _number_in_arabic_only(lists: Any) -> None:
    """A line that begins with ๑. stays as typed: the library would take it for a list and number it 1."""
    for name in ("RE", "CHILD_RE", "INDENT_RE"):
        pattern = getattr(lists, name)
        setattr(lists, name, re.compile(pattern.pattern.replace(r"\d", "[0-9]"), pattern.flags))


class _Mail(InlineProcessor):
    def handleMatch(self, m: re.Match[str], data: str) -> tuple[ElementTree.Element, int, int]:  # type: ignore[override]  # noqa: N802
        link = ElementTree.Element("a", href="mailto:" + m.group(1))
        link.text = AtomicString(m.group(1))
        return link, m.start(0), m.end(0)


class _KeptTag(InlineProcessor):
    def handleMatch(self, m: re.Match[str], data: str) -> tuple[ElementTree.Element, int, int]:  # type: ignore[override]  # noqa: N802
        element = ElementTree.Element(m.group(1).lower())
        element.text = m.group(2)
        return element, m.start(0), m.end(0)


class _LineBreak(InlineProcessor):
    def handleMatch(self, m: re.Match[str], data: str) -> tuple[ElementTree.Element, int, int]:  # type: ignore[override]  # noqa: N802
        return ElementTree.Element("br"), m.start(0), m.end(0)


class _Dropped(InlineProcessor):
    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str, int, int]:  # type: ignore[override]  # noqa: N802
        return "", m.start(0), m.end(0)


class _Admonition(AdmonitionProcessor):
    def get_class_and_title(self, match: re.Match[str]) -> tuple[str, str | None]:
        kind, title = super().get_class_and_title(match)
        kind = kind.split()[0]
        if match.group(2) is None:
            title = ADMONITIONS.get(kind, ADMONITIONS["note"])
        return (kind if kind in ADMONITIONS else "note"), title


class _Footnotes(FootnoteExtension):
    """Footnotes whose second and later references are numbered by a count.

    The library searches for a free name from 2 upwards at every reference: quadratic for a text that cites
    one note everywhere.
    """

    def __init__(self) -> None:
        super().__init__(BACKLINK_TITLE="↩ {}")

    def unique_ref(self, reference: str, found: bool = False) -> str:
        if not found:
            return reference
        count = self.found_refs[reference] = self.found_refs.get(reference, 0) + 1
        kind, name = reference.split(":", 1)
        return reference if count == 1 else f"{kind}{count}:{name}"

    def setFootnote(self, id: str, text: str) -> None:  # noqa: N802
        if len(self.footnotes) >= MAX_FOOTNOTES:
            raise TooTangled
        super().setFootnote(id, text)


class _Tables(TableProcessor):
    """GFM tables, with bounds, and rows that span: `| ขั้นตอนที่ ๑ ||||` fills the whole width."""

    cells = 0  # of the tables of this text so far

    def test(self, parent: ElementTree.Element, block: str) -> bool:
        rows = block.split("\n")
        columns = rows[1].count("|") + 1 if len(rows) > 1 else 0
        if columns > MAX_COLUMNS or max(map(len, rows)) > MAX_ROW:
            return False
        if self.cells + columns * len(rows) > MAX_CELLS:
            return False
        return super().test(parent, block)

    def run(self, parent: ElementTree.Element, blocks: list[str]) -> None:
        typed = blocks[0].split("\n")[2:]
        self.cells += (blocks[0].split("\n", 2)[1].count("|") + 1) * (len(typed) + 2)
        super().run(parent, blocks)
        head, body = parent[-1]
        width = len(head[0])
        for typed_row, row in zip(typed, body, strict=False):
            pipes = WHOLE_ROW.search(typed_row.rstrip())
            if (
                pipes
                and len(pipes.group()) >= width
                and row[0].text
                and not any(cell.text for cell in row[1:])
            ):
                spanning = ElementTree.Element("th", colspan=str(width), scope="colgroup")
                spanning.text = row[0].text
                row[:] = [spanning]
