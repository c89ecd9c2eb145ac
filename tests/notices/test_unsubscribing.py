"""Once a week instead of once a day, and one click in a mail that ends the mails."""

from dataclasses import replace

from portal.db import session
from portal.mail.sending import _message
from portal.notices.models import Way
from portal.notices.preferring import choose_way, way_of
from portal.notices.unsubscribing import person_unsubscribing, unsubscribe_path
from tests.notices.conftest import BASE, mails, make_reader, morning


def test_who_wants_one_mail_a_week_gets_it_for_all_that_came(tell_her, run):
    malee = make_reader("มาลี")
    choose_way(malee, Way.WEEKLY)
    session.commit()
    tell_her(malee, "หนึ่ง")
    assert run(morning(8)) == 1  # of this week none was written yet
    tell_her(malee, "สอง", at=morning(9))
    tell_her(malee, "สาม", at=morning(10))
    assert run(morning(8, days=1)) == 0
    assert run(morning(8, days=5)) == 1  # on the Monday
    assert mails()[-1].subject == "สรุปประจำสัปดาห์: 2 เรื่อง"


def test_looking_at_the_address_ends_nothing_and_one_post_without_signing_in_does(app, client):
    malee = make_reader("มาลี")
    path = unsubscribe_path(app.config["SETTINGS"].secret_key, malee.id)
    app.config["WTF_CSRF_ENABLED"] = True  # a mail program has no token
    assert client.get(path).status_code == 200
    assert way_of(malee) == Way.DAILY
    answer = client.post(path, data={"List-Unsubscribe": "One-Click"}, headers={"Sec-Fetch-Site": "none"})
    assert answer.status_code == 200
    session.expire_all()
    assert way_of(malee) == Way.IN_APP


def test_an_address_that_nobody_signed_ends_nothing(app, client):
    malee = make_reader("มาลี")
    for path in (unsubscribe_path("another key", malee.id), "/unsubscribe/x", "/unsubscribe/MQ.x"):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404
    assert person_unsubscribing("k", unsubscribe_path("k", 999_999).rpartition("/")[2]) is None


def test_a_digest_carries_the_headers_of_one_click(tell_her, run, settings):
    malee = make_reader("มาลี")
    tell_her(malee)
    run(morning(8))
    (mail,) = mails()
    sent = _message(mail, replace(settings, base_url=BASE))
    assert sent["List-Unsubscribe"].startswith(f"<{BASE}/unsubscribe/")
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
