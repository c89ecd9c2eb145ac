"""What a question is once it was read: its stretches, each with what else it may be called."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why another way to say something is looked for, too."""

    ABBREVIATION = "abbreviation"
    MISSPELLING = "misspelling"
    SYNONYM = "synonym"
    ENGLISH = "english"


@dataclass(frozen=True)
class Alternative:
    """Another way to say a stretch of the question: index terms (a text must hold all of them), what a hit counts beside
    the typed words (below 1), and the words as they are shown."""

    words: tuple[str, ...]
    weight: float
    reason: Reason
    label: str


@dataclass(frozen=True)
class Concept:
    """A stretch of the question: the typed words (index terms) in their order, the text as typed, and what else it may
    be called. Without alternatives it is one word."""

    words: tuple[str, ...]
    typed: str
    alternatives: tuple[Alternative, ...] = ()
