"""The words of a Markdown text without its markup: for the search index, snippets, mail and comparison.

Read from the same draft that `render` cleans, so that what is found is what is seen and every section has the
anchor of its heading.
"""

from dataclasses import dataclass
from html.parser import HTMLParser

from portal.markup.dialect import draft
from portal.markup.finishing import Heading
from portal.thai.clusters import clip

BLOCKS = frozenset(
    [
        "p",
        "li",
        "dt",
        "dd",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "pre",
        "tr",
        "blockquote",
        "div",
        "ul",
        "ol",
        "dl",
        "table",
    ]
)
CELLS = frozenset({"td", "th"})
BETWEEN_CELLS = " | "


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it, up to the next heading of any level.

    What stands before the first heading is a section with an empty heading and anchor and level 0. `body` is
    plain text, one block a line, without the heading.
    """

    heading: str
    level: int
    anchor: str
    body: str


def beginning_of(text_md: str, limit: int) -> str:
    """How the text begins, in one line of at most `limit` letters and without markup."""
    return clip(" ".join(plain(text_md[: 8 * limit]).split()), limit)


def plain(text_md: str) -> str:
    """The readable text: one paragraph, list item or table row a line, cells parted by " | ".

    Headings are lines of their own; footnote marks, addresses of links and empty cells are left out, the
    description of a picture stays. An empty text gives an empty string. Raises `TooLong` as `render` does.
    """
    return "\n".join(line for _, lines in _read(text_md) for line in lines)


def first_line(text_md: str) -> str:
    """The first line with words in it, without markup, to name a text by, one of the writer's own before what he quotes; empty
    when there is none."""
    typed = [line for line in text_md.splitlines() if line.strip() and not line.lstrip().startswith("```")]
    typed.sort(key=lambda line: line.lstrip().startswith(">"))
    lines = (" ".join(plain(line).replace("|", " ").split()) for line in typed)
    return next((line for line in lines if any(map(str.isalnum, line))), "")


def sections(text_md: str) -> tuple[Section, ...]:
    """The text cut at its headings, in order, with the anchors that `render` gives them.

    Without any heading one section comes back, for an empty text none.
    """
    found = []
    for heading, lines in _read(text_md):
        if heading is not None:
            found.append(
                Section(heading.text, heading.level, heading.anchor, "\n".join(lines[bool(heading.text) :]))
            )
        elif lines:
            found.append(Section("", 0, "", "\n".join(lines)))
    return tuple(found)


def _read(text_md: str) -> list[tuple[Heading | None, list[str]]]:
    drafted = draft(text_md)
    reader = _Reader({heading.anchor: heading for heading in drafted.headings})
    reader.feed(drafted.html)
    reader.close()
    reader.end_block()
    return reader.parts


class _Reader(HTMLParser):
    """Collects the lines of a draft. It reads only what our own parser wrote, never HTML from elsewhere."""

    def __init__(self, headings: dict[str, Heading]) -> None:
        super().__init__(convert_charrefs=True)
        self.headings = headings
        self.parts: list[tuple[Heading | None, list[str]]] = [(None, [])]
        self.words: list[str] = []
        self.cells: list[str] | None = None
        self.skipping = False
        self.verbatim = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "a" and (attributes.get("class") or "").startswith("footnote-"):
            self.skipping = True
        elif tag == "img":
            self.words.append(attributes.get("alt") or "")
        elif tag == "br":
            self.words.append(" ")
        elif tag in CELLS:
            self.words = []
        elif tag in BLOCKS:
            self.end_block()
            if tag == "tr":
                self.cells = []
            self.verbatim = self.verbatim or tag == "pre"
            heading = self.headings.get(attributes.get("id") or "")
            if heading is not None:
                self.parts.append((heading, []))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.skipping = False
        elif tag in CELLS and self.cells is not None:
            self.cells.append(_one_line(self.words))
            self.words = []
        elif tag in BLOCKS:
            if tag == "tr" and self.cells is not None:
                self.words = [BETWEEN_CELLS.join(cell for cell in self.cells if cell)]
                self.cells = None
            self.end_block()
            self.verbatim = self.verbatim and tag != "pre"

    def handle_data(self, data: str) -> None:
        if self.skipping:
            return
        if self.verbatim:
            *whole, rest = data.split("\n")
            for line in whole:
                self.words.append(line)
                self.end_block()
            data = rest
        self.words.append(data)

    def end_block(self) -> None:
        line = _one_line(self.words)
        self.words = []
        if line:
            self.parts[-1][1].append(line)


def _one_line(words: list[str]) -> str:
    return " ".join("".join(words).split())
