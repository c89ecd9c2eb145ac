"""What people send into a thread by accident or on purpose: nothing typed is lost, nothing is there twice, nothing breaks the page."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image
from sqlalchemy import select

from portal.communities.talking import lock_thread, reply
from portal.communities.thread_models import Thread
from portal.db import session
from portal.errors import PortalError
from portal.files.pictures import LONG_SIDE
from portal.items.hiding import hide_opening
from portal.items.models import Attachment, Post
from portal.people.models import Openness, Person
from tests.communities.making import make_community, make_thread
from tests.files import material
from tests.making import make_organisation, make_person
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def malee(app):
    make_organisation()
    return make_person("มาลี")


@pytest.fixture
def thread(malee):
    return make_thread(community=make_community(by=malee))


def send(browser, thread, text, key="k"):
    return browser.post(f"/threads/{thread.id}/replies", data={"text": text, "send_key": key})


def texts():
    return session.scalars(select(Post.text).order_by(Post.number)).all()


def upload(browser, data, name):
    return browser.post(
        "/files", data={"file": (io.BytesIO(data), name)}, headers={"Accept": "application/json"}
    )


def test_a_reply_of_a_megabyte_is_refused_with_the_reason_and_stays_in_the_box(malee, thread, login_as):
    long = "ก" * 1_000_000
    answer = send(login_as(malee), thread, long)
    assert answer.status_code == 422
    assert long in answer.text
    assert "20,000" in answer.text
    assert texts() == []


@pytest.mark.parametrize("nothing", ["", "  \n ", "\u200b\ufeff"])
def test_an_empty_reply_is_refused(malee, thread, login_as, nothing):
    assert send(login_as(malee), thread, nothing).status_code == 422
    assert texts() == []


def test_a_table_of_three_hundred_columns_stays_text_in_which_every_cell_is_read(malee, thread, login_as):
    names = [f"ช่อง{number}" for number in range(300)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in (names, ["---"] * 300, ["x"] * 300))
    browser = login_as(malee)
    assert send(browser, thread, table).status_code == 302
    page = browser.get(f"/threads/{thread.id}").text
    assert "<table" not in page, "no phone could show it; the lines of a paragraph break"
    assert all(name in page for name in names)
    assert texts() == [table]
    narrower = "\n".join(f"| {' | '.join(row[:12])} |" for row in (names, ["---"] * 300, ["x"] * 300))
    send(browser, thread, narrower, "k2")
    assert "table-scroll" in browser.get(f"/threads/{thread.id}").text


def test_a_picture_that_is_none_is_refused_and_the_reply_can_still_be_sent(malee, thread, login_as):
    browser = login_as(malee)
    answer = upload(browser, b"<script>alert(1)</script>" * 50, "รูป.png")
    assert answer.status_code in (415, 422)
    assert session.scalars(select(Attachment)).all() == []
    assert send(browser, thread, "ส่งรูปไม่ได้").status_code == 302
    assert send(browser, thread, "![รูป](/files/99999)", "k2").status_code == 302
    assert browser.get(f"/threads/{thread.id}").status_code == 200


def test_a_photograph_of_forty_megapixels_in_a_reply_is_made_small_and_tells_no_place(malee, login_as):
    thread = make_thread(community=make_community("วงปิด", openness=Openness.CLOSED, by=malee))
    photograph = material.photograph((7360, 5520), optimize=True)
    assert len(photograph) < 500_000, (
        "the test's own browser keeps larger ones in a file that it never closes"
    )
    assert 7360 * 5520 > 40_000_000
    assert b"CameraMaker" in photograph
    browser = login_as(malee)
    sent = upload(browser, photograph, "หน้างาน.jpg")
    assert sent.status_code == 201
    assert send(browser, thread, f"ดูรูป\n\n{sent.json['markdown']}").status_code == 302
    assert f'src="{sent.json["url"]}"' in browser.get(f"/threads/{thread.id}").text
    kept = browser.get(sent.json["url"]).data
    with Image.open(io.BytesIO(kept)) as image:
        assert max(image.size) == LONG_SIDE
        assert not image.getexif()
    for trace in (b"Exif", b"GPS", b"CameraMaker", b"secret comment"):
        assert trace not in kept
    assert login_as(make_person("คนอื่น")).get(sent.json["url"]).status_code == 404


def test_a_double_click_is_one_reply(malee, thread, login_as):
    browser = login_as(malee)
    first, second = (send(browser, thread, "ครั้งเดียวพอ") for _ in range(2))
    assert first.location == second.location == f"/threads/{thread.id}?post=1#post-1"
    assert texts() == ["ครั้งเดียวพอ"]


def test_the_same_form_sent_by_five_clicks_at_one_moment_is_one_reply(app, malee, thread):
    number, by = thread.id, malee.id

    def click(_):
        with app.test_request_context():
            try:
                reply(session.get(Thread, number), by=session.get(Person, by), text="ครั้งเดียวพอ", send_key="k")
                session.commit()
            except PortalError:
                session.rollback()
            finally:
                session.remove()

    with ThreadPoolExecutor(5) as crowd:
        list(crowd.map(click, range(5)))
    session.expire_all()
    assert texts() == ["ครั้งเดียวพอ"]
    assert session.get(Thread, number).replies == 1


def test_what_was_typed_into_a_thread_that_was_just_locked_stands_in_the_box_and_can_be_sent_later(
    malee, thread, login_as
):
    browser = login_as(malee)
    browser.get(f"/threads/{thread.id}")
    lock_thread(thread, by=malee, why="พักก่อน")
    session.commit()
    answer = send(browser, thread, "เขียนไว้นานมาก")
    assert answer.status_code in (409, 422)
    assert "เขียนไว้นานมาก</textarea>" in answer.text
    assert "พักก่อน" in answer.text
    assert texts() == []
    browser.post(f"/threads/{thread.id}/unlock")
    assert send(browser, thread, "เขียนไว้นานมาก").status_code == 302
    assert texts() == ["เขียนไว้นานมาก"]


@pytest.mark.parametrize("act", ["locked", "hidden"])
def test_no_file_is_put_onto_a_thread_that_nobody_may_write_on(malee, login_as, act):
    somchai = make_person("สมชาย")
    thread = make_thread(community=make_community(by=malee), by=somchai)
    browser = login_as(somchai)

    def attach_a_file():
        sent = {"file": (io.BytesIO(b"abc"), "a.txt"), "item_id": str(thread.id)}
        return browser.post("/files", data=sent, headers={"Accept": "application/json"}).status_code

    assert attach_a_file() == 201
    if act == "locked":
        lock_thread(thread, by=malee, why="พักก่อน")
    else:
        hide_opening(thread, by=malee, reason="ข้อมูลส่วนบุคคล")
    session.commit()
    assert attach_a_file() == 403
    assert browser.get(f"/files/new?item={thread.id}").status_code == 403
    assert len(session.scalars(select(Attachment)).all()) == 1
