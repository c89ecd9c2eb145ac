"""How good a ranked list is when one knows what was to be found: the measures that are usual, over the first ten."""

import math
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean, stdev
from typing import Final

FIRST: Final = 10


@dataclass(frozen=True)
class Score:
    """One question's. Between 0 and 1 each; `found` is False when nothing at all came back."""

    ndcg: float
    reciprocal_rank: float
    recall: float
    found: bool


@dataclass(frozen=True)
class Figures:
    """The means over all questions; `zero` is the share of questions without any result."""

    ndcg: float
    mrr: float
    recall: float
    zero: float

    def as_data(self) -> dict[str, float]:
        return {name: round(value, 4) for name, value in asdict(self).items()}


def score(ranked: Sequence[str], relevant: Collection[str]) -> Score:
    """Of what was found, best first, against what was to be found. Found twice counts once, at its first place."""
    first = list(dict.fromkeys(ranked))[:FIRST]
    places = [place for place, one in enumerate(first) if one in relevant]
    best = sum(_worth(place) for place in range(min(len(relevant), FIRST)))
    return Score(
        ndcg=sum(map(_worth, places)) / best if best else 0.0,
        reciprocal_rank=1 / (places[0] + 1) if places else 0.0,
        recall=len(places) / min(len(relevant), FIRST) if relevant else 0.0,
        found=bool(first),
    )


def mean(scores: Sequence[Score]) -> Figures:
    """Zeros throughout when there are no questions."""
    if not scores:
        return Figures(0.0, 0.0, 0.0, 0.0)
    return Figures(
        ndcg=fmean(one.ndcg for one in scores),
        mrr=fmean(one.reciprocal_rank for one in scores),
        recall=fmean(one.recall for one in scores),
        zero=fmean(not one.found for one in scores),
    )


def difference(scores: Sequence[Score], others: Sequence[Score]) -> tuple[float, float]:
    """By how much nDCG differs, question by question, and the half of its 95 % interval: what is smaller than that may be
    chance."""
    gains = [one.ndcg - other.ndcg for one, other in zip(scores, others, strict=True)]
    if len(gains) < 2:
        return (gains[0] if gains else 0.0), 0.0
    return fmean(gains), 1.96 * stdev(gains) / math.sqrt(len(gains))


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all do not exceed; 0 when there is none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0


def _worth(place: int) -> float:
    return 1 / math.log2(place + 2)
