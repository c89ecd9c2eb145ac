"""NUL never gets as far as a database, wherever it comes in; whoever sent it is told in his language."""

import io

import pytest
from sqlalchemy import func, select

from portal.db import session
from portal.items.models import Attachment, Post
from tests.making import make_asset, make_person
from tests.postgresql import BOTH_DATABASES

FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.mark.parametrize(
    "address", ["/search?q=%00", "/knowledge?tag=ภาษี%00", "/knowledge?%00=1", "/knowledge/%00", "/%00"]
)
def test_an_address_with_nul_is_not_understood(login_as, address):
    answer = login_as(make_person()).get(address)
    assert answer.status_code == 400
    assert "คำขอ" in answer.text


def test_a_comment_with_nul_is_refused_and_kept(login_as):
    asset = make_asset()
    browser = login_as(make_person())
    answer = browser.post(f"/items/{asset.id}/comments", data={"text": "ก่อน\x00หลัง"}, headers=FROM_HERE)
    assert answer.status_code == 422
    assert "อักขระที่จัดเก็บไม่ได้" in answer.text
    assert "ก่อน" in answer.text
    assert session.scalar(select(func.count()).select_from(Post)) == 0


def test_nobody_signs_in_under_a_name_with_nul(client):
    make_person()
    answer = client.post("/sign-in", data={"account": "มาลี\x00", "password": "อะไรก็ได้"})
    assert answer.status_code == 422


def test_a_file_s_name_with_nul_never_reaches_the_database(login_as):
    browser = login_as(make_person())
    data = {"file": (io.BytesIO(b"text"), "รายงาน\x00.txt")}
    answer = browser.post("/files", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert session.scalar(select(func.count()).select_from(Attachment)) == 0
