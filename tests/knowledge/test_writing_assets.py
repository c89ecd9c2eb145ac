"""Writing down what one knows: draft, publish, edit, retire; and what happens when two write at once."""

import io
import re
from html import unescape

import pytest
from PIL import Image
from sqlalchemy import func, select

from portal.audit.models import AuditEntry
from portal.db import session, transaction
from portal.drafts.models import Draft
from portal.items import audience
from portal.items.attaching import address_of
from portal.items.models import Attachment, ItemState, Post, Revision
from portal.items.publishing import merge_into
from portal.items.revising import save_revision
from portal.knowledge.models import KnowledgeAsset
from portal.markup.rendering import render
from portal.outbox.models import OutboxEntry
from portal.people.models import Person
from tests.making import make_asset, make_goal, make_organisation, make_person, make_unit, reload


@pytest.fixture(autouse=True)
def organisation(app):
    return make_organisation()


JSON = {"Accept": "application/json"}


def form(**changes):
    """The form as somebody fills it in who accepts what it proposes."""
    fields = {
        "title": "คู่มือรับชำระภาษีป้าย",
        "kind": "manual",
        "text": "ยื่นแบบ **ภ.ป.1** ภายในเดือนมีนาคม",
        "fulfilments-0-step": "KM3",
        "fulfilments-0-goal": "",
        "knowledge": "explicit",
        "audience": "organisation",
        "tags": "ภาษี, ป้าย",
        "action": "publish",
        "base_revision": "0",
    }
    return {**fields, **changes}


def draft_key(page):
    """The key that tells this new text from others, as the form carries it."""
    return re.search(r'name="draft"[^>]*value="([0-9a-f]{16})"', page)[1]


def the_asset():
    session.expire_all()
    return session.scalars(select(KnowledgeAsset)).one()


def test_a_member_of_staff_writes_a_manual_and_publishes_it(login_as):
    person = make_person(unit=make_unit("กองคลัง"))
    answer = login_as(person).post("/knowledge/new", data=form())
    asset = the_asset()
    assert answer.location == f"/knowledge/{asset.id}"
    assert asset.state == ItemState.PUBLISHED
    assert asset.published_at is not None
    assert asset.author_id == person.id
    assert asset.unit.name == "กองคลัง"
    assert [(row.step, row.goal_id) for row in asset.fulfilments] == [("KM3", None)]
    assert [row.tag for row in asset.tags] == ["ป้าย", "ภาษี"]


def test_publishing_puts_the_work_for_the_search_into_the_same_transaction(login_as):
    login_as(make_person()).post("/knowledge/new", data=form())
    assert session.scalars(select(OutboxEntry.subject_id).where(OutboxEntry.kind == "index")).all()
    assert session.scalars(select(AuditEntry.action)).all().count("item.publish") == 1


def test_a_draft_stays_its_authors_and_does_not_concern_the_search(login_as):
    author, colleague = make_person(), make_person()
    login_as(author).post("/knowledge/new", data=form(action="save"))
    asset = the_asset()
    assert asset.state == ItemState.DRAFT
    assert login_as(colleague).get(f"/knowledge/{asset.id}").status_code == 404
    assert session.scalar(select(func.count()).select_from(OutboxEntry)) == 0


def test_the_page_shows_the_text_as_written(login_as):
    asset = make_asset(text="# ขั้นตอน\n\n| ลำดับ | งาน |\n|---|---|\n| 1 | รับแบบ |")
    page = login_as(make_person()).get(f"/knowledge/{asset.id}").text
    assert "<table" in page
    assert "รับแบบ" in page


def test_the_form_proposes_step_and_goal(login_as):
    unit = make_unit("กองคลัง")
    goal = make_goal("คู่มือครบ")
    make_asset(unit=unit, steps=((goal.id, "KM3"),))
    page = login_as(make_person(unit=unit)).get("/knowledge/new").text
    assert 'selected value="KM3"' in page
    assert f'selected value="{goal.id}"' in page


def test_without_a_step_nothing_is_published_and_nothing_typed_is_lost(login_as):
    answer = login_as(make_person()).post("/knowledge/new", data=form(**{"fulfilments-0-step": ""}))
    assert answer.status_code == 422
    assert "ยื่นแบบ **ภ.ป.1** ภายในเดือนมีนาคม" in answer.text
    assert session.scalar(select(func.count()).select_from(KnowledgeAsset)) == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "ก" * 5000),
        ("text", ""),
        ("kind", "no such kind"),
        ("audience", "everybody and his dog"),
        ("fulfilments-0-goal", "999999"),
        ("fulfilments-0-step", "KM9"),
    ],
)
def test_what_cannot_be_used_is_answered_beside_the_form_with_everything_typed(login_as, field, value):
    answer = login_as(make_person()).post("/knowledge/new", data=form(**{field: value}))
    assert answer.status_code == 422
    assert 'name="text"' in answer.text
    assert "ภาษี, ป้าย" in answer.text
    assert session.scalar(select(func.count()).select_from(KnowledgeAsset)) == 0


