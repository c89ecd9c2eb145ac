"""A mail leaves once, or it is known why not. The server is a real one."""

import email
import multiprocessing
import threading
from dataclasses import replace
from datetime import timedelta
from email.header import decode_header, make_header

import pytest
from sqlalchemy import update

from portal import db
from portal.config import Settings
from portal.db import now
from portal.mail import sending
from portal.mail.models import Mail, MailState
from portal.mail.sending import send_waiting
from portal.mail.writing import write
from tests.mail.conftest import MailServer, let_time_pass, put_mail, the_mail


def test_a_mail_is_sent_once_and_in_thai(settings: Settings, mail_server: MailServer) -> None:
    number = put_mail("malee@town.example")
    assert send_waiting(settings) == 1
    let_time_pass(60)
    assert send_waiting(settings) == 0
    assert mail_server.addresses == ["malee@town.example"]

    mail, arrived = the_mail(number), email.message_from_bytes(mail_server.taken[0].content)
    assert mail.state is MailState.SENT
    assert mail.sent_at is not None
    assert str(make_header(decode_header(arrived["Subject"]))) == "แจ้งเตือน"
    assert "เทศบาลตำบลทดสอบ" in str(make_header(decode_header(arrived["From"])))
    assert arrived.get_payload(decode=True).decode() == "เหลืออีก 3 วัน\n.\nจุดหน้าบรรทัด\n"
    assert arrived["Message-ID"] == mail.message_id
    assert arrived["Date"]
    assert mail_server.taken[0].mail_from == "km@town.example"


def test_a_mail_of_a_change_that_was_taken_back_never_leaves(
    settings: Settings, mail_server: MailServer
) -> None:
    write("malee@town.example", "แจ้งเตือน", "…")
    db.session.flush()
    db.session.rollback()
    db.session.remove()
    assert send_waiting(settings) == 0
    assert mail_server.taken == []


def test_a_subject_can_not_smuggle_in_a_header(settings: Settings, mail_server: MailServer) -> None:
    write("malee@town.example", "แจ้ง\r\nBcc: all@town.example", "…")
    db.session.commit()
    db.session.remove()
    assert send_waiting(settings) == 1
    assert email.message_from_bytes(mail_server.taken[0].content)["Bcc"] is None


def test_without_a_mail_server_mails_are_kept(settings: Settings, mail_server: MailServer) -> None:
    number = put_mail()
    assert send_waiting(replace(settings, mail_url="")) == 0
    assert the_mail(number).state is MailState.WAITING
    assert the_mail(number).tries == 0


def test_a_mail_waits_longer_after_each_failure_and_keeps_its_message_id(
    settings: Settings, mail_server: MailServer
) -> None:
    number = put_mail("malee@town.example")
    message_id = the_mail(number).message_id
    mail_server.refuse["malee@town.example"] = "450 Greylisted, come again"
    pauses = []
    for _ in range(9):
        send_waiting(settings)
        mail = the_mail(number)
        assert mail.state is MailState.WAITING
        assert "Greylisted" in mail.last_error
        pauses.append(round((mail.next_try_at - now()).total_seconds() / 60))
        assert send_waiting(settings) == 0, "not before its time"
        let_time_pass(pauses[-1] + 1)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    mail_server.refuse.clear()
    assert send_waiting(settings) == 1
    assert email.message_from_bytes(mail_server.taken[0].content)["Message-ID"] == message_id


def test_a_mail_that_can_not_leave_for_five_days_fails(settings: Settings, mail_server: MailServer) -> None:
    number = put_mail("malee@town.example")
    mail_server.refuse["malee@town.example"] = "450 Later"
    send_waiting(settings)
    let_time_pass(5 * 24 * 60 + 1)
    send_waiting(settings)
    assert the_mail(number).state is MailState.FAILED
    assert "Later" in the_mail(number).last_error


def test_an_address_that_is_refused_for_ever_fails_and_the_next_one_is_served(
    settings: Settings, mail_server: MailServer
) -> None:
    refused, served = put_mail("gone@town.example"), put_mail("malee@town.example")
    mail_server.refuse["gone@town.example"] = "550 No such user"
    assert send_waiting(settings) == 1
    assert the_mail(refused).state is MailState.FAILED
    assert "No such user" in the_mail(refused).last_error
    assert the_mail(served).state is MailState.SENT
    let_time_pass(600)
    assert send_waiting(settings) == 0
    assert mail_server.addresses == ["malee@town.example"]


def test_a_text_that_is_refused_for_ever_fails(settings: Settings, mail_server: MailServer) -> None:
    number, next_one = put_mail("malee@town.example"), put_mail("somchai@town.example")
    mail_server.refuse_text["malee@town.example"] = "554 Looks like spam"
    assert send_waiting(settings) == 1
    assert the_mail(number).state is MailState.FAILED
    assert the_mail(next_one).state is MailState.SENT


