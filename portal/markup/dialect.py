"""The Markdown that people write here, turned into HTML whose structure is ours.

Nothing a person types reaches the HTML as a tag: raw HTML is off, a few inline tags are rebuilt as elements
of our own, other tags are dropped and their text stays. What leaves this module still passes two cleaners
(`portal.markup.rendering`) before anybody sees it.

Every limit below is a count of characters or cells, never a clock: the same text always gives the same page.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote
from xml.etree import ElementTree

import markdown
import regex
from markdown.extensions.admonition import AdmonitionProcessor
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.tables import TableProcessor
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from portal.errors import TooLarge
from portal.markup.links import EXTERNAL_REL, is_external, is_own_picture, is_safe_link

# About 200 printed pages of Thai. What is longer belongs in a file beside the text.
MAX_TEXT = 400_000

# The library looks for the end of each opening character as far as its paragraph goes, so the work grows with
# length times openers. A paragraph of a thousand words with a hundred links weighs 3 million.
MAX_PARAGRAPH_WEIGHT = 4_000_000
MAX_TEXT_WEIGHT = 100_000_000
# The same for blocks: lines that make it look at the whole block, or the whole text, once more.
MAX_BLOCK_WORK = 100_000_000
MAX_FENCE_WORK = 500_000_000
MAX_BLOCKS = 12_000
# bleach appends to a stretch of text once for every entity in it.
MAX_ENTITY_WORK = 10_000_000_000
MAX_NESTING = 60
MAX_COLUMNS = 60
MAX_CELLS = 12_000
MAX_ROW = 20_000
MAX_FOOTNOTES = 400
# A reference link repeats its address wherever it is used: a short text may ask for gigabytes.
MAX_ATTRIBUTES = 1_000_000
MAX_ANCHOR = 60

KEPT_TAGS = ("b", "i", "u", "s", "sub", "sup", "mark", "kbd")
HTML_TAGS = [
    "a",
    "abbr",
    "acronym",
    "address",
    "applet",
    "area",
    "article",
    "aside",
    "audio",
    "b",
    "base",
    "basefont",
    "bdi",
    "bdo",
    "bgsound",
    "big",
    "blink",
    "blockquote",
    "body",
    "br",
    "button",
    "canvas",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "command",
    "content",
    "data",
    "datalist",
    "dd",
    "del",
    "details",
    "dfn",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "element",
    "em",
    "embed",
    "fieldset",
    "figcaption",
    "figure",
    "font",
    "footer",
    "foreignobject",
    "form",
    "frame",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "i",
    "iframe",
    "image",
    "img",
    "input",
    "ins",
    "isindex",
    "kbd",
    "keygen",
    "label",
    "layer",
    "legend",
    "li",
    "link",
    "listing",
    "main",
    "map",
    "mark",
    "marquee",
    "math",
    "menu",
    "menuitem",
    "meta",
    "meter",
    "mglyph",
    "mi",
    "mo",
    "mtext",
    "multicol",
    "nav",
    "nextid",
    "nobr",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "ol",
    "optgroup",
    "option",
    "output",
    "p",
    "param",
    "picture",
    "plaintext",
    "portal",
    "pre",
    "progress",
    "q",
    "rb",
    "rp",
    "rt",
    "rtc",
    "ruby",
    "s",
    "samp",
    "script",
    "search",
    "section",
    "select",
    "shadow",
    "slot",
    "small",
    "source",
    "spacer",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "template",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "track",
    "tt",
    "u",
    "ul",
    "use",
    "var",
    "video",
    "wbr",
    "xmp",
]

# What an admonition is called when its writer gave it no title; the words are part of the text, so Thai.
ADMONITIONS = {
    "note": "หมายเหตุ",
    "tip": "ข้อแนะนำ",
    "important": "สำคัญ",
    "warning": "ข้อควรระวัง",
    "danger": "อันตราย",
    "example": "ตัวอย่าง",
}

HEADING = re.compile(r"^h[1-6]$")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
TASK = re.compile(r"^\[([ xX])\][ \n]")
ENTITY = re.compile(r"&(?:#[0-9]+|#x[0-9a-f]+|[0-9a-z]+);", re.IGNORECASE)
OPENERS = re.compile(r"[!*_`<&\\]")
ATX_HEADING = re.compile(r"#{1,6}(?!#)")
MARKER_LINE = re.compile(r" {0,3}(?:[-*_=:>] ?){1,3}")
BETWEEN_TAGS = re.compile(r"<[^<>]*>")
FENCE = re.compile(r"^(?:`{3,}|~{3,})", re.MULTILINE)
WHOLE_ROW = re.compile(r"\|{2,}$")
NOT_IN_ANCHOR = regex.compile(r"[^\p{L}\p{M}\p{N}]+")


class TooLong(TooLarge):
    message = (
        "This text is too long: at most %(limit)s characters fit. Put the rest into a file or a second page."
    )


class TooTangled(Exception):
    """The text is short enough but asks for more work than a page may cost; show it as it was typed."""


@dataclass(frozen=True)
class Heading:
    """A heading as the reader sees it: its HTML level, the id of its element, its words without markup."""

    level: int
    anchor: str
    text: str


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
    outline = _Outline(heading_offset, anchor_prefix)
    try:
        if len(FENCE.findall(text)) * len(text) > MAX_FENCE_WORK:
            raise TooTangled
        drafted = _parser(outline).convert(text)
        if sum(words.count("&") * len(words) for words in BETWEEN_TAGS.split(drafted)) > MAX_ENTITY_WORK:
            raise TooTangled
        return Draft(drafted, tuple(outline.headings))
    except (RecursionError, TooTangled):
        return Draft(f'<pre class="as-typed">{html.escape(text)}</pre>', tangled=True)


def anchor_of(words: str) -> str:
    """The words as an id: letters, marks and digits of any script kept whole, the rest one hyphen.

    Thai vowels and tone marks are marks, not letters: an anchor without them would be another word.
    """
    anchor = NOT_IN_ANCHOR.sub("-", words.lower()).strip("-")
    clusters = regex.findall(r"\X", anchor)
    return "".join(clusters[:MAX_ANCHOR]).strip("-") or "section"


def _parser(outline: "_Outline") -> markdown.Markdown:
    md = markdown.Markdown(
        extensions=["fenced_code", "def_list", "sane_lists", "nl2br", "admonition", _Footnotes()],
        output_format="html",
    )
    md.preprocessors.deregister("html_block")
    md.preprocessors.register(_Blocks(md), "blocks", 22)
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
    md.treeprocessors.register(_Limits(md), "limits", 45)
    md.treeprocessors.register(_TaskLists(md), "tasks", 40)
    md.treeprocessors.register(_Finish(md, outline), "finish", -10)
    return md


class _Blocks(Preprocessor):
    """Sets headings apart from what stands around them, and refuses texts made of nothing but block marks.

    Without the blank lines the library cuts a heading out of its block and reads the rest again from the start.
    """

    def run(self, lines: list[str]) -> list[str]:
        apart: list[str] = []
        for line in lines:
            apart += ["", line, ""] if ATX_HEADING.match(line) else [line]
        blocks = work = length = marks = 0
        for line in [*apart, ""]:
            if line[: len(line) - len(line.lstrip(" >"))].count(">") > MAX_NESTING:
                raise TooTangled
            if line.strip():
                length += len(line) + 1
                marks += MARKER_LINE.match(line) is not None
            elif length:
                blocks += 1
                work += length * marks
                length = marks = 0
        if blocks > MAX_BLOCKS or work > MAX_BLOCK_WORK:
            raise TooTangled
        return apart


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

    def test(self, parent: ElementTree.Element, block: str) -> bool:
        rows = block.split("\n")
        columns = rows[1].count("|") + 1 if len(rows) > 1 else 0
        if columns > MAX_COLUMNS or columns * len(rows) > MAX_CELLS or max(map(len, rows)) > MAX_ROW:
            return False
        return super().test(parent, block)

    def run(self, parent: ElementTree.Element, blocks: list[str]) -> None:
        typed = blocks[0].split("\n")[2:]
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


class _Limits(Treeprocessor):
    """Leaves a paragraph as plain characters when reading its markup would cost too much."""

    def run(self, root: ElementTree.Element) -> None:
        total = 0
        for element in root.iter():
            for part in ("text", "tail"):
                words = getattr(element, part)
                if not words or isinstance(words, AtomicString):
                    continue
                openers = len(OPENERS.findall(words)) + 4 * words.count("[") + words.count("\n") // 40
                weight = len(words) * openers
                if weight > MAX_PARAGRAPH_WEIGHT or total + weight > MAX_TEXT_WEIGHT:
                    setattr(element, part, AtomicString(html.escape(words, quote=False)))
                else:
                    total += weight


class _TaskLists(Treeprocessor):
    """`- [x] done` becomes a box that shows its state and is named by its line; nobody can tick it on the page."""

    def run(self, root: ElementTree.Element) -> None:
        for item in root.iter("li"):
            holder = item
            if not (item.text or "").strip() and len(item) and item[0].tag == "p":
                holder = item[0]
            match = TASK.match(holder.text or "")
            if match is None or holder.text is None:
                continue
            box = ElementTree.Element("input", {"type": "checkbox", "disabled": "disabled"})
            if match.group(1) != " ":
                box.set("checked", "checked")
            item.set("class", "task-list-item")
            box.tail = " " + holder.text[match.end() :].strip()
            holder.text = ""
            holder.insert(0, box)


class _Outline:
    """The headings met so far, and the ids already given."""

    def __init__(self, offset: int, prefix: str) -> None:
        self.offset = offset
        self.prefix = prefix
        self.headings: list[Heading] = []
        self.footnotes: dict[str, str] = {}
        self._open: list[int] = []
        self._given: set[str] = set()
        self._next: dict[str, int] = {}

    def add(self, level: int, words: str) -> Heading:
        while self._open and self._open[-1] >= level:
            self._open.pop()
        self._open.append(level)
        heading = Heading(min(self.offset + len(self._open), 6), self.anchor(words), words)
        self.headings.append(heading)
        return heading

    def anchor(self, words: str) -> str:
        base = self.prefix + anchor_of(words)
        anchor = base
        while anchor in self._given:
            self._next[base] = self._next.get(base, 1) + 1
            anchor = f"{base}-{self._next[base]}"
        self._given.add(anchor)
        return anchor

    def footnote(self, name: str) -> str:
        """`fn:NAME`, `fnref2:NAME` as an id that can't be anything else's on the page."""
        kind, _, note = name.partition(":")
        number = self.footnotes.setdefault(note, str(len(self.footnotes) + 1))
        return f"{self.prefix}{kind}-{number}"


class _Finish(Treeprocessor):
    """Ids, heading levels, links, pictures and tables, once every other step is done."""

    def __init__(self, md: markdown.Markdown, outline: _Outline) -> None:
        super().__init__(md)
        self.outline = outline

    def run(self, root: ElementTree.Element) -> None:
        _check_size(root)
        for element in list(root.iter()):
            if HEADING.match(element.tag):
                heading = self.outline.add(int(element.tag[1]), words_of(element))
                element.tag = f"h{heading.level}"
                element.set("id", heading.anchor)
            elif element.get("id"):
                element.set("id", self.outline.footnote(element.attrib["id"]))
        own = {heading.anchor for heading in self.outline.headings}
        _pictures(root, inside_link=False)
        for link in root.iter("a"):
            self._link(link, own)
        for item in root.iter("li"):
            _name_box(item)
        _wrap_tables(root)

    def _link(self, link: ElementTree.Element, own: set[str]) -> None:
        href = decoded(link.get("href", "")).strip()
        if (link.get("class") or "").startswith("footnote-"):
            link.set("href", "#" + self.outline.footnote(href[1:]))
            return
        link.attrib.pop("class", None)
        if href.startswith("#"):
            anchor = self.outline.prefix + anchor_of(unquote(href[1:]).removeprefix(self.outline.prefix))
            href = "#" + anchor if anchor in own else ""
        if not is_safe_link(href):
            link.tag = "span"
            link.attrib.clear()
            return
        link.set("href", html.escape(href))
        if is_external(href):
            link.set("rel", EXTERNAL_REL)


def words_of(element: ElementTree.Element) -> str:
    """The words of an element of the draft as a reader sees them, on one line, without footnote numbers."""
    return " ".join(decoded("".join(_pieces(element))).split())


def _pieces(element: ElementTree.Element) -> Iterator[str]:
    if (element.get("class") or "").startswith("footnote-"):
        return
    yield element.text or ""
    if element.tag == "img":
        yield element.get("alt", "")
    elif element.tag == "br":
        yield " "
    for child in element:
        yield from _pieces(child)
        yield child.tail or ""


def decoded(text: str) -> str:
    """The characters a text of the draft stands for: only whole entities count, as where it is written out."""
    return ENTITY.sub(lambda m: html.unescape(m.group()), text)


def _check_size(root: ElementTree.Element) -> None:
    size = 0
    level = [root]
    for _ in range(MAX_NESTING):
        size += sum(len(value) for element in level for value in element.attrib.values())
        if size > MAX_ATTRIBUTES:
            raise TooTangled
        if any(len(element) > MAX_BLOCKS for element in level):
            raise TooTangled
        level = [child for element in level for child in element]
        if not level:
            return
    raise TooTangled


def _pictures(parent: ElementTree.Element, inside_link: bool) -> None:
    """Own pictures load lazily; a picture from elsewhere becomes a link, so that reading tells nobody."""
    for element in parent:
        if element.tag == "img":
            source = decoded(element.get("src", "")).strip()
            alt = element.get("alt", "")
            tail = element.tail
            if is_own_picture(source):
                element.attrib.clear()
                element.attrib.update({"src": html.escape(source), "alt": alt, "loading": "lazy"})
            else:
                element.attrib.clear()
                element.tag = "span" if inside_link else "a"
                element.text = AtomicString(alt or html.escape(source))
                if not inside_link:
                    element.set("href", html.escape(source))
            element.tail = tail
        else:
            _pictures(element, inside_link or element.tag == "a")


def _name_box(item: ElementTree.Element) -> None:
    """A task's box is named by its own line, not by the tasks nested under it."""
    line = item[0] if len(item) and item[0].tag == "p" else item
    box = line.find("input")
    if box is not None:
        pieces = [box.tail or ""]
        for part in line:
            if part.tag in ("ul", "ol", "p", "dl", "div", "pre"):
                break
            if part is not box:
                pieces += [words_of(part), decoded(part.tail or "")]
        box.set("aria-label", html.escape(" ".join("".join(pieces).split())[:200] or "☐"))


