"""Importing documents: what goes in, as what, for whom; and that importing again changes nothing."""

import errno
import json
import os
from datetime import datetime

import pytest
from sqlalchemy import func, select

from portal.db import session
from portal.errors import BadInput
from portal.files.storing import path_of
from portal.items.attaching import references_in
from portal.items.models import Attachment, ImportedItem, Item, ItemState, Origin, Revision
from portal.items.permissions import can_see
from portal.items.publishing import retire
from portal.items.revising import newest
from portal.knowledge.front_matter import read_fields, split
from portal.knowledge.importing import import_paths, system_account
from portal.knowledge.models import AssetKind, KnowledgeAsset, KnowledgeForm
from portal.knowledge.writing import save
from portal.outbox.models import OutboxEntry
from portal.thai.dates import BANGKOK
from portal.translating import gettext, speaking
from tests.files import material
from tests.making import make_goal, make_organisation, make_person, make_plan, make_unit

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def folder(place):
    made = place / "documents"
    made.mkdir()
    return made


@pytest.fixture
def load(folder):
    """Imports the folder (or what is named) and commits."""

    def run(*paths, publish=True, by=None):
        report = import_paths(
            paths or [folder], publish=publish, as_person=by, organisation=make_organisation()
        )
        session.commit()
        return report

    return run


