"""Text cut into words, alike for documents and for questions.

Thai is written without spaces: its runs go to a dictionary segmenter (newmm), everything else is cut apart where
neither letter nor digit stands. Text is expected as `normalise` leaves it.
"""

import gc
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import regex

# Else the library makes a folder in the home of whoever runs the portal, at import already. Its older name for
# the setting must not stand beside it.
if "PYTHAINLP_READ_MODE" not in os.environ:
    os.environ.setdefault("PYTHAINLP_READ_ONLY", "1")
os.environ.setdefault("PYTHAINLP_OFFLINE", "1")

from pythainlp.corpus import thai_words
from pythainlp.tokenize.newmm import segment
from pythainlp.util import Trie

from portal.thai.folding import fold
from portal.thai.repair import MARKS

LONGEST: Final = 64  # letters of one word; longer ones are cut, so that no index holds a term of 200 kB
WINDOW: Final = 480  # characters given to the segmenter at once: its time grows with the square of them
SHORT_YEARS: Final = (40, 99)  # 62 is 2562; there is no need of a year before 2540
COMMON_ERA: Final = (1900, 2099)
_MARGIN: Final = 60  # what it found so near a window's end is cut again with what follows

_FOLDER: Final = Path(__file__).resolve().parent
_THAI: Final = rf"ก-ฮะ-\u0e3aเ-ๅ{MARKS}"
_MONTH: Final = r"(?:เม\.ย|มิ\.ย|มี\.ค)"

_PIECES: Final = regex.compile(
    rf"""
      (?P<nothing> ฯลฯ )
    | (?P<month>   {_MONTH}(?:\.|(?![{_THAI}])) )
    | (?P<groups>  (?<![{_THAI}])(?:[ก-ฮ]{{1,4}}\.){{2,8}}(?:[ก-ฮ](?![{_THAI}.]))? )    # พ.ร.บ. and รพ.สต.
    | (?P<glued>   (?:[ก-ฮ]\.){{2,8}}(?:[ก-ฮ](?![{_THAI}.]))? )                         # ตามพ.ร.บ.
    | (?P<open>    (?<![{_THAI}])[ก-ฮ]\.[ก-ฮ](?![{_THAI}.]) )                          # พ.ศ 2566
    | (?P<spaced>  (?<![{_THAI}.])[ก-ฮ]\.(?:\ [ก-ฮ]\.){{1,7}}(?![{_THAI}]) )                 # พ. ร. บ.
    | (?P<short>   (?<![{_THAI}])[ก-ฮ]{{2,4}}(?=\.) )                                  # ทต.
    | (?P<thai>    (?![{MARKS}ำ])(?:(?!{_MONTH}|[ก-ฮ]\.[ก-ฮ]\.)[{_THAI}])+ )
    | (?P<letters> (?<![\p{{L}}\p{{N}}])(?:[A-Za-z]\.){{2,8}}(?![\p{{L}}\p{{N}}]) )     # k.m.
    | (?P<number>  (?<![\p{{L}}\p{{N}}.,])[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,7}}(?![\p{{L}}\p{{N}}]) )
    | (?P<other>   [[\p{{L}}\p{{N}}]--[{_THAI}ฯๆ]][[\p{{L}}\p{{M}}\p{{N}}]--[{_THAI}ฯๆ]]* )
    """,
    regex.VERBOSE | regex.VERSION1,
)
# 62 after one of these is the year 2562, and 2019 is 2562 as well.
_BEFORE_YEAR: Final = regex.compile(
    r"(?:ปี(?:งบประมาณ|งบ|การศึกษา)?|พ\.?ศ\.?|ค\.?ศ\.?|fy) ?(?:พ\.?ศ\.?|ค\.?ศ\.?)? ?(?:[0-9]{2,4} ?[-–/] ?)?\Z"
)
_YEAR: Final = regex.compile(r"(?:fy)?([0-9]{2}|[0-9]{4})")
_FY_OF_A_YEAR: Final = regex.compile(r" ?(?:[0-9]{2}|[0-9]{4})(?![\p{L}\p{N}])")
_LONGEST_BEFORE_YEAR: Final = 26
_GROUP: Final = regex.compile(r"[ก-ฮ]+")
_WORD: Final = regex.compile(f"[{_THAI}]+")
_DOTTED: Final = regex.compile(r"(?:[ก-ฮ]{1,4}\.)+")
_CLUSTER: Final = regex.compile(r"\X")
_CONTINUES: Final = frozenset(chr(code) for code in (*range(0x0E34, 0x0E3B), *range(0x0E47, 0x0E4F))) | {
    "\u0e31",
    "\u0e33",
}