def test_a_text_of_two_megabytes_is_refused_and_kept_on_the_page(login_as):
    text = "ข้อความยาวมาก " * 55_000
    answer = login_as(make_person()).post("/knowledge/new", data=form(text=text))
    assert answer.status_code == 422
    assert text[:2000] in answer.text


def test_a_script_in_the_text_does_not_reach_the_page(login_as):
    asset = make_asset("<script>alert(1)</script>", "<script>alert(2)</script> [ลิงก์](javascript:alert(3))")
    page = login_as(make_person()).get(f"/knowledge/{asset.id}").text
    assert "alert(1)</script>" not in page
    assert "<script>alert" not in page
    assert "javascript:" not in page


def test_somebody_else_cannot_edit_publish_or_retire(login_as):
    asset = make_asset()
    browser = login_as(make_person())
    assert browser.get(f"/knowledge/{asset.id}/edit").status_code == 403
    assert browser.post(f"/knowledge/{asset.id}/edit", data=form()).status_code == 403
    assert browser.post(f"/knowledge/{asset.id}/publish").status_code == 403
    assert browser.post(f"/knowledge/{asset.id}/retire").status_code == 403


def test_editing_makes_a_revision_and_tells_the_search(login_as):
    author = make_person()
    asset = make_asset(author=author)
    login_as(author).post(
        f"/knowledge/{asset.id}/edit",
        data=form(action="save", base_revision="1", text="ข้อความใหม่", note="ปรับตามระเบียบ"),
    )
    numbers = session.scalars(select(Revision.number).where(Revision.item_id == asset.id)).all()
    assert sorted(numbers) == [1, 2]
    assert len(session.scalars(select(OutboxEntry).where(OutboxEntry.subject_id == asset.id)).all()) >= 2
    page = login_as(make_person()).get(f"/knowledge/{asset.id}/history").text
    assert "ปรับตามระเบียบ" in page


def text_in(page):
    """What the box for the text holds."""
    return unescape(re.search(r'<textarea[^>]*name="text"[^>]*>\r?\n?(.*?)</textarea>', page, re.S)[1])


def test_changes_of_two_on_different_lines_are_put_together_and_both_are_in_the_history(login_as):
    author = make_person()
    asset = make_asset("คู่มือ", author=author, text="หนึ่ง\nสอง\nสาม")
    one_tab, other_tab = login_as(author), login_as(author)
    sent = form(title="คู่มือ", base_revision="1", action="save")
    theirs = {**sent, "text": "หนึ่ง\nสอง\nสามของแท็บหนึ่ง\nสี่", "title": "คู่มือฉบับใหม่", "tags": "ใหม่"}
    one_tab.post(f"/knowledge/{asset.id}/edit", data=theirs)
    mine = {**sent, "text": "หนึ่งของแท็บสอง\r\nสอง\r\nสาม", "tags": "", "kind": "story"}
    answer = other_tab.post(f"/knowledge/{asset.id}/edit", data=mine)
    assert answer.status_code == 409
    both = "หนึ่งของแท็บสอง\nสอง\nสามของแท็บหนึ่ง\nสี่"
    assert text_in(answer.text) == both
    assert "ต้องเลือก" not in answer.text
    assert 'value="คู่มือฉบับใหม่"' in answer.text
    assert session.scalars(select(Draft.fields)).one()["text"] == both, "kept till it is saved"
    resolved = {**mine, "text": both, "title": "คู่มือฉบับใหม่", "base_revision": "2"}
    assert other_tab.post(f"/knowledge/{asset.id}/edit", data=resolved).status_code == 302
    texts = session.scalars(select(Revision.text).order_by(Revision.number)).all()
    assert texts == ["หนึ่ง\nสอง\nสาม", theirs["text"], both]
    assert session.scalars(select(Draft)).all() == []


@pytest.mark.parametrize("odd", ["7", "-1", "99999999999999999999", "x"])
def test_a_revision_to_start_from_that_never_was_harms_nothing(login_as, odd):
    author = make_person()
    asset = make_asset(author=author, text="หนึ่ง")
    browser = login_as(author)
    data = form(action="save", text="ของฉัน")
    browser.post(f"/knowledge/{asset.id}/edit", data={**data, "base_revision": "1", "text": "ของเพื่อน"})
    answer = browser.post(f"/knowledge/{asset.id}/edit", data={**data, "base_revision": odd})
    assert answer.status_code in (409, 422)
    assert "ของฉัน" in answer.text


