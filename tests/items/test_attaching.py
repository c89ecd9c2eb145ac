"""Who may attach, fetch and take away a file: the rule, the query and the page agree."""

import io
from datetime import timedelta
from urllib.parse import quote

import pytest
from PIL import Image

from portal.db import now, session
from portal.files import recognising, storing
from portal.files.storing import receive, remove_unreferenced
from portal.items.attaching import (
    address_of,
    attach,
    can_fetch,
    can_remove,
    claim,
    forget_attachments,
    markdown_of,
    references_in,
    remove,
    visible_attachments,
)
from portal.items.models import Attachment
from portal.items.posting import hide_post, write_post
from portal.markup.plain_text import plain
from tests.files import material
from tests.making import make_admin, make_asset, make_person, make_unit

AS_JSON = {"Accept": "application/json"}


pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def put(settings):
    """Attaches a file as somebody, and commits."""

    def attach_file(by, item=None, name="แผน ปี ๒๕๖๙.pdf", data=material.PDF, post=None):
        with receive(io.BytesIO(data), name, settings=settings) as received:
            attachment = attach(received, by=by, settings=settings, item=item)
        attachment.post = post
        session.commit()
        return attachment

    return attach_file


def send(browser, *files, **fields):
    chosen = [(io.BytesIO(data), name) for data, name in files]
    return browser.post("/files", data={"file": chosen, **fields}, headers=AS_JSON)


def agree(person, browser, attachment, *, may):
    """The rule, the query, and the page of somebody who asks for the file."""
    session.expire_all()
    attachment = session.get(Attachment, attachment.id)
    assert can_fetch(person, attachment) == may
    assert (attachment in session.scalars(visible_attachments(person)).all()) == may
    answer = browser.get(f"/files/{attachment.id}")
    assert answer.status_code == (200 if may else 404)
    assert (answer.data == material.PDF) == may


# Who sees what


@pytest.mark.parametrize(
    ("readers", "published", "seen_by"),
    [
        ("public", True, {"author", "colleague", "elsewhere", "admin", "visitor"}),
        ("organisation", True, {"author", "colleague", "elsewhere", "admin"}),
        ("unit", True, {"author", "colleague"}),
        ("public", False, {"author"}),
    ],
)
def test_a_file_is_as_open_as_what_it_is_attached_to(client, login_as, put, readers, published, seen_by):
    unit = make_unit()
    author = make_person(unit=unit)
    people = {
        "author": author,
        "colleague": make_person(unit=unit),
        "elsewhere": make_person(unit=make_unit("กองช่าง")),
        "admin": make_admin(),
        "visitor": None,
    }
    attachment = put(author, make_asset(author=author, unit=unit, readers=readers, published=published))
    for who, person in people.items():
        agree(person, login_as(person) if person else client, attachment, may=who in seen_by)


def test_an_upload_belongs_to_its_uploader_alone_till_its_text_is_saved(client, login_as, put):
    uploader, admin, other = make_person(), make_admin(), make_person()
    attachment = put(uploader)
    for person, browser, may in (
        (uploader, login_as(uploader), True),
        (other, login_as(other), False),
        (admin, login_as(admin), False),
        (None, client, False),
    ):
        agree(person, browser, attachment, may=may)


def test_who_has_left_fetches_no_upload_of_his_own(client, put):
    uploader = make_person()
    attachment = put(uploader)
    uploader.deactivated_at = now()
    session.commit()
    agree(uploader, client, attachment, may=False)


def test_the_file_of_a_hidden_comment_is_gone_for_all_but_its_writer_and_the_admin(client, login_as, put):
    writer, reader, admin = make_person(), make_person(), make_admin()
    asset = make_asset(readers="public")
    post = write_post(asset, by=writer, text="ดูไฟล์นี้")
    attachment = put(writer, asset, post=post)
    for person, browser in ((writer, login_as(writer)), (reader, login_as(reader)), (None, client)):
        agree(person, browser, attachment, may=True)
    hide_post(post, by=admin, reason="ข้อมูลส่วนบุคคล")
    session.commit()
    for person, browser, may in (
        (writer, login_as(writer), True),
        (admin, login_as(admin), True),
        (reader, login_as(reader), False),
        (None, client, False),
    ):
        agree(person, browser, attachment, may=may)


def test_a_removed_file_is_gone_for_everybody(client, login_as, put):
    author = make_person()
    attachment = put(author, make_asset(author=author, readers="public"))
    remove(attachment, by=author)
    session.commit()
    agree(author, login_as(author), attachment, may=False)
    agree(None, client, attachment, may=False)