class Token(NamedTuple):
    """A word and where it stands. `text` is the word as the index keeps it: without the dots of an abbreviation and the
    commas of a number, a year in full and of the Buddhist era, at most `LONGEST` characters; otherwise it is the text from
    `start` to `end`."""

    text: str
    start: int
    end: int


class Dictionary(NamedTuple):
    """What the cutter knows: `trie` for the segmenter, the `joints` of long names (their parts),
    and the `abbreviations` without their dots."""

    trie: Trie
    joints: dict[str, list[str]]
    abbreviations: frozenset[str]


def words(text: str, *, without_stop_words: bool = False, folded: bool = False) -> list[Token]:
    """The words of a normalised text, in their order, none overlapping another.

    A long name (องค์การบริหารส่วนตำบล) is cut at its joints, so that it is found by its parts. พ.ร.บ. becomes
    พรบ, อ.บ.ต. and อบต. become อบต, 1,200 becomes 1200, ปี 62 and FY2019 give 2562; "นร 1200/ว 18" gives นร, 1200,
    ว, 18. ฯ, ๆ and signs are no words. `without_stop_words` leaves out question and function words; a text of nothing
    else gives an empty list. `folded`: the text is folded (portal/thai/folding.py) and is cut with the folded dictionary.
    """
    known = folded_dictionary() if folded else dictionary()
    tokens = _tokens(text, known)
    if without_stop_words:
        stops = folded_stop_words() if folded else stop_words()
        return [token for token in tokens if token.text not in stops]
    return list(tokens)


@cache
def stop_words() -> frozenset[str]:
    """The few question and function words that say nothing about what is sought."""
    return frozenset(_lines("stop_words.txt"))


@cache
def folded_stop_words() -> frozenset[str]:
    return frozenset(map(fold, stop_words()))


def is_ordinary(word: str) -> bool:
    """Whether it is a word of the general language, and not only one of the field."""
    return word in thai_words()


_loading = threading.RLock()


@contextmanager
def _uncollected() -> Iterator[None]:
    """What is made in here stays as long as the process. The collector would look through it all again and again, which
    took three times as long as making it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


def dictionary() -> Dictionary:
    """The cutter's dictionary, loaded once (about a quarter of a second and 80 MB); call it before forking workers."""
    with _loading:
        return _load()


def folded_dictionary() -> Dictionary:
    """The same for folded texts, loaded with the plain one (as long and as large again); for whoever answers questions."""
    with _loading:
        return _load_folded()


@cache
@_uncollected()
def _load_folded() -> Dictionary:
    plain = _load()
    joints = {fold(word): [fold(part) for part in parts] for word, parts in plain.joints.items()}
    return Dictionary(Trie({fold(word) for word in plain.trie}), joints, plain.abbreviations)


@cache
@_uncollected()
def _load() -> Dictionary:
    known = {word for word in thai_words() if _WORD.fullmatch(word)}
    abbreviations = {word.replace(".", "") for word in thai_words() if _DOTTED.fullmatch(word)}
    joints: dict[str, list[str]] = {}
    whole: set[str] = set()
    for line in _lines("domain_words.txt"):
        if "." in line:
            plain = line.replace(".", "")
            abbreviations.add(plain)
            if len(plain) > 2:  # two letters alone would tear ordinary words apart
                known.add(plain)
            continue
        parts = line.split("|")
        known.update(parts)
        known.add("".join(parts))
        if len(parts) > 1:
            joints["".join(parts)] = parts
        else:
            whole.add(line)
    trie = Trie(known)
    # The library's list holds การประชุม as one word and การฝึกอบรม as two, as it happens. Who looks for ประชุม
    # wants both; so การ before known words is always a word of its own, but for what the file lists whole.
    for word in known - whole - joints.keys():
        if word.startswith("การ") and len(word) > 3:
            verb = [word[3:]] if word[3:] in known else segment(word[3:], trie)
            if all(len(part) > 2 and part in known for part in verb):
                joints[word] = ["การ", *verb]
    for word, parts in joints.items():
        joints[word] = [piece for part in parts for piece in joints.get(part, (part,))]
    return Dictionary(trie, joints, frozenset(abbreviations))


