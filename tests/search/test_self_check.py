"""The nightly self-check: it finds what leaks, by whatever door, and leaves nothing behind."""

import io
from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask import Flask, abort, request
from openpyxl import Workbook
from sqlalchemy import func, select

from portal.audit.models import AuditEntry
from portal.db import now, session
from portal.items.models import Item, ItemAudience, Post, Revision
from portal.notices.models import Notice
from portal.outbox.models import OutboxEntry
from portal.people.sign_in_models import SignIn
from portal.search import self_check
from portal.search.check_command import check_command
from portal.search.check_models import Problem, SearchCheck
from portal.search.doors import ITEM_NUMBERS, Caller, Leak, Tried, text_of, try_doors
from portal.search.indexing import keeper_of
from portal.search.markers import RESTRICTED, Marker, make_markers, remove_markers
from portal.search.models import SearchText
from portal.search.self_check import (
    AlreadyChecking,
    check_if_due,
    check_search,
    is_due,
    remove_leftovers,
)
from portal.thai.dates import BANGKOK
from tests.indexing import index_all
from tests.making import make_admin, make_asset, make_organisation, make_person, make_plan
from tests.postgresql import BOTH_DATABASES
from tests.search.forgetting import everybody_sees_all, nobody_sees_anything
from tests.training.making import make_training

MARKER = Marker(7, "unit", "asked", "secret")


@pytest.fixture
def town(app, settings):
    """Some things to be found, an admin, and an index that is up to date."""
    make_plan(goals=2)
    make_training()
    make_asset("คู่มือรับชำระภาษี", "ยื่นแบบภายในเดือนเมษายน")
    make_asset("ประกาศ", "ติดประกาศที่ศาลา", readers="public")
    admin = make_admin()
    session.commit()
    index_all(settings)
    return admin


def everything():
    """How many rows there are of all that a check could leave behind."""
    session.rollback()
    tables = (Item, ItemAudience, Revision, Post, SearchText, OutboxEntry, SignIn, AuditEntry, Notice)
    return {table.__tablename__: session.scalar(select(func.count()).select_from(table)) for table in tables}


def indexed(settings):
    return {one.item_id for one in keeper_of(settings).stored()}


# ---- the whole check ----


@pytest.mark.parametrize("database", BOTH_DATABASES)
def test_where_nothing_leaks_the_check_says_so_and_leaves_no_trace(town, settings):
    before, in_index = everything(), indexed(settings)
    check = check_search(settings)
    assert check.leaks == []
    assert check.problem is Problem.NONE
    assert check.is_good
    assert check.doors > 100
    assert check.requests > check.doors
    assert everything() == before
    assert indexed(settings) == in_index
    assert check.marker_ids == []


def test_a_search_that_forgets_the_audience_is_found_out_and_told(town, settings, monkeypatch, capsys):
    everybody_sees_all(monkeypatch)
    check = check_search(settings)
    doors = {(leak["door"], leak["asker"]) for leak in check.leaks}
    assert {("search", "public"), ("search", "staff"), ("search", "any staff")} <= doors
    assert "count" in {leak["what"] for leak in check.leaks}
    assert '"the search shows what is restricted"' in capsys.readouterr().err
    told = session.scalars(select(Notice)).all()
    assert [(notice.person_id, notice.kind) for notice in told] == [(town.id, "search_leak")]
    assert not session.scalars(select(Item.id).where(Item.title.regexp_match("^[a-z]{14} "))).all()


def test_pages_that_forget_the_audience_are_found_out(town, settings, monkeypatch):
    monkeypatch.setattr(Item, "open_to_tokens", classmethod(lambda cls, _tokens: select(cls)))
    check = check_search(settings)
    texts = {(leak["door"], leak["marker"]) for leak in check.leaks if leak["what"] == "text"}
    assert {("/knowledge/<int:asset_id>/text", kind) for kind in (*RESTRICTED, "draft", "retired")} <= texts
    assert ("/training/reports/<int:report_id>", "report") in texts
    assert any(door == "/knowledge" for door, _ in texts)
    assert any(leak["door"] == "search without the index" for leak in check.leaks)


def test_where_nobody_finds_anything_the_check_proves_nothing(town, settings, monkeypatch):
    nobody_sees_anything(monkeypatch)
    before = everything()
    check = check_search(settings)
    assert (check.problem, check.is_good) == (Problem.OWNER_BLIND, False)
    assert everything() == before


def test_a_check_that_is_stopped_takes_its_items_away(town, settings):
    before, asked = everything(), iter([False] * 3 + [True] * 1000)
    check = check_search(settings, lambda: next(asked))
    assert (check.problem, check.is_good) == (Problem.INTERRUPTED, False)
    index_all(settings)  # whoever is stopped waits for nothing
    assert everything() == before


