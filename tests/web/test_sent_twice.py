"""A double click makes one thing, whatever it makes; who goes back and writes on makes another."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import func, select

from portal import db
from portal.communities.models import Community
from portal.db import now, session
from portal.drafts.models import SentForm
from portal.drafts.sending import forget_sent_forms
from portal.knowledge.models import KnowledgeAsset
from portal.plan.models import KnowledgeNeed
from tests.knowledge.test_writing_assets import form as asset_form
from tests.making import make_admin, make_person
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


def community_form(**changes):
    fields = {"name": "ชุมชนประปา", "name_en": "", "purpose": "ดูแลน้ำให้ใส", "openness": "open", "step": "KM6"}
    return {**fields, "goal": "", "send_key": "k1", **changes}


FORMS = {
    "community": ("/communities/new", community_form(), Community),
    "article": ("/knowledge/new", asset_form(draft="0123456789abcdef"), KnowledgeAsset),
    "need": ("/plan/needs", {"words": "วิธีล้างถังทราย", "note": "", "send_key": "k1"}, KnowledgeNeed),
}


def photograph(colour):
    file = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(file, "PNG")
    file.seek(0)
    return file, "image.png"


def count(model):
    return session.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize("what", FORMS)
def test_who_clicks_twice_is_led_to_the_one_thing_both_times(what, login_as):
    address, fields, model = FORMS[what]
    browser = login_as(make_person())
    first, second = browser.post(address, data=fields), browser.post(address, data=fields)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.location == second.location
    assert count(model) == 1


@pytest.mark.parametrize("what", FORMS)
def test_who_goes_back_and_writes_on_loses_nothing(what, login_as):
    address, fields, model = FORMS[what]
    browser = login_as(make_person())
    browser.post(address, data=fields)
    changed = {
        name: f"{value} อีกเรื่อง" if name in ("name", "title", "words") else value
        for name, value in fields.items()
    }
    assert browser.post(address, data=changed).status_code == 302
    assert count(model) == 2


def test_who_goes_back_and_chooses_another_photograph_of_the_same_name_is_not_led_to_the_first(login_as):
    browser = login_as(make_person())
    for colour in ("red", "blue"):
        sent = browser.post(
            "/knowledge/new", data=asset_form(draft="0123456789abcdef", pictures=[photograph(colour)])
        )
        assert sent.status_code == 302
    assert count(KnowledgeAsset) == 2


def test_three_at_the_very_same_moment_make_one(login_as, app):
    address, fields, model = FORMS["article"]
    browsers = [login_as(make_person(username="malee"))]
    cookie = browsers[0]
    session.commit()
    db.session.remove()

    def send(_number):
        return cookie.post(address, data=fields)

    with ThreadPoolExecutor(3) as three:
        answers = list(three.map(send, range(3)))
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.location for answer in answers}) == 1
    assert count(model) == 1


def test_the_same_words_of_two_people_and_a_day_later_are_two_things(login_as):
    address, fields, model = FORMS["article"]
    one = make_person()
    login_as(one).post(address, data=fields)
    login_as(make_admin()).post(address, data=fields)
    assert count(model) == 2
    for sent in session.scalars(select(SentForm)):
        sent.sent_at = now() - timedelta(days=2)
    assert forget_sent_forms() == 2
    session.commit()
    login_as(one).post(address, data=fields)
    assert count(model) == 3


def test_what_was_refused_was_not_sent(login_as):
    browser = login_as(make_person())
    assert (
        browser.post("/communities/new", data=community_form(openness="closed", name="")).status_code == 422
    )
    assert count(SentForm) == 0
    browser.post("/communities/new", data=community_form())
    assert browser.post("/communities/new", data=community_form(send_key="k2")).status_code == 422, (
        "two of one name"
    )
    assert count(SentForm) == 1
