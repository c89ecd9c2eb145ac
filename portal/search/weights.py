"""Every figure of the ranking in one table, each with what it was measured by.

Measured as nDCG@10 on the development set of 1,000 Thai questions over 1,912 articles (docs/search.md has the ladder):
clean, with one Thai typing error, with any one-letter error. Differences below .003 are noise there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Weights:
    # BM25. Lucene's idf.
    k1: float = 0.9
    b: float = 0.4
    # The title beside the text: .949 without, .963 with 0.5, .958 with 1. One or two words are mostly what the thing is
    # called; there a title counts more.
    title: float = 0.5
    title_of_short: float = 1.5
    # Index words that fold like a typed one (tones, karan, mai taikhu): finds ข่าว for ข้าว, never above ข้าว itself.
    near: float = 0.5
    # Letter groups of the title: typing errors tear a word to pieces that stand nowhere, its letter groups mostly
    # survive. Best hundred hold the answer for 989 of 1,000 mistyped questions with it, 979 without.
    gram: float = 0.2
    # Letter groups of title and passage, for the best hundred: typo .932 → .959, clean .961 → .969.
    trigram: float = 0.8
    # Hits that are counted hold this share of what the best hit holds of the question, by idf.
    share: float = 0.45
    # A title that is the question, and a title or text that holds the letter number asked for, stand first.
    whole_title: float = 1000.0
    number_in_title: float = 500.0
    number_in_text: float = 250.0
    # What a passage of a reply or comment gets beside one of the item's own text: of two that hold the same words the text
    # goes before the talk about it, and a short "thanks for the manual on …" not before the manual.
    of_post: float = 0.8
    # Recent and used items (`liking.py`), at most this part of the score of the text.
    boost: float = 0.03

    def of_title(self, words: Sequence[str]) -> float:
        return self.title_of_short if len(words) <= SHORT_QUESTION else self.title


SHORT_QUESTION: Final = 2  # words
WEIGHTS: Final = Weights()
RERANKED: Final = 100  # candidates whose texts are looked at again
# A letter group that stands in more titles than this tells nothing and costs much.
COMMON_GRAM: Final = 0.05
# Shares of what a title would get for the letter groups of the question: for all of them, for those that stand in any
# title, and again for all.
ALL_LETTERS: Final = 0.9
MANY_LETTERS: Final = 0.35
SOME_LETTERS: Final = 0.15
TINY: Final = 1e-6  # what differs by less is the same
FEW_TITLES: Final = 20  # below so many titles every group counts
