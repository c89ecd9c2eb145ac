"""Small random stores and a plain, slow answer to hold the engine against."""

import math
import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import pytest

from portal.search.analysis import analyse, folded_words, grams, question_grams, title_key
from portal.search.documents import Document, Section
from portal.search.fields import FACET_FIELDS
from portal.search.question import Alternative, Concept, Found, Question, Reason, Sort
from portal.search.weights import (
    ALL_LETTERS,
    COMMON_GRAM,
    FEW_TITLES,
    MANY_LETTERS,
    SOME_LETTERS,
    TINY,
    WEIGHTS,
    Weights,
)
from portal.thai.folding import fold

WORDS = [
    "ภาษี",
    "ที่ดิน",
    "ประปา",
    "ถนน",
    "เบี้ยยังชีพ",
    "รายงาน",
    "อบรม",
    "คู่มือ",
    "ขยะ",
    "ตลาด",
    "โรงเรียน",
    "สุขภาพ",
    "งบประมาณ",
    "แผน",
    "tax",
    "km",
    "15",
    "2569",
    "ข้าว",
    "ข่าว",
    "ขาว",
]
TOKENS = ("public", "org:1", "unit:2", "unit:3", "group:4", "person:5")


def document(item_id: int, title: str = "คู่มือ", text: str = "", **more: object) -> Document:
    values = {
        "type": "knowledge_asset",
        "kind": "manual",
        "revision_number": 1,
        "author_id": 1,
        "unit_id": 2,
        "steps": ("KM3",),
        "goal_ids": (),
        "fiscal_year": 2569,
        "published": 1_700_000_000 + item_id,
        "audience": ("org:1",),
        **more,
    }
    sections = tuple(Section("", "", part) for part in text.split("\n"))
    return Document(item_id=item_id, title=title, sections=sections, **values)  # type: ignore[arg-type]


def random_document(dice: random.Random, item_id: int) -> Document:
    return document(
        item_id,
        title=" ".join(dice.choices(WORDS, k=dice.randint(0, 4))),
        text="\n".join(
            " ".join(dice.choices(WORDS, k=dice.randint(0, 40))) for _ in range(dice.choice([1, 1, 2, 4]))
        ),
        author_id=dice.choice([1, 2]),
        kind=dice.choice(["manual", "story", "qa"]),
        unit_id=dice.choice([None, 1, 2, 3]),
        steps=tuple(sorted(dice.sample(["KM1", "KM3", "KM6", "CM2"], k=dice.randint(1, 3)))),
        goal_ids=tuple(sorted(dice.sample([1, 2, 3], k=dice.randint(0, 2)))),
        fiscal_year=dice.choice([2568, 2569]),
        published=1_700_000_000 + dice.randint(0, 50),
        audience=tuple(sorted(dice.sample(TOKENS, k=dice.randint(1, 3)))),
        community_id=dice.choice([None, None, 1, 2]),
    )


def random_posts(dice: random.Random, item: Document) -> list[Document]:
    """What is said on the item: mostly nothing. Who reads the item reads it, but for the public."""
    return [
        replace(
            document(item.item_id, text=" ".join(dice.choices(WORDS, k=dice.randint(0, 12)))),
            **{
                name: getattr(item, name)
                for name in item.__dataclass_fields__
                if name not in ("sections", "audience", "post_id", "tags")
            },
            post_id=100 * item.item_id + number,
            audience=tuple(token for token in item.audience if token != "public"),
        )
        for number in range(1, 1 + dice.choice([0, 0, 0, 1, 3, 8]))
    ]


