"""`portal import` at the terminal: what it says, and with what exit code it ends."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from portal.db import session
from portal.items.models import Item, ItemState
from portal.knowledge import import_command as command
from tests.making import make_organisation, make_person


@pytest.fixture
def run(app):
    """Runs the command; standard output must stay empty, it is for data."""

    def invoke(*arguments):
        result = CliRunner().invoke(command.import_command, [str(one) for one in arguments])
        assert result.stdout == ""
        session.rollback()
        return result.exit_code, result.stderr

    return invoke


@pytest.fixture
def folder(place):
    made = place / "documents"
    made.mkdir()
    (made / "a.md").write_text("เรื่องหนึ่ง", encoding="utf-8")
    return made


def items():
    session.rollback()
    return session.scalar(select(func.count()).select_from(Item))


def test_it_says_in_one_line_what_it_did(run, folder):
    make_organisation()
    assert run("--publish", folder) == (0, "imported: 1 new, 0 changed, 0 unchanged, 0 refused\n")
    assert run("--publish", folder) == (0, "imported: 0 new, 0 changed, 1 unchanged, 0 refused\n")
    assert items() == 1


def test_what_was_refused_is_named_and_the_exit_code_says_so(run, folder):
    make_organisation()
    (folder / "b.md").write_text("---\nstep: KM9\n---\nx", encoding="utf-8")
    (folder / "c.jsonl").write_text("{}\nno\n" + json.dumps({"external_id": "x", "title": "t", "body": "b"}))
    code, said = run("--publish", folder)
    assert code == 1
    assert said.splitlines() == [
        "refused b.md: there is no step KM9; the steps are KM1 to KM7 and CM1 to CM6",
        "refused c.jsonl, line 1: there is no text in it",
        "refused c.jsonl, line 2: the line is not a JSON object",
        "imported: 2 new, 0 changed, 0 unchanged, 3 refused",
    ]
    assert items() == 2


def test_drafts_belong_to_whom_as_names(run, folder):
    importer = make_person(username="somchai")
    assert run("--as", "somchai", folder)[0] == 0
    item = session.scalar(select(Item))
    assert (item.author_id, item.state) == (importer.id, ItemState.DRAFT)


def test_drafts_of_nobody_are_said(run, folder):
    make_organisation()
    code, said = run(folder)
    assert code == 0
    assert "--as" in said


def test_an_account_that_is_not_there_imports_nothing(run, folder):
    make_organisation()
    code, said = run("--as", "nobody", folder)
    assert code == 1
    assert "nobody" in said
    assert items() == 0


def test_without_an_organisation_nothing_goes_in(run, folder):
    code, said = run(folder)
    assert code == 1
    assert "organisation" in said


def test_a_path_that_is_not_there_is_refused(run, folder):
    make_organisation()
    code, said = run("--publish", folder / "gone", folder)
    assert code == 1
    assert said.startswith("refused gone: there is no such file\n")
    assert items() == 1


def test_a_disk_that_fills_up_ends_it_with_a_sentence_and_keeps_what_was_whole(run, folder, monkeypatch):
    make_organisation()

    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(command, "import_paths", full)
    code, said = run("--publish", folder)
    assert code == 1
    assert "No space left on device" in said
    assert "Traceback" not in said


def test_a_long_import_lets_others_write_in_between(run, folder, monkeypatch):
    make_organisation()
    monkeypatch.setattr(command, "COMMIT_EVERY", 0)
    commits = []
    commit = session.commit
    monkeypatch.setattr(session, "commit", lambda: commits.append(1) or commit())
    lines = [json.dumps({"external_id": str(n), "title": "t", "body": "b"}) for n in range(20)]
    (folder / "r.jsonl").write_text("\n".join(lines))
    assert run("--publish", folder)[0] == 0
    assert len(commits) > 20
