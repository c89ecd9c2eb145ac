"""Signing in: who gets in, who is braked, and what a lost session costs (nothing that was typed)."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import Type
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from portal import serving
from portal.app import create_app
from portal.config import BadSetting, Settings
from portal.db import bound_engine, now, session
from portal.mail.models import Mail
from portal.people import passwords, signing_in
from portal.people.models import RoleName
from portal.people.sign_in_models import OneTimeLink, SignIn, SignInAttempt
from portal.people.signing_in import IDLE
from tests.comparing import without_tokens
from tests.making import PASSWORD, make_asset, make_organisation, make_person


def sign_in(client, account, password=PASSWORD, **more):
    return client.post("/sign-in", data={"account": account, "password": password, **more})


@pytest.fixture(autouse=True)
def organisation(app):
    return make_organisation()


def test_a_member_of_staff_signs_in_with_user_name_or_e_mail(client):
    make_person("มาลี", username="malee", email="malee@example.org")
    assert sign_in(client, "Malee").location == "/"
    client.post("/sign-out")
    assert sign_in(client, "malee@EXAMPLE.org").location == "/"
    assert "มาลี" in client.get("/").text


def test_passwords_are_hashed_as_is_recommended_today(strong_hasher):
    """OWASP, Password Storage: Argon2id with 19 MiB and two rounds at least."""
    assert strong_hasher.type is Type.ID
    assert strong_hasher.memory_cost >= 19 * 1024
    assert strong_hasher.time_cost >= 2


def test_the_first_who_is_unknown_waits_no_longer_than_the_next(app, settings, monkeypatch):
    """What his password is compared with is made before anybody is served, not when it is needed first."""
    monkeypatch.setattr(serving, "folded_dictionary", lambda: None)
    monkeypatch.setattr(serving.gc, "freeze", lambda: None)
    passwords.nobodys_hash.cache_clear()
    serving.Server(app, settings, host="127.0.0.1", port=0, workers=1).load()
    assert passwords.nobodys_hash.cache_info().currsize == 1


def test_a_password_hashed_more_weakly_is_hashed_anew_when_it_is_used(client, strong_hasher, monkeypatch):
    person = make_person(username="malee")
    weak = person.password_hash
    monkeypatch.setattr(passwords, "_hasher", strong_hasher)
    assert sign_in(client, "malee").location == "/"
    assert person.password_hash != weak
    assert not strong_hasher.check_needs_rehash(person.password_hash)


def test_the_answer_does_not_tell_whether_an_account_exists(client):
    make_person(username="malee")
    wrong, unknown = sign_in(client, "malee", "ไม่ใช่รหัสนี้"), sign_in(client, "nobody", "ไม่ใช่รหัสนี้")
    assert wrong.status_code == unknown.status_code == 422
    assert strip(wrong.text, "malee") == strip(unknown.text, "nobody")


def strip(page, account):
    return re.sub(r'(value|content)="[^"]*"', "", page.replace(account, ""))


def test_five_wrong_passwords_brake_the_account_for_a_quarter_of_an_hour(client):
    person = make_person(username="malee")
    for _ in range(5):
        assert sign_in(client, "malee", "ผิดทุกครั้ง").status_code == 422
    assert sign_in(client, "malee").status_code == 429
    session.execute(update(SignInAttempt).values(at=now() - timedelta(minutes=16)))
    session.commit()
    assert sign_in(client, "malee").status_code == 302
    assert session.scalar(select(func.count()).select_from(SignIn).where(SignIn.person_id == person.id)) == 1


def test_the_brake_is_the_same_for_an_account_that_does_not_exist(client):
    for _ in range(5):
        sign_in(client, "nobody", "ผิดทุกครั้ง")
    assert sign_in(client, "nobody").status_code == 429


def test_one_address_that_tries_many_accounts_is_braked(client):
    make_person(username="malee")
    for n in range(passwords.ADDRESS_FAILURES):
        passwords.note_failure(f"account{n}", "127.0.0.1")
    session.commit()
    assert sign_in(client, "malee").status_code == 429


def test_somebody_who_has_left_does_not_get_in(client):
    make_person(username="gone", deactivated_at=now())
    assert sign_in(client, "gone").status_code == 422


def test_who_leaves_is_out_of_every_browser_at_once(login_as):
    person = make_person()
    browser = login_as(person)
    assert browser.get("/me").status_code == 200
    person.deactivated_at = now()
    session.commit()
    assert browser.get("/me").status_code == 302


def test_a_session_ends_after_eight_idle_hours(login_as):
    person = make_person()
    browser = login_as(person)
    session.execute(update(SignIn).values(last_seen_at=now() - IDLE - timedelta(minutes=1)))
    session.commit()
    assert browser.get("/me").location.startswith("/sign-in")


def test_a_session_in_use_does_not_end(login_as):
    browser = login_as(make_person())
    session.execute(update(SignIn).values(last_seen_at=now() - IDLE + timedelta(minutes=1)))
    session.commit()
    assert browser.get("/me").status_code == 200
    session.expire_all()
    assert session.scalars(select(SignIn.last_seen_at)).one() > now() - timedelta(minutes=1)


def test_signing_out_ends_the_session_for_a_copied_cookie_too(app, login_as):
    person = make_person()
    browser = login_as(person)
    stolen = app.test_client()
    stolen.set_cookie("portal", browser.get_cookie("portal").value)
    assert stolen.get("/me").status_code == 200
    browser.post("/sign-out")
    assert stolen.get("/me").status_code == 302


def test_sign_out_everywhere_ends_all_browsers(login_as):
    person = make_person()
    here, there = login_as(person), login_as(person)
    here.post("/sign-out-everywhere")
    assert there.get("/me").status_code == 302


def test_a_first_password_must_be_changed_before_anything_else(login_as):
    browser = login_as(make_person(must_change_password=True))
    assert browser.get("/knowledge").location == "/password"
    new = "ประโยคใหม่ที่จำง่าย"
    answer = browser.post("/password", data={"current": PASSWORD, "password": new, "again": new})
    assert answer.location == "/"
    assert browser.get("/plans").status_code == 200


def test_a_changed_password_signs_other_browsers_out(login_as):
    person = make_person()
    here, there = login_as(person), login_as(person)
    new = "ประโยคใหม่ที่จำง่าย"
    here.post("/password", data={"current": PASSWORD, "password": new, "again": new})
    assert here.get("/me").status_code == 200
    assert there.get("/me").status_code == 302


@pytest.mark.parametrize("weak", ["สั้น", "malee-malee-malee", "aaaaaaaaaaaaaa"])
def test_a_weak_password_is_refused_with_a_reason(login_as, weak):
    browser = login_as(make_person(username="malee"))
    answer = browser.post("/password", data={"current": PASSWORD, "password": weak, "again": weak})
    assert answer.status_code == 422
    assert "รหัสผ่าน" in answer.text


def test_a_forgotten_password_is_set_again_by_mail(app, client):
    person = make_person(username="malee", email="malee@example.org")
    client.post("/password/forgotten", data={"account": "malee"})
    mail = session.scalars(select(Mail)).one()
    assert mail.to_address == "malee@example.org"
    assert mail.holds_secret
    secret = re.search(r"/password/set/(\S+)", mail.text).group(1)
    new = "ประโยคใหม่ที่จำง่าย"
    assert client.get(f"/password/set/{secret}").status_code == 200
    assert client.post(f"/password/set/{secret}", data={"password": new, "again": new}).status_code == 302
    assert client.get("/me").status_code == 200
    assert client.get(f"/password/set/{secret}").status_code == 410
    assert sign_in(app.test_client(), person.username, new).status_code == 302


def test_asking_for_a_link_tells_nothing_about_the_account(client):
    make_person(username="malee", email="malee@example.org")
    known = client.post("/password/forgotten", data={"account": "malee"})
    unknown = client.post("/password/forgotten", data={"account": "nobody"})
    assert known.status_code == unknown.status_code == 200
    assert without_tokens(known.text) == without_tokens(unknown.text)


def test_a_link_works_for_its_time_only(client):
    person = make_person()
    secret = passwords.make_link(person, by=None)
    session.execute(update(OneTimeLink).values(expires_at=now() - timedelta(seconds=1)))
    session.commit()
    assert client.get(f"/password/set/{secret}").status_code == 410


def test_a_new_link_ends_the_one_before(client):
    person = make_person()
    first, second = passwords.make_link(person, by=None), passwords.make_link(person, by=None)
    session.commit()
    assert client.get(f"/password/set/{first}").status_code == 410
    assert client.get(f"/password/set/{second}").status_code == 200


def test_the_sign_in_page_leads_on_but_never_to_another_site(client, app):
    person = make_person()
    assert (
        sign_in(client, person.username, next="/knowledge?kind=manual").location == "/knowledge?kind=manual"
    )
    for bad in ("https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)", "/a\nb"):
        assert sign_in(app.test_client(), person.username, next=bad).location == "/", bad


def test_a_closed_page_sends_a_visitor_to_the_sign_in_and_back(client):
    assert client.get("/plans?x=1").location == "/sign-in?next=/plans?x%3D1"


def test_what_was_typed_when_the_session_ended_is_offered_after_signing_in(app, login_as):
    person = make_person()
    asset = make_asset(author=person)
    browser = login_as(person)
    session.execute(update(SignIn).values(last_seen_at=now() - IDLE - timedelta(minutes=1)))
    session.commit()
    typed = "ข้อความยาวที่พิมพ์ค้างไว้ทั้งบ่าย " * 5
    answer = browser.post(f"/items/{asset.id}/comments", data={"text": typed})
    assert answer.status_code == 401
    kept = re.search(r'name="kept"[^>]*value="([^"]+)"', answer.text) or re.search(
        r'value="([^"]+)"[^>]*name="kept"', answer.text
    )
    again = sign_in(browser, person.username, kept=kept.group(1))
    assert again.status_code == 200
    assert typed.strip() in again.text
    assert f'action="/items/{asset.id}/comments"' in again.text


def test_a_form_without_its_token_keeps_what_was_typed(app, login_as):
    app.config["WTF_CSRF_ENABLED"] = False
    person = make_person()
    asset = make_asset(author=person)
    browser = login_as(person)
    app.config["WTF_CSRF_ENABLED"] = True
    answer = browser.post(f"/items/{asset.id}/comments", data={"text": "ข้อความที่พิมพ์ไว้ <b>นาน</b> " * 4})
    assert answer.status_code == 400
    assert "ข้อความที่พิมพ์ไว้ &lt;b&gt;นาน&lt;/b&gt;" in answer.text
    assert 'name="csrf_token"' in answer.text


def test_a_password_is_never_kept_with_a_form(client):
    make_person(username="malee")
    for _ in range(6):
        answer = sign_in(client, "malee", "ความลับสุดยอดของฉัน")
    assert "ความลับสุดยอดของฉัน" not in answer.text


def test_a_one_time_secret_is_not_written_into_the_access_log(app, client):
    secret = passwords.make_link(make_person(), by=None)
    client.get(f"/password/set/{secret}")
    written = "".join(path.read_text() for path in app.config["SETTINGS"].log_dir.glob("access-*.log"))
    assert "/password/set/…" in written
    assert secret not in written


def test_a_page_is_answered_also_when_the_last_use_of_the_session_cannot_be_noted(login_as, monkeypatch):
    browser = login_as(make_person())
    session.execute(update(SignIn).values(last_seen_at=now() - timedelta(hours=1)))
    session.commit()

    def away():
        raise OperationalError("UPDATE", {}, Exception("readonly"))

    monkeypatch.setattr(signing_in, "transaction", away)
    assert browser.get("/me").status_code == 200


def too_late(browser, path, fields, **headers):
    """The sealed form on the sign-in page that answers a form whose session has ended; None when none is kept."""
    session.execute(update(SignIn).values(last_seen_at=now() - IDLE - timedelta(minutes=1)))
    session.commit()
    page = browser.post(path, data=fields, headers=headers).text
    found = re.search(r'name="kept"[^>]*value="([^"]+)"', page)
    return found and found.group(1)


def test_a_form_that_another_site_sent_is_never_offered(login_as):
    browser = login_as(make_person())
    asset = make_asset()
    path, fields = f"/items/{asset.id}/comments", {"text": "ไม่ได้พิมพ์เอง"}
    assert (
        too_late(browser, path, fields, **{"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example"})
        is None
    )
    assert too_late(browser, path, fields, **{"Sec-Fetch-Site": "same-site"}) is None
    assert too_late(browser, path, fields) is not None


def test_an_act_of_the_administration_is_never_kept(login_as):
    admin = make_person(roles=(RoleName.ADMIN,))
    assert too_late(login_as(admin), f"/admin/people/{admin.id}/roles", {"role-role": "admin"}) is None


def test_what_one_person_typed_is_not_offered_to_the_next_at_the_same_pc(login_as):
    browser, other = login_as(make_person("มาลี")), make_person("สมชาย")
    asset = make_asset()
    sealed = too_late(browser, f"/items/{asset.id}/comments", {"text": "ของมาลีเท่านั้น"})
    assert sign_in(browser, other.username, kept=sealed).status_code == 302


def test_what_was_typed_is_sent_with_the_first_press_after_signing_in(app, login_as):
    person = make_person()
    asset = make_asset()
    browser = login_as(person)
    sealed = too_late(browser, f"/items/{asset.id}/comments", {"text": "ส่งครั้งเดียวพอ"})
    app.config["WTF_CSRF_ENABLED"] = True
    token = re.search(r'name="csrf-token" content="([^"]+)"', browser.get("/sign-in").text).group(1)
    page = sign_in(browser, person.username, kept=sealed, csrf_token=token).text
    fresh = re.search(r'name="csrf_token" value="([^"]+)"', page.split('action="/items')[1]).group(1)
    answer = browser.post(f"/items/{asset.id}/comments", data={"text": "ส่งครั้งเดียวพอ", "csrf_token": fresh})
    assert answer.status_code == 302


def test_a_stranger_who_asks_for_a_mail_does_not_spend_the_link_an_admin_handed_over(client):
    person = make_person(username="malee", email="malee@example.org")
    secret = passwords.make_link(person, by=make_person(roles=(RoleName.ADMIN,)))
    session.commit()
    client.post("/password/forgotten", data={"account": "malee"})
    assert client.get(f"/password/set/{secret}").status_code == 200


def test_a_new_password_ends_every_link_that_was_made_before(login_as):
    person = make_person()
    secret = passwords.make_link(person, by=None)
    browser = login_as(person)
    new = "ประโยคใหม่ที่จำง่าย"
    browser.post("/password", data={"current": PASSWORD, "password": new, "again": new})
    assert browser.get(f"/password/set/{secret}").status_code == 410


def test_a_link_in_a_mail_is_never_made_from_the_name_the_request_was_sent_to(settings):
    with pytest.raises(BadSetting, match="PORTAL_BASE_URL"):
        Settings.from_environment({"PORTAL_MAIL_URL": "smtp://mail", "PORTAL_SECRET_KEY": "x"})
    known = replace(settings, base_url="https://km.example.go.th")
    client = create_app(known, testing=True).test_client()
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/healthz", headers={"Host": "km.example.go.th"}).status_code == 200
    bound_engine().dispose()


def test_an_error_of_the_database_quotes_nobodys_text(app):
    assert bound_engine().hide_parameters
