"""A person's Markdown as blocks for paper: paragraphs, headings, lists, tables, quotes.

Read from the clean HTML that the pages show, never from what was typed, so that paper holds what readers see and
nothing a text can say reaches a page description or a Word file as anything but letters.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from portal.markup.rendering import render
from portal.thai.repair import repair
from portal.translating import N_, gettext

STYLES: Final = {
    "strong": "bold",
    "b": "bold",
    "em": "italic",
    "i": "italic",
    "u": "underline",
    "s": "strike",
    "del": "strike",
    "sup": "super",
    "sub": "sub",
    "mark": "mark",
    "kbd": "bold",
}
# A table of more columns can't be read on A4: its rows are written out.
MOST_COLUMNS: Final = 12
_PICTURE: Final = N_("[picture: %(name)s]")
_EMPTY: Final = frozenset({"br", "hr", "img", "input"})
_HEADINGS: Final = {f"h{level}": level - 2 for level in range(2, 7)}
_BLOCKS: Final = frozenset(
    ["p", "ul", "ol", "dl", "table", "blockquote", "div", "pre", "hr", "dt", "dd", *_HEADINGS]
)
_SHORT_CELL: Final = 24


@dataclass(frozen=True)
class Run:
    """Letters of one look; a line end in them is a line break. `link` is an address on the web or by mail, or empty."""

    text: str
    styles: frozenset[str] = frozenset()
    link: str = ""


@dataclass(frozen=True)
class Paragraph:
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Heading:
    """`level` counts from 0: headings within a section of the paper."""

    level: int
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Listing:
    ordered: bool
    start: int
    items: "tuple[tuple[Block, ...], ...]"


@dataclass(frozen=True)
class Cell:
    runs: tuple[Run, ...]
    head: bool = False
    align: str = "left"
    span: int = 1


@dataclass(frozen=True)
class Table:
    """Rows of equal width; the first `header` of them name the columns. `even`: long texts that share the width evenly."""

    rows: tuple[tuple[Cell, ...], ...]
    header: int
    even: bool


@dataclass(frozen=True)
class Quote:
    blocks: "tuple[Block, ...]"


@dataclass(frozen=True)
class Verbatim:
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    pass


Block = Paragraph | Heading | Listing | Table | Quote | Verbatim | Rule


def blocks_of(text: str) -> tuple[Block, ...]:
    """The blocks of a Markdown text in order; none for an empty one. Raises `TooLong` as `render` does.

    A picture is left out and named in brackets. Links keep their address when it leads out of the portal.
    """
    reader = _Reader()
    reader.feed(render(repair(text)).html)
    reader.close()
    return tuple(_blocks(reader.root.children))


@dataclass
class _Element:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[_Element | str]" = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.attributes.get("class", "")


class _Reader(HTMLParser):
    """Clean HTML as a tree: every element closed, no nesting that the cleaners would not have made."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Element("")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = _Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in _EMPTY:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in (element.tag for element in self.open[1:]):
            while self.open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def _blocks(children: Iterable[_Element | str]) -> Iterator[Block]:
    stretch: list[_Element | str] = []
    for child in children:
        if isinstance(child, str) or child.tag not in _BLOCKS:
            stretch.append(child)
            continue
        yield from _paragraph(stretch)
        stretch = []
        yield from _block(child)
    yield from _paragraph(stretch)


def _paragraph(children: Iterable[_Element | str]) -> Iterator[Block]:
    runs = _tidied(_runs(children))
    if runs:
        yield Paragraph(runs)


def _block(element: _Element) -> Iterator[Block]:
    match element.tag:
        case "ul" | "ol":
            items = (child for child in element.children if isinstance(child, _Element))
            start = element.attributes.get("start", "1")
            yield Listing(
                element.tag == "ol",
                int(start) if start.isascii() and start.isdigit() else 1,
                tuple(tuple(_blocks(item.children)) for item in items),
            )
        case "table":
            yield from _table(element)
        case "blockquote" | "dd":
            yield Quote(tuple(_blocks(element.children)))
        case "pre":
            yield Verbatim(tuple(_words(element).rstrip("\n").split("\n")))
        case "hr":
            yield Rule()
        case "dt":
            yield from _paragraph([_Element("strong", {}, element.children)])
        case "div" if element.kind.startswith("admonition"):
            yield Quote(tuple(_blocks(element.children)))
        case "p" if element.kind == "admonition-title":
            yield from _paragraph([_Element("strong", {}, element.children)])
        case tag if tag in _HEADINGS:
            runs = _tidied(_runs(element.children))
            if runs:
                yield Heading(_HEADINGS[tag], runs)
        case _:
            yield from _blocks(element.children)


