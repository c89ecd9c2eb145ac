"""The engine gives what a slow look at every document gives, to everybody only what is his."""

import os
import random
import threading
from dataclasses import replace

import pytest

from portal.search.analysis import folded_words, question_grams
from portal.search.embedded import first_pass, segments
from portal.search.embedded.engine import Engine
from portal.search.embedded.index import Index, merge_up_to, write
from portal.search.question import Concept, Question
from tests.search.corpora import (
    compare_with_a_slow_look,
    document,
    random_document,
    random_question,
)

SOAK = bool(os.environ.get("SOAK"))
STAFF = frozenset({"public", "org:1"})


@pytest.fixture
def path(tmp_path):
    return Index(tmp_path / "index").create()


def question(*words, tokens=STAFF, **more):
    return Question(tokens=tokens, concepts=tuple(Concept((word,), word) for word in words), **more)


def asked(path, text, tokens=STAFF, **more):
    return Engine().find(path, question(*text.split(), tokens=tokens, **more))


def ids(found):
    return [one.item_id for one in found.candidates]


@pytest.mark.parametrize("seed", range(30))
def test_the_engine_agrees_with_a_slow_look_at_every_document(path, seed):
    compare(path, seed, questions=12)


@pytest.mark.soak
def test_the_engine_agrees_over_many_more_stores(tmp_path):
    for seed in range(1000, 2000 if SOAK else 1040):
        compare(Index(tmp_path / str(seed)).create(), seed, questions=10)


def compare(path, seed, questions):
    engine = Engine()

    def put(dice, documents, replaced, posts):
        merge = dice.choice([None, None, merge_up_to(12), merge_up_to(1000)])
        write(path, documents, replaced=replaced, replaced_posts=posts, merge=merge)

    compare_with_a_slow_look(seed, questions, put, lambda question: engine.find(path, question))


def test_a_restricted_document_is_in_no_hit_number_or_facet(path):
    write(
        path,
        [
            document(1, "คู่มือภาษี", "ภาษี"),
            document(2, "ลับภาษี", "ภาษี", audience=("person:9",), kind="story", fiscal_year=2560),
        ],
    )
    hits = asked(path, "ภาษี")
    assert hits.total == 1
    assert ids(hits) == [1]
    assert hits.facets["kind"] == {"manual": 1}
    assert "2560" not in hits.facets["year"]
    assert asked(path, "ลับ").total == 0
    assert asked(path, "ภาษี", tokens=frozenset({"person:9"})).total == 1


def test_who_holds_no_token_finds_nothing(path):
    write(path, [document(1, "คู่มือภาษี", "ภาษี")])
    assert asked(path, "ภาษี", tokens=frozenset()).total == 0


def test_filters_keep_the_audience(path):
    # Whoosh's own collector with a time limit drops its filter; ours is not built on it.
    write(path, [document(n, "ภาษี", audience=("person:9",) if n % 2 else ("org:1",)) for n in range(1, 9)])
    hits = asked(path, "ภาษี", filters={"kind": frozenset({"manual"})}, most=100)
    assert set(ids(hits)) == {2, 4, 6, 8}


def test_a_facet_shows_what_another_choice_would_bring(path):
    write(
        path,
        [
            document(1, "ภาษี"),
            document(2, "ภาษี", kind="story"),
            document(3, "ภาษี", kind="qa", fiscal_year=2568),
        ],
    )
    hits = asked(path, "ภาษี", filters={"kind": frozenset({"story"})})
    assert hits.total == 1
    assert hits.facets["kind"] == {"manual": 1, "story": 1, "qa": 1}
    assert hits.facets["year"] == {"2569": 1}


def test_the_word_in_the_title_counts_on_top(path):
    write(
        path,
        [
            document(2, "ประปา", "ประปา ถนน ตลาด"),
            document(1, "คู่มือ", "ประปา ถนน ตลาด", published=2_000_000_000),
        ],
    )
    assert ids(asked(path, "ประปา")) == [2, 1]


def test_pages_follow_each_other_without_gap_or_overlap(path):
    for start in range(0, 30, 10):
        write(path, [document(n, "ภาษี", "ถนน " * (n % 3), published=7) for n in range(start + 1, start + 11)])
    everything = ids(asked(path, "ภาษี", most=100))
    assert len(everything) == len(set(everything)) == 30
    for most in range(0, 35, 7):
        assert ids(asked(path, "ภาษี", most=most)) == everything[:most]


