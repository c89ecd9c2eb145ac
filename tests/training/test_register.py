"""The register: one line for each participation, with the state that presses most."""

import io
from datetime import date, datetime, timedelta

import openpyxl
import pytest

from portal.db import now, session
from portal.people.models import Rank, RoleName
from portal.thai.dates import BANGKOK, bangkok_today, fiscal_year
from portal.training.models import Discharge, TrainingKind
from portal.training.permissions import can_see_participation
from portal.training.register import (
    RegisterFilter,
    find,
    find_all,
    levels_waited_at,
    years_in_register,
)
from portal.training.register_states import LineState
from portal.training.report_models import ReportStage
from tests.making import make_organisation, make_person, make_position, make_unit
from tests.postgresql import BOTH_DATABASES
from tests.training.filing import hand_in, owe
from tests.training.making import make_participation, make_training

TODAY = date(2026, 11, 20)


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture(autouse=True)
def _on_a_friday_in_november(app, monkeypatch):
    set_today(monkeypatch, TODAY)


def set_today(monkeypatch, day):
    for module in ("register", "register_lines", "figures", "development", "register_views"):
        monkeypatch.setattr(f"portal.training.{module}.bangkok_today", lambda: day)


def on(day):
    """A participation of somebody who came back on that day."""
    return make_participation(training=make_training(returned=day))


def keeper():
    return make_person("นารี", roles=(RoleName.DATA_ASSISTANT,))


def state_of(participation, reader=None):
    lines = find_all(RegisterFilter(person_id=participation.person_id), reader or participation.person)
    return next(line.state for line in lines if line.participation.id == participation.id)


@pytest.mark.parametrize(
    ("days_left", "state"),
    [
        (-1, LineState.OVERDUE),
        (0, LineState.DUE_SOON),
        (3, LineState.DUE_SOON),
        (4, LineState.NOT_YET_DUE),
    ],
)
def test_a_report_is_due_soon_three_days_before_its_day_and_overdue_the_day_after(days_left, state):
    participation = on(TODAY - timedelta(days=5))
    owe(participation, due=TODAY + timedelta(days=days_left))
    assert state_of(participation) == state


def test_the_day_is_that_of_bangkok(monkeypatch):
    participation = on(date(2026, 11, 5))
    owe(participation, due=date(2026, 11, 20))
    ten_past_midnight = datetime(2026, 11, 20, 17, 10, tzinfo=now().tzinfo)
    set_today(monkeypatch, bangkok_today(ten_past_midnight))
    assert ten_past_midnight.astimezone(BANGKOK).date() == date(2026, 11, 21)
    assert state_of(participation) == LineState.OVERDUE


def test_what_presses_most_is_the_state():
    """A report on its way does not hide a record that is late, but one that has time does not hide the report."""
    both = on(TODAY - timedelta(days=10))
    owe(both, done=TODAY)
    hand_in(both)
    record = owe(both, Discharge.RECORD, due=TODAY - timedelta(days=1))
    assert state_of(both) == LineState.OVERDUE
    record.due_on = TODAY + timedelta(days=2)
    session.commit()
    assert state_of(both) == LineState.DUE_SOON
    record.due_on = TODAY + timedelta(days=9)
    session.commit()
    assert state_of(both) == LineState.WAITING


def test_a_report_that_was_sent_back_waits_for_its_author_though_its_duty_is_done():
    participation = on(TODAY - timedelta(days=10))
    owe(participation, done=TODAY)
    hand_in(participation, stage=ReportStage.RETURNED)
    assert state_of(participation) == LineState.RETURNED


def test_done_exempted_and_nothing_owed_are_three_different_things():
    done, exempted, nothing = (on(TODAY - timedelta(days=40 + n)) for n in range(3))
    owe(done, done=TODAY - timedelta(days=30))
    owe(done, Discharge.BY_HAND, exempted=True)
    hand_in(done, stage=ReportStage.FILED)
    owe(exempted, exempted=True)
    assert state_of(done) == LineState.DONE
    assert state_of(exempted) == LineState.EXEMPTED
    assert state_of(nothing) == LineState.NOTHING_OWED


