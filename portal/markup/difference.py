"""What changed between two versions of a text, for the history of a page and for two people who saved at once.

Lines first, then words inside the lines that changed, and Thai, which has no spaces, by whole grapheme clusters:
a vowel is never torn from its consonant. The work is bounded for texts of any size; where a bound is reached,
a larger piece counts as changed.
"""

import re
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

import regex

Kind = Literal["added", "removed", "changed"]
Opcode = tuple[str, int, int, int, int]

# SequenceMatcher compares every pair in the worst case, and more than once.
MOST_PAIRS_OF_LINES = 250_000
MOST_PAIRS_OF_PIECES = 160_000
# All pieces looked into inside changed lines; what comes later counts as changed line by line.
MOST_PIECES = 60_000
# An unchanged stretch shorter than this between two changes is noise to the eye.
SHORTEST_COMMON = 3

CLUSTER = regex.compile(r"\X")


@dataclass(frozen=True)
class Span:
    """A stretch of a changed line; `changed` when only this side has it."""

    text: str
    changed: bool


@dataclass(frozen=True)
class Change:
    """Consecutive lines that differ. `old_line` and `new_line` count from 1: where they stand, or would stand.

    `old` and `new` hold the lines with their ends between them; the spans put together are those lines. One of
    them is empty for what was only added or removed.
    """

    kind: Kind
    old_line: int
    new_line: int
    old: tuple[Span, ...]
    new: tuple[Span, ...]


def compare(old: str, new: str) -> tuple[Change, ...]:
    """The changes in order; empty when the texts say the same. How lines end does not count."""
    ours, theirs = old.splitlines(), new.splitlines()
    budget = MOST_PIECES
    changes = []
    for kind, i1, i2, j1, j2 in _opcodes(ours, theirs):
        if kind == "equal":
            continue
        before, after = "\n".join(ours[i1:i2]), "\n".join(theirs[j1:j2])
        if i1 == i2:
            changes.append(Change("added", i1 + 1, j1 + 1, (), (Span(after, True),)))
        elif j1 == j2:
            changes.append(Change("removed", i1 + 1, j1 + 1, (Span(before, True),), ()))
        else:
            size = len(before) + len(after)
            spans = _inside(before, after) if size <= budget else [("delete", before), ("insert", after)]
            budget -= min(size, budget)
            changes.append(Change("changed", i1 + 1, j1 + 1, _side(spans, "delete"), _side(spans, "insert")))
    return tuple(changes)


def runs(old: str, new: str, *, around: int = 2) -> list[tuple[str, str]]:
    """One text to read with what went and what came: pairs of `same`, `del` or `ins` and the text.

    Of what did not change only `around` lines beside each change are kept, and `…` where lines are left out.
    Empty when nothing changed.
    """
    ours, theirs = old.splitlines(), new.splitlines()
    pairs: list[tuple[str, str]] = []
    budget = MOST_PIECES
    opcodes = [opcode for opcode in _opcodes(ours, theirs) if opcode[1] < opcode[2] or opcode[3] < opcode[4]]
    if all(opcode[0] == "equal" for opcode in opcodes):
        return []
    for place, (kind, i1, i2, j1, j2) in enumerate(opcodes):
        before, after = "\n".join(ours[i1:i2]), "\n".join(theirs[j1:j2])
        if kind == "equal":
            first, last = place == 0, place == len(opcodes) - 1
            pairs.append(("same", _around(theirs[j1:j2], 0 if first else around, 0 if last else around)))
        elif i1 < i2 and j1 < j2:
            size = len(before) + len(after)
            spans = _inside(before, after) if size <= budget else [("delete", before), ("insert", after)]
            budget -= min(size, budget)
            names = {"equal": "same", "delete": "del", "insert": "ins"}
            pairs += [(names[name], text) for name, text in spans]
            pairs.append(("same", "\n"))
        else:
            pairs.append(("del", before + "\n") if i1 < i2 else ("ins", after + "\n"))
    return pairs


@dataclass(frozen=True)
class Overlap:
    """Lines that both changed, each in his own way: what stood there, and what each made of it. `line` counts from 1 in
    the merged text."""

    line: int
    base: str
    mine: str
    theirs: str


@dataclass(frozen=True)
class Merged:
    """Two texts that grew from one, put together. Where they overlap the text holds both: theirs first, then mine."""

    text: str
    overlaps: tuple[Overlap, ...]