@pytest.mark.parametrize("filters", [{}, {"kind": frozenset({"story"})}])
def test_the_first_so_many_are_the_first_of_all_though_one_item_has_most_of_the_good_passages(path, filters):
    dice = random.Random(5)  # noqa: S311
    long = document(999, "ประปา", "\n".join(["ประปา ประปา ประปา"] * 150))
    write(path, [long, *(random_document(dice, n) for n in range(1, 400))])
    for words in (("ประปา",), ("ประปา", "ถนน", "ตลาด"), ("ข้าว", "ภาษี")):
        text = " ".join(words)
        for more in ({}, {"near": folded_words(text), "grams": question_grams(text)}):
            everything = ids(Engine().find(path, question(*words, filters=filters, most=1000, **more)))
            for most in (1, 3, 10, 40):
                found = Engine().find(path, question(*words, filters=filters, most=most, **more))
                assert ids(found) == everything[:most]


def test_the_best_document_is_found_on_whatever_segment_it_lies(path):
    for n in range(1, 25):
        write(path, [document(n, "คู่มือ", "ประปา " * (n == 17) + "ถนน " * 20)])
    assert ids(asked(path, "ประปา ถนน", most=3))[0] == 17


def test_a_change_is_seen_by_the_next_question_and_old_segments_are_read_once(path):
    engine = Engine()
    water = question("ประปา")
    write(path, [document(n, "ประปา") for n in range(1, 6)])
    assert engine.find(path, water).total == 5
    first = engine.snapshot(path).parts[0].segment
    write(path, [document(6, "ประปา")], replaced=[1])
    assert engine.find(path, water).total == 5
    assert engine.snapshot(path).parts[0].segment is first
    write(path, [], merge=merge_up_to(100))
    assert engine.find(path, water).total == 5
    assert len(engine.snapshot(path).parts) == 1


def test_a_search_that_began_before_a_merge_still_ends_well(path):
    engine = Engine()
    write(path, [document(1, "ประปา ถนน")])
    write(path, [document(2, "ประปา ถนน")])
    old = engine.snapshot(path)
    write(path, [], merge=merge_up_to(100))
    engine.snapshot(path)  # closes what the merge left behind
    with pytest.raises(segments.SegmentGone):
        old.parts[0].segment.postings("title", "ถนน")
    assert engine.find(path, question("ถนน")).total == 2


@pytest.mark.parametrize("seed", range(3))
def test_however_few_postings_are_added_up_at_once_the_answer_is_the_same(path, monkeypatch, seed):
    monkeypatch.setattr(first_pass, "AT_ONCE", 3)
    compare(path, seed, questions=12)


def test_kept_words_are_bounded(path, monkeypatch):
    monkeypatch.setattr(segments, "MOST_KEPT_POSTINGS", 1_000)
    write(path, [document(n, " ".join(f"คำ{n}" for n in range(50))) for n in range(1, 4)])
    engine = Engine()
    for n in range(50):
        assert engine.find(path, question(f"{n}")).total == 3
    segment = engine.snapshot(path).parts[0].segment
    assert len(segment._postings) < 10


@pytest.mark.soak
@pytest.mark.parametrize("threads", [8])
def test_threads_share_the_engine_while_another_one_writes(path, threads):
    engine, wrong, stop = Engine(), [], threading.Event()
    write(path, [document(n, "ประปา", "ถนน ตลาด") for n in range(1, 50)])

    def ask(seed):
        dice = random.Random(seed)  # noqa: S311
        while not stop.is_set():
            word = dice.choice(["ประปา", "ถนน", "ตลาด"])
            try:
                hits = engine.find(path, question(word, most=100))
            except Exception as error:
                wrong.append(error)
                return
            if hits.total != 49 or len(set(ids(hits))) != 49:
                wrong.append((word, hits.total))

    crowd = [threading.Thread(target=ask, args=(seed,)) for seed in range(threads)]
    for thread in crowd:
        thread.start()
    dice = random.Random(1)  # noqa: S311
    for turn in range(120 if SOAK else 8):
        batch = dice.sample(range(1, 50), k=5)
        write(
            path,
            [document(n, "ประปา", "ถนน ตลาด") for n in batch],
            replaced=batch,
            merge=merge_up_to(30) if turn % 4 == 3 else None,
        )
    stop.set()
    for thread in crowd:
        thread.join()
    assert wrong == []


def test_equal_questions_have_equal_answers_in_two_processes_worth_of_engines(path):
    dice = random.Random(3)  # noqa: S311
    write(path, [random_document(dice, n) for n in range(1, 40)])
    one = replace(random_question(dice), tokens=frozenset({"org:1", "public"}))
    assert Engine().find(path, one) == Engine().find(path, one)
