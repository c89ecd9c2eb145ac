"""The address that a forgotten password is mailed to is changed by its owner only."""

import pytest
from sqlalchemy import select

from portal.audit.models import AuditEntry
from portal.db import session
from portal.mail.models import Mail
from portal.people.models import Person
from portal.people.passwords import make_link
from tests.making import PASSWORD, make_person


def typed(**changes):
    return {"phone": "", "email": "old@example.org", "language": "", "numerals": "", **changes}


@pytest.fixture
def malee(app):
    return make_person("มาลี", username="malee", email="old@example.org")


def address_of(person):
    return session.scalar(select(Person.email).where(Person.id == person.id))


@pytest.mark.parametrize(("password", "said"), [("", "ใส่รหัสผ่านปัจจุบัน"), ("ไม่ใช่รหัสนี้", "รหัสผ่านปัจจุบันไม่ถูกต้อง")])
def test_without_the_password_the_address_stays_and_what_was_typed_is_not_lost(
    login_as, malee, password, said
):
    answer = login_as(malee).post(
        "/me", data=typed(email="new@example.org", phone="081-222-3333", current=password)
    )
    assert answer.status_code == 422
    assert said in answer.text
    assert "new@example.org" in answer.text
    assert "081-222-3333" in answer.text
    assert address_of(malee) == "old@example.org"
    assert session.scalars(select(Mail)).all() == []


def test_with_the_password_it_changes_and_the_old_address_is_told(login_as, malee):
    assert (
        login_as(malee).post("/me", data=typed(email="new@example.org", current=PASSWORD)).status_code == 302
    )
    assert address_of(malee) == "new@example.org"
    mail = session.scalars(select(Mail)).one()
    assert mail.to_address == "old@example.org"
    assert "malee" in mail.text
    assert "new@example.org" not in mail.text, "whoever reads the old mailbox learns of no other"


def test_an_address_that_is_taken_away_is_told_too(login_as, malee):
    login_as(malee).post("/me", data=typed(email="", current=PASSWORD))
    assert address_of(malee) is None
    assert session.scalars(select(Mail.to_address)).all() == ["old@example.org"]


def test_a_first_address_needs_the_password_and_there_is_nobody_to_tell(app, login_as):
    person = make_person("วันดี")
    browser = login_as(person)
    assert browser.post("/me", data=typed(email="first@example.org")).status_code == 422
    assert browser.post("/me", data=typed(email="first@example.org", current=PASSWORD)).status_code == 302
    assert address_of(person) == "first@example.org"
    assert session.scalars(select(Mail)).all() == []


@pytest.mark.parametrize("same", ["old@example.org", " OLD@Example.org "])
def test_everything_else_is_changed_without_the_password(login_as, malee, same):
    assert login_as(malee).post("/me", data=typed(email=same, phone="081-222-3333")).status_code == 302
    assert session.scalar(select(Person.phone).where(Person.id == malee.id)) == "081-222-3333"
    assert session.scalars(select(Mail)).all() == []


def test_the_log_says_that_the_address_changed_and_not_to_what(login_as, malee):
    login_as(malee).post("/me", data=typed(email="new@example.org", current=PASSWORD))
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.details) == ("person.edit", {"fields": ["email"]})


def test_a_password_given_for_nothing_is_not_shown_again(login_as, malee):
    answer = login_as(malee).post("/me", data=typed(email="no address", current=PASSWORD))
    assert answer.status_code == 422
    assert PASSWORD not in answer.text


def test_a_link_that_was_mailed_to_the_former_address_opens_nothing_any_more(app, login_as, malee):
    secret = make_link(malee, by=None)
    login_as(malee).post("/me", data=typed(email="new@example.org", current=PASSWORD))
    assert address_of(malee) == "new@example.org"
    assert app.test_client().get(f"/password/set/{secret}").status_code == 410


@pytest.mark.parametrize(
    ("page", "form"),
    [
        ("/me", typed(email="new@example.org", current="ไม่ใช่รหัสนี้")),
        ("/password", {"current": "ไม่ใช่รหัสนี้", "password": "ประโยคใหม่ที่จำง่าย", "again": "ประโยคใหม่ที่จำง่าย"}),
    ],
)
def test_the_password_can_t_be_guessed_on_the_pages_of_somebody_signed_in(login_as, malee, page, form):
    browser = login_as(malee)
    answers = [browser.post(page, data=form).status_code for _ in range(12)]
    assert answers[0] == 422
    assert answers[-1] == 429
    assert browser.get("/me").status_code == 200