def merge(base: str, mine: str, theirs: str) -> Merged:
    """Whatever either changed in `base`, in one text. What both changed alike stands once; only what both changed in the
    same lines, or added in the same place, is an overlap. How lines end does not count."""
    was = base.splitlines()
    sides = mine.splitlines(), theirs.splitlines()
    lines: list[str] = []
    overlaps = []
    at = 0
    for first, last, changes in _stretches(was, sides):
        lines += was[at:first]
        at = last
        one, other = (_made_of(was, first, last, own, side) for own, side in zip(changes, sides, strict=True))
        if one == other or not changes[1]:
            lines += one
        elif not changes[0]:
            lines += other
        else:
            head = _alike(one, other)
            tail = _alike(one[head:][::-1], other[head:][::-1])
            own, others = one[head : len(one) - tail], other[head : len(other) - tail]
            stood = "\n".join(was[first:last])
            overlaps.append(Overlap(len(lines) + head + 1, stood, "\n".join(own), "\n".join(others)))
            lines += [*one[:head], *others, *own, *one[len(one) - tail :]]
    lines += was[at:]
    return Merged("\n".join(lines), tuple(overlaps))


def _stretches(
    was: Sequence[str], sides: Sequence[Sequence[str]]
) -> Iterator[tuple[int, int, tuple[list[Opcode], ...]]]:
    """Each stretch of lines that somebody changed, and the changes of each side in it; changes that have a line or a
    place in common are in one stretch."""
    waiting = sorted(
        (
            (opcode, number)
            for number, side in enumerate(sides)
            for opcode in _opcodes(was, side)
            if opcode[0] != "equal" and (opcode[1] < opcode[2] or opcode[3] < opcode[4])
        ),
        key=lambda change: change[0][1:3],
    )
    changes = deque(waiting)
    while changes:
        first, last = changes[0][0][1:3]
        taken: tuple[list[Opcode], ...] = ([], [])
        while changes and (changes[0][0][1] < last or changes[0][0][1:3] == (first, last)):
            opcode, number = changes.popleft()
            taken[number].append(opcode)
            last = max(last, opcode[2])
        yield first, last, taken


def _made_of(
    was: Sequence[str], first: int, last: int, changes: Sequence[Opcode], side: Sequence[str]
) -> list[str]:
    """What these lines became on that side."""
    lines: list[str] = []
    for _, i1, i2, j1, j2 in changes:
        lines += [*was[first:i1], *side[j1:j2]]
        first = i2
    return [*lines, *was[first:last]]


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """With how many lines both begin."""
    return next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _around(lines: Sequence[str], head: int, tail: int) -> str:
    if len(lines) > head + tail + 1:
        lines = [*lines[:head], "…", *(lines[-tail:] if tail else [])]
    return "\n".join(lines) + "\n"


def _side(spans: Sequence[tuple[str, str]], own: str) -> tuple[Span, ...]:
    side = tuple(Span(text, kind == own) for kind, text in spans if kind in ("equal", own))
    return side or (Span("", True),)


def _opcodes(old: Sequence[str], new: Sequence[str]) -> list[Opcode]:
    """As difflib's, equal stretches included, for any number of lines."""
    raw = list(_align(old, 0, len(old), new, 0, len(new)))
    whole: list[Opcode] = []
    for kind, i1, i2, j1, j2 in raw:
        if whole and (whole[-1][0] == "equal") == (kind == "equal"):
            _, first_i, _, first_j, _ = whole.pop()
            i1, j1 = first_i, first_j
        whole.append((kind if kind == "equal" else "replace", i1, i2, j1, j2))
    return whole


def _align(old: Sequence[str], i1: int, i2: int, new: Sequence[str], j1: int, j2: int) -> Iterator[Opcode]:
    start_i, start_j = i1, j1
    while i1 < i2 and j1 < j2 and old[i1] == new[j1]:
        i1, j1 = i1 + 1, j1 + 1
    if i1 > start_i:
        yield ("equal", start_i, i1, start_j, j1)
    end_i, end_j = i2, j2
    while i1 < i2 and j1 < j2 and old[i2 - 1] == new[j2 - 1]:
        i2, j2 = i2 - 1, j2 - 1
    if i1 < i2 and j1 < j2:
        if (i2 - i1) * (j2 - j1) <= MOST_PAIRS_OF_LINES:
            matcher = SequenceMatcher(None, old[i1:i2], new[j1:j2], autojunk=False)
            for kind, a1, a2, b1, b2 in matcher.get_opcodes():
                yield (kind, i1 + a1, i1 + a2, j1 + b1, j1 + b2)
        else:
            yield from _between_anchors(old, i1, i2, new, j1, j2)
    elif i1 < i2 or j1 < j2:
        yield ("replace", i1, i2, j1, j2)
    if i2 < end_i:
        yield ("equal", i2, end_i, j2, end_j)


