"""A token lets a program search as its owner does: made once, seen in a list, revoked by its owner or the admin."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from portal.audit.models import AuditEntry
from portal.db import session
from portal.people import signing_in
from portal.people.sign_in_models import ApiToken
from portal.people.tokens import make_token
from portal.thai.dates import bangkok_today
from tests.making import make_admin, make_organisation, make_person

SECRET = re.compile(r"km_[\w-]{43}")


def search_with(client, secret):
    return client.get("/api/v1/search?q=ภาษี", headers={"Authorization": f"Bearer {secret}"})


def token_of(person):
    secret = make_token(person)
    session.commit()
    return secret, session.scalars(select(ApiToken).order_by(ApiToken.id.desc())).first()


def acts():
    return [
        (entry.action, entry.actor_id)
        for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    ]


def test_a_token_is_made_on_ones_own_page_and_shown_once(login_as, client):
    me = make_person()
    browser = login_as(me)
    page = browser.post("/me/tokens").text
    secret = SECRET.search(page)[0]
    assert search_with(client, secret).status_code == 200
    assert re.search(r'<button type="button"[^>]*data-copy="[^"]+" hidden>', page), "a script shows it"
    later = browser.get("/me").text
    assert secret not in later
    assert "/me/tokens/" in later, "it stands in the list"
    assert acts() == [("token.make", me.id)]


def test_ones_tokens_are_listed_with_their_days_and_nobody_elses(login_as, client):
    me, other = make_person(), make_person()
    secret, mine = token_of(me)
    _, theirs = token_of(other)
    browser = login_as(me)
    page = browser.get("/me").text
    assert f"/me/tokens/{mine.id}/" in page
    assert f"/me/tokens/{theirs.id}/" not in page
    assert "ยังไม่เคยใช้" in page
    search_with(client, secret)
    assert "ยังไม่เคยใช้" not in browser.get("/me").text


def test_a_revoked_token_is_answered_like_one_that_never_was(login_as, client):
    me = make_person()
    secret, token = token_of(me)
    browser = login_as(me)
    assert browser.post(f"/me/tokens/{token.id}/revoke").status_code == 302
    revoked, unknown = search_with(client, secret), search_with(client, "km_never_made")
    assert revoked.status_code == unknown.status_code == 401
    assert {**revoked.json, "request_id": ""} == {**unknown.json, "request_id": ""}
    assert f"/me/tokens/{token.id}/" not in browser.get("/me").text
    assert acts() == [("token.make", me.id), ("token.revoke", me.id)]


def test_a_token_that_was_revoked_is_not_revoked_again(login_as):
    me = make_person()
    _, token = token_of(me)
    browser = login_as(me)
    browser.post(f"/me/tokens/{token.id}/revoke")
    assert browser.post(f"/me/tokens/{token.id}/revoke").status_code == 404
    assert acts().count(("token.revoke", me.id)) == 1


@pytest.mark.parametrize("make_somebody", [make_person, make_admin])
def test_somebody_elses_token_is_not_there_on_ones_own_page(login_as, client, make_somebody):
    secret, token = token_of(make_person())
    assert login_as(make_somebody()).post(f"/me/tokens/{token.id}/revoke").status_code == 404
    assert search_with(client, secret).status_code == 200


def test_the_admin_sees_a_persons_tokens_and_revokes_one(login_as, client):
    person, admin = make_person(), make_admin()
    secret, token = token_of(person)
    browser = login_as(admin)
    assert f"/admin/tokens/{token.id}/revoke" in browser.get(f"/admin/people/{person.id}").text
    assert browser.post(f"/admin/tokens/{token.id}/revoke").location == f"/admin/people/{person.id}"
    assert search_with(client, secret).status_code == 401
    assert f"/admin/tokens/{token.id}/" not in browser.get(f"/admin/people/{person.id}").text
    assert acts()[-1] == ("token.revoke", admin.id)
    assert "เพิกถอนโทเคน" in browser.get("/admin/audit").text


def test_the_token_of_somebody_who_left_opens_nothing_not_even_what_is_public(client):
    person = make_person()
    secret, _ = token_of(person)
    person.deactivated_at = session.get(ApiToken, 1).made_at
    assert search_with(client, secret).status_code == 401


def test_the_last_day_of_use_is_written_once_a_day(client, count_queries):
    secret, token = token_of(make_person())
    assert token.last_used_on is None
    search_with(client, secret)
    assert token.last_used_on == bangkok_today()
    with count_queries() as statements:
        search_with(client, secret)
    assert not [statement for statement in statements if statement.startswith("UPDATE")]
    token.last_used_on = bangkok_today() - timedelta(days=1)
    search_with(client, secret)
    assert token.last_used_on == bangkok_today()


def test_a_program_is_answered_also_when_the_last_day_cannot_be_noted(client, monkeypatch):
    secret, token = token_of(make_person())

    def busy():
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    monkeypatch.setattr(signing_in, "transaction", busy)
    assert search_with(client, secret).status_code == 200
    assert token.last_used_on is None


def test_a_wrong_token_is_not_noted_and_not_taken_for_the_cookie(login_as):
    make_organisation()
    browser = login_as(make_person())
    assert search_with(browser, "km_never_made").status_code == 401
