"""Memos and booklets as PDF (PDF/A-2b, tagged), set by Typst."""

import dataclasses
from typing import Any, Final

from portal.documents.emblems import as_png
from portal.documents.fitting import Fit, fit_for
from portal.documents.memo import (
    MOST_IN_A_BOOKLET,
    MOST_IN_A_MEMO,
    Booklet,
    Look,
    Memo,
    Opinion,
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
from portal.documents.typefaces import Typeface, typeface
from portal.documents.typesetting import typeset
from portal.thai.numerals import Numerals

SECONDS_FOR_A_MEMO: Final = 20.0
SECONDS_FOR_A_BOOKLET: Final = 120.0
_FRONT_NUMBERS: Final = {
    "th": "กขคงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ",
    "en": "",
}


def memo_pdf(memo: Memo, look: Look, *, seconds: float = SECONDS_FOR_A_MEMO) -> bytes:
    """The memo on A4. PaperTooLong above `MOST_IN_A_MEMO` characters or when it takes too long; PaperFailed."""
    check_length((memo,), MOST_IN_A_MEMO)
    face = typeface(look.fonts)
    fit = fit_for(face)
    names = [fit(one_line(name)) for name, _ in memo.signers]
    paper = {
        "title": fit(one_line(memo.subject)),
        "author": [name for name in names if name],
        "look": look_data(look, face),
        "words": _words(look),
        "memo": _memo(memo, look, fit),
    }
    return typeset("memo.typ", paper, face, seconds=seconds)


def booklet_pdf(booklet: Booklet, look: Look, *, seconds: float = SECONDS_FOR_A_BOOKLET) -> bytes:
    """Cover, preface, contents and the memos, each on a new page. PaperTooLong above `MOST_IN_A_BOOKLET`; PaperFailed."""
    check_length(booklet.memos, MOST_IN_A_BOOKLET)
    face = typeface(look.fonts)
    fit = fit_for(face)
    paper = {
        "title": fit(" ".join(filter(None, map(one_line, (booklet.title, booklet.subtitle, booklet.year))))),
        "author": [fit(one_line(booklet.organisation))] if booklet.organisation.strip() else [],
        "look": look_data(look, face),
        "words": _words(look),
        "booklet": {
            "title": fit(one_line(booklet.title)),
            "subtitle": fit(one_line(booklet.subtitle)),
            "year": fit(one_line(booklet.year)),
            "organisation": fit(one_line(booklet.organisation)),
            "preface": [fit(part) for part in paragraphs(booklet.preface)],
            "memos": [_memo(memo, look, fit) for memo in booklet.memos],
        },
    }
    return typeset("booklet.typ", paper, face, seconds=seconds)


def look_data(look: Look, face: Typeface) -> dict[str, Any]:
    """The look as the templates of all papers know it."""
    emblem = as_png(look.emblem)
    return {
        "family": face.family,
        "size": face.size,
        "language": look.language,
        "thai-numerals": look.numerals is Numerals.THAI,
        "emblem": None if emblem is None else list(emblem),
        "front-numbers": list(_FRONT_NUMBERS.get(look.language, "")),
    }


def _words(look: Look) -> dict[str, str]:
    return dataclasses.asdict(words(look))


def _memo(memo: Memo, look: Look, fit: Fit) -> dict[str, Any]:
    said = words(look)
    nothing = [{"kind": "paragraph", "runs": [_run(Run(said.nothing), fit)]}]
    return {
        "agency": fit(one_line(memo.agency)),
        "number": fit(one_line(memo.number)),
        "day": written_day(memo.day, look),
        "subject": fit(one_line(memo.subject)),
        "to": fit(one_line(memo.to)),
        "opening": [fit(part) for part in paragraphs(memo.opening)],
        "facts": [
            [fit(one_line(label)), fit("\n".join(paragraphs(value)) or said.nothing)]
            for label, value in memo.facts
        ],
        "sections": [
            {
                "heading": fit(heading_of(place, section, memo, look)),
                "blocks": [block_data(block, fit) for block in blocks_of(section.text)] or nothing,
            }
            for place, section in enumerate(memo.sections, 1)
        ],
        "attached": said.attachments % {"count": figure(len(memo.attachments), look)},
        "attachments": [fit(one_line(name) or said.nothing) for name in memo.attachments],
        "closing": [fit(part) for part in paragraphs(memo.closing)],
        "signers": [
            {"name": fit(one_line(name)), "lines": [fit(line) for line in paragraphs(position)]}
            for name, position in memo.signers
        ],
        "names": ", ".join(filter(None, (fit(one_line(name)) for name, _ in memo.signers))),
        "opinions": [_opinion(opinion, look, fit) for opinion in memo.opinions],
        "opinions-beside": stand_beside(memo),
    }


def _opinion(opinion: Opinion, look: Look, fit: Fit) -> dict[str, Any]:
    return {
        "label": fit(one_line(opinion.label)),
        "paragraphs": [fit(part) for part in paragraphs(opinion.text)],
        "signer": {
            "name": fit(one_line(opinion.name)),
            "lines": [fit(line) for line in lines_below(opinion, look)],
        },
    }


def block_data(block: Block, fit: Fit) -> dict[str, Any]:
    """A block of a person's text as the templates know it."""
    match block:
        case Paragraph():
            return {"kind": "paragraph", "runs": _runs(block.runs, fit)}
        case Heading():
            return {"kind": "heading", "level": block.level, "runs": _runs(block.runs, fit)}
        case Listing():
            items = [[block_data(part, fit) for part in item] for item in block.items]
            return {"kind": "list", "ordered": block.ordered, "start": block.start, "items": items}
        case Table():
            rows = [
                [
                    {"runs": _runs(cell.runs, fit), "head": cell.head, "align": cell.align, "span": cell.span}
                    for cell in row
                ]
                for row in block.rows
            ]
            return {
                "kind": "table",
                "rows": rows,
                "header": block.header,
                "even": block.even,
                "whole": _is_small(block),
            }
        case Quote():
            return {"kind": "quote", "blocks": [block_data(part, fit) for part in block.blocks]}
        case Verbatim():
            lines = [fit(_with_spaces(line)) for line in block.lines]
            return {"kind": "verbatim", "lines": lines}
        case _:
            return {"kind": "rule"}


def _is_small(table: Table) -> bool:
    """Whether the table certainly fits on a page, and so need not be parted."""
    letters = sum(len(run.text) for row in table.rows for cell in row for run in cell.runs)
    return len(table.rows) <= 8 and letters <= 600


def _runs(runs: tuple[Run, ...], fit: Fit) -> list[dict[str, Any]]:
    return [_run(run, fit) for run in runs]


def _run(run: Run, fit: Fit) -> dict[str, Any]:
    return {"text": fit(run.text), "styles": sorted(run.styles), "link": run.link}


def _with_spaces(line: str) -> str:
    """A line whose indent shows; an empty one keeps its height."""
    bare = line.lstrip(" ")
    return "\u00a0" * (len(line) - len(bare)) + bare or "\u00a0"