def _table(element: _Element) -> Iterator[Block]:
    rows, header = [], 0
    for part in _elements(element.children):
        for row in _elements(part.children) if part.tag in ("thead", "tbody") else [part]:
            cells = tuple(
                Cell(
                    _tidied(_runs(cell.children)),
                    cell.tag == "th",
                    cell.attributes.get("align", "left"),
                    min(int(cell.attributes.get("colspan") or 1), 100) or 1,
                )
                for cell in _elements(row.children)
            )
            if cells:
                rows.append(cells)
                header += part.tag == "thead"
    width = max((sum(cell.span for cell in row) for row in rows), default=0)
    if width > MOST_COLUMNS:
        for written in rows:
            joined = [run for cell in written if cell.runs for run in (Run(" | "), *cell.runs)][1:]
            yield from [Paragraph(tuple(joined))] if joined else []
        return
    if rows:
        filled = tuple(
            written + (Cell(()),) * (width - sum(cell.span for cell in written)) for written in rows
        )
        long = (
            (sum(len(run.text) for run in cell.runs) > _SHORT_CELL for cell in column)
            for column in zip(*filled, strict=False)
        )
        yield Table(filled, header, even=width > 1 and all(map(any, long)))


def _runs(
    children: Iterable[_Element | str], styles: frozenset[str] = frozenset(), link: str = ""
) -> Iterator[Run]:
    for child in children:
        if isinstance(child, str):
            yield Run(" ".join(child.replace("\n", " ").split(" ")), styles, link)
            continue
        match child.tag:
            case "br":
                yield Run("\n", styles, link)
            case "img":
                yield Run(gettext(_PICTURE, name=child.attributes.get("alt") or "…"), styles, link)
            case "input":
                yield Run("[x] " if "checked" in child.attributes else "[ ] ", styles, link)
            case "a" if child.kind == "footnote-backref":
                pass
            case "a":
                address = child.attributes.get("href", "")
                out = address if address.startswith(("http://", "https://", "mailto:", "tel:")) else ""
                yield from _runs(child.children, styles, link or out)
            case tag:
                style = STYLES.get(tag)
                yield from _runs(child.children, styles | {style} if style else styles, link)


def _tidied(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Runs without the spaces that HTML does not show: at the ends, doubled, beside a line break."""
    kept: list[Run] = []
    after_space = True
    for run in runs:
        text = "" if run.text != "\n" else "\n"
        for letter in run.text if run.text != "\n" else "":
            if letter != " " or not after_space:
                text += letter
            after_space = letter == " "
        if run.text == "\n":
            after_space = True
            if kept and kept[-1].text.endswith(" "):
                kept[-1] = Run(kept[-1].text.rstrip(" "), kept[-1].styles, kept[-1].link)
        if text and kept and (kept[-1].styles, kept[-1].link) == (run.styles, run.link):
            kept[-1] = Run(kept[-1].text + text, run.styles, run.link)
        elif text:
            kept.append(Run(text, run.styles, run.link))
    while kept and not kept[-1].text.strip(" \n"):
        kept.pop()
    if kept:
        kept[-1] = Run(kept[-1].text.rstrip(" \n"), kept[-1].styles, kept[-1].link)
    while kept and not kept[0].text.strip(" \n"):
        kept.pop(0)
    if kept:
        kept[0] = Run(kept[0].text.lstrip(" \n"), kept[0].styles, kept[0].link)
    return tuple(kept)


def _elements(children: Iterable[_Element | str]) -> list[_Element]:
    return [child for child in children if isinstance(child, _Element)]


def _words(element: _Element) -> str:
    return "".join(child if isinstance(child, str) else _words(child) for child in element.children)