def test_hidden_removed_and_missing_look_alike(client, put):
    hidden = put(make_person())
    pages = {client.get(f"/files/{number}").status_code for number in (hidden.id, 999_999, 0, 2**40)}
    assert pages == {404}


def test_permission_is_asked_with_every_fetch(login_as, put):
    author, reader = make_person(), make_person()
    asset = make_asset(author=author)
    attachment = put(author, asset, "ภาพ.png", material.picture("PNG"))
    browser = login_as(reader)
    tag = browser.get(f"/files/{attachment.id}").headers["ETag"]
    asset.audience = []
    session.commit()
    assert browser.get(f"/files/{attachment.id}", headers={"If-None-Match": tag}).status_code == 404


# What is sent back


def test_a_thai_name_comes_back_as_it_was(login_as, put):
    author = make_person()
    attachment = put(author, name="แผน ปี ๒๕๖๙.docx", data=material.office())
    answer = login_as(author).get(f"/files/{attachment.id}/อะไรก็ได้.exe")
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert f"filename*=UTF-8''{quote('แผน ปี ๒๕๖๙.docx')}" in disposition


@pytest.mark.parametrize(
    ("name", "data", "how"),
    [
        ("a.png", material.picture("PNG"), "inline"),
        ("a.pdf", material.PDF, "inline"),
        ("a.docx", material.office(), "attachment"),
        ("a.txt", b"<script>alert(1)</script>", "attachment"),
        ("a.md", b"<script>alert(1)</script>", "attachment"),
    ],
)
def test_only_pictures_and_pdf_open_in_the_browser_and_nothing_in_them_runs(login_as, put, name, data, how):
    author = make_person()
    answer = login_as(author).get(f"/files/{put(author, name=name, data=data).id}")
    assert answer.headers["Content-Disposition"].startswith(how)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert ("sandbox" in policy) == (name != "a.pdf")
    assert answer.mimetype != "text/html"


def test_a_shared_pc_keeps_nothing_restricted(client, login_as, put):
    author = make_person()
    restricted = put(author, make_asset(author=author))
    public = put(author, make_asset(author=author, readers="public"))
    browser = login_as(author)
    assert browser.get(f"/files/{restricted.id}").headers["Cache-Control"] == "private, no-store"
    assert client.get(f"/files/{public.id}").headers["Cache-Control"] == "public, no-cache"


def test_an_unchanged_file_is_not_sent_again_and_a_part_can_be_asked_for(client, put):
    author = make_person()
    attachment = put(author, make_asset(author=author, readers="public"))
    first = client.get(f"/files/{attachment.id}")
    again = client.get(f"/files/{attachment.id}", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert not again.data
    part = client.get(f"/files/{attachment.id}", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.data) == (206, b"%PDF")


def test_a_file_the_disk_has_lost_is_not_there(login_as, put, settings):
    author = make_person()
    attachment = put(author)
    (settings.files_dir / attachment.file.name).unlink()
    assert login_as(author).get(f"/files/{attachment.id}").status_code == 404


# Sending


def test_a_pasted_picture_answers_the_line_that_shows_it(login_as):
    author = make_person()
    answer = send(login_as(author), (material.photograph(), "ถนน [หน้า] วัด_1.jpg"))
    assert answer.status_code == 201
    told = answer.json
    assert told["url"] == address_of(session.get_one(Attachment, told["id"]))
    assert told["name"] == "ถนน [หน้า] วัด_1.jpg"
    assert told["is_picture"] is True
    assert told["markdown"] == rf"![ถนน \[หน้า\] วัด\_1]({told['url']})"
    picture = Image.open(io.BytesIO(login_as(author).get(told["url"]).data))
    assert not picture.getexif()


def test_several_files_go_in_together_or_not_at_all(login_as, settings):
    browser = login_as(make_person())
    told = send(browser, (material.PDF, "ก.pdf"), (b"x", "ข.txt")).json
    assert [one["name"] for one in told["files"]] == ["ก.pdf", "ข.txt"]
    assert told["files"][0]["markdown"] == f"[ก.pdf]({told['files'][0]['url']})"
    before = session.query(Attachment).count()
    answer = send(browser, (b"y", "ค.txt"), (material.PROGRAM, "ง.jpg"))
    assert answer.status_code == 422
    assert "ง.jpg" in answer.json["error"]
    session.rollback()
    assert session.query(Attachment).count() == before


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ([], 422),
        ([(material.PROGRAM, "a.jpg")], 422),
        ([(b"", "a.txt")], 422),
        ([(b"x" * 20_000, "a.txt")], 422),
        ([(material.huge_png(60_000, 60_000), "a.png")], 413),
        ([(b"x", f"{n}.txt") for n in range(21)], 422),
    ],
)
def test_what_can_not_be_kept_is_refused_with_a_sentence(login_as, monkeypatch, files, status):
    monkeypatch.setattr(recognising, "MAX_PLAIN_TEXT", 10_000)
    answer = send(login_as(make_person()), *files)
    assert answer.status_code == status
    assert len(answer.json["error"]) > 10


