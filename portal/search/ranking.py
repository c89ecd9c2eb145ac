"""The second pass: the best candidates compared with the question letter by letter.

A word typed wrong is torn into pieces that stand nowhere; most of its groups of three letters are still right. How much a
group tells is counted among the candidates themselves: what all of them hold tells them apart least. That ranked as well
as statistics over the whole store, and needs none.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portal.search.question import Candidate, Place
from portal.search.weights import RERANKED, Weights

GRAM: Final = 3
MOST_GROUPS: Final = 96
Texts = Mapping[Place, str]  # title, heading and text of a passage on one normalised line


def rerank(
    candidates: Sequence[Candidate],
    question: str,
    texts: Texts,
    weights: Weights,
    liked: Mapping[int, float] | None = None,
) -> list[Candidate]:
    """The candidates, best first: of the first RERANKED, the hits among themselves and the near ones among themselves, the
    others behind the hits as they were. `question` is normalised; `liked` says by item, from 0 to 1, what speaks for it
    beside its words."""
    first, rest = candidates[:RERANKED], candidates[RERANKED:]
    lines = [texts.get(one.place, "") for one in first]
    added = weights.trigram * shared_groups(question, lines, weights)
    added *= np.array([weights.of_post if one.post_id else 1.0 for one in first], np.float32)
    liked = liked or {}
    again = [
        one._replace(score=(one.score + more) * (1 + weights.boost * liked.get(one.item_id, 0.0)))
        for one, more in zip(first, added.tolist(), strict=True)
    ]
    again.sort(key=lambda one: (one.is_near, -one.score))
    if not rest:
        return again
    return [*(one for one in again if not one.is_near), *rest, *(one for one in again if one.is_near)]


def shared_groups(question: str, lines: Sequence[str], weights: Weights) -> NDArray[np.float32]:
    """For each line how much of the question's letter groups it holds: BM25, the lines being the whole collection."""
    groups = _groups(question)
    if not groups or not lines:
        return np.zeros(len(lines), np.float32)
    counts = _count(groups, lines)
    holding = (counts > 0).sum(axis=0)
    told = np.log(1 + (len(lines) - holding + 0.5) / (holding + 0.5))
    lengths = np.array([len(line) for line in lines], np.float32)
    norm = weights.k1 * (1 - weights.b + weights.b * lengths / max(1.0, float(lengths.mean())))
    saturated = counts * (weights.k1 + 1) / (counts + norm[:, None])
    return np.asarray(saturated @ told, np.float32)


def _groups(question: str) -> list[str]:
    found = (question[at : at + GRAM] for at in range(len(question) - GRAM + 1))
    return [group for group in dict.fromkeys(found) if group.strip()][:MOST_GROUPS]


def _count(groups: Sequence[str], lines: Sequence[str]) -> NDArray[np.float32]:
    """How often each group stands in each line, a row for each line.

    All lines are read as one array of letters. Only the letters of the question matter, so a group is a small number, and
    a table says which group it is: no line is gone through for each group.
    """
    letters = sorted({letter for group in groups for letter in group if ord(letter) < 0x10000})
    number = np.zeros(0x10000, np.int32)
    for position, letter in enumerate(letters, start=1):
        number[ord(letter)] = position
    base = len(letters) + 1
    which = np.zeros(base**GRAM, np.int32)  # 0: none of them
    for position, group in enumerate(groups, start=1):
        codes = [number[ord(letter)] if ord(letter) < 0x10000 else 0 for letter in group]
        if all(codes):
            which[(codes[0] * base + codes[1]) * base + codes[2]] = position
    points = np.frombuffer("\n".join(lines).encode("utf-32-le", "surrogatepass"), np.uint32)
    known = number[np.where(points < 0x10000, points, 0)]
    if len(known) < GRAM:
        return np.zeros((len(lines), len(groups)), np.float32)
    found = which[(known[:-2] * base + known[1:-1]) * base + known[2:]]
    places = np.flatnonzero(found)
    ends = np.cumsum([len(line) + 1 for line in lines])
    line_of = np.searchsorted(ends, places, side="right")
    width = len(groups) + 1
    counts = np.bincount(line_of * width + found[places], minlength=len(lines) * width)
    return counts.reshape(len(lines), width)[:, 1:].astype(np.float32)
