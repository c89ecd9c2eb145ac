"""A question as people type it, taken apart: words, "phrases", −without and filters like ประเภท:คู่มือ.

Any text is read, in time that grows with its length and no faster; what was meant for a filter or a minus and is none is a
word, or said to be unreadable. What a filter's value means is found in filtering.py.
"""

from dataclasses import dataclass, field
from typing import Final

import regex

# A filter by the names people give it, as it is called in addresses and in the index.
NAMES: Final = {
    "kind": ("ประเภท", "ชนิด", "kind", "type"),
    "unit": ("หน่วยงาน", "หน่วย", "ส่วนราชการ", "unit"),
    "year": ("ปีงบประมาณ", "ปีงบ", "ปี", "year"),
    "step": ("ขั้นตอน", "ขั้น", "step"),
    "author": ("ผู้เขียน", "โดย", "author", "by"),
    "goal": ("เป้าหมาย", "goal"),
    "community": ("ชุมชน", "community"),
}
_NAMED: Final = {spelling: name for name, spellings in NAMES.items() for spelling in spellings}
_ANY: Final = "|".join(sorted(_NAMED, key=len, reverse=True))
_CLOSING: Final = {'"': '"', "“": "”", "«": "»"}
_QUOTES: Final = "".join({*_CLOSING, *_CLOSING.values()})

_BLANKS: Final = regex.compile(r"\s++")
_MINUS: Final = regex.compile("[-−–]++")  # as typed, as in mathematics, and as word processors make it
_FILTER: Final = regex.compile(rf"(?P<name>{_ANY})[:：](?P<gap>\s*+)", regex.IGNORECASE)
_RUN: Final = regex.compile(rf"[^\s{_QUOTES}]++")


@dataclass(frozen=True)
class TypedFilter:
    """`name` as in NAMES, `value` without its quotes, `as_typed` as it stands in the text, beginning at `start`."""

    name: str
    value: str
    as_typed: str
    start: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Parsed:
    """`free` is the text left for the words; phrases and what may not occur come without quotes and signs; `ignored` are
    the parts that could not be read, as typed."""

    free: str = ""
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    filters: tuple[TypedFilter, ...] = ()
    ignored: tuple[str, ...] = ()


def parse(text: str) -> Parsed:
    """The parts of a question, each kind in the order typed. There is no text that can't be parsed."""
    return _Reader(text).read()


def without_filters(text: str, filters: tuple[TypedFilter, ...]) -> str:
    """The text in which these of its filters are no more."""
    kept, at = [], 0
    for one in sorted(filters, key=lambda typed: typed.start):
        kept.append(text[at : one.start])
        at = one.start + len(one.as_typed)
    return " ".join(" ".join((*kept, text[at:])).split())


class _Reader:
    def __init__(self, text: str):
        self._text = text
        self._at = 0
        self._unclosed: set[str] = set()  # quotes that no other closes from here on
        self._free: list[str] = []
        self._phrases: list[str] = []
        self._without: list[str] = []
        self._filters: list[TypedFilter] = []
        self._ignored: list[str] = []

    def read(self) -> Parsed:
        while self._at < len(self._text):
            if self._skip(_BLANKS) or self._minus() or self._filter():
                continue
            start = self._at
            phrase = self._quoted()
            if phrase:
                self._phrases.append(phrase)
            elif self._at == start:
                self._free.append(self._run())
        return Parsed(
            " ".join(word for word in self._free if word),
            tuple(self._phrases),
            tuple(self._without),
            tuple(self._filters),
            tuple(self._ignored),
        )

    def _skip(self, what: "regex.Pattern[str]") -> bool:
        found = what.match(self._text, self._at)
        if found is not None:
            self._at = found.end()
        return found is not None

    def _minus(self) -> bool:
        """Read signs and, where they begin a word, what they exclude. Elsewhere (after a quotation mark) they say nothing."""
        start = self._at
        begins_word = start == 0 or self._text[start - 1].isspace()
        if not self._skip(_MINUS):
            return False
        if not begins_word or self._at == len(self._text) or self._text[self._at].isspace():
            return True
        had = len(self._filters)
        if self._filter():  # a filter can't be turned round
            del self._filters[had:]
            self._ignored.append(self._text[start : self._at].strip())
            return True
        unwanted = self._quoted()
        if unwanted is None:
            unwanted = self._run()
        if unwanted:
            self._without.append(unwanted)
        return True

    def _filter(self) -> bool:
        """Read a filter with its value; a name that no value follows is a word."""
        start = self._at
        found = _FILTER.match(self._text, start)
        name = _NAMED.get(found["name"].casefold()) if found is not None else None
        if found is None or name is None:
            return False
        self._at = found.end()
        value = self._quoted()
        if value is None and not (found["gap"] and self._begins_something_else()):
            value = self._run()
        if value:
            as_typed = self._text[start : self._at]
            self._filters.append(TypedFilter(name, value, as_typed, start))
        else:
            self._free.append(found["name"])
        return True

    def _begins_something_else(self) -> bool:
        return bool(_MINUS.match(self._text, self._at) or _FILTER.match(self._text, self._at))

    def _quoted(self) -> str | None:
        """What stands between two quotation marks that begin here; None where none do. A mark that nothing closes is
        passed over."""
        if self._at == len(self._text) or self._text[self._at] not in _QUOTES:
            return None
        mark = self._text[self._at]
        closing = _CLOSING.get(mark)
        if closing is None or closing in self._unclosed:
            self._at += 1
            return None
        end = self._text.find(closing, self._at + 1)
        if end < 0:
            self._unclosed.add(closing)  # looked for once only, however many open
            self._at += 1
            return None
        inside = self._text[self._at + 1 : end].strip()
        self._at = end + 1
        return inside

    def _run(self) -> str:
        start = self._at
        self._skip(_RUN)
        return self._text[start : self._at]
