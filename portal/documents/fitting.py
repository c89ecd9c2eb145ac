"""Makes a text fit for a typeface: no letter that the fonts lack, no stretch that a line can't break.

Typst says nothing of missing letters and prints a gap, PDF/A refuses them; and it breaks Thai only where it finds words,
so that กกกก… would run off the page.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Final

import regex

from portal.documents.typefaces import Typeface
from portal.thai.words import words

Fit = Callable[[str], str]

# Stands for a letter that no font here has; the template draws it.
MISSING: Final = "□"
BREAK: Final = "\u200b"  # an unseen place where a line may end

_CLUSTER: Final = regex.compile(r"\X")
_LETTER: Final = regex.compile(r"[เ-ไ](?=[ก-ฮ])\X|\X")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Me"})
# Stretches without a space: of no Thai at all (addresses, names of files), and of anything.
_LATIN: Final = regex.compile(r"[^\s\u0e00-\u0e7f\u200b]{24,}")
_LONG: Final = regex.compile(r"[^\s\u200b]{40,}")
_IN_LATIN: Final = regex.compile(r"(?<=[/._\-?&=#%+:,;@])|(?<=[^/._\-?&=#%+:,;@]{12})")
_THAI: Final = regex.compile(r"[ก-๛]")
# A word has so many characters; with fewer or more it may be no word. Where none is found for so many letters, a line
# may end after each of them; and every so many letters it may end at a word, since Typst finds none in ฝึกอบรมฝึกอบรม….
_WORD: Final = range(3, 25)
_MOST_WITHOUT_WORDS: Final = 24
_MOST_WITHOUT_BREAK: Final = 36


def fit_for(face: Typeface) -> Fit:
    """A function that fits texts: a letter the typeface lacks becomes its plain form (ﬁ, ①) or `MISSING`, what is unseen
    anyway goes, and endless stretches get places to break."""
    known = face.letters | {ord("\n"), ord(MISSING)}

    def shown(found: "regex.Match[str]") -> str:
        cluster = found[0]
        if all(ord(letter) in known for letter in cluster):
            return cluster
        plain = unicodedata.normalize("NFKC", cluster)
        kept = "".join(letter for letter in plain if ord(letter) in known)
        lost = (letter for letter in plain if ord(letter) not in known)
        if any(unicodedata.category(letter) not in _UNSEEN for letter in lost):
            return MISSING
        return kept

    def fit(text: str) -> str:
        text = text.replace("\t", " ")
        if any(ord(letter) not in known for letter in set(text)):
            text = _CLUSTER.sub(shown, text)
        text = _LATIN.sub(lambda found: _IN_LATIN.sub(BREAK, found[0]), text)
        return _LONG.sub(_breakable, text)

    return fit


def pieces(text: str, whole: str = "") -> list[str]:
    """The text in pieces inside which no line should end, since Typst's own dictionary tears ย้อนหลัง and อำนวยการ; joined they
    are the text. `whole`: a name that is no word and stays together, too."""
    found: list[str] = []
    for part in re.split(rf"(\s+|{re.escape(whole)})" if whole else r"(\s+)", text):
        found += [part] if part == whole else [piece for piece, _ in _words_and_others(part)]
    return found


def _breakable(found: "regex.Match[str]") -> str:
    stretch = found[0]
    if not _THAI.search(stretch):
        return stretch
    parts: list[str] = []
    since = 0  # letters since a line could end
    for part, is_word in _words_and_others(stretch):
        letters = _LETTER.findall(part)
        if not is_word and len(letters) > _MOST_WITHOUT_WORDS:
            part, since = BREAK.join(letters), 0
        elif is_word and since > _MOST_WITHOUT_BREAK:
            part, since = BREAK + part, len(letters)
        else:
            since += len(letters)
        parts.append(part)
    return "".join(parts)


def _words_and_others(stretch: str) -> Iterator[tuple[str, bool]]:
    """The stretch in pieces: words of a usual length, and whatever stands between them."""
    done = 0
    for token in words(stretch):
        if token.end - token.start in _WORD and _THAI.search(token.text):
            if done < token.start:
                yield stretch[done : token.start], False
            yield stretch[token.start : token.end], True
            done = token.end
    if done < len(stretch):
        yield stretch[done:], False
