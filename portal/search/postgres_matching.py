"""The statement that adds up BM25 over the postings of a question's terms, by passage, for what the asker may see."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Double,
    Integer,
    LargeBinary,
    Select,
    TableValuedAlias,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    true,
    union_all,
)

from portal.search.plan import TINY, Plan, PlannedConcept, PlannedWord, Term
from portal.search.postgres_lists import lists
from portal.search.postgres_models import IndexEntry, IndexPosting
from portal.search.postgres_terms import Generation, Terms, visible
from portal.search.question import Question
from portal.search.weights import Weights

# What a posting is added to; a concept that may be said otherwise has sums of its own behind these.
PLAIN: Final = 0
NEAR: Final = 1
LETTERS: Final = 2


@dataclass
class Sought:
    """What a passage gets for a term that is looked for."""

    title_gain: float = 0.0
    title_slope: float = 0.0  # how much a longer title lowers the gain
    title_bonus: float = 0.0
    text_gain: float = 0.0
    text_bonus: float = 0.0
    mass: float = 0.0


def everything(generation: Generation, question: Question, terms: Terms) -> Select[Any]:
    """All that the asker may see, as `matching` answers it."""
    nothing: ColumnElement[float] = literal(0.0, Double())
    columns: list[Any] = [
        IndexEntry.item_id,
        IndexEntry.published,
        IndexEntry.facets_id,
        literal(0, Integer()).label("passage"),
        *(nothing.label(name) for name in ("score", "mass", "alike", "letters")),
        literal(0, Integer()).label("named"),
    ]
    return _open(select(*columns).where(IndexEntry.generation_id == generation.id), question, terms)


def matching(
    generation: Generation, question: Question, plan: Plan, terms: Terms, weights: Weights
) -> Select[Any]:
    """A row for each passage that holds anything of the question: its item, `score`, `mass` (how much of the question it
    holds), `alike` (the part of the score that words spelt alike gave), `letters` (with the first passage, for the whole
    item, and not in the score), and `named`: the title is the question."""
    sums = _Sums(generation, plan, terms, weights)
    sums.add_numbers(question.numbers)
    passages: Any = sums.by_passage()
    named = (
        case((IndexEntry.whole == question.whole, 1), else_=0) if question.whole else literal(0, Integer())
    )
    if question.whole:
        nothing: ColumnElement[float] = literal(0.0, Double())
        by_title = select(IndexEntry.id, literal(0, Integer()), nothing, nothing, nothing, nothing).where(
            IndexEntry.generation_id == generation.id, IndexEntry.whole == question.whole
        )
        passages = union_all(passages, by_title)
    passage = passages.subquery("passage_sums")
    statement = select(
        IndexEntry.item_id,
        IndexEntry.published,
        IndexEntry.facets_id,
        *(column for column in passage.c if column.key != "entry_id"),
        named.label("named"),
    ).join_from(passage, IndexEntry, IndexEntry.id == passage.c.entry_id)
    return _open(statement, question, terms)


def packed(statement: Select[Any]) -> Select[Any]:
    """The same as one row with an array for each column, in the database's own binary form: of 64 bits each value."""
    columns: list[ColumnElement[Any]] = [
        func.array_send(
            func.array_agg(cast(column, BigInteger if isinstance(column.type, Integer) else Double)),
            type_=LargeBinary(),
        )
        for column in statement.subquery("matched").c
    ]
    return select(*columns)


def _open(statement: Select[Any], question: Question, terms: Terms) -> Select[Any]:
    statement = statement.where(visible(question.tokens))
    if question.without:
        statement = statement.where(IndexEntry.item_id.not_in(_items(question.without)))
    if question.only is not None:
        statement = statement.where(IndexEntry.item_id.in_(_items(question.only)))
    excluded = [term for word in question.excluded if (term := terms.number("body", word)) is not None]
    if excluded:
        holding = select(IndexPosting.entry_id).where(IndexPosting.term_id.in_(excluded))
        statement = statement.where(IndexEntry.id.not_in(holding))
    return statement


def _items(item_ids: frozenset[int]) -> Select[int]:
    return select(lists(item_id=(BigInteger(), sorted(item_ids))).c.item_id)


