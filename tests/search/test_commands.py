"""`portal search` and `portal reindex`: data on standard output, one line on standard error, an exit code."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import delete

from portal.db import session
from portal.search.commands import reindex_command, search_command
from portal.search.embedded import rebuilding
from portal.search.indexing import index_pending
from portal.search.models import SearchText
from tests.making import make_asset, make_organisation, make_person, make_unit


@pytest.fixture
def run(app):
    def command(which, *arguments, **more):
        session.commit()
        return CliRunner().invoke(which, arguments, **more)

    return command


@pytest.fixture
def store(app, settings):
    """A manual for all, and one for a unit only."""
    unit = make_unit("กองช่าง")
    make_asset("คู่มือประปา", "วิธีซ่อมท่อประปา")
    make_asset(
        "แผนลับ",
        "รหัสประปา",
        unit=unit,
        readers="unit",
        author=make_person("วิชัย", unit=unit, username="wichai"),
    )
    session.commit()
    while index_pending(settings):
        pass


def test_search_prints_what_any_member_of_staff_may_see(run, store):
    result = run(search_command, "ประปา", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert [one["title"] for one in found["results"]] == ["คู่มือประปา"]
    assert found["total"] == 1
    assert found["results"][0]["url"].startswith("/knowledge/")
    assert len(result.stderr.strip().splitlines()) == 1


def test_search_as_somebody_prints_what_he_may_see(run, store):
    found = json.loads(run(search_command, "ประปา", "--json", "--as", "Wichai").stdout)
    assert {one["title"] for one in found["results"]} == {"คู่มือประปา", "แผนลับ"}


def test_search_without_json_prints_title_address_and_passage(run, store):
    lines = run(search_command, "ท่อประปา").stdout.splitlines()
    assert lines[0].startswith("1. คู่มือประปา  /knowledge/")
    assert "ท่อประปา" in lines[1]
    assert run(search_command, "กขคงจ").stdout == "nothing found\n"


def test_a_batch_is_a_line_in_a_line_out(run, store, tmp_path):
    questions = tmp_path / "questions.txt"
    questions.write_text("ประปา\n\nกขคงจ\nท่อ\n", "utf-8")
    result = run(search_command, "--batch", str(questions), "--json", "--limit", "1")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["query"] for answer in answers] == ["ประปา", "", "กขคงจ", "ท่อ"]
    assert [len(answer["results"]) for answer in answers] == [1, 0, 0, 1]


def test_a_batch_answers_whatever_stands_in_a_line(run, store, tmp_path):
    questions = tmp_path / "questions.txt"
    lines = ["ประปา\rท่อ", "ท่อ\u2028ประปา\x0b\x85", '"((ประปา', "ก" * 100_000, "\0", "", "ประปา\r"]
    questions.write_bytes(b"\xff\xfe \xe0\xb8\n" + "\n".join(lines).encode())
    result = run(search_command, "--batch", str(questions), "--json")
    assert result.exit_code == 0, result.output
    answers = [json.loads(line) for line in result.stdout.split("\n")[:-1]]
    assert len(answers) == 8
    assert [answer["total"] > 0 for answer in answers] == [False, True, True, True, False, False, False, True]
    assert f"answered {len(answers)} queries" in result.stderr


def test_wrong_use_is_said_and_fails(run, store):
    assert run(search_command).exit_code != 0
    assert run(search_command, "ประปา", "--batch", "-").exit_code != 0
    nobody = run(search_command, "ประปา", "--as", "nobody")
    assert nobody.exit_code != 0
    assert "nobody" in nobody.stderr
    assert nobody.stdout == ""


def test_before_there_is_an_organisation_search_says_so(run):
    result = run(search_command, "ประปา")
    assert result.exit_code != 0
    assert "organisation" in result.stderr


@pytest.mark.sqlite  # the index in a folder
def test_reindex_builds_and_says_how_many(run, store, app):
    before = app.extensions["search"].finder.index.serving
    result = run(reindex_command)
    assert result.exit_code == 0, result.output
    assert "2 items" in result.stderr
    assert result.stdout == ""
    assert app.extensions["search"].finder.index.serving != before


def test_the_check_is_quiet_when_all_agrees_and_mends_what_does_not(run, store):
    assert "agree" in run(reindex_command, "--check").stderr
    session.execute(delete(SearchText))
    result = run(reindex_command, "--check")
    assert result.exit_code == 0, result.output
    assert len(result.stdout.splitlines()) == 2
    assert "mended 2" in result.stderr
    assert "agree" in run(reindex_command, "--check").stderr


@pytest.mark.sqlite  # the index in a folder
def test_a_reindex_that_cannot_write_fails_in_one_line(run, monkeypatch):
    make_organisation()

    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rebuilding, "write", full)
    result = run(reindex_command)
    assert result.exit_code == 1
    assert "No space left" in result.stderr
    assert "Traceback" not in result.stderr
