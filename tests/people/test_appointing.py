"""Dated rows: one holder at a time, one lasting admin always, and leaving without being deleted."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.db import session
from portal.people.appointing import (
    ActingOverlap,
    ActsForHimself,
    AlreadyMember,
    EndsBeforeStart,
    GroupClosed,
    LastAdmin,
    PersonGone,
    PostingsOverlap,
    RoleHeld,
    appoint,
    change_posting,
    end_role,
    grant_role,
    join,
    let_act,
)
from portal.people.audiences import group_token, tokens_of
from portal.people.grouping import close_group
from portal.people.models import Person, Posting, RoleGrant, RoleName
from portal.people.passwords import make_link
from portal.people.permissions import is_admin
from portal.people.registering import (
    BadEmail,
    BadUsername,
    EmailTaken,
    UsernameTaken,
    deactivate,
    edit_person,
    reactivate,
    register,
)
from portal.people.sign_in_models import OneTimeLink, SignIn
from portal.thai.dates import bangkok_today
from tests.making import grant_role as has_role
from tests.making import join as belongs
from tests.making import (
    make_admin,
    make_asset,
    make_group,
    make_organisation,
    make_person,
    make_position,
    make_unit,
)

pytestmark = pytest.mark.usefixtures("app")

OCTOBER = date(2026, 10, 1)


def test_a_post_has_one_holder_at_a_time():
    position = make_position(make_unit())
    first, second = make_person("อนงค์"), make_person("วิชัย")
    held = appoint(first, position, by=None, from_date=OCTOBER)
    with pytest.raises(PostingsOverlap) as caught:
        appoint(second, position, by=None, from_date=OCTOBER + timedelta(days=100))
    assert "อนงค์" in str(caught.value.values["person"])
    change_posting(held, by=None, from_date=OCTOBER, to_date=date(2026, 12, 31))
    appoint(second, position, by=None, from_date=date(2027, 1, 1))
    with pytest.raises(PostingsOverlap):
        change_posting(held, by=None, from_date=OCTOBER, to_date=date(2027, 1, 1))


def test_on_the_day_before_the_first_holder_began_the_post_was_free():
    position = make_position(make_unit())
    appoint(make_person(), position, by=None, from_date=OCTOBER)
    former = make_person()
    appoint(former, position, by=None, from_date=date(2020, 1, 1), to_date=OCTOBER - timedelta(days=1))
    with pytest.raises(PostingsOverlap):
        appoint(make_person(), position, by=None, from_date=date(2019, 1, 1), to_date=date(2020, 1, 1))


def test_who_moves_on_leaves_his_old_post_the_day_before():
    person = make_person("วิชัย")
    old = person.postings[0]
    appoint(person, make_position(make_unit()), by=None, from_date=OCTOBER, leaves_others=True)
    assert old.to_date == OCTOBER - timedelta(days=1)


def test_days_run_forward():
    with pytest.raises(EndsBeforeStart):
        appoint(
            make_person(), make_position(), by=None, from_date=OCTOBER, to_date=OCTOBER - timedelta(days=1)
        )


def test_one_person_acts_in_a_post_at_a_time_and_never_for_himself():
    position = make_position(make_unit())
    holder = make_person("อนงค์")
    appoint(holder, position, by=None, from_date=OCTOBER)
    let_act(make_person(), position, by=None, from_date=OCTOBER, to_date=OCTOBER, order_number="512/2569")
    with pytest.raises(ActingOverlap):
        let_act(make_person(), position, by=None, from_date=OCTOBER)
    with pytest.raises(ActsForHimself):
        let_act(holder, position, by=None, from_date=OCTOBER + timedelta(days=1))


def test_membership_is_dated_and_single_and_closed_groups_take_nobody_in():
    person, group = make_person(), make_group()
    join(person, group, by=None, from_date=date(2020, 1, 1), to_date=date(2020, 12, 31))
    session.commit()
    assert group_token(group.id) not in tokens_of(person)
    join(person, group, by=None, from_date=date(2021, 1, 1))
    session.commit()
    assert group_token(group.id) in tokens_of(person)
    with pytest.raises(AlreadyMember):
        join(person, group, by=None, from_date=bangkok_today())
    close_group(group, by=None)
    with pytest.raises(GroupClosed):
        join(make_person(), group, by=None, from_date=bangkok_today())


# ---- roles


def admin_grant(person: Person) -> RoleGrant:
    found = session.scalar(
        select(RoleGrant).where(RoleGrant.person_id == person.id, RoleGrant.role == RoleName.ADMIN)
    )
    assert found is not None
    return found


def test_a_role_taken_away_is_gone_at_once_and_its_days_are_kept():
    first, second = make_admin("ธิดา"), make_admin("วิทยา")
    end_role(admin_grant(second), by=first)
    session.commit()
    assert not is_admin(second)
    assert is_admin(first)
    assert admin_grant(second).to_date == bangkok_today() - timedelta(days=1)


def test_the_last_admin_does_not_lose_the_role_not_even_by_himself():
    only = make_admin()
    with pytest.raises(LastAdmin):
        end_role(admin_grant(only), by=only)
    with pytest.raises(LastAdmin):
        end_role(admin_grant(only), by=only, last_day=bangkok_today() + timedelta(days=30))
    with pytest.raises(LastAdmin):
        deactivate(only, by=only)
    session.rollback()
    assert is_admin(only)


@pytest.mark.parametrize("lacking", ["gone", "ending", "not yet"])
def test_an_admin_who_is_gone_or_ends_or_has_not_begun_does_not_count_as_another(lacking):
    today = bangkok_today()
    only, other = make_admin("ธิดา"), make_person("วิทยา")
    if lacking == "gone":
        grant_role(other, RoleName.ADMIN, by=None, from_date=today)
        deactivate(other, by=only)
    elif lacking == "ending":
        grant_role(other, RoleName.ADMIN, by=None, from_date=today, to_date=today + timedelta(days=5))
    else:
        grant_role(other, RoleName.ADMIN, by=None, from_date=today + timedelta(days=1))
    with pytest.raises(LastAdmin):
        end_role(admin_grant(only), by=only)


def test_a_role_is_held_once_at_a_time():
    person = make_person()
    grant_role(person, RoleName.FACILITATOR, by=None, from_date=OCTOBER)
    with pytest.raises(RoleHeld):
        grant_role(person, RoleName.FACILITATOR, by=None, from_date=bangkok_today())
    grant_role(person, RoleName.CKO, by=None, from_date=OCTOBER)


# ---- coming and going


def test_who_leaves_loses_every_place_and_every_browser_but_keeps_his_name_on_what_he_wrote():
    today = bangkok_today()
    leaver = make_person("สมพงษ์", unit=make_unit())
    group = make_group()
    belongs(leaver, group)
    has_role(leaver, RoleName.PRACTITIONER)
    asset = make_asset(author=leaver)
    session.add(SignIn(secret_hash="x", person_id=leaver.id))
    make_link(leaver, by=None)
    to_come = appoint(leaver, make_position(), by=None, from_date=today + timedelta(days=30))
    to_come_id = to_come.id
    deactivate(leaver, by=make_admin())
    session.commit()
    session.expire_all()
    assert [row.to_date for row in (*leaver.postings, *leaver.memberships, *leaver.roles)] == [today] * 3
    assert session.get(Posting, to_come_id) is None
    assert session.scalars(select(SignIn)).all() == []
    assert session.scalars(select(OneTimeLink)).all() == []
    assert tokens_of(leaver) == {"public"}
    assert asset.author is leaver
    with pytest.raises(PersonGone):
        appoint(leaver, make_position(), by=None, from_date=today)


def test_who_comes_back_chooses_a_new_password_and_gets_his_places_anew():
    person = make_person()
    deactivate(person, by=None)
    reactivate(person, by=None)
    session.commit()
    assert person.is_active
    assert person.must_change_password
    assert all(posting.to_date is not None for posting in person.postings)


def test_user_names_and_addresses_belong_to_one_person_however_they_are_written():
    organisation = make_organisation()
    register(organisation, by=None, username=" Pimjai ", first_name="พิมพ์ใจ", email="Pimjai@Example.org")
    with pytest.raises(UsernameTaken):
        register(organisation, by=None, username="PIMJAI", first_name="พิมพ์ใจ")
    with pytest.raises(EmailTaken):
        register(organisation, by=None, username="pim", first_name="พิมพ์ใจ", email="pimjai@example.ORG")


@pytest.mark.parametrize("username", ["", "a", "พิมพ์ใจ", "pim jai", "-pim", "a" * 81, "pim@jai"])
def test_a_user_name_that_can_not_be_typed_everywhere_is_refused(username):
    with pytest.raises(BadUsername):
        register(make_organisation(), by=None, username=username, first_name="พิมพ์ใจ")


@pytest.mark.parametrize(
    "email", ["pimjai", "@example.org", "pim jai@example.org", "pim@example", "a@b.co, c@d.co"]
)
def test_what_is_no_address_is_refused(email):
    with pytest.raises(BadEmail):
        edit_person(make_person(), by=None, email=email)


def test_an_address_can_be_taken_out_again():
    person = make_person(email="pim@example.org")
    assert edit_person(person, by=None, email="") == ["email"]
    assert person.email is None