def test_a_draft_of_a_report_changes_nothing():
    participation = on(TODAY - timedelta(days=10))
    owe(participation, due=TODAY + timedelta(days=5))
    hand_in(participation, stage=ReportStage.DRAFT)
    assert state_of(participation) == LineState.NOT_YET_DUE


def test_who_did_not_go_and_what_was_cancelled_are_not_in_the_register():
    reader = keeper()
    make_participation(training=make_training(), withdrawn_at=now())
    make_participation(training=make_training(cancelled_at=now(), cancelled_by_id=reader.id))
    gone = find(RegisterFilter(), reader)
    assert (gone.lines, gone.total, gone.counts) == ([], 0, {})
    assert years_in_register(reader) == []


def test_a_return_on_30_september_and_one_on_1_october_are_of_two_fiscal_years():
    reader = keeper()
    last, first = on(date(2026, 9, 30)), on(date(2026, 10, 1))
    for year, participation in ((2569, last), (2570, first)):
        lines = find(RegisterFilter(fiscal_year=year), reader).lines
        assert [line.participation.id for line in lines] == [participation.id]
    assert years_in_register(reader) == [2570, 2569]


def test_a_month_is_one_of_the_fiscal_year():
    reader = keeper()
    october = on(date(2026, 10, 31))
    on(date(2026, 11, 1))
    on(date(2025, 10, 31))
    lines = find(RegisterFilter.from_args({"year": "2570", "month": "10"}), reader).lines
    assert [line.participation.id for line in lines] == [october.id]


def test_a_unit_means_all_units_below_it_unless_it_is_asked_for_alone():
    reader, division = keeper(), make_unit("กองคลัง")
    work = make_unit("งานรายได้", parent=division)
    upper = make_participation(make_person("สมศรี", unit=division))
    lower = make_participation(make_person("มาลี", unit=work))
    make_participation(make_person("วิชัย", unit=make_unit("กองช่าง")))
    nowhere = make_participation(make_person("บุญมา"), unit_id=None)

    def ids(**args):
        found = find(RegisterFilter.from_args({name: str(value) for name, value in args.items()}), reader)
        return {line.participation.id for line in found.lines}

    assert ids(unit=division.id) == {upper.id, lower.id}
    assert ids(unit=division.id, directly=1) == {upper.id}
    assert ids(unit="none") == {nowhere.id}


def test_a_word_finds_titles_and_names():
    reader = keeper()
    title = make_participation(training=make_training("พัสดุภาครัฐ"))
    name = make_participation(make_person("พัสดุพงษ์"))
    make_participation(make_person("ใคร"))
    lines = find(RegisterFilter.from_args({"q": "พัสดุ"}), reader).lines
    assert {line.participation.id for line in lines} == {title.id, name.id}


def test_late_and_in_time_are_told_apart_for_reports_and_records():
    reader = keeper()
    early, late, open_late, has_time = (on(TODAY - timedelta(days=30 + n)) for n in range(4))
    owe(early, done=TODAY - timedelta(days=20))
    owe(late, done=TODAY)
    owe(open_late, due=TODAY - timedelta(days=1))
    owe(has_time, due=TODAY)
    owe(has_time, Discharge.RECORD, done=TODAY)

    def ids(outcome):
        return {line.participation.id for line in find(RegisterFilter(outcome=outcome), reader).lines}

    assert ids("report_on_time") == {early.id}
    assert ids("report_late") == {late.id, open_late.id}
    assert ids("record_late") == {has_time.id}
    assert ids("record_on_time") == set()