def test_an_upload_of_a_hundred_megabytes_is_refused(app, login_as):
    app.config["MAX_CONTENT_LENGTH"] = 100_000
    answer = send(login_as(make_person()), (b"x" * 110_000, "a.txt"))
    assert answer.status_code == 413


def test_nobody_sends_without_signing_in(client):
    assert send(client, (material.PDF, "a.pdf")).status_code in (302, 401)
    session.rollback()
    assert session.query(Attachment).count() == 0


def test_a_file_goes_straight_onto_an_item_only_from_who_may_edit_it(login_as):
    author, reader, stranger = make_person(), make_person(), make_person(unit=make_unit())
    open_asset = make_asset(author=author)
    closed = make_asset(author=author, unit=make_unit("กองช่าง"), readers="unit")
    told = send(login_as(author), (material.PDF, "a.pdf"), item_id=str(open_asset.id)).json
    assert session.get(Attachment, told["id"]).item_id == open_asset.id
    assert send(login_as(reader), (material.PDF, "a.pdf"), item_id=str(open_asset.id)).status_code == 403
    for no_item in (str(closed.id), "999999", "x", "-1", "99999999999"):
        assert send(login_as(stranger), (material.PDF, "a.pdf"), item_id=no_item).status_code == 404


def test_files_are_sent_and_taken_away_without_script(login_as):
    author = make_person()
    asset = make_asset("คู่มือแนบไฟล์", author=author)
    browser = login_as(author)
    page = browser.get(f"/files/new?item={asset.id}")
    assert "คู่มือแนบไฟล์" in page.text
    answer = browser.post(
        "/files",
        data={"file": (io.BytesIO(material.PDF), "แบบฟอร์ม.pdf"), "item_id": str(asset.id)},
        follow_redirects=True,
    )
    assert "แบบฟอร์ม.pdf" in answer.text
    assert "แบบฟอร์ม.pdf" in browser.get(f"/knowledge/{asset.id}").text
    attachment = session.query(Attachment).one()
    browser.post(f"/files/{attachment.id}/remove")
    assert "แบบฟอร์ม.pdf" not in browser.get(f"/knowledge/{asset.id}").text


def test_without_script_a_picture_for_a_text_shows_the_line_to_copy(login_as):
    browser = login_as(make_person())
    answer = browser.post(
        "/files", data={"file": (io.BytesIO(material.picture()), "แผนที่.png")}, follow_redirects=True
    )
    attachment = session.query(Attachment).one()
    assert answer.status_code == 200
    assert f"![แผนที่]({address_of(attachment)})" in answer.text


def test_without_script_a_refusal_stands_above_the_form(login_as):
    answer = login_as(make_person()).post("/files", data={"file": (io.BytesIO(material.PROGRAM), "รูป.jpg")})
    assert answer.status_code == 422
    assert "รูป.jpg" in answer.text
    assert 'type="file"' in answer.text


def test_nobody_else_waits_for_the_database_while_a_picture_is_drawn(login_as, monkeypatch):
    held = []

    def draw(*args):
        held.append(session().in_transaction())
        return draw_anew(*args)

    draw_anew = storing.draw_anew
    monkeypatch.setattr(storing, "draw_anew", draw)
    assert send(login_as(make_person()), (material.picture(), "a.png")).status_code == 201
    assert held == [False]


# Claiming


def test_what_a_saved_text_shows_becomes_the_items(login_as, put):
    author, reader = make_person(), make_person()
    mine, unused = put(author), put(author, name="อื่น.pdf")
    browser = login_as(author)
    answer = browser.post(
        "/knowledge/new",
        data={
            "title": "เรื่องใหม่", "kind": "manual", "text": f"ดู [แผน]({address_of(mine)})", "knowledge": "explicit",
            "audience": "organisation", "fulfilments-0-step": "KM3", "action": "publish",
        },
    )  # fmt: skip
    assert answer.status_code == 302, answer.text
    agree(reader, login_as(reader), mine, may=True)
    agree(reader, login_as(reader), unused, may=False)


