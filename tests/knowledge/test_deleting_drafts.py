"""A draft that nobody needs any more can go; what was published never does."""

import io

import pytest
from PIL import Image
from sqlalchemy import func, select

from portal.audit.models import AuditEntry
from portal.db import Base, session
from portal.drafts.models import Draft
from portal.items.models import Attachment, Item, ItemState
from portal.items.publishing import merge_into, retire
from portal.knowledge.models import KnowledgeAsset
from portal.knowledge.permissions import can_delete
from portal.knowledge.writing import grew_from
from tests.making import make_admin, make_asset, make_organisation, make_person
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture(autouse=True)
def organisation(app):
    return make_organisation()


def rows_of(item_id):
    """How many rows of any table still belong to the item."""
    return {
        table.name: count
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table is Item.__table__
        and (count := session.scalar(select(func.count()).where(key.parent == item_id)))
    }


def test_an_author_deletes_his_draft_with_all_that_hangs_on_it(login_as):
    author = make_person()
    asset = make_asset(author=author, published=False, tags=("ภาษี",))
    grown = make_asset(author=author, published=False)
    grew_from(grown, asset)
    browser, asset_id = login_as(author), asset.id
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(picture, "PNG")
    picture.seek(0)
    file = {"file": (picture, "ภาพ.png"), "item_id": str(asset_id)}
    assert browser.post("/files", data=file).status_code == 302
    browser.post(f"/drafts/knowledge-{asset_id}", json={"fields": {"text": "แก้ค้างไว้"}})
    answer = browser.post(f"/knowledge/{asset_id}/delete")
    assert answer.location == "/"
    assert "ลบร่างแล้ว" in browser.get("/").text
    session.expire_all()
    assert session.scalars(select(KnowledgeAsset.id)).all() == [grown.id]
    assert rows_of(asset_id) == {}
    assert session.scalars(select(Draft)).all() == []
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "item.delete")).one()
    assert (entry.actor_id, entry.subject_id) == (author.id, asset_id)


def test_its_files_are_fetched_by_nobody_and_their_bytes_go_with_the_worker(login_as):
    author = make_person()
    asset = make_asset(author=author, published=False)
    browser = login_as(author)
    browser.post("/files", data={"file": (io.BytesIO(b"a,b"), "ร่าง.csv"), "item_id": str(asset.id)})
    file_id = session.scalars(select(Attachment.id)).one()
    assert browser.get(f"/files/{file_id}").status_code == 200
    browser.post(f"/knowledge/{asset.id}/delete")
    assert browser.get(f"/files/{file_id}").status_code == 404
    assert session.scalars(select(Attachment.removed_at)).one() is not None


def test_nobody_else_deletes_a_draft_not_even_the_admin(login_as):
    asset = make_asset(published=False)
    for person in (make_person(), make_admin()):
        assert login_as(person).post(f"/knowledge/{asset.id}/delete").status_code == 404
        assert not can_delete(person, asset)


def test_what_was_published_is_never_deleted(login_as):
    author = make_person()
    published, retired = make_asset(author=author), make_asset(author=author)
    retire(retired, by=author)
    browser = login_as(author)
    for asset in (published, retired):
        assert not can_delete(author, asset)
        assert "/delete" not in browser.get(f"/knowledge/{asset.id}").text
        assert browser.post(f"/knowledge/{asset.id}/delete").status_code == 403
    assert session.scalar(select(func.count()).select_from(Item)) == 2


def test_what_other_addresses_lead_to_is_not_deleted(login_as):
    author = make_person()
    old, new = make_asset(author=author), make_asset(author=author, published=False)
    merge_into(old, new, by=author)
    assert not can_delete(author, new)


def test_the_page_of_a_draft_asks_before_it_deletes(login_as):
    author = make_person()
    asset = make_asset(author=author, published=False)
    page = login_as(author).get(f"/knowledge/{asset.id}").text
    assert "ลบร่าง" in page
    assert f'action="/knowledge/{asset.id}/delete"' in page
    assert asset.state == ItemState.DRAFT


def test_a_form_left_open_of_a_deleted_draft_is_not_saved_over_the_text_that_came_next(login_as):
    author = make_person()
    first = make_asset("ร่างเก่า", author=author, published=False).id
    browser = login_as(author)
    browser.post(f"/knowledge/{first}/delete")
    second = make_asset("เรื่องใหม่", "ข้อความใหม่", author=author, published=False)
    assert second.id != first
    assert browser.post(f"/knowledge/{first}/edit", data={"title": "ร่างเก่า"}).status_code == 404
