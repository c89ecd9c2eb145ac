"""Notices by mail, as each person chose: at once, or one mail a day; what waits never one mail per item. The server is real."""

import email
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from email.header import decode_header, make_header

import pytest
from sqlalchemy import func, select

from portal import reminding
from portal.db import now, session
from portal.mail.models import Mail, MailState
from portal.mail.sending import send_waiting
from portal.notices import mailing
from portal.notices.models import Digest, Notice, Travel, Way
from portal.notices.preferring import choose_way
from portal.notices.telling import tell
from portal.reminding import run_due
from tests.making import make_admin, make_person
from tests.notices.conftest import BASE, KINDS, mails, make_reader, morning
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


def test_a_day_is_one_mail_that_holds_all_that_is_new(tell_her, run):
    malee = make_reader("มาลี")
    notices = [tell_her(malee, key) for key in ("หนึ่ง", "สอง", "สาม")]
    ids = [notice.id for notice in notices]
    assert run(morning(8)) == 1
    (mail,) = mails()
    assert mail.to_address == malee.email
    assert mail.subject == "แจ้งเตือนวันนี้: 3 เรื่อง"
    for key, notice_id in zip(("หนึ่ง", "สอง", "สาม"), ids, strict=True):
        assert f"• เรื่อง {key}\n  {BASE}/notices/{notice_id}" in mail.text
    assert f"{BASE}/me" in mail.text
    assert {notice.mail_id for notice in session.scalars(select(Notice))} == {mail.id}


def test_before_half_past_seven_in_bangkok_no_digest_is_written(tell_her, run):
    tell_her(make_reader())
    assert run(morning(7, 29)) == 0
    assert run(morning(7, 30)) == 1


def test_the_day_of_a_digest_is_bangkoks(tell_her, run):
    """Half past midnight UTC is half past seven in Bangkok, and the last minute of a UTC day the next one there."""
    malee = make_reader()
    tell_her(malee, "หนึ่ง")
    assert run(morning(7, 30)) == 1
    assert session.scalars(select(Digest.day)).one() == morning().date()
    tell_her(malee, "สอง", at=morning(23, 59))
    assert run(morning(23, 59)) == 0, "the day has its digest"
    assert run(morning(0, 1, days=1)) == 0, "too early in the morning"
    assert run(morning(7, 30, days=1)) == 1


def test_what_is_told_after_the_digest_waits_for_tomorrow_also_for_who_got_none(tell_her, run):
    malee, somchai = make_reader("มาลี"), make_reader("สมชาย")
    tell_her(malee, "หนึ่ง")
    run(morning(8))
    tell_her(malee, "สอง", at=morning(10))
    tell_her(somchai, "สอง", at=morning(10))
    assert run(morning(11)) == 0
    assert run(morning(8, days=1)) == 2
    assert len(mails()) == 3


def test_nothing_is_mailed_again(tell_her, run):
    tell_her(make_reader())
    assert [run(morning(8, days=day)) for day in range(4)] == [1, 0, 0, 0]


def test_a_worker_that_was_down_for_days_writes_one_mail(tell_her, run):
    malee = make_reader()
    for day in range(3):
        tell_her(malee, f"วันที่ {day}", at=morning(9, days=day))
    assert run(morning(15, days=3)) == 1
    assert run(morning(15, 1, days=3)) == 0


def test_at_once_is_one_mail_for_each_notice_at_any_hour(tell_her, run):
    malee = make_reader(way=Way.AT_ONCE)
    tell_her(malee, "หนึ่ง", at=morning(2))
    tell_her(malee, "สอง", at=morning(2))
    assert run(morning(2, 1)) == 2
    assert run(morning(2, 2)) == 0
    assert run(morning(8)) == 0, "not again in the digest"
    assert [mail.subject for mail in mails()] == ["แจ้งเตือน: ความเห็นใหม่"] * 2


def test_what_waits_is_one_mail_a_day_also_for_who_wants_all_at_once(tell_her, run):
    mayor = make_reader(way=Way.AT_ONCE)
    for number in range(5):
        tell_her(mayor, f"รายงาน {number}", Travel.DAILY_ONLY)
    assert run(morning(2)) == 0
    assert run(morning(8)) == 1
    assert mails()[0].text.count("• ") == 5


def test_who_looks_in_the_portal_gets_no_mail(tell_her, run):
    malee = make_reader(way=Way.IN_APP)
    for travels in Travel:
        tell_her(malee, travels, travels)
    assert [run(morning(8, days=day)) for day in range(7)] == [0] * 7


def test_what_came_while_one_wanted_no_mail_is_not_mailed_afterwards(tell_her, run):
    malee = make_reader(way=Way.IN_APP)
    tell_her(malee, "เก่า")
    choose_way(malee, Way.DAILY)
    session.commit()
    tell_her(malee, "ใหม่", at=morning(7))
    assert run(morning(8)) == 1
    assert "เก่า" not in mails()[0].text
    assert "ใหม่" in mails()[0].text


