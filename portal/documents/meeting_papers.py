"""Papers of a meeting: its minutes (รายงานการประชุม) and the sheet on which people sign, set by Typst.

Like the memo they know no domain: whoever wants paper fills them in.
"""

from dataclasses import dataclass
from typing import Any, Final

from portal.documents.fitting import Fit, fit_for, pieces
from portal.documents.memo import (
    MOST_IN_A_MEMO,
    MOST_LINES,
    MOST_TABLE_MARKS,
    Look,
    PaperTooLong,
    one_line,
    paragraphs,
)
from portal.documents.pdf import block_data, look_data
from portal.documents.text_blocks import blocks_of
from portal.documents.typefaces import typeface
from portal.documents.typesetting import typeset

SECONDS: Final = 20.0
MOST_ROWS: Final = 3_000


@dataclass(frozen=True)
class Present:
    """Somebody who was there, with his post or where he comes from."""

    name: str
    post: str = ""


@dataclass(frozen=True)
class Said:
    """What was noted, in Markdown, and who said it (empty: nobody in particular)."""

    text: str
    by: str = ""


@dataclass(frozen=True)
class Signer:
    """Who signs, his post, and as what; without a name a line is left to fill in."""

    role: str
    name: str = ""
    post: str = ""


@dataclass(frozen=True)
class Minutes:
    """The minutes as they are printed. `lines` say when and where; `lists` are those present under their headings; `agenda`
    is Markdown under `agenda_heading`; `parts` are what was noted under their headings. Empty parts are left out."""

    heading: str
    title: str
    organisation: str = ""
    lines: tuple[str, ...] = ()
    lists: tuple[tuple[str, tuple[Present, ...]], ...] = ()
    opening: str = ""
    agenda_heading: str = ""
    agenda: str = ""
    parts: tuple[tuple[str, tuple[Said, ...]], ...] = ()
    closing: str = ""
    signers: tuple[Signer, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A list of people to sign on, or of those who were there. `columns` are the four headings; `rows` name, post, and what
    stands in the last column (empty: room to sign); `blank` rows are left for who comes unannounced."""

    heading: str
    title: str
    columns: tuple[str, str, str, str]
    organisation: str = ""
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, str, str], ...] = ()
    blank: int = 0


def minutes_pdf(minutes: Minutes, look: Look, *, seconds: float = SECONDS) -> bytes:
    """The minutes on A4. PaperTooLong, PaperFailed."""
    texts = [minutes.agenda, *(said.text for _, all_said in minutes.parts for said in all_said)]
    if (
        sum(map(len, texts)) > MOST_IN_A_MEMO
        or sum(text.count("|") for text in texts) > MOST_TABLE_MARKS
        or sum(text.count("\n") for text in texts) > MOST_LINES
    ):
        raise PaperTooLong
    face = typeface(look.fonts)
    fit = fit_for(face)
    paper = {
        "title": fit(one_line(minutes.title)),
        "author": [fit(one_line(minutes.organisation))] if minutes.organisation.strip() else [],
        "look": look_data(look, face),
        "words": {"emblem": fit(one_line(minutes.organisation)) or "–"},
        "minutes": {
            **_head(minutes, fit),
            "lists": [
                {
                    "heading": fit(one_line(heading)),
                    "people": [[fit(one_line(one.name)), pieces(fit(one_line(one.post)))] for one in people],
                }
                for heading, people in minutes.lists
                if people
            ],
            "opening": fit(one_line(minutes.opening)),
            "agenda": {
                "heading": fit(one_line(minutes.agenda_heading)),
                "blocks": _blocks(minutes.agenda, fit),
            },
            "parts": [
                {
                    "heading": fit(one_line(heading)),
                    "said": [
                        {"blocks": _blocks(said.text, fit), "by": fit(one_line(said.by))} for said in all_said
                    ],
                }
                for heading, all_said in minutes.parts
                if all_said
            ],
            "closing": fit(one_line(minutes.closing)),
            "signers": [
                {
                    "name": fit(one_line(one.name)),
                    "lines": [fit(line) for line in (*paragraphs(one.post), *paragraphs(one.role))],
                }
                for one in minutes.signers
            ],
        },
    }
    return typeset("minutes.typ", paper, face, seconds=seconds)


def sheet_pdf(sheet: Sheet, look: Look, *, seconds: float = SECONDS) -> bytes:
    """The sheet on A4. PaperTooLong, PaperFailed."""
    if len(sheet.rows) > MOST_ROWS:
        raise PaperTooLong
    face = typeface(look.fonts)
    fit = fit_for(face)
    paper = {
        "title": fit(one_line(sheet.title)),
        "author": [],
        "look": look_data(look, face),
        "words": {"emblem": fit(one_line(sheet.organisation)) or "–"},
        "sheet": {
            **_head(sheet, fit),
            "columns": [fit(one_line(column)) for column in sheet.columns],
            "rows": [[fit(one_line(cell)) for cell in row] for row in sheet.rows],
            "blank": sheet.blank,
        },
    }
    return typeset("sheet.typ", paper, face, seconds=seconds)


def _head(paper: Minutes | Sheet, fit: Fit) -> dict[str, Any]:
    return {
        "heading": fit(one_line(paper.heading)),
        "title": fit(one_line(paper.title)),
        "organisation": fit(one_line(paper.organisation)),
        "lines": [fit(one_line(line)) for line in paper.lines],
    }


def _blocks(text: str, fit: Fit) -> list[dict[str, Any]]:
    return [block_data(block, fit) for block in blocks_of(text)] if text.strip() else []