def test_a_check_that_fails_takes_its_items_away_and_is_kept(town, settings, monkeypatch):
    before = everything()

    def fail(*_arguments):
        raise LookupError

    monkeypatch.setattr(self_check, "try_doors", fail)
    with pytest.raises(LookupError):
        check_search(settings)
    assert everything() == before
    assert session.scalars(select(SearchCheck.problem)).all() == [Problem.FAILED]


def test_what_a_killed_check_left_is_removed_by_the_next_look(town, settings):
    before = everything()
    owner, _ = self_check._accounts(make_organisation())
    ids = [marker.item_id for marker in make_markers(owner)]
    assert len(ids) == len(RESTRICTED) + 3
    session.add(SearchCheck(marker_ids=ids, began_at=now() - timedelta(hours=1)))
    session.commit()
    remove_leftovers()
    index_all(settings)
    assert everything() == before
    assert session.scalars(select(SearchCheck.problem)).all() == [Problem.INTERRUPTED]


def test_two_checks_do_not_run_at_once(town, settings):
    session.add(SearchCheck())
    session.commit()
    with pytest.raises(AlreadyChecking):
        check_search(settings)


# ---- the markers ----


def test_a_marker_is_two_words_that_the_index_keeps_whole(app):
    owner, visitor = self_check._accounts(make_organisation())
    assert (owner.is_system, visitor.is_system) == (True, True)
    markers = make_markers(owner)
    assert len({word for one in markers for word in (one.asked, one.secret)}) == 2 * len(markers)
    assert [one.kind for one in markers if one.is_findable] == list(RESTRICTED)
    remove_markers([one.item_id for one in markers])
    session.commit()
    assert session.scalar(select(func.count()).select_from(Item)) == 0


# ---- the doors ----


@pytest.fixture
def leaky():
    """An application with a page for every kind of leak."""
    app = Flask("leaky")
    app.config["SECRET_KEY"] = "tests only"

    def page(path):
        return lambda view: app.get(path, endpoint=f"search.{view.__name__}")(view)

    @page("/echo")
    def echo():
        return f"nothing found for {request.args.get('q', '')}"

    @page("/suggests")
    def suggests():
        typed = request.args.get("q", "")
        return "asked" if typed and "asked".startswith(typed) else ""

    @page("/corrects")
    def corrects():
        return "did you mean: asked" if request.args.get("q") == "ased" else ""

    @page("/counts")
    def counts():
        return {"total": int(request.args.get("q") == "asked")}

    @page("/workbook")
    def workbook():
        book, data = Workbook(), io.BytesIO()
        book.active["A1"] = "secret"
        book.save(data)
        return data.getvalue()

    @page("/leads")
    def leads():
        return "", 302, {"Location": "/knowledge/7/secret"}

    @page("/items/<int:item_id>")
    def shut(item_id):
        abort(403 if item_id == MARKER.item_id else 404)

    @page("/closed/<int:item_id>")
    def closed(item_id):
        abort(404)

    @page("/unknown/<what>")
    def unknown(what):
        return "secret"

    @page("/broken")
    def broken():
        raise LookupError

    return app


def test_each_kind_of_leak_is_seen_and_an_echo_is_none(leaky):
    tried = Tried()
    with Caller(leaky, "public") as caller:
        try_doors(leaky, caller, [MARKER], {}, tried, lambda: False)
    assert {(leak.door, leak.what) for leak in tried.leaks} == {
        ("/suggests", "text"),
        ("/corrects", "text"),
        ("/counts", "count"),
        ("/workbook", "text"),
        ("/leads", "text"),
        ("/items/<int:item_id>", "existence"),
    }
    assert all(leak == Leak(leak.door, "public", "unit", leak.what) for leak in tried.leaks)
    assert tried.failed == {"/broken"}
    assert ("/echo", "public") in tried.doors
    assert not any("unknown" in door for door, _ in tried.doors)


def test_an_argument_that_is_known_opens_the_door(leaky):
    tried = Tried()
    with Caller(leaky, "public") as caller:
        try_doors(leaky, caller, [MARKER], {"what": ["x"]}, tried, lambda: False)
    assert ("/unknown/<what>", "text") in {(leak.door, leak.what) for leak in tried.leaks}


# Arguments that no door of the check is opened with, each with its reason.
UNKNOWN = {
    "case_id": "a report, seen by moderators",
    "appointment_id": "the administration's",
    "attachment_id": "a marker has no file",
    "award_id": "a marker earns none",
    "day": "of a holiday",
    "duty_id": "a marker has none",
    "filename": "of what the portal ships",
    "form": "one's own drafts",
    "group_id": "the administration's",
    "lines": "goals and strategies, of a plan",
    "held_id": "read by its writer and moderators",
    "mail_id": "the administration's",
    "membership_id": "the administration's",
    "need_id": "the planners' answer to a wish",
    "notice_id": "one's own",
    "participation_id": "a marker has none",
    "poll_id": "a marker asks none",
    "position_id": "the administration's",
    "post_id": "a marker has no comment",
    "posting_id": "the administration's",
    "rule_id": "a rule about trainings",
    "saved_id": "one's own",
    "suspension_id": "seen by moderators",
    "secret": "known to its owner only",
    "signed": "known to its owner only",
    "training_id": "seen by all staff",
}