def test_some_kinds_are_never_mailed(tell_her, run):
    tell_her(make_reader(), travels=Travel.NEVER)
    assert run(morning(8)) == 0


def test_weekly_kinds_come_in_one_mail_on_monday(tell_her, run):
    malee = make_reader(way=Way.AT_ONCE)
    run(morning(8))  # Wednesday: this week's round was begun
    for number in range(3):
        tell_her(malee, f"เกินกำหนด {number}", Travel.WEEKLY_ONLY, at=morning(9))
    monday = 5
    assert [run(morning(8, days=day)) for day in range(1, monday + 3)] == [0, 0, 0, 0, 1, 0, 0]
    assert mails()[0].subject == "สรุปประจำสัปดาห์: 3 เรื่อง"


def test_a_worker_that_was_down_on_monday_makes_up_for_it(tell_her, run):
    tell_her(make_reader(), travels=Travel.WEEKLY_ONLY, at=morning(9))
    assert run(morning(8, days=6)) == 1  # the Tuesday after
    assert run(morning(8, days=7)) == 0


def test_what_was_read_in_the_portal_is_not_mailed(tell_her, run):
    notice = tell_her(make_reader())
    notice.read_at = now()
    assert run(morning(8)) == 0


def test_what_was_closed_meanwhile_is_not_mailed_and_the_mail_counts_what_it_holds(tell_her, run):
    malee, somchai = make_reader("มาลี"), make_reader("สมชาย", way=Way.AT_ONCE)
    tell_her(malee, "เปิด")
    tell_her(malee, "ปิด", closed=True)
    tell_her(malee, "ของกลุ่มอื่น", token="group:999")
    tell_her(somchai, "ปิด", closed=True)
    assert run(morning(8)) == 1
    (mail,) = mails()
    assert mail.subject == "แจ้งเตือนวันนี้: 1 เรื่อง"
    assert "เรื่อง ปิด" not in mail.text
    assert "ของกลุ่มอื่น" not in mail.text


@pytest.mark.parametrize("without", [{"email": None}, {"deactivated_at": morning(1)}])
def test_nobody_without_an_address_and_nobody_who_has_left_gets_a_mail(tell_her, run, without):
    tell_her(make_reader(**without))
    assert run(morning(8)) == 0
    assert mails() == []


def test_what_waited_two_weeks_for_an_address_is_no_news(tell_her, run):
    malee = make_reader(email=None)
    tell_her(malee, at=morning(8) - timedelta(days=14, minutes=1))
    malee.email = "malee@town.example"
    assert run(morning(8)) == 0


def test_an_english_reader_gets_english_and_thai_numerals_are_for_who_chose_them(tell_her, run):
    for name, more in {"Mary": {"language": "en"}, "มาลี": {"numerals": "thai"}}.items():
        reader = make_reader(name, **more)
        for number in range(11):
            tell_her(reader, f"k{number}")
    run(morning(8))
    assert [mail.subject for mail in mails()] == ["Today: 11 notices", "แจ้งเตือนวันนี้: ๑๑ เรื่อง"]
    assert "All notices: " in mails()[0].text


def test_without_an_address_of_the_portal_the_mail_says_where_to_look(tell_her, run):
    tell_her(make_reader())
    run(morning(8), base_url="")
    (mail,) = mails()
    assert "http" not in mail.text
    assert "/notices" not in mail.text
    assert "แจ้งเตือน" in mail.text


def test_a_title_can_add_no_line_to_a_mail_and_nothing_to_its_subject(tell_her, run):
    malee = make_reader(way=Way.AT_ONCE)
    tell_her(malee, "ด่วน\r\nBcc: all@town.example\n\nโปรดส่งรหัสผ่าน")
    run(morning(8))
    (mail,) = mails()
    assert mail.subject == "แจ้งเตือน: ความเห็นใหม่"
    assert "เรื่อง ด่วน Bcc: all@town.example โปรดส่งรหัสผ่าน\n" in mail.text


def test_the_texts_of_mails_are_not_the_admins_to_read(tell_her, run, login_as):
    tell_her(make_reader())
    run(morning(8))
    page = login_as(make_admin()).get(f"/admin/mails/{mails()[0].id}").text
    assert "แจ้งเตือนวันนี้" in page
    assert "เรื่อง หนึ่ง" not in page