def _lines(name: str) -> list[str]:
    lines = (_FOLDER / name).read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _tokens(text: str, known: Dictionary) -> Iterator[Token]:
    for found in _PIECES.finditer(text):
        start, end = found.span()
        match found.lastgroup:
            case "thai":
                yield from _thai_words(found[0], start, known)
            case "groups":
                yield from _abbreviations(found[0], start, known)
            case "month" | "glued" | "open" | "spaced" | "letters":
                yield Token(found[0].replace(".", "").replace(" ", ""), start, end)
            case "number":
                yield Token(found[0].replace(",", ""), start, end)
            case "other" if found[0] == "fy" and _FY_OF_A_YEAR.match(text, end):
                pass  # FY 2019 is written as often as FY2019, and both are the year alone
            case "other" if (year := _year(found[0], text, start)) is not None:
                yield Token(year, start, end)
            case "short" | "other":
                yield from _not_too_long(found[0], start)


def _year(word: str, text: str, start: int) -> str | None:
    """The year of the Buddhist era that a number means where it stands; None when it means none."""
    found = _YEAR.fullmatch(word)
    if found is None:
        return None
    if not word.startswith("fy") and not _BEFORE_YEAR.search(
        text, max(0, start - _LONGEST_BEFORE_YEAR), start
    ):
        return None
    number = int(found[1])
    of_the_common_era = word.startswith("fy") or text[max(0, start - 5) : start].replace(" ", "").endswith(
        "fy"
    )
    if len(found[1]) == 2:
        if of_the_common_era:
            number += 2000 + 543
        elif SHORT_YEARS[0] <= number <= SHORT_YEARS[1]:
            number += 2500
        else:
            return None
    elif COMMON_ERA[0] <= number <= COMMON_ERA[1]:
        number += 543
    return str(number)


def _thai_words(run: str, offset: int, known: Dictionary) -> Iterator[Token]:
    at = 0
    for word in _segments(run, known.trie):
        for part in known.joints.get(word, (word,)):
            yield from _not_too_long(part, offset + at)
            at += len(part)


def _segments(run: str, trie: Trie) -> Iterator[str]:
    """The run's words; no border stands inside a letter. A long run goes through in overlapping windows, each
    beginning where the last certain word ended."""
    at = 0
    while at < len(run):
        end = _border(run, at + WINDOW, at)
        pieces = _whole_letters(segment(run[at:end], trie))
        if end < len(run):
            certain = _border(run, end - _MARGIN, at) - at
            reached, kept = 0, 0
            for piece in pieces:
                if reached + len(piece) > certain:
                    break
                reached += len(piece)
                kept += 1
            pieces = pieces[:kept] or pieces
        yield from pieces
        at += sum(map(len, pieces))


def _border(run: str, at: int, floor: int) -> int:
    """The place, or the nearest before it, where a letter begins; the nearest after it when there is none above
    the floor (a letter that drags hundreds of marks)."""
    if at >= len(run):
        return len(run)
    left = at
    while left > floor and run[left] in _CONTINUES:
        left -= 1
    if left > floor:
        return left
    while at < len(run) and run[at] in _CONTINUES:
        at += 1
    return at


def _whole_letters(pieces: list[str]) -> list[str]:
    """The segmenter's pieces, those that begin with a mark joined to the piece before."""
    whole: list[str] = []
    for piece in pieces:
        if whole and piece[0] in _CONTINUES:
            whole[-1] += piece
        else:
            whole.append(piece)
    return whole


def _abbreviations(dotted: str, offset: int, dictionary: Dictionary) -> Iterator[Token]:
    """One word for letters with dots between them and for a known abbreviation (รพ.สต.); else the groups apart."""
    groups = [(found[0], *found.span()) for found in _GROUP.finditer(dotted)]
    known = dictionary.abbreviations
    at = 0
    while at < len(groups):
        upto = at + 1
        while upto < len(groups) and len(groups[upto - 1][0]) == len(groups[upto][0]) == 1:
            upto += 1
        for longest in range(len(groups), at + 1, -1):
            if "".join(group for group, _, _ in groups[at:longest]) in known:
                upto = longest
                break
        end = groups[upto - 1][2]
        yield Token(
            "".join(group for group, _, _ in groups[at:upto]),
            offset + groups[at][1],
            offset + end + (dotted[end : end + 1] == "."),
        )
        at = upto


def _not_too_long(word: str, offset: int) -> Iterator[Token]:
    if len(word) <= LONGEST:
        yield Token(word, offset, offset + len(word))
        return
    start = end = 0
    for letter in _CLUSTER.finditer(word):
        if letter.end() - start > LONGEST and end > start:
            yield Token(word[start:end], offset + start, offset + end)
            start = end
        end = letter.end()
    # A single letter under hundreds of marks can't be cut; the index keeps the beginning of it.
    yield Token(word[start : start + LONGEST], offset + start, offset + len(word))