@pytest.mark.parametrize(
    "address", ["", "no address", "มาลี@town.example", "a@b\r\nRCPT TO:<all@town.example>"]
)
def test_an_address_that_is_none_fails_and_holds_up_nobody(
    settings: Settings, mail_server: MailServer, address: str
) -> None:
    number, next_one = put_mail("x@town.example"), put_mail("malee@town.example")
    with db.transaction() as session:
        session.execute(update(Mail).where(Mail.id == number).values(to_address=address))
    send_waiting(settings)
    assert the_mail(number).state is MailState.FAILED
    assert the_mail(next_one).state is MailState.SENT
    assert mail_server.addresses == ["malee@town.example"]


def test_a_line_that_breaks_after_the_text_leaves_the_mail_uncertain_and_it_is_never_sent_again(
    settings: Settings, mail_server: MailServer
) -> None:
    number = put_mail("malee@town.example")
    mail_server.break_line["malee@town.example"] = "data"
    assert send_waiting(settings) == 0
    assert the_mail(number).state is MailState.UNCERTAIN
    mail_server.break_line.clear()
    let_time_pass(24 * 60)
    assert send_waiting(settings) == 0
    assert mail_server.addresses == ["malee@town.example"]


def test_a_line_that_breaks_before_the_text_is_tried_again(
    settings: Settings, mail_server: MailServer
) -> None:
    number, next_one = put_mail("malee@town.example"), put_mail("somchai@town.example")
    mail_server.break_line["malee@town.example"] = "rcpt"
    assert send_waiting(settings) == 0
    assert the_mail(number).state is MailState.WAITING
    assert the_mail(next_one).tries == 0
    mail_server.break_line.clear()
    let_time_pass(2)
    assert send_waiting(settings) == 2
    assert sorted(mail_server.addresses) == ["malee@town.example", "somchai@town.example"]


def test_a_server_that_refuses_our_own_address_fails_no_mail(
    settings: Settings, mail_server: MailServer
) -> None:
    numbers = [put_mail() for _ in range(3)]
    mail_server.refuse_sender = "550 Sender unknown"
    assert send_waiting(settings) == 0
    assert {the_mail(number).state for number in numbers} == {MailState.WAITING}
    assert "Sender unknown" in the_mail(numbers[0]).last_error
    mail_server.refuse_sender = ""
    let_time_pass(2)
    assert send_waiting(settings) == 3


def test_a_wrong_password_for_the_mail_server_fails_no_mail(
    settings: Settings, mail_server: MailServer
) -> None:
    number = put_mail()
    url = settings.mail_url.replace("//", "//somebody:wrong@")
    assert send_waiting(replace(settings, mail_url=url)) == 0
    assert the_mail(number).state is MailState.WAITING
    assert "wrong" not in the_mail(number).last_error


def test_a_server_that_is_away_is_asked_once_for_the_whole_batch(
    settings: Settings, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [put_mail() for _ in range(5)]
    asked = []

    def away(*where: object, **_: object) -> None:
        asked.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr(sending.smtplib, "SMTP", away)
    assert send_waiting(settings) == 0
    assert len(asked) == 1
    assert send_waiting(settings) == 0
    assert len(asked) == 1, "all of them wait"
    monkeypatch.undo()
    let_time_pass(2)
    assert send_waiting(settings) == 5
    assert all(the_mail(number).state is MailState.SENT for number in numbers)


def test_what_a_dead_worker_had_in_its_hands_is_shown_and_not_sent_again(
    settings: Settings, mail_server: MailServer
) -> None:
    number = put_mail()
    assert sending._claim(number) is not None
    assert send_waiting(settings) == 0
    assert the_mail(number).state is MailState.SENDING, "another worker may be at it"
    let_time_pass(sending.LOST_AFTER / timedelta(minutes=1) + 1)
    assert send_waiting(settings) == 0
    assert the_mail(number).state is MailState.UNCERTAIN
    assert mail_server.taken == []


def test_several_threads_that_send_at_once_send_each_mail_once(
    settings: Settings, mail_server: MailServer
) -> None:
    for _ in range(12):
        put_mail()
    begin, sent, errors = threading.Barrier(4), [], []

    def send() -> None:
        begin.wait()
        try:
            sent.append(send_waiting(settings))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert sum(sent) == 12
    assert len(set(mail_server.addresses)) == len(mail_server.addresses) == 12


def _send_elsewhere(settings: Settings) -> int:
    engine = db.connect(settings.database_url)
    try:
        return send_waiting(settings)
    finally:
        engine.dispose()


def test_several_workers_that_send_at_once_send_each_mail_once(
    settings: Settings, mail_server: MailServer
) -> None:
    for _ in range(20):
        put_mail()
    with multiprocessing.get_context("spawn").Pool(3) as workers:
        sent = workers.map(_send_elsewhere, [settings] * 3, chunksize=1)
    assert sum(sent) == 20
    assert len(set(mail_server.addresses)) == len(mail_server.addresses) == 20