def test_the_levels_at_which_reports_wait_can_be_chosen():
    reader = keeper()
    clerk = make_position(title="ปลัดเทศบาล")
    first, second, third = (on(TODAY - timedelta(days=n)) for n in (5, 6, 7))
    hand_in(first, waits_at=clerk)
    hand_in(second, waits_at=clerk)
    hand_in(third)
    wanted = RegisterFilter.from_args({"state": "waiting"})
    assert levels_waited_at(wanted, reader) == [(str(clerk.id), "ปลัดเทศบาล", 2), ("km", "", 1)]
    at_the_clerk = find(RegisterFilter.from_args({"state": "waiting", "level": str(clerk.id)}), reader)
    assert {line.participation.id for line in at_the_clerk.lines} == {first.id, second.id}
    assert {line.waiting.level for line in at_the_clerk.lines} == {"ปลัดเทศบาล"}
    assert at_the_clerk.total == 2
    with_the_team = find(RegisterFilter.from_args({"state": "waiting", "level": "km"}), reader)
    assert [line.participation.id for line in with_the_team.lines] == [third.id]


def test_one_report_of_a_group_moves_the_lines_of_all():
    training = make_training()
    together = [make_participation(make_person(name), training) for name in ("มาลี", "วิชัย")]
    hand_in(*together)
    assert [state_of(one, keeper()) for one in together] == [LineState.WAITING] * 2


def test_the_counts_of_the_states_ignore_the_chosen_state_and_keep_the_other_filters():
    reader = keeper()
    for kind in (TrainingKind.COURSE, TrainingKind.COURSE, TrainingKind.SEMINAR):
        participation = make_participation(training=make_training(kind=kind))
        owe(participation, due=TODAY - timedelta(days=1))
    on(TODAY)
    found = find(RegisterFilter(kind="course", state="overdue"), reader)
    assert found.counts == {LineState.OVERDUE: 2, LineState.NOTHING_OWED: 1}
    assert found.total == 2


@pytest.mark.parametrize(
    "args",
    [
        {"year": "abc", "month": "13", "unit": "-1", "person": "x", "kind": "y", "state": "z", "page": "0"},
        {"month": "10"},
        {"level": "5", "directly": "1"},
        {"q": "\x00" * 200, "outcome": "never"},
        {"unit": "99999999999999999999"},
    ],
)
def test_what_makes_no_sense_in_an_address_is_left_out(args):
    wanted = RegisterFilter.from_args(args)
    assert wanted.as_args(q=None) == {}
    find(wanted, keeper())


# ---- who sees what: the rule, the query, the page, the file and the counts agree


def town():
    """A division with a work below it, one beside it, and a participation of each."""
    division, beside = make_unit("กองคลัง"), make_unit("กองช่าง")
    work = make_unit("งานรายได้", parent=division)
    people = {
        "staff": make_person("มาลี", unit=work),
        "colleague": make_person("วิชัย", unit=work),
        "head": make_person("สมศรี", unit=division, rank=Rank.HEAD),
        "other_head": make_person("ประสิทธิ์", unit=beside, rank=Rank.HEAD),
        "mayor": make_person("วิโรจน์", rank=Rank.CHIEF_EXECUTIVE),
        "keeper": keeper(),
        "executive": make_person("รองนายก", roles=(RoleName.EXECUTIVE,)),
    }
    for who, person in people.items():
        owe(make_participation(person, make_training(f"หลักสูตรของ {who}")), due=TODAY - timedelta(days=1))
    return people


SEEN = {
    "staff": {"staff"},
    "colleague": {"colleague"},
    "head": {"head", "staff", "colleague"},
    "other_head": {"other_head"},
    "mayor": {"staff", "colleague", "head", "other_head", "mayor", "keeper", "executive"},
    "keeper": {"staff", "colleague", "head", "other_head", "mayor", "keeper", "executive"},
    "executive": {"staff", "colleague", "head", "other_head", "mayor", "keeper", "executive"},
}