def test_the_second_of_two_saves_is_told_and_sees_both_texts(login_as):
    author = make_person()
    asset = make_asset(author=author, text="ข้อความแรก")
    one_tab, other_tab = login_as(author), login_as(author)
    one_tab.post(f"/knowledge/{asset.id}/edit", data=form(base_revision="1", text="ประโยคของแท็บหนึ่ง"))
    answer = other_tab.post(
        f"/knowledge/{asset.id}/edit", data=form(base_revision="1", text="ประโยคของแท็บสอง")
    )
    assert answer.status_code == 409
    assert text_in(answer.text) == "ประโยคของแท็บหนึ่ง\nประโยคของแท็บสอง"
    assert "ต้องเลือก" in answer.text
    assert 'value="2"' in answer.text
    resolved = other_tab.post(
        f"/knowledge/{asset.id}/edit",
        data=form(base_revision="2", text="ประโยคของแท็บหนึ่ง\n\nประโยคของแท็บสอง"),
    )
    assert resolved.status_code == 302
    texts = session.scalars(
        select(Revision.text).where(Revision.item_id == asset.id).order_by(Revision.number)
    ).all()
    assert texts[1] == "ประโยคของแท็บหนึ่ง"
    assert "ประโยคของแท็บสอง" in texts[2]


def test_retiring_keeps_the_address_and_leaves_the_lists(login_as):
    author = make_person()
    asset = make_asset("คู่มือเก่า", author=author)
    login_as(author).post(f"/knowledge/{asset.id}/retire")
    reader = login_as(make_person())
    page = reader.get(f"/knowledge/{asset.id}")
    assert page.status_code == 200
    assert "คู่มือเก่า" not in reader.get("/knowledge").text
    assert reload(asset).state == ItemState.RETIRED


def test_a_new_asset_written_from_another_one_names_it_as_its_origin(login_as):
    story = make_asset("เรื่องเล่าน้ำท่วมตลาด", text="เนื้อเรื่อง")
    person = make_person()
    browser = login_as(person)
    page = browser.get(f"/knowledge/new?from={story.id}").text
    assert "เนื้อเรื่อง" in page
    answer = browser.post(
        "/knowledge/new", data=form(title="ขุมความรู้น้ำท่วม", kind="nugget", origin=str(story.id))
    )
    assert "เรื่องเล่าน้ำท่วมตลาด" in browser.get(answer.location).text
    assert "ขุมความรู้น้ำท่วม" in browser.get(f"/knowledge/{story.id}").text


def test_nobody_writes_from_what_he_may_not_see(login_as):
    hidden = make_asset("ลับ", text="ความลับของหน่วย", unit=make_unit("กองช่าง"), readers="unit")
    browser = login_as(make_person(unit=make_unit("กองคลัง")))
    assert browser.get(f"/knowledge/new?from={hidden.id}").status_code == 404
    assert browser.post("/knowledge/new", data=form(origin=str(hidden.id))).status_code in (404, 422)
    assert session.scalar(select(func.count()).select_from(KnowledgeAsset)) == 1


def test_what_is_typed_is_kept_on_the_server_till_it_is_sent(login_as):
    person = make_person()
    browser = login_as(person)
    typed = {"title": "ยังเขียนไม่เสร็จ", "text": "ครึ่งเรื่อง"}
    key = draft_key(browser.get("/knowledge/new").text)
    draft = f"/drafts/knowledge-new-{key}"
    assert browser.post(draft, json={"fields": typed}).status_code == 200
    assert browser.get(draft).json["fields"] == typed
    assert login_as(make_person()).get(draft).status_code == 204
    browser.post("/knowledge/new", data=form(draft=key))
    assert session.scalar(select(func.count()).select_from(Draft)) == 0


def picture(name="แผนผัง.png"):
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(file, "PNG")
    file.seek(0)
    return file, name


def test_pictures_chosen_with_the_form_stand_at_the_end_of_the_text(login_as):
    browser = login_as(make_person())
    browser.post("/knowledge/new", data=form(pictures=[picture("ก่อน.png"), picture("หลัง.png")]))
    asset = the_asset()
    first, second = session.scalars(select(Attachment).order_by(Attachment.id)).all()
    assert (first.item_id, second.item_id) == (asset.id, asset.id)
    text = session.scalars(select(Revision.text)).one()
    assert text == f"{form()['text']}\n\n![ก่อน]({address_of(first)})\n\n![หลัง]({address_of(second)})"
    page = login_as(make_person()).get(f"/knowledge/{asset.id}").text
    assert f'src="{address_of(first)}"' in page