def _wrap_tables(root: ElementTree.Element) -> None:
    """Each table in a box that scrolls by itself and can be reached and named without a mouse."""
    names: dict[str, int] = {}
    for parent in list(root.iter()):
        for place, table in enumerate(list(parent)):
            if table.tag != "table":
                continue
            name = _dress(table)
            names[name] = names.get(name, 0) + 1
            box = ElementTree.Element("div", {"class": "table-scroll", "tabindex": "0", "role": "region"})
            # Two regions of one name can't be told apart by ear.
            box.set("aria-label", name if names[name] == 1 else f"{name} ({names[name]})")
            box.tail, table.tail = table.tail, None
            box.append(table)
            parent[place] = box


def _dress(table: ElementTree.Element) -> str:
    """Scopes for the header cells; the table's name, from its first words."""
    head = table.find("thead")
    cells = [] if head is None else list(head.iter("th"))
    names = [words for words in map(words_of, cells) if words]
    if head is not None and not names:
        table.remove(head)
    for cell in cells:
        if words_of(cell):
            cell.set("scope", "col")
        else:
            cell.tag = "td"
    if not names:
        first = next((row for row in table.iter("tr")), None)
        names = [] if first is None else [words for words in map(words_of, first) if words]
    return " · ".join(names[:3])[:120] or "—"
