"""Measuring the search: the measures are right, errors are of the kinds they should be, and a leak is never overlooked."""

import json
import math
import random
from dataclasses import replace

import pytest
from click.testing import CliRunner

from portal.cli import main
from portal.config import Settings
from portal.db import session
from portal.search.evaluating import DECOY, Part, evaluate, fill, mistyped, read_questions
from portal.search.measures import difference, mean, percentile, score
from portal.search.mistyping import TONES, edit, typo
from portal.search.parts import PARTS
from portal.search.searching import search_as
from tests.making import make_organisation
from tests.postgresql import BOTH_DATABASES, new_database
from tests.search.forgetting import everybody_sees_all

DOCUMENTS = [
    ("ประปา", "คู่มือประปาหมู่บ้าน", "วิธีซ่อมท่อประปาที่แตกและการอ่านมาตรวัดน้ำ"),
    ("ภาษี", "คู่มือภาษีที่ดิน", "ผู้เสียภาษียื่นแบบภายในเดือนเมษายนของทุกปี"),
    ("ขยะ", "การคัดแยกขยะ", "ขยะอินทรีย์ทำปุ๋ยหมัก ขยะอันตรายส่งเทศบาล"),
]
QUESTIONS = [
    {"query": "ท่อประปาแตกซ่อมอย่างไร", "relevant": "ประปา"},
    {"query": "ยื่นแบบภาษีที่ดินเดือนไหน", "relevant": ["ภาษี"]},
    {"query": "ขยะอันตรายส่งที่ไหน", "relevant": ["ขยะ", "ประปา"]},
    {"query": "ฆฆฆฆฆ", "relevant": "ขยะ"},
]


@pytest.fixture
def files(tmp_path):
    documents, queries = tmp_path / "documents.jsonl", tmp_path / "queries.jsonl"
    documents.write_text(
        "\n".join(
            json.dumps(
                {"external_id": name, "kind": "asset", "title": title, "body": body, "author": "nobody"}
            )
            for name, title, body in DOCUMENTS
        ),
        "utf-8",
    )
    queries.write_text("\n".join(map(json.dumps, QUESTIONS)) + "\n\n", "utf-8")
    return documents, queries


# ---- measures ----


def test_the_first_place_is_worth_most_and_the_eleventh_nothing():
    assert score(["ก", "ข"], {"ก"}).ndcg == 1.0
    assert score(["ข", "ก"], {"ก"}).ndcg == pytest.approx(1 / math.log2(3))
    assert score(["ข", "ก"], {"ก"}).reciprocal_rank == 0.5
    eleventh = score([*"กขคงจฉชซฌญ", "ฎ"], {"ฎ"})
    assert (eleventh.ndcg, eleventh.reciprocal_rank, eleventh.recall) == (0.0, 0.0, 0.0)
    assert eleventh.found


def test_several_answers_are_all_wanted_and_one_found_twice_counts_once():
    both = score(["ก", "ค", "ข"], {"ก", "ข"})
    assert both.recall == 1.0
    assert both.ndcg == pytest.approx((1 + 1 / math.log2(4)) / (1 + 1 / math.log2(3)))
    assert score(["ก", "ก"], {"ก", "ข"}).recall == 0.5


def test_nothing_found_is_counted():
    figures = mean([score([], {"ก"}), score(["ก"], {"ก"})])
    assert (figures.zero, figures.ndcg, figures.mrr, figures.recall) == (0.5, 0.5, 0.5, 0.5)
    assert mean([]).ndcg == 0.0


def test_a_difference_comes_with_what_may_be_chance():
    better, worse = score(["ก"], {"ก"}), score(["ข"], {"ก"})
    assert difference([better] * 3, [better] * 3) == (0.0, 0.0)
    change, half = difference([worse, better], [better, better])
    assert change == -0.5
    assert half == pytest.approx(1.96 * math.sqrt(0.5) / math.sqrt(2))
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([], 0.5) == 0.0


# ---- errors ----


def steps_between(one, other):
    """Insertions, deletions, replacements and swaps of neighbours from one text to the other."""
    rows = {(place, -1): place + 1 for place in range(-1, len(one))}
    rows |= {(-1, place): place + 1 for place in range(-1, len(other))}
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            rows[i, j] = min(rows[i - 1, j] + 1, rows[i, j - 1] + 1, rows[i - 1, j - 1] + (a != b))
            if i and j and a == other[j - 1] and b == one[i - 1]:
                rows[i, j] = min(rows[i, j], rows[i - 2, j - 2] + 1)
    return rows[len(one) - 1, len(other) - 1]


@pytest.mark.parametrize("error", [typo, edit])
@pytest.mark.parametrize("text", ["ค่าธรรมเนียมเก็บขยะ", "tax form", "ก", "15", "น้ำ"])
def test_an_error_changes_exactly_one_letter(error, text):
    for seed in range(200):
        changed = error(text, random.Random(seed))  # noqa: S311
        assert steps_between(text, changed) == 1
        assert changed.strip()
        assert changed == error(text, random.Random(seed))  # noqa: S311


def test_thai_errors_are_those_that_people_make():
    made = {typo("น้ำ", random.Random(seed)) for seed in range(400)}  # noqa: S311
    assert {"นำ", "น้้ำ", "น่ำ", "น้า", "ร้ำ"} <= made  # tone left out, double, another; vowel; neighbouring key
    assert TONES[0] in "".join(made)