def test_a_picture_is_not_lost_when_the_form_is_shown_again(login_as):
    browser = login_as(make_person())
    for changes in ({"title": ""}, {"action": "preview"}, {"fulfilments-0-step": ""}):
        answer = browser.post("/knowledge/new", data=form(pictures=[picture()], **changes))
        newest = session.scalars(select(Attachment).order_by(Attachment.id.desc())).first()
        assert f"![แผนผัง]({address_of(newest)})" in answer.text, changes
        assert browser.get(address_of(newest)).status_code == 200


def test_a_picture_that_is_none_is_refused_beside_its_field_with_everything_typed(login_as):
    answer = login_as(make_person()).post(
        "/knowledge/new", data=form(pictures=[(io.BytesIO(b"MZ this is a program"), "รูป.png")])
    )
    assert answer.status_code == 422
    assert 'id="pictures-error"' in answer.text
    assert "ยื่นแบบ **ภ.ป.1** ภายในเดือนมีนาคม" in answer.text
    assert session.scalar(select(func.count()).select_from(KnowledgeAsset)) == 0


def test_who_may_not_edit_leaves_no_picture_behind(login_as):
    asset = make_asset()
    data = form(pictures=[picture()])
    assert login_as(make_person()).post(f"/knowledge/{asset.id}/edit", data=data).status_code == 403
    assert session.scalar(select(func.count()).select_from(Attachment)) == 0


def test_a_picture_chosen_while_somebody_else_saved_stands_in_the_text_that_is_put_together(login_as):
    author = make_person()
    asset = make_asset(author=author)
    browser = login_as(author)
    browser.post(f"/knowledge/{asset.id}/edit", data=form(base_revision="1", text="ของอีกแท็บ"))
    answer = browser.post(f"/knowledge/{asset.id}/edit", data=form(base_revision="1", pictures=[picture()]))
    assert answer.status_code == 409
    assert "![แผนผัง](/files/" in answer.text


def test_the_preview_answers_the_script_of_the_editor(login_as):
    browser = login_as(make_person())
    assert "<strong>หนา</strong>" in browser.post("/knowledge/preview", json={"text": "**หนา**"}).json["html"]
    for odd in ([], {"text": 7}, "x", None):
        assert browser.post("/knowledge/preview", json=odd).json == {"html": ""}


def test_the_preview_is_clean(login_as):
    answer = login_as(make_person()).post(
        "/knowledge/preview", data={"text": "**หนา** <img src=x onerror=alert(1)>"}
    )
    assert "<strong>หนา</strong>" in answer.json["html"]
    assert "onerror" not in answer.json["html"]


def test_the_preview_works_without_a_script_and_saves_nothing(login_as):
    answer = login_as(make_person()).post("/knowledge/new", data=form(action="preview"))
    assert answer.status_code == 200
    assert "<strong>ภ.ป.1</strong>" in answer.text
    assert session.scalar(select(func.count()).select_from(KnowledgeAsset)) == 0


def test_a_list_or_an_item_costs_the_same_number_of_queries_however_full(login_as, count_queries):
    author = make_person()
    browser = login_as(make_person())
    first = make_asset(author=author)
    with count_queries() as few:
        browser.get("/knowledge")
        browser.get(f"/knowledge/{first.id}")
        browser.get("/")
    for n in range(12):
        make_asset(f"คู่มือ {n}", author=author, steps=((None, "KM3"), (None, "KM6")), tags=("ก", "ข"))
    with count_queries() as many:
        browser.get("/knowledge")
        browser.get(f"/knowledge/{first.id}")
        browser.get("/")
    assert len(many) <= len(few) + 1
    assert len(many) <= 60


def test_editing_keeps_every_fulfilment_however_many_there_are(login_as):
    author = make_person()
    steps = tuple((None, f"KM{n}") for n in range(1, 8))
    asset = make_asset(author=author, steps=steps)
    page = login_as(author).get(f"/knowledge/{asset.id}/edit").text
    for n, (_, step) in enumerate(steps):
        field = page.split(f'name="fulfilments-{n}-step"')[1].split("</select>")[0]
        assert f'selected value="{step}"' in field
    assert 'name="fulfilments-7-step"' in page, "and a free line for one more"


def test_opening_what_is_published_to_others_is_in_the_audit_log(login_as):
    author = make_person()
    asset = make_asset(author=author)
    login_as(author).post(f"/knowledge/{asset.id}/edit", data=form(base_revision="1", audience="public"))
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "item.open")).one()
    assert entry.actor_id == author.id
    assert "public" in entry.details["after"]