def random_question(dice: random.Random) -> Question:
    filters = {
        name: frozenset(dice.sample(values, k=dice.randint(1, 2)))
        for name, values in {
            "kind": ["manual", "story", "letter"],
            "step": ["KM1", "KM6", "CM2"],
            "goal": ["1", "2"],
            "unit": ["1", "3"],
            "year": ["2568", "2569"],
            "author": ["1", "2"],
            "community": ["1", "3"],
        }.items()
        if dice.random() < 0.2
    }
    words = list(dict.fromkeys(dice.choices([*WORDS, "ไม่มีในคลัง"], k=dice.randint(0, 5))))
    text = " ".join(words)
    return Question(
        tokens=frozenset(dice.sample(TOKENS, k=dice.randint(0, 3))),
        concepts=tuple(Concept((word,), word, random_alternatives(dice)) for word in words),
        near=folded_words(text) if dice.random() < 0.5 else (),
        grams=question_grams(text) if dice.random() < 0.5 else (),
        whole=title_key(text) if dice.random() < 0.3 else "",
        numbers=tuple(dice.sample(["15", "2569"], k=1)) if words and dice.random() < 0.2 else (),
        excluded=tuple(dice.sample(WORDS, k=1)) if dice.random() < 0.2 else (),
        filters=filters,
        only=frozenset(dice.sample(range(1, 40), k=25)) if dice.random() < 0.1 else None,
        without=frozenset(dice.sample(range(1, 40), k=dice.choice([0, 0, 3]))),
        without_posts=frozenset(
            100 * item_id + 1 for item_id in dice.sample(range(1, 40), k=dice.choice([0, 0, 9]))
        ),
        sort=dice.choice([Sort.BEST, Sort.BEST, Sort.BEST, Sort.NEWEST, Sort.OLDEST]),
        most=dice.choice([3, 10, 1000]),
    )


def random_alternatives(dice: random.Random) -> tuple[Alternative, ...]:
    if dice.random() < 0.8:
        return ()
    words = tuple(dice.sample([*WORDS, "ไม่มีในคลัง"], k=dice.choice([1, 1, 2])))
    return (Alternative(words, dice.choice([0.9, 0.5]), Reason.SYNONYM, " ".join(words)),)


@dataclass
class Passage:
    document: Document
    number: int
    fields: dict[str, Counter[str]]

    @property
    def words(self) -> set[str]:
        return {word for name in ("title", "body") for word in self.fields[name]}


def passages_of(documents: Iterable[Document]) -> list[Passage]:
    return [
        Passage(
            document,
            number,
            {
                "title": Counter(analyse(document.title)),
                "body": Counter(analyse(text)),
                "gram": Counter(grams(document.title)),
                # Of a post none stand there, for its item is found by its title once; their number counts all the same.
                "letters": Counter() if document.post_id else Counter(grams(document.title)),
            },
        )
        for document in documents
        for number, text in enumerate(document.passages)
    ]


def _of(name: str) -> str:
    return "letters" if name == "gram" else name


