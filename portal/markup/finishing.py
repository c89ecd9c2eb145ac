"""The last step of the dialect: ids, heading levels, links, pictures, tasks and tables of a parsed text."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote
from xml.etree import ElementTree

import markdown
import regex
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from portal.markup.limits import check_tree
from portal.markup.links import EXTERNAL_REL, is_external, is_own_picture, is_safe_link

MAX_ANCHOR = 60
HEADING = re.compile(r"^h[1-6]$")
TASK = re.compile(r"^\[([ xX])\][ \n]")
ENTITY = re.compile(r"&(?:#[0-9]+|#x[0-9a-f]+|[0-9a-z]+);", re.IGNORECASE)
NOT_IN_ANCHOR = regex.compile(r"[^\p{L}\p{M}\p{N}]+")


@dataclass(frozen=True)
class Heading:
    """A heading as the reader sees it: its HTML level, the id of its element, its words without markup."""

    level: int
    anchor: str
    text: str


def anchor_of(words: str) -> str:
    """The words as an id: letters, marks and digits of any script kept whole, the rest one hyphen.

    Thai vowels and tone marks are marks, not letters: an anchor without them would be another word.
    """
    anchor = NOT_IN_ANCHOR.sub("-", words.lower()).strip("-")
    clusters = regex.findall(r"\X", anchor)
    return "".join(clusters[:MAX_ANCHOR]).strip("-") or "section"


class TaskLists(Treeprocessor):
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


class Outline:
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


class Finish(Treeprocessor):
    """Ids, heading levels, links, pictures and tables, once every other step is done."""

    def __init__(self, md: markdown.Markdown, outline: Outline) -> None:
        super().__init__(md)
        self.outline = outline

    def run(self, root: ElementTree.Element) -> None:
        check_tree(root)
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
