"""Small random stores and a plain, slow answer to hold the engine against."""

import math
import random
from collections import Counter
from collections.abc import Iterable

from portal.search.analysis import analyse
from portal.search.documents import Document, Section
from portal.search.engine import FIELDS, K1, B, Question, field_weights

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
    return Document(item_id=item_id, title=title, sections=(Section("", "", text),), **values)  # type: ignore[arg-type]


def random_document(dice: random.Random, item_id: int) -> Document:
    return document(
        item_id,
        title=" ".join(dice.choices(WORDS, k=dice.randint(0, 4))),
        text=" ".join(dice.choices(WORDS, k=dice.randint(0, 60))),
        kind=dice.choice(["manual", "story", "qa"]),
        unit_id=dice.choice([None, 1, 2, 3]),
        steps=tuple(sorted(dice.sample(["KM1", "KM3", "KM6", "CM2"], k=dice.randint(1, 3)))),
        goal_ids=tuple(sorted(dice.sample([1, 2, 3], k=dice.randint(0, 2)))),
        fiscal_year=dice.choice([2568, 2569]),
        published=1_700_000_000 + dice.randint(0, 50),
        audience=tuple(sorted(dice.sample(TOKENS, k=dice.randint(1, 3)))),
    )


def random_question(dice: random.Random) -> Question:
    filters = {
        name: frozenset(dice.sample(values, k=dice.randint(1, 2)))
        for name, values in {
            "kind": ["manual", "story", "letter"],
            "step": ["KM1", "KM6", "CM2"],
            "goal": ["1", "2"],
            "unit": ["1", "3"],
            "year": ["2568", "2569"],
        }.items()
        if dice.random() < 0.25
    }
    return Question(
        words=tuple(dict.fromkeys(dice.choices([*WORDS, "ไม่มีในคลัง"], k=dice.randint(0, 5)))),
        tokens=frozenset(dice.sample(TOKENS, k=dice.randint(0, 3))),
        filters=filters,
        without=frozenset(dice.sample(range(1, 40), k=dice.choice([0, 0, 3]))),
        newest_first=dice.random() < 0.2,
        start=dice.choice([0, 0, 5]),
        count=dice.choice([3, 10, 1000]),
    )


def facets_of(document: Document) -> dict[str, set[str]]:
    return {
        "kind": {document.kind},
        "step": set(document.steps),
        "goal": set(map(str, document.goal_ids)),
        "unit": {str(document.unit_id)} if document.unit_id else set(),
        "year": {str(document.fiscal_year)},
    }


def slow_answer(documents: Iterable[Document], question: Question):
    """(total, [(item id, score)], {facet: {value: count}}) by looking at every document."""
    store = [
        (document, {"title": Counter(analyse(document.title)), "body": Counter(analyse(document.body))})
        for document in documents
    ]
    averages = {
        name: (sum(fields[name].total() for _, fields in store) / len(store) if store else 0) or 1.0
        for name in FIELDS
    }
    idf = {}
    for word in question.words:
        for name in FIELDS:
            holding = sum(1 for _, fields in store if fields[name][word])
            idf[name, word] = math.log(1 + (len(store) - holding + 0.5) / (holding + 0.5)) if holding else 0.0
    ranked, counts = [], {name: Counter() for name in ("kind", "step", "goal", "unit", "year")}
    for document, fields in store:
        if question.tokens.isdisjoint(document.audience) or document.item_id in question.without:
            continue
        score, matches = 0.0, not question.words
        for (name, word), value in idf.items():
            often = fields[name][word]
            if often:
                matches = True
                length = 1 - B + B * fields[name].total() / averages[name]
                score += (
                    field_weights(question.words)[name] * value * often * (K1 + 1) / (often + K1 * length)
                )
        if not matches:
            continue
        facets = facets_of(document)
        failed = {name for name, wanted in question.filters.items() if wanted.isdisjoint(facets[name])}
        for name, values in facets.items():
            if not failed - {name}:
                counts[name].update(values)
        if not failed:
            ranked.append((score, document.published, document.item_id))
    ranked.sort(key=lambda hit: hit[1:] if question.newest_first else hit, reverse=True)
    page = ranked[question.start : question.start + question.count]
    return len(ranked), [(item_id, score) for score, _, item_id in page], counts