def _between_anchors(
    old: Sequence[str], i1: int, i2: int, new: Sequence[str], j1: int, j2: int
) -> Iterator[Opcode]:
    """Pieces between lines that stand exactly once on both sides and in the same order.

    A large piece without such a line counts as changed: comparing it would take minutes.
    """
    count_old, count_new = Counter(old[i1:i2]), Counter(new[j1:j2])
    places = {line: j for j, line in enumerate(new[j1:j2], j1) if count_new[line] == 1}
    pairs = [(i, places[old[i]]) for i in range(i1, i2) if count_old[old[i]] == 1 and old[i] in places]
    anchors = _longest_rising(pairs)
    if not anchors:
        yield ("replace", i1, i2, j1, j2)
        return
    at_i, at_j = i1, j1
    for i, j in [*anchors, (i2, j2)]:
        if at_i < i or at_j < j:
            if (i - at_i) * (j - at_j) <= MOST_PAIRS_OF_LINES:
                yield from _align(old, at_i, i, new, at_j, j)
            else:
                yield ("replace", at_i, i, at_j, j)
        if i < i2:
            yield ("equal", i, i + 1, j, j + 1)
        at_i, at_j = i + 1, j + 1


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most pairs that rise on both sides; the first side rises already."""
    ends: list[int] = []
    holders: list[int] = []
    before: list[int] = []
    for place, (_, j) in enumerate(pairs):
        at = bisect_left(ends, j)
        before.append(holders[at - 1] if at else -1)
        ends[at : at + 1] = [j]
        holders[at : at + 1] = [place]
    chain = []
    place = holders[-1] if holders else -1
    while place >= 0:
        chain.append(pairs[place])
        place = before[place]
    return chain[::-1]


def _inside(old: str, new: str) -> list[tuple[str, str]]:
    """Pieces of two changed lines: `equal`, `delete`, `insert`, in reading order."""
    spans: list[tuple[str, str]] = []
    for kind, before, after in _matched(_words(old), _words(new)):
        if kind == "equal":
            spans.append(("equal", before))
        else:
            for inner, gone, come in _matched(_pieces(before), _pieces(after)):
                if inner == "equal":
                    spans.append(("equal", gone))
                else:
                    spans += [("delete", gone), ("insert", come)]
    return _calmed(spans)


def _words(text: str) -> list[str]:
    return ["".join(clusters) for _, clusters in groupby(CLUSTER.findall(text), str.isspace)]


def _pieces(text: str) -> list[str]:
    """Latin words and numbers whole, of anything else each grapheme cluster."""
    pieces: list[str] = []
    for kind, group in groupby(CLUSTER.findall(text), _kind_of_piece):
        clusters = list(group)
        pieces += ["".join(clusters)] if kind else clusters
    return pieces


def _kind_of_piece(cluster: str) -> str:
    if cluster.isspace():
        return "space"
    if cluster.isdecimal():
        return "number"
    return "word" if cluster.isascii() and cluster.isalpha() else ""


def _matched(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    if not old or not new or len(old) * len(new) > MOST_PAIRS_OF_PIECES:
        yield ("replace", "".join(old), "".join(new))
        return
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield (kind, "".join(old[a1:a2]), "".join(new[b1:b2]))


def _calmed(spans: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The same with each run of changes as one removal and one addition, short common bits taken in."""
    calm: list[tuple[str, str]] = []
    gone = come = ""
    for place, (kind, text) in enumerate(spans):
        if kind == "delete":
            gone += text
        elif kind == "insert":
            come += text
        else:
            within = (gone or come) and any(
                later != "equal" and words for later, words in spans[place + 1 :][:2]
            )
            if within and len(CLUSTER.findall(text)) < SHORTEST_COMMON and not re.fullmatch(r"\s+", text):
                gone, come = gone + text, come + text
                continue
            calm += [(name, words) for name, words in (("delete", gone), ("insert", come)) if words]
            gone = come = ""
            calm.append((kind, text))
    calm += [(name, words) for name, words in (("delete", gone), ("insert", come)) if words]
    return calm