def test_every_route_that_reads_is_a_door_or_says_why_not(app):
    organisation = make_organisation()
    known = self_check._known(organisation, *self_check._accounts(organisation)).keys() | ITEM_NUMBERS
    arguments = {
        name for rule in app.url_map.iter_rules() if "GET" in rule.methods for name in rule.arguments
    }
    assert arguments - known == UNKNOWN.keys()


def test_paper_is_passed_over_and_what_is_packed_is_read():
    assert text_of(b"%PDF-1.7 secret") == ""
    assert text_of("ลับ\xff".encode()) == "ลับ\xff"


# ---- when it runs ----


def at(hour):
    return now().astimezone(BANGKOK).replace(hour=hour, minute=0)


def test_it_is_due_in_the_small_hours_or_where_no_machine_is_awake_then(app):
    night, day = at(2), at(10)
    assert is_due(night, night - timedelta(minutes=11))
    assert not is_due(night, night - timedelta(minutes=5))  # just started: others wait for it
    assert not is_due(day, day - timedelta(minutes=50))
    assert is_due(day, day - timedelta(minutes=70))
    session.add(SearchCheck(began_at=night))
    assert not is_due(night + timedelta(hours=1), night)
    assert not is_due(day + timedelta(days=1), night)
    assert is_due(night + timedelta(days=1), night)
    assert is_due(day + timedelta(days=2), night)


def test_the_worker_checks_when_it_is_due_and_not_before_there_is_an_organisation(app, settings, monkeypatch):
    ran = []
    monkeypatch.setattr(self_check, "check_search", lambda *_arguments: ran.append(1))
    monkeypatch.setattr(self_check, "is_due", lambda *_arguments: True)
    assert check_if_due(app, settings, now(), lambda: False) == 0
    assert ran == []
    make_organisation()
    assert check_if_due(app, settings, now(), lambda: False) == 0
    assert ran == [1]


def test_trouble_in_a_check_does_not_end_the_worker(app, settings, monkeypatch, capsys):
    def fail(*_arguments):
        raise LookupError

    make_organisation()
    monkeypatch.setattr(self_check, "check_search", fail)
    monkeypatch.setattr(self_check, "is_due", lambda *_arguments: True)
    check_if_due(app, settings, now(), lambda: False)
    assert "LookupError" in capsys.readouterr().err


# ---- where it is shown ----


def test_the_command_says_what_it_tried_and_fails_on_a_leak(town, settings, monkeypatch):
    def pretend(**what):
        check = SearchCheck(
            ended_at=now(), began_at=now(), doors=3, requests=9, leaks=[], problem=Problem.NONE
        )
        for name, value in what.items():
            setattr(check, name, value)
        monkeypatch.setattr("portal.search.check_command.check_search", lambda _settings: check)
        return CliRunner().invoke(check_command)

    assert pretend().exit_code == 0
    assert "3 doors" in pretend().stderr
    leaking = pretend(leaks=[Leak("/search", "public", "", "count").as_data()])
    assert leaking.exit_code == 1
    assert leaking.stdout == "/search\tpublic\t-\tcount\n"
    blind = pretend(problem=Problem.OWNER_BLIND)
    assert blind.exit_code == 1
    assert "owner_blind" in blind.stderr


def test_the_admin_sees_the_last_checks_and_nobody_else_does(app, login_as):
    admin, staff = make_admin(), make_person()
    browser = login_as(admin)
    assert "ยังไม่เคยตรวจ" in browser.get("/admin/search-checks").text
    session.add(SearchCheck(ended_at=now(), doors=188, requests=984))
    session.add(
        SearchCheck(
            ended_at=now(),
            began_at=now() - timedelta(days=1),
            doors=188,
            leaks=[Leak("/knowledge", "staff", "draft", "text").as_data()],
        )
    )
    session.commit()
    page = browser.get("/admin/search-checks").text
    assert "188" in page
    assert "/knowledge" in page
    assert "ไม่พบการรั่วไหล" in browser.get("/admin").text
    assert login_as(staff).get("/admin/search-checks").status_code == 403


def test_the_notice_of_a_leak_leads_the_admin_to_the_page(app, login_as):
    admin, other = make_admin(), make_person()
    check = SearchCheck(ended_at=now(), leaks=[Leak("/search", "public", "", "count").as_data()] * 2)
    session.add(check)
    session.flush()
    for person in (admin, other):
        self_check.tell([person.id], self_check.LEAK, check, key="search_leak:1")
    session.commit()
    assert "การตรวจพบ 2 จุด" in login_as(admin).get("/notices").text
    assert "การตรวจพบ" not in login_as(other).get("/notices").text