def test_the_mail_arrives_once_through_a_real_server(tell_her, run, settings, mail_server):
    malee = make_reader("มาลี", email="malee@town.example")
    tell_her(malee)
    run(morning(8))
    sending = replace(
        settings, mail_url=f"smtp://127.0.0.1:{mail_server.port}", base_url=BASE, mail_from="km@town.example"
    )
    session.remove()
    assert [send_waiting(sending), send_waiting(sending)] == [1, 0]
    arrived = email.message_from_bytes(mail_server.taken[0].content)
    assert mail_server.addresses == ["malee@town.example"]
    assert str(make_header(decode_header(arrived["Subject"]))) == "แจ้งเตือนวันนี้: 1 เรื่อง"
    assert "เรื่อง หนึ่ง" in arrived.get_payload(decode=True).decode()


def test_a_line_that_breaks_in_the_middle_leaves_the_mail_uncertain_and_the_reminder_is_not_repeated(
    tell_her, run, settings, mail_server
):
    malee = make_reader(email="malee@town.example")
    tell_her(malee)
    mail_server.break_line["malee@town.example"] = "data"
    sending = replace(settings, mail_url=f"smtp://127.0.0.1:{mail_server.port}", base_url=BASE)
    run(morning(8))
    session.remove()
    send_waiting(sending)
    mail_server.break_line.clear()
    assert [run(morning(8, days=day)) for day in range(1, 8)] == [0] * 7
    session.remove()
    assert send_waiting(sending) == 0
    assert [mail.state for mail in mails()] == [MailState.UNCERTAIN]
    assert len(mail_server.taken) == 1


def test_a_worker_that_dies_between_claiming_and_writing_has_claimed_nothing(tell_her, run, monkeypatch):
    malee, somchai = make_reader("มาลี"), make_reader("สมชาย")
    for person in (malee, somchai):
        tell_her(person)
    real, died = mailing.write, []

    def die_once(*given, **more):
        if not died:
            died.append(given)
            raise RuntimeError("killed")
        return real(*given, **more)

    monkeypatch.setattr(mailing, "write", die_once)
    assert run(morning(8)) == 1, "the other one's is written all the same"
    assert run(morning(8, 1)) == 1
    assert {mail.to_address for mail in mails()} == {malee.email, somchai.email}
    assert run(morning(8, 2)) == 0


def test_a_digest_that_was_interrupted_goes_on_with_what_was_told_when_it_began(tell_her, run, monkeypatch):
    malee = make_reader()
    tell_her(malee, "หนึ่ง")
    real = mailing.write
    monkeypatch.setattr(mailing, "write", lambda *_given, **_more: 1 / 0)
    assert run(morning(8)) == 0
    monkeypatch.setattr(mailing, "write", real)
    tell_her(malee, "สอง", at=morning(9))
    assert run(morning(9, 1)) == 1
    assert "สอง" not in mails()[0].text


def test_two_workers_at_the_same_moment_write_one_digest_and_one_mail_at_once(app, tell_her, settings):
    daily, at_once = make_reader("มาลี"), make_reader("สมชาย", way=Way.AT_ONCE)
    for person in (daily, at_once):
        for key in ("หนึ่ง", "สอง"):
            tell_her(person, key)
    session.remove()
    both = threading.Barrier(2)

    def one_worker():
        both.wait()
        return run_due(app, replace(settings, base_url=BASE), morning(8))

    with ThreadPoolExecutor(2) as workers:
        done = [one.result() for one in [workers.submit(one_worker) for _ in range(2)]]
    assert sum(done) == 3
    assert sorted(mail.to_address for mail in mails()) == sorted([daily.email] + [at_once.email] * 2)


def test_a_reminder_that_fails_stops_no_other_and_no_mail(tell_her, run, monkeypatch):
    malee = make_reader()
    malee_id = malee.id
    tell_her(malee)

    def fails(_moment):
        tell([malee_id], KINDS[Travel.NEVER], malee, key="ครึ่งเดียว")
        raise RuntimeError("a domain's fault")

    def reminds(_moment):
        return tell([malee_id], KINDS[Travel.NEVER], malee, key="duty:1:due-7")

    monkeypatch.setattr(reminding, "REMINDERS", (fails, reminds))
    assert run(morning(8)) == 2
    assert run(morning(8, 1)) == 0
    assert {notice.key for notice in session.scalars(select(Notice))} == {"หนึ่ง", "duty:1:due-7"}


def test_what_a_reminder_tells_in_the_morning_is_in_the_mail_of_that_morning(tests_speak, run, monkeypatch):
    malee = make_reader()
    malee_id = malee.id

    def reminds(_moment):
        done = tell([malee_id], KINDS[Travel.AT_ONCE_OR_DAILY], malee, key="duty:1:due-0")
        for notice in session.scalars(select(Notice)):
            notice.made_at = morning(8)
        return done

    monkeypatch.setattr(reminding, "REMINDERS", (reminds,))
    assert run(morning(8)) == 2


def test_a_quiet_minute_writes_nothing(run):
    make_person()
    run(morning(8))
    assert run(morning(8, 1)) == 0
    assert session.scalar(select(func.count()).select_from(Mail)) == 0
