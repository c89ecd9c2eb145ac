"""The organisation's words: where one stands in a text, and what becomes of the text."""

import pytest
from sqlalchemy import select

from portal.db import session
from portal.items.listed_words import list_words, listed_in, listed_words
from portal.items.minding import WordNotWelcome, admit
from portal.items.models import Post
from portal.items.order_models import Handling, HeldText
from portal.items.posting import rewrite_post, write_post
from tests.making import make_organisation
from tests.moderation.cast import make_cast
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def town(app):
    with app.test_request_context():
        yield make_organisation()


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("ควาย", "ไอ้ควายเอ๊ย"),
        ("ควาย", "ค\u200bวา\u200bย"),  # letters that can't be seen between them
        ("ควาย", "ค\u2060วาย"),
        ("ควาย", "**ค**วาย"),  # half of it bold
        ("ควาย", "ควาย"),
        ("เเม่ง", "แม่ง"),  # listed with two เ instead of แ
        ("น้ำเน่า", "นํ้าเน่า"),  # sara am typed as nikhahit and sara aa
        ("สัส", "ไอ้สัสนะ"),
        ("damn", "Well, DAMN it"),
        ("๙๙", "เลข 99"),
        ("ควาย โง่", "ควาย\n   โง่"),
        ("ตกลงโดยง่าย", "เขาตกลงโดยง่ายมาก"),  # several words of the dictionary
    ],
)
def test_a_listed_word_is_found_however_it_is_typed(town, word, text):
    list_words(town.id, Handling.REWORD, word)
    session.commit()
    assert [found for found, _ in listed_in(text, town.id)] == [listed_words(town.id)[0][0]]


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("หี", "เก็บของไว้ในหีบ"),
        ("กู", "กูเกิลค้นหา"),
        ("โง่", "โง่เขลา"),
        ("ass", "a classic class"),
        ("ตาย", "ตายตัว"),
        ("เห", "เห็นด้วย"),
        ("ควาย", "[อ่านต่อ](/threads/1?q=ควาย)"),  # an address is not read
    ],
)
def test_a_harmless_longer_word_does_not_trip(town, word, text):
    list_words(town.id, Handling.REWORD, word)
    session.commit()
    assert listed_in(text, town.id) == []


def test_its_writer_is_asked_to_say_it_in_another_way_and_keeps_the_text(login_as, town):
    cast = make_cast()
    list_words(town.id, Handling.REWORD, "ควาย\nโง่")
    session.commit()
    browser = login_as(cast.member)
    form = {"text": "ไอ้ควาย อ่านก่อน", "send_key": "k"}
    answer = browser.post(f"/threads/{cast.thread.id}/replies", data=form)
    assert answer.status_code == 422
    assert "หน่วยงานขอให้เลี่ยงคำว่า “ควาย”" in answer.text
    assert "ไอ้ควาย อ่านก่อน" in answer.text
    answer = browser.post(
        f"/communities/{cast.community.id}/threads/new",
        data={"kind": "question", "title": "ใครโง่กันแน่", "text": "ช่วยตอบ"},
    )
    assert answer.status_code == 422
    assert "“โง่”" in answer.text
    assert "ช่วยตอบ" in answer.text
    with pytest.raises(WordNotWelcome):
        admit(cast.thread, "ควาย", by=cast.facilitator)
    assert session.scalars(select(Post).where(Post.author_id == cast.member.id)).all() == []


def test_a_text_is_not_written_anew_with_such_a_word(town):
    cast = make_cast()
    list_words(town.id, Handling.HOLD, "ควาย")
    session.commit()
    with pytest.raises(WordNotWelcome):
        rewrite_post(cast.post, by=cast.author, text="ไอ้ควาย")


def test_a_word_of_both_lists_is_asked_to_be_said_in_another_way(login_as, town):
    cast = make_cast()
    browser = login_as(cast.km_team)
    page = browser.get("/moderation/rules").text
    opened = page.split('name="opened_with"')[1].split('value="')[1].split('"')[0]
    form = {
        "opened_with": opened,
        "held_first_posts": "๒",
        "posts_per_hour": "20",
        "mentions_per_hour": "50",
        "reports_per_day": "5",
        "reword": "ควาย\n\n",
        "hold": "ควาย\nโง่\n<script>",
    }
    assert browser.post("/moderation/rules", data=form).location == "/moderation/rules"
    assert dict(listed_words(town.id)) == {
        "ควาย": Handling.REWORD,
        "โง่": Handling.HOLD,
        "<script>": Handling.HOLD,
    }
    page = browser.get("/moderation/rules").text
    assert "<script>\n" not in page
    assert "&lt;script&gt;" in page
    assert 'value="2"' in page
    log = login_as(cast.admin).get("/admin/audit").text
    assert "แก้ไขรายการคำ" in log
    assert "ควาย" not in log
    assert login_as(cast.facilitator).get("/moderation/rules").status_code == 403
    answer = browser.post("/moderation/rules", data=form | {"reword": "สามคำ"})
    assert answer.status_code == 409, "somebody has saved since it was opened"
    assert "สามคำ" in answer.text


@pytest.mark.parametrize("bad", ["ก", "ย" * 101, "\n".join(f"คำที่{n}" for n in range(2001))])
def test_what_is_no_word_is_refused_with_what_was_typed(login_as, town, bad):
    cast = make_cast()
    browser = login_as(cast.km_team)
    page = browser.get("/moderation/rules").text
    opened = page.split('name="opened_with"')[1].split('value="')[1].split('"')[0]
    figures = {
        "held_first_posts": "0",
        "posts_per_hour": "30",
        "mentions_per_hour": "50",
        "reports_per_day": "10",
    }
    answer = browser.post(
        "/moderation/rules", data={"opened_with": opened, **figures, "reword": bad, "hold": ""}
    )
    assert answer.status_code == 422
    assert bad in answer.text.replace("\r\n", "\n")
    assert listed_words(town.id) == []


def test_without_any_listed_word_nothing_is_looked_for(town):
    cast = make_cast()
    assert listed_in("ไอ้ควาย", town.id) == []
    assert write_post(cast.thread, by=cast.member, text="ไอ้ควาย").number == 2
    assert session.scalars(select(HeldText)).all() == []