@pytest.mark.parametrize("who", SEEN)
def test_rule_query_page_file_and_counts_agree(who, login_as):
    people = town()
    reader = people[who]
    participations = {
        name: next(iter(find_all(RegisterFilter(person_id=person.id), people["keeper"]))).participation
        for name, person in people.items()
    }
    assert {name for name, one in participations.items() if can_see_participation(reader, one)} == SEEN[who]
    found = find(RegisterFilter(), reader)
    assert {line.person.id for line in found.lines} == {people[name].id for name in SEEN[who]}
    assert found.counts == {LineState.OVERDUE: len(SEEN[who])}
    browser = login_as(reader)
    page = browser.get("/training/register").text
    assert {name for name in people if f"หลักสูตรของ {name}" in page} == SEEN[who]
    titles = {row[0] for row in rows_of(browser.get("/training/register.xlsx"))[1:]}
    assert titles == {f"หลักสูตรของ {name}" for name in SEEN[who]}


def test_the_public_has_no_register(client):
    for url in ("/training/register", "/training/register.xlsx", "/training/figures", "/training/people/1"):
        assert client.get(url).status_code == 302


def rows_of(answer, sheet=0):
    assert answer.status_code == 200
    return list(openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[sheet].values)


# ---- the page


def test_every_line_leads_to_the_training_and_the_persons_record(login_as):
    participation = on(TODAY - timedelta(days=5))
    page = login_as(keeper()).get("/training/register").text
    assert f'href="/training/{participation.training_id}"' in page
    assert f'href="/training/people/{participation.person_id}"' in page


def test_a_report_is_a_link_only_for_who_may_open_it(login_as):
    division = make_unit("กองคลัง")
    person = make_person("มาลี", unit=division)
    participation = make_participation(person)
    report = hand_in(
        participation, waits_at=make_position(division, "ผู้อำนวยการกองคลัง"), level="ผู้อำนวยการกองคลัง"
    )
    head = make_person("สมศรี", unit=division, rank=Rank.HEAD)
    link = f'href="/training/reports/{report.id}"'
    assert link in login_as(person).get("/training/register").text
    page = login_as(head).get("/training/register").text
    assert "ผู้อำนวยการกองคลัง" in page
    assert link not in page


def test_the_file_holds_what_was_filtered_and_texts_stay_texts(login_as):
    make_participation(training=make_training('=HYPERLINK("http://x","คลิก")', kind=TrainingKind.SEMINAR))
    make_participation(training=make_training("อย่างอื่น"))
    answer = login_as(keeper()).get("/training/register.xlsx?kind=seminar")
    cell = openpyxl.load_workbook(io.BytesIO(answer.data)).active["A2"]
    assert (cell.value, cell.data_type) == ('=HYPERLINK("http://x","คลิก")', "s")
    assert len(rows_of(answer)) == 2


def test_what_people_wrote_is_escaped(login_as):
    make_participation(training=make_training("<script>alert(1)</script>"))
    assert "<script>alert" not in login_as(keeper()).get("/training/register").text


def test_a_page_asks_as_little_with_many_lines_as_with_few(login_as, count_queries):
    reader, position = keeper(), make_position(title="ปลัดเทศบาล")
    browser = login_as(reader)
    asked = []
    for number in (1, 30):
        for _ in range(number):
            participation = on(TODAY - timedelta(days=20))
            owe(participation)
            owe(participation, Discharge.RECORD, done=TODAY)
            hand_in(participation, waits_at=position)
        browser.get("/training/register")
        for url in ("/training/register", "/training/register?state=overdue", "/training/figures"):
            with count_queries() as statements:
                assert browser.get(url).status_code == 200
            asked.append(len(statements))
    assert asked[:3] == asked[3:]
    assert max(asked) <= 12


def test_more_than_a_page_is_divided(login_as):
    training = make_training()
    for _ in range(51):
        make_participation(make_person("มาลี"), training)
    reader = keeper()
    assert len(find(RegisterFilter(), reader).lines) == 50
    assert len(find(RegisterFilter(page=2), reader).lines) == 1
    assert find(RegisterFilter(), reader).pages == 2
    assert 'href="/training/register?page=2"' in login_as(reader).get("/training/register").text


def test_the_year_of_today_is_offered_only_when_it_has_lines():
    assert years_in_register(keeper()) == []
    on(TODAY)
    assert years_in_register(keeper()) == [fiscal_year(TODAY)]
    assert make_organisation() is not None