class SlowIndex:
    """Every passage looked at, one after the other, by the words of docs/search.md. To who asks nothing exists but what is
    open to him."""

    def __init__(self, documents: Iterable[Document], weights: Weights = WEIGHTS):
        self.weights = weights
        self.documents = list(documents)

    def _look_as(self, tokens: frozenset[str]) -> None:
        self.all = passages_of(one for one in self.documents if not tokens.isdisjoint(one.audience))
        self.averages = {
            name: (sum(one.fields[name].total() for one in self.all) / len(self.all) if self.all else 0)
            or 1.0
            for name in ("title", "body", "gram")
        }

    def idf(self, name: str, word: str) -> float:
        holding = sum(1 for one in self.all if one.fields[_of(name)][word])
        return math.log(1 + (len(self.all) - holding + 0.5) / (holding + 0.5)) if holding else 0.0

    def idf_of_gram(self, gram: str) -> float:
        """That of a group that stands nowhere is that of one which stands once."""
        holding = max(1, sum(1 for one in self.all if one.fields["letters"][gram]))
        return math.log(1 + (len(self.all) - holding + 0.5) / (holding + 0.5)) if self.all else 0.0

    def mass(self, word: str) -> float:
        return max(self.idf("title", word), self.idf("body", word))

    def gain(self, one: Passage, name: str, word: str) -> float:
        often = one.fields[_of(name)][word]
        k1, b = self.weights.k1, self.weights.b
        length = 1 - b + b * one.fields[name].total() / self.averages[name]
        told = self.mass(word) if name == "title" else self.idf(name, word)
        return told * often * (k1 + 1) / (often + k1 * length) if often else 0.0

    def score_of_word(self, one: Passage, word: str, question: Question) -> float:
        title = self.weights.of_title(question.words)
        return title * self.gain(one, "title", word) + self.gain(one, "body", word)

    def score_and_mass(self, one: Passage, question: Question) -> tuple[float, float]:
        score = mass = 0.0
        for concept in question.concepts:
            typed = sum(self.mass(word) for word in concept.words)
            best = sum(self.score_of_word(one, word, question) for word in concept.words)
            held = sum(self.mass(word) for word in concept.words if word in one.words)
            for alternative in concept.alternatives:
                own = sum(self.mass(word) for word in alternative.words)
                if set(alternative.words) <= one.words:
                    scale = alternative.weight * (min(1.0, typed / own) if typed else 1.0)
                    best = max(
                        best,
                        scale * sum(self.score_of_word(one, word, question) for word in alternative.words),
                    )
                    held = max(held, typed or own)
            score, mass = score + best, mass + held
        return score, mass

    def whole_mass(self, question: Question) -> float:
        whole = 0.0
        for concept in question.concepts:
            masses = [sum(self.mass(word) for word in concept.words)]
            for alternative in concept.alternatives:
                if all(map(self.mass, alternative.words)):
                    masses = [masses[0] or sum(map(self.mass, alternative.words))]
                    break
            whole += masses[0]
        return max(whole, TINY)

    def spelt_alike(self, question: Question) -> set[str]:
        known = {word for concept in question.concepts for word in concept.words}
        for concept in question.concepts:
            for alternative in concept.alternatives:
                if all(map(self.mass, alternative.words)):
                    known |= set(alternative.words)
        every = {word for one in self.all for word in one.words}
        return {word for word in every if fold(word) in question.near and word not in known}

    def told_grams(self, question: Question) -> list[str]:
        most = max(FEW_TITLES, COMMON_GRAM * len(self.all))
        return [
            gram
            for gram in question.grams
            if 0 < sum(1 for one in self.all if one.fields["letters"][gram]) <= most
        ]

    def texts_of(self, passages: list[Passage], question: Question) -> list[list[Passage]]:
        """The item's own text and the posts on it that are not passed over. Where nothing is looked for but by filters, its
        own stands for it."""
        texts: dict[int, list[Passage]] = {}
        for one in passages:
            texts.setdefault(one.document.post_id, []).append(one)
        return [
            text
            for post_id, text in texts.items()
            if post_id not in question.without_posts and not (post_id and question.is_everything)
        ]

    def text_looked_at(
        self, passages: list[Passage], question: Question, alike: set[str], told: list[str], every: float
    ) -> tuple[float, float, float, float]:
        """The best of each: score, mass, what is spelt alike, letter groups."""
        scores, masses, nears, letters = [], [], [], []
        document = passages[0].document
        for one in passages:
            score, mass = self.score_and_mass(one, question)
            near = sum(self.weights.near * self.score_of_word(one, word, question) for word in alike)
            letter = sum(self.weights.gram * self.gain(one, "gram", gram) for gram in told)
            for number in question.numbers:
                score += self.weights.number_in_title * bool(one.fields["title"][number])
                score += self.weights.number_in_text * bool(one.fields["body"][number])
            if letter >= ALL_LETTERS * every:
                mass = self.whole_mass(question)
            is_named = question.whole and title_key(document.title) == question.whole
            if one.number == 0 and not document.post_id and is_named:
                score, mass = score + self.weights.whole_title, self.whole_mass(question)
            worth = self.weights.of_post if document.post_id else 1.0
            scores.append(worth * (score + near) + letter)
            masses.append(mass)
            nears.append(near)
            letters.append(letter)
        return max(scores), max(masses), max(nears), max(letters)

    def answer(self, question: Question):
        """(total, [(item id, score, near)], {facet: {value: count}})"""
        self._look_as(question.tokens)
        alike, told = self.spelt_alike(question), self.told_grams(question)
        known = sum(self.weights.gram * self.idf("gram", gram) for gram in told)
        every = max(sum(self.weights.gram * self.idf_of_gram(gram) for gram in question.grams), TINY)
        many = max(MANY_LETTERS * known, SOME_LETTERS * every)
        items: dict[int, list[Passage]] = {}
        for one in self.all:
            items.setdefault(one.document.item_id, []).append(one)
        seen = []
        for passages in items.values():
            document = passages[0].document
            if document.item_id in question.without:
                continue
            if question.only is not None and document.item_id not in question.only:
                continue
            if any(word in one.words for one in passages for word in question.excluded):
                continue
            hits = []  # of its texts: score, mass, whether it is no more than near
            for text in self.texts_of(passages, question):
                score, mass, near, letter = self.text_looked_at(text, question, alike, told, every)
                real = mass > 0 or letter >= many
                if question.is_everything or real or near > 0:
                    hits.append((score, mass, not real))
            if hits:
                scores, masses, nears = zip(*hits, strict=True)
                is_near = all(nears) and not question.is_everything
                seen.append((document, max(scores), max(masses), is_near))
        best = max((mass for _, _, mass, _ in seen), default=0.0)
        total, ranked, last = 0, [], []
        counts: dict[str, Counter[str]] = {name: Counter() for name in FACET_FIELDS}
        for document, score, mass, near in seen:
            is_counted = near
            if question.is_everything:
                is_counted = True
            elif best:
                is_counted = mass >= self.weights.share * best - TINY
            facets = document.facets
            failed = {name for name, wanted in question.filters.items() if wanted.isdisjoint(facets[name])}
            for name, values in facets.items():
                if name in counts and is_counted and not failed - {name}:
                    counts[name].update(values)
            if failed:
                continue
            total += is_counted
            entry = (score, document.published, document.item_id)
            if question.sort != Sort.BEST:
                if is_counted:
                    ranked.append(entry)
            elif near and best:
                last.append(entry)
            else:
                ranked.append(entry)
        if question.sort == Sort.OLDEST:
            ranked.sort(key=lambda entry: entry[1:])
        else:
            order = (lambda entry: entry[1:]) if question.sort == Sort.NEWEST else None
            ranked.sort(key=order, reverse=True)
            last.sort(reverse=True)
        found = [(item_id, score, False) for score, _, item_id in ranked]
        found += [(item_id, score, True) for score, _, item_id in last]
        return total, found[: question.most], counts


