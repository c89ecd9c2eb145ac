"""An official memo (บันทึกข้อความ) and a booklet of memos as values, and what stands on both kinds of paper.

This room knows no domain: whoever wants paper fills these in. Dates and figures of ours follow the numerals of the
paper; what people typed stays as they typed it.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from portal.errors import TooLarge
from portal.thai.clusters import length
from portal.thai.dates import format_date
from portal.thai.numerals import Numerals, in_numerals
from portal.thai.repair import repair
from portal.translating import N_, gettext, speaking

# Longer than any report that a person wrote; what is above costs more time than a page may.
MOST_IN_A_MEMO: Final = 400_000
MOST_IN_A_BOOKLET: Final = 6_000_000
MOST_TABLE_MARKS: Final = 8_000  # the strokes between cells; a table of 40 rows and 8 columns has some 400
MOST_LINES: Final = 12_000
# Opinions up to this long stand two in a row, each in its own box.
MOST_BESIDE: Final = 260


class PaperTooLong(TooLarge):
    message = N_("This is too long for one document. Shorten the text or make several documents.")


@dataclass(frozen=True)
class Look:
    """How the paper looks: one kind of numerals and one language throughout.

    `emblem` is a picture (PNG, JPEG, WebP, GIF) for the corner of the memo, or None. `fonts` is a folder with the
    organisation's own TrueType files; without it, or when it holds no Thai font, the paper is set in Sarabun.
    """

    numerals: Numerals = Numerals.THAI
    language: str = "th"
    emblem: bytes | None = None
    fonts: Path | None = None


@dataclass(frozen=True)
class Opinion:
    """What a superior wrote. `acting`: he acts for the holder of `position`; `own_position` is then his own post."""

    text: str
    name: str
    position: str
    day: date | None = None
    acting: bool = False
    own_position: str = ""
    label: str = ""


@dataclass(frozen=True)
class Section:
    """A part of the memo with its heading; the text is people's Markdown."""

    heading: str
    text: str


@dataclass(frozen=True)
class Memo:
    """A memo as its writer means it; every part may be empty. All texts but the sections' are plain; line ends part paragraphs.

    `facts` are labels with values, set as a table; `signers` names with positions.
    """

    agency: str = ""
    number: str = ""
    day: date | None = None
    subject: str = ""
    to: str = ""
    opening: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    sections: tuple[Section, ...] = ()
    attachments: tuple[str, ...] = ()
    closing: str = ""
    signers: tuple[tuple[str, str], ...] = ()
    opinions: tuple[Opinion, ...] = ()


@dataclass(frozen=True)
class Booklet:
    """Memos bound together: cover, preface (left out when empty), contents, one memo after the other."""

    title: str
    subtitle: str = ""
    year: str = ""
    organisation: str = ""
    preface: str = ""
    memos: tuple[Memo, ...] = ()


@dataclass(frozen=True)
class Words:
    """The paper's own words in its language."""

    memo: str
    agency: str
    number: str
    date: str
    subject: str
    to: str
    attachments: str
    nothing: str
    preface: str
    contents: str
    page: str
    empty: str
    emblem: str


def words(look: Look) -> Words:
    """The words that the paper itself says."""
    with speaking(look.language):
        return Words(
            memo=gettext("MEMORANDUM"),
            agency=gettext("Government agency"),
            number=gettext("No."),
            date=gettext("Dated"),
            subject=gettext("Subject"),
            to=gettext("To:"),
            attachments=gettext("Attachments (%(count)s)"),
            nothing="–",
            preface=gettext("Preface"),
            contents=gettext("Contents"),
            page=gettext("Page"),
            empty=gettext("There is no report in this booklet."),
            emblem=gettext("Emblem of the organisation"),
        )


def one_line(text: str) -> str:
    """A text for a place that holds one: repaired, without line ends and runs of spaces."""
    return " ".join(repair(text).split())


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a plain text, each on one line; none for an empty text."""
    return tuple(filter(None, (" ".join(line.split()) for line in repair(text).split("\n"))))


def written_day(day: date | None, look: Look) -> str:
    """The day in full in the paper's language and numerals, empty for none."""
    return "" if day is None else format_date(day, "long", look.language, look.numerals)


def figure(number: int, look: Look) -> str:
    """A count or an ordinal in the paper's numerals."""
    return in_numerals(str(number), look.numerals)


def heading_of(place: int, section: Section, memo: Memo, look: Look) -> str:
    """The section's heading, numbered when there are several."""
    heading = one_line(section.heading)
    return f"{figure(place, look)}. {heading}" if heading and len(memo.sections) > 1 else heading


def lines_below(opinion: Opinion, look: Look) -> tuple[str, ...]:
    """What stands under a superior's name: post, for whom he acts, day."""
    position, own = one_line(opinion.position), one_line(opinion.own_position)
    with speaking(look.language):
        if opinion.acting and own:
            lines = [gettext("%(position)s, acting for", position=own), position]
        elif opinion.acting:
            lines = [gettext("Acting %(position)s", position=position)]
        else:
            lines = [position]
    return tuple(filter(None, [*lines, written_day(opinion.day, look)]))


def stand_beside(memo: Memo) -> bool:
    """Whether the opinions are short enough, and more than one, to stand two in a row."""
    return len(memo.opinions) > 1 and all(
        length(opinion.text) <= MOST_BESIDE and opinion.text.count("\n") <= 4 for opinion in memo.opinions
    )


def check_length(memos: tuple[Memo, ...], most: int) -> None:
    """PaperTooLong when what the memos hold together is above `most` characters, or one of them is of more lines or cells
    than a person writes: those cost far more time than their length says."""
    for memo in memos:
        texts = [section.text for section in memo.sections]
        if sum(text.count("|") for text in texts) > MOST_TABLE_MARKS:
            raise PaperTooLong
        if sum(text.count("\n") for text in texts) > MOST_LINES:
            raise PaperTooLong
    if sum(map(_letters, memos)) > most:
        raise PaperTooLong


def _letters(memo: Memo) -> int:
    plain = (memo.agency, memo.number, memo.subject, memo.to, memo.opening, memo.closing, *memo.attachments)
    pairs = (*memo.facts, *memo.signers, *((section.heading, section.text) for section in memo.sections))
    opinions = (
        part for it in memo.opinions for part in (it.text, it.name, it.position, it.own_position, it.label)
    )
    return sum(map(len, plain)) + sum(len(one) + len(other) for one, other in pairs) + sum(map(len, opinions))