def write(folder, name, text, **front):
    """A file; with front matter when any is given."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if front:
        lines = "\n".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in front.items())
        text = f"---\n{lines}\n---\n{text}"
    path.write_text(text, encoding="utf-8")
    return path


def the(external_id):
    session.expire_all()
    return session.scalar(
        select(KnowledgeAsset)
        .join(ImportedItem, ImportedItem.item_id == KnowledgeAsset.id)
        .where(ImportedItem.external_id == external_id)
    )


def text_of(external_id):
    return newest(the(external_id)).text


def counts(report):
    return report.new, report.changed, report.unchanged, len(report.refused)


def reasons(report):
    with speaking("en"):
        return {
            f"{one.name}:{one.line}" if one.line else one.name: gettext(one.error.message, **one.error.values)
            for one in report.refused
        }


def everything():
    """How many rows each table has that an import writes into."""
    return [
        session.scalar(select(func.count()).select_from(table))
        for table in (Item, Revision, Attachment, ImportedItem, Origin, OutboxEntry)
    ]


# What goes in, as what


def test_what_is_not_said_has_its_default(folder, load):
    write(folder, "ท่อ.md", "วิธีล้างท่อ\n\nเปิดน้ำแรง ๆ")
    assert counts(load()) == (1, 0, 0, 0)
    asset = the("ท่อ.md")
    assert asset.kind == AssetKind.DOCUMENT
    assert [(row.goal_id, row.step) for row in asset.fulfilments] == [(None, "KM3")]
    assert asset.title == "วิธีล้างท่อ"
    assert asset.author.is_system
    assert asset.is_published
    assert can_see(make_person(), asset)
    assert not can_see(None, asset)


def test_front_matter_is_followed(folder, load):
    unit, goal = make_unit(code="WAT"), make_goal()
    author = make_person(username="somchai")
    write(
        folder, "a.md", "เนื้อหา", external_id="x-1", kind="story", title="เรื่องเล่าจากท่อ", steps=["KM6", "CM2"],
        goal=1, knowledge="tacit", author="somchai", unit="WAT", tags=["น้ำ", "ท่อ"], audience="public",
        published_at="2026-04-23",
    )  # fmt: skip
    assert counts(load()) == (1, 0, 0, 0)
    asset = the("x-1")
    assert (asset.kind, asset.title, asset.knowledge) == ("story", "เรื่องเล่าจากท่อ", KnowledgeForm.TACIT)
    assert [(row.goal_id, row.step) for row in asset.fulfilments] == [(goal.id, "KM6"), (goal.id, "CM2")]
    assert (asset.author_id, asset.unit_id) == (author.id, unit.id)
    assert [row.tag for row in asset.tags] == ["ท่อ", "น้ำ"]
    assert asset.published_at == datetime(2026, 4, 23, 9, 0, tzinfo=BANGKOK)
    assert can_see(None, asset)


def test_without_publish_the_documents_are_drafts_of_the_importer(folder, load):
    make_person(username="somchai")
    importer, colleague = make_person(), make_person()
    write(folder, "a.md", "เนื้อหา", author="somchai", audience="public")
    load(publish=False, by=importer)
    asset = the("a.md")
    assert asset.state == ItemState.DRAFT
    assert asset.author_id == importer.id
    assert can_see(importer, asset)
    assert not can_see(colleague, asset)


def test_drafts_that_are_imported_again_with_publish_are_published_under_their_author(folder, load):
    author = make_person(username="somchai")
    write(folder, "a.md", "เนื้อหา", author="somchai")
    load(publish=False, by=make_person())
    assert counts(load()) == (0, 1, 0, 0)
    asset = the("a.md")
    assert asset.is_published
    assert asset.author_id == author.id
    assert counts(load()) == (0, 0, 1, 0)


def test_the_heading_that_is_the_title_does_not_stand_twice(folder, load):
    write(folder, "a.md", "\n# การล้างท่อ\n\nเปิดน้ำ")
    write(folder, "b.md", "# ชื่อเดียวกัน\n\nเนื้อ", title="ชื่อเดียวกัน")
    load()
    assert (the("a.md").title, text_of("a.md")) == ("การล้างท่อ", "เปิดน้ำ")
    assert (the("b.md").title, text_of("b.md")) == ("ชื่อเดียวกัน", "เนื้อ")


def test_folders_go_in_whole_and_in_the_order_of_their_names(folder, load):
    for name in (
        "b.md",
        "a/2.txt",
        "a/1.md",
        "c/d/e.md",
        ".hidden/x.md",
        "a/.y.md",
        "picture.png",
        "notes.docx",
    ):
        write(folder, name, f"เรื่องของ {name}")
    assert counts(load()) == (4, 0, 0, 0)
    names = session.scalars(select(ImportedItem.external_id).order_by(ImportedItem.item_id)).all()
    assert names == ["a/1.md", "a/2.txt", "b.md", "c/d/e.md"]


def test_a_text_keeps_its_original_byte_for_byte(folder, load, app, login_as):
    original = "แผนการ\ufffeทดสอบ ได\uf70bรับการพัฒนา\r\n".replace("\ufffe", "").encode()
    (folder / "แผน.txt").write_bytes(original)
    load()
    assert "ได้รับการพัฒนา" in text_of("แผน.txt")
    attachment = the("แผน.txt").attachments[0]
    assert (attachment.is_original, attachment.name) == (True, "แผน.txt")
    assert path_of(attachment.file, app.config["SETTINGS"]).read_bytes() == original
    answer = login_as(make_person()).get(f"/files/{attachment.id}")
    assert answer.data == original
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_text_of_an_old_windows_is_read(folder, load):
    (folder / "a.txt").write_bytes("บันทึกการประชุม\r\nเรื่องที่ ๑ ท่อแตก".encode("tis-620"))
    load()
    assert the("a.txt").title == "บันทึกการประชุม"
    assert "ท่อแตก" in text_of("a.txt")


def test_a_word_said_twice_stays_so(folder, load):
    write(folder, "a.txt", "แผนการทดสอบ\nสถานที่ที่ใช้จัดอบรม")
    write(folder, "b.md", "สถานที่ที่ใช้จัดอบรม")
    write(folder, "c.jsonl", json.dumps({"external_id": "c", "title": "ค", "body": "สถานที่ที่ใช้จัดอบรม"}))
    load()
    for external_id in ("a.txt", "b.md", "c"):
        assert "สถานที่ที่ใช้จัดอบรม" in text_of(external_id)


def test_records_go_in_a_line_each(folder, load):
    make_unit(code="FIN")
    lines = [
        {"external_id": "q-1", "kind": "asset", "title": "ภาษีที่ดิน", "body": "ยื่นแบบภายในเดือนเมษายน"},
        {
            "external_id": "q-2", "kind": "qa", "title": "ถามตอบ", "body": "ตอบ", "unit": "FIN", "tags": "ภาษี, เมษา",
            "published_at": "1 ต.ค. 2569", "audience": "public", "step": "KM5",
        },
    ]  # fmt: skip
    write(folder, "qa.jsonl", "\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n\n")
    assert counts(load()) == (2, 0, 0, 0)
    assert the("q-1").kind == AssetKind.DOCUMENT
    second = the("q-2")
    assert second.published_at == datetime(2026, 10, 1, 9, 0, tzinfo=BANGKOK)
    assert [row.tag for row in second.tags] == ["ภาษี", "เมษา"]
    assert [row.step for row in second.fulfilments] == ["KM5"]


def test_the_goal_is_that_of_the_year_of_publication(folder, load):
    old, new = make_plan(2569), make_plan(2570)
    write(folder, "old.md", "เก่า", goal=1, published_at="2026-05-01")
    write(folder, "new.md", "ใหม่", goal=1, published_at="2026-10-05")
    write(folder, "older.md", "เก่ากว่า", goal=1, published_at="2020-10-05")
    assert counts(load()) == (3, 0, 0, 0)
    assert the("old.md").fulfilments[0].goal_id == old.goals[0].id
    assert the("new.md").fulfilments[0].goal_id == the("older.md").fulfilments[0].goal_id == new.goals[0].id


# Links, pictures, origins


def test_links_between_pages_lead_to_where_they_are_now(folder, load):
    write(
        folder,
        "a.md",
        "ดู [ข](sub/b.md#หัวข้อ-ที่-๑) และ [ค](<ค ง.txt>) และ `[โค้ด](sub/b.md)` [เว็บ](https://example.org/b.md)",
    )
    write(folder, "sub/b.md", "กลับไป [ก](../a.md) หรือ [ตัวเอง](#บน) หรือ [หาย](gone.md)")
    write(folder, "ค ง.txt", "ข้อความธรรมดา")
    report = load()
    assert counts(report) == (3, 0, 0, 0)
    a, b, c = the("a.md").id, the("sub/b.md").id, the("ค ง.txt").id
    assert text_of("a.md") == (
        f"ดู [ข](/knowledge/{b}#s-หัวข้อ-ที่-๑) และ [ค](</knowledge/{c}>) และ `[โค้ด](sub/b.md)` [เว็บ](https://example.org/b.md)"
    )
    assert text_of("sub/b.md") == f"กลับไป [ก](/knowledge/{a}) หรือ [ตัวเอง](#บน) หรือ [หาย](gone.md)"


def test_a_link_to_a_page_that_was_refused_stays_as_it_was_and_is_noted(folder, load):
    write(folder, "a.md", "ดู [ข](b.md)")
    write(folder, "b.md", "เสีย", step="KM9")
    report = load()
    assert counts(report) == (1, 0, 0, 1)
    assert text_of("a.md") == "ดู [ข](b.md)"
    assert report.notes == ["a.md: b.md"]


def test_pictures_and_forms_come_along_and_are_as_open_as_the_page(folder, load, client):
    (folder.parent / "pictures").mkdir()
    (folder.parent / "pictures" / "ท่อ.png").write_bytes(material.picture())
    (folder / "แบบ.pdf").write_bytes(material.PDF)
    write(
        folder,
        "a.md",
        '![ท่อแตก](../pictures/%E0%B8%97%E0%B9%88%E0%B8%AD.png "ท่อ") [แบบ](แบบ.pdf)',
        audience="public",
    )
    write(folder, "b.md", "![ท่อ](../pictures/ท่อ.png)")
    assert counts(load()) == (2, 0, 0, 0)
    picture, form = references_in(text_of("a.md"))
    restricted = references_in(text_of("b.md"))[0]
    assert client.get(f"/files/{picture}").mimetype == "image/png"
    assert client.get(f"/files/{form}").data == material.PDF
    assert client.get(f"/files/{restricted}").status_code == 404
    assert f'src="/files/{picture}"' in client.get(f"/knowledge/{the('a.md').id}").text


def test_a_page_without_its_picture_is_refused_and_leaves_nothing(folder, load):
    write(folder, "a.md", "![ท่อ](gone.png)")
    (folder / "fake.png").write_bytes(material.PROGRAM)
    write(folder, "b.md", "![ท่อ](fake.png)")
    write(folder, "c.md", "ดี [ข](b.md)")
    report = load()
    assert counts(report) == (1, 0, 0, 2)
    assert reasons(report)["a.md"] == "the picture gone.png is not there"
    assert "fake.png" in reasons(report)["b.md"]
    assert [item.title for item in session.query(Item)] == ["ดี ข"]
    assert session.query(Attachment).count() == 0
    assert session.query(ImportedItem).count() == 1


def test_what_grew_from_another_document_is_tied_to_it_whatever_the_order(folder, load):
    write(folder, "a.md", "แก่น", external_id="core", origins=["story", "gone"])
    write(folder, "b.md", "เรื่องเล่า", external_id="story")
    report = load()
    assert [(row.item_id, row.from_item_id) for row in session.query(Origin)] == [
        (the("core").id, the("story").id)
    ]
    assert report.notes == ["a.md: origins: gone"]
    load()
    assert session.query(Origin).count() == 1


# Again


def test_importing_again_changes_nothing(folder, load):
    (folder / "p.png").write_bytes(material.picture())
    write(folder, "a.md", "![p](p.png) [ข](b.txt)", external_id="a", origins=["r"])
    write(folder, "b.txt", "แผนการจัดการความรู้\nเนื้อหา")
    write(folder, "c.jsonl", json.dumps({"external_id": "r", "title": "ต", "body": "b"}))
    assert counts(load()) == (3, 0, 0, 0)
    before = everything()
    texts = [text_of(name) for name in ("a", "b.txt", "r")]
    assert counts(load()) == (0, 0, 3, 0)
    assert everything() == before
    assert [text_of(name) for name in ("a", "b.txt", "r")] == texts


def test_a_document_that_changed_gets_a_new_revision_by_the_same_author(folder, load):
    author = make_person(username="somchai")
    write(folder, "a.md", "เดิม", author="somchai", title="ก")
    load()
    write(folder, "a.md", "ใหม่", author="somchai", title="ก", tags=["ใหม่"])
    assert counts(load(by=make_person())) == (0, 1, 0, 0)
    asset = the("a.md")
    assert [(row.number, row.text, row.author_id) for row in asset.revisions] == [
        (1, "เดิม", author.id),
        (2, "ใหม่", author.id),
    ]
    assert asset.revisions[1].note
    assert [row.tag for row in asset.tags] == ["ใหม่"]


def test_what_a_colleague_wrote_meanwhile_stays_in_the_history(folder, load):
    write(folder, "a.md", "เดิม", title="ก")
    load()
    asset = the("a.md")
    save(
        asset,
        by=make_person(),
        title="ก",
        text="แก้ในระบบ",
        kind=AssetKind.MANUAL,
        knowledge=KnowledgeForm.EXPLICIT,
    )
    session.commit()
    write(folder, "a.md", "ใหม่จากไฟล์", title="ก")
    load()
    assert [row.text for row in the("a.md").revisions] == ["เดิม", "แก้ในระบบ", "ใหม่จากไฟล์"]


def test_a_changed_original_takes_the_place_of_the_old_one(folder, load):
    write(folder, "a.txt", "แผนการทดสอบ\nเดิม")
    load()
    write(folder, "a.txt", "แผนการทดสอบ\nใหม่")
    load()
    kept = [one for one in the("a.txt").attachments if one.removed_at is None]
    assert len(kept) == 1
    assert kept[0].is_original
    assert session.query(Attachment).count() == 2


def test_a_changed_picture_is_a_change(folder, load):
    (folder / "p.png").write_bytes(material.picture(colour="red"))
    write(folder, "a.md", "![p](p.png)")
    load()
    first = references_in(text_of("a.md"))
    (folder / "p.png").write_bytes(material.picture(colour="blue"))
    assert counts(load()) == (0, 1, 0, 0)
    assert references_in(text_of("a.md")) != first


def test_an_unchanged_picture_is_not_attached_twice(folder, load):
    (folder / "p.png").write_bytes(material.picture())
    write(folder, "a.md", "![p](p.png) เดิม")
    load()
    write(folder, "a.md", "![p](p.png) ใหม่")
    load()
    assert session.query(Attachment).count() == 1


def test_what_was_retired_stays_retired(folder, load):
    write(folder, "a.md", "เดิม", title="ก")
    load()
    retire(the("a.md"), by=make_person())
    session.commit()
    write(folder, "a.md", "ใหม่", title="ก")
    load()
    assert the("a.md").state == ItemState.RETIRED
    assert text_of("a.md") == "ใหม่"


def test_the_portal_has_one_account_of_its_own_that_nobody_signs_in_with(load, client):
    make_person(username="system")
    organisation = make_organisation()
    account = system_account(organisation)
    assert system_account(organisation) is account
    assert account.username != "system"
    assert account.password_hash is None
    answer = client.post("/sign-in", data={"account": account.username, "password": "x"})
    assert answer.status_code != 302


# What is refused


BROKEN = [
    ("no end", "---\ntitle: x\nเนื้อหา", "the front matter begins with --- but does not end with ---"),
    ("bad yaml", "---\ntitle: [x\n---\nเนื้อหา", "the front matter can't be read as YAML (line 2)"),
    ("code in yaml", "---\ntitle: !!python/object/apply:os.system ['x']\n---\nก", "YAML"),
    ("no mapping", "---\n- x\n---\nเนื้อหา", "the front matter must be lines"),
    ("number as name", "---\n1: x\n---\nเนื้อหา", "the front matter must be lines"),
    ("unknown step", "---\nstep: KM8\n---\nก", "there is no step KM8"),
    ("unknown kind", "---\nkind: poem\n---\nก", "“kind”"),
    ("unknown readers", "---\naudience: friends\n---\nก", "“audience”"),
    ("unknown author", "---\nauthor: nobody\n---\nก", "there is no account nobody"),
    ("the portal as author", "---\nauthor: system\n---\nก", "there is no account system"),
    ("unknown unit", "---\nunit: XXX\n---\nก", "there is no unit with the code XXX"),
    ("unit without a unit", "---\naudience: unit\n---\nก", "it is for a unit only"),
    ("unknown goal", "---\ngoal: 77\n---\nก", "no plan has a goal with the number 77"),
    ("goal as words", "---\ngoal: first\n---\nก", "“goal”"),
    ("bad day", "---\npublished_at: soon\n---\nก", "“published_at”"),
    ("impossible year", "---\npublished_at: 1/2/9999\n---\nก", "“published_at”"),
    ("impossible day", "---\npublished_at: 2026-02-31\n---\nก", "YAML"),
    ("tags as mapping", "---\ntags: {a: b}\n---\nก", "“tags”"),
    ("title as list", "---\ntitle: [a]\n---\nก", "“title”"),
    ("long title", "---\ntitle: " + "ก" * 301 + "\n---\nก", "the title has more than 300 characters"),
    ("long heading", "# " + "ก" * 301 + "\n\nก", "the title has more than 300 characters"),
    ("long id", "---\nexternal_id: " + "x" * 201 + "\n---\nก", "“external_id”"),
    ("long front matter", "---\ntitle: x\n#" + "x" * 30_000 + "\n---\nก", "longer than"),
    ("laughing yaml", "---\na: &a [x, x]\nb: &b [*a, *a]\ntags: [*b, *b]\n---\nก", "can't be read as YAML"),
    ("empty", "", "there is no text in it"),
    ("only front matter", "---\ntitle: x\n---\n \n", "there is no text in it"),
    ("too long", "ก" * 400_001, "too long"),
]


@pytest.mark.parametrize(("what", "text", "reason"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_broken_page_is_named_with_the_reason_and_the_rest_goes_in(folder, load, what, text, reason):
    write(folder, "a-good.md", "ดี")
    write(folder, "broken.md", text)
    write(folder, "c-good.txt", "ดีเหมือนกัน")
    report = load()
    assert counts(report) == (2, 0, 0, 1)
    assert reason in reasons(report)["broken.md"]
    assert session.query(Item).count() == 2


def test_broken_bytes_are_named(folder, load):
    (folder / "bytes.txt").write_bytes(bytes(range(128, 256)) * 20)
    (folder / "zeros.md").write_bytes(b"abc\0def")
    (folder / "large.txt").write_bytes(b"x" * (10 * 1024 * 1024 + 1))
    (folder / "pipe.md").mkdir()
    write(folder, "good.md", "ดี")
    report = load()
    assert counts(report) == (1, 0, 0, 3)
    assert reasons(report)["large.txt"] == "it is larger than 10 MB"


def test_a_broken_line_is_named_with_its_number(folder, load):
    good = json.dumps({"external_id": "g", "title": "ดี", "body": "ดี"})
    lines = [
        b"\xef\xbb\xbf" + good.encode(), b"", b"{broken", b"[1]", b'"text"', b"\xff\xfe", b'{"external_id": "e", "title": "x"}',
        b'{"external_id": "e", "title": "x", "body": 5}', b'{"title": "x", "body": "b", "step": "XX"}', b"[" * 100_000,
        json.dumps({"external_id": "g", "title": "again", "body": "b"}).encode(),
        json.dumps({"external_id": "g2", "title": "ท้าย", "body": "b"}).encode(),
    ]  # fmt: skip
    (folder / "r.jsonl").write_bytes(b"\n".join(lines))
    report = load()
    assert counts(report) == (2, 0, 0, 9)
    assert sorted(one.line for one in report.refused) == list(range(3, 12))
    assert reasons(report)["r.jsonl:3"] == "the line is not a JSON object"
    assert reasons(report)["r.jsonl:7"] == "there is no text in it"
    assert reasons(report)["r.jsonl:11"] == "its external_id g is already that of r.jsonl:1"
    assert the("g").title == "ดี"


def test_two_documents_of_one_name_are_not_mixed(folder, load):
    write(folder, "a.md", "หนึ่ง", external_id="x")
    write(folder, "b.md", "สอง", external_id="x")
    report = load()
    assert counts(report) == (1, 0, 0, 1)
    assert text_of("x") == "หนึ่ง"


def test_what_is_not_there_or_of_another_kind_is_named(folder, load):
    (folder / "a.docx").write_bytes(material.office())
    report = load(folder / "gone.md", folder / "a.docx")
    assert reasons(report) == {
        "gone.md": "there is no such file",
        "a.docx": "files of this kind are not imported; Markdown (.md), text (.txt) and .jsonl are",
    }


def test_what_means_nothing_here_is_noted(folder, load):
    write(folder, "a.md", "ก", layout="post", draft=True)
    assert load().notes == ["a.md: draft", "a.md: layout"]


# Out of the folder


def test_links_in_the_file_system_are_not_followed_out_of_the_folder(folder, load):
    secret = folder.parent.parent / f"{folder.parent.name}-secret"
    secret.mkdir()
    write(secret, "s.md", "ความลับ")
    (secret / "p.png").write_bytes(material.picture())
    os.symlink(secret / "s.md", folder / "link.md")
    os.symlink(secret, folder / "folder")
    os.symlink(folder, folder / "loop")
    os.symlink(secret / "p.png", folder / "p.png")
    write(folder, "real.md", "ดี")
    os.symlink(folder / "real.md", folder / "same.md")
    write(folder, "shows.md", "![p](p.png)")
    write(folder, "climbs.md", f"![p](../../{secret.name}/p.png)")
    write(folder, "links.md", f"[x](../../{secret.name}/s.md)")
    report = load()
    assert reasons(report) == {
        "link.md": "the link leads out of the folder that is imported",
        "shows.md": "p.png leads out of the folder that is imported",
        "climbs.md": f"../../{secret.name}/p.png leads out of the folder that is imported",
    }
    assert counts(report) == (2, 0, 0, 3)
    assert all("ความลับ" not in revision.text for revision in session.query(Revision))


def test_a_name_of_many_thai_letters_still_names_one_document(folder, load):
    name = "ก" * 70 + ".md"
    deep = folder / ("ข" * 70) / ("ค" * 70)
    deep.mkdir(parents=True)
    write(deep, name, "ลึก")
    write(folder, name, "ตื้น")
    assert counts(load()) == (2, 0, 0, 0)
    assert counts(load()) == (0, 0, 2, 0)


def test_a_full_disk_ends_the_import_instead_of_naming_every_file(folder, load, monkeypatch):
    def full(*_args):
        raise OSError(errno.ENOSPC, "No space left on device")

    write(folder, "a.txt", "แผนการทดสอบ")
    monkeypatch.setattr("portal.files.storing._copy", full)
    with pytest.raises(OSError, match="No space left"):
        load()
    session.rollback()
    assert session.query(Item).count() == 0


def test_progress_reaches_its_end_and_checkpoints_stand_where_all_is_whole(folder):
    write(folder, "a.md", "[ข](b.md)")
    write(folder, "b.md", "ข")
    write(
        folder,
        "c.jsonl",
        "\n".join(json.dumps({"external_id": str(n), "title": "t", "body": "b"}) for n in range(3)),
    )
    heard, states = [], []
    import_paths(
        [folder], publish=True, as_person=None, organisation=make_organisation(),
        on_progress=lambda done, total: heard.append((done, total)),
        checkpoint=lambda: states.append(session.scalar(select(func.count()).select_from(Item).where(Item.title == ""))),
    )  # fmt: skip
    assert heard == sorted(heard)
    assert heard[-1][0] == heard[-1][1] > 0
    assert len(states) >= 4
    assert set(states) == {0}


@pytest.mark.parametrize(
    "head",
    [
        "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 10) + "]\n" for n in range(1, 9))
        + "title: *a8",
        "title: 0x" + "f" * 8_000,
        "title: " + ":".join(["59"] * 3_000),
    ],
    ids=["names of names", "a number of thousands of digits", "a time of thousands of parts"],
)
def test_front_matter_that_is_a_bomb_is_refused_at_once(head):
    """Seen: 494 letters that stopped a worker for 16 seconds."""
    with pytest.raises(BadInput):
        read_fields(split(f"---\n{head}\n---\n\nข้อความ")[0])