class _Sums:
    """The terms of a plan, and the sums that they are added up to."""

    def __init__(self, generation: Generation, plan: Plan, terms: Terms, weights: Weights):
        self._terms = terms
        self._weights = weights
        self._slopes = {
            name: weights.k1 * weights.b / length for name, length in generation.average_length.items()
        }
        # By the number of a term and that of the sum. Title and text of a passage stand in one posting.
        self._sought: defaultdict[tuple[int, int], Sought] = defaultdict(Sought)
        self._last = LETTERS
        self._concepts: list[tuple[int, list[tuple[int, float, float]]]] = []
        for concept in plan.concepts:
            self._add_concept(concept)
        self._add_terms(plan.near, NEAR)
        self._add_terms(plan.grams, LETTERS)

    def add_numbers(self, numbers: Sequence[str]) -> None:
        """What stands there whole, as the number of a letter, counts far above all words."""
        for word in numbers:
            number = self._terms.number("body", word)
            if number is not None:
                self._sought[number, PLAIN].title_bonus += self._weights.number_in_title
                self._sought[number, PLAIN].text_bonus += self._weights.number_in_text

    def by_passage(self) -> Any:
        sought = self._table()
        # OFFSET 0 keeps the planner from turning this round and reading every posting there is.
        posting = (
            select(IndexPosting)
            .where(IndexPosting.term_id == sought.c.term_id)
            .offset(literal_column("0"))
            .lateral("posting")
            .c
        )
        constant = self._weights.k1 * (1 - self._weights.b)
        gained = (
            sought.c.title_gain
            * posting.in_title
            / (posting.in_title + constant + sought.c.title_slope * posting.title_length)
            + sought.c.text_gain
            * posting.in_text
            / (posting.in_text + constant + self._slopes["body"] * posting.text_length)
            + case((posting.in_title > 0, sought.c.title_bonus), else_=0.0)
            + case((posting.in_text > 0, sought.c.text_bonus), else_=0.0)
        )

        def total(of: ColumnElement[Any], number: int) -> ColumnElement[float]:
            return func.coalesce(func.sum(of).filter(sought.c.sum_number == number), 0.0, type_=Double())

        score = total(gained, PLAIN) + total(gained, NEAR)
        mass = total(sought.c.mass, PLAIN)
        for typed, alternatives in self._concepts:
            best, held = total(gained, typed), total(sought.c.mass, typed)
            for number, whole, worth in alternatives:
                is_complete = total(sought.c.mass, number) >= whole * (1 - TINY) - TINY
                best = func.greatest(best, case((is_complete, total(gained, number)), else_=0.0))
                held = func.greatest(held, case((is_complete, worth), else_=0.0))
            score, mass = score + best, mass + held
        return (
            select(
                posting.entry_id,
                posting.passage.label("passage"),
                score.label("score"),
                mass.label("mass"),
                total(gained, NEAR).label("alike"),
                total(gained, LETTERS).label("letters"),
            )
            .select_from(sought.join(posting.entry_id.table, true()))
            .group_by(posting.entry_id, posting.passage)
        )

    def _table(self) -> TableValuedAlias:
        keys, values = list(self._sought), list(self._sought.values())
        return lists(
            term_id=(Integer(), [term for term, _ in keys]),
            sum_number=(Integer(), [number for _, number in keys]),
            **{
                one.name: (Double(), [getattr(value, one.name) for value in values]) for one in fields(Sought)
            },
        )

    def _add_concept(self, concept: PlannedConcept) -> None:
        if not concept.alternatives:
            self._add_words(concept.words, PLAIN)
            return
        typed = self._new_sum(concept.words)
        alternatives = [
            (self._new_sum(one.words), sum(word.mass for word in one.words), one.mass)
            for one in concept.alternatives
        ]
        self._concepts.append((typed, alternatives))

    def _new_sum(self, words: Iterable[PlannedWord]) -> int:
        self._last += 1
        self._add_words(words, self._last)
        return self._last

    def _add_words(self, words: Iterable[PlannedWord], sum_number: int) -> None:
        for word in words:
            self._add_terms(word.terms, sum_number)
            number = self._terms.number("body", word.word)
            if number is not None:
                self._sought[number, sum_number].mass += word.mass

    def _add_terms(self, terms: Iterable[Term], sum_number: int) -> None:
        for name, word, gain in terms:
            number = self._terms.number(name, word)
            if number is None:
                continue
            sought = self._sought[number, sum_number]
            if name == "body":
                sought.text_gain += gain * (self._weights.k1 + 1)
            else:
                sought.title_gain += gain * (self._weights.k1 + 1)
                sought.title_slope = self._slopes[name]