def test_a_question_gets_the_same_error_whoever_else_is_asked(files):
    asked = read_questions(files[1])
    assert mistyped(asked, "typo")[2:] == mistyped(asked[2:], "typo")
    assert mistyped(asked, "clean") == asked


# ---- the evaluation ----


@pytest.mark.parametrize("database", BOTH_DATABASES)
def test_the_figures_are_those_of_the_page(app, settings, files, tmp_path):
    organisation = make_organisation()
    filled = fill(files[0], organisation, settings, tmp_path, session.commit)
    assert (filled.documents, filled.decoys, filled.refused) == (3, 1, ())
    asked = read_questions(files[1])
    with app.test_request_context():
        found = evaluate(asked, filled, organisation, PARTS)
    clean = found.runs["clean"]
    assert [one.ndcg == 1.0 for one in clean.scores[:2]] == [True, True]
    assert clean.scores[3].found is False
    assert clean.figures.zero == 0.25
    assert found.leaks == []
    data = found.as_data()
    assert data["variants"]["clean"]["loss"] == 0.0
    assert {part["with"] for part in data["parts"]} == {part.name for part in PARTS}


def test_a_ranking_of_some_parts_only_is_measured_beside_the_whole(app, settings, files, tmp_path):
    organisation = make_organisation()
    filled = fill(files[0], organisation, settings, tmp_path, session.commit)
    deaf = Part("nothing", lambda query, asker: search_as(replace(query, text="ฆฆฆฆฆ"), asker))
    with app.test_request_context():
        found = evaluate(read_questions(files[1]), filled, organisation, [deaf])
        again = evaluate(read_questions(files[1]), filled, organisation)
    assert found.steps["nothing"]["clean"].figures.zero == 1.0
    assert found.as_data()["parts"][0]["clean"]["change"] == -round(found.runs["clean"].figures.ndcg, 4)
    assert again.runs["clean"].scores == found.runs["clean"].scores


def test_a_search_that_forgets_who_asks_is_found_out(app, settings, files, tmp_path, monkeypatch):
    organisation = make_organisation()
    filled = fill(files[0], organisation, settings, tmp_path, session.commit)
    everybody_sees_all(monkeypatch)
    with app.test_request_context():
        found = evaluate(read_questions(files[1]), filled, organisation)
    # Its title is kept back by the second look at the database; its number in a facet is not.
    assert found.leaks
    assert all("number" in leak.shown for leak in found.leaks)


def test_a_decoy_among_the_results_is_found_out(app, settings, files, tmp_path, monkeypatch):
    organisation = make_organisation()
    filled = fill(files[0], organisation, settings, tmp_path, session.commit)
    everything = frozenset({f"org:{organisation.id}", f"unit:{filled.decoys_unit_id}"})
    monkeypatch.setattr(
        "portal.search.evaluating.Asker.any_staff",
        classmethod(lambda cls, _id: cls(everything)),
    )
    with app.test_request_context():
        found = evaluate(read_questions(files[1]), filled, organisation)
    assert any(leak.shown.startswith(DECOY) for leak in found.leaks)


# ---- the command ----


@pytest.fixture
def run(files, tmp_path, monkeypatch, databases):
    monkeypatch.chdir(tmp_path)
    for name, place in (("DATABASE_URL", "sqlite:///own.db"), ("SECRET_KEY", "tests only")):
        monkeypatch.setenv(f"PORTAL_{name}", place)

    def command(*more):
        try:
            return CliRunner().invoke(main, ["evaluate-search", *map(str, files), *more])
        finally:
            session.remove()

    return command


def test_the_command_needs_no_portal_and_leaves_none(run, tmp_path):
    result = run("--json", "--limit", "3")
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert (data["questions"], data["documents"], data["decoys"]) == (3, 3, 1)
    assert data["variants"]["clean"]["recall"] > 0.6
    assert not (tmp_path / "own.db").exists()


def test_the_command_prints_a_table_of_variants_and_parts(run):
    result = run("--parts")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines[:4]] == ["questions", "clean", "typo", "edit"]
    assert [line[:38].strip() for line in lines[6:]] == [part.name for part in PARTS]


@pytest.mark.postgresql
def test_a_database_must_be_empty_and_may_be_postgresql(run):
    url = new_database()
    first = run("--json", "--database-url", url)
    assert first.exit_code == 0, first.output
    assert json.loads(first.stdout)["database"] == "postgresql"
    second = run("--database-url", url)
    assert second.exit_code == 1
    assert "not empty" in second.stderr


def test_what_can_not_be_read_is_named(run, files):
    files[1].write_text('{"query": "ก"}\n', "utf-8")
    result = run()
    assert result.exit_code == 1
    assert "queries.jsonl, line 1" in result.stderr


def test_settings_of_the_running_portal_are_not_touched(run, monkeypatch, tmp_path):
    monkeypatch.setenv("PORTAL_FILES_DIR", str(tmp_path / "kept"))
    monkeypatch.setenv("PORTAL_SEARCH_INDEX_DIR", str(tmp_path / "index"))
    assert run("--limit", "1").exit_code == 0
    assert not (tmp_path / "index").exists()
    assert not (tmp_path / "kept").exists()
    assert Settings.from_environment().files_dir == tmp_path / "kept"
