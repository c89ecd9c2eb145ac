"""The pages of recognition: the roll of honour, an award with its certificate, honouring by hand."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.db import session
from portal.people.models import GroupKind, OrganisationKind, Rank
from portal.people.settings import decide
from portal.recognition.awarding import honour, withdraw
from portal.recognition.models import Award
from portal.thai.numerals import Numerals
from tests.documents.papers import LONG_NAME
from tests.documents.reading_pdf import pages_of, squeezed, text_of
from tests.making import act_for, join, make_admin, make_group, make_organisation, make_person, make_unit


@pytest.fixture
def manee(app):
    with app.test_request_context():
        make_organisation("เทศบาลตำบลปากน้ำท่าเรือ", kind=OrganisationKind.SUBDISTRICT_MUNICIPALITY)
        yield make_person("มานี")


@pytest.fixture
def team(manee):
    """Somebody of the KM team."""
    person = make_person("นารี")
    join(person, make_group("คณะทำงาน KM", GroupKind.KM_TEAM))
    return person


@pytest.fixture
def mayor(manee):
    person = make_person("นายก", unit=make_organisation(), rank=Rank.CHIEF_EXECUTIVE)
    person.postings[0].position.title = "นายกเทศมนตรี"
    session.commit()
    return person


def given(person, by, reason="ดูแลผู้สูงอายุทั้งตำบล 12 หมู่บ้าน", key="a"):
    award = honour(person, by=by, reason=reason, send_key=key)
    session.commit()
    return award


def earned(person):
    award = Award(
        organisation_id=person.organisation_id,
        person_id=person.id,
        badge="answers",
        facts={"items": [], "count": 3},
    )
    session.add(award)
    session.commit()
    return award


def certificate(browser, award):
    answer = browser.get(f"/awards/{award.id}/certificate.pdf")
    assert answer.status_code == 200, answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.data


def says(pdf, *texts):
    read = text_of(pdf)
    return all(squeezed(text) in read for text in texts)


def test_the_km_team_honours_by_hand_and_who_is_honoured_is_told(manee, team, login_as):
    browser = login_as(team)
    assert "/awards/new?person=" in browser.get(f"/people/{manee.id}").text
    page = browser.get(f"/awards/new?person={manee.id}").text
    assert f'<option selected value="{manee.id}">' in page
    answer = browser.post(
        "/awards/new", data={"person": manee.id, "reason": "ดูแลผู้สูงอายุทั้งตำบล", "send_key": "a"}
    )
    assert answer.status_code == 302
    browser.post("/awards/new", data={"person": manee.id, "reason": "ดูแลผู้สูงอายุทั้งตำบล", "send_key": "a"})
    (award,) = session.scalars(select(Award))
    assert "ดูแลผู้สูงอายุทั้งตำบล" in login_as(manee).get("/notices").text
    shown = login_as(make_person("สมชาย")).get(f"/people/{manee.id}").text
    assert "ดูแลผู้สูงอายุทั้งตำบล" in shown
    assert f'href="/awards/{award.id}"' in shown


def test_nobody_honours_himself_nor_does_who_may_not(manee, team, login_as):
    data = {"person": team.id, "reason": "เก่งมาก", "send_key": "a"}
    assert login_as(team).post("/awards/new", data=data).status_code == 422
    assert login_as(manee).post("/awards/new", data=data).status_code == 403
    assert session.scalars(select(Award)).all() == []


def test_a_reason_that_is_too_long_is_refused_and_stays_in_the_box(manee, team, login_as):
    answer = login_as(team).post(
        "/awards/new", data={"person": manee.id, "reason": "ก" * 501, "send_key": "a"}
    )
    assert answer.status_code == 422
    assert "ก" * 501 in answer.text


def test_a_script_in_a_reason_is_shown_as_text(manee, team, login_as):
    award = given(manee, team, "<script>alert(1)</script>")
    for address in ("/awards", f"/awards/{award.id}", f"/people/{manee.id}"):
        page = login_as(manee).get(address).text
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert(1)" not in page


def test_an_award_is_withdrawn_with_a_reason_and_gone_for_colleagues(manee, team, login_as):
    award = given(manee, team)
    somchai = make_person("สมชาย")
    browser = login_as(team)
    assert browser.post(f"/awards/{award.id}/withdraw", data={"why": " "}).status_code == 422
    browser.post(f"/awards/{award.id}/withdraw", data={"why": "ให้ผิดคน"})
    assert "ให้ผิดคน" in login_as(manee).get("/notices").text
    own = login_as(manee).get(f"/awards/{award.id}").text
    assert "ให้ผิดคน" in own
    assert "certificate.pdf" not in own
    assert login_as(manee).get(f"/awards/{award.id}/certificate.pdf").status_code == 403
    colleague = login_as(somchai)
    assert colleague.get(f"/awards/{award.id}").status_code == 404
    for address in ("/awards", f"/people/{manee.id}"):
        assert "ดูแลผู้สูงอายุ" not in colleague.get(address).text


def test_the_roll_of_honour_stands_in_the_order_of_names_and_counts_nobody(manee, team, login_as):
    for name in ("ฤดี", "เกม", "ขวัญ", "แก้ว", "กา"):
        given(make_person(name, last_name="ดี"), team, f"เหตุผลของ{name}", key=name)
    page = login_as(manee).get("/awards").text
    places = [page.index(f"เหตุผลของ{name}") for name in ("กา", "เกม", "แก้ว", "ขวัญ", "ฤดี")]
    assert places == sorted(places)
    for word in ("คะแนนรวม", "อันดับที่"):
        assert word not in page


def test_the_roll_is_narrowed_by_fiscal_year_and_award(manee, team, login_as):
    award = given(manee, team)
    old = earned(manee)
    old.awarded_at -= timedelta(days=800)
    session.commit()
    browser = login_as(manee)
    assert f'href="/awards/{old.id}"' not in browser.get("/awards").text
    assert f'href="/awards/{award.id}"' in browser.get("/awards?badge=honoured").text
    assert f'href="/awards/{award.id}"' not in browser.get("/awards?badge=answers").text
    for odd in ("year=x", "year=99999", "badge=nothing", "page=-1", "page=999", "year=2500"):
        assert browser.get(f"/awards?{odd}").status_code == 200


def test_who_keeps_his_awards_to_himself_stands_on_no_roll(manee, team, login_as):
    given(manee, team)
    own, colleague = login_as(manee), login_as(make_person("สมชาย"))
    assert own.post("/me/awards", data={"shown": "maybe"}).status_code == 422
    own.post("/me/awards", data={"shown": "no"})
    for address in ("/awards", f"/people/{manee.id}"):
        assert "ดูแลผู้สูงอายุ" not in colleague.get(address).text
    assert "ดูแลผู้สูงอายุ" in own.get("/me").text
    own.post("/me/awards", data={"shown": "yes"})
    assert "ดูแลผู้สูงอายุ" in colleague.get("/awards").text


def test_the_list_asks_as_much_of_the_database_with_many_awards_as_with_few(
    manee, team, login_as, count_queries
):
    browser = login_as(manee)

    def asked():
        browser.get("/awards")
        with count_queries() as statements:
            browser.get("/awards")
        return len(statements)

    given(manee, team)
    few = asked()
    for number in range(20):
        given(make_person(f"คน {number}"), team, key=str(number))
    assert asked() <= few <= 14


def test_a_certificate_names_whom_for_what_when_and_who_signs(manee, team, mayor, login_as):
    pdf = certificate(login_as(manee), given(manee, team))
    assert says(
        pdf, "เทศบาลตำบลปากน้ำท่าเรือ", manee.name, "ดูแลผู้สูงอายุทั้งตำบล 12 หมู่บ้าน", f"({mayor.name})", "นายกเทศมนตรี"
    )
    assert says(pdf, "บุคคลที่หน่วยงานยกย่อง", "." * 46)  # as what, and a line to sign on
    assert len(pages_of(pdf)) == 1


def test_its_figures_are_the_organisations_whoever_prints_it(manee, mayor, login_as):
    award = earned(manee)
    award.awarded_at = award.awarded_at.replace(year=2026, month=10, day=15)
    manee.numerals = Numerals.ARABIC
    decide(manee.organisation_id, numerals=Numerals.THAI)
    session.commit()
    assert says(certificate(login_as(manee), award), "ได้รับเลือก ๓ ครั้ง", "ให้ไว้ ณ วันที่ ๑๕ ตุลาคม พ.ศ. ๒๕๖๙")
    manee.numerals = Numerals.THAI
    decide(manee.organisation_id, numerals=Numerals.ARABIC)
    session.commit()
    assert says(certificate(login_as(manee), award), "ได้รับเลือก 3 ครั้ง", "ให้ไว้ ณ วันที่ 15 ตุลาคม พ.ศ. 2569")


def test_an_english_reader_prints_the_same_certificate(manee, login_as):
    manee.language = "en"
    session.commit()
    assert says(certificate(login_as(manee), earned(manee)), "มอบประกาศเกียรติคุณ", "ผู้ตอบที่เพื่อนเลือก")


def test_who_acts_for_the_mayor_signs_for_him_and_an_empty_post_leaves_a_line(manee, team, mayor, login_as):
    award = given(manee, team)
    deputy = make_person("รองนายก", unit=make_organisation())
    deputy.postings[0].position.title = "รองนายกเทศมนตรี"
    post = mayor.postings[0].position
    act_for(deputy, post)
    pdf = certificate(login_as(manee), award)
    assert says(pdf, f"({deputy.name})", "รองนายกเทศมนตรี รักษาราชการแทน", "นายกเทศมนตรี")
    for one in (*post.postings, *post.acting_appointments):
        session.delete(one)
    session.commit()
    pdf = certificate(login_as(manee), award)
    assert says(pdf, "....", "นายกเทศมนตรี")
    assert mayor.name not in text_of(pdf)


def test_long_names_and_reasons_stay_on_one_page(manee, team, mayor, login_as):
    manee.prefix, manee.first_name, manee.last_name = "", LONG_NAME, LONG_NAME
    mayor.last_name = LONG_NAME
    make_organisation().name = "องค์การบริหารส่วนตำบลบ้านหนองน้ำใส" * 4
    session.commit()
    pdf = certificate(login_as(manee), given(manee, team, "ทุ่มเทดูแลผู้สูงอายุทุกหมู่บ้านในตำบล " * 13))
    assert len(pages_of(pdf)) == 1


def test_what_is_typed_is_no_command_to_the_printer(manee, team, login_as):
    hostile = '#read("/etc/passwd") $x$ <label> @ref // ende #panic() ] ) } \\'
    pdf = certificate(login_as(manee), given(manee, team, hostile))
    assert says(pdf, '#read("/etc/passwd")', "#panic()")


def test_a_colleague_prints_nobody_elses_certificate(manee, team, login_as, client):
    award = given(manee, team)
    assert login_as(make_person("สมชาย")).get(f"/awards/{award.id}/certificate.pdf").status_code == 403
    assert client.get(f"/awards/{award.id}/certificate.pdf").status_code == 302
    assert client.get("/awards").status_code == 302


def test_a_withdrawn_award_is_told_of_no_more_as_an_honour(manee, team, login_as):
    award = given(manee, team)
    withdraw(award, by=make_admin(), why="ให้ผิดคน")
    session.commit()
    page = login_as(manee).get("/notices").text
    assert "คุณได้รับการยกย่องเป็น" not in page
    assert "ให้ผิดคน" in page


def test_the_unit_of_nobody_is_needed_to_be_honoured(team, login_as):
    lonely = make_person("ไร้สังกัด", unit=make_unit("กองช่าง"))
    for one in lonely.postings:
        one.to_date = one.from_date
    award = given(lonely, team)
    assert login_as(lonely).get(f"/awards/{award.id}").status_code == 200