Answer = tuple[int, list[tuple[int, float, bool]], dict[str, Counter[str]]]


def agree(found: Found, expected: Answer) -> None:
    total, ranked, counts = expected
    assert found.total == total
    # What scores the same but for the last digits may stand either way round.
    scores = [one.score for one in found.candidates]
    assert scores == pytest.approx([score for _, score, _ in ranked], rel=1e-4, abs=1e-4)
    assert [one.is_near for one in found.candidates] == [near for _, _, near in ranked]
    for one, (item_id, score, _) in zip(found.candidates, ranked, strict=True):
        if one.item_id != item_id:
            assert any(other == one.item_id and abs(score - at) < 1e-3 for other, at, _ in ranked)
    assert {name: +values for name, values in found.facets.items()} == counts


def compare_with_a_slow_look(
    seed: int,
    questions: int,
    put: Callable[[random.Random, list[Document], list[int], list[int]], None],
    ask: Callable[[Question], Found],
) -> None:
    """Some batches, put into the index in place of what stood there of these items and posts, with changes and deletions
    among them, posts that come and go one by one, and questions in between; then more questions."""
    dice = random.Random(seed)  # noqa: S311
    store: dict[tuple[int, int], Document] = {}
    for _ in range(dice.randint(1, 5)):
        batch = [
            random_document(dice, item_id) for item_id in dice.sample(range(1, 40), k=dice.randint(0, 15))
        ]
        batch += [post for item in list(batch) for post in random_posts(dice, item)]
        gone = set(dice.sample(range(1, 40), k=dice.randint(0, 6))) - {one.item_id for one in batch}
        items = {*gone, *(one.item_id for one in batch)}
        others = [one for one in store.values() if one.item_id not in items]
        more = [
            post
            for item in dice.sample(others, k=min(len(others), dice.randint(0, 4)))
            if not item.post_id
            for post in random_posts(dice, item)
        ]
        posts = [one.post_id for one in others if one.post_id and dice.random() < 0.2]
        posts += [one.post_id for one in more]
        put(dice, [*batch, *more], sorted(items), sorted(set(posts)))
        store = {
            key: one for key, one in store.items() if one.item_id not in items and one.post_id not in posts
        }
        store |= {(one.item_id, one.post_id): one for one in (*batch, *more)}
        for _ in range(questions // 4):
            one = random_question(dice)
            agree(ask(one), SlowIndex(store.values()).answer(one))
    slow = SlowIndex(store.values())
    for _ in range(questions):
        one = random_question(dice)
        agree(ask(one), slow.answer(one))
