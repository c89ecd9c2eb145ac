"""How much work one text may ask for.

Each limit is a count of characters, lines or cells, never a clock: the same text always gives the same page.
"""

import html
import re
from xml.etree import ElementTree

from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from portal.errors import TooLarge

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
MAX_CELLS = 12_000  # of all tables together
MAX_QUOTE_MARKS = 15_000  # of all lines together: each line of a quote is read once for each quote around it
MAX_INDENTS = 20_000  # likewise for lists in lists
MAX_FOOTNOTE_MARKS = 4_000
MAX_ROW = 20_000
MAX_FOOTNOTES = 400
# A reference link repeats its address wherever it is used: a short text may ask for gigabytes.
MAX_ATTRIBUTES = 1_000_000

OPENERS = re.compile(r"[!*_`<&\\]")
ATX_HEADING = re.compile(r"#{1,6}(?!#)")
QUOTED = re.compile(r" {0,3}>")
MARKER_LINE = re.compile(r" {0,3}(?:[-*_=:>] ?){1,3}")
BETWEEN_TAGS = re.compile(r"<[^<>]*>")
FENCE = re.compile(r"^(?:`{3,}|~{3,})", re.MULTILINE)


class TooLong(TooLarge):
    message = (
        "This text is too long: at most %(limit)s characters fit. Put the rest into a file or a second page."
    )


class TooTangled(Exception):
    """The text is short enough but asks for more work than a page may cost; show it as it was typed."""


def check_fences(text: str) -> None:
    """Refuses a text of opening fences: the library looks for the end of each to the end of the text."""
    if len(FENCE.findall(text)) * len(text) > MAX_FENCE_WORK:
        raise TooTangled


class BlockLimits(Preprocessor):
    """Sets headings apart from what stands around them, and refuses texts made of nothing but block marks.

    Without the blank lines the library cuts a heading out of its block and reads the rest again from the start, and takes what
    somebody writes right under a quotation for a part of it: his words would stand under another's name.
    """

    def run(self, lines: list[str]) -> list[str]:
        apart: list[str] = []
        is_quoted = False
        for line in lines:
            was_quoted, is_quoted = is_quoted, bool(QUOTED.match(line))
            if was_quoted and not is_quoted:
                apart.append("")
            apart += ["", line, ""] if ATX_HEADING.match(line) else [line]
        blocks = work = length = marks = quotes = indents = notes = 0
        for line in [*apart, ""]:
            head = line[: len(line) - len(line.lstrip(" >"))]
            quotes += head.count(">")
            indents += len(head) // 4
            notes += line.count("[^")
            if head.count(">") > MAX_NESTING:
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
        if quotes > MAX_QUOTE_MARKS or indents > MAX_INDENTS or notes > MAX_FOOTNOTE_MARKS:
            raise TooTangled
        return apart


class ParagraphLimits(Treeprocessor):
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


def check_tree(root: ElementTree.Element) -> None:
    """Refuses a tree that is too deep, too broad, or that repeats long addresses over and over."""
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


def check_entities(drafted: str) -> None:
    """Refuses HTML that would keep bleach busy with entities."""
    if sum(words.count("&") * len(words) for words in BETWEEN_TAGS.split(drafted)) > MAX_ENTITY_WORK:
        raise TooTangled