def test_a_text_never_claims_what_is_somebody_elses_or_already_in_its_place(put):
    author, thief = make_person(), make_person()
    loose, placed = put(author), put(author, make_asset(author=author, readers="unit", unit=make_unit()))
    own_placed = put(thief, make_asset(author=thief))
    removed = put(thief)
    remove(removed, by=thief)
    asset = make_asset(author=thief)
    text = " ".join(f"![x]({address_of(one)})" for one in (loose, placed, own_placed, removed))
    assert claim(asset, text, thief) == []
    session.commit()
    session.expire_all()
    assert session.get(Attachment, loose.id).item_id is None
    assert session.get(Attachment, placed.id).item_id != asset.id
    assert session.get(Attachment, own_placed.id).item_id != asset.id


def test_references_are_read_whole():
    text = "![a](/files/12) [b](/files/12/ชื่อ.pdf) /files/345 /files/99999999999999 /files/x /files/ [c](</files/7>)"
    assert references_in(text) == [12, 345, 7]


def test_a_text_with_thousands_of_references_is_claimed(put):
    author = make_person()
    mine = put(author)
    asset = make_asset(author=author)
    text = " ".join(f"/files/{number}/{'0' * 16}" for number in range(1000, 9000)) + f" {address_of(mine)}"
    assert [one.id for one in claim(asset, text, author)] == [mine.id]


def test_nobody_gives_away_a_file_by_saving_a_text_in_which_somebody_guessed_its_number(put):
    """Numbers follow each other: a text that was quoted, or saved for its writer, once opened what stood in no text at all."""
    author, asset = make_person(), make_asset()
    secret = put(author)
    guessed = f"/files/{secret.id}"
    for text in (
        f"> [.]({guessed})",
        f"[.]({guessed}/รูป.png)",
        f"[.]({guessed}/{'0' * 16})",
        f"[.]({address_of(secret)[:-1]})",
        f"[.]({address_of(secret)}0)",
    ):
        assert claim(asset, text, author) == [], text
    assert secret.item is None
    assert claim(asset, f"> [.]({address_of(secret)})", author) == [secret]


# Taking away


def test_who_may_take_a_file_away(login_as, put):
    author, reader, admin, writer = make_person(), make_person(), make_admin(), make_person()
    asset = make_asset(author=author)
    post = write_post(asset, by=writer, text="แนบไฟล์")
    on_item, in_post, loose = put(author, asset), put(writer, asset, post=post), put(writer)
    rows = [
        (on_item, {author.id, admin.id}),
        (in_post, {writer.id, admin.id}),
        (loose, {writer.id}),
    ]
    for attachment, allowed in rows:
        for person in (author, reader, admin, writer):
            assert can_remove(person, attachment) == (person.id in allowed)
        assert not can_remove(None, attachment)
    assert login_as(reader).post(f"/files/{on_item.id}/remove").status_code == 403
    assert login_as(reader).post(f"/files/{loose.id}/remove").status_code == 404
    assert login_as(writer).post(f"/files/{in_post.id}/remove", headers=AS_JSON).status_code == 204


def test_what_was_never_used_and_what_was_removed_goes_after_a_month(put, settings):
    author = make_person()
    asset = make_asset(author=author)
    loose, fresh, kept, removed = (
        put(author, data=b"1", name="1.txt"),
        put(author, data=b"2", name="2.txt"),
        put(author, asset, data=b"3", name="3.txt"),
        put(author, asset, data=b"4", name="4.txt"),
    )
    for one in (loose, kept, removed):
        one.uploaded_at = now() - timedelta(days=40)
    remove(removed, by=author)
    removed.removed_at = now() - timedelta(days=31)
    session.commit()
    assert forget_attachments() == 2
    session.expire_all()
    assert {one.id for one in session.query(Attachment)} == {fresh.id, kept.id}
    session.commit()
    assert remove_unreferenced(settings, grace=timedelta(0)) == 2


def test_the_line_of_a_file_can_not_break_out_of_its_brackets(put):
    author = make_person()
    attachment = put(author, name="a](javascript:alert(1)) [b`*_<i>.pdf")
    line = markdown_of(attachment)
    assert line == rf"[a\](javascript:alert(1)) \[b\`\*\_&lt;i\>.pdf]({address_of(attachment)})"
    assert plain(line) == attachment.name
