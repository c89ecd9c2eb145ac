"""The one chain through which texts and questions reach the index: normalise, cut into words, leave out stop words.

Both sides call the same function, so that what is typed and what is written meet whatever digits, marks or
glyphs either was written with.
"""

from typing import Final

from portal.thai.normalising import normalise
from portal.thai.words import Token, words

# Raised whenever the chain, its dictionary or its stop list gives other words than before: the index is then
# built anew while the old one goes on serving.
ANALYSIS_VERSION: Final = 3

# More words than any question has; what is pasted beyond them does not change what is found.
MOST_QUESTION_WORDS: Final = 48


def analyse(text: str) -> list[str]:
    """The words of a text as the index knows them, in their order, repeated as often as they stand there."""
    return [token.text for token in tokens(normalise(text))]


def tokens(normalised: str) -> list[Token]:
    """The same with their places, of a text that was normalised already."""
    return words(normalised, without_stop_words=True)


def question_words(text: str) -> tuple[str, ...]:
    """The different words that are looked for, in the order typed. Empty when nothing but stop words or signs was typed."""
    return tuple(dict.fromkeys(analyse(text)))[:MOST_QUESTION_WORDS]
