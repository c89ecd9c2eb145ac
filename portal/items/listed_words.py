"""The organisation's lists of words: which stand in a text.

Thai has no spaces, and a listed word may be the beginning of a harmless longer one (หี and หีบ): so a word counts only where
the cutter begins and ends a word, or where it found nothing it knows.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import islice, takewhile
from typing import Final

from sqlalchemy import delete, select

from portal.db import session
from portal.items.order_models import LISTED_WORDS, WORD_LENGTH, Handling, ListedWord
from portal.markup.plain_text import plain
from portal.remembering import Remembered, renew
from portal.thai.normalising import normalise
from portal.thai.repair import MARKS
from portal.thai.words import Token, dictionary, words

MOST_WORDS: Final = 2_000
_THAI: Final = re.compile("[\u0e01-\u0e5b]")
_MARK: Final = re.compile(f"[{MARKS}\u0e33]")
_SPACE: Final = re.compile(r"\s+")
_LISTED: Final = Remembered[int, Sequence[tuple[str, Handling]]](most=10)


def as_compared(text: str) -> str:
    """The form in which words and texts are compared: repaired, without what can't be seen, small letters, one blank."""
    return _SPACE.sub(" ", normalise(text)).strip()


def listed_words(organisation_id: int) -> Sequence[tuple[str, Handling]]:
    """The organisation's words in their order, each with what becomes of a text that holds it."""

    def read() -> Sequence[tuple[str, Handling]]:
        rows = session.execute(
            select(ListedWord.word, ListedWord.handling)
            .where(ListedWord.organisation_id == organisation_id)
            .order_by(ListedWord.word)
        )
        return [(word, handling) for word, handling in rows]

    return _LISTED.get(session(), LISTED_WORDS, organisation_id, read)


def list_words(organisation_id: int, handling: Handling, typed: str) -> bool:
    """Let this list hold the words that were typed, a line each, and no other; a word of the other list moves over. Answers
    whether anything changed."""
    wanted = {word[:WORD_LENGTH] for line in typed.splitlines() if (word := as_compared(line))}
    now_listed = {word for word, how in listed_words(organisation_id) if how == handling}
    gone, new = now_listed - wanted, wanted - now_listed
    if not gone and not new:
        return False
    session.execute(
        delete(ListedWord).where(
            ListedWord.organisation_id == organisation_id, ListedWord.word.in_(gone | new)
        )
    )
    session.add_all(
        ListedWord(organisation_id=organisation_id, word=word, handling=handling) for word in sorted(new)
    )
    session.flush()
    renew(session(), LISTED_WORDS)
    return True


def listed_in(text: str, organisation_id: int) -> list[tuple[str, Handling]]:
    """The listed words that stand in a text of Markdown, as it is read."""
    listed = listed_words(organisation_id)
    if not listed:
        return []
    read = as_compared(plain(text))
    present = [(word, how) for word, how in listed if word in read]
    if not present:
        return []
    tokens = words(read)
    return [(word, how) for word, how in present if _stands_in(word, read, tokens)]


def _stands_in(word: str, read: str, tokens: Sequence[Token]) -> bool:
    ends = [token.end for token in tokens]
    at = read.find(word)
    while at != -1:
        end = at + len(word)
        over = takewhile(lambda token: token.start < end, islice(tokens, bisect_right(ends, at), None))  # noqa: B023 - used at once
        if not _MARK.match(read, end) and not any(_is_another(token, at, end) for token in over):
            return True
        at = read.find(word, at + 1)
    return False


def _is_another(token: Token, start: int, end: int) -> bool:
    """Whether what the cutter found there goes beyond the place and is a word of its own, not a rest that it does not know."""
    if start <= token.start and token.end <= end:
        return False
    return _THAI.search(token.text) is None or token.text in dictionary().trie
