"""The title of a text that has none: its first meaningful line, and for plans and the like whose and of which year."""

from collections.abc import Iterable, Sequence

import regex

from portal.items.models import TITLE_LENGTH
from portal.thai.clusters import clip, clip_characters
from portal.thai.repair import repair

LONGEST_LINE = 150  # letters; what is longer is a paragraph, not a heading
_LOOKED_AT = 60  # lines from the start of the text
_NEAR = 6  # lines around the subject in which a cover names office and year
_LONGEST_PARAGRAPH_TITLE = 100

_MEANINGFUL = regex.compile(r"\p{L}[\p{L}\p{M}]")
_THAI = regex.compile(r"[ก-ฮ]")
# What stands before the text itself: prefaces and tables of contents.
_BEFORE = regex.compile(r"(?:คำนำ|สารบัญ|บทนำ|สารบาญ|เรื่อง\s+หน้า|ปกใน|preface|contents?)\s*$", regex.IGNORECASE)
_PAPER = regex.compile(
    r"(?:แผน(?!ก(?!าร))|โครงการ|คู่มือ|การจัดการ(?:องค์)?ความรู้|รายงาน|แนวทาง|ระเบียบ|ประกาศ|คำสั่ง|หลักเกณฑ์|มาตรฐาน|สรุป)"
)
_LOCAL_BODY = regex.compile(r"(?:องค์การบริหารส่วน(?:ตำบล|จังหวัด)|เทศบาล(?:ตำบล|เมือง|นคร))[ก-ฮะ-๎]{2,60}(?![ก-๎])")
_ANY_BODY = regex.compile(r"องค์การบริหารส่วน|เทศบาล(?:ตำบล|เมือง|นคร)|กรม[ก-ฮ]|จังหวัด[ก-ฮ]|สำนักงาน[ก-ฮ]|กระทรวง")
_YEAR = regex.compile(r"(?:ประจำ)?ปี(?:งบประมาณ)?\s*(?:พ\.\s?ศ\.\s*)?(?:25|๒๕)[0-9๐-๙]{2}(?![0-9๐-๙])")


def title_of_text(text: str) -> str:
    """A title for a document that is only text; empty when no line of it says anything.

    The first line that says something; after a preface or a cover in another script, the first line that names a kind
    of paper. A paper of an office gets the office and the year that its cover names, when its first line does not. A year
    is taken only from a cover's own line: one in a sentence may belong to anything.
    """
    lines = [" ".join(line.split()) for line in repair(text).split("\n")]
    lines = [line for line in lines if line]
    head = lines[:_LOOKED_AT]
    subject = _subject(head)
    if subject is None:
        first = next((line for line in lines if _MEANINGFUL.search(line)), "")
        return clip_characters(clip(first, _LONGEST_PARAGRAPH_TITLE), TITLE_LENGTH)
    title = head[subject].strip(" *_#-–—:.")
    if _PAPER.match(title):
        near = head[max(0, subject - _NEAR) : subject] + head[subject + 1 : subject + 1 + _NEAR]
        title = " ".join([title, *_whose(title, near)])
        title = " ".join([title, *_of_year(title, near, lines)])
    return clip_characters(title, TITLE_LENGTH)


def _subject(head: Sequence[str]) -> int | None:
    headings = [
        number
        for number, line in enumerate(head)
        if len(line) <= LONGEST_LINE and _MEANINGFUL.search(line) and not _BEFORE.match(line)
    ]
    if not headings:
        return None
    is_thai = any(_THAI.search(line) for line in head)
    begins_with_cover = any(_BEFORE.match(line) for line in head[: headings[0] + 1])
    if is_thai and not begins_with_cover:
        begins_with_cover = not _THAI.search(head[headings[0]])
        headings = [number for number in headings if _THAI.search(head[number])] or headings
    if begins_with_cover:
        return next((number for number in headings if _PAPER.match(head[number])), headings[0])
    return headings[0]


def _whose(title: str, near: Iterable[str]) -> list[str]:
    if _ANY_BODY.search(title):
        return []
    return next(([found[0]] for line in near if (found := _LOCAL_BODY.search(line))), [])


def _of_year(title: str, near: Iterable[str], lines: Iterable[str]) -> list[str]:
    if _YEAR.search(title):
        return []
    body = _LOCAL_BODY.search(title)
    own = [line for line in lines if body and len(line) <= LONGEST_LINE and body[0] in line]
    found = next(
        (match for line in [*near, *own] if len(line) <= LONGEST_LINE and (match := _YEAR.search(line))), None
    )
    return [found[0]] if found else []