def test_the_name_of_a_file_in_a_hidden_comment_is_not_shown(login_as):
    asset = make_asset()
    commenter = make_person()
    browser = login_as(commenter)
    file = browser.post(
        "/files", data={"file": (io.BytesIO(b"a,b\n1,2\n"), "เงินเดือนลับ.csv")}, headers=JSON
    ).json
    browser.post(f"/items/{asset.id}/comments", data={"text": f"ดู {file['markdown']}"})
    post = session.scalars(select(Post)).one()
    browser.post(f"/posts/{post.id}/hide", data={"reason": "ส่งผิด"})
    assert "เงินเดือนลับ" not in login_as(make_person()).get(f"/knowledge/{asset.id}").text


def test_what_was_taken_out_before_publication_stays_the_authors(login_as):
    author = make_person()
    asset = make_asset(author=author, text="ร่างที่มีความลับ", published=False)
    browser = login_as(author)
    browser.post(f"/knowledge/{asset.id}/edit", data=form(base_revision="1", text="เนื้อหาที่เผยแพร่ได้"))
    reader = login_as(make_person())
    assert reader.get(f"/knowledge/{asset.id}/history/1").status_code == 404
    assert "ร่างที่มีความลับ" not in reader.get(f"/knowledge/{asset.id}/history/2").text
    assert browser.get(f"/knowledge/{asset.id}/history/1").status_code == 200


def test_a_preview_of_a_text_that_is_too_long_keeps_it(login_as):
    text = "ข้อความยาวมาก " * 55_000
    answer = login_as(make_person()).post("/knowledge/new", data=form(action="preview", text=text))
    assert answer.status_code == 422
    assert text[:2000] in answer.text


@pytest.mark.parametrize("odd", ["²", "9" * 5000, "-1", "1e3", "٣", ""])
def test_an_odd_number_in_the_address_is_as_good_as_none(login_as, odd):
    assert login_as(make_person()).get("/knowledge/new", query_string={"from": odd}).status_code == 200


def test_the_address_of_a_merged_draft_tells_a_stranger_nothing(client):
    author = make_person()
    old, new = make_asset(author=author, published=False), make_asset(author=author, published=False)
    merge_into(old, new, by=author)
    session.commit()
    assert client.get(f"/knowledge/{old.id}").status_code == 404


def test_who_may_read_only_since_today_does_not_read_what_was_taken_out_before(login_as):
    """Seen: a secret of the unit, edited out before the text was opened to all, and read in its history."""
    unit = make_unit("กองคลัง")
    author = make_person("สมศรี", unit=unit)
    asset = make_asset("บันทึก", "รหัสตู้เซฟ ๑๒๓๔", author=author, unit=unit, readers="unit")
    save_revision(asset, by=author, title="บันทึก", text="ไม่มีความลับแล้ว")
    audience.open_to(asset, audience.tokens_for("organisation", asset), by=author)
    stranger = login_as(make_person("มานพ", unit=make_unit("กองช่าง")))
    assert stranger.get(f"/knowledge/{asset.id}/history/1").status_code == 404
    assert "ตู้เซฟ" not in stranger.get(f"/knowledge/{asset.id}/history").text
    assert stranger.get(f"/knowledge/{asset.id}/history/2").status_code == 200
    assert login_as(author).get(f"/knowledge/{asset.id}/history/1").status_code == 200


def test_while_a_preview_is_made_others_can_save(login_as, monkeypatch):
    """Seen: a text of small tables that kept everybody from saving for half a minute."""
    browser, colleague = login_as(make_person("มานพ")), make_person("สมศรี")
    colleague_id = colleague.id

    def slow(text):
        with transaction() as own:  # would wait ten seconds and fail
            own.get_one(Person, colleague_id).phone = "081"
        return render(text)

    monkeypatch.setattr("portal.knowledge.writing_views.render", slow)
    assert browser.post("/knowledge/preview", data={"text": "**ก**"}).status_code == 200
    assert session.scalar(select(Person.phone).where(Person.id == colleague_id)) == "081"


def test_a_long_tag_is_kept_as_far_as_there_is_room(login_as):
    tag = "ที่ปรึกษาผู้เชี่ยวชาญด้านนี้" * 4
    answer = login_as(make_person()).post("/knowledge/new", data=form(tags=tag))
    assert answer.status_code == 302
    (row,) = the_asset().tags
    assert row.tag.endswith("…")
    assert tag.startswith(row.tag[:-1].rstrip())
